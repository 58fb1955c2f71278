/**
 * HOT: bytes received to REQUEST; no allocation. requestNext frames the next message in a session's
 * RX and decodes 35=D, F and G under the rule of fix-decode.ts: the session is live without a gap,
 * the header is right, every tag is on the message's list and every value one that the dictionary
 * has. Every other whole message is left to the session in TypeScript, which consumes it in order.
 */
import { bodyEnd, bodyStart, droppedLength, frameLength } from '../fix-frame';
import { headerField, isBeginString, NOT_A_HEADER_FIELD, sessionError } from '../fix-header';
import { quickHeader } from '../fix-quick';
import {
  haveAll,
  once,
  SEEN_BODY,
  SEEN_HEADER,
  ST_BYTES,
  ST_NUMBERS,
  ST_SEEN,
  ST_SESSION_CHECKS,
  storeSpan,
} from '../fix-state';
import { isListed, parseOnGrid, parseTimestamp } from '../fix-value';
import {
  DEC_ERROR,
  DEC_MESSAGE,
  DEC_MESSAGE_LENGTH,
  DECODED,
  FIX_BAD_VALUE,
  FIX_BEGIN_STRING,
  FIX_MISSING_TAG,
  FIX_NOT_FAST_TYPE,
  FIX_NOT_LIVE,
  FIX_OFF_GRID,
  FIX_UNKNOWN_SYMBOL,
  FIX_UNKNOWN_TAG,
  INS_LOT_E8,
  INS_TICK_E8,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  RX,
  RX_BYTES,
  SES_NEXT_IN,
  SES_RX_END,
  SES_RX_START,
  SES_SEARCHED,
  SES_STATE,
  SESSION_BYTES,
  SESSION_LIVE,
  SESSIONS,
} from '../layout';
import { symbolFind } from '../symbol-table';
import {
  REQ_ACCOUNT,
  REQ_CLORDID,
  REQ_DISPLAY_LOTS,
  REQ_INSTRUMENT,
  REQ_ORD_TYPE,
  REQ_ORIG_CLORDID,
  REQ_POST_ONLY,
  REQ_PRICE_TICKS,
  REQ_QTY_LOTS,
  REQ_SELF_MATCH,
  REQ_SELF_MATCH_ID,
  REQ_SESSION,
  REQ_SIDE,
  REQ_STOP_TICKS,
  REQ_SYMBOL,
  REQ_TIME_IN_FORCE,
  REQ_TYPE,
  REQUEST,
  REQUEST_BYTES,
  REQUEST_GARBLED,
  REQUEST_NOTHING,
  REQUEST_SLOW,
  REQUEST_TAKEN,
  VENUE_TEXT_MAX,
} from '../venue-layout';

import { touchRequestId } from './client-ids';
import { isFixt } from './fixt';

const SOH: i32 = 1;
const EQUALS: i32 = 61;
const ZERO: i32 = 48;
const NEW: i32 = 68; // D
const CANCEL: i32 = 70; // F
const REPLACE: i32 = 71; // G
const LIMIT: i32 = 50; // 2
const STOP: i32 = 51; // 3
const STOP_LIMIT: i32 = 52; // 4
const DAY: i32 = 48; // 0
const TAG_DIGITS_MAX: i32 = 6;

// Fields that may stand only once, behind those of fix-state.ts for the header.
const SEEN_11: i64 = 1 << 9;
const SEEN_41: i64 = 1 << 10;
const SEEN_55: i64 = 1 << 11;
const SEEN_54: i64 = 1 << 12;
const SEEN_60: i64 = 1 << 13;
const SEEN_40: i64 = 1 << 14;
const SEEN_59: i64 = 1 << 15;
const SEEN_1: i64 = 1 << 16;
const SEEN_21: i64 = 1 << 17;
const SEEN_18: i64 = 1 << 18;
const SEEN_37: i64 = 1 << 19;
const SEEN_7928: i64 = 1 << 20;
const SEEN_8000: i64 = 1 << 21;

// Places in ST_NUMBERS.
const NUMBER_44: i32 = 0;
const NUMBER_99: i32 = 1;
const NUMBER_38: i32 = 2;
const NUMBER_DISPLAY: i32 = 3;

// One character each, as isListed takes them.
const ORD_TYPES: i64 = 0x1e; // 1 to 4
const TIMES_IN_FORCE: i64 = 0x1b; // 0 1 3 4
const HANDLING: i64 = 0xe; // 1 to 3
const POST_ONLY: i64 = 0x40; // 6
const INSTRUCTIONS: i64 = 0x1e; // 1 to 4

/** Frames and decodes the next message in RX; one that is taken uses its number up. */
export function requestNext(session: i32): i32 {
  const block = SESSIONS + session * SESSION_BYTES;
  const rx = RX + session * RX_BYTES;
  const at = rx + load<i32>(block + SES_RX_START);
  const end = rx + load<i32>(block + SES_RX_END);
  const framed = at < end ? frameLength(block, at, end) : 0;
  if (framed === 0) return REQUEST_NOTHING;
  const length = framed > 0 ? framed : droppedLength(block, framed, at, end);
  store<i32>(block + SES_SEARCHED, 0);
  store<i32>(block + SES_RX_START, at + length - rx);
  store<i32>(DECODED + DEC_MESSAGE, at);
  store<i32>(DECODED + DEC_MESSAGE_LENGTH, length);
  if (framed < 0) {
    store<i32>(DECODED + DEC_ERROR, -framed);
    return REQUEST_GARBLED;
  }
  const error = requestError(block, at, at + length);
  store<i32>(DECODED + DEC_ERROR, error);
  if (error !== 0) return REQUEST_SLOW;
  store<i32>(REQUEST + REQ_SESSION, session);
  store<i64>(block + SES_NEXT_IN, load<i64>(block + SES_NEXT_IN) + 1);
  return REQUEST_TAKEN;
}

/** Why the framed message is none for the fast path; 0 = it is, and is decoded. */
function requestError(block: i32, at: i32, end: i32): i32 {
  if (!isBeginString(block, at)) return FIX_BEGIN_STRING;
  const body = bodyStart(at, end);
  const type = <i32>load<u8>(body + 3);
  if (load<u8>(body + 4) !== SOH) return FIX_NOT_FAST_TYPE;
  if (type !== NEW && type !== CANCEL && type !== REPLACE) return FIX_NOT_FAST_TYPE;
  if (load<i32>(block + SES_STATE) !== SESSION_LIVE) return FIX_NOT_LIVE;
  for (let place = 0; place < ST_BYTES; place += 16) v128.store(ST_SEEN + place, i64x2.splat(0));
  store<i32>(ST_SESSION_CHECKS, 1);
  for (let place = 0; place < REQUEST_BYTES; place += 16) {
    v128.store(REQUEST + place, i64x2.splat(0));
  }
  store<i32>(REQUEST + REQ_TYPE, type);
  store<i32>(REQUEST + REQ_INSTRUMENT, -1);
  store<i32>(REQUEST + REQ_TIME_IN_FORCE, DAY);
  // Nearly every message has just the four fields of the header, right ones, in front.
  const afterHeader = quickHeader(block, body + 5);
  if (afterHeader !== 0) {
    store<i64>(ST_SEEN, SEEN_HEADER | SEEN_BODY);
    return decodeFields(block, type, afterHeader, bodyEnd(end));
  }
  const error = decodeFields(block, type, body + 5, bodyEnd(end));
  return error !== 0 ? error : sessionError(block);
}

/** All fields between MsgType and CheckSum; 0 or FIX_*. */
function decodeFields(block: i32, type: i32, from: i32, end: i32): i32 {
  let cursor = from;
  while (cursor < end) {
    if (load<u8>(cursor) === ZERO) return FIX_BAD_VALUE; // no tag begins with 0
    let tag = 0;
    const tagAt = cursor;
    let digit = <i32>load<u8>(cursor) - ZERO;
    while (digit >= 0 && digit <= 9) {
      if (cursor - tagAt === TAG_DIGITS_MAX) return FIX_UNKNOWN_TAG;
      tag = tag * 10 + digit;
      digit = <i32>load<u8>(++cursor) - ZERO;
    }
    if (cursor === tagAt || load<u8>(cursor) !== EQUALS) return FIX_BAD_VALUE;
    const valueAt = ++cursor;
    while (load<u8>(cursor) !== SOH) cursor++; // the frame's last byte is one
    if (cursor === valueAt || cursor >= end) return FIX_BAD_VALUE;
    const error = decodeField(block, type, tag, valueAt, cursor);
    if (error !== 0) return error;
    cursor++;
  }
  return requestEnd(type);
}

function decodeField(block: i32, type: i32, tag: i32, at: i32, end: i32): i32 {
  if ((load<i64>(ST_SEEN) & SEEN_BODY) === 0) {
    const header = headerField(block, tag, at, end);
    if (header !== NOT_A_HEADER_FIELD) return header;
    store<i64>(ST_SEEN, load<i64>(ST_SEEN) | SEEN_BODY);
  }
  // A field of the header that stands in the body is none that is known there.
  switch (tag) {
    case 11:
      touchRequestId(at, end - at);
      return text(REQ_CLORDID, SEEN_11, at, end);
    case 55:
      store<i32>(REQUEST + REQ_INSTRUMENT, symbolFind(at, end - at));
      storeText(REQ_SYMBOL, at, end);
      if (load<i32>(REQUEST + REQ_INSTRUMENT) < 0) return FIX_UNKNOWN_SYMBOL;
      return once(SEEN_55);
    case 54:
      return side(at, end);
    case 60:
      return parseTimestamp(at, end) >= 0 ? once(SEEN_60) : FIX_BAD_VALUE;
    case 1:
      return text(REQ_ACCOUNT, SEEN_1, at, end);
    case 38:
      return number(NUMBER_38, at, end);
    default:
      return type === NEW
        ? termsField(block, tag, at, end)
        : changeField(block, type, tag, at, end);
  }
}

/** A field of 35=D or G that a cancel has not. */
function termsField(block: i32, tag: i32, at: i32, end: i32): i32 {
  switch (tag) {
    case 40:
      return code(REQ_ORD_TYPE, SEEN_40, ORD_TYPES, at, end);
    case 44:
      return number(NUMBER_44, at, end);
    case 59:
      return code(REQ_TIME_IN_FORCE, SEEN_59, TIMES_IN_FORCE, at, end);
    case 21:
      return isListed(at, end, HANDLING) ? once(SEEN_21) : FIX_BAD_VALUE;
    case 99:
      return number(NUMBER_99, at, end);
    case 111:
      return number(NUMBER_DISPLAY, at, end);
    case 18:
      store<i32>(REQUEST + REQ_POST_ONLY, 1);
      return isListed(at, end, POST_ONLY) ? once(SEEN_18) : FIX_BAD_VALUE;
    case 7928:
      return text(REQ_SELF_MATCH_ID, SEEN_7928, at, end);
    case 8000:
      store<i32>(REQUEST + REQ_SELF_MATCH, <i32>load<u8>(at) - ZERO);
      return isListed(at, end, INSTRUCTIONS) ? once(SEEN_8000) : FIX_BAD_VALUE;
    case 1138:
      return isFixt(block) ? number(NUMBER_DISPLAY, at, end) : FIX_UNKNOWN_TAG;
    default:
      return FIX_UNKNOWN_TAG;
  }
}

/** A field of 35=F or G that a new order has not. */
function changeField(block: i32, type: i32, tag: i32, at: i32, end: i32): i32 {
  if (tag === 41) return text(REQ_ORIG_CLORDID, SEEN_41, at, end);
  if (tag === 37) return once(SEEN_37); // the order is known by 41
  const isTerm = tag === 40 || tag === 44 || tag === 59 || tag === 21 || tag === 99;
  return type === REPLACE && isTerm ? termsField(block, tag, at, end) : FIX_UNKNOWN_TAG;
}

function storeText(field: i32, at: i32, end: i32): void {
  store<i32>(REQUEST + field, at);
  store<i32>(REQUEST + field + 4, end - at);
}

function text(field: i32, seen: i64, at: i32, end: i32): i32 {
  storeText(field, at, end);
  return end - at <= VENUE_TEXT_MAX ? once(seen) : FIX_BAD_VALUE;
}

function code(field: i32, seen: i64, values: i64, at: i32, end: i32): i32 {
  store<i32>(REQUEST + field, <i32>load<u8>(at));
  return isListed(at, end, values) ? once(seen) : FIX_BAD_VALUE;
}

function side(at: i32, end: i32): i32 {
  const value = <i32>load<u8>(at) - ZERO;
  if (end - at !== 1 || value < 1 || value > 2) return FIX_BAD_VALUE;
  store<i32>(REQUEST + REQ_SIDE, value);
  return once(SEEN_54);
}

function number(place: i32, at: i32, end: i32): i32 {
  const span = ST_NUMBERS + (place << 3);
  if (load<i32>(span) !== 0) return FIX_BAD_VALUE;
  storeSpan(span, at, end);
  return 0;
}

/**
 * After the last field: what is missing, then the numbers onto the instrument's grid; 0 or FIX_*.
 */
function requestEnd(type: i32): i32 {
  const always = SEEN_HEADER | SEEN_11 | SEEN_55 | SEEN_54 | SEEN_60;
  const further = type === NEW ? SEEN_40 : type === CANCEL ? SEEN_41 : SEEN_41 | SEEN_40;
  if (!haveAll(always | further)) return FIX_MISSING_TAG;
  const block = INSTRUMENTS + load<i32>(REQUEST + REQ_INSTRUMENT) * INSTRUMENT_BYTES;
  const tickE8 = load<i64>(block + INS_TICK_E8);
  const lotE8 = load<i64>(block + INS_LOT_E8);
  const ordType = load<i32>(REQUEST + REQ_ORD_TYPE);
  const hasPrice = type !== CANCEL && (ordType === LIMIT || ordType === STOP_LIMIT);
  const hasStop = type !== CANCEL && (ordType === STOP || ordType === STOP_LIMIT);
  return (
    onGrid(NUMBER_38, type !== CANCEL, REQ_QTY_LOTS, lotE8) |
    onGrid(NUMBER_44, hasPrice, REQ_PRICE_TICKS, tickE8) |
    onGrid(NUMBER_99, hasStop, REQ_STOP_TICKS, tickE8) |
    onGrid(NUMBER_DISPLAY, false, REQ_DISPLAY_LOTS, lotE8)
  );
}

/** One number of the message; one that the order type has no use for must be one all the same. */
function onGrid(place: i32, required: boolean, field: i32, stepE8: i64): i32 {
  const span = ST_NUMBERS + (place << 3);
  const at = load<i32>(span);
  if (at === 0) return required ? FIX_MISSING_TAG : 0;
  const value = parseOnGrid(at, load<i32>(span + 4), stepE8);
  if (value < 0) return FIX_OFF_GRID; // negative ones, and what is no number, likewise
  const isPrice = place === NUMBER_44 || place === NUMBER_99;
  store<i64>(REQUEST + field, isPrice && !required ? 0 : value);
  return 0;
}
