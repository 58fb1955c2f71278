/**
 * HOT: one call per message; no allocation. The order book by price (MBP), one block of BOOKS an
 * instrument. A side is an array sorted worst first, best last, so that changes near the touch move
 * few bytes. Both sides run through the same code: a price times the side's sign rises towards the
 * touch.
 */
import {
  ACTION_DELETE,
  ACTION_NEW,
  BOOK_ASKS,
  BOOK_BIDS,
  BOOK_BYTES,
  BOOK_DROPPED,
  BOOK_VWAP_LOTS,
  BOOKS,
  CTL_CORE_TIME_NS,
  CTL_NOW_NS,
  CTL_TRADE_HEAD,
  DEC_ENTRIES,
  DEC_ENTRY_COUNT,
  DEC_INSTRUMENT,
  DEC_IS_SNAPSHOT,
  DECODED,
  ENTRY_ACTION,
  ENTRY_ASK,
  ENTRY_BID,
  ENTRY_BYTES,
  ENTRY_EMPTY_BOOK,
  ENTRY_INSTRUMENT,
  ENTRY_PRICE_TICKS,
  ENTRY_QTY_LOTS,
  ENTRY_TRADE,
  ENTRY_TYPE,
  INS_BOOK_UPDATES,
  INS_LAST_RECEIVE_NS,
  INS_LAST_TRADE_LOTS,
  INS_LAST_TRADE_NS,
  INS_LAST_TRADE_SIDE,
  INS_LAST_TRADE_TICKS,
  INS_LAST_UPDATE_NS,
  INS_TRADE_COUNT,
  INS_VOLUME_LOTS,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  LEVEL_BYTES,
  LEVELS_MAX,
  RECORDS_KEPT,
  TRADE_BYTES,
  TRADES,
} from './layout';
import { signalTrade } from './signal';

// Both sides of the header have one shape: |count i32| at side * 4, |ticks i64 |lots i64| at
// BEST + side * BEST_BYTES.
const BEST: i32 = 8;
const BEST_BYTES: i32 = 16;
const BUY: i32 = 1;
const SELL: i32 = 2;
const NEAR_LEVELS: i32 = 8; // most changes happen this close to the touch
const MOVE_HERE_MAX: i32 = 32; // levels: above it memory.copy, which leaves the module, is faster

/** Applies DECODED's entries to books and last trades; returns how many entries were applied. */
export function bookApply(): i32 {
  const count = load<i32>(DECODED + DEC_ENTRY_COUNT);
  const end = DECODED + DEC_ENTRIES + count * ENTRY_BYTES;
  let applied = 0;
  // Trades first: the aggressor is judged by the quotes that stood before this message.
  for (let entry = DECODED + DEC_ENTRIES; entry < end; entry += ENTRY_BYTES) {
    if (load<i32>(entry + ENTRY_TYPE) !== ENTRY_TRADE) continue;
    // A change or deletion corrects an earlier trade, which no longer stands here to be corrected.
    if (load<i32>(entry + ENTRY_ACTION) !== ACTION_NEW) continue;
    applyTrade(entry);
    applied++;
  }
  if (load<i32>(DECODED + DEC_IS_SNAPSHOT) !== 0) emptyBook(load<i32>(DECODED + DEC_INSTRUMENT));
  for (let entry = DECODED + DEC_ENTRIES; entry < end; entry += ENTRY_BYTES) {
    const type = load<i32>(entry + ENTRY_TYPE);
    if (type === ENTRY_TRADE) continue;
    applyEntry(entry, type);
    applied++;
  }
  return applied;
}

function applyEntry(entry: i32, type: i32): void {
  const instrument = load<i32>(entry + ENTRY_INSTRUMENT);
  if (type === ENTRY_EMPTY_BOOK) {
    emptyBook(instrument);
    return;
  }
  const deleted = load<i32>(entry + ENTRY_ACTION) === ACTION_DELETE;
  const lots = deleted ? 0 : load<i64>(entry + ENTRY_QTY_LOTS);
  bookSet(instrument, type, load<i64>(entry + ENTRY_PRICE_TICKS), lots);
  noteUpdate(instrument);
}

function emptyBook(instrument: i32): void {
  bookClear(instrument);
  noteUpdate(instrument);
}

function noteUpdate(instrument: i32): void {
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  store<i64>(block + INS_LAST_UPDATE_NS, load<i64>(CTL_CORE_TIME_NS));
  store<i64>(block + INS_LAST_RECEIVE_NS, load<i64>(CTL_NOW_NS));
  store<i64>(block + INS_BOOK_UPDATES, load<i64>(block + INS_BOOK_UPDATES) + 1);
}

/** Empties both sides. */
export function bookClear(instrument: i32): void {
  const book = BOOKS + instrument * BOOK_BYTES;
  setCount(book, ENTRY_BID, 0);
  setCount(book, ENTRY_ASK, 0);
}

/** Sets one level (0 lots removes it). side: ENTRY_BID, ENTRY_ASK. */
export function bookSet(instrument: i32, side: i32, priceTicks: i64, qtyLots: i64): void {
  const book = BOOKS + instrument * BOOK_BYTES;
  const levels = book + (side === ENTRY_BID ? BOOK_BIDS : BOOK_ASKS);
  const count = load<i32>(book + (side << 2));
  const index = levelIndex(levels, count, side, priceTicks);
  const level = levels + index * LEVEL_BYTES;
  const present = index < count && load<i64>(level) === priceTicks;
  if (qtyLots === 0) {
    if (!present) return;
    moveLevels(level, level + LEVEL_BYTES, count - 1 - index);
    setCount(book, side, count - 1);
  } else if (present) {
    store<i64>(level + 8, qtyLots);
    setCount(book, side, count);
  } else {
    insertLevel(book, side, index, priceTicks);
    const place = count === LEVELS_MAX ? index - 1 : index;
    if (place >= 0) store<i64>(levels + place * LEVEL_BYTES + 8, qtyLots);
    setCount(book, side, min(count + 1, LEVELS_MAX));
  }
}

/**
 * Makes room before `index` and writes the price; a full side loses its farthest level, maybe this
 * one.
 */
function insertLevel(book: i32, side: i32, index: i32, priceTicks: i64): void {
  const levels = book + (side === ENTRY_BID ? BOOK_BIDS : BOOK_ASKS);
  const count = load<i32>(book + (side << 2));
  const level = levels + index * LEVEL_BYTES;
  if (count < LEVELS_MAX) {
    moveLevels(level + LEVEL_BYTES, level, count - index);
    store<i64>(level, priceTicks);
    return;
  }
  store<i64>(book + BOOK_DROPPED, load<i64>(book + BOOK_DROPPED) + 1);
  if (index === 0) return;
  moveLevels(levels, levels + LEVEL_BYTES, index - 1);
  store<i64>(level - LEVEL_BYTES, priceTicks);
}

function moveLevels(to: i32, from: i32, count: i32): void {
  const bytes = count * LEVEL_BYTES;
  if (count > MOVE_HERE_MAX) memory.copy(to, from, bytes);
  else if (to < from) {
    for (let at = 0; at < bytes; at += LEVEL_BYTES) v128.store(to + at, v128.load(from + at));
  } else {
    for (let at = bytes - LEVEL_BYTES; at >= 0; at -= LEVEL_BYTES) {
      v128.store(to + at, v128.load(from + at));
    }
  }
}

/**
 * The first level at or beyond the price, counted from the worst: where it is, or where it would
 * go.
 */
function levelIndex(levels: i32, count: i32, side: i32, priceTicks: i64): i32 {
  const sign: i64 = side === ENTRY_BID ? 1 : -1;
  const key = sign * priceTicks;
  let high = count; // every level from here on is nearer the touch than the price
  const near = max(count - NEAR_LEVELS, 0);
  while (high > near) {
    if (sign * load<i64>(levels + (high - 1) * LEVEL_BYTES) < key) return high;
    high--;
  }
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sign * load<i64>(levels + middle * LEVEL_BYTES) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Mean price in ticks of the first `lots` lots behind the touch, of as many as there are; how many
 * there are goes to BOOK_VWAP_LOTS. 0 when there are none. side: ENTRY_BID, ENTRY_ASK.
 */
export function bookVwap(instrument: i32, side: i32, lots: f64): f64 {
  const book = BOOKS + instrument * BOOK_BYTES;
  const levels = book + (side === ENTRY_BID ? BOOK_BIDS : BOOK_ASKS);
  const best = load<i64>(book + BEST + side * BEST_BYTES);
  let level = levels + load<i32>(book + (side << 2)) * LEVEL_BYTES;
  let found: f64 = 0.0;
  let away: f64 = 0.0; // lot-ticks from the best price: small numbers lose no digits
  while (level > levels && found < lots) {
    level -= LEVEL_BYTES;
    const taken = min<f64>(<f64>load<i64>(level + 8), lots - found);
    found += taken;
    away += taken * <f64>(load<i64>(level) - best);
  }
  store<f64>(BOOK_VWAP_LOTS, found);
  return found > 0.0 ? <f64>best + away / found : 0.0;
}

/**
 * Writes a side's count and copies its best level into the header; zeros when the side is empty.
 */
function setCount(book: i32, side: i32, count: i32): void {
  const levels = book + (side === ENTRY_BID ? BOOK_BIDS : BOOK_ASKS);
  const best = book + BEST + side * BEST_BYTES;
  const level = levels + (count - 1) * LEVEL_BYTES;
  store<i32>(book + (side << 2), count);
  store<i64>(best, count === 0 ? 0 : load<i64>(level));
  store<i64>(best + 8, count === 0 ? 0 : load<i64>(level + 8));
}

function applyTrade(entry: i32): void {
  const instrument = load<i32>(entry + ENTRY_INSTRUMENT);
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  const priceTicks = load<i64>(entry + ENTRY_PRICE_TICKS);
  const lots = load<i64>(entry + ENTRY_QTY_LOTS);
  const side = aggressorSide(instrument, priceTicks);
  const now = load<i64>(CTL_CORE_TIME_NS);
  store<i32>(block + INS_LAST_TRADE_SIDE, side);
  store<i64>(block + INS_LAST_TRADE_TICKS, priceTicks);
  store<i64>(block + INS_LAST_TRADE_LOTS, lots);
  store<i64>(block + INS_LAST_TRADE_NS, now);
  store<i64>(block + INS_TRADE_COUNT, load<i64>(block + INS_TRADE_COUNT) + 1);
  store<i64>(block + INS_VOLUME_LOTS, load<i64>(block + INS_VOLUME_LOTS) + lots);
  const head = load<i64>(CTL_TRADE_HEAD);
  const record = TRADES + <i32>(head % RECORDS_KEPT) * TRADE_BYTES;
  store<i64>(record, now);
  store<i64>(record + 8, priceTicks);
  store<i64>(record + 16, lots);
  store<i32>(record + 24, instrument);
  store<i32>(record + 28, side);
  store<i64>(CTL_TRADE_HEAD, head + 1);
  signalTrade(instrument, priceTicks, lots);
}

/**
 * Quote rule: at the ask or beyond is a buy, at the bid or beyond a sell, between them the nearer
 * quote decides. At the mid, or without both quotes, the tick rule: up is a buy, down a sell,
 * unchanged as before.
 */
function aggressorSide(instrument: i32, priceTicks: i64): i32 {
  const book = BOOKS + instrument * BOOK_BYTES;
  if (load<i32>(book) > 0 && load<i32>(book + 4) > 0) {
    const mid2 = load<i64>(book + BEST) + load<i64>(book + BEST + BEST_BYTES);
    if (priceTicks * 2 > mid2) return BUY;
    if (priceTicks * 2 < mid2) return SELL;
  }
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  if (load<i64>(block + INS_TRADE_COUNT) === 0) return 0;
  const last = load<i64>(block + INS_LAST_TRADE_TICKS);
  if (priceTicks > last) return BUY;
  return priceTicks < last ? SELL : load<i32>(block + INS_LAST_TRADE_SIDE);
}
