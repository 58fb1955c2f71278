/**
 * HOT: the one shape in which a venue sends nearly all of its market data, read without a look back:
 * 35=X with MsgSeqNum, CompIDs and SendingTime in any order, the market time where the session has a tag
 * for it, then entries of 279, 269, 55, 270 and perhaps 271. Anything else, and anything in doubt, is
 * left to fix-decode.ts: what is accepted here decodes there to the very same DECODED.
 */
import { TAG_SENDING_TIME } from './fix-header';
import { parsePlain, parseTimestamp, textLength } from './fix-value';
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
  INS_TICK_E8,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
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
const TAG_34: u32 = 0x3d3433; // "34="
const TAG_49: u32 = 0x3d3934;
const TAG_52: u32 = 0x3d3235;
const TAG_56: u32 = 0x3d3635;
const TAG_268: u32 = 0x3d383632;
const TAG_279: u32 = 0x3d393732;
const TAG_269: u32 = 0x3d393632;
const TAG_55: u32 = 0x3d3535;
const TAG_270: u32 = 0x3d303732;
const TAG_271: u32 = 0x3d313732;
const THREE_BYTES: u32 = 0xffffff;
const HEADER_FIELDS: i32 = 4;
const NUMBER_DIGITS_MAX: i32 = 15;
const COUNT_DIGITS_MAX: i32 = 4;
const TIME_BYTES_MAX: i32 = 27;
const TAG_MIN: i32 = 1000; // of a market time tag that is read here
const TAG_MAX: i32 = 9999;
const TEXT_BYTES_MAX: i32 = 7; // of a symbol that is read here
/** No market data ends here. */
const NONE: i32 = 0;

/**
 * The body (from behind 35=X to CheckSum, `end`) into DECODED, which is cleared; false = not of this shape,
 * or not what the session awaits, and DECODED is to be cleared again.
 */
export function quickUpdate(block: i32, body: i32, end: i32): bool {
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
  const countEnd = digitsEnd(at + 4, COUNT_DIGITS_MAX);
  if (countEnd === NONE) return false;
  const count = readDigits(at + 4, countEnd);
  if (count === 0 || count > DECODED_ENTRIES_MAX) return false;
  at = countEnd + 1;
  let instrument = -1;
  let entry = DECODED + DEC_ENTRIES;
  const entriesEnd = entry + <i32>count * ENTRY_BYTES;
  for (; entry < entriesEnd; entry += ENTRY_BYTES) {
    if (at >= end) return false;
    at = quickEntry(entry, at, instrument);
    if (at === NONE) return false;
    instrument = load<i32>(entry + ENTRY_INSTRUMENT);
  }
  if (at !== end) return false;
  store<i32>(DECODED + DEC_ENTRY_COUNT, <i32>count);
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
      const end = digitsEnd(at, NUMBER_DIGITS_MAX);
      if (end === NONE) return NONE;
      const number = readDigits(at, end);
      if (number !== load<i64>(block + SES_NEXT_IN)) return NONE;
      store<i64>(DECODED + DEC_MSG_SEQ_NUM, number);
      at = end + 1;
    } else if (word === TAG_52) {
      seen |= 2;
      const end = valueEnd(at, TIME_BYTES_MAX);
      const time = end === NONE ? -1 : parseTimestamp(at, end);
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
  const end = valueEnd(at + 5, TIME_BYTES_MAX);
  const time = end === NONE ? -1 : parseTimestamp(at + 5, end);
  if (time < 0) return NONE;
  store<i64>(DECODED + DEC_MARKET_TIME_NS, time);
  return end + 1;
}

/** One entry; where the next one begins, NONE = not of this shape. */
function quickEntry(entry: i32, from: i32, instrumentBefore: i32): i32 {
  // "279=a|269=t|55="
  const action = <i32>load<u8>(from + 4) - 48;
  const type = <i32>load<u8>(from + 10) - 48;
  if (load<u32>(from) !== TAG_279 || load<u32>(from + 6) !== TAG_269) return NONE;
  if ((load<u32>(from + 12) & THREE_BYTES) !== TAG_55) return NONE;
  if (load<u8>(from + 5) !== SOH || load<u8>(from + 11) !== SOH) return NONE;
  if (action < 0 || action > ACTION_DELETE || type < 0 || type > ENTRY_TRADE) return NONE;
  let at = from + 15;
  const length = textLength(at);
  if (length === 0 || length > TEXT_BYTES_MAX) return NONE;
  const instrument = instrumentOf(at, length, instrumentBefore);
  at += length + 1;
  if (instrument < 0 || load<u32>(at) !== TAG_270) return NONE;
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  const priceEnd = valueEnd(at + 4, NUMBER_DIGITS_MAX);
  if (priceEnd === NONE) return NONE;
  const price = parsePlain(at + 4, priceEnd, load<i64>(block + INS_TICK_E8));
  if (price < 0) return NONE;
  at = priceEnd + 1;
  let lots: i64 = 0;
  if (load<u32>(at) === TAG_271) {
    const lotsEnd = valueEnd(at + 4, NUMBER_DIGITS_MAX);
    if (lotsEnd === NONE) return NONE;
    lots = parsePlain(at + 4, lotsEnd, load<i64>(block + INS_LOT_E8));
    if (lots < 0) return NONE;
    at = lotsEnd + 1;
  } else if (action !== ACTION_DELETE) return NONE;
  store<i32>(entry + ENTRY_INSTRUMENT, instrument);
  store<i32>(entry + ENTRY_ACTION, action);
  store<i32>(entry + ENTRY_TYPE, type);
  store<i64>(entry + ENTRY_PRICE_TICKS, price);
  store<i64>(entry + ENTRY_QTY_LOTS, lots);
  return at;
}

/** Most entries are of the instrument of the one before. */
function instrumentOf(at: i32, length: i32, before: i32): i32 {
  if (before >= 0) {
    const symbol = load<u64>(INSTRUMENTS + before * INSTRUMENT_BYTES + INS_SYMBOL);
    const mask = ((<u64>1) << (length << 3)) - 1;
    if ((load<u64>(at) & mask) === symbol) return before;
  }
  return symbolFind(at, length);
}

/** Where the SOH behind at most `most` digits stands, and at least one; NONE = other bytes. */
function digitsEnd(at: i32, most: i32): i32 {
  let cursor = at;
  while (<u32>(<i32>load<u8>(cursor) - 48) < 10) cursor++;
  return cursor === at || cursor - at > most || load<u8>(cursor) !== SOH ? NONE : cursor;
}

function readDigits(at: i32, end: i32): i64 {
  let value: i64 = 0;
  for (let cursor = at; cursor < end; cursor++) value = value * 10 + (<i32>load<u8>(cursor) - 48);
  return value;
}

/** Where the SOH behind a value of at most `most` bytes, and at least one, stands; NONE = none. */
function valueEnd(at: i32, most: i32): i32 {
  let cursor = at;
  while (true) {
    const length = textLength(cursor);
    cursor += length;
    if (length < 8) break;
    if (cursor - at > most) return NONE;
  }
  return cursor === at || cursor - at > most ? NONE : cursor;
}

/** Behind a value that is this text; NONE = it is another. */
function behindText(at: i32, text: i32, length: i32): i32 {
  for (let i = 0; i < length; i++) if (load<u8>(at + i) !== load<u8>(text + i)) return NONE;
  return load<u8>(at + length) === SOH ? at + length + 1 : NONE;
}
