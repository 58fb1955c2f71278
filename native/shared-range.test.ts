/** Pages of the shared WebAssembly memory with a file of /dev/shm behind them. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Memory } from '../wasm/memory.ts';
import { loadNative } from './index.ts';

const { module: native, reason } = loadNative();
const MIB = 1_048_576;
const OFFSET = 32 * MIB;

describe.skipIf(native === undefined)(`the addon's shared pages (${reason ?? 'built'})`, () => {
  const folder = mkdtempSync('/dev/shm/gyrfalcon-test-');
  const file = join(folder, 'ring');
  writeFileSync(file, '');
  truncateSync(file, MIB);
  afterAll(() => rmSync(folder, { recursive: true }));
  const map = (memory: Memory, offset = OFFSET, bytes = MIB, path = file): void =>
    native!.mapShared(memory.bytes, offset, bytes, path);

  test('what is written to the memory is in the file, and the other way round', () => {
    const memory = new Memory();
    map(memory);
    memory.setI32(OFFSET + 4096, 0x01020304);
    expect([...readFileSync(file).subarray(4096, 4100)]).toEqual([4, 3, 2, 1]);
    writeFileSync(file, Buffer.alloc(MIB, 7));
    expect(memory.bytes[OFFSET + MIB - 1]).toBe(7);
    expect([memory.bytes[OFFSET - 1], memory.bytes[OFFSET + MIB]]).toEqual([0, 0]);
  });

  test('after the unmapping the memory is zeros and the file keeps what it has', () => {
    const memory = new Memory();
    map(memory);
    memory.bytes.fill(9, OFFSET, OFFSET + MIB);
    native!.unmapShared(memory.bytes, OFFSET, MIB);
    expect(memory.bytes[OFFSET]).toBe(0);
    memory.bytes.fill(5, OFFSET, OFFSET + MIB);
    expect(readFileSync(file)[0]).toBe(9);
    expect(() => native!.unmapShared(memory.bytes, OFFSET, MIB)).toThrow('not mapped from a file');
    map(memory);
    expect(memory.bytes[OFFSET]).toBe(9);
  });

  test('two memories share one file', () => {
    const [one, other] = [new Memory(), new Memory()];
    map(one);
    map(other, 2 * MIB);
    one.setI32(OFFSET, 77);
    expect(other.i32(2 * MIB)).toBe(77);
  });

  test.each([
    ['is not aligned to pages', OFFSET + 8, MIB, 'not whole pages'],
    ['has a length of no whole pages', OFFSET, MIB - 8, 'not whole pages'],
    ['is empty', OFFSET, 0, 'not inside'],
    ['ends behind the memory', new Memory().bytes.length - 4096, MIB, 'not inside'],
    ['begins before the memory', -4096, MIB, 'not inside'],
    ['is larger than its file', OFFSET, 2 * MIB, `has ${MIB} bytes, ${2 * MIB} are to be mapped`],
  ])('a range that %s is refused', (_what, offset, bytes, text) => {
    expect(() => map(new Memory(), offset, bytes)).toThrow(text);
  });

  test('a range that is mapped already is refused, also in part', () => {
    const memory = new Memory();
    map(memory);
    expect(() => map(memory)).toThrow('is mapped from a file already');
    expect(() => map(memory, OFFSET - 4096, 8192)).toThrow('is mapped from a file already');
  });

  test('what is no file is refused, with its name', () => {
    expect(() => map(new Memory(), OFFSET, MIB, join(folder, 'none'))).toThrow('No such file');
    expect(() => map(new Memory(), OFFSET, MIB, folder)).toThrow(folder);
  });
});
