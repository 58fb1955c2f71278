/**
 * The fields of 35=W and 35=X into DECODED's entries. An entry's price and quantity are judged when
 * the entry ends, because its symbol, and with it the grid, may stand after them. On the fast path
 * an entry's fields stand in the standard's order, and its other values are judged too.
 */

import {
  firstTime,
  haveAll,
  isFast,
  SEEN_22,
  SEEN_48,
  SEEN_55,
  SEEN_207,
  SEEN_262,
  SEEN_268,
  SEEN_HEADER,
  ST_ACTION,
  ST_ENTRY_SEEN,
  ST_ENTRY_TYPE,
  ST_GROUP_COUNT,
  ST_INSTRUMENT,
  ST_PRICE,
  ST_QTY,
  ST_TYPE,
  storeSpan,
} from './fix-state';
import { isListed, OFF_GRID, parseDate, parseOnGrid, parseTime, parseUnsigned } from './fix-value';
import {
  ACTION_DELETE,
  ACTION_NEW,
  DEC_ENTRIES,
  DEC_ENTRY_COUNT,
  DEC_INSTRUMENT,
  DEC_IS_SNAPSHOT,
  DECODED,
  DECODED_ENTRIES_MAX,
  ENTRY_ACTION,
  ENTRY_BYTES,
  ENTRY_EMPTY_BOOK,
  ENTRY_INSTRUMENT,
  ENTRY_PRICE_TICKS,
  ENTRY_QTY_LOTS,
  ENTRY_TRADE,
  ENTRY_TYPE,
  FIX_BAD_GROUP_COUNT,
  FIX_BAD_VALUE,
  FIX_MISSING_TAG,
  FIX_OFF_GRID,
  FIX_UNKNOWN_SYMBOL,
  FIX_UNKNOWN_TAG,
  INS_LOT_E8,
  INS_TICK_E8,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
} from './layout';
import { symbolFind } from './symbol-table';

const TYPE_SNAPSHOT: i32 = 87; // W
const ID_SOURCES: i64 = 0x3fe; // 1 to 9, which every version lists
// In the order in which the standard has the fields in an entry; the rest is in plainEntryBit.
const SEEN_ENTRY: i32 = 1; // an entry is open
const SEEN_ENTRY_TYPE: i32 = 1 << 1;
const SEEN_ENTRY_SYMBOL: i32 = 1 << 3;
const SEEN_ENTRY_PRICE: i32 = 1 << 7;
const SEEN_ENTRY_QTY: i32 = 1 << 8;

/** One body field of 35=W or 35=X; 0 or FIX_*. */
export function marketDataField(tag: i32, at: i32, end: i32): i32 {
  switch (tag) {
    case 279:
      return load<i32>(ST_TYPE) === TYPE_SNAPSHOT ? FIX_UNKNOWN_TAG : startUpdate(at, end);
    case 269:
      return entryType(at, end);
    case 270:
      return entrySpan(SEEN_ENTRY_PRICE, ST_PRICE, at, end);
    case 271:
      return entrySpan(SEEN_ENTRY_QTY, ST_QTY, at, end);
    case 55:
      return symbol(at, end);
    case 268:
      return groupCount(at, end);
    default:
      return isFast() ? plainField(tag, at, end) : plainTag(tag);
  }
}

/** What is known and of no consequence for the book, where the session has judged it. */
function plainTag(tag: i32): i32 {
  switch (tag) {
    case 22:
    case 48:
    case 60:
    case 75:
    case 83:
    case 207:
    case 262:
    case 272:
    case 273:
    case 278:
    case 290:
    case 346:
      return 0;
    default:
      return FIX_UNKNOWN_TAG;
  }
}

/** The same on the fast path: beside the group, which it ends, or in its place in an entry. */
function plainField(tag: i32, at: i32, end: i32): i32 {
  const isSnapshot = load<i32>(ST_TYPE) === TYPE_SNAPSHOT;
  const beside = besideBit(tag, isSnapshot);
  if (beside !== 0) {
    const error = closeGroup();
    if (error !== 0) return error;
    return isPlainValue(tag, at, end) && firstTime(beside) ? 0 : FIX_BAD_VALUE;
  }
  const field = plainEntryBit(tag, isSnapshot);
  if (field === 0) return FIX_UNKNOWN_TAG;
  const error = entryField(field);
  return error === 0 && !isPlainValue(tag, at, end) ? FIX_BAD_VALUE : error;
}

function besideBit(tag: i32, isSnapshot: boolean): i64 {
  if (tag === 262) return SEEN_262;
  if (!isSnapshot) return 0;
  return tag === 48 ? SEEN_48 : tag === 22 ? SEEN_22 : tag === 207 ? SEEN_207 : 0;
}

/** SEEN_ENTRY_* of a field of no consequence, 0 = it is not of an entry. */
function plainEntryBit(tag: i32, isSnapshot: boolean): i32 {
  switch (tag) {
    case 278:
      return isSnapshot ? 0 : 1 << 2;
    case 48:
      return 1 << 4;
    case 22:
      return 1 << 5;
    case 207:
      return 1 << 6;
    case 272:
      return 1 << 9;
    case 273:
      return 1 << 10;
    case 346:
      return 1 << 11;
    case 290:
      return 1 << 12;
    default:
      return 0;
  }
}

function isPlainValue(tag: i32, at: i32, end: i32): boolean {
  switch (tag) {
    case 22:
      return isListed(at, end, ID_SOURCES);
    case 272:
      return end - at === 8 && parseDate(at) >= 0;
    case 273:
      return parseTime(at, end) >= 0;
    case 290:
    case 346:
      return parseUnsigned(at, end) >= 0;
    default:
      return true; // text
  }
}

/** A field beside the group ends it, if it has begun: all of its entries must be there. */
export function closeGroup(): i32 {
  const count = load<i32>(ST_GROUP_COUNT);
  if (count < 0) return 0;
  const error = finishEntry();
  if (error !== 0) return error;
  return load<i32>(DECODED + DEC_ENTRY_COUNT) === count ? 0 : FIX_BAD_GROUP_COUNT;
}

function groupCount(at: i32, end: i32): i32 {
  const count = parseUnsigned(at, end);
  if (count < 0 || !firstTime(SEEN_268)) return FIX_BAD_VALUE;
  if (count > DECODED_ENTRIES_MAX) return FIX_BAD_GROUP_COUNT;
  store<i32>(ST_GROUP_COUNT, <i32>count);
  return 0;
}

function startEntry(): i32 {
  const error = finishEntry();
  if (error !== 0) return error;
  if (load<i32>(DECODED + DEC_ENTRY_COUNT) >= load<i32>(ST_GROUP_COUNT)) return FIX_BAD_GROUP_COUNT;
  store<i32>(ST_ENTRY_SEEN, SEEN_ENTRY);
  store<i32>(ST_ACTION, ACTION_NEW);
  return 0;
}

function startUpdate(at: i32, end: i32): i32 {
  const action = <i32>load<u8>(at) - 48;
  if (end - at !== 1 || action < ACTION_NEW || action > ACTION_DELETE) return FIX_BAD_VALUE;
  const error = startEntry();
  store<i32>(ST_ACTION, action);
  return error;
}

function entryType(at: i32, end: i32): i32 {
  const code = end - at === 1 ? <i32>load<u8>(at) : 0;
  const type = code === 74 ? ENTRY_EMPTY_BOOK : code - 48; // J, which FIX 4.4 does not list
  if (code === 74 ? isFast() : type < 0 || type > ENTRY_TRADE) return FIX_BAD_VALUE;
  if (load<i32>(ST_TYPE) === TYPE_SNAPSHOT) {
    const error = startEntry();
    if (error !== 0) return error;
  }
  const error = entryField(SEEN_ENTRY_TYPE);
  if (error === 0) store<i32>(ST_ENTRY_TYPE, type);
  return error;
}

/**
 * Notes a field of the entry in hand, which must be open and must not have had it, on the fast path
 * nor one that the standard has behind it.
 */
function entryField(field: i32): i32 {
  const seen = load<i32>(ST_ENTRY_SEEN);
  if ((seen & SEEN_ENTRY) === 0) return FIX_BAD_GROUP_COUNT;
  if (seen >= field && (isFast() || (seen & field) !== 0)) return FIX_BAD_VALUE;
  store<i32>(ST_ENTRY_SEEN, seen | field);
  return 0;
}

function entrySpan(field: i32, span: i32, at: i32, end: i32): i32 {
  storeSpan(span, at, end);
  return entryField(field);
}

/** In 35=W once and before the group; in 35=X a field of the entry, which the next ones inherit. */
function symbol(at: i32, end: i32): i32 {
  if (load<i32>(ST_TYPE) === TYPE_SNAPSHOT) {
    if (load<i32>(ST_GROUP_COUNT) >= 0) return FIX_BAD_GROUP_COUNT;
    if (!firstTime(SEEN_55)) return FIX_BAD_VALUE;
  } else {
    const error = entryField(SEEN_ENTRY_SYMBOL);
    if (error !== 0) return error;
  }
  const instrument = symbolFind(at, end - at);
  if (instrument < 0) return FIX_UNKNOWN_SYMBOL;
  store<i32>(ST_INSTRUMENT, instrument);
  return 0;
}

function finishEntry(): i32 {
  const seen = load<i32>(ST_ENTRY_SEEN);
  if (seen === 0) return 0;
  const instrument = load<i32>(ST_INSTRUMENT);
  if ((seen & SEEN_ENTRY_TYPE) === 0 || instrument < 0) return FIX_MISSING_TAG;
  const type = load<i32>(ST_ENTRY_TYPE);
  const action = load<i32>(ST_ACTION);
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  let priceTicks: i64 = 0;
  let qtyLots: i64 = 0;
  if (type !== ENTRY_EMPTY_BOOK) {
    if ((seen & SEEN_ENTRY_PRICE) === 0) return FIX_MISSING_TAG;
    if ((seen & SEEN_ENTRY_QTY) === 0 && action !== ACTION_DELETE) return FIX_MISSING_TAG;
    priceTicks = spanOnGrid(ST_PRICE, load<i64>(block + INS_TICK_E8));
    if (priceTicks <= OFF_GRID) return gridError(priceTicks);
    if ((seen & SEEN_ENTRY_QTY) !== 0) {
      qtyLots = spanOnGrid(ST_QTY, load<i64>(block + INS_LOT_E8));
      if (qtyLots < 0) return gridError(qtyLots);
    }
  }
  const index = load<i32>(DECODED + DEC_ENTRY_COUNT);
  const entry = DECODED + DEC_ENTRIES + index * ENTRY_BYTES;
  store<i32>(entry + ENTRY_INSTRUMENT, instrument);
  store<i32>(entry + ENTRY_ACTION, action);
  store<i32>(entry + ENTRY_TYPE, type);
  store<i64>(entry + ENTRY_PRICE_TICKS, priceTicks);
  store<i64>(entry + ENTRY_QTY_LOTS, qtyLots);
  store<i32>(DECODED + DEC_ENTRY_COUNT, index + 1);
  store<i32>(ST_ENTRY_SEEN, 0);
  return 0;
}

function spanOnGrid(span: i32, stepE8: i64): i64 {
  return parseOnGrid(load<i32>(span), load<i32>(span + 4), stepE8);
}

/** What a negative quantity, BAD_VALUE or OFF_GRID means. */
function gridError(value: i64): i32 {
  return value === OFF_GRID ? FIX_OFF_GRID : FIX_BAD_VALUE;
}

/** After the last field: ends the last entry, then asks what is missing; 0 or FIX_*. */
export function marketDataEnd(): i32 {
  const error = finishEntry();
  if (error !== 0) return error;
  const snapshot = load<i32>(ST_TYPE) === TYPE_SNAPSHOT;
  if (!haveAll(SEEN_HEADER | SEEN_268 | (snapshot ? SEEN_55 : 0))) return FIX_MISSING_TAG;
  const entries = load<i32>(DECODED + DEC_ENTRY_COUNT);
  if (entries !== load<i32>(ST_GROUP_COUNT)) return FIX_BAD_GROUP_COUNT;
  store<i32>(DECODED + DEC_IS_SNAPSHOT, snapshot ? 1 : 0);
  store<i32>(DECODED + DEC_INSTRUMENT, snapshot ? load<i32>(ST_INSTRUMENT) : -1);
  return 0;
}
