/**
 * What a bench came to, as it stands in baseline/*.json and on stdout with --json (bench/README.md
 * explains every field). Raw enough that each figure shown can be worked out again: the rounds one by
 * one, and all samples as an HDR histogram.
 */
export const RESULT_FORMAT = 2;

/** What variants are compared by; a ratio above 1 is better than the plain variant. */
export type Statistic = 'throughput' | 'p50' | 'p99' | 'p999';

/** Over the rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One entry a round; a percentile that too few samples support is null. */
export interface RoundFigures {
  readonly operationsPerS: readonly number[];
  readonly p50Ns: readonly (number | null)[];
  readonly p99Ns: readonly (number | null)[];
  readonly p999Ns: readonly (number | null)[];
}

/** Against the plain variant in the same round; only rounds in which both have the statistic count. */
export interface Ratio extends Spread {
  readonly of: Statistic;
  readonly rounds: readonly number[];
}

export interface VariantResult {
  readonly name: string;
  /** Median of the rounds. */
  readonly operationsPerS: number;
  /** Time of a sample, over all rounds; null where too few were taken to know. */
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly p999Ns: number | null;
  readonly maxNs: number;
  readonly ratios: readonly Ratio[];
  readonly rounds: RoundFigures;
  /** Every sample in ns: HDR histogram, V2 format, compressed, base64. */
  readonly histogram: string;
}

/** A figure that is no time of an operation, such as memory; less is better. */
export interface Figure {
  readonly name: string;
  readonly unit: 'bytes' | 'percent of a core' | 'instructions';
  readonly rounds: readonly number[];
}

export interface Environment {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Of the source tree; "-changed" where it was not as committed. */
  readonly revision: string;
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export interface BenchResult extends Environment {
  readonly format: typeof RESULT_FORMAT;
  readonly bench: string;
  /** What one operation is, in a reader's words. */
  readonly operation: string;
  readonly operationsPerSample: number;
  readonly rounds: number;
  readonly seed: number;
  /** The first is the product, the last the plain version that ratios refer to. */
  readonly variants: readonly VariantResult[];
  readonly figures: readonly Figure[];
  readonly remarks: readonly string[];
  /** What should have been measured beside it and could not be, each with its reason. */
  readonly leftOut: readonly string[];
  /** Variants that are not ours: a change of theirs is told, and fails nothing. */
  readonly rivals?: readonly string[];
}
