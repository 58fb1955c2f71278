/**
 * HOT: bytes received to DECODED; no allocation. fixNext frames the next message in a session's RX
 * and decodes 35=W, X, 8, 9 and 0 when the session is live and the message is beyond doubt; every other
 * whole message is left to the session in TypeScript, which consumes it in order. The reason
 * (DEC_ERROR) is the first of: type, session state, the first faulty field, what is missing,
 * CompIDs, PossDup, number, time.
 */

import { cancelRejectEnd, cancelRejectField } from './fix-cancel-reject';
import { dataTagOf } from './fix-data-tag';
import { clear, clearDecoded } from './fix-decoded';
import { executionEnd, executionField } from './fix-execution';
import { bodyEnd, bodyStart, droppedLength, frameLength } from './fix-frame';
import {
  headerField,
  isBeginString,
  NOT_A_HEADER_FIELD,
  sessionError,
  TAG_SENDING_TIME,
} from './fix-header';
import { closeGroup, marketDataEnd, marketDataField } from './fix-market-data';
import { quickNext } from './fix-quick';
import {
  firstTime,
  haveAll,
  isFast,
  SEEN_BODY,
  SEEN_HEADER,
  SEEN_MARKET_TIME,
  ST_BYTES,
  ST_GROUP_COUNT,
  ST_INSTRUMENT,
  ST_MARKET_TIME_TAG,
  ST_SEEN,
  ST_SESSION_CHECKS,
  ST_TYPE,
} from './fix-state';
import { parseTimestamp, parseUnsigned, sohAt } from './fix-value';
import {
  DEC_ERROR,
  DEC_KIND,
  DEC_MARKET_TIME_NS,
  DEC_MESSAGE,
  DEC_MESSAGE_LENGTH,
  DECODED,
  DECODED_CANCEL_REJECT,
  DECODED_EXECUTION,
  DECODED_GARBLED,
  DECODED_HEARTBEAT,
  DECODED_MARKET_DATA,
  DECODED_NOTHING,
  DECODED_SLOW,
  FIX_BAD_VALUE,
  FIX_BEGIN_STRING,
  FIX_FIRST_FIELDS,
  FIX_MISSING_TAG,
  FIX_NOT_FAST_TYPE,
  FIX_NOT_LIVE,
  FIX_UNKNOWN_TAG,
  RX,
  RX_BYTES,
  SES_MARKET_TIME_TAG,
  SES_NEXT_IN,
  SES_RX_END,
  SES_RX_START,
  SES_SEARCHED,
  SES_STATE,
  SESSION_BYTES,
  SESSION_LIVE,
  SESSIONS,
} from './layout';

export { symbolAdd, symbolFind } from './symbol-table';

const SOH: i32 = 1;
const TYPE_EXECUTION: i32 = 56; // 8
const TYPE_CANCEL_REJECT: i32 = 57; // 9
const TYPE_HEARTBEAT: i32 = 48; // 0
const TYPE_SNAPSHOT: i32 = 87; // W
const TYPE_UPDATE: i32 = 88; // X
const TAG_MAX: i32 = 9999999; // a longer tag is none that we know

/** Frames and decodes the next message in the session's RX; a fast message uses its number up. */
export function fixNext(session: i32): i32 {
  const block = SESSIONS + session * SESSION_BYTES;
  const rx = RX + session * RX_BYTES;
  const at = rx + load<i32>(block + SES_RX_START);
  const end = rx + load<i32>(block + SES_RX_END);
  const quick = at < end && load<i32>(block + SES_STATE) === SESSION_LIVE;
  const update = quick ? quickNext(block, at, end) : 0;
  if (update > 0) {
    store<i32>(block + SES_SEARCHED, 0);
    store<i32>(block + SES_RX_START, at + update - rx);
    return useUp(block, DECODED_MARKET_DATA);
  }
  const framed = at < end ? frameLength(block, at, end) : 0;
  if (framed === 0) {
    store<i32>(DECODED + DEC_KIND, DECODED_NOTHING);
    return DECODED_NOTHING;
  }
  const length = framed > 0 ? framed : droppedLength(block, framed, at, end);
  store<i32>(block + SES_SEARCHED, 0);
  store<i32>(block + SES_RX_START, at + length - rx);
  clearDecoded(at, length);
  if (framed < 0) return verdict(DECODED_GARBLED, -framed);
  const error = fastError(block);
  if (error !== 0) return verdict(DECODED_SLOW, error);
  return useUp(block, kindOfType(load<i32>(ST_TYPE)));
}

/** A fast message has the number that the session awaits. */
function useUp(block: i32, kind: i32): i32 {
  store<i64>(block + SES_NEXT_IN, load<i64>(block + SES_NEXT_IN) + 1);
  return verdict(kind, 0);
}

/** Why the framed message in DECODED is none for the fast path; 0 = it is, and is decoded. */
function fastError(block: i32): i32 {
  const at = load<i32>(DECODED + DEC_MESSAGE);
  if (!isBeginString(block, at)) return FIX_BEGIN_STRING;
  const type = messageType(bodyStart(at, at + load<i32>(DECODED + DEC_MESSAGE_LENGTH)));
  if (type === 0) return FIX_NOT_FAST_TYPE;
  if (load<i32>(block + SES_STATE) !== SESSION_LIVE) return FIX_NOT_LIVE;
  const error = decodeBody(block, type, true);
  return error !== 0 ? error : sessionError(block);
}

/** Decodes a frame that the session in TypeScript has accepted; no session checks. */
export function fixDecode(session: i32, address: i32, length: i32): i32 {
  clearDecoded(address, length);
  const body = bodyStart(address, address + length);
  if (body === 0) return verdict(DECODED_SLOW, FIX_FIRST_FIELDS);
  const type = messageType(body);
  if (!isMarketData(type) && type !== TYPE_EXECUTION) {
    return verdict(DECODED_SLOW, FIX_NOT_FAST_TYPE);
  }
  const error = decodeBody(SESSIONS + session * SESSION_BYTES, type, false);
  return error !== 0 ? verdict(DECODED_SLOW, error) : verdict(kindOfType(type), 0);
}

function kindOfType(type: i32): i32 {
  if (isMarketData(type)) return DECODED_MARKET_DATA;
  if (type === TYPE_EXECUTION) return DECODED_EXECUTION;
  return type === TYPE_CANCEL_REJECT ? DECODED_CANCEL_REJECT : DECODED_HEARTBEAT;
}

function isMarketData(type: i32): boolean {
  return type === TYPE_SNAPSHOT || type === TYPE_UPDATE;
}

function verdict(kind: i32, error: i32): i32 {
  store<i32>(DECODED + DEC_KIND, kind);
  store<i32>(DECODED + DEC_ERROR, error);
  return kind;
}

/** The ASCII code of a MsgType that is decoded here, 0 = another type. */
function messageType(body: i32): i32 {
  if (load<u8>(body + 4) !== SOH) return 0;
  const type = <i32>load<u8>(body + 3);
  if (isMarketData(type) || type === TYPE_EXECUTION) return type;
  return type === TYPE_CANCEL_REJECT || type === TYPE_HEARTBEAT ? type : 0;
}

/** All fields between MsgType and CheckSum; 0 or FIX_*. */
function decodeBody(block: i32, type: i32, sessionChecks: boolean): i32 {
  const at = load<i32>(DECODED + DEC_MESSAGE);
  const messageEnd = at + load<i32>(DECODED + DEC_MESSAGE_LENGTH);
  const end = bodyEnd(messageEnd);
  clear(ST_SEEN, ST_BYTES);
  store<i32>(ST_SESSION_CHECKS, sessionChecks ? 1 : 0);
  store<i32>(ST_MARKET_TIME_TAG, load<i32>(block + SES_MARKET_TIME_TAG));
  store<i32>(ST_TYPE, type);
  store<i32>(ST_GROUP_COUNT, -1);
  store<i32>(ST_INSTRUMENT, -1);
  let cursor = bodyStart(at, messageEnd) + 5;
  while (cursor < end) {
    let tag = 0;
    if (load<u8>(cursor) === 48) return FIX_BAD_VALUE; // no tag begins with 0
    const tagAt = cursor;
    while (true) {
      const digit = <i32>load<u8>(cursor) - 48;
      if (digit < 0 || digit > 9) break;
      if (tag <= TAG_MAX) tag = tag * 10 + digit;
      cursor++;
    }
    if (cursor === tagAt || load<u8>(cursor) !== 61) return FIX_BAD_VALUE; // =
    const valueAt = ++cursor;
    cursor = sohAt(cursor); // the frame's last byte is one
    if (cursor === valueAt || cursor >= end) return FIX_BAD_VALUE;
    const error = decodeField(block, tag, valueAt, cursor);
    if (error !== 0) {
      if (!isVenuesOwn(error, type, sessionChecks)) return error;
      cursor = dataEnd(tag, valueAt, cursor, end);
    }
    cursor++;
  }
  const error = bodyError(type);
  return error === 0 && lacksMarketTime(type) ? FIX_MISSING_TAG : error;
}

/** What the whole body lacks. */
function bodyError(type: i32): i32 {
  if (isMarketData(type)) return marketDataEnd();
  if (type === TYPE_EXECUTION) return executionEnd();
  if (type === TYPE_CANCEL_REJECT) return cancelRejectEnd();
  return haveAll(SEEN_HEADER) ? 0 : FIX_MISSING_TAG;
}

/** On the fast path, where the session has a tag for it. */
function lacksMarketTime(type: i32): boolean {
  const tag = load<i32>(ST_MARKET_TIME_TAG);
  if (tag === 0 || tag === TAG_SENDING_TIME || !isMarketData(type) || !isFast()) return false;
  return !haveAll(SEEN_MARKET_TIME);
}

/** Off the fast path a report with a field that we do not know is read all the same: it may be a fill. */
function isVenuesOwn(error: i32, type: i32, sessionChecks: boolean): boolean {
  return error === FIX_UNKNOWN_TAG && type === TYPE_EXECUTION && !sessionChecks;
}

/** Where a field that we do not know ends, with the data field behind it where it says a length. */
function dataEnd(tag: i32, at: i32, fieldEnd: i32, end: i32): i32 {
  const dataTag = dataTagOf(tag);
  const length = parseUnsigned(at, fieldEnd);
  if (dataTag === 0 || length < 0 || length > end - fieldEnd) return fieldEnd;
  let cursor = fieldEnd + 1;
  let next = 0;
  while (cursor < end && load<u8>(cursor) >= 48 && load<u8>(cursor) <= 57 && next <= TAG_MAX) {
    next = next * 10 + <i32>load<u8>(cursor) - 48;
    cursor++;
  }
  const behind = cursor + 1 + <i32>length;
  if (next !== dataTag || load<u8>(cursor) !== 61 || behind >= end) return fieldEnd; // =
  return load<u8>(behind) === SOH ? behind : fieldEnd;
}

function decodeField(block: i32, tag: i32, at: i32, end: i32): i32 {
  const header = headerField(block, tag, at, end);
  if (header !== NOT_A_HEADER_FIELD) {
    return (load<i64>(ST_SEEN) & SEEN_BODY) === 0 || !isFast() ? header : FIX_BAD_VALUE;
  }
  store<i64>(ST_SEEN, load<i64>(ST_SEEN) | SEEN_BODY);
  if (tag === load<i32>(ST_MARKET_TIME_TAG)) return marketTime(at, end);
  const type = load<i32>(ST_TYPE);
  if (isMarketData(type)) return marketDataField(tag, at, end);
  if (type === TYPE_EXECUTION) return executionField(tag, at, end);
  return type === TYPE_CANCEL_REJECT ? cancelRejectField(tag, at, end) : FIX_UNKNOWN_TAG;
}

/** A field of 35=W and X, beside the group. */
function marketTime(at: i32, end: i32): i32 {
  if (isFast()) {
    const error = isMarketData(load<i32>(ST_TYPE)) ? closeGroup() : FIX_UNKNOWN_TAG;
    if (error !== 0) return error;
  }
  const time = parseTimestamp(at, end);
  if (time < 0 || !firstTime(SEEN_MARKET_TIME)) return FIX_BAD_VALUE;
  store<i64>(DECODED + DEC_MARKET_TIME_NS, time);
  return 0;
}
