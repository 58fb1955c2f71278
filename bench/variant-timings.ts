/**
 * The samples of one variant, round by round. Samples come as a list or, from another process, as
 * counted buckets; percentiles of a round and of all rounds are those of an HDR histogram.
 */
import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { RoundFigures, VariantResult } from './bench-result.ts';
import { median, rounded } from './spread.ts';

const NS_PER_S = 1e9;
const LONGEST_SAMPLE_NS = 3600 * NS_PER_S;

export type UnratedVariant = Omit<VariantResult, 'ratios'>;

export class VariantTimings {
  readonly name: string;
  readonly #all = newHistogram();
  readonly #round = newHistogram();
  readonly #perS: number[] = [];
  readonly #p50: (number | null)[] = [];
  readonly #p99: (number | null)[] = [];
  readonly #p999: (number | null)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** A round whose samples make up all of its time, but for what a variant does to get ready. */
  addSamples(samplesNs: Float64Array, operations: number): void {
    for (const ns of samplesNs) this.#round.recordValue(clamped(ns));
    const elapsedNs = samplesNs.reduce((sum, ns) => sum + ns, 0);
    this.#endRound(operations, elapsedNs);
  }

  /** A round as counts of samples by their time; it took `elapsedNs`, which samples may overlap. */
  addBuckets(
    buckets: Iterable<readonly [valueNs: number, count: number]>,
    operations: number,
    elapsedNs: number,
  ): void {
    for (const [valueNs, count] of buckets)
      this.#round.recordValueWithCount(clamped(valueNs), count);
    this.#endRound(operations, elapsedNs);
  }

  result(): UnratedVariant {
    const rounds: RoundFigures = {
      operationsPerS: this.#perS,
      p50Ns: this.#p50,
      p99Ns: this.#p99,
      p999Ns: this.#p999,
    };
    return {
      name: this.name,
      operationsPerS: median(this.#perS),
      p50Ns: percentile(this.#all, 50),
      p99Ns: percentile(this.#all, 99),
      p999Ns: percentile(this.#all, 99.9),
      maxNs: this.#all.maxValue,
      rounds,
      histogram: encodeIntoCompressedBase64(this.#all),
    };
  }

  #endRound(operations: number, elapsedNs: number): void {
    this.#perS.push(rounded((operations / elapsedNs) * NS_PER_S));
    this.#p50.push(percentile(this.#round, 50));
    this.#p99.push(percentile(this.#round, 99));
    this.#p999.push(percentile(this.#round, 99.9));
    this.#all.add(this.#round);
    this.#round.reset();
  }
}

const clamped = (ns: number): number => Math.min(Math.max(1, Math.round(ns)), LONGEST_SAMPLE_NS);

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
