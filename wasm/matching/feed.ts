/**
 * HOT. Builds a book from a feed by order (MBO): what the venue says is so, nothing matches, and
 * only refusals are told. Orders with an extra (icebergs, stops) do not come from a feed.
 */
import { blockOf, keyOf, ladderOf } from './events';
import { appendOrder, blockOfLadder, pageAt, shrinkOrder, ticksOf, unlinkOrder } from './ladder';
import {
  ACCEPTED,
  CMD_ID,
  CMD_INSTRUMENT,
  CMD_LOTS,
  CMD_NEW_ID,
  CMD_PRICE_TICKS,
  CMD_SIDE,
  CTL_BOOKS,
  CTL_FREE_ORDER,
  INS_LAST_TICKS,
  INS_LOTS_MAX,
  INS_TRADES,
  INS_VOLUME_LOTS,
  ORD_LOTS,
  ORD_PLACE,
  ORD_TAG,
  ORDER_ID_MAX,
  PAGE_LADDER,
  REFUSED_DUPLICATE_ID,
  REFUSED_ID,
  REFUSED_INSTRUMENT,
  REFUSED_LOTS,
  REFUSED_ORDERS_FULL,
  REFUSED_PRICE,
  REFUSED_SIDE,
  REFUSED_TERMS,
  REFUSED_UNKNOWN_ID,
  TAG_EXTRA,
} from './matching-layout';
import { isPrice, restRefusal } from './order-entry';
import { findOrder, removeOrder, takeOrder } from './order-table';
import { canRest } from './taker';

export function feedAdd(command: usize): u32 {
  const instrument = <u32>load<u16>(command, CMD_INSTRUMENT);
  if (instrument >= load<u32>(CTL_BOOKS)) return REFUSED_INSTRUMENT;
  const block = blockOf(instrument);
  const lotsMax = load<i64>(block, INS_LOTS_MAX);
  if (lotsMax === 0) return REFUSED_INSTRUMENT;
  const id = load<i64>(command, CMD_ID);
  if (<u64>(id - 1) >= <u64>ORDER_ID_MAX) return REFUSED_ID;
  const side = <u32>load<u8>(command, CMD_SIDE);
  if (side - 1 > 1) return REFUSED_SIDE;
  const lots = load<i64>(command, CMD_LOTS);
  if (<u64>(lots - 1) >= <u64>lotsMax) return REFUSED_LOTS;
  const ticks = load<i64>(command, CMD_PRICE_TICKS);
  if (!isPrice(block, ticks, true)) return REFUSED_PRICE;
  if (findOrder(id) !== 0) return REFUSED_DUPLICATE_ID;
  if (load<u32>(CTL_FREE_ORDER) === 0) return REFUSED_ORDERS_FULL;
  const ladder = ladderOf(block, side - 1);
  const key = keyOf(ladder, ticks);
  if (!canRest(ladder, key, lots)) return restRefusal(ladder, key);
  put(takeOrder(id), ladder, key, lots);
  return ACCEPTED;
}

function put(order: usize, ladder: usize, key: i32, lots: i64): void {
  store<i64>(order, lots, ORD_LOTS);
  store<u32>(order, 0, ORD_TAG);
  appendOrder(ladder, key, order);
}

/** Why an order cannot be changed by the feed. */
function orderRefusal(id: i64, order: usize): u32 {
  if (<u64>(id - 1) >= <u64>ORDER_ID_MAX) return REFUSED_ID;
  if (order === 0) return REFUSED_UNKNOWN_ID;
  return (load<u32>(order, ORD_TAG) & TAG_EXTRA) === 0 ? ACCEPTED : REFUSED_TERMS;
}

/** A trade took lots of the order: they go, and the trade is the instrument's last. */
export function feedExecute(command: usize): u32 {
  const id = load<i64>(command, CMD_ID);
  const order = findOrder(id);
  const refusal = orderRefusal(id, order);
  if (refusal !== ACCEPTED) return refusal;
  const lots = load<i64>(command, CMD_LOTS);
  if (<u64>(lots - 1) >= <u64>load<i64>(order, ORD_LOTS)) return REFUSED_LOTS;
  const place = load<usize>(order, ORD_PLACE);
  const ladder = load<usize>(pageAt(place) + PAGE_LADDER);
  const block = blockOfLadder(ladder);
  store<i64>(block, ticksOf(place), INS_LAST_TICKS);
  store<i64>(block, load<i64>(block, INS_TRADES) + 1, INS_TRADES);
  store<i64>(block, load<i64>(block, INS_VOLUME_LOTS) + lots, INS_VOLUME_LOTS);
  shrink(order, lots);
  return ACCEPTED;
}

export function feedReduce(command: usize): u32 {
  const id = load<i64>(command, CMD_ID);
  const order = findOrder(id);
  const refusal = orderRefusal(id, order);
  if (refusal !== ACCEPTED) return refusal;
  const lots = load<i64>(command, CMD_LOTS);
  if (<u64>(lots - 1) >= <u64>load<i64>(order, ORD_LOTS)) return REFUSED_LOTS;
  shrink(order, lots);
  return ACCEPTED;
}

export function feedDelete(command: usize): u32 {
  const id = load<i64>(command, CMD_ID);
  const order = findOrder(id);
  const refusal = orderRefusal(id, order);
  if (refusal !== ACCEPTED) return refusal;
  remove(order);
  return ACCEPTED;
}

export function feedReplace(command: usize): u32 {
  const id = load<i64>(command, CMD_ID);
  const order = findOrder(id);
  const refusal = orderRefusal(id, order);
  if (refusal !== ACCEPTED) return refusal;
  const newId = load<i64>(command, CMD_NEW_ID);
  if (<u64>(newId - 1) >= <u64>ORDER_ID_MAX) return REFUSED_ID;
  const ladder = load<usize>(pageAt(load<usize>(order, ORD_PLACE)) + PAGE_LADDER);
  const block = blockOfLadder(ladder);
  const lots = load<i64>(command, CMD_LOTS);
  if (<u64>(lots - 1) >= <u64>load<i64>(block, INS_LOTS_MAX)) return REFUSED_LOTS;
  const ticks = load<i64>(command, CMD_PRICE_TICKS);
  if (!isPrice(block, ticks, true)) return REFUSED_PRICE;
  if (findOrder(newId) !== 0) return REFUSED_DUPLICATE_ID;
  const key = keyOf(ladder, ticks);
  if (!canRest(ladder, key, lots)) return restRefusal(ladder, key);
  remove(order);
  put(takeOrder(newId), ladder, key, lots);
  return ACCEPTED;
}

function shrink(order: usize, lots: i64): void {
  if (lots < load<i64>(order, ORD_LOTS)) shrinkOrder(order, lots);
  else remove(order);
}

function remove(order: usize): void {
  unlinkOrder(order);
  removeOrder(order);
}
