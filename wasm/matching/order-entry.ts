/**
 * HOT. New orders: the checks in the order of their codes, then the order rests, matches, or waits
 * as a stop. The common order (a limit that shows all and may rest) goes the shortest way.
 */
import { blockOf, event, fill, ladderOf } from './events';
import { appendOrder, levelOf } from './ladder';
import {
  ACCEPTED,
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
  CTL_FREE_EXTRA,
  CTL_FREE_ORDER,
  CTL_LEVELS_MASK,
  EVENT_ACCEPTED,
  FLAG_POST_ONLY,
  INS_BASE_TICKS,
  INS_LOTS_MAX,
  LAD_BEST,
  LAD_FLIP,
  ORD_LOTS,
  ORD_TAG,
  ORDER_ID_MAX,
  ORDER_LIMIT,
  ORDER_MARKET,
  ORDER_STOP,
  ORDER_STOP_LIMIT,
  OWNER_MAX,
  REFUSED_DISPLAY,
  REFUSED_DUPLICATE_ID,
  REFUSED_EXTRAS_FULL,
  REFUSED_ID,
  REFUSED_INSTRUMENT,
  REFUSED_LEVEL_FULL,
  REFUSED_LOTS,
  REFUSED_ORDERS_FULL,
  REFUSED_OWNER,
  REFUSED_PAGES_FULL,
  REFUSED_POST_ONLY,
  REFUSED_PRICE,
  REFUSED_SIDE,
  REFUSED_STOP_PRICE,
  REFUSED_TERMS,
  REMAINDER_CANCELLED,
  REMAINDER_RESTS,
  SELF_TRADE_DECREMENT,
  TAG_DAY,
  TAG_POST_ONLY,
  TAG_SELF_TRADE_SHIFT,
  TAKER_DISPLAY,
  TAKER_ID,
  TAKER_KEY,
  TAKER_LEAVES,
  TAKER_LIMIT_KEY,
  TAKER_REMAINDER,
  TAKER_TAG,
  TIF_DAY,
  TIF_FOK,
  TIF_GTC,
  TIF_IOC,
} from './matching-layout';
import { findOrder, takeOrder } from './order-table';
import { placeStop } from './stops';
import { aimTaker, armTaker, canRest } from './taker';

/** COMMAND_NEW; returns ACCEPTED or the first refusal. */
export function newOrder(command: usize): u32 {
  const instrument = <u32>load<u16>(command, CMD_INSTRUMENT);
  if (instrument >= load<u32>(CTL_BOOKS)) return REFUSED_INSTRUMENT;
  const block = blockOf(instrument);
  if (load<i64>(block, INS_LOTS_MAX) === 0) return REFUSED_INSTRUMENT;
  const id = load<i64>(command, CMD_ID);
  if (<u64>(id - 1) >= <u64>ORDER_ID_MAX) return REFUSED_ID;
  const side = <u32>load<u8>(command, CMD_SIDE);
  if (side - 1 > 1) return REFUSED_SIDE;
  const terms = load<u32>(command, CMD_TYPE);
  if (!areTerms(terms)) return REFUSED_TERMS;
  const lots = load<i64>(command, CMD_LOTS);
  if (<u64>(lots - 1) >= <u64>load<i64>(block, INS_LOTS_MAX)) return REFUSED_LOTS;
  const display = load<i64>(command, CMD_DISPLAY_LOTS);
  if (display !== 0 && !isDisplay(display, lots, terms)) return REFUSED_DISPLAY;
  const type = terms & 255;
  const price = load<i64>(command, CMD_PRICE_TICKS);
  if (!isPrice(block, price, (type & 1) === 0)) return REFUSED_PRICE;
  const stop = load<i64>(command, CMD_STOP_TICKS);
  if (!isPrice(block, stop, type >= <u32>ORDER_STOP)) return REFUSED_STOP_PRICE;
  if (load<u32>(command, CMD_OWNER) > <u32>OWNER_MAX) return REFUSED_OWNER;
  if (findOrder(id) !== 0) return REFUSED_DUPLICATE_ID;
  if (load<u32>(CTL_FREE_ORDER) === 0) return REFUSED_ORDERS_FULL;
  return type >= <u32>ORDER_STOP ? placeStop(command) : place(command);
}

/** FIX: market 1, limit 2, stop 3, stop-limit 4: the even ones have a limit price. */
export function isPrice(block: usize, ticks: i64, isWanted: bool): bool {
  if (!isWanted) return ticks === 0;
  return <u64>(ticks - load<i64>(block, INS_BASE_TICKS)) <= <u64>load<u32>(CTL_LEVELS_MASK);
}

/** |type u8 |timeInForce u8 |selfTrade u8 |flags u8| */
function areTerms(terms: u32): bool {
  // The common ones first: limit; DAY or GTC; any self-trade mode; no flag.
  if ((terms & 0xff00feff) === ORDER_LIMIT)
    return ((terms >> 16) & 255) <= <u32>SELF_TRADE_DECREMENT;
  const type = terms & 255;
  const timeInForce = (terms >> 8) & 255;
  const flags = terms >> 24;
  if (type - ORDER_MARKET > <u32>(ORDER_STOP_LIMIT - ORDER_MARKET)) return false;
  if (((terms >> 16) & 255) > <u32>SELF_TRADE_DECREMENT) return false;
  if (flags > <u32>FLAG_POST_ONLY) return false;
  const rests = timeInForce === TIF_DAY || timeInForce === TIF_GTC;
  if (!rests && timeInForce !== TIF_IOC && timeInForce !== TIF_FOK) return false;
  return flags === 0 || (type === ORDER_LIMIT && rests);
}

/** Part of a limit order that may rest. */
function isDisplay(display: i64, lots: i64, terms: u32): bool {
  if (display < 0 || display > lots) return false;
  return (terms & 1) === 0 && ((terms >> 8) & 255) <= <u32>TIF_GTC;
}

/** Flags and owner of an order that does not have an extra (yet). */
export function tagOf(command: usize, terms: u32): u32 {
  const day: u32 = ((terms >> 8) & 255) === TIF_DAY ? TAG_DAY : 0;
  const postOnly: u32 = terms >> 24 === FLAG_POST_ONLY ? TAG_POST_ONLY : 0;
  const selfTrade = ((terms >> 16) & 255) << TAG_SELF_TRADE_SHIFT;
  return day | postOnly | selfTrade | (load<u32>(command, CMD_OWNER) << 8);
}

/** A limit or market order whose fields are right. */
function place(command: usize): u32 {
  const terms = load<u32>(command, CMD_TYPE);
  const rests = (terms & 0xfeff) === ORDER_LIMIT;
  const side = <u32>load<u8>(command, CMD_SIDE);
  const instrument = <u32>load<u16>(command, CMD_INSTRUMENT);
  const block = blockOf(instrument);
  const own = ladderOf(block, side - 1);
  const opposite = ladderOf(block, 2 - side);
  const lots = load<i64>(command, CMD_LOTS);
  const ticks = load<i64>(command, CMD_PRICE_TICKS);
  const above = <i32>(ticks - load<i64>(block, INS_BASE_TICKS));
  const isMarket = (terms & 255) === ORDER_MARKET;
  const limitKey = isMarket ? load<i32>(CTL_LEVELS_MASK) : above ^ load<i32>(opposite, LAD_FLIP);
  const takes = load<i32>(opposite, LAD_BEST) <= limitKey;
  const key = isMarket ? -1 : above ^ load<i32>(own, LAD_FLIP);
  const display = load<i64>(command, CMD_DISPLAY_LOTS);
  if (rests) {
    if (display !== 0 && load<u32>(CTL_FREE_EXTRA) === 0) return REFUSED_EXTRAS_FULL;
    if (takes && terms >> 24 === FLAG_POST_ONLY) return REFUSED_POST_ONLY;
    if (!canRest(own, key, lots)) return restRefusal(own, key);
  }
  const id = load<i64>(command, CMD_ID);
  fill(event(EVENT_ACCEPTED, side, instrument, id), ticks, lots, lots);
  const tag = tagOf(command, terms);
  if (rests && !takes && display === 0) {
    const order = takeOrder(id);
    store<i64>(order, lots, ORD_LOTS);
    store<u32>(order, tag, ORD_TAG);
    appendOrder(own, key, order);
    return ACCEPTED;
  }
  aimTaker(instrument, side);
  store<i64>(TAKER_ID, id);
  store<i64>(TAKER_LEAVES, lots);
  store<i64>(TAKER_DISPLAY, display);
  store<i32>(TAKER_LIMIT_KEY, limitKey);
  store<i32>(TAKER_KEY, key);
  store<u32>(TAKER_TAG, tag);
  store<i32>(TAKER_REMAINDER, rests ? REMAINDER_RESTS : REMAINDER_CANCELLED);
  armTaker(((terms >> 8) & 255) === TIF_FOK);
  return ACCEPTED;
}

/** Why an order cannot rest at a key where canRest says so. */
export function restRefusal(ladder: usize, key: i32): u32 {
  return levelOf(ladder, key) === 0 ? REFUSED_PAGES_FULL : REFUSED_LEVEL_FULL;
}
