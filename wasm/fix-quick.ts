/**
 * HOT: the one shape in which a venue sends nearly all of its market data, read without a look back:
 * 35=X with MsgSeqNum, CompIDs and SendingTime in any order, the market time where the session has a tag
 * for it, then entries of 279, 269, 55, 270 and perhaps 271. Anything else, and anything in doubt, is
 * left to fix-decode.ts: what is accepted here decodes there to the very same DECODED.
 */

import { clearDecoded } from './fix-decoded';
import { TRAILER_BYTES, trailerFault } from './fix-frame';
import { TAG_SENDING_TIME } from './fix-header';
import { parsePlain, parseTimestamp, parseUnsigned, textLength } from './fix-value';
import { digitsBefore, lengthTo16, sameBytes, WORD_BYTES } from './fix-words';
import {
  ACTION_DELETE,
  CTL_NOW_NS,
  DEC_ENTRIES,
  DEC_ENTRY_COUNT,
  DEC_MARKET_TIME_NS,
  DEC_MSG_SEQ_NUM,
  DEC_SENDING_TIME_NS,
  DECODED,
  DECODED_ENTRIES_MAX,
  ENTRY_ACTION,
  ENTRY_BYTES,
  ENTRY_INSTRUMENT,
  ENTRY_PRICE_TICKS,
  ENTRY_QTY_LOTS,
  ENTRY_TRADE,
  ENTRY_TYPE,
  INS_LOT_E8,
  INS_SYMBOL,
  INS_SYMBOL_LENGTH,
  INS_TICK_E8,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  READ_INSTRUMENT,
  SES_BEGIN,
  SES_BEGIN_LENGTH,
  SES_MARKET_TIME_TAG,
  SES_MAX_LATENCY_NS,
  SES_NEXT_IN,
  SES_SENDER,
  SES_SENDER_LENGTH,
  SES_TARGET,
  SES_TARGET_LENGTH,
} from './layout';
import { symbolFind } from './symbol-table';

const SOH: i32 = 1;
// Little-endian words of the bytes that stand there.
const TAG_8: i32 = 0x3d38; // "8="
const TAG_9: u32 = 0x3d3901; // the SOH before it, too
const TAG_34: u32 = 0x3d3433; // "34="
const TAG_49: u32 = 0x3d3934;
const TAG_52: u32 = 0x3d3235;
const TAG_56: u32 = 0x3d3635;
const TAG_268: u32 = 0x3d383632;
const TAG_270: u32 = 0x3d303732;
const TAG_271: u32 = 0x3d313732;
const UPDATE: u32 = 0x583d3533; // "35=X"
const THREE_BYTES: u32 = 0xffffff;
const HEADER_FIELDS: i32 = 4;
const NUMBER_BYTES_MAX: i32 = 15;
const COUNT_DIGITS_MAX: i32 = 4;
const LENGTH_DIGITS_MAX: i32 = 4;
const TIME_BYTES_LEAST: i32 = 16; // so many bytes of a time hold no SOH
const TAG_MIN: i32 = 1000; // of a market time tag that is read here
const TAG_MAX: i32 = 9999;
const TEXT_BYTES_MAX: i32 = 7; // of a symbol that is read here
const ENTRY_ACTION_AT: i32 = 4;
const ENTRY_TYPE_AT: i32 = 10;
const ENTRY_SYMBOL_AT: i32 = 15;
/** The bits of the bytes of an entry's start that are the same in all. */
const ENTRY_START_BYTES: i32 = 0x7bef;
/** No market data ends here. */
const NONE: i32 = 0;

/**
 * The next message of a session that is live, framed and decoded; its length, 0 = not of this shape, or not
 * what the session awaits, and DECODED is to be cleared.
 */
export function quickNext(block: i32, at: i32, end: i32): i32 {
  const begin = load<i32>(block + SES_BEGIN_LENGTH);
  const isBegun = load<u16>(at) === TAG_8 && sameBytes(at + 2, block + SES_BEGIN, begin);
  const lengthAt = at + 2 + begin + 3;
  if (!isBegun || (load<u32>(lengthAt - 3) & THREE_BYTES) !== TAG_9) return NONE;
  const digits = lengthTo16(lengthAt);
  if (digits === 0 || digits > LENGTH_DIGITS_MAX) return NONE;
  const body = lengthAt + digits + 1;
  if (load<u32>(body) !== UPDATE || load<u8>(body + 4) !== SOH) return NONE;
  const bodyLength = <i32>digitsBefore(body - 1, digits);
  const trailer = body + bodyLength;
  if (bodyLength < 0 || trailer + TRAILER_BYTES > end || trailerFault(at, trailer) !== 0)
    return NONE;
  const length = trailer + TRAILER_BYTES - at;
  clearDecoded(at, length);
  return quickUpdate(block, body + 5, trailer) ? length : NONE;
}

/** The body (from behind 35=X to CheckSum, `end`) into DECODED, which is cleared. */
function quickUpdate(block: i32, body: i32, end: i32): bool {
  let at = quickHeader(block, body);
  if (at === NONE) return false;
  const tag = load<i32>(block + SES_MARKET_TIME_TAG);
  if (tag === TAG_SENDING_TIME) {
    store<i64>(DECODED + DEC_MARKET_TIME_NS, load<i64>(DECODED + DEC_SENDING_TIME_NS));
  } else if (tag !== 0) {
    at = quickMarketTime(tag, at);
    if (at === NONE) return false;
  }
  if (load<u32>(at) !== TAG_268) return false;
  const digits = lengthTo16(at + 4);
  if (digits === 0 || digits > COUNT_DIGITS_MAX) return false;
  at += 4 + digits;
  const count = <i32>digitsBefore(at, digits);
  if (count <= 0 || count > DECODED_ENTRIES_MAX) return false;
  at++;
  let instrument = load<i32>(READ_INSTRUMENT);
  let entry = DECODED + DEC_ENTRIES;
  const entriesEnd = entry + count * ENTRY_BYTES;
  for (; entry < entriesEnd; entry += ENTRY_BYTES) {
    if (at >= end) return false;
    at = quickEntry(entry, at, instrument);
    if (at === NONE) return false;
    instrument = load<i32>(entry + ENTRY_INSTRUMENT);
  }
  if (at !== end) return false;
  store<i32>(READ_INSTRUMENT, instrument);
  store<i32>(DECODED + DEC_ENTRY_COUNT, count);
  return true;
}

/** The four fields of the header, in any order; where the body goes on, NONE = other fields, or not as awaited. */
export function quickHeader(block: i32, body: i32): i32 {
  let at = body;
  let seen = 0;
  for (let field = 0; field < HEADER_FIELDS; field++) {
    const word = load<u32>(at) & THREE_BYTES;
    at += 3;
    if (word === TAG_34) {
      seen |= 1;
      const digits = lengthTo16(at);
      if (digits === 0 || digits > NUMBER_BYTES_MAX) return NONE;
      at += digits;
      const number =
        digits <= WORD_BYTES ? digitsBefore(at, digits) : parseUnsigned(at - digits, at);
      if (number !== load<i64>(block + SES_NEXT_IN)) return NONE;
      store<i64>(DECODED + DEC_MSG_SEQ_NUM, number);
      at++;
    } else if (word === TAG_52) {
      seen |= 2;
      const end = timeEnd(at);
      const time = parseTimestamp(at, end);
      if (time < 0) return NONE;
      if (abs(load<i64>(CTL_NOW_NS) - time) > load<i64>(block + SES_MAX_LATENCY_NS)) return NONE;
      store<i64>(DECODED + DEC_SENDING_TIME_NS, time);
      at = end + 1;
    } else if (word === TAG_49) {
      seen |= 4;
      at = behindText(at, block + SES_TARGET, load<i32>(block + SES_TARGET_LENGTH));
      if (at === NONE) return NONE;
    } else if (word === TAG_56) {
      seen |= 8;
      at = behindText(at, block + SES_SENDER, load<i32>(block + SES_SENDER_LENGTH));
      if (at === NONE) return NONE;
    } else return NONE;
  }
  return seen === 15 ? at : NONE;
}

/** The session's own market time behind the header; where the body goes on, NONE = it does not stand there. */
function quickMarketTime(tag: i32, at: i32): i32 {
  if (tag < TAG_MIN || tag > TAG_MAX) return NONE;
  const digits =
    0x30303030 +
    tag / 1000 +
    (((tag / 100) % 10) << 8) +
    (((tag / 10) % 10) << 16) +
    ((tag % 10) << 24);
  if (load<i32>(at) !== digits || load<u8>(at + 4) !== 61) return NONE;
  const end = timeEnd(at + 5);
  const time = parseTimestamp(at + 5, end);
  if (time < 0) return NONE;
  store<i64>(DECODED + DEC_MARKET_TIME_NS, time);
  return end + 1;
}

/** One entry; where the next one begins, NONE = not of this shape. */
function quickEntry(entry: i32, from: i32, instrumentBefore: i32): i32 {
  // "279=a|269=t|55="
  const start = i8x16(50, 55, 57, 61, 0, 1, 50, 54, 57, 61, 0, 1, 53, 53, 61, 0);
  const alike = i8x16.bitmask(i8x16.eq(v128.load(from), start));
  if ((alike & ENTRY_START_BYTES) !== ENTRY_START_BYTES) return NONE;
  const action = <i32>load<u8>(from + ENTRY_ACTION_AT) - 48;
  const type = <i32>load<u8>(from + ENTRY_TYPE_AT) - 48;
  if (<u32>action > <u32>ACTION_DELETE || <u32>type > <u32>ENTRY_TRADE) return NONE;
  const instrument = instrumentAt(from + ENTRY_SYMBOL_AT, instrumentBefore);
  if (instrument < 0) return NONE;
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  let at = from + ENTRY_SYMBOL_AT + load<i32>(block + INS_SYMBOL_LENGTH) + 1;
  if (load<u32>(at) !== TAG_270) return NONE;
  const priceBytes = lengthTo16(at + 4);
  at += 4 + priceBytes;
  const price = decimalBefore(at, priceBytes, load<i64>(block + INS_TICK_E8));
  if (price < 0) return NONE;
  at++;
  let lots: i64 = 0;
  if (load<u32>(at) === TAG_271) {
    const lotsBytes = lengthTo16(at + 4);
    at += 4 + lotsBytes;
    lots = decimalBefore(at, lotsBytes, load<i64>(block + INS_LOT_E8));
    if (lots < 0) return NONE;
    at++;
  } else if (action !== ACTION_DELETE) return NONE;
  store<i32>(entry + ENTRY_INSTRUMENT, instrument);
  store<i32>(entry + ENTRY_ACTION, action);
  store<i32>(entry + ENTRY_TYPE, type);
  store<i64>(entry + ENTRY_PRICE_TICKS, price);
  store<i64>(entry + ENTRY_QTY_LOTS, lots);
  return at;
}

/** Most entries are of the instrument of the one before; -1 = no symbol of ours, or none that is read here. */
function instrumentAt(at: i32, before: i32): i32 {
  const block = INSTRUMENTS + before * INSTRUMENT_BYTES;
  const known = load<i32>(block + INS_SYMBOL_LENGTH);
  if (known > 0 && known <= TEXT_BYTES_MAX) {
    const bits = known << 3;
    const text = load<u64>(block + INS_SYMBOL) | ((<u64>SOH) << bits);
    if ((load<u64>(at) ^ text) << (56 - bits) === 0) return before;
  }
  const length = textLength(at);
  return length === 0 || length > TEXT_BYTES_MAX ? -1 : symbolFind(at, length);
}

/** A value of `length` bytes that ends at `end`; -1 = not of this shape. */
function decimalBefore(end: i32, length: i32, stepE8: i64): i64 {
  return length > NUMBER_BYTES_MAX ? -1 : parsePlain(end - length, end, stepE8);
}

/** Where the SOH behind a time stands, if it is one. */
function timeEnd(at: i32): i32 {
  return at + TIME_BYTES_LEAST + lengthTo16(at + TIME_BYTES_LEAST);
}

/** Behind a value that is this text; NONE = it is another. */
function behindText(at: i32, text: i32, length: i32): i32 {
  const end = at + length;
  return load<u8>(end) === SOH && sameBytes(at, text, length) ? end + 1 : NONE;
}
