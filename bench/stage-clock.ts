/**
 * What the stage clock costs: its calls of a tick alone, beside the readings of the time that any record of
 * receiving and sending takes; and the hot loop on a recorded day with the clock and without it.
 */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordKind } from '../engine/event/generated/record-kind.ts';
import { LatencyHistograms } from '../engine/latency-histogram.ts';
import { StageClock } from '../engine/stage-clock.ts';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import { type PreparedBench, timeEach } from './harness.ts';
import { type RecordedDay, recordDay } from './recorded-day.ts';
import { ReplayedLoop } from './replayed-loop.ts';
import type { Prepared } from './suite.ts';

const NS_PER_MS = 1e6;
/** Tick to order over a loopback socket, about: what the clock's cost is held against. */
const WIRE_PATH_NS = 10_000;
const CALLS_PER_SAMPLE = 640;
const CALL_SAMPLES = 400;
/** One tick in so many sends an order. */
const ORDER_TICKS = 10;
const DAY_MESSAGES = 20_000;

const clock = { elapsedNs: () => Math.round(performance.now() * NS_PER_MS) };

export async function prepareStageClock(): Promise<Prepared> {
  const calls = prepareCalls();
  const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-bench-'));
  const day = await recordDay(folder, DAY_MESSAGES);
  if (day !== undefined) return [calls, prepareDay(day, folder)];
  rmSync(folder, { recursive: true });
  return [{ ...calls, leftOut: ['the loop on a recorded day: it is not in ../shared/data'] }];
}

/** The hot loop's calls, with nothing between them. */
function prepareCalls(): PreparedBench {
  const memories = new Map<string, Memory>();
  const shares: number[] = [];
  const variant = (name: string, tick: (memory: Memory) => (index: number) => void) => ({
    name,
    run(samplesNs: Float64Array) {
      const memory = new Memory();
      memories.set(name, memory);
      const once = tick(memory);
      timeEach(samplesNs, (sample) => {
        const first = sample * CALLS_PER_SAMPLE;
        for (let index = first; index < first + CALLS_PER_SAMPLE; index++) once(index);
      });
      if (name === CLOCK) shares.push(median(samplesNs) / CALLS_PER_SAMPLE / WIRE_PATH_NS);
    },
  });
  const CLOCK = 'stage clock';
  return {
    name: 'stage-clock calls',
    operation: `tick's calls of the clock, an order in one of ${ORDER_TICKS}`,
    operationsPerRound: CALLS_PER_SAMPLE * CALL_SAMPLES,
    samplesPerRound: CALL_SAMPLES,
    seed: 0,
    ratiosOf: ['throughput', 'p50'],
    variants: [variant(CLOCK, clockedTick), variant('readings of the time alone', timedTick)],
    check: () => checkCalls(memories.get(CLOCK)!),
    remarks: () => [
      `Median of a round ${percent(Math.min(...shares))} to ${percent(Math.max(...shares))} of a ` +
        `wire path of ${WIRE_PATH_NS / 1000} µs, all readings of the time included`,
    ],
  };
}

/** As the hot loop and what it calls speak to the clock; nextOrder stands for all that they do. */
function clockedTick(memory: Memory): (index: number) => void {
  const stages = new StageClock(memory);
  stages.start(clock);
  return (index) => {
    stages.beginTick(clock.elapsedNs());
    stages.framed(S.TICK_MARKET_DATA, 0, 200);
    stages.lap(S.STAGE_JOURNAL);
    if (stages.isSampled) {
      stages.lap(S.STAGE_BOOK);
      stages.lap(S.STAGE_SIGNAL);
    }
    if (index % ORDER_TICKS === 0) {
      stages.lap(S.STAGE_STRATEGY);
      stages.lap(S.STAGE_LIMITS);
      stages.lap(S.STAGE_ENCODE);
      nextOrder(memory);
    }
    stages.lap(S.STAGE_STRATEGY);
    stages.lap(S.STAGE_REST);
    stages.lap(S.STAGE_JOURNAL);
    if (index % ORDER_TICKS === 0) stages.handedOver(clock.elapsedNs());
    stages.endTick();
  };
}

/** Times of receiving, of sending and of the end, kept nowhere. */
function timedTick(memory: Memory): (index: number) => void {
  let sumNs = 0;
  return (index) => {
    sumNs += clock.elapsedNs() + clock.elapsedNs();
    if (index % ORDER_TICKS === 0) {
      nextOrder(memory);
      sumNs += clock.elapsedNs();
    }
    memory.setF64(L.SCRATCH, sumNs);
  };
}

function nextOrder(memory: Memory): void {
  memory.addI64(L.CTL_ORDERS_SENT, 1);
  memory.addI64(L.CTL_INTENT_SEQUENCE, 1);
}

function checkCalls(memory: Memory): void {
  const histograms = new LatencyHistograms(memory);
  const ticks = CALLS_PER_SAMPLE * CALL_SAMPLES;
  const counts = [S.STAGE_WAIT, S.STAGE_BOOK, S.STAGE_SEND].map(
    (stage) => histograms.read(S.HISTOGRAM_STAGES + stage).count,
  );
  assert.deepEqual(counts, [ticks, ticks / S.STAGE_SAMPLE_TICKS, ticks / ORDER_TICKS]);
  assert.equal(histograms.read(S.HISTOGRAM_TICK_TO_ORDER).count, ticks / ORDER_TICKS);
  assert.equal(memory.i32(S.SLOW_TICKS + S.SLT_COUNT), S.SLOW_TICKS_MAX);
}

/** Calls of a clock that keeps no time. */
class NoStageClock extends StageClock {
  override beginTick(): void {}
  override framed(): void {}
  override lap(): void {}
  override note(): void {}
  override handedOver(): void {}
  override endTick(): void {}
  override answered(): void {}
}

function prepareDay(day: RecordedDay, folder: string): PreparedBench {
  const answers = new Map<string, { readonly sent: string; readonly timedTicks: number }>();
  const variant = (name: string, stages: (memory: Memory) => StageClock) => ({
    name,
    async run(samplesNs: Float64Array) {
      answers.set(name, await trade(day, folder, samplesNs, stages));
    },
  });
  const inbound = day.records.filter(({ kind }) => kind === RecordKind.INBOUND).length;
  return {
    name: 'stage-clock day',
    operation: 'message of a NASDAQ day through the hot loop, journal on',
    operationsPerRound: inbound,
    samplesPerRound: inbound,
    seed: 0,
    ratiosOf: ['throughput', 'p50', 'p99'],
    variants: [
      variant('with the stage clock', (memory) => new StageClock(memory)),
      variant('without', (memory) => new NoStageClock(memory)),
    ],
    check() {
      for (const [name, { sent }] of answers) assert.equal(sent, day.sentHash, name);
      assert.deepEqual(
        [...answers.values()].map(({ timedTicks }) => timedTicks),
        [inbound, 0],
      );
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

async function trade(
  day: RecordedDay,
  folder: string,
  samplesNs: Float64Array,
  stages: (memory: Memory) => StageClock,
): Promise<{ readonly sent: string; readonly timedTicks: number }> {
  const directory = mkdtempSync(join(folder, 'journal-'));
  const loop = await ReplayedLoop.build(day, directory, (core) => core, stages);
  let sample = 0;
  for (const record of day.records) {
    if (record.kind !== RecordKind.INBOUND) {
      loop.apply(record);
      continue;
    }
    loop.place(record);
    const start = performance.now();
    loop.receive();
    samplesNs[sample++] = (performance.now() - start) * NS_PER_MS;
    loop.collect();
  }
  loop.close();
  rmSync(directory, { recursive: true });
  return { sent: loop.sentHash(), timedTicks: loop.timedTicks };
}

function median(values: Float64Array): number {
  return values.toSorted()[values.length >> 1]!;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
