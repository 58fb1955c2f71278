/**
 * The fields of 35=8 (ExecutionReport) into DECODED. Prices and quantities are judged after the
 * last field, because the symbol, and with it the grid, may stand after them. The fast path takes
 * no value that a data dictionary might refuse.
 */

import {
  haveAll,
  isFast,
  ORD_STATUSES,
  once,
  SEEN_1,
  SEEN_6,
  SEEN_11,
  SEEN_12,
  SEEN_13,
  SEEN_15,
  SEEN_17,
  SEEN_37,
  SEEN_39,
  SEEN_40,
  SEEN_41,
  SEEN_54,
  SEEN_55,
  SEEN_58,
  SEEN_59,
  SEEN_60,
  SEEN_103,
  SEEN_150,
  SEEN_851,
  SEEN_HEADER,
  ST_NUMBERS,
  storeSpan,
} from './fix-state';
import {
  hash64,
  isCurrency,
  isDecimal,
  isListed,
  OFF_GRID,
  parseClOrdId,
  parseOnGrid,
  parseTimestamp,
  parseUnsigned,
} from './fix-value';
import {
  DEC_CLORDID,
  DEC_CUM_LOTS,
  DEC_EXEC_ID_HASH,
  DEC_EXEC_TYPE,
  DEC_INSTRUMENT,
  DEC_LAST_LOTS,
  DEC_LAST_PX_TICKS,
  DEC_LEAVES_LOTS,
  DEC_LIQUIDITY,
  DEC_ORD_STATUS,
  DEC_ORDER_ID,
  DEC_ORDER_ID_LENGTH,
  DEC_ORDER_LOTS,
  DEC_ORIG_CLORDID,
  DEC_PRICE_TICKS,
  DEC_REJECT_REASON,
  DEC_SIDE,
  DECODED,
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

// Places in ST_NUMBERS, in the order in which they are judged; the first two are prices.
const NUMBER_44: i32 = 0;
const NUMBER_31: i32 = 1;
const NUMBER_38: i32 = 2;
const NUMBER_32: i32 = 3;
const NUMBER_151: i32 = 4;
const NUMBER_14: i32 = 5;
const INT_MAX: i64 = 2147483647;
// What FIX 4.4 lists, as isListed takes it.
const EXEC_TYPES: i64 = 0x3fe03f9; // 0 3 to 9, A to I
const ORD_TYPES: i64 = 0x13eb003de; // 1 to 4, 6 to 9, D E G I J K L M P
const TIMES_IN_FORCE: i64 = 0xff; // 0 to 7
const COMM_TYPES: i64 = 0x7e; // 1 to 6
const LIQUIDITIES: i64 = 0xe; // 1 to 3

/** One body field of 35=8; 0 or FIX_*. */
export function executionField(tag: i32, at: i32, end: i32): i32 {
  switch (tag) {
    case 44:
      return number(NUMBER_44, at, end);
    case 31:
      return number(NUMBER_31, at, end);
    case 38:
      return number(NUMBER_38, at, end);
    case 32:
      return number(NUMBER_32, at, end);
    case 151:
      return number(NUMBER_151, at, end);
    case 14:
      return number(NUMBER_14, at, end);
    default:
      return identityField(tag, at, end);
  }
}

/** Which order, what happened to it. */
function identityField(tag: i32, at: i32, end: i32): i32 {
  switch (tag) {
    case 11:
      store<i64>(DECODED + DEC_CLORDID, parseClOrdId(at, end));
      return once(SEEN_11);
    case 41:
      store<i64>(DECODED + DEC_ORIG_CLORDID, parseClOrdId(at, end));
      return once(SEEN_41);
    case 17:
      store<i64>(DECODED + DEC_EXEC_ID_HASH, hash64(at, end));
      return once(SEEN_17);
    case 37:
      store<i32>(DECODED + DEC_ORDER_ID, at);
      store<i32>(DECODED + DEC_ORDER_ID_LENGTH, end - at);
      return once(SEEN_37);
    case 55:
      store<i32>(DECODED + DEC_INSTRUMENT, symbolFind(at, end - at));
      if (load<i32>(DECODED + DEC_INSTRUMENT) < 0) return FIX_UNKNOWN_SYMBOL;
      return once(SEEN_55);
    case 150:
      store<i32>(DECODED + DEC_EXEC_TYPE, <i32>load<u8>(at));
      return isCode(at, end, EXEC_TYPES) ? once(SEEN_150) : FIX_BAD_VALUE;
    case 39:
      store<i32>(DECODED + DEC_ORD_STATUS, <i32>load<u8>(at));
      return isCode(at, end, ORD_STATUSES) ? once(SEEN_39) : FIX_BAD_VALUE;
    case 54:
      return side(at, end);
    case 103:
      return rejectReason(at, end);
    case 851:
      return liquidity(at, end);
    default:
      return plainField(tag, at, end);
  }
}

/** Known, and of no consequence for the order's state. */
function plainField(tag: i32, at: i32, end: i32): i32 {
  const field = plainBit(tag);
  if (field === 0) return FIX_UNKNOWN_TAG;
  if (!isFast()) return 0;
  return isPlainValue(tag, at, end) ? once(field) : FIX_BAD_VALUE;
}

function plainBit(tag: i32): i64 {
  switch (tag) {
    case 1:
      return SEEN_1;
    case 6:
      return SEEN_6;
    case 12:
      return SEEN_12;
    case 13:
      return SEEN_13;
    case 15:
      return SEEN_15;
    case 40:
      return SEEN_40;
    case 58:
      return SEEN_58;
    case 59:
      return SEEN_59;
    case 60:
      return SEEN_60;
    default:
      return 0;
  }
}

function isPlainValue(tag: i32, at: i32, end: i32): boolean {
  switch (tag) {
    case 6:
    case 12:
      return isDecimal(at, end);
    case 13:
      return isListed(at, end, COMM_TYPES);
    case 15:
      return isCurrency(at, end);
    case 40:
      return isListed(at, end, ORD_TYPES);
    case 59:
      return isListed(at, end, TIMES_IN_FORCE);
    case 60:
      return parseTimestamp(at, end) >= 0;
    default:
      return true; // text
  }
}

/** One character; on the fast path one of the listed. */
function isCode(at: i32, end: i32, values: i64): boolean {
  return isFast() ? isListed(at, end, values) : end - at === 1;
}

function number(place: i32, at: i32, end: i32): i32 {
  const span = ST_NUMBERS + (place << 3);
  if (load<i32>(span) !== 0) return FIX_BAD_VALUE;
  storeSpan(span, at, end);
  return 0;
}

function side(at: i32, end: i32): i32 {
  const code = <i32>load<u8>(at) - 48;
  if (end - at !== 1 || code < 1 || code > 2) return FIX_BAD_VALUE;
  store<i32>(DECODED + DEC_SIDE, code);
  return once(SEEN_54);
}

function rejectReason(at: i32, end: i32): i32 {
  const reason = parseUnsigned(at, end);
  if (reason < 0 || reason > INT_MAX) return FIX_BAD_VALUE;
  if (isFast() && !isListedReason(at, end, reason)) return FIX_BAD_VALUE;
  store<i32>(DECODED + DEC_REJECT_REASON, <i32>reason);
  return once(SEEN_103);
}

/** 0 to 11, 13 to 15 and 99, without leading zeros. */
function isListedReason(at: i32, end: i32, reason: i64): boolean {
  if (end - at > 2 || (end - at === 2 && reason < 10)) return false;
  return reason <= 11 || (reason >= 13 && reason <= 15) || reason === 99;
}

/** Venues have codes past 2 (routed, auction); they tell nothing of maker or taker: 0. */
function liquidity(at: i32, end: i32): i32 {
  const code = parseUnsigned(at, end);
  if (code < 0 || (isFast() && !isListed(at, end, LIQUIDITIES))) return FIX_BAD_VALUE;
  store<i32>(DECODED + DEC_LIQUIDITY, code <= 2 ? <i32>code : 0);
  return once(SEEN_851);
}

/**
 * After the last field: what is missing, then the numbers onto the instrument's grid; 0 or FIX_*.
 */
export function executionEnd(): i32 {
  const required = SEEN_HEADER | SEEN_37 | SEEN_17 | SEEN_150 | SEEN_39 | SEEN_54 | SEEN_55;
  if (!haveAll(required) || (isFast() && !haveAll(SEEN_6))) return FIX_MISSING_TAG;
  if (load<i32>(ST_NUMBERS + (NUMBER_151 << 3)) === 0) return FIX_MISSING_TAG;
  if (load<i32>(ST_NUMBERS + (NUMBER_14 << 3)) === 0) return FIX_MISSING_TAG;
  const block = INSTRUMENTS + load<i32>(DECODED + DEC_INSTRUMENT) * INSTRUMENT_BYTES;
  for (let place = 0; place <= NUMBER_14; place++) {
    const span = ST_NUMBERS + (place << 3);
    const at = load<i32>(span);
    if (at === 0) continue;
    const price = place <= NUMBER_31;
    const step = load<i64>(block + (price ? INS_TICK_E8 : INS_LOT_E8));
    const value = parseOnGrid(at, load<i32>(span + 4), step);
    if (value === OFF_GRID) return FIX_OFF_GRID;
    if (value < OFF_GRID || (!price && value < 0)) return FIX_BAD_VALUE;
    store<i64>(DECODED + numberField(place), value);
  }
  return 0;
}

function numberField(place: i32): i32 {
  switch (place) {
    case NUMBER_44:
      return DEC_PRICE_TICKS;
    case NUMBER_31:
      return DEC_LAST_PX_TICKS;
    case NUMBER_38:
      return DEC_ORDER_LOTS;
    case NUMBER_32:
      return DEC_LAST_LOTS;
    case NUMBER_151:
      return DEC_LEAVES_LOTS;
    default:
      return DEC_CUM_LOTS;
  }
}
