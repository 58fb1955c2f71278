/**
 * HOT: the order table and every figure that is derived from it: orders by state, open orders of firm
 * and strategy, lots at work a position. Whoever changes an order's state does it here, so the figures
 * are always the sum over the table. Twin: order-entry-reference.ts.
 */
import {
  CLORDID_BYTES,
  CLORDIDS,
  CLORDIDS_MAX,
  CTL_CORE_TIME_NS,
  CTL_OPEN_ORDERS,
  CTL_ORDER_BY_STATE,
  CTL_ORDER_CURSOR,
  INSTRUMENTS_MAX,
  ORD_CUM_LOTS,
  ORD_INSTRUMENT,
  ORD_LEAVES_LOTS,
  ORD_PENDING_QTY_LOTS,
  ORD_QTY_LOTS,
  ORD_SIDE,
  ORD_STATE,
  ORD_STRATEGY,
  ORD_UPDATED_NS,
  ORD_WORKING_LOTS,
  ORDER_BYTES,
  ORDER_FILLED,
  ORDER_FREE,
  ORDERS,
  ORDERS_MAX,
  POS_OPEN_BUY_LOTS,
  POS_OPEN_SELL_LOTS,
  POSITION_BYTES,
  POSITIONS,
  STR_OPEN_ORDERS,
  STRATEGIES,
  STRATEGY_BYTES,
} from './layout';

const NO_ORDER: i32 = -1;
const BUY: i32 = 1;

/** A slot never used or with a final order, zeroed, from where the last search ended on; -1 = none. */
export function orderClaim(): i32 {
  let slot = load<i32>(CTL_ORDER_CURSOR);
  for (let step = 0; step < ORDERS_MAX; step++) {
    const order = ORDERS + slot * ORDER_BYTES;
    const state = load<i32>(order + ORD_STATE);
    const next = slot + 1 === ORDERS_MAX ? 0 : slot + 1;
    if (!isOpen(state)) {
      if (state !== ORDER_FREE) count(state, -1);
      for (let at = 0; at < ORDER_BYTES; at += 16) v128.store(order + at, i64x2.splat(0));
      store<i32>(CTL_ORDER_CURSOR, next);
      return slot;
    }
    slot = next;
  }
  return NO_ORDER;
}

/**
 * Puts the order into a state and brings leaves and working lots in line with it. While a replace may
 * or may not have happened, the larger of the two quantities counts.
 */
export function orderMove(order: i32, state: i32): void {
  const before = load<i32>(order + ORD_STATE);
  store<i64>(order + ORD_UPDATED_NS, load<i64>(CTL_CORE_TIME_NS));
  if (before !== state) {
    store<i32>(order + ORD_STATE, state);
    if (before !== ORDER_FREE) count(before, -1);
    count(state, 1);
    const opened = (isOpen(state) ? 1 : 0) - (isOpen(before) ? 1 : 0);
    if (opened !== 0) {
      const strategy = STRATEGIES + load<i32>(order + ORD_STRATEGY) * STRATEGY_BYTES;
      add(strategy + STR_OPEN_ORDERS, opened);
      add(CTL_OPEN_ORDERS, opened);
    }
  }
  updateWorking(order, state);
}

function updateWorking(order: i32, state: i32): void {
  const cumLots = load<i64>(order + ORD_CUM_LOTS);
  let leaves: i64 = 0;
  let working: i64 = 0;
  if (state < ORDER_FILLED) {
    leaves = max<i64>(load<i64>(order + ORD_QTY_LOTS) - cumLots, 0);
    working = max<i64>(leaves, load<i64>(order + ORD_PENDING_QTY_LOTS) - cumLots);
  }
  store<i64>(order + ORD_LEAVES_LOTS, leaves);
  const change = working - load<i64>(order + ORD_WORKING_LOTS);
  if (change === 0) return;
  store<i64>(order + ORD_WORKING_LOTS, working);
  const row = load<i32>(order + ORD_STRATEGY) * INSTRUMENTS_MAX + load<i32>(order + ORD_INSTRUMENT);
  const isBuy = load<i32>(order + ORD_SIDE) === BUY;
  const open = POSITIONS + row * POSITION_BYTES + (isBuy ? POS_OPEN_BUY_LOTS : POS_OPEN_SELL_LOTS);
  store<i64>(open, load<i64>(open) + change);
}

/** Notes that the request of this intent sequence belongs to the slot. */
export function orderNoteRequest(sequence: i64, slot: i32, kind: i32): void {
  const entry = CLORDIDS + i32(sequence % CLORDIDS_MAX) * CLORDID_BYTES;
  store<i64>(entry, sequence);
  store<i32>(entry + 8, slot);
  store<i32>(entry + 12, kind);
}

function isOpen(state: i32): bool {
  return state !== ORDER_FREE && state < ORDER_FILLED;
}

function count(state: i32, change: i32): void {
  add(CTL_ORDER_BY_STATE + state * 4, change);
}

function add(address: i32, change: i32): void {
  store<i32>(address, load<i32>(address) + change);
}
