/** The ring keeps every record until it is handed over, and notices any bit that changes meanwhile. */
import { beforeEach, expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import { crc32c } from '../engine/journal/crc32c.ts';
import { loadNative } from '../native/index.ts';
import * as record from './journal-layout.ts';
import * as R from './journal-ring-layout.ts';
import { type RingRecord, RingReference, ringCheck, ringRecord } from './journal-ring-reference.ts';
import * as layout from './layout.ts';
import { Memory } from './memory.ts';

const memory = new Memory();
const core = loadCore(memory);
const PAYLOAD = layout.SCRATCH;
const STAGE = layout.JOURNAL_STAGE_BYTES;

beforeEach(() => {
  memory.bytes.fill(0, R.JOURNAL_RING, R.JOURNAL_RING + R.JOURNAL_RING_BYTES);
  memory.setI32(R.RING_MODE, R.JOURNAL_TO_RING);
  memory.setI64(layout.CTL_RECORD_SEQUENCE, 0);
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

const POOL = Uint8Array.from({ length: 1_100_000 }, seeded(77));
const view = new DataView(memory.bytes.buffer);
const place = (position: number): number =>
  R.JOURNAL_RING_DATA + (position % R.JOURNAL_RING_DATA_BYTES);
const waiting = (): number => memory.i64(R.RING_HEAD) - memory.i64(R.RING_TAIL);

/** Appends the record; its sequence and time are what the memory says next. */
function append(next: RingRecord): number {
  memory.setAbsoluteNs(layout.CTL_NOW_NS, next.timeNs);
  memory.bytes.set(next.payload, PAYLOAD);
  return core.journalAppend(next.kind, next.source, PAYLOAD, next.payload.length);
}

function nextRecord(next: () => number, length: number): RingRecord {
  return {
    kind: next() & 0xffff,
    source: next() & 0xffff,
    sequence: memory.i64(layout.CTL_RECORD_SEQUENCE) + 1,
    timeNs: BigInt(next()) * 1_000_003n - 5n,
    payload: POOL.subarray(next() % 999, 1_100_000).subarray(0, length),
  };
}

/** As it stands in a segment: with its CRC-32C. */
function segmentBytes(each: RingRecord): Uint8Array {
  const bytes = ringRecord(each);
  const its = new DataView(bytes.buffer);
  its.setInt32(record.RECORD_CRC32C, 0, true);
  const used = record.RECORD_HEADER_BYTES + each.payload.length;
  its.setInt32(record.RECORD_CRC32C, crc32c(bytes, 0, used), true);
  return bytes;
}

/** Makes what was taken what stands in a segment: in the kernel, and the same by the addon where it is there. */
function seal(staged: number): void {
  const { JOURNAL_STAGE, SCRATCH } = layout;
  const chain = memory.i32(R.RING_TAKEN_CHAIN);
  memory.bytes.copyWithin(SCRATCH, JOURNAL_STAGE, JOURNAL_STAGE + staged);
  core.journalSeal(staged);
  const { module: native } = loadNative();
  if (native?.hasCrc32c() !== true) return;
  const next = native.sealRecords(memory.bytes, SCRATCH, staged, chain);
  expect(next).toBe(memory.i32(R.RING_TAKEN_CHAIN));
  const bySelf = memory.bytes.subarray(JOURNAL_STAGE, JOURNAL_STAGE + staged);
  expect(Buffer.compare(memory.bytes.subarray(SCRATCH, SCRATCH + staged), bySelf)).toBe(0);
}

/** Takes what fits the room and compares it with what the twin takes. */
function expectTaken(twin: RingReference, room: number): number {
  const staged = core.journalTake(room);
  seal(staged);
  const expected = Buffer.concat(twin.take(room).map(segmentBytes));
  expect(staged).toBe(expected.length);
  const bytes = memory.bytes.subarray(layout.JOURNAL_STAGE, layout.JOURNAL_STAGE + staged);
  expect(Buffer.compare(bytes, expected)).toBe(0);
  core.journalFree();
  return staged;
}

test('every length of payload gives the record of the twin, and nothing behind it is touched', () => {
  const next = seeded(3);
  let position = 0;
  for (let length = 0; length < 300; length++) {
    const each = nextRecord(next, length);
    const bytes = ringRecord(each);
    memory.bytes.fill(0xee, place(position), place(position) + bytes.length + 64);
    expect(append(each)).toBe(1);
    const at = place(position);
    expect(memory.bytes.slice(at, at + bytes.length), `length ${length}`).toEqual(bytes);
    expect(memory.bytes[at + bytes.length]).toBe(0xee);
    expect(core.ringCheck(at, bytes.length)).toBe(ringCheck(view, at, bytes.length));
    position += bytes.length;
    expect(memory.i64(R.RING_HEAD)).toBe(position);
    expect(memory.i64(R.RING_LAST_SEQUENCE)).toBe(length + 1);
  }
});

test.each([1, 2])('the same random stream leaves ring and twin alike (seed %i)', (seed) => {
  const next = seeded(seed);
  const twin = new RingReference();
  let refused = 0;
  for (let step = 0; step < 3800; step++) {
    const length = next() % 10 === 0 ? next() % 200_000 : next() % 400;
    const each = nextRecord(next, length);
    const isTaken = twin.append(each);
    expect(append(each), `step ${step}`).toBe(isTaken ? 1 : 0);
    if (!isTaken) refused++;
    if (next() % (isTaken ? 400 : 3) === 0) {
      for (let turns = next() % 12; turns > 0; turns--) expectTaken(twin, 1000 + (next() % STAGE));
    }
    expect(memory.i64(R.RING_HEAD)).toBe(twin.head);
    expect(memory.i64(R.RING_TAIL)).toBe(twin.tail);
  }
  expect(refused, 'the ring was full now and then').toBeGreaterThan(0);
  expect(twin.head, 'it went round').toBeGreaterThan(2 * R.JOURNAL_RING_DATA_BYTES);
  const data = memory.bytes.subarray(R.JOURNAL_RING_DATA, R.JOURNAL_RING + R.JOURNAL_RING_BYTES);
  expect(Buffer.compare(data, twin.data)).toBe(0);
  while (expectTaken(twin, STAGE) > 0);
  expect(memory.i32(R.RING_TAKE_RESULT)).toBe(R.TAKE_ALL);
  expect(waiting()).toBe(0);
});

test('a record that has no room is refused without any effect, and nothing waiting is overwritten', () => {
  const next = seeded(9);
  const fill = nextRecord(next, 1_000_000);
  let count = 0;
  while (append({ ...fill, sequence: count + 1 }) === 1) count++;
  expect(count).toBe(16);
  const room = R.JOURNAL_RING_DATA_BYTES - waiting();
  const before = memory.bytes.slice(R.JOURNAL_RING, R.JOURNAL_RING + R.JOURNAL_RING_BYTES);
  for (const length of [room - 31, room, 1_048_577 - 32, 0x7fffffff, -1]) {
    expect(core.journalAppend(2, 0, PAYLOAD, length), `length ${length}`).toBe(0);
  }
  expect(memory.i64(layout.CTL_RECORD_SEQUENCE)).toBe(count);
  const after = memory.bytes.subarray(R.JOURNAL_RING, R.JOURNAL_RING + R.JOURNAL_RING_BYTES);
  expect(Buffer.compare(before, after)).toBe(0);
  expect(core.journalAppend(2, 0, PAYLOAD, room - 32), 'to the last byte').toBe(1);
  expect(waiting()).toBe(R.JOURNAL_RING_DATA_BYTES);
  expect(core.journalAppend(2, 0, PAYLOAD, 0)).toBe(0);
});

test('a bit that changes anywhere in a waiting record is noticed, and what is before it is kept', () => {
  const next = seeded(11);
  for (const length of [0, 5, 8, 77]) append(nextRecord(next, length));
  const first = 32 + 40 + 40;
  const victim = place(first);
  const bytes = 32 + 80;
  for (let bit = 0; bit < bytes * 8; bit++) {
    memory.setI64(R.RING_TAKEN, 0);
    memory.setI64(R.RING_TAKEN_SEQUENCE, 0);
    memory.bytes[victim + (bit >> 3)]! ^= 1 << (bit & 7);
    expect(core.journalTake(STAGE), `bit ${bit}`).toBe(first);
    expect(memory.i32(R.RING_TAKE_RESULT)).toBe(R.TAKE_BAD_RECORD);
    memory.bytes[victim + (bit >> 3)]! ^= 1 << (bit & 7);
  }
  expect(core.journalTake(STAGE), 'well again').toBe(bytes);
});

test('so is any pair of changed bits, of one word, of one lane or of both', () => {
  append(nextRecord(seeded(12), 64));
  const bytes = 96;
  const at = place(0);
  const whole = core.ringCheck(at, bytes);
  const flip = (bit: number): void => {
    memory.bytes[at + (bit >> 3)]! ^= 1 << (bit & 7);
  };
  const isCheck = (bit: number): boolean => bit >> 5 === record.RECORD_CRC32C / 4;
  let missed = 0;
  for (let a = 0; a < bytes * 8; a++) {
    if (isCheck(a)) continue;
    flip(a);
    for (let b = a + 1; b < bytes * 8; b++) {
      if (isCheck(b)) continue;
      flip(b);
      if (core.ringCheck(at, bytes) === whole) missed++;
      flip(b);
    }
    flip(a);
  }
  expect(missed).toBe(0);
});

test('what is handed over carries the chain of all checksums since the opening', () => {
  const next = seeded(5);
  const link = new Uint8Array(8);
  const its = new DataView(link.buffer);
  let chain = 0;
  for (let i = 0; i < 50; i++) {
    const each = nextRecord(next, i);
    append(each);
    const crc = new DataView(segmentBytes(each).buffer).getInt32(record.RECORD_CRC32C, true);
    its.setInt32(0, chain, true);
    its.setInt32(4, crc, true);
    chain = crc32c(link, 0, 8);
  }
  seal(core.journalTake(STAGE));
  core.journalFree();
  const handed = R.RING_HANDED + memory.i32(R.RING_HANDED_INDEX) * R.RING_HANDED_BYTES;
  expect(memory.i32(handed + R.HANDED_CHAIN)).toBe(chain);
  expect(memory.i64(handed + R.HANDED_SEQUENCE)).toBe(50);
  expect(memory.i64(handed + R.HANDED_POSITION)).toBe(memory.i64(R.RING_HEAD));
});

test('the writer is woken at an eighth, orders are held from one half on, inputs from nine tenths', () => {
  const each = nextRecord(seeded(1), 65_000);
  const bytes = 65_032;
  let wokenAt = 0;
  for (let used = 0; append(each) === 1; ) {
    used += bytes;
    if (wokenAt === 0 && memory.i32(R.RING_WAKE) === 1) wokenAt = used;
    expect(core.journalHoldsOrders()).toBe(used >= R.RING_ORDERS_BYTES_MAX ? 1 : 0);
    expect(core.journalHoldsInputs()).toBe(used >= R.RING_INPUTS_BYTES_MAX ? 1 : 0);
  }
  expect(wokenAt).toBe(Math.ceil(R.RING_WAKE_BYTES / bytes) * bytes);
  memory.setI64(R.RING_TAIL, memory.i64(R.RING_HEAD));
  expect([core.journalHoldsOrders(), core.journalHoldsInputs()]).toEqual([0, 0]);
  memory.setI32(R.RING_FAULT, R.WRITER_FAULT_NO_ROOM);
  expect([core.journalHoldsOrders(), core.journalHoldsInputs()], 'a full disk').toEqual([1, 0]);
});

test('without a ring the record waits at JOURNAL_STAGE, as journalStage puts it', () => {
  memory.setI32(R.RING_MODE, R.JOURNAL_TO_STAGE);
  const next = seeded(8);
  const records = [9, 0, 160].map((length) => {
    const each = nextRecord(next, length);
    expect(append(each)).toBe(1);
    return each;
  });
  const expected = Buffer.concat(records.map(segmentBytes));
  expect(memory.i32(R.RING_STAGED)).toBe(expected.length);
  const start = layout.JOURNAL_STAGE;
  expect(memory.bytes.slice(start, start + expected.length)).toEqual(Uint8Array.from(expected));
  expect(append(nextRecord(next, STAGE - 32))).toBe(0);
  expect(memory.i32(R.RING_STAGED)).toBe(expected.length);
  expect(waiting()).toBe(0);
});
