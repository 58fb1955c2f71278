/** The record that the loop stages is the record that any FlatBuffers reader understands. */
import { ByteBuffer } from 'flatbuffers';
import { expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import { RecordHeader } from '../engine/event/generated/record-header.ts';
import { RecordKind } from '../engine/event/generated/record-kind.ts';
import { crc32c } from '../engine/journal/crc32c.ts';
import * as record from './journal-layout.ts';
import * as layout from './layout.ts';
import { Memory } from './memory.ts';

const memory = new Memory();
const core = loadCore(memory);
const PAYLOAD = layout.SCRATCH;

/** The textbook form: one bit at a time. */
function crc32cByBit(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc;
}

/** Numbers that look random and are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

const checkValues = [
  { text: '123456789', crc: 0xe3069283 },
  { text: '', crc: 0 },
  { text: 'a', crc: 0xc1d04330 },
  { text: '\0'.repeat(32), crc: 0x8a9136aa },
  { text: '\xff'.repeat(32), crc: 0x62a8ab43 },
];

test.each(checkValues)('CRC-32C of $text is the published one, fast and plain', ({ text, crc }) => {
  const bytes = Buffer.from(text, 'latin1');
  memory.bytes.set(bytes, PAYLOAD);
  expect(core.crc32c(PAYLOAD, bytes.length) >>> 0).toBe(crc);
  expect(crc32c(bytes, 0, bytes.length) >>> 0).toBe(crc);
});

test('fast, plain and textbook checksum agree at every length and alignment', () => {
  const next = seeded(7);
  for (let round = 0; round < 4000; round++) {
    const length = round < 300 ? round : next() % 3000;
    const start = next() % 9;
    const bytes = Uint8Array.from({ length: start + length }, next);
    memory.bytes.set(bytes, PAYLOAD);
    const plain = crc32c(bytes, start, start + length);
    expect(core.crc32c(PAYLOAD + start, length), `length ${length} start ${start}`).toBe(plain);
    if (round % 10 === 0) expect(plain).toBe(crc32cByBit(bytes.subarray(start)));
  }
});

test('the kinds that kernels append are those of event.fbs', () => {
  const { RECORD_OF_INBOUND, RECORD_OF_INTENT, RECORD_OF_OUTBOUND } = record;
  const { INBOUND, INTENT, OUTBOUND } = RecordKind;
  expect([RECORD_OF_INBOUND, RECORD_OF_INTENT, RECORD_OF_OUTBOUND]).toEqual([
    INBOUND,
    INTENT,
    OUTBOUND,
  ]);
});

test('the places of the header are those of the FlatBuffers struct', () => {
  const header = new Uint8Array(record.RECORD_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(record.RECORD_LENGTH, 1, true);
  view.setUint16(record.RECORD_KIND, 2, true);
  view.setUint16(record.RECORD_SOURCE, 3, true);
  view.setBigUint64(record.RECORD_SEQUENCE, 4n, true);
  view.setBigInt64(record.RECORD_TIME_NS, -5n, true);
  view.setUint32(record.RECORD_CRC32C, 6, true);
  view.setUint32(record.RECORD_VERSION, 7, true);
  const read = new RecordHeader().__init(0, new ByteBuffer(header));
  expect(RecordHeader.sizeOf()).toBe(record.RECORD_HEADER_BYTES);
  expect([read.length(), read.kind(), read.source(), read.sequence()]).toEqual([1, 2, 3, 4n]);
  expect([read.timeNs(), read.crc32c(), read.version()]).toEqual([-5n, 6, 7]);
});

test('a staged record carries header, payload, zero padding and its checksum', () => {
  memory.setI64(layout.CTL_RECORD_SEQUENCE, 41);
  memory.setAbsoluteNs(layout.CTL_NOW_NS, 1_340_285_400_123_456_789n);
  memory.bytes.fill(0xee, layout.JOURNAL_STAGE, layout.JOURNAL_STAGE + 256);
  memory.bytes.set(Buffer.from('8=FIX.4.4'), PAYLOAD);
  const end = core.journalStage(64, 7, 2, PAYLOAD, 9);
  expect(end).toBe(64 + 48);
  const start = layout.JOURNAL_STAGE + 64;
  const bytes = memory.bytes.slice(start, start + 48);
  const header = new RecordHeader().__init(0, new ByteBuffer(bytes));
  expect([header.length(), header.kind(), header.source()]).toEqual([41, 7, 2]);
  expect(header.sequence()).toBe(42n);
  expect(header.timeNs()).toBe(1_340_285_400_123_456_789n);
  expect(header.version()).toBe(record.JOURNAL_VERSION);
  expect(Buffer.from(bytes.subarray(32, 41)).toString()).toBe('8=FIX.4.4');
  expect([...bytes.subarray(41)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  const crc = header.crc32c();
  bytes.fill(0, record.RECORD_CRC32C, record.RECORD_CRC32C + 4);
  expect(crc).toBe(crc32cByBit(bytes.subarray(0, 41)) >>> 0);
  expect(memory.i64(layout.CTL_RECORD_SEQUENCE)).toBe(42);
  expect(memory.bytes[start + 48], 'nothing is written past the record').toBe(0xee);
});

test('a record that would pass the end of the stage is refused without any effect', () => {
  const room = 72; // one record of up to 40 bytes of payload
  const offset = layout.JOURNAL_STAGE_BYTES - room;
  const before = memory.i64(layout.CTL_RECORD_SEQUENCE);
  for (const length of [41, 48, layout.JOURNAL_STAGE_BYTES, 0x7fffffff, -1]) {
    const stage = memory.bytes.slice(layout.JOURNAL_STAGE + offset, layout.INPUT_RING);
    expect(core.journalStage(offset, 2, 0, PAYLOAD, length), `length ${length}`).toBe(-1);
    expect(memory.bytes.slice(layout.JOURNAL_STAGE + offset, layout.INPUT_RING)).toEqual(stage);
  }
  expect(memory.i64(layout.CTL_RECORD_SEQUENCE)).toBe(before);
  const ring = memory.bytes.slice(layout.INPUT_RING, layout.INPUT_RING + 64);
  expect(core.journalStage(offset, 2, 0, PAYLOAD, 40)).toBe(layout.JOURNAL_STAGE_BYTES);
  expect(memory.bytes.slice(layout.INPUT_RING, layout.INPUT_RING + 64)).toEqual(ring);
});
