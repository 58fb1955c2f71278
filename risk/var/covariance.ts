/**
 * From daily closes to what the simulation needs: simple returns, their mean, sample covariance and
 * its Cholesky factor. Everything that makes a figure meaningless is refused by name.
 */
import { GyrfalconError } from '../../engine/errors.ts';

/** Closes of one column, oldest first, all columns on the same days. */
export interface PriceColumn {
  readonly name: string;
  readonly closes: readonly number[];
}

export interface ReturnMoments {
  readonly names: readonly string[];
  /** Mean simple return of a day. */
  readonly mean: readonly number[];
  /** Sample covariance (n - 1) of a day's simple returns. */
  readonly covariance: readonly (readonly number[])[];
}

/** A pivot this small beside its variance is rounding noise: the column repeats the ones before. */
const PIVOT_RELATIVE_MIN = 1e-12;

/** close[t] / close[t - 1] - 1. */
export function simpleReturns(closes: readonly number[]): number[] {
  return closes.slice(1).map((close, i) => close / closes[i]! - 1);
}

export function returnMoments(columns: readonly PriceColumn[]): ReturnMoments {
  const returns = columns.map(({ name, closes }) => {
    if (closes.length < 3) {
      throw invalid(`column ${name} has ${closes.length} closes; a covariance needs at least 3`);
    }
    if (closes.length !== columns[0]!.closes.length) {
      const { name: first, closes: others } = columns[0]!;
      throw invalid(
        `column ${name} has ${closes.length} closes, ${first} has ${others.length}; ` +
          'they must be of the same days',
      );
    }
    if (closes.every((close) => close === closes[0])) {
      throw invalid(`column ${name} never changes; a constant price says nothing about risk`);
    }
    return simpleReturns(closes);
  });
  return { names: columns.map(({ name }) => name), ...sampleMoments(returns) };
}

/** Mean and sample covariance of series of equal length. */
export function sampleMoments(series: readonly (readonly number[])[]) {
  const mean = series.map((values) => values.reduce((sum, x) => sum + x, 0) / values.length);
  const covariance = series.map((a, i) =>
    series.map((b, j) => {
      let sum = 0;
      for (let t = 0; t < a.length; t++) sum += (a[t]! - mean[i]!) * (b[t]! - mean[j]!);
      return sum / (a.length - 1);
    }),
  );
  return { mean, covariance };
}

/**
 * The lower triangle L with L Lᵀ = covariance, row by row in one array. A column that repeats
 * others (singular, not negative) gets a zero pivot; anything else that is no covariance is
 * refused.
 */
export function choleskyFactor(
  covariance: readonly (readonly number[])[],
  names: readonly string[],
): Float64Array {
  const n = covariance.length;
  const factor = new Float64Array((n * (n + 1)) / 2);
  const cell = (i: number, j: number) => (i * (i + 1)) / 2 + j;
  for (let i = 0; i < n; i++) {
    checkRow(covariance, names, i);
    for (let j = 0; j <= i; j++) {
      let rest = covariance[i]![j]!;
      for (let k = 0; k < j; k++) rest -= factor[cell(i, k)]! * factor[cell(j, k)]!;
      const scale = Math.sqrt(covariance[i]![i]! * covariance[j]![j]!);
      const noise = PIVOT_RELATIVE_MIN * scale;
      if (i === j) {
        if (rest < -noise) throw notCovariance(names[i]!, `its pivot is ${rest}`);
        factor[cell(i, i)] = rest <= noise ? 0 : Math.sqrt(rest);
      } else if (factor[cell(j, j)] === 0) {
        // What a column without a pivot leaves over must be noise too (its root scale is looser).
        if (Math.abs(rest) > Math.sqrt(PIVOT_RELATIVE_MIN) * scale) {
          throw notCovariance(
            names[i]!,
            `it does not fit ${names[j]}, which repeats other columns`,
          );
        }
      } else {
        factor[cell(i, j)] = rest / factor[cell(j, j)]!;
      }
    }
  }
  return factor;
}

function checkRow(covariance: readonly (readonly number[])[], names: readonly string[], i: number) {
  const row = covariance[i]!;
  if (row.length !== covariance.length) {
    throw notCovariance(names[i]!, `its row has ${row.length} of ${covariance.length} entries`);
  }
  for (const [j, value] of row.entries()) {
    const mirrored = covariance[j]?.[i] ?? Number.NaN;
    if (!(Math.abs(value - mirrored) <= PIVOT_RELATIVE_MIN * Math.abs(value))) {
      throw notCovariance(names[i]!, `its entries with ${names[j]} are ${value} and ${mirrored}`);
    }
  }
}

function notCovariance(name: string, why: string): GyrfalconError {
  return invalid(`the covariance matrix is not positive semi-definite at ${name}: ${why}`);
}

function invalid(message: string): GyrfalconError {
  return new GyrfalconError('INPUT_INVALID', message);
}
