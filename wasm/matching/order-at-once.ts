/**
 * HOT. What nine commands in ten ask for, each on a way of its own: an order that only joins a queue,
 * and one that leaves it. All that must be right is looked at first; if anything is not, or is not
 * plain (a page to take, an iceberg, an order away from its home in the index), nothing was done, and
 * run.ts goes the way of all commands. There is no call on these ways: around one, everything in
 * registers would go to memory and back. Touches of best levels are not counted: run.ts comes here
 * only where nobody wants to be told.
 */
import { blockOf, event, fill, ladderOf } from './events';
import {
  appendOrder,
  blockOfLadder,
  joinLevel,
  keyAt,
  leaveLevel,
  levelIn,
  pageAt,
  pageOf,
  shrinkOrder,
  takePage,
  ticksOf,
  unlinkOrder,
} from './ladder';
import {
  CMD_DISPLAY_LOTS,
  CMD_ID,
  CMD_INSTRUMENT,
  CMD_LOTS,
  CMD_OWNER,
  CMD_PRICE_TICKS,
  CMD_SIDE,
  CMD_STOP_TICKS,
  CMD_TYPE,
  CTL_BOOKS,
  CTL_FREE_ORDER,
  CTL_FREE_PAGE,
  CTL_LEVELS_MASK,
  EVENT_ACCEPTED,
  EVENT_CANCELLED,
  EVENT_REDUCED,
  EVENT_REPLACED,
  INS_BASE_TICKS,
  INS_LOTS_MAX,
  LAD_BEST,
  LAD_FLIP,
  LAD_INDEX,
  LOTS_MAX,
  LVL_LOTS,
  ORD_ID,
  ORD_LOTS,
  ORD_NEXT,
  ORD_PLACE,
  ORD_PREV,
  ORD_TAG,
  ORDER_ID_MAX,
  ORDER_LIMIT,
  PAGE_INSTRUMENT,
  PAGE_LADDER,
  SLOT_AWAY,
  TAG_EXTRA,
  TAG_SELF_TRADE_SHIFT,
} from './matching-layout';
import { freeRecord, homeOf, orderIn, takeRecord } from './order-table';
import { canRest } from './taker';

/** Terms that are ORDER_LIMIT alone are a limit order, DAY or GTC, of self-trade mode 0 to 3, without a flag. */
const PLAIN_TERMS: u32 = 0xfffcfeff;

/** COMMAND_NEW, or COMMAND_FEED_ADD, of which nothing is told and which takes nothing. */
export function restsAtOnce(command: usize, isFeed: bool): bool {
  const terms = load<u32>(command, CMD_TYPE);
  if (!isFeed && (terms & PLAIN_TERMS) !== ORDER_LIMIT) return false;
  const instrument = <u32>load<u16>(command, CMD_INSTRUMENT);
  if (instrument >= load<u32>(CTL_BOOKS)) return false;
  const block = blockOf(instrument);
  const side = <u32>load<u8>(command, CMD_SIDE) - 1;
  if (side > 1) return false;
  const id = load<i64>(command, CMD_ID);
  if (<u64>(id - 1) >= <u64>ORDER_ID_MAX) return false;
  const lots = load<i64>(command, CMD_LOTS);
  if (<u64>(lots - 1) >= <u64>load<i64>(block, INS_LOTS_MAX)) return false;
  const ticks = load<i64>(command, CMD_PRICE_TICKS);
  const above = ticks - load<i64>(block, INS_BASE_TICKS);
  if (<u64>above > <u64>load<u32>(CTL_LEVELS_MASK)) return false;
  const own = ladderOf(block, side);
  let tag: u32 = 0;
  if (!isFeed) {
    const others = load<u64>(command, CMD_DISPLAY_LOTS) | load<u64>(command, CMD_STOP_TICKS);
    if ((others | <u64>load<u8>(command, CMD_OWNER + 3)) !== 0) return false;
    const opposite = ladderOf(block, 1 - side);
    if (load<i32>(opposite, LAD_BEST) <= (<i32>above ^ load<i32>(opposite, LAD_FLIP))) return false;
    tag = plainTag(terms, load<u32>(command, CMD_OWNER));
  }
  const key = <i32>above ^ load<i32>(own, LAD_FLIP);
  const found = pageOf(own, key);
  const order = load<usize>(CTL_FREE_ORDER);
  const home = homeOf(id);
  const isNoPage = u32((found | load<usize>(CTL_FREE_PAGE)) === 0);
  if ((isNoPage | u32(order === 0) | load<u32>(home)) !== 0) return false;
  const page = found === 0 ? takePage(own, key) : found;
  const sum = load<i64>(levelIn(page, <usize>key & 63), LVL_LOTS) + lots;
  if (sum > LOTS_MAX) return false; // not on a page that was just taken
  if (!isFeed) fill(event(EVENT_ACCEPTED, side + 1, instrument, id), ticks, lots, lots);
  takeRecord(order, home);
  store<i64>(order, id, ORD_ID);
  store<i64>(order, lots, ORD_LOTS);
  store<u32>(order, tag, ORD_TAG);
  joinLevel(own, key, page, order, sum);
  return true;
}

/** tagOf where the terms are plain: TIF_DAY is 0, TIF_GTC 1. */
function plainTag(terms: u32, owner: u32): u32 {
  return (((terms >> 8) & 1) ^ 1) | (((terms >> 16) & 3) << TAG_SELF_TRADE_SHIFT) | (owner << 8);
}

/** Whether a slot tells the order with this id, and it is neither an iceberg nor a stop. */
function isPlain(order: usize, id: i64): bool {
  const other = u64(load<u32>(order, ORD_TAG) & TAG_EXTRA) | u64(order === 0);
  return (other | (load<u64>(order, ORD_ID) ^ <u64>id)) === 0;
}

/** COMMAND_REDUCE by less than all. */
export function shrinksAtOnce(command: usize): bool {
  const id = load<i64>(command, CMD_ID);
  const order = orderIn(load<u32>(homeOf(id)));
  if (!isPlain(order, id)) return false;
  const lots = load<i64>(command, CMD_LOTS);
  const left = load<i64>(order, ORD_LOTS) - lots;
  if ((u32(lots <= 0) | u32(left <= 0)) !== 0) return false;
  const place = load<usize>(order, ORD_PLACE);
  const instrument = load<u32>(pageAt(place), PAGE_INSTRUMENT);
  fill(event(EVENT_REDUCED, 0, instrument, id), ticksOf(place), lots, left);
  shrinkOrder(order, lots);
  return true;
}

/** COMMAND_REPLACE to another price at which it takes nothing. */
export function movesAtOnce(command: usize): bool {
  const id = load<i64>(command, CMD_ID);
  const order = orderIn(load<u32>(homeOf(id)));
  if (!isPlain(order, id)) return false;
  const place = load<usize>(order, ORD_PLACE);
  const ladder = load<usize>(pageAt(place), PAGE_LADDER);
  const block = blockOfLadder(ladder);
  const lots = load<i64>(command, CMD_LOTS);
  if (<u64>(lots - 1) >= <u64>load<i64>(block, INS_LOTS_MAX)) return false;
  const ticks = load<i64>(command, CMD_PRICE_TICKS);
  const above = ticks - load<i64>(block, INS_BASE_TICKS);
  if (<u64>above > <u64>load<u32>(CTL_LEVELS_MASK)) return false;
  const opposite = ladderOf(block, 1 - (load<u32>(ladder, LAD_INDEX) & 3));
  if (load<i32>(opposite, LAD_BEST) <= (<i32>above ^ load<i32>(opposite, LAD_FLIP))) return false;
  const key = <i32>above ^ load<i32>(ladder, LAD_FLIP);
  const isThere = u64(key === keyAt(place));
  if ((load<u64>(command, CMD_STOP_TICKS) | isThere) !== 0 || !canRest(ladder, key, lots))
    return false;
  const instrument = load<u32>(pageAt(place), PAGE_INSTRUMENT);
  fill(event(EVENT_REPLACED, 0, instrument, id), ticks, lots, lots);
  unlinkOrder(order);
  store<i64>(order, lots, ORD_LOTS);
  appendOrder(ladder, key, order); // finds the page anew: the last order of one gave it back
  return true;
}

/** COMMAND_CANCEL, or COMMAND_FEED_DELETE, of which nothing is told. */
export function leavesAtOnce(command: usize, isFeed: bool): bool {
  const id = load<i64>(command, CMD_ID);
  const home = homeOf(id);
  const slot = load<u32>(home);
  const order = orderIn(slot);
  if (!isPlain(order, id)) return false;
  const place = load<usize>(order, ORD_PLACE);
  const lots = load<i64>(order, ORD_LOTS);
  if (!isFeed) {
    const instrument = load<u32>(pageAt(place), PAGE_INSTRUMENT);
    fill(event(EVENT_CANCELLED, 0, instrument, id), ticksOf(place), lots, 0);
  }
  const next = load<usize>(order, ORD_NEXT);
  const prev = load<usize>(order, ORD_PREV);
  store<u32>(home, slot & SLOT_AWAY);
  freeRecord(order);
  leaveLevel(next, prev, place, lots);
  return true;
}
