/**
 * What an engine takes from the machine with one venue and one to a thousand instruments, all with a book
 * and traded: resident memory after seconds of trading and when nothing happens, split by isolate; CPU
 * when nothing happens. Figures, no times: less is better, and the accepted ones are what they are
 * compared with.
 */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestFolder } from '../test/support/engine-process.ts';
import { useManyStocks } from '../test/support/many-stocks.ts';
import type { BenchResult, Figure } from './bench-result.ts';
import { EngineRun } from './engine-run.ts';
import { startEnvironment } from './environment.ts';
import { ROUNDS_MIN } from './harness.ts';
import { memoryOf, type ProcessMemory, reportArguments } from './process-memory.ts';
import { buildResult } from './result-builder.ts';

const INSTRUMENT_COUNTS = [1, 64, 100, 1000];
/** So many stocks trade at the pace of a market; more of them at the same messages a second in all. */
const PACED_STOCKS = 100;
/** Until heaps have grown to what the work needs. */
const TRADING_MS = 8000;
const SETTLE_MS = 2000;
const IDLE_MS = 3000;
/** A market day in which a second takes hours: the session is up and nothing comes. */
const QUIET = ['--speed', '0.0001'];

interface Round {
  readonly trading: ProcessMemory;
  readonly idle: ProcessMemory;
  readonly idlePercent: number;
  readonly bareBytes: number;
}

export async function measureMemory(rounds = ROUNDS_MIN): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const count of INSTRUMENT_COUNTS) results.push(await measureWith(count, rounds));
  return results;
}

async function measureWith(count: number, rounds: number): Promise<BenchResult> {
  const environmentNow = startEnvironment();
  const folder = new TestFolder();
  useManyStocks(folder, count);
  const measured: Round[] = [];
  try {
    // The first start after a change of the sources compiles them: that is not what is measured.
    await whileRunning(folder, QUIET, async () => {});
    for (let round = 0; round < rounds; round++) measured.push(await oneRound(folder, count));
  } finally {
    folder.remove();
  }
  const head = {
    bench: `memory, ${count} ${count === 1 ? 'instrument' : 'instruments'}`,
    operation: 'engine with one venue',
    operationsPerSample: 1,
    rounds,
    seed: 1,
    figures: figuresOf(measured),
    remarks: [
      `trading: ${TRADING_MS / 1000} s of generated market, risk computed each second`,
      'the venue is a process of its own and not counted',
    ],
  };
  return buildResult(head, [], environmentNow());
}

async function oneRound(folder: TestFolder, count: number): Promise<Round> {
  const pace = ['--speed', String(Math.min(1, PACED_STOCKS / count))];
  const trading = await whileRunning(folder, pace, async (run) => {
    await sleep(TRADING_MS);
    return memoryOf(run, folder.path);
  });
  const { idle, idlePercent } = await whileRunning(folder, QUIET, async (run) => {
    await sleep(SETTLE_MS);
    const [cpuBefore, before] = [run.cpuMs(), performance.now()];
    await sleep(IDLE_MS);
    const cpuMs = run.cpuMs() - cpuBefore;
    const idlePercent = (cpuMs / (performance.now() - before)) * 100;
    return { idle: await memoryOf(run, folder.path), idlePercent };
  });
  return { trading, idle, idlePercent, bareBytes: bareNodeBytes() };
}

async function whileRunning<T>(
  folder: TestFolder,
  args: readonly string[],
  look: (run: EngineRun) => Promise<T>,
): Promise<T> {
  const run = new EngineRun(['--config', folder.config, ...args], reportArguments(folder.path));
  await run.says(/console: http/);
  await run.says(/logged on/);
  const seen = await look(run);
  await run.stop();
  return seen;
}

function figuresOf(rounds: readonly Round[]): readonly Figure[] {
  const bytes = (name: string, of: (round: Round) => number): Figure => ({
    name,
    unit: 'bytes',
    rounds: rounds.map(of),
  });
  return [
    bytes('RSS, trading', ({ trading }) => trading.rssBytes),
    bytes('of that program and libraries', ({ trading }) => trading.fileBytes),
    bytes('of that journal ring in /dev/shm', ({ trading }) => trading.shmBytes),
    bytes('of that WebAssembly memory', ({ trading }) => trading.wasmBytes),
    bytes('of that heap of the main isolate', ({ trading }) => trading.mainHeapBytes),
    bytes('of that heap of the hot isolate', ({ trading }) => trading.workerHeapBytes[0] ?? 0),
    bytes('of that heaps of the other workers', ({ trading }) =>
      trading.workerHeapBytes.slice(1).reduce((sum, each) => sum + each, 0),
    ),
    bytes('of that native', ({ trading }) => trading.nativeBytes),
    bytes('RSS, idle', ({ idle }) => idle.rssBytes),
    bytes('RSS of a bare Node.js process', ({ bareBytes }) => bareBytes),
    {
      name: 'CPU, idle',
      unit: 'percent of a core',
      rounds: rounds.map(({ idlePercent }) => idlePercent),
    },
  ];
}

function bareNodeBytes(): number {
  const { stdout } = spawnSync(process.execPath, ['-p', 'process.memoryUsage.rss()']);
  return Number(String(stdout));
}
