/** A journal through the ring: the same journal in the end, whatever its writer's thread runs into. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasAddon, RingRig } from '../../test/support/ring-rig.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import { CTL_JOURNAL_BYTES, SCRATCH } from '../../wasm/layout.ts';
import type { Journal } from './journal.ts';
import { JournalReader, verifyJournal } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';
import { RingWriter } from './ring-writer.ts';

let rig: RingRig;
beforeEach(() => {
  rig = new RingRig();
});
afterEach(() => rig.remove());

const rings = (): string[] => readdirSync(rig.shm).filter((name) => name.endsWith('.ring'));
const note = (): string => join(rig.directory, 'journal.ring');

function appendMany(journal: Journal, count: number): void {
  for (let i = 0; i < count; i++) rig.append(journal, (journal.sequence * 31) % 400);
}

/** Without the addon the file has what the memory has only now. */
function leaveRing(): void {
  if (hasAddon) return;
  const bytes = rig.memory.bytes.slice(R.JOURNAL_RING, R.JOURNAL_RING + R.JOURNAL_RING_BYTES);
  writeFileSync(join(rig.shm, rings()[0]!), bytes);
}

/** Every record from 1 on is what `append` made of its sequence. */
function expectRecords(count: number, segmentsOnly = false): void {
  const reader = new JournalReader(rig.directory, { segmentsOnly });
  const { record } = reader;
  for (let sequence = 1; sequence <= count; sequence++) {
    expect(reader.next(), `record ${sequence}`).toBe(true);
    expect([record.sequence, record.kind, record.source]).toEqual([sequence, 2, sequence % 4]);
    expect(record.timeNs).toBe(BigInt(sequence));
    expect(record.payload.every((byte) => byte === (sequence & 255))).toBe(true);
  }
  expect(reader.next()).toBe(false);
  expect(reader.damage).toBeUndefined();
}

test('what was appended is in the segments after the close, and no ring is left', () => {
  const journal = rig.open();
  expect(journal).toBeInstanceOf(RingWriter);
  expect(rings()).toHaveLength(1);
  expect(statSync(join(rig.shm, rings()[0]!)).mode & 0o777).toBe(0o600);
  appendMany(journal, 20_000);
  journal.close();
  expect(rig.faults).toEqual([]);
  expect(rings()).toEqual([]);
  expect(existsSync(note())).toBe(false);
  expectRecords(20_000, true);
});

test('segments are closed at a record, before one would make them too long', () => {
  const journal = rig.open({ segmentBytes: 4096 });
  appendMany(journal, 500);
  journal.close();
  const sizes = readdirSync(rig.directory)
    .filter((name) => name.endsWith('.gfj'))
    .map((name) => statSync(join(rig.directory, name)).size);
  expect(sizes.length).toBeGreaterThan(20);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(4096);
  expectRecords(500, true);
});

test('a run goes on where the one before it ended, with and without a ring', () => {
  for (const runs of [1, 2, 3, 4]) {
    const without = { module: undefined, reason: 'none' } as const;
    const journal = rig.open(runs % 2 === 0 ? { native: without } : {});
    expect(journal instanceof JournalWriter).toBe(runs % 2 === 0);
    appendMany(journal, 300);
    journal.close();
    expectRecords(300 * runs, true);
  }
  expect(rig.notices.filter((text) => !text.includes('no ring'))).toEqual([]);
});

test('after a sync all is in the segments and durable, while the journal goes on', async () => {
  const journal = rig.open({ syncMs: 60_000 });
  appendMany(journal, 1000);
  await journal.sync();
  expect(journal.handedSequence).toBe(1000);
  expect(rig.memory.i64(R.RING_DURABLE)).toBe(rig.memory.i64(R.RING_HEAD));
  expectRecords(1000, true);
  expect(rig.memory.i64(CTL_JOURNAL_BYTES)).toBe(verifyJournal(rig.directory).bytes);
  appendMany(journal, 1000);
  await Promise.all([journal.sync(), journal.sync()]);
  expect(journal.handedSequence).toBe(2000);
  journal.close();
  await journal.sync();
});

test('without being asked, what was appended is durable soon', async () => {
  const journal = rig.open({ syncMs: 5 });
  appendMany(journal, 10);
  while (rig.memory.i64(R.RING_DURABLE) < rig.memory.i64(R.RING_HEAD)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  journal.close();
});

test('a loop that is faster than the disk waits for room and loses nothing', () => {
  const journal = rig.open({ segmentBytes: 1 << 26 });
  const records = 400;
  for (let i = 0; i < records; i++) rig.append(journal, 100_000 + i);
  journal.close();
  expect(rig.memory.i64(R.RING_HEAD)).toBe(0);
  expectRecords(records, true);
});

test('the largest record finds its way, one more byte is refused', () => {
  const journal = rig.open();
  rig.append(journal, 1_048_576 - 32);
  expect(rig.core.journalAppend(2, 0, SCRATCH, 1_048_576 - 31)).toBe(0);
  journal.close();
  expectRecords(1, true);
});

test.skipIf(!hasAddon)('a reader of a running journal sees what only the ring holds', () => {
  const journal = rig.open();
  for (let round = 1; round <= 10; round++) {
    appendMany(journal, 250);
    expectRecords(250 * round);
  }
  journal.close();
});

test('a disk that fails stops orders, lets cancels be written down, and the next start takes them', async () => {
  const journal = rig.open({ segmentBytes: 4096 });
  mkdirSync(join(rig.directory, '00000003.gfj'));
  while (rig.memory.i32(R.RING_WRITER_STATE) !== R.WRITER_FAILED) {
    rig.append(journal, 200);
    journal.flush();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(rig.core.journalHoldsOrders()).toBe(1);
  appendMany(journal, 20);
  journal.flush();
  journal.flush();
  expect(rig.faults).toEqual([
    expect.objectContaining({
      code: 'JOURNAL_WRITE_FAILED',
      message: expect.stringMatching(
        /cannot be written \(EISDIR\): check the disk, then start again/,
      ),
    }),
  ]);
  await journal.sync();
  const { sequence } = journal;
  const kept = sequence - journal.handedSequence;
  expect(kept).toBeGreaterThanOrEqual(20);
  leaveRing();
  journal.close();
  expect(rig.notices).toEqual([
    expect.stringMatching(new RegExp(`its last ${kept} records are only in .*\\.ring, from where`)),
  ]);
  rmdirSync(join(rig.directory, '00000003.gfj'));
  const again = rig.open({ segmentBytes: 4096 });
  expect(again.sequence).toBe(sequence);
  again.close();
  expectRecords(sequence, true);
});

test('a thread that cannot begin is told like any fault, and the next start goes on', async () => {
  mkdirSync(join(rig.directory, 'journal.reserve'), { recursive: true });
  const journal = rig.open();
  appendMany(journal, 5);
  while (rig.faults.length === 0) {
    journal.flush();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(rig.faults[0]).toMatchObject({
    code: 'JOURNAL_WRITE_FAILED',
    message: expect.stringContaining('cannot be written (EISDIR)'),
  });
  leaveRing();
  journal.close();
  rmdirSync(join(rig.directory, 'journal.reserve'));
  const again = rig.open();
  expect(again.sequence).toBe(5);
  again.close();
  expectRecords(5, true);
});

test('no room in /dev/shm is said, and the loop writes its records itself', () => {
  rig.remove();
  const without = new RingRig();
  rig = without;
  Object.defineProperty(rig, 'shm', { value: join(rig.base, 'nowhere') });
  const journal = rig.open();
  expect(journal).toBeInstanceOf(JournalWriter);
  expect(rig.notices).toEqual([
    expect.stringMatching(/no ring \(ENOENT.*the loop writes its records itself/),
  ]);
  expect(existsSync(note())).toBe(false);
  appendMany(journal, 10);
  journal.close();
  expectRecords(10, true);
});
