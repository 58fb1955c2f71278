/** kill -9 at any moment loses no record whose flush had returned. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { JournalReader } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';

const CHILD = fileURLToPath(new URL('../../test/support/journal-child.ts', import.meta.url));
const KILLS = 12;

/**
 * Runs the appending process, kills it after so many bytes of reports; the last sequence it
 * reported.
 */
function runAndKill(directory: string, reportBytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, directory], {
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
    expect(Number(view.getBigInt64(0, true))).toBe(sequence);
    expect(payload.length).toBe(8 + ((sequence * 7919) % 300));
    expect(payload.subarray(8).every((byte) => byte === (sequence & 255))).toBe(true);
  }
  expect(reader.damage).toBeUndefined();
  return reader.sequence;
}

test(`every committed record survives kill -9, ${KILLS} times in one journal`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gyrfalcon-kill-'));
  const memory = new Memory();
  const core = loadCore(memory);
  try {
    let seed = 12345;
    for (let kill = 0; kill < KILLS; kill++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const committed = await runAndKill(directory, 10 + (seed % 20_000));
      const options = { directory, segmentBytes: 65_536, memory, core };
      const notices: string[] = [];
      const writer = new JournalWriter({ ...options, notice: (text) => notices.push(text) });
      expect(notices[0], 'the lock of the killed process').toContain('which is gone');
      writer.close();
      expect(expectAllThere(directory)).toBeGreaterThanOrEqual(committed);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
