/**
 * Reads shared memory while the hot loop writes it. A number is taken only when two readings agree, a
 * count never passes its table, an index is checked before it is used: a torn read may show an old
 * figure for a tenth of a second, but can neither crash the reader nor flash a wrong million.
 */
import * as layout from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

const READINGS_MAX = 8; // the writer would have to store between each two of them

export class SteadyMemory {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  i32(offset: number): number {
    return this.#memory.i32(offset);
  }

  i64(offset: number): number {
    let value = this.#memory.i64(offset);
    for (let reading = 1; reading < READINGS_MAX; reading++) {
      const again = this.#memory.i64(offset);
      if (again === value) break;
      value = again;
    }
    return value;
  }

  /** 0 in place of NaN and infinities: no reader has a use for them. */
  f64(offset: number): number {
    const value = this.#memory.f64(offset);
    return Number.isFinite(value) ? value : 0;
  }

  text(offset: number, lengthMax: number): string {
    return this.#memory.text(offset, lengthMax);
  }

  count(offset: number, max: number): number {
    return Math.min(Math.max(this.#memory.i32(offset), 0), max);
  }

  /** How many records a ring has ever taken; a torn reading that no ring can reach counts as none. */
  head(offset: number): number {
    const value = this.i64(offset);
    return Number.isSafeInteger(value) && value > 0 ? value : 0;
  }

  /** Milliseconds since 1970 of an "abs ns" field; null = never set. */
  absoluteMs(offset: number): number | null {
    const ns = this.#memory.absoluteNs(offset);
    return ns === 0n ? null : Number(ns / 1000n) / 1000;
  }

  /** Milliseconds since 1970 of a "rel ns" field; null until the market epoch is known. */
  marketMs(relNs: number): number | null {
    const epochMs = this.absoluteMs(layout.CTL_MARKET_EPOCH_NS);
    return epochMs === null ? null : epochMs + relNs / 1_000_000;
  }
}
