/**
 * The fields of 35=W and 35=X into DECODED's entries. An entry's price and quantity are judged when
 * the entry ends, because its symbol, and with it the grid, may stand after them.
 */

import {
  firstTime,
  haveAll,
  SEEN_55,
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
import { OFF_GRID, parseOnGrid, parseUnsigned } from './fix-value';
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
const SEEN_ENTRY: i32 = 1; // an entry is open
const SEEN_ENTRY_TYPE: i32 = 2;
const SEEN_ENTRY_SYMBOL: i32 = 4;
const SEEN_ENTRY_PRICE: i32 = 8;
const SEEN_ENTRY_QTY: i32 = 16;

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
      return 0; // known, and of no consequence for the book
    default:
      return FIX_UNKNOWN_TAG;
  }
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
  const type = code === 74 ? ENTRY_EMPTY_BOOK : code - 48; // J
  if (code !== 74 && (type < 0 || type > ENTRY_TRADE)) return FIX_BAD_VALUE;
  if (load<i32>(ST_TYPE) === TYPE_SNAPSHOT) {
    const error = startEntry();
    if (error !== 0) return error;
  }
  const error = entryField(SEEN_ENTRY_TYPE);
  if (error === 0) store<i32>(ST_ENTRY_TYPE, type);
  return error;
}

/** Notes a field of the entry in hand, which must be open and must not have had it. */
function entryField(field: i32): i32 {
  const seen = load<i32>(ST_ENTRY_SEEN);
  if ((seen & SEEN_ENTRY) === 0) return FIX_BAD_GROUP_COUNT;
  if ((seen & field) !== 0) return FIX_BAD_VALUE;
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
