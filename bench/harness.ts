/**
 * Measures a claim of speed. Every variant of a bench does the same work and must give the same
 * answer; rounds of the variants alternate, so that what else runs on the machine meets all of them
 * alike. What counts is the ratio to the plain variant in the same run, not the time on one
 * machine.
 */
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { build, type Histogram } from 'hdr-histogram-js';

export interface Variant {
  readonly name: string;
  /** Does the whole work once and puts the time of every sample, in ns, into `samplesNs`. */
  run(samplesNs: Float64Array): void | Promise<void>;
}

/** A bench that is ready to run. */
export interface PreparedBench {
  /** What one operation is, in a reader's words. */
  readonly operation: string;
  readonly operationsPerRound: number;
  /** Timed pieces of a round; each holds operationsPerRound / samplesPerRound operations. */
  readonly samplesPerRound: number;
  readonly rounds: number;
  readonly seed: number;
  /** The first is the product, the last the plain version that ratios refer to. */
  readonly variants: readonly Variant[];
  /** Throws when the variants' answers of the last round are wrong or differ. */
  check(): void;
  /** What else a reader should know, once all rounds are done. */
  remarks?(): readonly string[];
  close?(): void | Promise<void>;
}

export interface VariantResult {
  readonly name: string;
  readonly operationsPerS: number;
  /** Time of a sample; null where too few were taken to know. */
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly p999Ns: number | null;
  readonly maxNs: number;
  /** Throughput as a multiple of the plain variant's, median of the rounds. */
  readonly ratioToPlain: number;
}

export interface BenchResult {
  readonly bench: string;
  readonly operation: string;
  readonly operationsPerSample: number;
  readonly rounds: number;
  readonly seed: number;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly variants: readonly VariantResult[];
  readonly remarks?: readonly string[];
}

const WARM_UP_ROUNDS = 2;
const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;
const LONGEST_SAMPLE_NS = 60 * NS_PER_S;

/** Times one call for each sample. */
export function timeEach(samplesNs: Float64Array, action: (index: number) => void): void {
  for (let i = 0; i < samplesNs.length; i++) {
    const start = performance.now();
    action(i);
    samplesNs[i] = (performance.now() - start) * NS_PER_MS;
  }
}

export async function measure(name: string, bench: PreparedBench): Promise<BenchResult> {
  const { operation, operationsPerRound, samplesPerRound, rounds, seed, variants } = bench;
  const loadBefore = loadavg()[0]!;
  const samples = new Float64Array(samplesPerRound);
  const timings = variants.map(() => ({ roundNs: [] as number[], histogram: newHistogram() }));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [v, variant] of variants.entries()) {
      await variant.run(samples);
      if (round < 0) continue;
      // The samples make up the whole round but for what a variant does to get ready.
      timings[v]!.roundNs.push(samples.reduce((sum, ns) => sum + ns, 0));
      for (const ns of samples) timings[v]!.histogram.recordValue(Math.max(1, Math.round(ns)));
    }
    bench.check();
  }
  const plain = timings.at(-1)!.roundNs;
  return {
    bench: name,
    operation,
    operationsPerSample: operationsPerRound / samplesPerRound,
    rounds,
    seed,
    machine: machine(),
    versions: versions(),
    loadBefore,
    loadAfter: loadavg()[0]!,
    variants: variants.map((variant, v) => {
      const { roundNs, histogram } = timings[v]!;
      return {
        name: variant.name,
        operationsPerS: (operationsPerRound / median(roundNs)) * NS_PER_S,
        p50Ns: percentile(histogram, 50),
        p99Ns: percentile(histogram, 99),
        p999Ns: percentile(histogram, 99.9),
        maxNs: histogram.maxValue,
        ratioToPlain: median(roundNs.map((ns, round) => plain[round]! / ns)),
      };
    }),
    ...(bench.remarks === undefined ? {} : { remarks: bench.remarks() }),
  };
}

function percentile(histogram: Histogram, percent: number): number | null {
  if (histogram.totalCount * (1 - percent / 100) < 1) return null;
  return Math.min(histogram.getValueAtPercentile(percent), histogram.maxValue);
}

function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_SAMPLE_NS,
    numberOfSignificantValueDigits: 3,
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()}-${arch()}`,
  };
}

function versions() {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return { gyrfalcon: own.version, node: process.versions.node, v8: process.versions.v8 };
}
