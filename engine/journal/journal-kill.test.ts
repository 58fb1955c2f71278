/** kill -9 at any moment loses no record whose flush had returned, through the ring or without it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hasAddon } from '../../test/support/ring-rig.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { JournalReader } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';
import { readRingNote } from './ring-file.ts';

const CHILD = fileURLToPath(new URL('../../test/support/journal-child.ts', import.meta.url));
const KILLS = 12;

/**
 * Runs the appending process, kills it after so many bytes of reports; the last sequence it
 * reported.
 */
function runAndKill(directory: string, way: string, reportBytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, directory, way], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let reports = '';
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      reports += text;
      if (reports.length >= reportBytes) child.kill('SIGKILL');
    });
    child.on('close', (_, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the process ended by itself: ${complaints}`));
      const whole = reports.slice(0, reports.lastIndexOf('\n'));
      resolve(Number(whole.slice(whole.lastIndexOf('\n') + 1)));
    });
  });
}

function expectAllThere(directory: string): number {
  const reader = new JournalReader(directory);
  const { record } = reader;
  while (reader.next()) {
    const { payload, sequence } = record;
    const view = new DataView(payload.buffer, payload.byteOffset);
    const isWhole =
      Number(view.getBigInt64(0, true)) === sequence &&
      payload.length === 8 + ((sequence * 7919) % 300) &&
      payload.subarray(8).every((byte) => byte === (sequence & 255));
    if (!isWhole) expect.fail(`record ${sequence} is not what was appended`);
  }
  expect(reader.damage).toBeUndefined();
  return reader.sequence;
}

const ways = hasAddon ? ['ring', 'file'] : ['file'];

test.each(ways)(
  `every committed record survives kill -9, ${KILLS} times in one journal (%s)`,
  { timeout: 300_000 },
  async (way) => {
    const directory = mkdtempSync(join(tmpdir(), 'gyrfalcon-kill-'));
    const memory = new Memory();
    const core = loadCore(memory);
    let onlyInRing = 0;
    try {
      let seed = 12345;
      for (let kill = 0; kill < KILLS; kill++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        const committed = await runAndKill(directory, way, 10 + (seed % 10_000));
        const left = expectAllThere(directory);
        expect(left, 'for a reader, before anybody recovers').toBeGreaterThanOrEqual(committed);
        const segments = new JournalReader(directory, { segmentsOnly: true });
        while (segments.next());
        onlyInRing += left - segments.sequence;
        const options = { directory, segmentBytes: 65_536, memory, core };
        const notices: string[] = [];
        const writer = new JournalWriter({ ...options, notice: (text) => notices.push(text) });
        expect(notices[0], 'the lock of the killed process').toContain('which is gone');
        expect(writer.sequence, 'recovered as it was read').toBe(left);
        writer.close();
        expect(expectAllThere(directory)).toBe(left);
        expect(readRingNote(directory)).toBeUndefined();
      }
      if (way === 'ring') expect(onlyInRing, 'the ring was needed').toBeGreaterThan(0);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
