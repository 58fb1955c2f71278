/**
 * Tick to order inside the engine: what a recorded day in lock-step had come in over FIX goes once more
 * through the hot loop, from the bytes of the message that led to an order to the order's bytes at the
 * socket, journal included. Against the same loop on plain twins, but for books and signals.
 */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoreModule } from '../engine/core-module.ts';
import type { Memory } from '../wasm/memory.ts';
import type { PreparedBench } from './harness.ts';
import { plainCore } from './plain-core.ts';
import { type RecordedDay, recordDay } from './recorded-day.ts';
import { ReplayedLoop } from './replayed-loop.ts';

const ROUNDS = 3;
const NS_PER_MS = 1e6;

/** undefined where the recording is not at hand. */
export async function prepareTickToOrder(): Promise<PreparedBench | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-bench-'));
  const day = await recordDay(folder);
  if (day === undefined) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const answers = new Map<string, string>();
  const variant = (name: string, change: (core: CoreModule, memory: Memory) => CoreModule) => ({
    name,
    async run(samplesNs: Float64Array) {
      answers.set(name, await trade(day, folder, samplesNs, change));
    },
  });
  return {
    operation: 'message of a NASDAQ day that led to orders, from its FIX bytes to theirs',
    operationsPerRound: day.ticks.length,
    samplesPerRound: day.ticks.length,
    rounds: ROUNDS,
    seed: 0,
    variants: [variant('engine', (core) => core), variant('plain twins', plainCore)],
    check() {
      for (const [name, sent] of answers) assert.equal(sent, day.sentHash, name);
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

/** Runs the day; only the ticks that led to an order are timed. The hash is of all that was sent. */
async function trade(
  day: RecordedDay,
  folder: string,
  samplesNs: Float64Array,
  change: (core: CoreModule, memory: Memory) => CoreModule,
): Promise<string> {
  const directory = mkdtempSync(join(folder, 'journal-'));
  const loop = await ReplayedLoop.build(day, directory, change);
  let next = 0;
  for (const [sample, tick] of day.ticks.entries()) {
    while (next < tick) loop.apply(day.records[next++]!);
    loop.place(day.records[next++]!);
    const start = performance.now();
    loop.receive();
    samplesNs[sample] = (loop.handedMs - start) * NS_PER_MS;
    loop.collect();
  }
  while (next < day.records.length) loop.apply(day.records[next++]!);
  loop.close();
  rmSync(directory, { recursive: true });
  return loop.sentHash();
}
