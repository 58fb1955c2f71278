/**
 * Measures a claim of speed. Every variant of a bench does the same work and must give the same
 * answer; rounds of the variants alternate, every other time in reverse order, so that what else runs
 * on the machine meets all of them alike. What counts is the ratio to the plain variant in the same
 * run, not the time on one machine.
 */
import type { BenchResult, Statistic } from './bench-result.ts';
import { startEnvironment, type Tool } from './environment.ts';
import { buildResult } from './result-builder.ts';
import { VariantTimings } from './variant-timings.ts';

export interface Variant {
  readonly name: string;
  /** Does the whole work once and puts the time of every sample, in ns, into `samplesNs`. */
  run(samplesNs: Float64Array): void | Promise<void>;
}

/** A bench that is ready to run. */
export interface PreparedBench {
  /** Where a suite has several; else the suite's own. */
  readonly name?: string;
  /** What one operation is, in a reader's words. */
  readonly operation: string;
  readonly operationsPerRound: number;
  /** Timed pieces of a round; each holds operationsPerRound / samplesPerRound operations. */
  readonly samplesPerRound: number;
  /** Where it takes more than ROUNDS_MIN. */
  readonly rounds?: number;
  readonly seed: number;
  /** The first is the product, the last the plain version that ratios refer to. */
  readonly variants: readonly Variant[];
  /** What variants are compared by; throughput where nothing is said. */
  readonly ratiosOf?: readonly Statistic[];
  /** Programs beside Node.js whose versions matter. */
  readonly tools?: readonly Tool[];
  /** What should stand beside it and cannot, with the reason. */
  readonly leftOut?: readonly string[];
  /** Throws when the variants' answers of the last round are wrong or differ. */
  check(): void;
  /** What else a reader should know, once all rounds are done. */
  remarks?(): readonly string[];
  close?(): void | Promise<void>;
}

/** Fewer say too little about what a ratio is worth. */
export const ROUNDS_MIN = 8;
const WARM_UP_ROUNDS = 2;
const NS_PER_MS = 1e6;

/** Times one call for each sample. */
export function timeEach(samplesNs: Float64Array, action: (index: number) => void): void {
  for (let i = 0; i < samplesNs.length; i++) {
    const start = performance.now();
    action(i);
    samplesNs[i] = (performance.now() - start) * NS_PER_MS;
  }
}

/** `rounds`: as asked for on the command line, be it fewer than ROUNDS_MIN. */
export async function measure(
  name: string,
  bench: PreparedBench,
  rounds = Math.max(bench.rounds ?? 0, ROUNDS_MIN),
): Promise<BenchResult> {
  const { operationsPerRound, samplesPerRound, variants } = bench;
  const environmentNow = startEnvironment(bench.tools);
  const samplesNs = new Float64Array(samplesPerRound);
  const timings = variants.map((variant) => new VariantTimings(variant.name));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const v of orderOf(round, variants.length)) {
      await variants[v]!.run(samplesNs);
      if (round >= 0) timings[v]!.addSamples(samplesNs, operationsPerRound);
    }
    bench.check();
  }
  const { operation, seed, ratiosOf, leftOut } = bench;
  return buildResult(
    {
      bench: bench.name ?? name,
      ...{ operation, operationsPerSample: operationsPerRound / samplesPerRound, rounds, seed },
      ...(ratiosOf === undefined ? {} : { ratiosOf }),
      ...(leftOut === undefined ? {} : { leftOut }),
      remarks: bench.remarks?.() ?? [],
    },
    timings,
    environmentNow(),
  );
}

/** Forth and back. */
function orderOf(round: number, count: number): readonly number[] {
  const forth = Array.from({ length: count }, (_, index) => index);
  return round % 2 === 0 ? forth : forth.reverse();
}
