/**
 * Which dictionary speaks for a message of a log: the one that was asked for, else that of its
 * BeginString, over FIXT of its ApplVerID (1128) or the DefaultApplVerID (1137) of its session's
 * Logon. Versions that have none are read with the next one, and not judged.
 */
import type { Complaint, MessageCheck } from '../complaint.ts';
import { type Dictionary, loadDictionary } from '../dictionary/dictionary.ts';
import { messageCheck, STRICT } from '../dictionary/message-check.ts';
import { Tag } from '../tags.ts';
import type { FixVersion } from '../version.ts';
import { firstValue, type LogEntry } from './log-entry.ts';

const SESSIONS_MAX = 10_000;

interface Reading {
  readonly version: FixVersion;
  /** Whether the dictionary is that of the message's own version. */
  readonly isExact: boolean;
}

const exact = (version: FixVersion): Reading => ({ version, isExact: true });
const nearest = (version: FixVersion): Reading => ({ version, isExact: false });

const BY_BEGIN_STRING: Readonly<Record<string, Reading>> = {
  'FIX.4.0': nearest('FIX.4.2'),
  'FIX.4.1': nearest('FIX.4.2'),
  'FIX.4.2': exact('FIX.4.2'),
  'FIX.4.3': nearest('FIX.4.4'),
  'FIX.4.4': exact('FIX.4.4'),
};
/** Values of ApplVerID (1128) and DefaultApplVerID (1137). */
const BY_APPL_VER_ID: Readonly<Record<string, Reading>> = {
  2: nearest('FIX.4.2'),
  3: nearest('FIX.4.2'),
  4: exact('FIX.4.2'),
  5: nearest('FIX.4.4'),
  6: exact('FIX.4.4'),
  7: nearest('FIX.5.0SP2'),
  8: nearest('FIX.5.0SP2'),
  9: exact('FIX.5.0SP2'),
};
const LATEST = nearest('FIX.5.0SP2');

export class LogDictionaries {
  readonly #forced: FixVersion | undefined;
  readonly #overlaid: Dictionary | undefined;
  readonly #checks = new Map<FixVersion, MessageCheck>();
  /** DefaultApplVerID by session. */
  readonly #applVerIds = new Map<string, string>();

  constructor(forced: FixVersion | undefined, overlaid: Dictionary | undefined) {
    this.#forced = forced;
    this.#overlaid = overlaid;
  }

  /** The session's messages are to come in the order of the log. */
  of(entry: LogEntry, session: string): Dictionary {
    return this.#load(this.#reading(entry, session).version);
  }

  /** What reads a type of message of a session that has gone by. */
  ofSession(session: string, msgType: string): Dictionary {
    const beginString = session.slice(0, session.indexOf(' '));
    return this.#load(this.#readingOf(beginString, session, msgType, undefined).version);
  }

  complaintOf(entry: LogEntry, session: string): Complaint | undefined {
    const { version, isExact } = this.#reading(entry, session);
    if (!isExact || entry.message === undefined) return undefined;
    let check = this.#checks.get(version);
    if (check === undefined) {
      check = messageCheck(this.#load(version), STRICT);
      this.#checks.set(version, check);
    }
    return check(entry.message);
  }

  #load(version: FixVersion): Dictionary {
    return version === this.#overlaid?.version ? this.#overlaid : loadDictionary(version);
  }

  #reading(entry: LogEntry, session: string): Reading {
    const { beginString, fields, msgType } = entry;
    const applVerId = firstValue(fields, Tag.DefaultApplVerID);
    if (msgType === 'A' && applVerId !== undefined && this.#applVerIds.size < SESSIONS_MAX) {
      this.#applVerIds.set(session, applVerId);
    }
    return this.#readingOf(beginString, session, msgType, firstValue(fields, Tag.ApplVerID));
  }

  #readingOf(
    beginString: string,
    session: string,
    msgType: string,
    applVerId: string | undefined,
  ): Reading {
    if (this.#forced !== undefined) return exact(this.#forced);
    const known = BY_BEGIN_STRING[beginString.replace(/^FIX(?=\d)/, 'FIX.')];
    if (known !== undefined) return known;
    // FIXT's own messages are of its dictionary, whatever the application speaks.
    if (isSessionMessage(msgType)) return exact('FIX.5.0SP2');
    return BY_APPL_VER_ID[applVerId ?? this.#applVerIds.get(session) ?? '9'] ?? LATEST;
  }
}

const isSessionMessage = (msgType: string): boolean => /^[0-5A]$/.test(msgType);
