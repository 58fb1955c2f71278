/**
 * Monte Carlo VaR of a linear book under jointly normal returns: splits the scenarios over
 * workers and merges their tails. The same input gives the same figures for any number of
 * workers.
 */
import { GyrfalconError } from '../../engine/errors.ts';
import { VAR_BLOCK, VAR_FACTORS_MAX } from '../../wasm/value-at-risk-layout.ts';
import { choleskyFactor } from './covariance.ts';
import { Tail, type TailFigures, tailFigures, tailSize } from './tail.ts';
import type { VarTask } from './var-worker.ts';

/** What the kernel simulates: all arrays over the same columns. */
export interface LinearBook {
  /** Money gained by a return of 1 (+100 %), or weights for a figure in returns. */
  readonly exposures: Float64Array;
  /** Mean return over the horizon. */
  readonly mean: Float64Array;
  /** Lower triangle of the covariance over the horizon, row by row. */
  readonly cholesky: Float64Array;
}

/** All lists over the same columns. */
export interface BookInput {
  readonly names: readonly string[];
  readonly exposures: readonly number[];
  /** Of one day's returns. */
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  readonly horizonDays: number;
}

export interface MonteCarloInput extends BookInput {
  readonly scenarios: number;
  readonly confidence: number;
  readonly seed: number;
}

export interface MonteCarloFigure extends TailFigures {
  readonly confidence: number;
  readonly horizonDays: number;
  readonly scenarios: number;
  readonly seed: number;
}

/** The part of Piscina that is used; its owner starts and stops it. */
export interface VarPool {
  run(task: VarTask, options: { filename: string }): Promise<Float64Array>;
}

/** For Piscina's `filename`. */
const VAR_WORKER = new URL('./var-worker.ts', import.meta.url).href;

/** `workers` tasks are given to the pool at once. */
export async function monteCarloVar(
  input: MonteCarloInput,
  pool: VarPool,
  workers: number,
): Promise<MonteCarloFigure> {
  const book = linearBook(input);
  const { seed, scenarios, confidence, horizonDays } = input;
  const size = tailSize(scenarios, confidence);
  const tasks = Math.min(workers, Math.ceil(scenarios / VAR_BLOCK));
  const parts = await Promise.all(
    Array.from({ length: tasks }, (_, firstBlock) =>
      pool.run(
        { book, seed, scenarios, firstBlock, blockStep: tasks, tailSize: size },
        { filename: VAR_WORKER },
      ),
    ),
  );
  const tail = new Tail(size);
  for (const part of parts) tail.offer(part);
  const figures = tailFigures(tail.largest(), scenarios, confidence);
  return { ...figures, confidence, horizonDays, scenarios, seed };
}

/** Scales one day to the horizon (independent days) and takes the Cholesky factor. */
export function linearBook(input: BookInput): LinearBook {
  const { names, exposures, mean, covariance, horizonDays } = input;
  if (names.length < 1 || names.length > VAR_FACTORS_MAX) {
    throw invalid(`${names.length} columns; from 1 to ${VAR_FACTORS_MAX} can be simulated`);
  }
  for (const [what, list] of Object.entries({ exposures, mean, covariance })) {
    if (list.length !== names.length) {
      throw invalid(`${what} has ${list.length} entries for ${names.length} columns`);
    }
  }
  for (const [i, name] of names.entries()) {
    if (!Number.isFinite(exposures[i]) || !Number.isFinite(mean[i])) {
      throw invalid(
        `${name} has exposure ${exposures[i]} and mean ${mean[i]}; both must be finite`,
      );
    }
  }
  const root = Math.sqrt(horizonDays);
  return {
    exposures: Float64Array.from(exposures),
    mean: Float64Array.from(mean, (x) => x * horizonDays),
    cholesky: choleskyFactor(covariance, names).map((x) => x * root),
  };
}

function invalid(message: string): GyrfalconError {
  return new GyrfalconError('INPUT_INVALID', `value at risk: ${message}`);
}
