/**
 * Orders of a generated flow: they meet in the same book as those of the session, belong to nobody
 * who is told, and have no ClOrdID. TypeScript keeps their addresses (gateways/sim/exchange).
 */
import {
  REQ_SESSION,
  REQUEST,
  REQUEST_BYTES,
  VEN_OPEN_MAX,
  VEN_OPEN_ORDERS,
  VOR_ACCOUNT,
  VOR_INSTRUMENT,
  VOR_ORD_TYPE,
  VOR_PRICE_TICKS,
  VOR_QTY_LOTS,
  VOR_SELF_MATCH_ID,
  VOR_SESSION,
  VOR_SIDE,
  VOR_STATUS,
  VOR_TIME_IN_FORCE,
} from '../venue-layout';
import { bookCancel, bookNew } from './book-port';
import { freeOrder, isOpen, STATUS_REJECTED, takeOrder } from './order-table';

const LIMIT: i32 = 50; // 2
const DAY: i32 = 48; // 0
const IMMEDIATE: i32 = 51; // 3
const NOBODY: i32 = -1;

/**
 * A limit order; `rests`: what does not trade at once stays. Its address while it is open, 0 = it
 * is done or there was no room for it.
 */
export function flowOrder(instrument: i32, side: i32, ticks: f64, lots: f64, rests: boolean): i32 {
  if (load<i32>(VEN_OPEN_ORDERS) >= load<i32>(VEN_OPEN_MAX)) return 0;
  const order = takeOrder();
  if (order === 0) return 0;
  nobodyAsks();
  store<i64>(order + VOR_PRICE_TICKS, <i64>ticks);
  store<i64>(order + VOR_QTY_LOTS, <i64>lots);
  store<i32>(order + VOR_STATUS, STATUS_REJECTED); // until the book has it
  store<i32>(order + VOR_SIDE, side);
  store<i32>(order + VOR_ORD_TYPE, LIMIT);
  store<i32>(order + VOR_TIME_IN_FORCE, rests ? DAY : IMMEDIATE);
  store<i32>(order + VOR_INSTRUMENT, instrument);
  store<i32>(order + VOR_SESSION, NOBODY);
  store<i32>(order + VOR_ACCOUNT, -1);
  store<i32>(order + VOR_SELF_MATCH_ID, -1);
  bookNew(order);
  if (isOpen(order)) return order;
  freeOrder(order);
  return 0;
}

/** Takes an open order of the flow back. */
export function flowCancel(order: i32): void {
  nobodyAsks();
  bookCancel(order);
  freeOrder(order);
}

/** An order of the flow is done, and TypeScript has seen it: its place is free. */
export function flowForget(order: i32): void {
  freeOrder(order);
}

function nobodyAsks(): void {
  for (let at = 0; at < REQUEST_BYTES; at += 16) v128.store(REQUEST + at, i64x2.splat(0));
  store<i32>(REQUEST + REQ_SESSION, NOBODY);
}
