/** When a run counts as slower, faster or neither; and that the interval holds what it promises. */
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../test/support/seeded-random.ts';
import type { BenchResult, Figure } from './bench-result.ts';
import { CONFIDENCE, intervalOfChange } from './bootstrap.ts';
import { compareWithAccepted, TOLERATED_SHARE } from './comparison.ts';
import { startEnvironment } from './environment.ts';
import { changeLine } from './report.ts';
import { buildResult } from './result-builder.ts';
import { VariantTimings } from './variant-timings.ts';

const environment = startEnvironment()();

/** A run whose `engine` takes so many ns in each round against 1,000 of the plain version. */
function run(engineNs: readonly number[], figures: readonly Figure[] = []): BenchResult {
  const [engine, plain] = [new VariantTimings('engine'), new VariantTimings('plain')];
  for (const ns of engineNs) {
    engine.addSamples(new Float64Array(10).fill(ns), 10);
    plain.addSamples(new Float64Array(10).fill(1000), 10);
  }
  const head = { bench: 'toy', operation: 'thing', operationsPerSample: 1, seed: 1, figures };
  return buildResult({ ...head, rounds: engineNs.length }, [engine, plain], environment);
}

const STEADY = [198, 199, 200, 200, 200, 201, 202, 203];
const by = (factor: number): number[] => STEADY.map((ns) => ns * factor);

describe('a change against the accepted figures', () => {
  const rows = [
    { what: 'the same rounds', now: STEADY, verdict: 'no difference shown', fails: false },
    { what: 'half the time', now: by(0.5), verdict: 'faster', fails: false },
    { what: 'a little slower, beyond noise', now: by(1.05), verdict: 'slower', fails: false },
    { what: 'twice the time', now: by(2), verdict: 'slower', fails: true },
    {
      what: 'one bad round of eight',
      now: [...STEADY.slice(1), 2000],
      verdict: 'no difference shown',
      fails: false,
    },
    {
      what: 'three bad rounds of eight',
      now: [...STEADY.slice(0, 5), ...by(3).slice(5)],
      verdict: 'no difference shown',
      fails: false,
    },
    {
      what: 'too few rounds',
      now: [2000, 2000, 2000],
      verdict: 'no difference shown',
      fails: false,
    },
  ];
  test('of a rival is told and fails nothing', () => {
    const slower = { ...run(by(2)), rivals: ['engine'] };
    expect(compareWithAccepted(slower, run(STEADY))[0]).toMatchObject({
      verdict: 'slower',
      fails: false,
    });
  });

  test.each(rows)('$what: $verdict, fails: $fails', ({ now, verdict, fails }) => {
    const [change, ...others] = compareWithAccepted(run(now), run(STEADY));
    expect(change).toMatchObject({
      bench: 'toy',
      variant: 'engine',
      of: 'throughput',
      verdict,
      fails,
    });
    expect(others).toEqual([]);
  });

  test('that lies partly within the tolerance does not fail', () => {
    const around = STEADY.map(
      (ns, round) => (ns / TOLERATED_SHARE) * (round % 2 === 0 ? 0.9 : 1.1),
    );
    const [change] = compareWithAccepted(run(around), run(STEADY));
    expect(change).toMatchObject({ fails: false });
    expect(change!.high).toBeGreaterThan(TOLERATED_SHARE);
  });

  test.each([
    { nowBytes: 100, verdict: 'no difference shown', fails: false },
    { nowBytes: 90, verdict: 'smaller', fails: false },
    { nowBytes: 105, verdict: 'larger', fails: false },
    { nowBytes: 130, verdict: 'larger', fails: true },
  ])('of memory from 100 to $nowBytes: $verdict, fails: $fails', ({ nowBytes, ...expected }) => {
    const memory = (bytes: number): Figure[] => [
      { name: 'RSS', unit: 'bytes', rounds: Array(8).fill(bytes) },
    ];
    const changes = compareWithAccepted(run(STEADY, memory(nowBytes)), run(STEADY, memory(100)));
    expect(changes.find(({ of }) => of === 'figure')).toMatchObject(expected);
  });

  test.each([
    { nowCount: 100, verdict: 'no difference shown', fails: false },
    { nowCount: 99, verdict: 'smaller', fails: false },
    { nowCount: 102.9, verdict: 'larger', fails: false },
    { nowCount: 103.1, verdict: 'larger', fails: true },
  ])(
    'of instructions from 100 to $nowCount: $verdict, fails: $fails',
    ({ nowCount, ...expected }) => {
      const counted = (count: number): Figure[] => [
        { name: 'decode', unit: 'instructions', rounds: [count] },
      ];
      const changes = compareWithAccepted(
        run(STEADY, counted(nowCount)),
        run(STEADY, counted(100)),
      );
      expect(changes.find(({ of }) => of === 'figure')).toMatchObject(expected);
    },
  );

  test('of a variant that was not accepted yet is none', () => {
    const accepted = { ...run(STEADY), variants: run(STEADY).variants.slice(1) };
    expect(compareWithAccepted(run(STEADY), accepted)).toEqual([]);
  });

  test('is told in one line', () => {
    const [change] = compareWithAccepted(run(by(2)), run(STEADY));
    expect(changeLine(change!)).toMatch(
      /^toy: engine, throughput vs plain: 5\.00x -> 2\.50x, change 0\.4\d\d–0\.5\d\d: slower, beyond what is tolerated$/,
    );
    const [few] = compareWithAccepted(run([200, 200, 200]), run(STEADY));
    expect(changeLine(few!)).toContain('too few rounds for an interval: no difference shown');
  });
});

describe('the interval', () => {
  /** About normal: the sum of uniforms. */
  const normal = (random: SeededRandom): number =>
    Array.from({ length: 12 }, () => random.next() / 2 ** 32).reduce((a, b) => a + b) - 6;
  const noises = {
    even: (random: SeededRandom) => 1 + 0.05 * normal(random),
    skewed: (random: SeededRandom) => 1 + 0.05 * Math.exp(normal(random)),
    'with outliers': (random: SeededRandom) =>
      (1 + 0.02 * normal(random)) * (random.oneIn(10) ? 2 : 1),
  };

  test.each([
    { noise: 'even', rounds: 8 },
    { noise: 'even', rounds: 11 },
    { noise: 'skewed', rounds: 8 },
    { noise: 'with outliers', rounds: 8 },
  ] as const)('holds the true change in nearly $rounds-round runs with noise: $noise', (row) => {
    const RUNS = 200;
    const TRUE_CHANGE = 1.2;
    const draw = noises[row.noise];
    const random = new SeededRandom(7);
    const rounds = (): number[] => Array.from({ length: row.rounds }, () => draw(random));
    let held = 0;
    for (let run = 0; run < RUNS; run++) {
      const interval = intervalOfChange(
        rounds().map((ratio) => ratio * TRUE_CHANGE),
        rounds(),
      )!;
      if (interval.low <= TRUE_CHANGE && TRUE_CHANGE <= interval.high) held++;
    }
    console.log(`${row.noise}, ${row.rounds} rounds: ${((held / RUNS) * 100).toFixed(1)} % held`);
    // Three standard errors of a share of 200 below the promise, and not so wide as to say nothing.
    expect(held / RUNS).toBeGreaterThan(CONFIDENCE - 0.046);
    expect(held / RUNS).toBeLessThan(1);
  });

  test('of the same rounds is the same each time', () => {
    const before = STEADY.map((ns) => 1000 / ns);
    const now = by(1.1).map((ns) => 1000 / ns);
    expect(intervalOfChange(now, before)).toEqual(intervalOfChange(now, before));
  });
});
