/**
 * HOT: a typed window over one instrument's signals in shared memory (SIGNALS); every getter reads,
 * none allocates. Written by wasm/signal.ts. All are 0 until the book first had two sides, and
 * never NaN.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

export class SignalView {
  readonly #memory: Memory;
  readonly #signal: number;

  constructor(memory: Memory, instrument: number) {
    this.#memory = memory;
    this.#signal = L.SIGNALS + instrument * L.SIGNAL_BYTES;
  }

  /** Size-weighted mid, in ticks. */
  get microprice(): number {
    return this.#memory.f64(this.#signal + L.SIG_MICROPRICE);
  }

  /** Decayed order-flow imbalance at the touch, in lots; positive = buying pressure. */
  get orderFlow(): number {
    return this.#memory.f64(this.#signal + L.SIG_OFI);
  }

  /** EWMA volatility of the mid, in ticks per square root of a second. */
  get volatility(): number {
    return this.#memory.f64(this.#signal + L.SIG_EWMA_VOL);
  }

  /** Distance of the mid from its mean, in deviations. */
  get zScore(): number {
    return this.#memory.f64(this.#signal + L.SIG_Z_SCORE);
  }
}
