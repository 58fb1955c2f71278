/** Every event survives its bytes; damaged bytes are an error, never another event by accident. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FEATURES } from '../../wasm/layout.ts';
import { GyrfalconError } from '../errors.ts';
import type { EngineEvent } from './event.ts';
import { decodeEvent, encodeEvent } from './event-codec.ts';
import { RecordKind } from './generated/record-kind.ts';

const RECORD_OF = {
  CONFIG: RecordKind.CONFIG,
  TIMER: RecordKind.TIMER,
  COMMAND: RecordKind.COMMAND,
  INTENT: RecordKind.INTENT,
  SESSION: RecordKind.SESSION,
} as const;

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const integer = fc.maxSafeInteger();
const i32 = fc.integer();
const u8 = fc.integer({ min: 0, max: 255 });
const is = <T extends string>(value: T) => fc.constant(value);
const asked = { type: is('COMMAND'), reason: text, operator: text };
const scope = fc.constantFrom('FIRM' as const, 'STRATEGY' as const, 'INSTRUMENT' as const);
const scoped = { ...asked, scope, target: text };

const anyEvent: fc.Arbitrary<EngineEvent> = fc.oneof(
  fc.record({
    type: is('CONFIG'),
    engineVersion: text,
    configJson: fc.json(),
    clOrdIdPrefix: text,
    lockStep: fc.boolean(),
    journalId: text,
  }),
  fc.record({ type: is('TIMER'), kind: fc.constantFrom(0 as const, 1 as const), subject: i32 }),
  fc.record({ ...scoped, kind: is('KILL'), generation: i32 }),
  fc.record({ ...scoped, kind: is('REARM'), generation: i32 }),
  fc.record({ ...scoped, kind: is('FLATTEN') }),
  fc.record({ ...asked, kind: is('CANCEL_ORDER'), orderNumber: integer }),
  fc.record({ ...asked, kind: is('PAUSE_STRATEGY'), strategy: text }),
  fc.record({ ...asked, kind: is('RESUME_STRATEGY'), strategy: text }),
  fc.record({
    ...asked,
    kind: is('ADJUST_POSITION'),
    strategy: text,
    instrument: text,
    quantityLots: integer,
    priceTicks: integer,
  }),
  fc.record({ ...asked, kind: is('STOP') }),
  fc.record({
    type: is('INTENT'),
    sequence: integer,
    kind: u8,
    strategy: fc.integer({ min: 0, max: 15 }),
    instrument: fc.integer({ min: 0, max: 63 }),
    side: u8,
    ordType: u8,
    timeInForce: u8,
    flags: i32,
    priceTicks: integer,
    qtyLots: integer,
    orderSlot: i32,
    verdict: i32,
    features: fc.array(fc.double(), { minLength: FEATURES, maxLength: FEATURES }),
    codeHash: text,
    configHash: text,
    modelHash: text,
  }),
  fc.record({
    type: is('SESSION'),
    kind: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const, 4 as const),
    session: i32,
    nextIn: integer,
    nextOut: integer,
    reason: text,
  }),
);

const roundTrip = (event: EngineEvent) =>
  decodeEvent(RECORD_OF[event.type], encodeEvent(event).slice());

test('every event comes back from its bytes as it was', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      expect(roundTrip(event)).toEqual(event);
    }),
    { numRuns: 1500, seed: 1 },
  );
});

test('events come back from shared memory too', () => {
  const event: EngineEvent = {
    type: 'SESSION',
    kind: 3,
    session: 1,
    nextIn: 5,
    nextOut: 6,
    reason: 'venue left',
  };
  const bytes = encodeEvent(event);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  expect(decodeEvent(RecordKind.SESSION, shared)).toEqual(event);
});

test('raw bytes are no event', () => {
  for (const kind of [RecordKind.INBOUND, RecordKind.FEED, RecordKind.OUTBOUND, RecordKind.STATE]) {
    expect(decodeEvent(kind, new Uint8Array(3))).toBeUndefined();
  }
});

/** Decodes bytes that may be anything: an event of the right type, or JOURNAL_CORRUPT. */
function expectHarmless(kind: keyof typeof RECORD_OF, bytes: Uint8Array): void {
  try {
    expect(decodeEvent(RECORD_OF[kind], bytes)?.type).toBe(kind);
  } catch (error) {
    expect(error).toBeInstanceOf(GyrfalconError);
    expect(error).toMatchObject({ code: 'JOURNAL_CORRUPT' });
  }
}

const kinds = Object.keys(RECORD_OF) as (keyof typeof RECORD_OF)[];
const samples = kinds.map((kind) => {
  const ofKind = anyEvent.filter((event) => event.type === kind);
  return { kind, bytes: encodeEvent(fc.sample(ofKind, { numRuns: 1, seed: 3 })[0]!).slice() };
});

test.each(samples)('a damaged $kind never crashes the reader', ({ kind, bytes }) => {
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 1, 4, 0x7f, 0x80, 0xff, bytes[at]! ^ 1, bytes[at]! ^ 0x80]) {
      const damaged = bytes.slice();
      damaged[at] = value;
      expectHarmless(kind, damaged);
    }
  }
});

test.each(samples)('a $kind cut off anywhere is JOURNAL_CORRUPT or complete', ({ kind, bytes }) => {
  for (let length = 0; length < bytes.length; length++) {
    expectHarmless(kind, bytes.subarray(0, length));
  }
  expect(() => decodeEvent(RECORD_OF[kind], bytes.subarray(0, 7))).toThrow(/too short/);
});

test('random bytes never crash the reader', () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: 200 }), (kind, bytes) =>
      expectHarmless(kind, bytes),
    ),
    { numRuns: 5000, seed: 4 },
  );
});

test('text that would reach past the end of its record is JOURNAL_CORRUPT', () => {
  const session = { type: 'SESSION', kind: 3, session: 1, nextIn: 5, nextOut: 6 } as const;
  const bytes = Buffer.from(encodeEvent({ ...session, reason: 'venue left' }));
  const length = bytes.indexOf('venue left') - 4;
  expect(bytes.readUInt32LE(length)).toBe(10);
  for (const wrong of [bytes.length, 0x7fffffff, 0xffffffff]) {
    bytes.writeUInt32LE(wrong, length);
    expect(() => decodeEvent(RecordKind.SESSION, bytes)).toThrow(/field 4: is cut off/);
  }
});

const outOfRange: { what: string; event: EngineEvent }[] = [
  { what: 'an unknown timer', event: { type: 'TIMER', kind: 9 as 0, subject: 0 } },
  {
    what: 'a number past 2^53',
    event: { type: 'SESSION', kind: 0, session: 0, nextIn: 2 ** 60, nextOut: 0, reason: '' },
  },
  {
    what: 'an unknown session event',
    event: { type: 'SESSION', kind: 7 as 0, session: 0, nextIn: 0, nextOut: 0, reason: '' },
  },
];

test.each(outOfRange)('$what in a record is JOURNAL_CORRUPT', ({ event }) => {
  expect(() => roundTrip(event)).toThrow(expect.objectContaining({ code: 'JOURNAL_CORRUPT' }));
});
