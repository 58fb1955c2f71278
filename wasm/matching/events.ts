/** HOT. Writes events behind each other into the out buffer; callers have seen to the room. */

import { blockOfLadder, levelOf, pageAt, ticksOf } from './ladder';
import {
  BOOK_BLOCK_BYTES,
  CTL_INSTRUMENTS,
  CTL_OUT_AT,
  CTL_OUT_LIMIT,
  CTL_SEQUENCE,
  CTL_TOUCHED,
  EVENT_BBO,
  EVENT_BYTES,
  EVENT_CANCELLED,
  EVT_ID,
  EVT_LEAVES_LOTS,
  EVT_LOTS,
  EVT_OTHER_ID,
  EVT_PRICE_TICKS,
  EVT_SEQUENCE,
  INS_BASE_TICKS,
  INS_TOUCHES,
  INSTRUMENT_HEADER_BYTES,
  LAD_BEST,
  LAD_FLIP,
  LAD_INDEX,
  LAD_TOUCHES,
  LADDER_BYTES,
  LVL_LOTS,
  NO_LEVEL,
  ORD_ID,
  ORD_PLACE,
  PAGE_INSTRUMENT,
} from './matching-layout';
import { openLotsOf } from './order-table';

/** Room for one more step. */
export function hasRoom(): bool {
  return load<usize>(CTL_OUT_AT) < load<usize>(CTL_OUT_LIMIT);
}

/** Begins an event: kind, reason, instrument, sequence, id. The caller writes the rest. */
export function event(kind: u32, reason: u32, instrument: u32, id: i64): usize {
  const at = load<usize>(CTL_OUT_AT);
  store<u32>(CTL_OUT_AT, <u32>(at + EVENT_BYTES));
  store<u32>(at, kind | (reason << 8) | (instrument << 16));
  store<u32>(at, load<u32>(CTL_SEQUENCE), EVT_SEQUENCE);
  store<i64>(at, id, EVT_ID);
  return at;
}

/** The fields that most events have; `otherId` is 0 but for those of two orders. */
export function fill(at: usize, priceTicks: i64, lots: i64, leavesLots: i64): void {
  store<i64>(at, 0, EVT_OTHER_ID);
  store<i64>(at, priceTicks, EVT_PRICE_TICKS);
  store<i64>(at, lots, EVT_LOTS);
  store<i64>(at, leavesLots, EVT_LEAVES_LOTS);
}

/** Instrument block of a number that was checked. */
export function blockOf(instrument: u32): usize {
  return load<usize>(CTL_INSTRUMENTS) + <usize>instrument * BOOK_BLOCK_BYTES;
}

export function ladderOf(block: usize, index: u32): usize {
  return block + INSTRUMENT_HEADER_BYTES + <usize>index * LADDER_BYTES;
}

export function instrumentOf(ladder: usize): u32 {
  return load<u32>(ladder, LAD_INDEX) >> 2;
}

/** Price of a key of a ladder. */
export function ticksAt(ladder: usize, key: i32): i64 {
  return (
    load<i64>(blockOfLadder(ladder) + INS_BASE_TICKS) + <i64>(key ^ load<i32>(ladder, LAD_FLIP))
  );
}

/** Key of a price that is in the instrument's range. */
export function keyOf(ladder: usize, ticks: i64): i32 {
  const above = <i32>(ticks - load<i64>(blockOfLadder(ladder) + INS_BASE_TICKS));
  return above ^ load<i32>(ladder, LAD_FLIP);
}

/** A resting order (still in its queue) is about to go, with all that is open of it. */
export function emitCancelled(order: usize, reason: u32): void {
  const place = load<usize>(order, ORD_PLACE);
  const instrument = load<u32>(pageAt(place), PAGE_INSTRUMENT);
  const at = event(EVENT_CANCELLED, reason, instrument, load<i64>(order, ORD_ID));
  fill(at, ticksOf(place), openLotsOf(order), 0);
}

/** Writes EVENT_BBO if the last change of a level was one of the best of its instrument. */
export function emitLastBbo(): void {
  const ladder = load<usize>(CTL_TOUCHED);
  if (ladder !== 0) emitBbo(instrumentOf(ladder));
}

/** Writes EVENT_BBO when a best level of the instrument was touched since the last. */
export function emitBbo(instrument: u32): void {
  const block = blockOf(instrument);
  const bids = ladderOf(block, 0);
  const asks = ladderOf(block, 1);
  const touches = load<i32>(bids, LAD_TOUCHES) + load<i32>(asks, LAD_TOUCHES);
  if (touches === load<i32>(block, INS_TOUCHES)) return;
  store<i32>(block, touches, INS_TOUCHES);
  const at = event(EVENT_BBO, 0, instrument, bestTicks(bids));
  store<i64>(at, bestLots(bids), EVT_OTHER_ID);
  store<i64>(at, bestTicks(asks), EVT_PRICE_TICKS);
  store<i64>(at, bestLots(asks), EVT_LOTS);
  store<i64>(at, 0, EVT_LEAVES_LOTS);
}

/** Best price of a ladder, 0 when it is empty. */
export function bestTicks(ladder: usize): i64 {
  const best = load<i32>(ladder, LAD_BEST);
  return best === NO_LEVEL ? 0 : ticksAt(ladder, best);
}

/** Shown lots of the best level, 0 when the ladder is empty. */
export function bestLots(ladder: usize): i64 {
  const best = load<i32>(ladder, LAD_BEST);
  return best === NO_LEVEL ? 0 : load<i64>(levelOf(ladder, best) + LVL_LOTS);
}
