/**
 * HOT: what the limits gate let through enters the order table, in one call: limits, a slot for a new
 * order, the state of the order that a cancel or replace means. Twin: order-entry-reference.ts.
 */
import {
  ALLOWED,
  CTL_CORE_TIME_NS,
  CTL_INTENT_SEQUENCE,
  CTL_ORDERS_SENT,
  DENY_TOO_MANY_ORDERS,
  INS_SESSION,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  INT_ACCOUNT,
  INT_INSTRUMENT,
  INT_KIND,
  INT_ORD_TYPE,
  INT_ORDER_SLOT,
  INT_PRICE_TICKS,
  INT_QTY_LOTS,
  INT_SEQUENCE,
  INT_SIDE,
  INT_STRATEGY,
  INT_TIME_IN_FORCE,
  INT_VERDICT,
  INTENT,
  INTENT_CANCEL,
  INTENT_NEW,
  ORD_ACCOUNT,
  ORD_ARRIVAL_MID_TICKS2,
  ORD_CLORDID,
  ORD_CREATED_NS,
  ORD_INSTRUMENT,
  ORD_NUMBER,
  ORD_ORD_TYPE,
  ORD_PENDING_CLORDID,
  ORD_PENDING_PRICE_TICKS,
  ORD_PENDING_QTY_LOTS,
  ORD_PRICE_TICKS,
  ORD_QTY_LOTS,
  ORD_SESSION,
  ORD_SIDE,
  ORD_STRATEGY,
  ORD_TIME_IN_FORCE,
  ORDER_BYTES,
  ORDER_PENDING_CANCEL,
  ORDER_PENDING_NEW,
  ORDER_PENDING_REPLACE,
  ORDERS,
  STR_INTENTS,
  STR_ORDERS,
  STRATEGIES,
  STRATEGY_BYTES,
} from './layout';
import { limitsCheck } from './limits';
import { markTicks2 } from './mark';
import { orderClaim, orderMove, orderNoteRequest } from './order-table';

/** Gives INTENT the next sequence, runs the limits, books what they allow; ALLOWED or DENY_*. */
export function gateSubmit(): i32 {
  store<i64>(INTENT + INT_SEQUENCE, load<i64>(CTL_INTENT_SEQUENCE) + 1);
  return gateApply(limitsCheck());
}

/** Books INTENT, of which the limits have said `checked`; writes and returns the verdict. */
export function gateApply(checked: i32): i32 {
  store<i64>(CTL_INTENT_SEQUENCE, load<i64>(INTENT + INT_SEQUENCE));
  const strategy = STRATEGIES + load<i32>(INTENT + INT_STRATEGY) * STRATEGY_BYTES;
  addI64(strategy + STR_INTENTS, 1);
  const isBooked = checked === ALLOWED && book(strategy);
  const verdict = checked === ALLOWED && !isBooked ? DENY_TOO_MANY_ORDERS : checked;
  store<i32>(INTENT + INT_VERDICT, verdict);
  return verdict;
}

/** false = no free slot. */
function book(strategy: i32): bool {
  const kind = load<i32>(INTENT + INT_KIND);
  if (kind === INTENT_NEW) return open(strategy);
  change(kind);
  return true;
}

function open(strategy: i32): bool {
  const slot = orderClaim();
  if (slot < 0) return false;
  const order = ORDERS + slot * ORDER_BYTES;
  const sequence = load<i64>(INTENT + INT_SEQUENCE);
  const instrument = load<i32>(INTENT + INT_INSTRUMENT);
  const session = INSTRUMENTS + instrument * INSTRUMENT_BYTES + INS_SESSION;
  store<i64>(order + ORD_NUMBER, sequence);
  store<i64>(order + ORD_CLORDID, sequence);
  store<i32>(order + ORD_STRATEGY, load<i32>(INTENT + INT_STRATEGY));
  store<i32>(order + ORD_ACCOUNT, load<i32>(INTENT + INT_ACCOUNT));
  store<i32>(order + ORD_INSTRUMENT, instrument);
  store<i32>(order + ORD_SIDE, load<i32>(INTENT + INT_SIDE));
  store<i32>(order + ORD_ORD_TYPE, load<i32>(INTENT + INT_ORD_TYPE));
  store<i32>(order + ORD_TIME_IN_FORCE, load<i32>(INTENT + INT_TIME_IN_FORCE));
  store<i32>(order + ORD_SESSION, load<i32>(session));
  store<i64>(order + ORD_PRICE_TICKS, load<i64>(INTENT + INT_PRICE_TICKS));
  store<i64>(order + ORD_QTY_LOTS, load<i64>(INTENT + INT_QTY_LOTS));
  store<i64>(order + ORD_CREATED_NS, load<i64>(CTL_CORE_TIME_NS));
  store<i64>(order + ORD_ARRIVAL_MID_TICKS2, markTicks2(instrument));
  orderMove(order, ORDER_PENDING_NEW);
  orderNoteRequest(sequence, slot, INTENT_NEW);
  addI64(CTL_ORDERS_SENT, 1);
  addI64(strategy + STR_ORDERS, 1);
  store<i32>(INTENT + INT_ORDER_SLOT, slot);
  return true;
}

/** The limits have judged the state. Until a replace is answered the larger quantity counts. */
function change(kind: i32): void {
  const slot = load<i32>(INTENT + INT_ORDER_SLOT);
  const order = ORDERS + slot * ORDER_BYTES;
  const sequence = load<i64>(INTENT + INT_SEQUENCE);
  store<i64>(order + ORD_PENDING_CLORDID, sequence);
  if (kind === INTENT_CANCEL) orderMove(order, ORDER_PENDING_CANCEL);
  else {
    store<i64>(order + ORD_PENDING_PRICE_TICKS, load<i64>(INTENT + INT_PRICE_TICKS));
    store<i64>(order + ORD_PENDING_QTY_LOTS, load<i64>(INTENT + INT_QTY_LOTS));
    orderMove(order, ORDER_PENDING_REPLACE);
  }
  orderNoteRequest(sequence, slot, kind);
}

function addI64(address: i32, change: i64): void {
  store<i64>(address, load<i64>(address) + change);
}
