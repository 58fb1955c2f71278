/** Latencies are counted to better than 1 %, without losing the maximum. */
import { build } from 'hdr-histogram-js';
import { beforeEach, expect, test } from 'vitest';
import { HISTOGRAM_BYTES, HISTOGRAM_JOURNAL, HISTOGRAMS, HISTOGRAMS_MAX } from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import { LatencyHistograms } from './latency-histogram.ts';

const memory = new Memory();
const histograms = new LatencyHistograms(memory);
const END = HISTOGRAMS + HISTOGRAMS_MAX * HISTOGRAM_BYTES;

beforeEach(() => void memory.bytes.fill(0, HISTOGRAMS, END));

test('an empty histogram reads as zeros', () => {
  expect(histograms.read(0)).toEqual({ count: 0, p50: 0, p99: 0, p999: 0, max: 0, buckets: [] });
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
    histograms.record(HISTOGRAM_JOURNAL, ns);
    rival.recordValue(ns);
  }
  const reading = histograms.read(HISTOGRAM_JOURNAL);
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
