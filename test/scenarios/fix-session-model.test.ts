/**
 * Random conversations, of both roles and every version, in which the session must do what the
 * protocol demands at every step: test/support/session-model.ts says what that is. A failing
 * conversation is made short, and printed with its seed.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIX_VERSIONS } from '../../gateways/fix/version.ts';
import { ModelRig } from '../support/model-rig.ts';
import type { PeerMessage } from '../support/session-model.ts';

const HEARTBEAT_S = 10;
const CONVERSATIONS = 3_000;

type Step =
  | { readonly do: 'HEAR'; readonly message: PeerMessage; readonly ahead: number }
  /** The peer sends what we have asked for: messages, gap fills, or both. */
  | { readonly do: 'FILL'; readonly fills: readonly boolean[] }
  | { readonly do: 'SEND' | 'WANT_LOGOUT' | 'GARBLED' | 'RECONNECT' | 'CONNECT' | 'RESET_BY_LOGON' }
  | { readonly do: 'PASS'; readonly seconds: number };

const KINDS: readonly PeerMessage['kind'][] = [
  'APP',
  'HEARTBEAT',
  'TEST_REQUEST',
  'REJECT',
  'RESEND_REQUEST',
  'GAP_FILL',
  'RESET',
  'LOGOUT',
  'LOGON',
];
const USUAL: readonly PeerMessage['kind'][] = ['APP', 'APP', 'TEST_REQUEST', 'RESEND_REQUEST'];

const message: fc.Arbitrary<PeerMessage> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...USUAL) },
    { weight: 1, arbitrary: fc.constantFrom(...KINDS) },
  ),
  msgSeqNum: fc.constant(0), // follows from the number expected
  dup: fc.oneof(
    { weight: 8, arbitrary: fc.constant('NO' as const) },
    { weight: 2, arbitrary: fc.constant('DUP' as const) },
    { weight: 1, arbitrary: fc.constant('DUP_WITHOUT_TIME' as const) },
  ),
  flaw: fc.oneof(
    { weight: 40, arbitrary: fc.constant('NONE' as const) },
    { weight: 1, arbitrary: fc.constantFrom('COMP_ID' as const, 'TIME' as const) },
  ),
  id: fc.constant(''), // numbered as they come
  from: fc.integer({ min: 0, max: 9 }),
  to: fc.integer({ min: 0, max: 9 }),
  isReset: fc.boolean(), // of a Logon
});

const ahead = fc.oneof(
  { weight: 10, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: -3, max: -1 }) },
);
const simple = fc.constantFrom(
  'SEND' as const,
  'SEND' as const,
  'GARBLED' as const,
  'WANT_LOGOUT' as const,
  'RECONNECT' as const,
  'CONNECT' as const,
  'RESET_BY_LOGON' as const,
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('HEAR' as const), message, ahead }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('FILL' as const),
      fills: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: simple }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('PASS' as const),
      seconds: fc.integer({ min: 1, max: 26 }),
    }),
  },
);
const options = fc.record({
  role: fc.constantFrom('acceptor' as const, 'initiator' as const),
  version: fc.constantFrom(...FIX_VERSIONS),
  requestMessagesMax: fc.constantFrom(0, 0, 2),
  heartbeatS: fc.constant(HEARTBEAT_S),
});

const plain: PeerMessage = {
  kind: 'APP',
  msgSeqNum: 1,
  dup: 'NO',
  flaw: 'NONE',
  id: '',
  from: 0,
  to: 0,
  isReset: false,
};

/** Carries steps out; a connection that was closed is made anew, with a Logon. */
class Conversation {
  readonly rig: ModelRig;
  #messages = 0;

  constructor(rig: ModelRig) {
    this.rig = rig;
    this.#logOn();
  }

  take(step: Step): void {
    const { rig } = this;
    if (rig.model.phase === 'CLOSED') this.#logOn();
    switch (step.do) {
      case 'HEAR':
        this.#hear(step.message, step.ahead);
        break;
      case 'FILL':
        this.#fill(step.fills);
        break;
      case 'SEND':
        rig.send(this.#nextId());
        break;
      case 'WANT_LOGOUT':
        rig.wantLogout();
        break;
      case 'GARBLED':
        rig.hearGarbled();
        break;
      case 'RECONNECT':
        rig.disconnect();
        break;
      case 'CONNECT': // and nothing said yet
        rig.disconnect();
        rig.connect();
        break;
      case 'RESET_BY_LOGON':
        rig.hear({ ...plain, kind: 'LOGON', isReset: true });
        break;
      case 'PASS':
        rig.pass(step.seconds);
        break;
    }
  }

  #logOn(): void {
    this.rig.connect();
    this.rig.hear({ ...plain, kind: 'LOGON', msgSeqNum: this.rig.model.nextIn });
  }

  #nextId(): string {
    this.#messages += 1;
    return `N${this.#messages}`;
  }

  #hear(message: PeerMessage, aheadBy: number): void {
    const { nextIn, phase } = this.rig.model;
    // Where an initiator did not ask for it, nobody says what a reset in the answer means for its Logon.
    const isUnasked = this.rig.role === 'initiator' && phase === 'AWAITING_LOGON';
    const isReset = message.kind === 'LOGON' && message.isReset && !isUnasked;
    const msgSeqNum = isReset ? 1 : Math.max(1, nextIn + aheadBy);
    const isMove = message.kind === 'GAP_FILL' || message.kind === 'RESET';
    const to = isMove ? Math.max(1, nextIn + message.to - 2) : message.to;
    this.rig.hear({ ...message, msgSeqNum, to, isReset, id: this.#nextId() });
  }

  /** Each missing number again: as a message, or with those behind it in one gap fill. */
  #fill(fills: readonly boolean[]): void {
    const { missing } = this.rig.model;
    for (let index = 0; index < missing.length; index++) {
      const msgSeqNum = missing[index]!;
      const isFill = fills[index % fills.length]!;
      if (!isFill) {
        this.rig.hear({ ...plain, msgSeqNum, dup: 'DUP', id: this.#nextId() });
        continue;
      }
      while (index + 1 < missing.length && fills[(index + 1) % fills.length]) index++;
      this.rig.hear({ ...plain, kind: 'GAP_FILL', msgSeqNum, dup: 'DUP', to: missing[index]! + 1 });
    }
  }
}

test('a session does at every step what the protocol demands', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(options, fc.array(step, { minLength: 1, maxLength: 40 }), (chosen, steps) => {
      const conversation = new Conversation(new ModelRig(chosen));
      for (const each of steps) {
        conversation.take(each);
        seen.add(`${chosen.role} ${conversation.rig.model.phase}`);
        if (conversation.rig.model.isGapOpen) seen.add(`${chosen.role} gap`);
      }
    }),
    { numRuns: CONVERSATIONS },
  );
  for (const role of ['acceptor', 'initiator']) {
    for (const what of ['CLOSED', 'LIVE', 'LOGGING_OUT', 'REFUSING', 'gap']) {
      expect(seen, `${role} ${what}`).toContain(`${role} ${what}`);
    }
  }
});
