/**
 * Two of our sessions over a pipe that loses its content at seeded moments, in the middle of
 * messages too: after the last reconnect both have the same numbers and every message arrived once,
 * in order.
 */
import { expect, test } from 'vitest';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { sessionConfig } from '../../../test/support/session-config.ts';
import { NS_PER_MS } from '../timestamp.ts';
import { FrameReader } from '../transport/frame-reader.ts';
import { MemoryMessageStore } from './message-store.ts';
import { NOT_SENT, Session } from './session.ts';
import { plainCounters } from './session-counters.ts';
import type { SessionConfig } from './session-types.ts';
import { RESEND_EXECUTIONS } from './session-types.ts';

const START_NS = 1_340_285_400_000_000_000n;
const STEPS = 600;
const CUT_EVERY = 25;

class Side {
  readonly session: Session;
  readonly said: string[] = [];
  readonly heard: string[] = [];
  readonly events: string[] = [];
  readonly #store = new MemoryMessageStore(10_000);
  readonly #reader = new FrameReader();
  /** Bytes on their way to the other side. */
  outgoing: Buffer = Buffer.alloc(0);

  constructor(role: SessionConfig['role'], senderCompId: string, targetCompId: string) {
    this.session = new Session({
      counters: plainCounters(),
      store: this.#store,
      config: sessionConfig({
        role,
        senderCompId,
        targetCompId,
        heartbeatS: 1,
        resend: { ...RESEND_EXECUTIONS, again: () => true },
      }),
      port: {
        canResend: () => true,
        send: (bytes, msgSeqNum, msgType, isResend) => {
          if (msgType === '8' && !isResend) this.#store.keep(msgSeqNum, msgType, bytes);
          this.outgoing = Buffer.concat([this.outgoing, bytes]);
        },
        deliver: (message) => this.heard.push(message.get(17) ?? ''),
        event: (kind, reason) => this.events.push(`${kind}: ${reason}`),
      },
    });
  }

  say(nowNs: bigint): void {
    const word = `${this.session.config.senderCompId}-${this.said.length}`;
    if (this.session.sendApp('8', [[17, word]], nowNs) !== NOT_SENT) this.said.push(word);
  }

  receive(bytes: Buffer, nowNs: bigint): void {
    this.#reader.push(bytes, (frame) => this.session.onMessage(frame, nowNs));
  }

  cut(): void {
    this.outgoing = Buffer.alloc(0);
    this.#reader.reset();
    this.session.onDisconnect();
  }
}

/** Moves up to `bytes` from one side to the other. */
function carry(from: Side, to: Side, bytes: number, nowNs: bigint): void {
  const part = from.outgoing.subarray(0, bytes);
  from.outgoing = from.outgoing.subarray(part.length);
  to.receive(part, nowNs);
}

function run(seed: number): readonly [Side, Side] {
  const random = new SeededRandom(seed);
  const initiator = new Side('initiator', 'A', 'B');
  const acceptor = new Side('acceptor', 'B', 'A');
  const sides = [initiator, acceptor] as const;
  let nowNs = START_NS;
  const connect = (): void => {
    acceptor.session.start(nowNs);
    initiator.session.start(nowNs);
  };
  connect();
  for (let step = 0; step < STEPS; step++) {
    nowNs += BigInt(random.below(40)) * NS_PER_MS;
    const way = random.below(2);
    if (random.below(3) === 0) sides[way]!.say(nowNs);
    else carry(sides[way]!, sides[1 - way]!, random.below(400), nowNs);
    for (const side of sides) side.session.onTimer(nowNs);
    if (random.below(CUT_EVERY) !== 0) continue;
    for (const side of sides) side.cut();
    connect();
  }
  for (let round = 0; round < 50; round++) {
    nowNs += 100n * NS_PER_MS;
    for (const side of sides) side.session.onTimer(nowNs);
    carry(initiator, acceptor, 1_000_000, nowNs);
    carry(acceptor, initiator, 1_000_000, nowNs);
  }
  return sides;
}

test('after any cuts every message arrived once and in order, and the numbers agree (seeds 1 to 200)', () => {
  let messages = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const [initiator, acceptor] = run(seed);
    expect(acceptor.heard, `seed ${seed}`).toEqual(initiator.said);
    expect(initiator.heard, `seed ${seed}`).toEqual(acceptor.said);
    const { counters } = initiator.session;
    const theirs = acceptor.session.counters;
    expect(counters.nextOut - theirs.nextIn, `seed ${seed}`).toBe(
      initiator.outgoing.length > 0 ? 1 : 0,
    );
    expect(theirs.nextOut - counters.nextIn, `seed ${seed}`).toBe(
      acceptor.outgoing.length > 0 ? 1 : 0,
    );
    messages += initiator.heard.length + acceptor.heard.length;
  }
  expect(messages).toBeGreaterThan(10_000);
});
