/** HOT. Cancels, reductions and replaces of live orders, stops included. */
import { emitCancelled, event, fill, instrumentOf, keyOf, ladderOf, ticksAt } from './events';
import {
  appendOrder,
  blockOfLadder,
  keyAt,
  pageAt,
  shrinkOrder,
  ticksOf,
  unlinkOrder,
} from './ladder';
import {
  ACCEPTED,
  CANCELLED_ON_REQUEST,
  CMD_ID,
  CMD_LOTS,
  CMD_PRICE_TICKS,
  CMD_STOP_TICKS,
  EVENT_REDUCED,
  EVENT_REPLACED,
  EXT_DISPLAY,
  EXT_HIDDEN,
  EXT_LIMIT,
  EXT_TERMS,
  INS_BASE_TICKS,
  INS_LOTS_MAX,
  LAD_BEST,
  LAD_INDEX,
  ORD_ID,
  ORD_LOTS,
  ORD_PLACE,
  ORD_TAG,
  ORDER_ID_MAX,
  ORDER_STOP_LIMIT,
  PAGE_INSTRUMENT,
  PAGE_LADDER,
  REFUSED_ID,
  REFUSED_LOTS,
  REFUSED_POST_ONLY,
  REFUSED_PRICE,
  REFUSED_STOP_PRICE,
  REFUSED_UNKNOWN_ID,
  REMAINDER_RESTS,
  TAG_EXTRA,
  TAG_FLAGS,
  TAG_POST_ONLY,
  TAKER_DISPLAY,
  TAKER_ID,
  TAKER_KEY,
  TAKER_LEAVES,
  TAKER_LIMIT_KEY,
  TAKER_REMAINDER,
  TAKER_TAG,
} from './matching-layout';
import { isPrice, restRefusal } from './order-entry';
import { extraOf, findOrder, openLotsOf, ownerOf, removeOrder } from './order-table';
import { wakeAtLastTrade } from './stops';
import { aimTaker, armTaker, canRest } from './taker';

export function cancelOrder(command: usize): u32 {
  const id = load<i64>(command, CMD_ID);
  if (<u64>(id - 1) >= <u64>ORDER_ID_MAX) return REFUSED_ID;
  const order = findOrder(id);
  if (order === 0) return REFUSED_UNKNOWN_ID;
  cancel(order);
  return ACCEPTED;
}

function cancel(order: usize): void {
  emitCancelled(order, CANCELLED_ON_REQUEST);
  unlinkOrder(order);
  removeOrder(order);
}

export function reduceOrder(command: usize): u32 {
  const id = load<i64>(command, CMD_ID);
  if (<u64>(id - 1) >= <u64>ORDER_ID_MAX) return REFUSED_ID;
  const order = findOrder(id);
  if (order === 0) return REFUSED_UNKNOWN_ID;
  const lots = load<i64>(command, CMD_LOTS);
  if (lots <= 0) return REFUSED_LOTS;
  const open = openLotsOf(order);
  if (lots >= open) {
    cancel(order);
    return ACCEPTED;
  }
  const place = load<usize>(order, ORD_PLACE);
  const at = event(EVENT_REDUCED, 0, load<u32>(pageAt(place), PAGE_INSTRUMENT), id);
  fill(at, ticksOf(place), lots, open - lots);
  takeOff(order, lots);
  return ACCEPTED;
}

/** Takes lots off an order that keeps some: hidden ones first. */
function takeOff(order: usize, lots: i64): void {
  if ((load<u32>(order, ORD_TAG) & TAG_EXTRA) !== 0) {
    const extra = extraOf(order);
    const hidden = load<i64>(extra, EXT_HIDDEN);
    const taken = min(hidden, lots);
    store<i64>(extra, hidden - taken, EXT_HIDDEN);
    if (taken === lots) return;
    lots -= taken;
  }
  shrinkOrder(order, lots);
}

export function replaceOrder(command: usize): u32 {
  const id = load<i64>(command, CMD_ID);
  if (<u64>(id - 1) >= <u64>ORDER_ID_MAX) return REFUSED_ID;
  const order = findOrder(id);
  if (order === 0) return REFUSED_UNKNOWN_ID;
  const ladder = load<usize>(pageAt(load<usize>(order, ORD_PLACE)) + PAGE_LADDER);
  const block = blockOfLadder(ladder);
  const lots = load<i64>(command, CMD_LOTS);
  if (<u64>(lots - 1) >= <u64>load<i64>(block, INS_LOTS_MAX)) return REFUSED_LOTS;
  const isStop = (load<u32>(ladder, LAD_INDEX) & 2) !== 0;
  const hasLimit = !isStop || (load<u32>(extraOf(order) + EXT_TERMS) & 255) === ORDER_STOP_LIMIT;
  const ticks = load<i64>(command, CMD_PRICE_TICKS);
  if (!isPrice(block, ticks, hasLimit)) return REFUSED_PRICE;
  const stopTicks = load<i64>(command, CMD_STOP_TICKS);
  if (!isPrice(block, stopTicks, isStop)) return REFUSED_STOP_PRICE;
  const key = keyOf(ladder, isStop ? stopTicks : ticks);
  const open = openLotsOf(order);
  const keeps = key === keyAt(load<usize>(order, ORD_PLACE)) && lots <= open;
  if (!keeps) {
    const refusal = moveRefusal(order, key, lots);
    if (refusal !== ACCEPTED) return refusal;
  }
  fill(event(EVENT_REPLACED, keeps ? 1 : 0, instrumentOf(ladder), id), ticks, lots, lots);
  if (isStop && hasLimit) {
    store<i32>(extraOf(order) + EXT_LIMIT, <i32>(ticks - load<i64>(block, INS_BASE_TICKS)));
  }
  if (!keeps) move(order, key, lots);
  else if (lots < open) takeOff(order, open - lots);
  return ACCEPTED;
}

/** Best key of the ladder that an order on this one would take from, and the order's limit there. */
function takesAt(ladder: usize, key: i32): bool {
  const index = load<u32>(ladder, LAD_INDEX) & 3;
  if (index > 1) return false;
  const opposite = ladderOf(blockOfLadder(ladder), 1 - index);
  return load<i32>(opposite, LAD_BEST) <= keyOf(opposite, ticksAt(ladder, key));
}

function moveRefusal(order: usize, key: i32, lots: i64): u32 {
  const ladder = load<usize>(pageAt(load<usize>(order, ORD_PLACE)) + PAGE_LADDER);
  const isPostOnly = (load<u32>(order, ORD_TAG) & TAG_POST_ONLY) !== 0;
  if (isPostOnly && takesAt(ladder, key)) return REFUSED_POST_ONLY;
  return canRest(ladder, key, lots) ? ACCEPTED : restRefusal(ladder, key);
}

/** To the back of a queue, or into the opposite side. */
function move(order: usize, key: i32, lots: i64): void {
  const ladder = load<usize>(pageAt(load<usize>(order, ORD_PLACE)) + PAGE_LADDER);
  const tag = load<u32>(order, ORD_TAG);
  const isStop = (load<u32>(ladder, LAD_INDEX) & 2) !== 0;
  const display: i64 = (tag & TAG_EXTRA) !== 0 ? load<i64>(extraOf(order) + EXT_DISPLAY) : 0;
  if (takesAt(ladder, key)) {
    takeAgain(order, key, lots);
    return;
  }
  unlinkOrder(order);
  const shown = isStop || display === 0 ? lots : min(display, lots);
  if (display !== 0) store<i64>(extraOf(order) + EXT_HIDDEN, lots - shown);
  store<i64>(order, shown, ORD_LOTS);
  appendOrder(ladder, key, order);
  if (isStop) wakeAtLastTrade(blockOfLadder(ladder));
}

/** A resting order whose new price takes: it leaves the book and matches as an arriving one. */
function takeAgain(order: usize, key: i32, lots: i64): void {
  const ladder = load<usize>(pageAt(load<usize>(order, ORD_PLACE)) + PAGE_LADDER);
  const index = load<u32>(ladder, LAD_INDEX) & 3;
  const tag = load<u32>(order, ORD_TAG);
  aimTaker(instrumentOf(ladder), index + 1);
  store<i64>(TAKER_ID, load<i64>(order, ORD_ID));
  store<i64>(TAKER_LEAVES, lots);
  store<i64>(TAKER_DISPLAY, (tag & TAG_EXTRA) !== 0 ? load<i64>(extraOf(order) + EXT_DISPLAY) : 0);
  store<i32>(TAKER_KEY, key);
  const opposite = ladderOf(blockOfLadder(ladder), 1 - index);
  store<i32>(TAKER_LIMIT_KEY, keyOf(opposite, ticksAt(ladder, key)));
  store<u32>(TAKER_TAG, (tag & TAG_FLAGS & ~TAG_EXTRA) | (ownerOf(order) << 8));
  store<i32>(TAKER_REMAINDER, REMAINDER_RESTS);
  unlinkOrder(order);
  removeOrder(order);
  armTaker(false);
}
