/**
 * The measuring itself: ratios, wrong answers, too few samples, comparison with accepted figures.
 */
import { describe, expect, test } from 'vitest';
import { slowerThanBaseline } from './baseline.ts';
import { type BenchResult, measure, type PreparedBench, timeEach } from './harness.ts';
import { reportTable } from './report.ts';
import { BENCH_NAMES } from './run.ts';

/** Two variants that claim 100 ns and 300 ns a sample. */
function bench(check: () => void = () => {}): PreparedBench {
  const variant = (name: string, ns: number) => ({
    name,
    run: (samplesNs: Float64Array) => void samplesNs.fill(ns),
  });
  return {
    operation: 'thing',
    operationsPerRound: 400,
    samplesPerRound: 200,
    rounds: 3,
    seed: 1,
    variants: [variant('fast', 100), variant('plain', 300)],
    check,
  };
}

describe('a measurement', () => {
  test('states throughput, percentiles and the ratio to the plain version', async () => {
    const result = await measure('toy', bench());
    const [fast, plain] = result.variants;
    expect(fast).toMatchObject({ name: 'fast', p50Ns: 100, p99Ns: 100, maxNs: 100 });
    expect(fast?.operationsPerS).toBeCloseTo(2e7, 0); // two operations in 100 ns
    expect(fast?.ratioToPlain).toBeCloseTo(3, 12);
    expect(plain?.ratioToPlain).toBe(1);
    expect(result.operationsPerSample).toBe(2);
  });

  test('leaves out percentiles that too few samples support', async () => {
    const result = await measure('toy', { ...bench(), samplesPerRound: 20, rounds: 1 });
    expect(result.variants[0]).toMatchObject({ p50Ns: 100, p99Ns: null, p999Ns: null });
    expect(reportTable([result])).toContain('| 100 ns | – | – | 100 ns |');
  });

  test('with a wrong answer gives no figure', async () => {
    const wrong = () => {
      throw new Error('the answers differ');
    };
    await expect(measure('toy', bench(wrong))).rejects.toThrow('the answers differ');
  });

  test('times every sample', () => {
    const samplesNs = new Float64Array(5);
    const calls: number[] = [];
    timeEach(samplesNs, (i) => calls.push(i));
    expect(calls).toEqual([0, 1, 2, 3, 4]);
    expect(samplesNs.every((ns) => ns >= 0 && ns < 1e9)).toBe(true);
  });
});

describe('the comparison with accepted figures', () => {
  const scaled = (result: BenchResult, by: number): BenchResult => ({
    ...result,
    variants: result.variants.map((v) => ({ ...v, ratioToPlain: v.ratioToPlain * by })),
  });

  test('names what got slower against the plain version, and nothing else', async () => {
    const now = await measure('toy', bench());
    expect(slowerThanBaseline(now, now)).toEqual([]);
    expect(slowerThanBaseline(now, scaled(now, 1.2))).toEqual([]);
    expect(slowerThanBaseline(now, scaled(now, 2))[0]).toBe(
      'toy: fast is 3.00x the plain version, was 6.00x',
    );
  });
});

test('the suites have the names that the command line shows', () => {
  expect(BENCH_NAMES).toEqual([
    'tick-to-order',
    'wire',
    'book',
    'journal',
    'value-at-risk',
    'fix-sessions',
  ]);
});
