/** What `gyrfalcon bench` runs by name: one or several benches, ready to run or measured already. */
import type { BenchResult } from './bench-result.ts';
import type { PreparedBench } from './harness.ts';

export interface SuiteOptions {
  /** undefined: as many as the bench says, at least ROUNDS_MIN. */
  readonly rounds: number | undefined;
  /** Of fix-sessions. */
  readonly sessions: number;
}

/** Why a suite has no figures here: a recording or a program that is not at hand. */
export interface LeftOut {
  readonly leftOut: string;
}

/** A bench that measures in processes of its own returns results (result-builder.ts makes them). */
export type Prepared = readonly (PreparedBench | BenchResult)[] | LeftOut;

export interface Suite {
  /** One line for --help. */
  readonly about: string;
  prepare(options: SuiteOptions): Promise<Prepared>;
  /** How its results are shown where the common table does not suit them. */
  readonly table?: (results: readonly BenchResult[]) => string;
}
