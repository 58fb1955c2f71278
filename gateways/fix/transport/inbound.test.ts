/** The way in of one connection: turns, paces, and where a peer's patience with us ends. */
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { parseMessage } from '../codec.ts';
import { NEVER_NS } from './deadline-timer.ts';
import { Inbound } from './inbound.ts';
import { PeerPaces } from './peer-paces.ts';
import { noTraffic, type TrafficCounts } from './traffic-counts.ts';
import { ACCEPTOR_LIMITS, type TrafficLimits } from './transport-limits.ts';

const START_NS = 1_700_000_000_000_000_000n;
const S = 1_000_000_000n;
const LIMITS: TrafficLimits = {
  ...ACCEPTOR_LIMITS.traffic,
  messageBytesMax: 2000,
  turnMessages: 10,
  turnBytes: 100_000,
};

/** What one connection gave out, and what it was ended for. */
class Rig {
  readonly got: string[] = [];
  readonly counts: TrafficCounts = noTraffic();
  readonly inbound: Inbound;
  readonly paces: PeerPaces;
  garbled = 0;
  nowNs = START_NS;
  breach: string | undefined;
  onFrame: () => void = () => {};

  constructor(changes: Partial<TrafficLimits> = {}) {
    const limits = { ...LIMITS, ...changes };
    this.paces = new PeerPaces(limits);
    this.inbound = new Inbound({
      limits,
      paces: this.paces,
      counts: this.counts,
      onFrame: (frame) => {
        this.got.push(parseMessage(frame)!.get(11)!);
        this.onFrame();
      },
      onGarbled: () => {
        this.garbled += 1;
      },
    });
  }

  push(...chunks: Uint8Array[]): this {
    for (const chunk of chunks) this.inbound.push(chunk);
    return this.turn();
  }

  turn(afterNs = 0n): this {
    this.nowNs += afterNs;
    this.breach ??= this.inbound.turn(this.nowNs);
    return this;
  }

  /** Turns, each when it is due, until nothing is left or the peer had to go. */
  settle(): number {
    let turns = 0;
    for (; this.inbound.hasMore && this.breach === undefined; turns++) {
      const waitNs = this.inbound.nextNs - this.nowNs;
      this.turn(waitNs > 0n ? waitNs : 0n);
    }
    return turns;
  }
}

const message = (name: string, msgType = 'D', size = 0): Buffer =>
  encodeMessage('FIX.4.4', [
    [35, msgType],
    [34, 1],
    [11, name],
    [58, 'x'.repeat(size)],
  ]);
const messages = (count: number, msgType = 'D', size = 0): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => message(`${index}`, msgType, size)));

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

test('a turn takes so many messages; the rest comes in the next turns, in order', () => {
  rig.push(messages(25));
  expect(rig.got).toHaveLength(10);
  expect(rig.inbound.hasMore).toBe(true);
  expect(rig.inbound.nextNs).toBe(rig.nowNs);
  expect(rig.settle()).toBe(2);
  expect(rig.got).toEqual(Array.from({ length: 25 }, (_, index) => `${index}`));
  expect(rig.inbound.nextNs).toBe(NEVER_NS);
  expect(rig.counts.messagesIn).toBe(25);
});

test('a turn takes so many bytes, of long messages, halves of messages and garbage alike', () => {
  rig = new Rig({ turnBytes: 5000, turnMessages: 1000 });
  rig.push(messages(20, 'D', 1000));
  expect(rig.got.length).toBeGreaterThan(3);
  expect(rig.got.length).toBeLessThan(10);
  rig.settle();
  expect(rig.got).toHaveLength(20);
});

test('messages come out the same however the bytes are cut and whatever a turn takes', () => {
  const bytes = messages(30, 'D', 300);
  const names = Array.from({ length: 30 }, (_, index) => `${index}`);
  fc.assert(
    fc.property(
      fc.array(fc.nat(bytes.length), { maxLength: 20 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 20_000 }),
      (cuts, turnMessages, turnBytes) => {
        const own = new Rig({ turnMessages, turnBytes });
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        for (let i = 1; i < places.length; i++) {
          own.push(bytes.subarray(places[i - 1], places[i]));
          own.settle();
        }
        expect(own.got).toEqual(names);
        expect(own.breach).toBeUndefined();
        expect(own.counts.bytesIn).toBe(bytes.length);
      },
    ),
    { numRuns: 200, seed: 20_252 },
  );
});

test('who is ahead of the pace is read from when the debt is paid, and counted once', () => {
  rig = new Rig({ messages: { perS: 10, burst: 5 }, turnMessages: 1000 });
  rig.push(messages(9));
  expect(rig.got).toHaveLength(6); // the sixth makes the debt
  expect(rig.inbound.nextNs).toBe(rig.nowNs + S / 10n);
  rig.settle();
  expect(rig.got).toHaveLength(9);
  expect(rig.nowNs - START_NS).toBe((3n * S) / 10n);
  expect(rig.counts.slowdowns).toBe(1);
  rig
    .turn(60n * S)
    .push(messages(9))
    .settle();
  expect(rig.counts.slowdowns).toBe(2);
  expect(rig.breach).toBeUndefined();
});

const floods: [string, string, RegExp][] = [
  ['messages', 'D', /more than 10 messages a second for 3 s/],
  ['ResendRequests', '2', /more than 2 ResendRequests a second for 3 s/],
  ['TestRequests', '1', /more than 4 TestRequests a second for 3 s/],
];
test.each(floods)('who sends too many %s and does not stop must go', (_, msgType, why) => {
  rig = new Rig({
    messages: { perS: 10, burst: 50 },
    resendRequests: { perS: 2, burst: 4 },
    testRequests: { perS: 4, burst: 4 },
    aheadS: 3,
  });
  rig.push(messages(200, msgType));
  rig.settle();
  expect(rig.breach).toMatch(why);
  expect(rig.got.length).toBeLessThan(95);
});

test('who keeps a little below the pace after a burst may stay', () => {
  rig = new Rig({ messages: { perS: 10, burst: 5 }, aheadS: 3 });
  rig.push(messages(6));
  for (let i = 0; i < 100; i++) rig.turn(S / 9n).push(message('on time'));
  expect(rig.breach).toBeUndefined();
});

test('a fresh connection does not come with a fresh burst', () => {
  rig = new Rig({ messages: { perS: 10, burst: 5 } });
  rig.push(messages(6));
  rig.inbound.close();
  const again = new Inbound({
    limits: LIMITS,
    paces: rig.paces,
    counts: rig.counts,
    onFrame: () => {},
    onGarbled: () => {},
  });
  again.push(messages(2));
  again.turn(rig.nowNs);
  expect(again.nextNs).toBeGreaterThan(rig.nowNs);
});

test('a long message counts several times', () => {
  rig = new Rig({ messages: { perS: 10, burst: 5 }, messageBytesMax: 50_000 });
  rig.push(message('long', 'D', 40_000));
  expect(rig.paces.readyNs(rig.nowNs)).toBe(rig.nowNs + S / 2n);
});

test('a message must be complete in time, however steadily its bytes trickle in', () => {
  const bytes = message('slow', 'D', 100);
  for (const byte of bytes.subarray(0, 9)) rig.turn(S).push(Uint8Array.of(byte));
  expect(rig.breach).toBeUndefined();
  expect(rig.inbound.nextNs).toBe(START_NS + 11n * S);
  rig.turn(2n * S);
  expect(rig.breach).toBe('a message was not complete after 10 s');
});

test('each message has its own time', () => {
  const bytes = message('one', 'D', 100);
  for (let i = 0; i < 10; i++) {
    rig.push(bytes.subarray(0, 50)).turn(6n * S);
    rig.push(bytes.subarray(50)).turn(6n * S);
  }
  expect(rig.breach).toBeUndefined();
  expect(rig.got).toHaveLength(10);
});

const tooLong: [string, Buffer][] = [
  ['whole', message('long', 'D', 3000)],
  ['promised and half there', message('long', 'D', 3000).subarray(0, 2500)],
];
test.each(tooLong)('a message that is too long, %s, ends the connection', (_, bytes) => {
  rig.push(bytes).settle();
  expect(rig.breach).toBe('a message is longer than 2000 bytes');
  expect(rig.got).toEqual([]);
});

test('an endless length never holds more than the maximum', () => {
  rig.push(Buffer.from('8=FIX.4.4\x019=2000\x0135=D\x01'));
  for (let sent = 0; rig.breach === undefined; sent += 100) {
    expect(sent).toBeLessThan(2200);
    rig.push(Buffer.alloc(100, 'x')).settle();
  }
});

test('garbage is skipped, and without a message in between it ends the connection', () => {
  rig = new Rig({ garbledRunsMax: 3, messages: { perS: 1000, burst: 1000 } });
  const garbage = Buffer.from('8=FIX.4.4\x01garbage');
  for (let i = 0; i < 5; i++) rig.push(garbage, garbage, message('good')).settle();
  expect(rig.breach).toBeUndefined();
  expect(rig.got).toHaveLength(5);
  expect(rig.counts.garbledIn).toBe(10);
  rig.push(...Array.from({ length: 6 }, () => garbage)).settle();
  expect(rig.breach).toMatch(/pieces of garbage, \d+ bytes, came in a row; 3 and \d+ bytes/);
});

test('garbage in front of a message is not in a row with what follows it', () => {
  rig = new Rig({ garbledRunsMax: 3, messages: { perS: 1000, burst: 1000 } });
  const garbage = Buffer.from('8=FIX.4.4\x01garbage');
  rig.push(garbage, garbage, garbage, message('good'), garbage).settle();
  rig.push(garbage, garbage, message('good')).settle();
  expect(rig.breach).toBeUndefined();
  expect(rig.got).toHaveLength(2);
});

test('endless garbage ends the connection by its bytes', () => {
  rig = new Rig({ garbledBytesMax: 10_000, garbledRunsMax: 1_000_000 });
  let sent = 0;
  for (; rig.breach === undefined; sent += 1000) rig.push(Buffer.alloc(1000, 'x')).settle();
  expect(sent).toBe(11_000);
});

test('after a close nothing comes out, not even in the middle of a turn', () => {
  rig.onFrame = () => rig.inbound.close();
  rig.push(messages(5));
  expect(rig.got).toHaveLength(1);
  expect(rig.inbound.hasMore).toBe(false);
  const other = new Rig().push(message('whole')); // the reader that was given back is clean
  expect(other.got).toEqual(['whole']);
  expect(other.garbled).toBe(0);
});
