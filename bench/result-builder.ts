/**
 * Puts a BenchResult together: ratios to the plain variant round by round, and all that describes the
 * run. The harness uses it, and benches whose measuring is done by processes of their own.
 */
import {
  type BenchResult,
  type Environment,
  type Figure,
  type Ratio,
  RESULT_FORMAT,
  type RoundFigures,
  type Statistic,
} from './bench-result.ts';
import { rounded, spreadOf } from './spread.ts';
import type { VariantTimings } from './variant-timings.ts';

/** What a bench says of itself beside its samples. */
export interface ResultHead {
  readonly bench: string;
  readonly operation: string;
  readonly operationsPerSample: number;
  readonly rounds: number;
  readonly seed: number;
  /** What variants are compared by, the most telling first; throughput where nothing is said. */
  readonly ratiosOf?: readonly Statistic[];
  readonly figures?: readonly Figure[];
  readonly remarks?: readonly string[];
  readonly leftOut?: readonly string[];
  readonly rivals?: readonly string[];
}

/** The last of `timings` is what the others' ratios refer to. */
export function buildResult(
  head: ResultHead,
  timings: readonly VariantTimings[],
  environment: Environment,
): BenchResult {
  const { bench, operation, operationsPerSample, rounds, seed } = head;
  const unrated = timings.map((timing) => timing.result());
  const plain = unrated.at(-1)?.rounds;
  const ratiosOf = head.ratiosOf ?? ['throughput'];
  const variants = unrated.map((variant) => ({
    ...variant,
    ratios: ratiosOf.flatMap((of) => ratioTo(plain!, variant.rounds, of) ?? []),
  }));
  return {
    format: RESULT_FORMAT,
    ...{ bench, operation, operationsPerSample, rounds, seed },
    ...environment,
    variants,
    figures: head.figures ?? [],
    remarks: head.remarks ?? [],
    leftOut: head.leftOut ?? [],
    ...(head.rivals === undefined ? {} : { rivals: head.rivals }),
  };
}

/** undefined where no round has the statistic on both sides. */
function ratioTo(plain: RoundFigures, own: RoundFigures, of: Statistic): Ratio | undefined {
  const rounds: number[] = [];
  const [plainValues, ownValues] = [valuesOf(plain, of), valuesOf(own, of)];
  for (const [round, plainValue] of plainValues.entries()) {
    const ownValue = ownValues[round] ?? null;
    if (plainValue === null || ownValue === null) continue;
    const isTime = of !== 'throughput';
    rounds.push(rounded(isTime ? plainValue / ownValue : ownValue / plainValue));
  }
  return rounds.length === 0 ? undefined : { of, ...spreadOf(rounds), rounds };
}

function valuesOf(rounds: RoundFigures, of: Statistic): readonly (number | null)[] {
  if (of === 'throughput') return rounds.operationsPerS;
  if (of === 'p50') return rounds.p50Ns;
  return of === 'p99' ? rounds.p99Ns : rounds.p999Ns;
}
