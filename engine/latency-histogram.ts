/**
 * HOT: `record` is called several times an order; no allocation. Log-linear histograms of
 * nanoseconds in shared memory, so that the control thread reads what the loop writes: 256 counters
 * an octave from 256 ns on, every nanosecond its own below. A value is known to 1/256 (0.4 %) from
 * 1 ns to 137 s; longer ones count in the last counter; maximum and sum are exact. Each histogram
 * has one writing thread. Block: see wasm/stage-layout.ts.
 */
import type { Memory } from '../wasm/memory.ts';
import { HISTOGRAM_BYTES, HISTOGRAMS } from '../wasm/stage-layout.ts';

const OCTAVE_BITS = 8;
const PER_OCTAVE = 1 << OCTAVE_BITS;
const EXPONENT_MAX = 36;
const COUNTERS = PER_OCTAVE * (EXPONENT_MAX - OCTAVE_BITS + 2);
const NS_MAX = 2 ** (EXPONENT_MAX + 1) - 1;
const MAXIMUM = COUNTERS * 4;
const SUM = MAXIMUM + 8;
const COUNT_MAX = 0xffffffff;
/** Counters that one bucket of a reading sums up: four buckets an octave. */
const PER_BUCKET = PER_OCTAVE / 4;

export interface LatencyBucket {
  /** The largest value that counts here. */
  readonly upToNs: number;
  /** Its first counter. */
  readonly first: number;
  readonly count: number;
}

export interface LatencyReading {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly sum: number;
  /** Those that are not empty, ascending. */
  readonly buckets: readonly LatencyBucket[];
}

function counterOf(ns: number): number {
  if (ns < PER_OCTAVE) return ns;
  // Above 31 bits the low ones are dropped first: they are below the resolution there.
  const dropped = ns < 0x80000000 ? 0 : 7;
  const value = dropped === 0 ? ns : Math.floor(ns / 128);
  const shift = 31 - Math.clz32(value) - OCTAVE_BITS;
  return ((shift + dropped + 1) << OCTAVE_BITS) + ((value >>> shift) & (PER_OCTAVE - 1));
}

/** The largest value that counts in a counter. */
function upToNs(counter: number): number {
  if (counter < PER_OCTAVE) return counter;
  const shift = (counter >> OCTAVE_BITS) - 1;
  return (PER_OCTAVE + (counter & (PER_OCTAVE - 1)) + 1) * 2 ** shift - 1;
}

export class LatencyHistograms {
  readonly #memory: Memory;
  readonly #counters: Uint32Array;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#counters = new Uint32Array(memory.bytes.buffer);
  }

  /**
   * Counts one value; index is HISTOGRAM_*. A negative value (a clock that was set back) counts as
   * 0.
   */
  record(index: number, ns: number): void {
    const base = HISTOGRAMS + index * HISTOGRAM_BYTES;
    const whole = ns > 0 ? Math.floor(ns) : 0;
    const at = (base >>> 2) + counterOf(Math.min(whole, NS_MAX));
    const count = this.#counters[at]!;
    if (count < COUNT_MAX) this.#counters[at] = count + 1;
    if (whole > this.#memory.f64(base + MAXIMUM)) this.#memory.setF64(base + MAXIMUM, whole);
    this.#memory.setF64(base + SUM, this.#memory.f64(base + SUM) + whole);
  }

  /** Cold. Of an empty histogram all figures are 0. */
  read(index: number): LatencyReading {
    const base = HISTOGRAMS + index * HISTOGRAM_BYTES;
    const max = this.#memory.f64(base + MAXIMUM);
    // Nothing is counted above the maximum: whole buckets up to its own.
    const used = (Math.floor(counterOf(Math.min(max, NS_MAX)) / PER_BUCKET) + 1) * PER_BUCKET;
    // Copied first: the loop goes on counting, and the figures must agree with each other.
    const counters = this.#counters.slice(base >>> 2, (base >>> 2) + used);
    const sum = this.#memory.f64(base + SUM);
    const buckets = bucketsOf(counters);
    const count = buckets.reduce((total, bucket) => total + bucket.count, 0);
    const at = (share: number): number => quantile(counters, buckets, count * share, max);
    return { count, p50: at(0.5), p99: at(0.99), p999: at(0.999), max, sum, buckets };
  }
}

/** The value that at least `rank` of the counted ones do not exceed; its bucket is found first. */
function quantile(
  counters: Uint32Array,
  buckets: readonly LatencyBucket[],
  rank: number,
  max: number,
): number {
  let below = 0;
  for (const { first, count } of buckets) {
    if (below + count < rank) {
      below += count;
      continue;
    }
    for (let counter = first, seen = below; counter < first + PER_BUCKET; counter++) {
      seen += counters[counter]!;
      if (seen > 0 && seen >= rank) return Math.min(upToNs(counter), max);
    }
  }
  return 0;
}

function bucketsOf(counters: Uint32Array): LatencyBucket[] {
  const buckets: LatencyBucket[] = [];
  for (let first = 0; first < counters.length; first += PER_BUCKET) {
    let count = 0;
    for (let counter = first; counter < first + PER_BUCKET; counter++) count += counters[counter]!;
    if (count > 0) buckets.push({ upToNs: upToNs(first + PER_BUCKET - 1), first, count });
  }
  return buckets;
}
