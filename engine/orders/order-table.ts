/**
 * HOT: the order table in shared memory and every figure that is derived from it: orders by state, open
 * orders of firm and strategy, lots at work per position. Whoever changes an order's state or working lots
 * does it here, so the figures are always the sum over the table.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { SIDE_BUY } from '../units.ts';
import { isFinal, isOpen } from './order-state.ts';

export const NO_ORDER = -1;

export class OrderTable {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** A slot never used or with a final order, searched from where the last search ended; NO_ORDER = none. */
  claim(): number {
    const memory = this.#memory;
    const first = memory.i32(L.CTL_ORDER_CURSOR);
    for (let step = 0; step < L.ORDERS_MAX; step++) {
      const slot = (first + step) % L.ORDERS_MAX;
      const order = orderAddress(slot);
      const state = memory.i32(order + L.ORD_STATE);
      if (isOpen(state)) continue;
      if (state !== L.ORDER_FREE) this.#count(state, -1);
      memory.bytes.fill(0, order, order + L.ORDER_BYTES);
      memory.setI32(L.CTL_ORDER_CURSOR, (slot + 1) % L.ORDERS_MAX);
      return slot;
    }
    return NO_ORDER;
  }

  setState(order: number, state: number): void {
    const memory = this.#memory;
    const before = memory.i32(order + L.ORD_STATE);
    memory.setI64(order + L.ORD_UPDATED_NS, memory.i64(L.CTL_CORE_TIME_NS));
    if (before === state) return;
    memory.setI32(order + L.ORD_STATE, state);
    if (before !== L.ORDER_FREE) this.#count(before, -1);
    this.#count(state, 1);
    const opened = (isOpen(state) ? 1 : 0) - (isOpen(before) ? 1 : 0);
    if (opened === 0) return;
    const strategy = L.STRATEGIES + memory.i32(order + L.ORD_STRATEGY) * L.STRATEGY_BYTES;
    add(memory, strategy + L.STR_OPEN_ORDERS, opened);
    add(memory, L.CTL_OPEN_ORDERS, opened);
  }

  /**
   * Brings leaves and working lots in line with the order's state. While a replace may or may not have
   * happened, the larger of the two quantities counts.
   */
  updateWorking(order: number): void {
    const memory = this.#memory;
    const state = memory.i32(order + L.ORD_STATE);
    const cumLots = memory.i64(order + L.ORD_CUM_LOTS);
    const qtyLots = memory.i64(order + L.ORD_QTY_LOTS);
    const pendingLots = memory.i64(order + L.ORD_PENDING_QTY_LOTS);
    const leaves = isFinal(state) ? 0 : Math.max(qtyLots - cumLots, 0);
    const working = isFinal(state) ? 0 : Math.max(leaves, pendingLots - cumLots);
    memory.setI64(order + L.ORD_LEAVES_LOTS, leaves);
    const change = working - memory.i64(order + L.ORD_WORKING_LOTS);
    if (change === 0) return;
    memory.setI64(order + L.ORD_WORKING_LOTS, working);
    const row = memory.i32(order + L.ORD_STRATEGY) * L.INSTRUMENTS_MAX;
    const position = (row + memory.i32(order + L.ORD_INSTRUMENT)) * L.POSITION_BYTES;
    const isBuy = memory.i32(order + L.ORD_SIDE) === SIDE_BUY;
    memory.addI64(
      L.POSITIONS + position + (isBuy ? L.POS_OPEN_BUY_LOTS : L.POS_OPEN_SELL_LOTS),
      change,
    );
  }

  /** Notes that the request of this sequence belongs to the slot. */
  noteRequest(sequence: number, slot: number, kind: number): void {
    const entry = requestAddress(sequence);
    this.#memory.setI64(entry, sequence);
    this.#memory.setI32(entry + 8, slot);
    this.#memory.setI32(entry + 12, kind);
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

  #count(state: number, change: number): void {
    add(this.#memory, L.CTL_ORDER_BY_STATE + state * 4, change);
  }
}

export function orderAddress(slot: number): number {
  return L.ORDERS + slot * L.ORDER_BYTES;
}

function requestAddress(sequence: number): number {
  return L.CLORDIDS + (sequence % L.CLORDIDS_MAX) * L.CLORDID_BYTES;
}

function add(memory: Memory, offset: number, change: number): void {
  memory.setI32(offset, memory.i32(offset) + change);
}
