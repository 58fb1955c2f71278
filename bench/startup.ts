/**
 * From the command to a console that answers, to a session that is logged on, to the first order at the
 * venue: a real process with its own simulated venue, without and with a day's journal to recover.
 * Against the start of a bare Node.js process, the floor of all of them.
 */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionEvent } from '../engine/event/event.ts';
import { decodeEvent } from '../engine/event/event-codec.ts';
import { RecordKind } from '../engine/event/generated/record-kind.ts';
import { SessionEventKind } from '../engine/event/generated/session-event-kind.ts';
import { JournalReader } from '../engine/journal/journal-reader.ts';
import { TestFolder } from '../test/support/engine-process.ts';
import type { BenchResult } from './bench-result.ts';
import { EngineRun, nowMs } from './engine-run.ts';
import { startEnvironment } from './environment.ts';
import { ROUNDS_MIN } from './harness.ts';
import { msgTypeOf } from './recorded-day.ts';
import { buildResult } from './result-builder.ts';
import { MILESTONES, recoveringName } from './startup-milestones.ts';
import { VariantTimings } from './variant-timings.ts';

const WARM_UP_ROUNDS = 1;
const NS_PER_MS = 1e6;
/** Long enough for a first order, also on a busy machine. */
const RUN = ['--for', '2s'];
/** Makes the journal that is recovered: minutes of generated market at this many times real time. */
const DAY_BEFORE = ['--speed', '20', '--for', '8s'];

/** Each in ms from the command. */
type Milestones = Readonly<Record<keyof typeof MILESTONES, number>>;

export async function measureStartup(rounds = ROUNDS_MIN): Promise<readonly BenchResult[]> {
  const environmentNow = startEnvironment();
  const folder = new TestFolder();
  const made = await makeJournal(folder);
  const milestones = Object.keys(MILESTONES) as (keyof Milestones)[];
  const fresh = milestones.map((name) => new VariantTimings(MILESTONES[name]));
  const again = milestones.map((name) => new VariantTimings(recoveringName(MILESTONES[name])));
  const bare = new VariantTimings('bare Node.js process');
  const add = (timings: VariantTimings, ms: number): void =>
    timings.addSamples(Float64Array.of(ms * NS_PER_MS), 1);
  try {
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      const bareMs = await bareStartMs();
      const freshMs = await startOnce(folder, undefined);
      const againMs = await startOnce(folder, made.journal);
      if (round < 0) continue;
      add(bare, bareMs);
      for (const [index, name] of milestones.entries()) {
        add(fresh[index]!, freshMs[name]);
        add(again[index]!, againMs[name]);
      }
    }
  } finally {
    folder.remove();
  }
  const head = {
    bench: 'startup',
    operation: 'start of a process, venue included',
    operationsPerSample: 1,
    seed: 1,
    remarks: [`the journal to recover holds ${made.records} records`],
  };
  return [buildResult({ ...head, rounds }, [...fresh, ...again, bare], environmentNow())];
}

async function makeJournal(folder: TestFolder) {
  const journal = folder.file('day-before');
  await new EngineRun(['--config', folder.config, '--journal', journal, ...DAY_BEFORE]).ended();
  const reader = new JournalReader(journal);
  let records = 0;
  while (reader.next()) records++;
  reader.close();
  return { journal, records };
}

/** Every start goes on from its own copy, so that the journal does not grow from round to round. */
async function startOnce(folder: TestFolder, recovered: string | undefined): Promise<Milestones> {
  const directory = mkdtempSync(join(tmpdir(), 'gyrfalcon-bench-'));
  const journal = join(directory, 'journal');
  if (recovered !== undefined) cpSync(recovered, journal, { recursive: true });
  const run = new EngineRun(['--config', folder.config, '--journal', journal, ...RUN]);
  const consoleMs = await run.says(/console: http/);
  if (recovered !== undefined) await run.says(/recovered \d+ records/);
  await run.ended();
  const milestones = { console: consoleMs - run.startedMs, ...inJournal(journal, run.startedMs) };
  rmSync(directory, { recursive: true });
  return milestones;
}

/** What the engine wrote down of this start: logged on, and the first order to leave. */
function inJournal(journal: string, startedMs: number): Omit<Milestones, 'console'> {
  const reader = new JournalReader(journal);
  let loggedOn: number | undefined;
  let firstOrder: number | undefined;
  while (firstOrder === undefined && reader.next()) {
    const { kind, payload, timeNs } = reader.record;
    const atMs = Number(timeNs) / NS_PER_MS - startedMs;
    if (atMs < 0) continue;
    if (kind === RecordKind.SESSION) {
      const event = decodeEvent(kind, payload) as SessionEvent;
      if (event.kind === SessionEventKind.LOGGED_ON) loggedOn ??= atMs;
    }
    if (kind === RecordKind.OUTBOUND && msgTypeOf(payload) === 'D') firstOrder = atMs;
  }
  reader.close();
  assert.ok(loggedOn !== undefined && firstOrder !== undefined, 'no order left in time');
  assert.ok(loggedOn < firstOrder);
  return { loggedOn, firstOrder };
}

/** Until its first statement has run. */
async function bareStartMs(): Promise<number> {
  const startedMs = nowMs();
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("x")'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const tookMs = nowMs() - startedMs;
  await once(child, 'exit');
  return tookMs;
}
