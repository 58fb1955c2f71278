/** Which rings in /dev/shm nobody will miss. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KilledEngine } from '../../test/support/killed-engine.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import { sweepRings } from './ring-sweep.ts';

let base = '';
let shm = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'gyrfalcon-sweep-'));
  shm = join(base, 'shm');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true, force: true });
});

/** An engine was killed; how many of its records no segment has. Its ring's file. */
function killed(waiting: number): string {
  const engine = new KilledEngine(join(base, 'journals', 'one'), shm, 8192);
  engine.append(20);
  engine.write(1_048_576);
  engine.free();
  engine.append(waiting);
  engine.die();
  return engine.ringFile;
}

/** The folder for temporary files is another one now: this journal is one to keep. */
function keepJournals(): void {
  mkdirSync(join(base, 'tmp'));
  vi.stubEnv('TMPDIR', join(base, 'tmp'));
}

const deleteJournals = (): void => rmSync(join(base, 'journals'), { recursive: true });

test('a ring whose journal is there stays, whatever it holds', () => {
  const ring = killed(0);
  sweepRings(shm);
  expect(existsSync(ring)).toBe(true);
});

test('of a deleted journal, a ring goes that was handed over, and one stays that was not', () => {
  keepJournals();
  const empty = killed(0);
  deleteJournals();
  sweepRings(shm);
  expect(existsSync(empty)).toBe(false);
  const waiting = killed(3);
  deleteJournals();
  sweepRings(shm);
  expect(existsSync(waiting), 'the directory may have been moved').toBe(true);
});

test('of a journal among temporary files, every ring goes when it is deleted', () => {
  const ring = killed(3);
  deleteJournals();
  sweepRings(shm);
  expect(existsSync(ring)).toBe(false);
});

test('a directory that was begun anew knows nothing of the old ring', () => {
  const ring = killed(3);
  deleteJournals();
  mkdirSync(join(base, 'journals', 'one'), { recursive: true });
  sweepRings(shm);
  expect(existsSync(ring)).toBe(false);
});

test('a ring whose disk is away, one that is being made, and other files stay', () => {
  const ring = killed(0);
  deleteJournals();
  const engine = new KilledEngine(join(base, 'journals', 'one'), shm, 8192);
  const other = join(shm, 'gyrfalcon-notes.txt');
  writeFileSync(other, '');
  const making = ring.replace(/[0-9a-f]{24}/, '1'.repeat(24));
  writeFileSync(making, Buffer.alloc(R.JOURNAL_RING_BYTES));
  const away = ring.replace(/[0-9a-f]{24}/, '2'.repeat(24));
  engine.append(0);
  engine.die();
  const header = Buffer.alloc(R.JOURNAL_RING_BYTES);
  header.writeUInt32LE(R.JOURNAL_RING_MAGIC_LOW);
  header.writeBigInt64LE(999_999n, R.RING_DIRECTORY_DEVICE - R.JOURNAL_RING);
  header.write('/mnt/unplugged/journal', R.RING_DIRECTORY - R.JOURNAL_RING);
  writeFileSync(away, header);
  sweepRings(shm);
  for (const file of [other, making, away]) expect(existsSync(file), file).toBe(true);
});
