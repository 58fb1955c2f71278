/** Latencies are counted to better than 1 %, without losing the maximum. */
import { Worker } from 'node:worker_threads';
import { build } from 'hdr-histogram-js';
import { beforeEach, expect, test } from 'vitest';
import { latencyOf } from '../test/support/histogram-writer.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { Memory } from '../wasm/memory.ts';
import {
  HISTOGRAM_BYTES,
  HISTOGRAM_ORDER_TO_ACK,
  HISTOGRAMS,
  HISTOGRAMS_MAX,
} from '../wasm/stage-layout.ts';
import { LatencyHistograms } from './latency-histogram.ts';

const memory = new Memory();
const histograms = new LatencyHistograms(memory);
const END = HISTOGRAMS + HISTOGRAMS_MAX * HISTOGRAM_BYTES;

beforeEach(() => void memory.bytes.fill(0, HISTOGRAMS, END));

test('an empty histogram reads as zeros', () => {
  expect(histograms.read(0)).toEqual({
    count: 0,
    p50: 0,
    p99: 0,
    p999: 0,
    max: 0,
    sum: 0,
    buckets: [],
  });
});

test('every value from 1 ns to 137 s is known to better than 1 %', () => {
  for (let ns = 1; ns < 2 ** 37; ns = Math.ceil(ns * 1.003)) {
    memory.bytes.fill(0, HISTOGRAMS, HISTOGRAMS + HISTOGRAM_BYTES);
    histograms.record(0, ns);
    histograms.record(0, 2 ** 37); // so that the reading is not simply the maximum
    const { p50 } = histograms.read(0);
    expect(p50, `${ns} ns`).toBeGreaterThanOrEqual(ns);
    expect(p50 - ns, `${ns} ns`).toBeLessThan(Math.max(1, ns * 0.01));
  }
});

test('values around every power of two fall on the right side', () => {
  for (let power = 1; power < 37; power++) {
    for (const ns of [2 ** power - 1, 2 ** power, 2 ** power + 1]) {
      memory.bytes.fill(0, HISTOGRAMS, HISTOGRAMS + HISTOGRAM_BYTES);
      histograms.record(0, ns);
      expect(histograms.read(0)).toMatchObject({ count: 1, p50: ns, max: ns });
    }
  }
});

test('a value past the range counts, and the maximum is exact', () => {
  histograms.record(0, 1e15);
  histograms.record(0, 3.7);
  histograms.record(0, -5);
  expect(histograms.read(0)).toMatchObject({ count: 3, p50: 3, max: 1e15 });
});

test('each histogram has its own block and writes nothing outside it', () => {
  memory.bytes.fill(0x5a, END, END + 64);
  for (let index = 0; index < HISTOGRAMS_MAX; index++) {
    for (const ns of [0, 1, 2 ** 31, 2 ** 37, 1e300]) {
      for (let times = 0; times <= index; times++) histograms.record(index, ns);
    }
  }
  for (let index = 0; index < HISTOGRAMS_MAX; index++) {
    expect(histograms.read(index).count).toBe(5 * (index + 1));
  }
  expect(memory.bytes.slice(END, END + 64).every((byte) => byte === 0x5a)).toBe(true);
});

test('a counter that is full stays full', () => {
  const counters = new Uint32Array(memory.bytes.buffer);
  counters[(HISTOGRAMS >>> 2) + 5] = 0xffffffff;
  histograms.record(0, 5);
  expect(histograms.read(0).count).toBe(0xffffffff);
});

test('figures agree with HdrHistogram on a million skewed latencies', () => {
  const rival = build({ numberOfSignificantValueDigits: 3, highestTrackableValue: 2 ** 37 });
  let seed = 42;
  for (let i = 0; i < 1_000_000; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const ns = Math.round(900 / (1 - seed / 2 ** 32) ** 0.9);
    histograms.record(HISTOGRAM_ORDER_TO_ACK, ns);
    rival.recordValue(ns);
  }
  const reading = histograms.read(HISTOGRAM_ORDER_TO_ACK);
  expect(reading.count).toBe(rival.totalCount);
  const pairs = [
    [reading.p50, rival.getValueAtPercentile(50)],
    [reading.p99, rival.getValueAtPercentile(99)],
    [reading.p999, rival.getValueAtPercentile(99.9)],
    [reading.max, rival.maxValue],
  ] as const;
  for (const [ours, theirs] of pairs) expect(Math.abs(ours / theirs - 1)).toBeLessThan(0.005);
  let counted = 0;
  let before = -1;
  for (const { upToNs, count } of reading.buckets) {
    expect(upToNs).toBeGreaterThan(before);
    before = upToNs;
    counted += count;
  }
  expect(counted).toBe(1_000_000);
});

test.each([1, 2, 3, 4, 5, 6])('figures agree with a sorted list of values (seed %i)', (seed) => {
  const random = new SeededRandom(seed);
  const values: number[] = [];
  const count = [1, 2, 99, 1_000, 10_001, 50_000][seed - 1]!;
  for (let i = 0; i < count; i++) values.push(random.below(2 ** (1 + random.below(36))));
  for (const ns of values) histograms.record(5, ns);
  values.sort((a, b) => a - b);
  const reading = histograms.read(5);
  expect(reading.count).toBe(count);
  expect(reading.max).toBe(values.at(-1));
  expect(reading.sum).toBe(values.reduce((sum, ns) => sum + ns, 0));
  for (const [figure, share] of [
    [reading.p50, 0.5],
    [reading.p99, 0.99],
    [reading.p999, 0.999],
  ] as const) {
    const exact = values[Math.ceil(count * share) - 1]!;
    expect(figure).toBeGreaterThanOrEqual(exact);
    expect(figure - exact).toBeLessThanOrEqual(exact / 256);
  }
  let from = 0;
  for (const { upToNs, count: inBucket } of reading.buckets) {
    const exact = values.filter((ns) => ns >= from && ns <= upToNs).length;
    expect(inBucket, `up to ${upToNs} ns`).toBe(exact);
    from = upToNs + 1;
  }
});

test('a reader gets figures that fit together while another thread writes', async () => {
  const latencies = 3_000_000;
  const module = new URL('../test/support/histogram-writer.ts', import.meta.url);
  const worker = new Worker(module, {
    workerData: { memory: memory.wasm, histogram: 7, latencies },
  });
  const done = new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
  let readings = 0;
  let before = 0;
  const look = () => {
    const { count, p50, p99, p999, max, buckets } = histograms.read(7);
    expect(count).toBeGreaterThanOrEqual(before);
    expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(count);
    expect(p50).toBeLessThanOrEqual(p99);
    expect(p99).toBeLessThanOrEqual(p999);
    expect(p999).toBeLessThanOrEqual(max);
    if (count > before && count < latencies) readings++;
    before = count;
  };
  while (before < latencies) {
    look();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await done;
  expect(readings).toBeGreaterThan(0);
  const exact = Array.from({ length: latencies }, (_, index) => latencyOf(index));
  const { sum, max } = histograms.read(7);
  expect(sum).toBe(exact.reduce((total, ns) => total + ns, 0));
  expect(max).toBe(exact.reduce((most, ns) => Math.max(most, ns), 0));
});
