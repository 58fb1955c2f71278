/** The measuring itself: ratios, wrong answers, too few samples, raw figures, results made elsewhere. */
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import { startEnvironment } from './environment.ts';
import { measure, type PreparedBench, ROUNDS_MIN, timeEach } from './harness.ts';
import { reportTable } from './report.ts';
import { buildResult } from './result-builder.ts';
import { SUITE_NAMES, suiteOf } from './suites.ts';
import { VariantTimings } from './variant-timings.ts';

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
    expect(fast?.ratios).toEqual([
      { of: 'throughput', median: 3, min: 3, max: 3, rounds: Array(ROUNDS_MIN).fill(3) },
    ]);
    expect(plain?.ratios[0]?.median).toBe(1);
    expect(result).toMatchObject({ operationsPerSample: 2, rounds: ROUNDS_MIN, seed: 1 });
  });

  test.each([
    { asked: undefined, ofBench: undefined, rounds: ROUNDS_MIN },
    { asked: undefined, ofBench: 3, rounds: ROUNDS_MIN },
    { asked: undefined, ofBench: 12, rounds: 12 },
    { asked: 2, ofBench: 12, rounds: 2 },
  ])('asked for $asked rounds with $ofBench of the bench makes $rounds', async (row) => {
    const own = row.ofBench === undefined ? {} : { rounds: row.ofBench };
    const result = await measure('toy', { ...bench(), ...own }, row.asked);
    expect(result.rounds).toBe(row.rounds);
    expect(result.variants[0]?.rounds.operationsPerS).toHaveLength(row.rounds);
  });

  test('says where and with what', async () => {
    const { machine, versions, revision } = await measure('toy', { ...bench(), tools: ['gcc'] }, 1);
    expect(Object.keys(machine)).toEqual(expect.arrayContaining(['cpu', 'governor', 'kernel']));
    expect(versions.node).toBe(process.versions.node);
    expect(versions.gcc).toMatch(/^\d|^not installed$/);
    expect(revision).toMatch(/^[0-9a-f]{12}(-changed)?$|^unknown$/);
  });

  test('takes the ratio of every round by the median and keeps its span', async () => {
    let round = 0;
    const uneven = {
      name: 'uneven',
      run: (samplesNs: Float64Array) =>
        void samplesNs.fill(round < 2 ? 1 : [100, 150, 300][round - 2]!),
    };
    const prepared: PreparedBench = {
      ...bench(),
      variants: [uneven, bench().variants[1]!],
      check: () => {
        round++;
      },
    };
    const { variants } = await measure('toy', prepared, 3);
    expect(variants[0]?.ratios[0]).toMatchObject({
      median: expect.closeTo(2, 4),
      min: 1,
      max: 3,
    });
    expect(variants[0]?.rounds.p50Ns).toEqual([100, 150, 300]);
  });

  test('every other round goes backwards, so that no variant always comes first', async () => {
    const order: string[] = [];
    const variant = (name: string) => ({ name, run: () => void order.push(name) });
    const variants = ['a', 'b', 'c'].map(variant);
    await measure('toy', { ...bench(), variants }, 2);
    expect(order.join('')).toBe('abccba'.repeat(2));
  });

  test('keeps all samples: percentiles can be worked out again', async () => {
    const spread = {
      name: 'spread',
      run: (samplesNs: Float64Array) =>
        void samplesNs.forEach((_, i) => {
          samplesNs[i] = 1000 + i;
        }),
    };
    const prepared = { ...bench(), variants: [spread, ...bench().variants] };
    const [variant] = (await measure('toy', prepared, 5)).variants;
    const raw = decodeFromCompressedBase64(variant!.histogram);
    expect(raw.totalCount).toBe(5 * 200);
    expect(raw.getValueAtPercentile(50)).toBe(variant!.p50Ns);
    expect(raw.getValueAtPercentile(99)).toBe(variant!.p99Ns);
    expect(variant!.histogram.length).toBeLessThan(2000);
  });

  test('leaves out percentiles that too few samples support', async () => {
    const result = await measure('toy', { ...bench(), samplesPerRound: 20 }, 1);
    expect(result.variants[0]).toMatchObject({ p50Ns: 100, p99Ns: null, p999Ns: null });
    expect(reportTable([result])).toContain('| 5.0 ns | – | – | 5.0 ns |');
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

test('a result measured in other processes has ratios of every percentile that both support', () => {
  const [engine, floor] = [new VariantTimings('engine'), new VariantTimings('floor')];
  for (let round = 0; round < ROUNDS_MIN; round++) {
    engine.addBuckets(
      [
        [2000, 98],
        [8000, 2],
      ],
      100,
      1e6,
    );
    floor.addBuckets(
      [
        [1000, 98],
        [2000, 2],
      ],
      100,
      2e6,
    );
  }
  const result = buildResult(
    {
      bench: 'wire',
      operation: 'order',
      operationsPerSample: 1,
      rounds: ROUNDS_MIN,
      seed: 7,
      ratiosOf: ['p50', 'p99', 'p999', 'throughput'],
      leftOut: ['peer: not in the registry'],
    },
    [engine, floor],
    startEnvironment()(),
  );
  const ratios = result.variants[0]!.ratios.map(({ of, median }) => [
    of,
    Number(median.toFixed(2)),
  ]);
  expect(ratios).toEqual([
    ['p50', 0.5],
    ['p99', 0.25],
    ['throughput', 2],
  ]);
  expect(reportTable([result])).toContain('Left out: peer: not in the registry.');
});

test('every suite has its line in the help', () => {
  expect(SUITE_NAMES).toContain('tick-to-order');
  for (const name of SUITE_NAMES) expect(suiteOf(name).about, name).toMatch(/^\S.{10,90}$/);
});
