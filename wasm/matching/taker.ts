/**
 * HOT. The order that is matching: it takes from the opposite ladder, best level first, oldest
 * order first, until it is filled, reaches its limit, or meets an order of its owner. What is left
 * rests or is cancelled. Its state lies in TAKER, so that it can wait when the out buffer is full.
 */
import { blockOf, event, fill, hasRoom, instrumentOf, keyOf, ladderOf, ticksAt } from './events';
import { canFillAtOnce } from './fill-or-kill';
import { appendOrder, levelOf, shrinkOrder, ticksOf, unlinkOrder } from './ladder';
import {
  CANCELLED_FOK,
  CANCELLED_IOC,
  CANCELLED_NO_ROOM,
  CANCELLED_SELF_TRADE,
  CTL_FREE_PAGE,
  CTL_PHASE,
  EVENT_CANCELLED,
  EVENT_DECREMENTED,
  EVENT_REPLENISHED,
  EVENT_TRADE,
  EVT_LEAVES_LOTS,
  EVT_LOTS,
  EVT_OTHER_ID,
  EVT_PRICE_TICKS,
  EXT_DISPLAY,
  EXT_HIDDEN,
  EXT_OWNER,
  INS_BASE_TICKS,
  INS_LAST_TICKS,
  INS_TRADE_HIGH,
  INS_TRADE_LOW,
  INS_TRADES,
  INS_VOLUME_LOTS,
  LAD_BEST,
  LAD_INDEX,
  LOTS_MAX,
  LVL_HEAD,
  LVL_LOTS,
  ORD_ID,
  ORD_LOTS,
  ORD_PLACE,
  ORD_TAG,
  PHASE_MATCHING,
  REMAINDER_RESTS,
  SELF_TRADE_ALLOWED,
  SELF_TRADE_CANCEL_BOTH,
  SELF_TRADE_CANCEL_NEWEST,
  SELF_TRADE_DECREMENT,
  TAG_EXTRA,
  TAG_FLAGS,
  TAG_SELF_TRADE_SHIFT,
  TAKER_BLOCK,
  TAKER_DISPLAY,
  TAKER_ID,
  TAKER_KEY,
  TAKER_LEAVES,
  TAKER_LIMIT_KEY,
  TAKER_OPPOSITE,
  TAKER_OWN,
  TAKER_REMAINDER,
  TAKER_TAG,
} from './matching-layout';
import { extraOf, openLotsOf, ownerOf, removeOrder, takeExtra, takeOrder } from './order-table';

/** Matches TAKER as far as there is room; false = call again when the events are drained. */
export function matchTaker(): bool {
  const opposite = load<usize>(TAKER_OPPOSITE);
  const limitKey = load<i32>(TAKER_LIMIT_KEY);
  const tag = load<u32>(TAKER_TAG);
  const owner = ((tag >> TAG_SELF_TRADE_SHIFT) & 7) === SELF_TRADE_ALLOWED ? 0 : tag >> 8;
  while (load<i64>(TAKER_LEAVES) > 0) {
    const best = load<i32>(opposite, LAD_BEST);
    if (best > limitKey) break;
    if (!hasRoom()) return false;
    const maker = load<usize>(levelOf(opposite, best) + LVL_HEAD);
    const isOwn = owner !== 0 && ownerOf(maker) === owner;
    if (isOwn && ((tag >> TAG_SELF_TRADE_SHIFT) & 7) !== SELF_TRADE_DECREMENT) {
      meetOwn(maker, ticksOf(load<usize>(maker, ORD_PLACE)));
    } else meet(maker, isOwn ? EVENT_DECREMENTED : EVENT_TRADE);
  }
  finishTaker();
  return true;
}

/** What the instrument keeps of its trades. */
function keepTrade(ticks: i64, lots: i64): void {
  const block = load<usize>(TAKER_BLOCK);
  const above = <i32>(ticks - load<i64>(block, INS_BASE_TICKS));
  store<i64>(block, ticks, INS_LAST_TICKS);
  store<i64>(block, load<i64>(block, INS_TRADES) + 1, INS_TRADES);
  store<i64>(block, load<i64>(block, INS_VOLUME_LOTS) + lots, INS_VOLUME_LOTS);
  store<i32>(block, min(above, load<i32>(block, INS_TRADE_LOW)), INS_TRADE_LOW);
  store<i32>(block, max(above, load<i32>(block, INS_TRADE_HIGH)), INS_TRADE_HIGH);
}

/** Takes what both have from maker and taker, tells it, and sees to what becomes of the maker. */
function meet(maker: usize, kind: u32): void {
  const opposite = load<usize>(TAKER_OPPOSITE);
  const ticks = ticksOf(load<usize>(maker, ORD_PLACE));
  const takerLeaves = load<i64>(TAKER_LEAVES);
  const shown = load<i64>(maker, ORD_LOTS);
  const lots = min(shown, takerLeaves);
  store<i64>(TAKER_LEAVES, takerLeaves - lots);
  const takerSide = 2 - (load<u32>(opposite, LAD_INDEX) & 1);
  const at = event(kind, takerSide, instrumentOf(opposite), load<i64>(maker, ORD_ID));
  store<i64>(at, load<i64>(TAKER_ID), EVT_OTHER_ID);
  store<i64>(at, ticks, EVT_PRICE_TICKS);
  store<i64>(at, lots, EVT_LOTS);
  store<i64>(at, openLotsOf(maker) - lots, EVT_LEAVES_LOTS);
  if (kind === EVENT_TRADE) keepTrade(ticks, lots);
  if (lots < shown) {
    shrinkOrder(maker, lots);
    return;
  }
  unlinkOrder(maker);
  if ((load<u32>(maker, ORD_TAG) & TAG_EXTRA) === 0 || !replenish(maker, ticks)) {
    removeOrder(maker);
  }
}

/** Shows the next part of an iceberg, at the back of the queue; false = nothing is hidden. */
function replenish(maker: usize, ticks: i64): bool {
  const extra = extraOf(maker);
  const hidden = load<i64>(extra, EXT_HIDDEN);
  if (hidden === 0) return false;
  const opposite = load<usize>(TAKER_OPPOSITE);
  const key = keyOf(opposite, ticks);
  const instrument = instrumentOf(opposite);
  const shown = min(hidden, load<i64>(extra, EXT_DISPLAY));
  if (!canRest(opposite, key, shown)) {
    const gone = event(EVENT_CANCELLED, CANCELLED_NO_ROOM, instrument, load<i64>(maker, ORD_ID));
    fill(gone, ticks, hidden, 0);
    return false;
  }
  store<i64>(extra, hidden - shown, EXT_HIDDEN);
  store<i64>(maker, shown, ORD_LOTS);
  appendOrder(opposite, key, maker);
  const at = event(EVENT_REPLENISHED, 0, instrument, load<i64>(maker, ORD_ID));
  fill(at, ticks, shown, hidden);
  return true;
}

/** The taker meets an order of its owner: its own mode says which of them is cancelled. */
function meetOwn(maker: usize, ticks: i64): void {
  const mode = (load<u32>(TAKER_TAG) >> TAG_SELF_TRADE_SHIFT) & 7;
  const opposite = load<usize>(TAKER_OPPOSITE);
  if (mode !== SELF_TRADE_CANCEL_NEWEST) {
    const id = load<i64>(maker, ORD_ID);
    const at = event(EVENT_CANCELLED, CANCELLED_SELF_TRADE, instrumentOf(opposite), id);
    fill(at, ticks, openLotsOf(maker), 0);
    unlinkOrder(maker);
    removeOrder(maker);
  }
  if (mode === SELF_TRADE_CANCEL_NEWEST || mode === SELF_TRADE_CANCEL_BOTH) {
    cancelTaker(CANCELLED_SELF_TRADE);
  }
}

/** Tells that the rest of the taker is gone. */
export function cancelTaker(reason: u32): void {
  const own = load<usize>(TAKER_OWN);
  const at = event(EVENT_CANCELLED, reason, instrumentOf(own), load<i64>(TAKER_ID));
  const key = load<i32>(TAKER_KEY);
  fill(at, key < 0 ? 0 : ticksAt(own, key), load<i64>(TAKER_LEAVES), 0);
  store<i64>(TAKER_LEAVES, 0);
}

function finishTaker(): void {
  if (load<i64>(TAKER_LEAVES) === 0) return;
  if (load<i32>(TAKER_REMAINDER) !== REMAINDER_RESTS) cancelTaker(CANCELLED_IOC);
  else if (!canRest(load<usize>(TAKER_OWN), load<i32>(TAKER_KEY), load<i64>(TAKER_LEAVES))) {
    cancelTaker(CANCELLED_NO_ROOM);
  } else restTaker();
}

/** Whether lots more can stand at a key: a page and room in the level's sum. */
export function canRest(ladder: usize, key: i32, lots: i64): bool {
  const level = levelOf(ladder, key);
  if (level === 0) return load<u32>(CTL_FREE_PAGE) !== 0;
  return load<i64>(level, LVL_LOTS) <= LOTS_MAX - lots;
}

function restTaker(): void {
  const id = load<i64>(TAKER_ID);
  const tag = load<u32>(TAKER_TAG);
  const leaves = load<i64>(TAKER_LEAVES);
  const display = load<i64>(TAKER_DISPLAY);
  const order = takeOrder(id);
  if (display === 0) {
    store<i64>(order, leaves, ORD_LOTS);
    store<u32>(order, tag, ORD_TAG);
  } else {
    const shown = min(display, leaves);
    store<u32>(order, (tag & TAG_FLAGS) | TAG_EXTRA | (takeExtra() << 8), ORD_TAG);
    store<i64>(order, shown, ORD_LOTS);
    const extra = extraOf(order);
    store<i64>(extra, leaves - shown, EXT_HIDDEN);
    store<i64>(extra, display, EXT_DISPLAY);
    store<u32>(extra, tag >> 8, EXT_OWNER);
  }
  appendOrder(load<usize>(TAKER_OWN), load<i32>(TAKER_KEY), order);
  store<i64>(TAKER_LEAVES, 0); // matchTaker may be called again when there was no room behind this
}

/** TAKER is complete: lets it match. A FOK order that cannot be filled at once is gone. */
export function armTaker(isFillOrKill: bool): void {
  if (isFillOrKill && !canFillAtOnce()) cancelTaker(CANCELLED_FOK);
  store<i32>(CTL_PHASE, PHASE_MATCHING);
}

/** Fills the parts of TAKER that follow from the side. */
export function aimTaker(instrument: u32, side: u32): void {
  const block = blockOf(instrument);
  store<u32>(TAKER_BLOCK, <u32>block);
  store<u32>(TAKER_OWN, <u32>ladderOf(block, side - 1));
  store<u32>(TAKER_OPPOSITE, <u32>ladderOf(block, 2 - side));
}
