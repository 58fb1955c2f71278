/**
 * HOT: the venue's orders; no allocation. An order has a place of VENUE_ORDER_BYTES until its last
 * ClOrdID is forgotten (client-ids.ts); those that are open stand in a list, oldest first. The
 * number of its place is what the book knows it by.
 */
import {
  VEN_FREE_ORDER,
  VEN_FRESH_ORDERS,
  VEN_OPEN_NEWEST,
  VEN_OPEN_OLDEST,
  VEN_OPEN_ORDERS,
  VENUE_ORDER_BYTES,
  VENUE_ORDERS,
  VENUE_ORDERS_MAX,
  VOR_NEWER,
  VOR_OLDER,
  VOR_STATUS,
} from '../venue-layout';

export const STATUS_NEW: i32 = 48; // 0
export const STATUS_PARTIAL: i32 = 49; // 1
export const STATUS_FILLED: i32 = 50; // 2
export const STATUS_CANCELED: i32 = 52; // 4
export const STATUS_REJECTED: i32 = 56; // 8
export const STATUS_EXPIRED: i32 = 67; // C

/** A place for a new order, all zero; 0 = there is none. */
export function takeOrder(): i32 {
  let order = load<i32>(VEN_FREE_ORDER);
  if (order !== 0) store<i32>(VEN_FREE_ORDER, load<i32>(order + VOR_OLDER));
  else {
    const fresh = load<i32>(VEN_FRESH_ORDERS);
    if (fresh === VENUE_ORDERS_MAX) return 0;
    store<i32>(VEN_FRESH_ORDERS, fresh + 1);
    order = VENUE_ORDERS + fresh * VENUE_ORDER_BYTES;
  }
  for (let at = 0; at < VENUE_ORDER_BYTES; at += 16) v128.store(order + at, i64x2.splat(0));
  return order;
}

/** The place that takeOrder will give. */
export function nextOrder(): i32 {
  const order = load<i32>(VEN_FREE_ORDER);
  return order !== 0 ? order : VENUE_ORDERS + load<i32>(VEN_FRESH_ORDERS) * VENUE_ORDER_BYTES;
}

export function freeOrder(order: i32): void {
  store<i32>(order + VOR_OLDER, load<i32>(VEN_FREE_ORDER));
  store<i32>(VEN_FREE_ORDER, order);
}

/** What the book knows the order by: 1 and up. */
export function bookId(order: i32): i32 {
  return (order - VENUE_ORDERS) / VENUE_ORDER_BYTES + 1;
}

export function orderOfBookId(id: i32): i32 {
  return VENUE_ORDERS + (id - 1) * VENUE_ORDER_BYTES;
}

export function isOpen(order: i32): boolean {
  const status = load<i32>(order + VOR_STATUS);
  return status === STATUS_NEW || status === STATUS_PARTIAL;
}

/** The order is open from now on. */
export function openOrder(order: i32): void {
  const newest = load<i32>(VEN_OPEN_NEWEST);
  store<i32>(order + VOR_STATUS, STATUS_NEW);
  store<i32>(order + VOR_OLDER, newest);
  store<i32>(order + VOR_NEWER, 0);
  store<i32>(newest === 0 ? VEN_OPEN_OLDEST : newest + VOR_NEWER, order);
  store<i32>(VEN_OPEN_NEWEST, order);
  store<i32>(VEN_OPEN_ORDERS, load<i32>(VEN_OPEN_ORDERS) + 1);
}

/** The order is done. */
export function closeOrder(order: i32, status: i32): void {
  const older = load<i32>(order + VOR_OLDER);
  const newer = load<i32>(order + VOR_NEWER);
  store<i32>(order + VOR_STATUS, status);
  store<i32>(older === 0 ? VEN_OPEN_OLDEST : older + VOR_NEWER, newer);
  store<i32>(newer === 0 ? VEN_OPEN_NEWEST : newer + VOR_OLDER, older);
  store<i32>(VEN_OPEN_ORDERS, load<i32>(VEN_OPEN_ORDERS) - 1);
}
