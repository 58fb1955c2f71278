/**
 * HOT: what becomes of our orders once they are booked (wasm/order-entry.ts): follows the venue's word,
 * execution reports as decoded in DECODED, cancel rejects as the session passes them on. What does not fit
 * (a fill that was missed, a report for no order of ours) is named in the result's `breach` and never
 * guessed at; the caller reports it and somebody sets it right by hand.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import { beginOutcome, newOutcome, type OrderOutcome } from './order-outcome.ts';
import {
  EXEC_ORDER_STATUS,
  EXEC_RESTATED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  eventOfCancelReject,
  eventOfExecType,
  eventOfStatus,
  isExpected,
  isFilled,
  isFinal,
  isOpen,
  nextState,
  type OrderEvent,
} from './order-state.ts';
import { NO_ORDER, OrderTable, orderAddress } from './order-table.ts';
import type { Positions } from './position.ts';

const ORDER_ID_BYTES = 36;
const AWAITS_ANSWER: readonly number[] = [
  L.ORDER_PENDING_CANCEL,
  L.ORDER_PENDING_REPLACE,
  L.ORDER_UNKNOWN,
];

export interface CancelReject {
  /** Intent sequence in ClOrdID (11); -1 = not ours. */
  readonly clOrdId: number;
  /** Likewise OrigClOrdID (41). */
  readonly origClOrdId: number;
  /** ASCII code of 39. */
  readonly ordStatus: number;
  /** 102, -1 = absent. */
  readonly reason: number;
}

export class OrderManager {
  readonly #memory: Memory;
  readonly #core: Pick<CoreModule, 'orderMove'>;
  readonly #positions: Positions;
  readonly #table: OrderTable;
  readonly #facts = { cumLots: 0, ordStatus: 0, unknownFrom: 0 };
  readonly #outcome = newOutcome();

  constructor(memory: Memory, core: Pick<CoreModule, 'orderMove'>, positions: Positions) {
    this.#memory = memory;
    this.#core = core;
    this.#positions = positions;
    this.#table = new OrderTable(memory);
  }

  /** Applies the execution report in DECODED. */
  applyExecution(): OrderOutcome {
    const memory = this.#memory;
    const outcome = this.#outcome;
    const isFill = memory.i32(L.DECODED + L.DEC_EXEC_TYPE) === EXEC_TRADE;
    if (!this.#begin(this.#slotOfReport())) {
      if (isFill) {
        outcome.breach = 'UNKNOWN_FILL';
        outcome.breachLots = memory.i64(L.DECODED + L.DEC_LAST_LOTS);
      }
      return outcome;
    }
    const order = orderAddress(outcome.order);
    if (!this.#isOfOrder(order)) {
      outcome.breach = 'MISMATCH';
      return outcome;
    }
    const execType = memory.i32(L.DECODED + L.DEC_EXEC_TYPE);
    if (execType !== EXEC_ORDER_STATUS && this.#wasSeen(order)) {
      outcome.isRepeated = true;
      return outcome;
    }
    this.#keepOrderId(order);
    if (isFill) this.#applyTrade(order);
    else if (execType === EXEC_TRADE_CORRECT || execType === EXEC_TRADE_CANCEL) {
      outcome.breach = 'TRADE_CHANGED';
      outcome.breachLots = memory.i64(L.DECODED + L.DEC_LAST_LOTS);
    } else this.#applyOther(order, execType);
    return outcome;
  }

  /** Applies an OrderCancelReject (35=9). */
  applyCancelReject(reject: CancelReject): OrderOutcome {
    const outcome = this.#outcome;
    const bySelf = this.#table.find(reject.clOrdId);
    const slot = bySelf === NO_ORDER ? this.#table.find(reject.origClOrdId) : bySelf;
    if (!this.#begin(slot)) return outcome;
    const order = orderAddress(outcome.order);
    outcome.isRequestRejected = true;
    const pending = this.#memory.i64(order + L.ORD_PENDING_CLORDID);
    if (pending !== 0 && pending !== reject.clOrdId) {
      outcome.breach = 'UNEXPECTED';
      return outcome;
    }
    this.#memory.setI32(order + L.ORD_REASON, reject.reason);
    const cumLots = this.#memory.i64(order + L.ORD_CUM_LOTS);
    const isFull = cumLots > 0 && cumLots >= this.#memory.i64(order + L.ORD_QTY_LOTS);
    const event = isFull ? 'FILL_COMPLETE' : eventOfCancelReject(reject.ordStatus);
    if (event === 'REQUEST_TOO_LATE' && isOpen(outcome.stateBefore)) outcome.breach = 'UNEXPECTED';
    this.#move(order, event, reject.ordStatus);
    return outcome;
  }

  /** The session's connection is gone: what became of requests on their way nobody knows. */
  markUnknown(session: number): void {
    const memory = this.#memory;
    let left = memory.i32(L.CTL_OPEN_ORDERS);
    for (let slot = 0; slot < L.ORDERS_MAX && left > 0; slot++) {
      const order = orderAddress(slot);
      if (!isOpen(memory.i32(order + L.ORD_STATE))) continue;
      left--;
      if (memory.i32(order + L.ORD_SESSION) !== session) continue;
      this.#begin(slot);
      this.#move(order, 'DISCONNECTED', 0);
    }
  }

  /** Points the outcome at the slot; false where there is none. */
  #begin(slot: number): boolean {
    return beginOutcome(this.#outcome, this.#memory, slot);
  }

  #slotOfReport(): number {
    const slot = this.#table.find(this.#memory.i64(L.DECODED + L.DEC_CLORDID));
    if (slot !== NO_ORDER) return slot;
    return this.#table.find(this.#memory.i64(L.DECODED + L.DEC_ORIG_CLORDID));
  }

  #isOfOrder(order: number): boolean {
    const memory = this.#memory;
    const instrument = memory.i32(L.DECODED + L.DEC_INSTRUMENT);
    const isSame = instrument < 0 || instrument === memory.i32(order + L.ORD_INSTRUMENT);
    return isSame && memory.i32(L.DECODED + L.DEC_SIDE) === memory.i32(order + L.ORD_SIDE);
  }

  /** Whether the order's last reports hold this ExecID; if not it is kept, youngest first. */
  #wasSeen(order: number): boolean {
    const memory = this.#memory;
    const ids = order + L.ORD_EXEC_IDS;
    // Halves are compared as they are: a hash uses all 64 bits and does not fit a number.
    const low = memory.i32(L.DECODED + L.DEC_EXEC_ID_HASH);
    const high = memory.i32(L.DECODED + L.DEC_EXEC_ID_HASH + 4);
    if (low === 0 && high === 0) return false;
    for (let id = ids; id < ids + L.EXEC_IDS_KEPT * 8; id += 8) {
      if (memory.i32(id) === low && memory.i32(id + 4) === high) return true;
    }
    memory.bytes.copyWithin(ids + 8, ids, ids + (L.EXEC_IDS_KEPT - 1) * 8);
    memory.setI32(ids, low);
    memory.setI32(ids + 4, high);
    return false;
  }

  #keepOrderId(order: number): void {
    const memory = this.#memory;
    const length = memory.i32(L.DECODED + L.DEC_ORDER_ID_LENGTH);
    if (length <= 0 || length > ORDER_ID_BYTES) return;
    const from = memory.i32(L.DECODED + L.DEC_ORDER_ID);
    memory.bytes.copyWithin(order + L.ORD_ORDER_ID, from, from + length);
    memory.setI32(order + L.ORD_ORDER_ID_LENGTH, length);
  }

  #applyTrade(order: number): void {
    const memory = this.#memory;
    const outcome = this.#outcome;
    const lots = memory.i64(L.DECODED + L.DEC_LAST_LOTS);
    const priceTicks = memory.i64(L.DECODED + L.DEC_LAST_PX_TICKS);
    const cumLots = memory.i64(L.DECODED + L.DEC_CUM_LOTS);
    const expectedLots = memory.i64(order + L.ORD_CUM_LOTS) + lots;
    if (lots <= 0 || priceTicks <= 0) {
      outcome.breach = 'UNEXPECTED';
      return;
    }
    if (cumLots < expectedLots) {
      outcome.breach = 'CUM_BEHIND';
      outcome.breachLots = expectedLots - cumLots;
      return;
    }
    outcome.fillLots = lots;
    outcome.fillPriceTicks = priceTicks;
    memory.addI64(order + L.ORD_FILLED_COST, lots * priceTicks);
    const liquidity = memory.i32(L.DECODED + L.DEC_LIQUIDITY);
    this.#positions.applyFill(order, lots, priceTicks, liquidity);
    if (isFinal(outcome.stateBefore)) outcome.breach = 'LATE_FILL';
    this.#takeCum(order, expectedLots);
    const ordStatus = memory.i32(L.DECODED + L.DEC_ORD_STATUS);
    this.#move(order, isFilled(ordStatus) ? 'FILL_COMPLETE' : 'FILL', ordStatus);
  }

  #applyOther(order: number, execType: number): void {
    const memory = this.#memory;
    const outcome = this.#outcome;
    const ordStatus = memory.i32(L.DECODED + L.DEC_ORD_STATUS);
    const isStatus = execType === EXEC_ORDER_STATUS;
    let event = isStatus ? eventOfStatus(ordStatus) : eventOfExecType(execType);
    if (event === undefined) {
      outcome.breach = 'UNEXPECTED';
      return;
    }
    if (event === 'WORKING' && this.#isKnownByRequest(order)) event = 'REPLACED';
    if (event === 'REPLACED') this.#takeReplaced(order);
    if (execType === EXEC_RESTATED || isStatus) this.#takeTerms(order);
    this.#takeCum(order, memory.i64(order + L.ORD_CUM_LOTS));
    if (event === 'REJECTED') this.#countReject(order);
    this.#move(order, event, ordStatus);
  }

  /** Whether the report carries the ClOrdID of the replace on its way: it has happened. */
  #isKnownByRequest(order: number): boolean {
    const memory = this.#memory;
    const pending = memory.i64(order + L.ORD_PENDING_CLORDID);
    const isReplace = memory.i64(order + L.ORD_PENDING_QTY_LOTS) > 0;
    return isReplace && pending === memory.i64(L.DECODED + L.DEC_CLORDID);
  }

  /** From now on the venue knows the order by the request's ClOrdID, with the request's terms. */
  #takeReplaced(order: number): void {
    const memory = this.#memory;
    const clOrdId = memory.i64(L.DECODED + L.DEC_CLORDID);
    const pending = memory.i64(order + L.ORD_PENDING_CLORDID);
    const pendingLots = memory.i64(order + L.ORD_PENDING_QTY_LOTS);
    if (pending !== 0 && clOrdId === pending && pendingLots > 0) {
      memory.setI64(order + L.ORD_PRICE_TICKS, memory.i64(order + L.ORD_PENDING_PRICE_TICKS));
      memory.setI64(order + L.ORD_QTY_LOTS, pendingLots);
    }
    if (clOrdId > 0) memory.setI64(order + L.ORD_CLORDID, clOrdId);
    this.#takeTerms(order);
  }

  /** Where the report states quantity and price, the venue's word holds. */
  #takeTerms(order: number): void {
    const memory = this.#memory;
    const qtyLots = memory.i64(L.DECODED + L.DEC_ORDER_LOTS);
    const priceTicks = memory.i64(L.DECODED + L.DEC_PRICE_TICKS);
    if (qtyLots > 0) memory.setI64(order + L.ORD_QTY_LOTS, qtyLots);
    if (priceTicks > 0) memory.setI64(order + L.ORD_PRICE_TICKS, priceTicks);
  }

  /** CumQty follows the venue; what it holds beyond the fills that we saw is a breach. */
  #takeCum(order: number, knownLots: number): void {
    const memory = this.#memory;
    const outcome = this.#outcome;
    const cumLots = Math.max(memory.i64(L.DECODED + L.DEC_CUM_LOTS), knownLots);
    memory.setI64(order + L.ORD_CUM_LOTS, cumLots);
    // A replace that was not answered yet may have happened.
    const orderedLots = Math.max(
      memory.i64(order + L.ORD_QTY_LOTS),
      memory.i64(order + L.ORD_PENDING_QTY_LOTS),
    );
    if (cumLots > knownLots) {
      outcome.breach = 'MISSED_FILL';
      outcome.breachLots = cumLots - knownLots;
    } else if (cumLots > orderedLots) {
      outcome.breach = 'OVERFILL';
      outcome.breachLots = cumLots - orderedLots;
    }
  }

  #countReject(order: number): void {
    const memory = this.#memory;
    if (isFinal(this.#outcome.stateBefore)) return;
    memory.setI32(order + L.ORD_REASON, memory.i32(L.DECODED + L.DEC_REJECT_REASON));
    this.#outcome.isRejected = true;
    memory.addI64(L.CTL_VENUE_REJECTS, 1);
    memory.addI64(L.STRATEGIES + this.#outcome.strategy * L.STRATEGY_BYTES + L.STR_REJECTS, 1);
  }

  /** Moves the order by the table; a request is settled when the order no longer waits for it. */
  #move(order: number, event: OrderEvent, ordStatus: number): void {
    const memory = this.#memory;
    const outcome = this.#outcome;
    const before = outcome.stateBefore;
    this.#facts.cumLots = memory.i64(order + L.ORD_CUM_LOTS);
    this.#facts.ordStatus = ordStatus;
    this.#facts.unknownFrom = memory.i32(order + L.ORD_UNKNOWN_FROM);
    const state = nextState(before, event, this.#facts);
    if (!isExpected(before, event) && outcome.breach === 'NONE') outcome.breach = 'UNEXPECTED';
    if (state === L.ORDER_UNKNOWN && before !== state) {
      memory.setI32(order + L.ORD_UNKNOWN_FROM, before);
    }
    if (!AWAITS_ANSWER.includes(state)) this.#settleRequest(order);
    this.#core.orderMove(order, state);
    outcome.state = state;
    outcome.isFinal = isFinal(state);
  }

  #settleRequest(order: number): void {
    this.#memory.setI64(order + L.ORD_PENDING_CLORDID, 0);
    this.#memory.setI64(order + L.ORD_PENDING_PRICE_TICKS, 0);
    this.#memory.setI64(order + L.ORD_PENDING_QTY_LOTS, 0);
  }
}
