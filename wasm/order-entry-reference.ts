/**
 * The plain twin of order-table.ts and order-entry.ts. What an order counts for is one line a figure, looked
 * at before and after each change; the figures of firm, strategy and position move by the difference. Whether
 * a request may be sent at all is limits-reference.ts.
 */
import * as L from './layout.ts';
import { referenceMarkTicks2 } from './mark-reference.ts';
import type { Memory } from './memory.ts';

const BUY = 1;

/** What one order adds to the figures. */
interface Share {
  readonly state: number;
  readonly openOrders: number;
  readonly workingLots: number;
}

export class OrderEntryReference {
  readonly #memory: Memory;
  readonly #limitsCheck: () => number;

  /** `limitsCheck` judges INTENT: ALLOWED or DENY_*. */
  constructor(memory: Memory, limitsCheck: () => number) {
    this.#memory = memory;
    this.#limitsCheck = limitsCheck;
  }

  /** Gives INTENT the next sequence, runs the limits, books what they allow; ALLOWED or DENY_*. */
  gateSubmit(): number {
    const sequence = this.#memory.i64(L.CTL_INTENT_SEQUENCE) + 1;
    this.#memory.setI64(L.INTENT + L.INT_SEQUENCE, sequence);
    return this.gateApply(this.#limitsCheck());
  }

  /** Books INTENT, of which the limits have said `checked`; writes and returns the verdict. */
  gateApply(checked: number): number {
    const memory = this.#memory;
    memory.setI64(L.CTL_INTENT_SEQUENCE, memory.i64(L.INTENT + L.INT_SEQUENCE));
    memory.addI64(this.#strategyOf(L.INTENT + L.INT_STRATEGY) + L.STR_INTENTS, 1);
    const verdict = checked === L.ALLOWED ? this.#book() : checked;
    memory.setI32(L.INTENT + L.INT_VERDICT, verdict);
    return verdict;
  }

  /** Puts the order at address into a state; leaves, working lots and all figures follow. */
  orderMove(order: number, state: number): void {
    this.#change(order, () => {
      this.#memory.setI32(order + L.ORD_STATE, state);
      this.#memory.setI64(order + L.ORD_UPDATED_NS, this.#memory.i64(L.CTL_CORE_TIME_NS));
    });
  }

  #book(): number {
    const kind = this.#memory.i32(L.INTENT + L.INT_KIND);
    if (kind !== L.INTENT_NEW) {
      this.#request(kind);
      return L.ALLOWED;
    }
    const slot = this.#freeSlot();
    if (slot === undefined) return L.DENY_TOO_MANY_ORDERS;
    this.#open(slot);
    return L.ALLOWED;
  }

  /** The next one, from where the last search ended, whose order is not open. */
  #freeSlot(): number | undefined {
    const memory = this.#memory;
    if (memory.i32(L.CTL_OPEN_ORDERS) === L.ORDERS_MAX) return undefined;
    let slot = memory.i32(L.CTL_ORDER_CURSOR);
    while (isOpen(memory.i32(orderAt(slot) + L.ORD_STATE))) slot = (slot + 1) % L.ORDERS_MAX;
    return slot;
  }

  #open(slot: number): void {
    const memory = this.#memory;
    const order = orderAt(slot);
    this.#change(order, () => memory.bytes.fill(0, order, order + L.ORDER_BYTES));
    memory.setI32(L.CTL_ORDER_CURSOR, (slot + 1) % L.ORDERS_MAX);
    const instrument = memory.i32(L.INTENT + L.INT_INSTRUMENT);
    const session = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_SESSION;
    this.#copyIntent(order);
    memory.setI64(order + L.ORD_NUMBER, memory.i64(L.INTENT + L.INT_SEQUENCE));
    memory.setI64(order + L.ORD_CLORDID, memory.i64(L.INTENT + L.INT_SEQUENCE));
    memory.setI32(order + L.ORD_SESSION, memory.i32(session));
    memory.setI64(order + L.ORD_CREATED_NS, memory.i64(L.CTL_CORE_TIME_NS));
    const arrivalMidTicks2 = referenceMarkTicks2(memory, instrument) ?? 0n;
    memory.setAbsoluteNs(order + L.ORD_ARRIVAL_MID_TICKS2, arrivalMidTicks2);
    this.orderMove(order, L.ORDER_PENDING_NEW);
    memory.addI64(L.CTL_ORDERS_SENT, 1);
    memory.addI64(this.#strategyOf(order + L.ORD_STRATEGY) + L.STR_ORDERS, 1);
    memory.setI32(L.INTENT + L.INT_ORDER_SLOT, slot);
    this.#noteRequest(slot);
  }

  #copyIntent(order: number): void {
    const memory = this.#memory;
    const ints = [
      [L.ORD_STRATEGY, L.INT_STRATEGY],
      [L.ORD_ACCOUNT, L.INT_ACCOUNT],
      [L.ORD_INSTRUMENT, L.INT_INSTRUMENT],
      [L.ORD_SIDE, L.INT_SIDE],
      [L.ORD_ORD_TYPE, L.INT_ORD_TYPE],
      [L.ORD_TIME_IN_FORCE, L.INT_TIME_IN_FORCE],
    ] as const;
    for (const [to, from] of ints) memory.setI32(order + to, memory.i32(L.INTENT + from));
    memory.setI64(order + L.ORD_PRICE_TICKS, memory.i64(L.INTENT + L.INT_PRICE_TICKS));
    memory.setI64(order + L.ORD_QTY_LOTS, memory.i64(L.INTENT + L.INT_QTY_LOTS));
  }

  /** A cancel or replace: what it asks for stands beside the order until the venue has answered. */
  #request(kind: number): void {
    const memory = this.#memory;
    const slot = memory.i32(L.INTENT + L.INT_ORDER_SLOT);
    const order = orderAt(slot);
    memory.setI64(order + L.ORD_PENDING_CLORDID, memory.i64(L.INTENT + L.INT_SEQUENCE));
    if (kind === L.INTENT_REPLACE) {
      memory.setI64(order + L.ORD_PENDING_PRICE_TICKS, memory.i64(L.INTENT + L.INT_PRICE_TICKS));
      memory.setI64(order + L.ORD_PENDING_QTY_LOTS, memory.i64(L.INTENT + L.INT_QTY_LOTS));
    }
    const isCancel = kind === L.INTENT_CANCEL;
    this.orderMove(order, isCancel ? L.ORDER_PENDING_CANCEL : L.ORDER_PENDING_REPLACE);
    this.#noteRequest(slot);
  }

  /** So that the venue's answer to this ClOrdID finds the order. */
  #noteRequest(slot: number): void {
    const memory = this.#memory;
    const sequence = memory.i64(L.INTENT + L.INT_SEQUENCE);
    const entry = L.CLORDIDS + (sequence % L.CLORDIDS_MAX) * L.CLORDID_BYTES;
    memory.setI64(entry, sequence);
    memory.setI32(entry + 8, slot);
    memory.setI32(entry + 12, memory.i32(L.INTENT + L.INT_KIND));
  }

  #change(order: number, edit: () => void): void {
    const memory = this.#memory;
    const before = this.#share(order);
    edit();
    this.#updateLots(order);
    const after = this.#share(order);
    if (before.state !== L.ORDER_FREE) this.#addI32(stateCount(before.state), -1);
    if (after.state !== L.ORDER_FREE) this.#addI32(stateCount(after.state), 1);
    const opened = after.openOrders - before.openOrders;
    this.#addI32(L.CTL_OPEN_ORDERS, opened);
    this.#addI32(this.#strategyOf(order + L.ORD_STRATEGY) + L.STR_OPEN_ORDERS, opened);
    memory.addI64(this.#workingOf(order), after.workingLots - before.workingLots);
  }

  /** Once final nothing is left. While a replace is not answered the larger quantity counts. */
  #updateLots(order: number): void {
    const memory = this.#memory;
    const isDone = memory.i32(order + L.ORD_STATE) >= L.ORDER_FILLED;
    const cumLots = memory.i64(order + L.ORD_CUM_LOTS);
    const unfilledLots = memory.i64(order + L.ORD_QTY_LOTS) - cumLots;
    const unfilledIfReplaced = memory.i64(order + L.ORD_PENDING_QTY_LOTS) - cumLots;
    const leavesLots = isDone ? 0 : Math.max(0, unfilledLots);
    const workingLots = isDone ? 0 : Math.max(0, unfilledLots, unfilledIfReplaced);
    memory.setI64(order + L.ORD_LEAVES_LOTS, leavesLots);
    memory.setI64(order + L.ORD_WORKING_LOTS, workingLots);
  }

  #share(order: number): Share {
    const state = this.#memory.i32(order + L.ORD_STATE);
    return {
      state,
      openOrders: isOpen(state) ? 1 : 0,
      workingLots: this.#memory.i64(order + L.ORD_WORKING_LOTS),
    };
  }

  /** Address of the position's working lots on the order's side. */
  #workingOf(order: number): number {
    const memory = this.#memory;
    const strategy = memory.i32(order + L.ORD_STRATEGY);
    const row = strategy * L.INSTRUMENTS_MAX + memory.i32(order + L.ORD_INSTRUMENT);
    const isBuy = memory.i32(order + L.ORD_SIDE) === BUY;
    const field = isBuy ? L.POS_OPEN_BUY_LOTS : L.POS_OPEN_SELL_LOTS;
    return L.POSITIONS + row * L.POSITION_BYTES + field;
  }

  #strategyOf(address: number): number {
    return L.STRATEGIES + this.#memory.i32(address) * L.STRATEGY_BYTES;
  }

  #addI32(address: number, change: number): void {
    this.#memory.setI32(address, this.#memory.i32(address) + change);
  }
}

const orderAt = (slot: number): number => L.ORDERS + slot * L.ORDER_BYTES;
const stateCount = (state: number): number => L.CTL_ORDER_BY_STATE + state * 4;
const isOpen = (state: number): boolean => state !== L.ORDER_FREE && state < L.ORDER_FILLED;
