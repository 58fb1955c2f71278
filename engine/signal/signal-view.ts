/**
 * HOT: a typed window over one instrument's signals in shared memory (SIGNALS); every getter reads,
 * none allocates. Written by wasm/signal.ts. Those of the book are 0 until it first had two sides,
 * those of the trades until the first trade; none is ever NaN.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { SIDE_BUY, SIDE_SELL } from '../units.ts';

export class SignalView {
  readonly #memory: Memory;
  readonly #signal: number;
  readonly #instrument: number;

  constructor(memory: Memory, instrument: number) {
    this.#memory = memory;
    this.#signal = L.SIGNALS + instrument * L.SIGNAL_BYTES;
    this.#instrument = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
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

  /** Volume-weighted mean price of the trades, in ticks; a trade weighs half after a half-life. */
  get vwap(): number {
    return this.#memory.f64(this.#signal + L.SIG_VWAP);
  }

  /** Who was the aggressor of the last trade: 1 a buyer, -1 a seller, 0 not known. */
  get tradeSign(): number {
    const side = this.#memory.i32(this.#instrument + L.INS_LAST_TRADE_SIDE);
    return side === SIDE_BUY ? 1 : side === SIDE_SELL ? -1 : 0;
  }
}
