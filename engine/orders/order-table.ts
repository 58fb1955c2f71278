/**
 * HOT: where an order stands in the table, and which of them a ClOrdID means. States change in
 * wasm/order-table.ts alone.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

export const NO_ORDER = -1;

export class OrderTable {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** The slot that a ClOrdID of ours belongs to; NO_ORDER if none. */
  find(sequence: number): number {
    if (sequence <= 0) return NO_ORDER;
    const memory = this.#memory;
    const entry = requestAddress(sequence);
    if (memory.i64(entry) !== sequence) return this.#search(sequence);
    const slot = memory.i32(entry + 8);
    // A slot given away since then holds an order with a higher number.
    const number = memory.i64(orderAddress(slot) + L.ORD_NUMBER);
    return number !== 0 && number <= sequence ? slot : NO_ORDER;
  }

  /** For an order that has rested for more than CLORDIDS_MAX intents. */
  #search(sequence: number): number {
    const memory = this.#memory;
    for (let slot = 0; slot < L.ORDERS_MAX; slot++) {
      const order = orderAddress(slot);
      const isIt =
        memory.i64(order + L.ORD_CLORDID) === sequence ||
        memory.i64(order + L.ORD_PENDING_CLORDID) === sequence ||
        memory.i64(order + L.ORD_NUMBER) === sequence;
      if (isIt) return slot;
    }
    return NO_ORDER;
  }
}

export function orderAddress(slot: number): number {
  return L.ORDERS + slot * L.ORDER_BYTES;
}

function requestAddress(sequence: number): number {
  return L.CLORDIDS + (sequence % L.CLORDIDS_MAX) * L.CLORDID_BYTES;
}
