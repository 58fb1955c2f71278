/**
 * Monte Carlo VaR of a 20-stock book, 100,000 scenarios: the SIMD kernel on two workers, on one and in
 * the caller's thread, against its plain twin and against the obvious program with Math.random,
 * Math.log and a full sort.
 */
import { strict as assert } from 'node:assert';
import { Piscina } from 'piscina';
import { linearBook, type MonteCarloFigure, monteCarloVar } from '../risk/var/monte-carlo.ts';
import { simulateReference } from '../risk/var/monte-carlo-reference.ts';
import { tailFigures, tailSize } from '../risk/var/tail.ts';
import runVarTask from '../risk/var/var-worker.ts';
import { type PreparedBench, timeEach, type Variant } from './harness.ts';

const STOCKS = 20;
const SCENARIOS = 100_000;
const CONFIDENCE = 0.99;
const SEED = 20120621;
const ROUNDS = 9;
const WORKERS_MAX = 2;
const NS_PER_MS = 1e6;

export function prepareValueAtRisk(): PreparedBench {
  // Every stock moves 2 % a day, each two with a correlation of 0.25; half the book is short.
  const covariance = square((i, j) => (i === j ? 4e-4 : 1e-4));
  const exposures = covariance.map((_, i) => (i % 2 === 0 ? 1e6 : -0.5e6));
  const input = {
    names: covariance.map((_, i) => `S${i}`),
    exposures,
    mean: covariance.map(() => 0),
    covariance,
    horizonDays: 1,
  };
  const book = linearBook(input);
  const pool = new Piscina({ minThreads: WORKERS_MAX, maxThreads: WORKERS_MAX });
  const figures = new Map<string, MonteCarloFigure>();
  const onWorkers = (name: string, workers: number): Variant => ({
    name,
    async run(samplesNs) {
      const all = { ...input, seed: SEED, scenarios: SCENARIOS, confidence: CONFIDENCE };
      const start = performance.now();
      figures.set(name, await monteCarloVar(all, pool, workers));
      samplesNs[0] = (performance.now() - start) * NS_PER_MS;
    },
  });
  const keep = tailSize(SCENARIOS, CONFIDENCE);
  const answers = new Map<string, Float64Array>();
  const variant = (name: string, tail: () => Float64Array): Variant => ({
    name,
    run(samplesNs) {
      timeEach(samplesNs, () => answers.set(name, tail()));
    },
  });
  const task = { book, seed: SEED, scenarios: SCENARIOS, firstBlock: 0, blockStep: 1 };
  const sigma = Math.sqrt(
    covariance
      .flatMap((row, i) => row.map((x, j) => x * exposures[i]! * exposures[j]!))
      .reduce(add),
  );
  return {
    operation: `scenario of ${STOCKS} correlated stocks`,
    operationsPerRound: SCENARIOS,
    samplesPerRound: 1,
    rounds: ROUNDS,
    seed: SEED,
    variants: [
      onWorkers('SIMD kernel, 2 workers', 2),
      onWorkers('SIMD kernel, 1 worker', 1),
      variant('SIMD kernel', () => runVarTask({ ...task, tailSize: keep })),
      variant('plain twin', () => largest(simulateReference(book, SEED, SCENARIOS), keep)),
      variant('naive', () => largest(simulateNaive(exposures, book.cholesky), keep)),
    ],
    check() {
      assert.deepEqual(answers.get('SIMD kernel'), answers.get('plain twin'));
      const one = tailFigures(answers.get('SIMD kernel')!, SCENARIOS, CONFIDENCE);
      for (const figure of figures.values()) assert.equal(figure.var, one.var);
      for (const tail of answers.values()) {
        const figures = tailFigures(tail, SCENARIOS, CONFIDENCE);
        const error = Math.abs(figures.var - 2.3263478740408408 * sigma);
        assert.ok(error < 6 * figures.standardError, `VaR is off by ${error}`);
      }
    },
    close: () => pool.destroy(),
  };
}

const add = (a: number, b: number): number => a + b;

function square(entry: (i: number, j: number) => number): number[][] {
  const indices = Array.from({ length: STOCKS }, (_, i) => i);
  return indices.map((i) => indices.map((j) => entry(i, j)));
}

function largest(losses: Float64Array, count: number): Float64Array {
  return losses.sort().slice(-count).reverse();
}

/** What one would write in an afternoon. */
function simulateNaive(exposures: readonly number[], cholesky: Float64Array): Float64Array {
  const losses = new Float64Array(SCENARIOS);
  for (let s = 0; s < SCENARIOS; s++) {
    const normals = exposures.map(
      () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
    );
    const returns = exposures.map((_, i) =>
      normals.slice(0, i + 1).reduce((sum, z, j) => sum + cholesky[(i * (i + 1)) / 2 + j]! * z, 0),
    );
    losses[s] = -returns.reduce((sum, r, i) => sum + exposures[i]! * r, 0);
  }
  return losses;
}
