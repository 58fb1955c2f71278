/**
 * What happens to an order on its way to the simulated matching: delay in market time, and now and
 * then a reject. Seeded: the same orders at the same market times meet the same fate.
 */
import { NS_PER_MS } from '../../engine/units.ts';
import { Xoshiro } from './prng.ts';

export interface LatencyOptions {
  readonly seed: number;
  readonly latencyMs: number;
  /** Uniform in [0, latencyJitterMs) on top. */
  readonly latencyJitterMs: number;
  /** Share of new orders and replaces that the venue refuses, 0 to 1. */
  readonly rejectRate: number;
}

export class Latency {
  readonly #options: LatencyOptions;
  readonly #delays: Xoshiro;
  readonly #rejects: Xoshiro;
  #lastNs = 0;

  constructor(options: LatencyOptions) {
    this.#options = options;
    this.#delays = new Xoshiro(options.seed, 'latency');
    this.#rejects = new Xoshiro(options.seed, 'rejects');
  }

  /**
   * Market time at which a request that arrived at `marketNs` takes effect; requests never
   * overtake.
   */
  effectiveNs(marketNs: number): number {
    const { latencyMs, latencyJitterMs } = this.#options;
    const jitterMs = latencyJitterMs === 0 ? 0 : this.#delays.nextDouble() * latencyJitterMs;
    const atNs = marketNs + Math.round((latencyMs + jitterMs) * NS_PER_MS);
    this.#lastNs = Math.max(this.#lastNs, atNs);
    return this.#lastNs;
  }

  /** Whether the venue refuses this new order or replace for no reason of ours. */
  refuses(): boolean {
    return this.#options.rejectRate > 0 && this.#rejects.nextDouble() < this.#options.rejectRate;
  }
}
