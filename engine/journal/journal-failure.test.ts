/** A disk that is full, broken or slow: the writer says so, and never pretends. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SCRATCH } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { verifyJournal } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';

type Write = (file: number, bytes: Uint8Array, at: number, length: number) => number;
const disk = vi.hoisted(() => ({
  write: undefined as Write | undefined,
  freeBytes: undefined as number | undefined,
  link: undefined as (() => void) | undefined,
}));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return {
    ...real,
    writeSync: (file: number, bytes: Uint8Array, at: number, length: number) =>
      (disk.write ?? real.writeSync)(file, bytes, at, length),
    linkSync: (from: string, to: string) => (disk.link ?? real.linkSync)(from, to),
    statfsSync: (path: string) =>
      disk.freeBytes === undefined ? real.statfsSync(path) : { bavail: disk.freeBytes, bsize: 1 },
  };
});

const real = await vi.importActual<typeof import('node:fs')>('node:fs');
const memory = new Memory();
const core = loadCore(memory);
let base = '';
let directory = '';

beforeEach(() => {
  base = fs.mkdtempSync(join(tmpdir(), 'gyrfalcon-failure-'));
  directory = join(base, 'journal');
  fs.mkdirSync(directory);
});
afterEach(() => {
  disk.write = undefined;
  disk.freeBytes = undefined;
  disk.link = undefined;
  fs.rmSync(base, { recursive: true, force: true });
});

function open(notice: (text: string) => void = () => {}): JournalWriter {
  return new JournalWriter({ directory, segmentBytes: 1_048_576, memory, core, notice });
}

function failing(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test('a write that takes only some bytes is continued until all are down', () => {
  const writer = open();
  let calls = 0;
  disk.write = (file, bytes, at, length) => {
    calls++;
    return real.writeSync(file, bytes, at, Math.min(length, 13), null);
  };
  for (let i = 0; i < 20; i++) writer.append(2, 0, SCRATCH, i);
  writer.flush();
  expect(calls).toBeGreaterThan(20);
  disk.write = undefined;
  writer.close();
  expect(verifyJournal(directory)).toMatchObject({ records: 20, damage: undefined });
});

test.each([
  { code: 'ENOSPC', hint: 'make room on the disk' },
  { code: 'EIO', hint: 'check the disk' },
])('after $code the writer is failed for good and says what to do', ({ code, hint }) => {
  const writer = open();
  writer.append(2, 0, SCRATCH, 100);
  writer.flush();
  let room = 50;
  disk.write = (file, bytes, at, length) => {
    if (room === 0) throw failing(code);
    const taken = real.writeSync(file, bytes, at, Math.min(length, room), null);
    room -= taken;
    return taken;
  };
  writer.append(2, 0, SCRATCH, 100);
  const failure = expect.objectContaining({
    code: 'JOURNAL_WRITE_FAILED',
    message: expect.stringMatching(new RegExp(`${directory}.*${code}.*${hint}`)),
  });
  expect(() => writer.flush()).toThrow(failure);
  disk.write = undefined;
  expect(() => writer.append(2, 0, SCRATCH, 1), 'the disk is well again').toThrow(failure);
  expect(() => writer.flush()).toThrow(failure);
  writer.close();
  expect(verifyJournal(directory)).toMatchObject({
    records: 1,
    damage: undefined,
  });
  const notices: string[] = [];
  const again = open((text) => notices.push(text));
  expect(again.sequence).toBe(1);
  expect(notices, 'nothing is torn').toEqual([]);
  again.close();
});

test('a full disk is told once, and the reserve lets the writer finish what it has to say', () => {
  const faults: string[] = [];
  const onOutOfRoom = (fault: Error): void => void faults.push(fault.message);
  const options = { directory, segmentBytes: 1_048_576, memory, core, notice: () => {} };
  const writer = new JournalWriter({ ...options, onOutOfRoom });
  const reserve = join(directory, 'journal.reserve');
  expect(fs.statSync(reserve).size).toBe(16_777_216);
  disk.write = (file, bytes, at, length) => {
    if (fs.existsSync(reserve)) throw failing('ENOSPC');
    return real.writeSync(file, bytes, at, length);
  };
  for (let i = 0; i < 3; i++) {
    writer.append(2, 0, SCRATCH, 100);
    writer.flush();
  }
  expect(faults).toEqual([expect.stringContaining('cannot be written (ENOSPC): make room')]);
  writer.close();
  expect(verifyJournal(directory)).toMatchObject({ records: 3, damage: undefined });
});

test('a disk with less room than one segment is refused at the start', () => {
  disk.freeBytes = 1_048_575;
  expect(() => open()).toThrow(
    expect.objectContaining({
      code: 'JOURNAL_WRITE_FAILED',
      message: expect.stringContaining('1048575 bytes free and one segment takes 1048576'),
    }),
  );
  disk.freeBytes = 1_048_576;
  open().close();
});

test('a directory that cannot be made is a clear error', () => {
  const file = join(directory, 'file');
  fs.writeFileSync(file, '');
  directory = join(file, 'journal');
  expect(() => open()).toThrow(
    expect.objectContaining({
      code: 'JOURNAL_WRITE_FAILED',
      message: expect.stringContaining('cannot be made (ENOTDIR)'),
    }),
  );
});

test('a directory that may not be written is a clear error, and stays unlocked', () => {
  disk.link = () => {
    throw failing('EACCES');
  };
  expect(() => open()).toThrow(
    expect.objectContaining({
      code: 'JOURNAL_WRITE_FAILED',
      message: expect.stringContaining('cannot be written (EACCES): check the disk'),
    }),
  );
  disk.link = undefined;
  expect(fs.readdirSync(directory)).toEqual([]);
  open().close();
});

test('a segment that cannot be read is a clear error, and no journal is made over it', () => {
  fs.mkdirSync(join(directory, '00000001.gfj'));
  const failure = expect.objectContaining({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('cannot be read (EISDIR)'),
  });
  expect(() => verifyJournal(directory)).toThrow(failure);
  expect(() => open()).toThrow(failure);
  expect(fs.readdirSync(directory)).toEqual(['00000001.gfj']);
});
