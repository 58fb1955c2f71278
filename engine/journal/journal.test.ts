/** What the writer put down, the reader gives back: across segments, restarts and processes. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CTL_NOW_NS, CTL_RECORD_SEQUENCE, SCRATCH } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { GyrfalconError } from '../errors.ts';
import { JournalReader, verifyJournal } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';

const memory = new Memory();
const core = loadCore(memory);
const START_NS = 1_340_285_400_000_000_000n;
let directory = '';
let notices: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gyrfalcon-journal-'));
  notices = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(segmentBytes = 1_048_576): JournalWriter {
  const notice = (text: string) => void notices.push(text);
  return new JournalWriter({ directory, segmentBytes, memory, core, notice });
}

/** Appends a payload that does not lie in shared memory yet. */
function appendBytes(
  writer: JournalWriter,
  kind: number,
  source: number,
  payload: Uint8Array,
): void {
  memory.bytes.set(payload, SCRATCH);
  writer.append(kind, source, SCRATCH, payload.length);
}

const payloadOf = (sequence: number) =>
  Buffer.from(`8=FIX.4.4|34=${sequence}|`.repeat(sequence % 5));

function append(writer: JournalWriter, count: number): void {
  for (let i = 0; i < count; i++) {
    const sequence = writer.sequence + 1;
    memory.setAbsoluteNs(CTL_NOW_NS, START_NS + BigInt(sequence));
    appendBytes(writer, 2, sequence % 4, payloadOf(sequence));
  }
}

function expectRecords(count: number): void {
  const reader = new JournalReader(directory);
  for (let sequence = 1; sequence <= count; sequence++) {
    expect(reader.next(), `record ${sequence}`).toBe(true);
    const { record } = reader;
    expect([record.sequence, record.kind, record.source]).toEqual([sequence, 2, sequence % 4]);
    expect(record.timeNs).toBe(START_NS + BigInt(sequence));
    expect(Buffer.from(record.payload).equals(payloadOf(sequence))).toBe(true);
  }
  expect(reader.next()).toBe(false);
  expect(reader.damage).toBeUndefined();
}

test('records come back as they were appended, in order', () => {
  const writer = open();
  append(writer, 1000);
  writer.close();
  expectRecords(1000);
});

test('only flushed records are in the file', () => {
  const writer = open();
  append(writer, 3);
  expect(verifyJournal(directory).records).toBe(0);
  writer.flush();
  expect(verifyJournal(directory).records).toBe(3);
  writer.close();
});

test('a segment is closed before a record would make it too long', async () => {
  const writer = open(4096);
  append(writer, 500);
  await writer.sync();
  writer.close();
  const segments = readdirSync(directory)
    .filter((name) => name.endsWith('.gfj'))
    .sort();
  expect(segments.length).toBeGreaterThan(5);
  for (const name of segments)
    expect(statSync(join(directory, name)).size).toBeLessThanOrEqual(4096);
  for (const name of segments.slice(0, -1)) {
    expect(statSync(join(directory, name)).size).toBeGreaterThan(4096 - 200);
  }
  expectRecords(500);
});

test('a run continues the sequence of the run before it', () => {
  for (const runs of [1, 2, 3, 4, 5]) {
    memory.setI64(CTL_RECORD_SEQUENCE, 0);
    const writer = open(4096);
    append(writer, 77);
    writer.close();
    expectRecords(77 * runs);
  }
  expect(notices).toEqual([]);
});

test('reading may start at any sequence', () => {
  const writer = open(4096);
  append(writer, 300);
  writer.close();
  for (const fromSequence of [1, 2, 150, 299, 300, 301]) {
    const reader = new JournalReader(directory, { fromSequence });
    let first = 0;
    while (reader.next()) {
      first ||= reader.record.sequence;
      expect(reader.record.sequence).toBeGreaterThan(0);
    }
    expect(first).toBeLessThanOrEqual(fromSequence);
    expect(first).toBeGreaterThan(fromSequence - 200);
    expect(reader.damage).toBeUndefined();
    expect(reader.sequence).toBe(300);
  }
});

test('only the owner may read the journal', () => {
  rmSync(directory, { recursive: true });
  const writer = open();
  append(writer, 1);
  writer.close();
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, '00000001.gfj')).mode & 0o777).toBe(0o600);
});

test('a second writer is refused and told who holds the journal', () => {
  const writer = open();
  expect(() => open()).toThrow(
    expect.objectContaining({
      code: 'JOURNAL_LOCKED',
      message: expect.stringContaining(`process ${process.pid}`),
    }),
  );
  append(writer, 2);
  writer.close();
  open().close();
  expect(existsSync(join(directory, 'journal.lock'))).toBe(false);
});

const leftBehind = [
  { what: 'a process that is gone', text: '999999999 some-boot 1' },
  { what: 'an earlier process with our own id', text: `${process.pid} some-boot 1` },
];

test.each(leftBehind)('the lock of $what is taken over with a notice', ({ text }) => {
  writeFileSync(join(directory, 'journal.lock'), text);
  const writer = open();
  expect(notices).toEqual([expect.stringContaining(`lock of process ${text.split(' ')[0]}`)]);
  expect(() => open()).toThrow(GyrfalconError);
  writer.close();
});

test.runIf(process.platform === 'linux')('a process id that was used again holds no lock', () => {
  const lock = join(directory, 'journal.lock');
  const writer = open();
  const own = readFileSync(lock, 'utf8');
  writeFileSync(lock, own.replace(/\d+$/, '1')); // as if started at another time
  open().close();
  expect(notices).toHaveLength(1);
  writeFileSync(lock, own);
  expect(() => open()).toThrow(expect.objectContaining({ code: 'JOURNAL_LOCKED' }));
  writer.close();
});

test('a torn tail is cut off, kept aside and told of', () => {
  const writer = open();
  append(writer, 10);
  writer.close();
  const torn = Buffer.from('half a record');
  const whole = statSync(join(directory, '00000001.gfj')).size;
  appendFileSync(join(directory, '00000001.gfj'), torn);
  const again = open();
  expect(notices).toHaveLength(1);
  expect(notices[0]).toContain('kept 10 records');
  expect(notices[0]).toContain(`last ${torn.length} bytes of 00000001.gfj`);
  const side = join(directory, `00000001.gfj.${whole}.torn`);
  expect(readFileSync(side).equals(torn)).toBe(true);
  append(again, 5);
  again.close();
  expectRecords(15);
});

test('whatever is appended, in whatever turns, is read back (random runs)', () => {
  const run = fc.array(
    fc.record({
      kind: fc.integer({ min: 1, max: 8 }),
      source: fc.integer({ min: 0, max: 65535 }),
      length: fc.oneof(fc.nat(64), fc.nat(3000)),
      flush: fc.boolean(),
      reopen: fc.nat(20),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(run, fc.integer({ min: 4096, max: 20_000 }), (records, segmentBytes) => {
      rmSync(directory, { recursive: true });
      let writer = open(segmentBytes);
      for (const [index, { kind, source, length, flush, reopen }] of records.entries()) {
        appendBytes(writer, kind, source, new Uint8Array(length).fill(index + 1));
        if (flush) writer.flush();
        if (reopen === 0) {
          writer.close();
          writer = open(segmentBytes);
        }
      }
      writer.close();
      const reader = new JournalReader(directory);
      for (const [index, { kind, source, length }] of records.entries()) {
        expect(reader.next()).toBe(true);
        expect([reader.record.kind, reader.record.source]).toEqual([kind, source]);
        expect(reader.record.payloadLength).toBe(length);
        expect(reader.record.payload.every((byte) => byte === ((index + 1) & 255))).toBe(true);
      }
      expect(reader.next()).toBe(false);
      expect(reader.damage).toBeUndefined();
    }),
    { numRuns: 60, seed: 20120621 },
  );
});

test('the largest record fits, and records are found across the borders of large reads', () => {
  const writer = open(64 * 1_048_576);
  const sizes = [1_048_544, 1, 700_000, 1_048_544, 1_000_001, 5, 1_048_544, 1_048_544, 900_000];
  for (const size of sizes) appendBytes(writer, 3, 0, new Uint8Array(size).fill(size & 255));
  expect(() => writer.append(3, 0, 0, 1_048_545)).toThrow(/fits the empty stage/);
  writer.close();
  const reader = new JournalReader(directory);
  for (const size of sizes) {
    expect(reader.next()).toBe(true);
    expect(reader.record.payloadLength).toBe(size);
    expect(reader.record.payload[size - 1]).toBe(size & 255);
  }
  expect(reader.next()).toBe(false);
  expect(reader.damage).toBeUndefined();
});

test('a writer says when it has begun a segment, and only then', () => {
  let begun = 0;
  const segmentBytes = 4_096;
  const notice = () => {};
  const onSegment = () => void begun++;
  const writer = new JournalWriter({ directory, segmentBytes, memory, core, notice, onSegment });
  const segments = () => readdirSync(directory).filter((name) => name.endsWith('.gfj')).length;
  for (let record = 0; record < 300; record++) {
    append(writer, 1);
    writer.flush();
    expect(begun).toBe(segments() - 1);
  }
  expect(begun).toBeGreaterThan(3);
  writer.close();
});
