/**
 * What came of one report about an order: one object, reused, so that the data path allocates nothing.
 * Written by the order manager; read by the pipeline, the breakers and the strategy host.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { Side } from '../units.ts';
import { isFinal } from './order-state.ts';
import { NO_ORDER, orderAddress } from './order-table.ts';

/** What did not fit; NONE nearly always. */
export type Breach =
  | 'NONE'
  | 'UNKNOWN_ORDER' // no order of ours has this ClOrdID
  | 'UNKNOWN_FILL' // likewise, and it has traded: breachLots are in nobody's position
  | 'MISMATCH' // side or instrument are not the order's: nothing was applied
  | 'UNEXPECTED' // the event does not belong to the order's state, or FIX 4.4 has no such value
  | 'MISSED_FILL' // CumQty jumped: breachLots were filled without a report
  | 'CUM_BEHIND' // CumQty says that this fill was counted before: not applied
  | 'LATE_FILL' // applied, but the order was final
  | 'OVERFILL' // applied, but more than was ordered
  | 'TRADE_CHANGED'; // the venue corrected or busted a trade: not applied, adjust by hand

/** Reused: valid until the next call. */
export interface OrderOutcome {
  /** Slot, NO_ORDER (-1) = no order of ours. */
  order: number;
  orderNumber: number;
  strategy: number;
  instrument: number;
  side: Side;
  stateBefore: number;
  state: number;
  /** The report had been seen before and changed nothing. */
  isRepeated: boolean;
  isFinal: boolean;
  /** The venue rejected the order. */
  isRejected: boolean;
  /** The venue refused a cancel or replace. */
  isRequestRejected: boolean;
  fillLots: number;
  fillPriceTicks: number;
  breach: Breach;
  breachLots: number;
}

export function newOutcome(): OrderOutcome {
  return {
    order: NO_ORDER,
    orderNumber: 0,
    strategy: 0,
    instrument: 0,
    side: 1,
    stateBefore: 0,
    state: 0,
    isRepeated: false,
    isFinal: false,
    isRejected: false,
    isRequestRejected: false,
    fillLots: 0,
    fillPriceTicks: 0,
    breach: 'NONE',
    breachLots: 0,
  };
}

/** Points the outcome at the slot; false where there is none. */
export function beginOutcome(outcome: OrderOutcome, memory: Memory, slot: number): boolean {
  const isOurs = slot !== NO_ORDER;
  const order = orderAddress(isOurs ? slot : 0);
  outcome.order = slot;
  outcome.orderNumber = isOurs ? memory.i64(order + L.ORD_NUMBER) : 0;
  outcome.strategy = memory.i32(order + L.ORD_STRATEGY);
  outcome.instrument = memory.i32(order + L.ORD_INSTRUMENT);
  outcome.side = memory.i32(order + L.ORD_SIDE) as Side;
  outcome.stateBefore = memory.i32(order + L.ORD_STATE);
  outcome.state = outcome.stateBefore;
  outcome.isRepeated = false;
  outcome.isFinal = isOurs && isFinal(outcome.state);
  outcome.isRejected = false;
  outcome.isRequestRejected = false;
  outcome.fillLots = 0;
  outcome.fillPriceTicks = 0;
  outcome.breach = isOurs ? 'NONE' : 'UNKNOWN_ORDER';
  outcome.breachLots = 0;
  return isOurs;
}
