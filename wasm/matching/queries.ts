/** What a reader may ask of the books; answers stand in RESULT. Nothing here changes a book. */
import { bestLots, bestTicks, blockOf, ladderOf, ticksAt } from './events';
import { keyFrom, levelAt, levelOf } from './ladder';
import {
  CTL_BOOKS,
  CTL_FREE_ORDER,
  CTL_LEVELS_MASK,
  CTL_ORDERS_CAPACITY,
  CTL_ROWS,
  DEPTH_ROW_BYTES,
  INS_BASE_TICKS,
  LAD_BEST,
  LAD_FLIP,
  LVL_HEAD,
  LVL_LOTS,
  NO_LEVEL,
  ORD_ID,
  ORD_LOTS,
  ORD_NEXT,
  ORD_PLACE,
  ORD_PREV,
  ORDER_ID_MAX,
  ORDER_ROW_BYTES,
  RESULT_ASK_LOTS,
  RESULT_ASK_TICKS,
  RESULT_BID_LOTS,
  RESULT_BID_TICKS,
  RESULT_LOTS,
  RESULT_ORDERS,
  RESULT_ROWS_MAX,
  RESULT_VWAP_TICKS,
} from './matching-layout';
import { findOrder, openLotsOf } from './order-table';

/** Ladder of a side (SIDE_*) of an instrument, 0 = there is none. */
function sideOf(instrument: u32, side: u32): usize {
  if (instrument >= load<u32>(CTL_BOOKS) || side - 1 > 1) return 0;
  return ladderOf(blockOf(instrument), side - 1);
}

/** The next occupied level behind a key. */
function keyAfter(ladder: usize, key: i32): i32 {
  return key === load<i32>(CTL_LEVELS_MASK) ? NO_LEVEL : keyFrom(ladder, key + 1);
}

function ordersAt(level: usize): i64 {
  let orders: i64 = 0;
  let order = load<usize>(level, LVL_HEAD);
  for (; order !== level; order = load<usize>(order, ORD_NEXT)) orders++;
  return orders;
}

/** Live orders, stops included; walks the free records. */
export function matchingLive(): i32 {
  let live = load<i32>(CTL_ORDERS_CAPACITY);
  let order = load<usize>(CTL_FREE_ORDER);
  for (; order !== 0; order = load<usize>(order, ORD_NEXT)) live--;
  return live;
}

/** Best prices and their shown lots; false = no such instrument. */
export function matchingBbo(instrument: u32): bool {
  if (instrument >= load<u32>(CTL_BOOKS)) return false;
  const bids = ladderOf(blockOf(instrument), 0);
  const asks = ladderOf(blockOf(instrument), 1);
  store<i64>(RESULT_BID_TICKS, bestTicks(bids));
  store<i64>(RESULT_BID_LOTS, bestLots(bids));
  store<i64>(RESULT_ASK_TICKS, bestTicks(asks));
  store<i64>(RESULT_ASK_LOTS, bestLots(asks));
  return true;
}

/** Rows of levels, best first, at most `rowsMax`; returns their number, -1 = no such side. */
export function matchingDepth(instrument: u32, side: u32, rowsMax: i32): i32 {
  const ladder = sideOf(instrument, side);
  if (ladder === 0) return -1;
  const end = min(rowsMax, RESULT_ROWS_MAX);
  let rows = 0;
  let key = load<i32>(ladder, LAD_BEST);
  while (key !== NO_LEVEL && rows < end) {
    const level = levelOf(ladder, key);
    const row = load<usize>(CTL_ROWS) + <usize>rows * DEPTH_ROW_BYTES;
    store<i64>(row, ticksAt(ladder, key));
    store<i64>(row + 8, load<i64>(level, LVL_LOTS));
    store<i64>(row + 16, ordersAt(level));
    rows++;
    key = keyAfter(ladder, key);
  }
  return rows;
}

/**
 * Rows of orders, best level first, oldest first, from the first order at `fromTicks` or behind it
 * on, skipping `skip` orders; at most RESULT_ROWS_MAX. Returns their number, -1 = no such side or price.
 */
export function matchingOrders(instrument: u32, side: u32, fromTicks: i64, skip: i32): i32 {
  const ladder = sideOf(instrument, side);
  if (ladder === 0) return -1;
  const above = fromTicks - load<i64>(blockOf(instrument) + INS_BASE_TICKS);
  if (<u64>above > <u64>load<u32>(CTL_LEVELS_MASK)) return -1;
  let rows = 0;
  let key = keyFrom(ladder, <i32>above ^ load<i32>(ladder, LAD_FLIP));
  for (; key !== NO_LEVEL; key = keyAfter(ladder, key)) {
    const level = levelOf(ladder, key);
    let order = load<usize>(level, LVL_HEAD);
    for (; order !== level; order = load<usize>(order, ORD_NEXT)) {
      if (skip > 0) {
        skip--;
        continue;
      }
      if (rows === RESULT_ROWS_MAX) return rows;
      const row = load<usize>(CTL_ROWS) + <usize>rows * ORDER_ROW_BYTES;
      const shown = load<i64>(order, ORD_LOTS);
      store<i64>(row, load<i64>(order, ORD_ID));
      store<i64>(row + 8, ticksAt(ladder, key));
      store<i64>(row + 16, shown);
      store<i64>(row + 24, openLotsOf(order) - shown);
      rows++;
    }
  }
  return rows;
}

/** Shown lots and number of orders at a price; false = no such side or price. */
export function matchingLevel(instrument: u32, side: u32, ticks: i64): bool {
  const ladder = sideOf(instrument, side);
  if (ladder === 0) return false;
  const above = ticks - load<i64>(blockOf(instrument) + INS_BASE_TICKS);
  if (<u64>above > <u64>load<u32>(CTL_LEVELS_MASK)) return false;
  const level = levelOf(ladder, <i32>above ^ load<i32>(ladder, LAD_FLIP));
  store<i64>(RESULT_LOTS, level === 0 ? 0 : load<i64>(level, LVL_LOTS));
  store<i64>(RESULT_ORDERS, level === 0 ? 0 : ordersAt(level));
  return true;
}

/** Shown lots and number of orders ahead of an order in its queue; false = no such order. */
export function matchingQueue(id: i64): bool {
  if (<u64>(id - 1) >= <u64>ORDER_ID_MAX) return false;
  const order = findOrder(id);
  if (order === 0) return false;
  let lots: i64 = 0;
  let orders: i64 = 0;
  const level = levelAt(load<usize>(order, ORD_PLACE));
  let ahead = load<usize>(order, ORD_PREV);
  for (; ahead !== level; ahead = load<usize>(ahead, ORD_PREV)) {
    lots += load<i64>(ahead, ORD_LOTS);
    orders++;
  }
  store<i64>(RESULT_LOTS, lots);
  store<i64>(RESULT_ORDERS, orders);
  return true;
}

/**
 * Average price of the best shown lots of a side, up to `lots` (RESULT_LOTS = how many there were);
 * false = no such side, or nothing there. Exact as long as the sum of lots times ticks is below 2^53.
 */
export function matchingVwap(instrument: u32, side: u32, lots: i64): bool {
  const ladder = sideOf(instrument, side);
  if (ladder === 0 || lots <= 0) return false;
  let left = lots;
  let sum: f64 = 0;
  let key = load<i32>(ladder, LAD_BEST);
  while (key !== NO_LEVEL && left > 0) {
    const taken = min(left, load<i64>(levelOf(ladder, key) + LVL_LOTS));
    sum += <f64>ticksAt(ladder, key) * <f64>taken;
    left -= taken;
    key = keyAfter(ladder, key);
  }
  store<i64>(RESULT_LOTS, lots - left);
  if (left === lots) return false;
  store<f64>(RESULT_VWAP_TICKS, sum / <f64>(lots - left));
  return true;
}
