/**
 * Stop orders wait on two ladders of their instrument, by stop price. Trades move the range of
 * prices traded since stops were last looked at; a stop whose price is in it (or beyond, where the
 * last trade already was) becomes the taker: buy stops first, nearest stop price first, oldest first,
 * one at a time, so that what it trades may trigger the next.
 */
import { blockOf, event, fill, instrumentOf, ladderOf, ticksAt } from './events';
import { appendOrder, levelOf, unlinkOrder } from './ladder';
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
  CTL_FREE_EXTRA,
  CTL_LEVELS_MASK,
  CTL_PHASE,
  EVENT_ACCEPTED,
  EVENT_TRIGGERED,
  EXT_DISPLAY,
  EXT_HIDDEN,
  EXT_LIMIT,
  EXT_OWNER,
  EXT_TERMS,
  INS_BASE_TICKS,
  INS_LAST_TICKS,
  INS_TRADE_HIGH,
  INS_TRADE_LOW,
  INS_TRADES,
  LAD_BEST,
  LAD_FLIP,
  LAD_INDEX,
  LVL_HEAD,
  NO_TRADE_HIGH,
  NO_TRADE_LOW,
  ORD_ID,
  ORD_LOTS,
  ORD_TAG,
  ORDER_STOP_LIMIT,
  PHASE_MATCHING,
  REFUSED_EXTRAS_FULL,
  REMAINDER_CANCELLED,
  REMAINDER_RESTS,
  SIDE_BUY,
  TAG_EXTRA,
  TAG_FLAGS,
  TAKER_DISPLAY,
  TAKER_ID,
  TAKER_KEY,
  TAKER_LEAVES,
  TAKER_LIMIT_KEY,
  TAKER_OPPOSITE,
  TAKER_OWN,
  TAKER_REMAINDER,
  TAKER_TAG,
  TIF_FOK,
  TIF_GTC,
} from './matching-layout';
import { restRefusal, tagOf } from './order-entry';
import { extraOf, removeOrder, takeExtra, takeOrder } from './order-table';
import { aimTaker, armTaker, canRest } from './taker';

/** Lets a new stop order wait; if the last trade has reached its price it is triggered at once. */
export function placeStop(command: usize): u32 {
  const instrument = <u32>load<u16>(command, CMD_INSTRUMENT);
  const side = <u32>load<u8>(command, CMD_SIDE);
  const terms = load<u32>(command, CMD_TYPE);
  const block = blockOf(instrument);
  const ladder = ladderOf(block, side + 1);
  const base = load<i64>(block, INS_BASE_TICKS);
  const key = <i32>(load<i64>(command, CMD_STOP_TICKS) - base) ^ load<i32>(ladder, LAD_FLIP);
  const lots = load<i64>(command, CMD_LOTS);
  if (load<u32>(CTL_FREE_EXTRA) === 0) return REFUSED_EXTRAS_FULL;
  if (!canRest(ladder, key, lots)) return restRefusal(ladder, key);
  const id = load<i64>(command, CMD_ID);
  const limitTicks = load<i64>(command, CMD_PRICE_TICKS);
  fill(event(EVENT_ACCEPTED, side, instrument, id), limitTicks, lots, lots);
  const tag = tagOf(command, terms);
  const order = takeOrder(id);
  store<i64>(order, lots, ORD_LOTS);
  store<u32>(order, (tag & TAG_FLAGS) | TAG_EXTRA | (takeExtra() << 8), ORD_TAG);
  const extra = extraOf(order);
  store<i64>(extra, 0, EXT_HIDDEN);
  store<i64>(extra, load<i64>(command, CMD_DISPLAY_LOTS), EXT_DISPLAY);
  store<u32>(extra, load<u32>(command, CMD_OWNER), EXT_OWNER);
  store<u32>(extra, terms & 0xffff, EXT_TERMS);
  const hasLimit = (terms & 255) === ORDER_STOP_LIMIT;
  store<i32>(extra, hasLimit ? <i32>(limitTicks - base) : 0, EXT_LIMIT);
  appendOrder(ladder, key, order);
  wakeAtLastTrade(block);
  return ACCEPTED;
}

/** Looks at the stops as if the last trade had just happened, for one that came after it. */
export function wakeAtLastTrade(block: usize): void {
  if (load<i64>(block, INS_TRADES) === 0) return;
  const last = <i32>(load<i64>(block, INS_LAST_TICKS) - load<i64>(block, INS_BASE_TICKS));
  store<i32>(block, last, INS_TRADE_LOW);
  store<i32>(block, last, INS_TRADE_HIGH);
  store<i64>(TAKER_LEAVES, 0);
  aimTaker(instrumentOf(ladderOf(block, 0)), SIDE_BUY);
  store<i32>(CTL_PHASE, PHASE_MATCHING);
}

/** Makes the next triggered stop the taker; false = there is none, and the trades are forgotten. */
export function nextTriggered(block: usize): bool {
  const buys = ladderOf(block, 2);
  if (load<i32>(buys, LAD_BEST) <= load<i32>(block, INS_TRADE_HIGH)) return trigger(buys);
  const sells = ladderOf(block, 3);
  const low = load<i32>(block, INS_TRADE_LOW);
  // No trade: NO_TRADE_LOW has no key, and its flipped bits would be below every key.
  if (low !== NO_TRADE_LOW && load<i32>(sells, LAD_BEST) <= (low ^ load<i32>(sells, LAD_FLIP))) {
    return trigger(sells);
  }
  store<i32>(block, NO_TRADE_LOW, INS_TRADE_LOW);
  store<i32>(block, NO_TRADE_HIGH, INS_TRADE_HIGH);
  return false;
}

function trigger(ladder: usize): bool {
  const best = load<i32>(ladder, LAD_BEST);
  const order = load<usize>(levelOf(ladder, best) + LVL_HEAD);
  const extra = extraOf(order);
  const instrument = instrumentOf(ladder);
  const id = load<i64>(order, ORD_ID);
  const lots = load<i64>(order, ORD_LOTS);
  fill(event(EVENT_TRIGGERED, 0, instrument, id), ticksAt(ladder, best), lots, lots);
  aimTaker(instrument, (load<u32>(ladder, LAD_INDEX) & 3) - 1);
  const terms = load<u32>(extra, EXT_TERMS);
  const hasLimit = (terms & 255) === ORDER_STOP_LIMIT;
  const limit = load<i32>(extra, EXT_LIMIT);
  const opposite = load<usize>(TAKER_OPPOSITE);
  const limitKey = hasLimit ? limit ^ load<i32>(opposite, LAD_FLIP) : load<i32>(CTL_LEVELS_MASK);
  const rests = hasLimit && terms >> 8 <= <u32>TIF_GTC;
  store<i64>(TAKER_ID, id);
  store<i64>(TAKER_LEAVES, lots);
  store<i64>(TAKER_DISPLAY, min(load<i64>(extra, EXT_DISPLAY), lots));
  store<i32>(TAKER_LIMIT_KEY, limitKey);
  store<i32>(TAKER_KEY, hasLimit ? limit ^ load<i32>(load<usize>(TAKER_OWN) + LAD_FLIP) : -1);
  const flags = load<u32>(order, ORD_TAG) & TAG_FLAGS & ~TAG_EXTRA;
  store<u32>(TAKER_TAG, flags | (load<u32>(extra, EXT_OWNER) << 8));
  store<i32>(TAKER_REMAINDER, rests ? REMAINDER_RESTS : REMAINDER_CANCELLED);
  unlinkOrder(order);
  removeOrder(order);
  armTaker(terms >> 8 === TIF_FOK);
  return true;
}
