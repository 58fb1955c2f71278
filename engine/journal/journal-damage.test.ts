/**
 * Every way in which a stored journal can be damaged is found, at its exact place, and nothing is
 * guessed.
 */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SCRATCH } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { crc32c } from './crc32c.ts';
import { JournalReader, verifyJournal } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';

const memory = new Memory();
const core = loadCore(memory);
const base = mkdtempSync(join(tmpdir(), 'gyrfalcon-damage-'));
const whole = join(base, 'whole');
const work = join(base, 'work');
const RECORDS = 60;
/** Where each record stands: [segment name, offset, bytes]. */
const places: { segment: string; offset: number; end: number }[] = [];
let segments: string[] = [];
let notices: string[] = [];

function open(directory: string): JournalWriter {
  const notice = (text: string) => void notices.push(text);
  return new JournalWriter({ directory, segmentBytes: 1024, memory, core, notice });
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

beforeAll(() => {
  const writer = open(whole);
  for (let i = 0; i < RECORDS; i++) appendBytes(writer, 2, 1, Buffer.from('x'.repeat(i % 23)));
  writer.close();
  segments = readdirSync(whole).sort();
  const reader = new JournalReader(whole);
  const { record } = reader;
  while (reader.next()) {
    const bytes = 32 + Math.ceil(record.payloadLength / 8) * 8;
    const segment = segments[record.segment - 1]!;
    places.push({ segment, offset: record.offset, end: record.offset + bytes });
  }
});
afterAll(() => rmSync(base, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  for (const name of segments) copyFileSync(join(whole, name), join(work, name));
  notices = [];
});

test('the journal under test is whole and has several segments', () => {
  expect(verifyJournal(whole)).toMatchObject({ records: RECORDS, damage: undefined });
  expect(segments.length).toBeGreaterThan(2);
});

test('a flipped bit in any byte is found in the record that holds it', () => {
  for (const segment of segments) {
    const file = join(work, segment);
    const good = readFileSync(file);
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] = bad[at]! ^ (1 << (at % 8));
      writeFileSync(file, bad);
      const index = places.findIndex((p) => p.segment === segment && at >= p.offset && at < p.end);
      const { damage, records } = verifyJournal(work);
      expect(records, `${segment} byte ${at}`).toBe(index);
      expect(damage).toMatchObject({ segment, offset: places[index]!.offset, sequence: index + 1 });
    }
    writeFileSync(file, good);
  }
});

test('cut off anywhere, the last segment keeps every record before the cut, and goes on', () => {
  const last = segments.at(-1)!;
  const good = readFileSync(join(whole, last));
  for (let length = 0; length <= good.length; length++) {
    rmSync(work, { recursive: true });
    mkdirSync(work);
    for (const name of segments) copyFileSync(join(whole, name), join(work, name));
    writeFileSync(join(work, last), good.subarray(0, length));
    const kept = places.filter((p) => p.segment !== last || p.end <= length).length;
    const end = Math.max(
      0,
      ...places.filter((p) => p.segment === last && p.end <= length).map((p) => p.end),
    );
    notices = [];
    const writer = open(work);
    expect(writer.sequence, `cut at ${length}`).toBe(kept);
    expect(notices).toHaveLength(length === end ? 0 : 1);
    const torn = readdirSync(work).filter((name) => name.endsWith('.torn'));
    const bytes = torn.map((name) => statSync(join(work, name)).size);
    expect(bytes).toEqual(length === end ? [] : [length - end]);
    appendBytes(writer, 2, 1, Buffer.from('after the crash'));
    writer.close();
    expect(verifyJournal(work)).toMatchObject({ records: kept + 1, damage: undefined });
  }
}, 240_000);

test('cut off at any length, an earlier segment is found damaged and is not touched', () => {
  const first = segments[0]!;
  const good = readFileSync(join(whole, first));
  for (let length = 0; length < good.length; length += 7) {
    writeFileSync(join(work, first), good.subarray(0, length));
    const kept = places.filter((p) => p.segment === first && p.end <= length).length;
    expect(verifyJournal(work), `cut at ${length}`).toMatchObject({ records: kept });
    expect(verifyJournal(work).damage?.sequence).toBe(kept + 1);
    expect(() => open(work)).toThrow(expect.objectContaining({ code: 'JOURNAL_CORRUPT' }));
    expect(statSync(join(work, first)).size).toBe(length);
  }
});

test('a damaged record before good ones is not cut away with them', () => {
  const last = segments.at(-1)!;
  const { offset } = places.find((p) => p.segment === last)!;
  for (const at of [0, 8, 24, 33]) {
    const bad = readFileSync(join(whole, last));
    bad[offset + at] = bad[offset + at]! ^ 0x80;
    writeFileSync(join(work, last), bad);
    expect(() => open(work), `byte ${at}`).toThrow(
      expect.objectContaining({
        code: 'JOURNAL_CORRUPT',
        message: expect.stringContaining(`at ${last} offset ${offset}`),
      }),
    );
    expect(readFileSync(join(work, last)).equals(bad)).toBe(true);
  }
});

test('a missing segment is named, wherever it is missing', () => {
  for (const [index, name] of segments.slice(0, -1).entries()) {
    const away = join(base, 'away');
    renameSync(join(work, name), away);
    const before = places.filter((p) => p.segment < name).length;
    expect(verifyJournal(work)).toMatchObject({
      records: before,
      damage: { segment: name, offset: 0, sequence: before + 1, reason: 'missing segment' },
    });
    expect(() => open(work), `segment ${index + 1}`).toThrow(
      expect.objectContaining({ code: 'JOURNAL_CORRUPT' }),
    );
    renameSync(away, join(work, name));
  }
});

test('segments in the wrong order are found', () => {
  const [first, second] = segments as [string, string];
  copyFileSync(join(whole, second), join(work, first));
  copyFileSync(join(whole, first), join(work, second));
  expect(verifyJournal(work).damage).toMatchObject({ segment: first, reason: 'wrong sequence' });
});

test('zeros after the last record, as power loss leaves them, are a torn tail', () => {
  const last = join(work, segments.at(-1)!);
  writeFileSync(last, Buffer.concat([readFileSync(last), Buffer.alloc(100)]));
  const writer = open(work);
  expect(writer.sequence).toBe(RECORDS);
  expect(notices[0]).toContain('last 100 bytes');
  writer.close();
});

test('a torn end that reaches into segments begun behind it is cut off with them', () => {
  const [first, second] = segments as [string, string];
  for (const after of [Buffer.alloc(0), Buffer.alloc(512), Buffer.from('half a record')]) {
    for (const name of readdirSync(work)) rmSync(join(work, name));
    copyFileSync(join(whole, first), join(work, first));
    const kept = places.filter((p) => p.segment === first).length - 1;
    truncateSync(join(work, first), places[kept]!.end - 8);
    writeFileSync(join(work, second), after);
    notices = [];
    const writer = open(work);
    expect(writer.sequence).toBe(kept);
    expect(notices[0]).toContain(`last ${after.length} bytes of ${second}`);
    for (let i = 0; i < 40; i++) appendBytes(writer, 2, 1, Buffer.from('after the power failure'));
    writer.close();
    expect(verifyJournal(work)).toMatchObject({ records: kept + 40, damage: undefined });
  }
});

test('a journal of another version is not taken for a torn one', () => {
  const last = join(work, segments.at(-1)!);
  const bytes = readFileSync(last);
  const { offset } = places.at(-1)!;
  bytes.writeUInt32LE(2, offset + 28);
  bytes.writeUInt32LE(0, offset + 24);
  const used = bytes.readUInt32LE(offset);
  bytes.writeInt32LE(crc32c(bytes, offset, offset + used), offset + 24);
  writeFileSync(last, bytes);
  expect(verifyJournal(work).damage?.reason).toBe('unknown version');
  expect(() => open(work)).toThrow(expect.objectContaining({ code: 'JOURNAL_CORRUPT' }));
  expect(readFileSync(last).equals(bytes)).toBe(true);
});

test('an intact record with the wrong sequence is not cut away', () => {
  const last = join(work, segments.at(-1)!);
  const bytes = readFileSync(last);
  const at = places.at(-2)!.offset;
  writeFileSync(
    last,
    Buffer.concat([bytes.subarray(0, at), bytes.subarray(places.at(-1)!.offset)]),
  );
  expect(verifyJournal(work).damage).toMatchObject({ reason: 'wrong sequence', offset: at });
  expect(() => open(work)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`record ${RECORDS} is intact`) }),
  );
});
