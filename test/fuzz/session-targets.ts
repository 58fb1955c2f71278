/** Targets of whole sessions: what one does with anything that it hears, and that two do the same. */
import {
  RESEND_EXECUTIONS,
  type ResendPolicy,
  type SessionConfig,
} from '../../gateways/fix/session/session-types.ts';
import { type CorpusMessage, corpusFields } from '../support/fix-corpus.ts';
import { encodeMessage } from '../support/fix-message.ts';
import { randomPortions } from '../support/framers.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { SESSION_CHECK, STRICT_CHECK, TwinRig } from '../support/twin-rig.ts';
import { WatchedSession } from '../support/watched-session.ts';
import type { FuzzInput, FuzzTarget } from './fuzz-target.ts';

/** The time of the corpus: 2012-06-21 13:30:00 UTC. */
const NOW_NS = 1_340_285_400_000_000_000n;
const LOGON: CorpusMessage = {
  msgType: 'A',
  header: [],
  body: [
    [98, 0],
    [108, 30],
  ],
};
const PAUSES_S = [0, 0, 0.1, 5, 31, 40, 130];

const RESEND_ALL: ResendPolicy = { ...RESEND_EXECUTIONS, again: () => true };
const FIRST = encodeMessage('FIX.4.4', corpusFields(LOGON, 1));

/** Hears the Logon that it awaits (mostly), then the input, in pieces, with pauses. */
function sessionTarget(role: SessionConfig['role']): FuzzTarget {
  return {
    name: role,
    share: 2,
    run({ text, seed }) {
      const random = new SeededRandom(seed);
      const rig = new WatchedSession(NOW_NS, {
        role,
        senderCompId: 'GYRFALCON',
        targetCompId: 'SIM',
        nextExpected: random.oneIn(8),
        resendRequestMessagesMax: random.oneIn(4) ? 3 : 0,
        resend: random.oneIn(2) ? RESEND_EXECUTIONS : RESEND_ALL,
        resetOnLogout: random.oneIn(8),
        resetOnDisconnect: random.oneIn(8),
      });
      rig.connect();
      if (!random.oneIn(20)) rig.hear(FIRST);
      if (random.oneIn(3)) rig.sendOrder('A1');
      for (const portion of randomPortions(random, text)) {
        rig.hear(Buffer.from(portion, 'latin1'));
        if (random.oneIn(6)) rig.pass(random.pick(PAUSES_S));
        if (rig.isClosed || random.oneIn(60)) {
          rig.disconnect();
          rig.connect();
        }
      }
      return rig.faults.length === 0 ? undefined : rig.faults.slice(0, 3).join('; ');
    },
  };
}

/** With the fast path and without it the same comes of it. */
class TwinTarget implements FuzzTarget {
  readonly name: string;
  readonly share = 1;
  readonly #check: typeof STRICT_CHECK;
  #rig: TwinRig | undefined;

  constructor(name: string, check: typeof STRICT_CHECK) {
    this.name = name;
    this.#check = check;
  }

  reset(): void {
    this.#rig = undefined;
  }

  run({ text, seed }: FuzzInput): string | undefined {
    const random = new SeededRandom(seed);
    this.#rig ??= new TwinRig(this.#check, NOW_NS);
    const rig = this.#rig;
    rig.nowNs = NOW_NS;
    rig.logOn({ isReset: true });
    const portions = randomPortions(random, text).map((each) => Buffer.from(each, 'latin1'));
    rig.receive(...portions);
    if (random.oneIn(4)) rig.pass(random.pick(PAUSES_S));
    const difference = rig.difference({ isWhole: random.oneIn(50) });
    if (random.oneIn(400)) this.reset();
    return difference;
  }
}

export const SESSION_TARGETS: readonly FuzzTarget[] = [
  sessionTarget('acceptor'),
  sessionTarget('initiator'),
  new TwinTarget('twins', SESSION_CHECK),
  new TwinTarget('strict twins', STRICT_CHECK),
];
