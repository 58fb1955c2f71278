/** Where the shared WebAssembly memory is found among a process's mappings. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MEMORY_PAGES } from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import { wasmResidentBytes } from './process-memory.ts';

const KIB = 1024;
const MIB = KIB * KIB;
const WHOLE = (MEMORY_PAGES * 65_536) / MIB;

/** As in /proc/PID/smaps: a mapping from and to so many MiB. */
function mapping(from: number, to: number, rssKiB: number, file = ''): string {
  const hex = (mib: number): string => (0x7f0000000000 + mib * MIB).toString(16);
  const inode = file === '' ? '0' : '77';
  return `${hex(from)}-${hex(to)} rw-p 00000000 00:00 ${inode} ${file}\nSize: 1 kB\nRss:      ${rssKiB} kB\n`;
}

const cases = [
  { what: 'one mapping of its size', maps: [mapping(0, WHOLE, 100)], kib: 100 },
  {
    what: 'others before and behind',
    maps: [mapping(500, 510, 7), mapping(0, WHOLE, 100), mapping(600, 900, 9)],
    kib: 100,
  },
  {
    what: 'a file mapped over a part of it',
    maps: [mapping(0, 26, 100), mapping(26, 43, 999, '/dev/shm/x'), mapping(43, WHOLE, 5)],
    kib: 105,
  },
  { what: 'none of its size', maps: [mapping(0, 10, 100), mapping(20, 30, 100)], kib: 0 },
];

test.each(cases)('$what: $kib KiB resident', ({ maps, kib }) => {
  expect(wasmResidentBytes(maps.join(''))).toBe(kib * KIB);
});

test.runIf(process.platform === 'linux')(
  'the pages that were touched are found in this process',
  () => {
    const resident = (): number => wasmResidentBytes(readFileSync('/proc/self/smaps', 'utf8'));
    const before = resident();
    const memory = new Memory();
    memory.bytes.fill(1, 8 * MIB, 18 * MIB);
    expect(resident() - before).toBeGreaterThanOrEqual(10 * MIB);
    expect(resident() - before).toBeLessThan(12 * MIB);
    expect(memory.bytes[9 * MIB]).toBe(1);
  },
);
