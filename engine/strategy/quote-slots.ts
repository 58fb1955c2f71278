/**
 * Which order is a strategy's quote: one a side and instrument. Follows from the intents alone, so a
 * replay that runs no strategy code arrives at the same. Written by the order gate, read by `Market.quote`.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { Side } from '../units.ts';

const ROWS = L.STRATEGIES_MAX * L.INSTRUMENTS_MAX * 2;

export const NO_ORDER = -1;

export class QuoteSlots {
  readonly #memory: Memory;
  readonly #slots = new Int32Array(ROWS).fill(NO_ORDER);
  /** Order number that the slot held then: slots are used again. */
  readonly #numbers = new Float64Array(ROWS);

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  note(strategy: number, instrument: number, side: Side, slot: number): void {
    const row = (strategy * L.INSTRUMENTS_MAX + instrument) * 2 + side - 1;
    this.#slots[row] = slot;
    this.#numbers[row] = this.#memory.i64(L.ORDERS + slot * L.ORDER_BYTES + L.ORD_NUMBER);
  }

  /** Slot of the quote that is not yet final, or NO_ORDER. */
  find(strategy: number, instrument: number, side: Side): number {
    const row = (strategy * L.INSTRUMENTS_MAX + instrument) * 2 + side - 1;
    const slot = this.#slots[row]!;
    if (slot === NO_ORDER) return NO_ORDER;
    const order = L.ORDERS + slot * L.ORDER_BYTES;
    const isSame = this.#memory.i64(order + L.ORD_NUMBER) === this.#numbers[row];
    return isSame && this.#memory.i32(order + L.ORD_STATE) < L.ORDER_FILLED ? slot : NO_ORDER;
  }
}
