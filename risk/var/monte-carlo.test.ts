/** Is the simulated VaR right, the same for any number of workers, and honest about its error? */
import { existsSync, readFileSync } from 'node:fs';
import { Piscina } from 'piscina';
import { afterAll, describe, expect, test } from 'vitest';
import { VAR_BLOCK } from '../../wasm/value-at-risk-layout.ts';
import { sampleMoments } from './covariance.ts';
import {
  linearBook,
  type MonteCarloFigure,
  type MonteCarloInput,
  monteCarloVar,
  type VarPool,
} from './monte-carlo.ts';
import { simulateReference } from './monte-carlo-reference.ts';
import { tailFigures, tailSize } from './tail.ts';
import runVarTask from './var-worker.ts';

const here: VarPool = { run: async (task) => runVarTask(task) };
const threads = new Piscina({ minThreads: 1, maxThreads: 2 });
afterAll(() => threads.destroy());

const book: MonteCarloInput = {
  names: ['A', 'B', 'C'],
  exposures: [1_000_000, -400_000, 250_000],
  mean: [0.0005, 0.0002, -0.0001],
  covariance: [
    [0.0004, 0.00018, 0.0001],
    [0.00018, 0.0009, -0.00005],
    [0.0001, -0.00005, 0.0001],
  ],
  horizonDays: 1,
  scenarios: 10_001,
  confidence: 0.99,
  seed: 7,
};

/** Standard deviation of the book's gain in money. */
function sigmaOf({ exposures, covariance }: MonteCarloInput): number {
  let variance = 0;
  for (const [i, row] of covariance.entries()) {
    for (const [j, value] of row.entries()) variance += exposures[i]! * exposures[j]! * value;
  }
  return Math.sqrt(variance);
}

describe('the kernel and its plain twin', () => {
  test.each([1, 2, 3, 7, 20, 64])('agree to the last bit with %i columns', (n) => {
    const covariance = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? 0.0004 + i * 1e-5 : 0.0001)),
    );
    const input: MonteCarloInput = {
      ...book,
      names: covariance.map((_, i) => `C${i}`),
      exposures: covariance.map((_, i) => (i % 2 === 0 ? 1000 : -700) * (i + 1)),
      mean: covariance.map((_, i) => i * 1e-5),
      covariance,
      scenarios: VAR_BLOCK + 5,
    };
    const whole = runVarTask({
      book: linearBook(input),
      seed: 11,
      scenarios: input.scenarios,
      firstBlock: 0,
      blockStep: 1,
      tailSize: input.scenarios,
    });
    const twin = simulateReference(linearBook(input), 11, input.scenarios).sort().reverse();
    expect(Buffer.from(whole.buffer).equals(Buffer.from(twin.buffer))).toBe(true);
  });
});

describe('the figure', () => {
  test('is the same for 1, 2, 3 and 8 parts and in other threads', async () => {
    const input = { ...book, scenarios: 50_001 };
    const alone = await monteCarloVar(input, here, 1);
    for (const workers of [2, 3, 8]) {
      expect(await monteCarloVar(input, here, workers)).toEqual(alone);
    }
    expect(await monteCarloVar(input, threads, 2)).toEqual(alone);
    const losses = simulateReference(linearBook(input), input.seed, input.scenarios);
    const tail = losses.sort().reverse().slice(0, tailSize(input.scenarios, input.confidence));
    expect(alone).toMatchObject(tailFigures(tail, input.scenarios, input.confidence));
  });

  test('repeats with its seed and changes with another', async () => {
    const first = await monteCarloVar(book, here, 2);
    expect(await monteCarloVar(book, here, 2)).toEqual(first);
    expect((await monteCarloVar({ ...book, seed: 8 }, here, 2)).var).not.toBe(first.var);
  });

  test('of the opposite book is the gain side of the same scenarios', async () => {
    const flipped = { ...book, exposures: book.exposures.map((x) => -x), mean: [0, 0, 0] };
    const straight = await monteCarloVar({ ...book, mean: [0, 0, 0] }, here, 1);
    const opposite = await monteCarloVar(flipped, here, 1);
    expect(Math.abs(opposite.var - straight.var)).toBeLessThan(8 * straight.standardError);
  });

  test('grows with the square root of the horizon when there is no drift', async () => {
    const flat = { ...book, mean: [0, 0, 0] };
    const day = await monteCarloVar(flat, here, 1);
    const fortnight = await monteCarloVar({ ...flat, horizonDays: 10 }, here, 1);
    expect(fortnight.var / day.var).toBeCloseTo(Math.sqrt(10), 9);
  });

  test('of a flat book is zero', async () => {
    const flat = await monteCarloVar({ ...book, exposures: [0, 0, 0] }, here, 1);
    expect(Math.abs(flat.var) + Math.abs(flat.cvar) + flat.standardError).toBe(0);
  });

  test('of a hedge with the same column twice is the drift alone', async () => {
    const twice = { ...book, names: ['A', 'A2'], exposures: [1000, -1000], mean: [0.001, 0.002] };
    const figure = await monteCarloVar(
      {
        ...twice,
        covariance: [
          [0.0004, 0.0004],
          [0.0004, 0.0004],
        ],
      },
      here,
      1,
    );
    expect(figure.var).toBeCloseTo(1, 9);
    expect(figure.cvar).toBeCloseTo(1, 9);
  });
});

test('the stated standard errors are what 40 seeds scatter by', async () => {
  const figures = await Promise.all(
    Array.from({ length: 40 }, (_, seed) => monteCarloVar({ ...book, seed }, here, 1)),
  );
  for (const [value, error] of [
    ['var', 'standardError'],
    ['cvar', 'cvarStandardError'],
  ] as const) {
    const mean = figures.reduce((sum, f) => sum + f[value], 0) / figures.length;
    const scatter = Math.sqrt(
      figures.reduce((sum, f) => sum + (f[value] - mean) ** 2, 0) / (figures.length - 1),
    );
    const stated = figures.reduce((sum, f) => sum + f[error], 0) / figures.length;
    expect(stated / scatter).toBeGreaterThan(0.65);
    expect(stated / scatter).toBeLessThan(1.5);
  }
  const z99 = 2.3263478740408408;
  const drift = book.exposures.reduce((sum, x, i) => sum + x * book.mean[i]!, 0);
  const exact = z99 * sigmaOf(book) - drift;
  const mean = figures.reduce((sum, f) => sum + f.var, 0) / figures.length;
  expect(Math.abs(mean - exact)).toBeLessThan((4 * figures[0]!.standardError) / Math.sqrt(40));
});

const ORACLES = new URL('../../../shared/analytics/oracles.json', import.meta.url);
describe.skipIf(!existsSync(ORACLES))('the published Gaussian case (../shared/analytics)', () => {
  const { cases, data } = existsSync(ORACLES)
    ? JSON.parse(readFileSync(ORACLES, 'utf8'))
    : { cases: [], data: {} };
  const oracle = cases.find((c: { id: string }) => c.id === 'monte_carlo_var_100k_gaussian');
  const rows: number[][] = oracle ? data[oracle.inputs.R.slice(1)] : [];
  const SEEDS = 20;

  test('100,000 scenarios are within 4 standard errors, 20 seeds within 4 / sqrt(20)', async () => {
    const series = rows[0]!.map((_, column) => rows.map((row) => row[column]!));
    const input = {
      ...sampleMoments(series),
      names: series.map((_, i) => `R${i}`),
      exposures: oracle.inputs.w,
      horizonDays: 1,
      scenarios: oracle.inputs.paths,
      confidence: oracle.inputs.confidence,
    };
    const error: number = oracle.inputs.standard_error;
    const figures: MonteCarloFigure[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const figure = await monteCarloVar({ ...input, seed }, threads, 2);
      expect(Math.abs(figure.var - oracle.expected.var)).toBeLessThan(4 * error);
      expect(Math.abs(figure.cvar - oracle.expected.es)).toBeLessThan(4 * error);
      expect(figure.standardError / error).toBeGreaterThan(0.6);
      expect(figure.standardError / error).toBeLessThan(1.6);
      figures.push(figure);
    }
    const mean = (of: 'var' | 'cvar') => figures.reduce((sum, f) => sum + f[of], 0) / SEEDS;
    const bound = (4 * error) / Math.sqrt(SEEDS);
    expect(Math.abs(mean('var') - oracle.expected.var)).toBeLessThan(bound);
    expect(Math.abs(mean('cvar') - oracle.expected.es)).toBeLessThan(bound);
  });
});
