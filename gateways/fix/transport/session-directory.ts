/**
 * Which session a Logon belongs to: BeginString and CompIDs lead there in one step, whatever the
 * number of sessions. Several that share them are told apart by sub ids and DefaultApplVerID.
 */
import { GyrfalconError } from '../../../engine/errors.ts';
import type { FixMessage } from '../codec.ts';
import type { SessionConfig } from '../session/session-types.ts';
import { Tag } from '../tags.ts';
import { beginStringOf, VERSION_TRAITS } from '../version.ts';

/** No value holds it. */
const BETWEEN = '\x01';

export class SessionDirectory<T extends { readonly config: SessionConfig }> {
  readonly #siblings = new Map<string, Map<string, T>>();

  constructor(sessions: readonly T[]) {
    for (const session of sessions) this.#add(session);
  }

  /** The session that the peer's Logon is for; undefined = none. */
  find(logon: FixMessage): T | undefined {
    const theirs = logon.get(Tag.SenderCompID) ?? '';
    const ours = logon.get(Tag.TargetCompID) ?? '';
    const siblings = this.#siblings.get(keyOf(logon.beginString, ours, theirs));
    // Where there is one alone, what else the Logon says does not matter here.
    if (siblings?.size === 1) return siblings.values().next().value;
    const theirSub = logon.get(Tag.SenderSubID) ?? '';
    const ourSub = logon.get(Tag.TargetSubID) ?? '';
    return siblings?.get(keyOf(ourSub, theirSub, logon.get(Tag.DefaultApplVerID) ?? ''));
  }

  #add(session: T): void {
    const { version, senderCompId, targetCompId, fixedHeader } = session.config;
    const { applVerId = '' } = VERSION_TRAITS[version];
    const key = keyOf(beginStringOf(version), senderCompId, targetCompId);
    const siblings = this.#siblings.get(key) ?? new Map<string, T>();
    const sub = (tag: number): string =>
      String(fixedHeader.find((field) => field[0] === tag)?.[1] ?? '');
    const own = keyOf(sub(Tag.SenderSubID), sub(Tag.TargetSubID), applVerId);
    if (siblings.has(own)) {
      const who = `SenderCompID ${senderCompId}, TargetCompID ${targetCompId} and ${version}`;
      const text = `two sessions have ${who}: give each its own CompIDs or sub ids (50, 57)`;
      throw new GyrfalconError('CONFIG_INVALID', text, { senderCompId, targetCompId });
    }
    siblings.set(own, session);
    this.#siblings.set(key, siblings);
  }
}

const keyOf = (...parts: string[]): string => parts.join(BETWEEN);
