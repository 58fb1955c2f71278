/**
 * HOT: what the venue says about orders: ExecutionReport (35=8) and OrderCancelReject (35=9) into a
 * session's TX with number, SendingTime, length and CheckSum in one go, and into the log ring; no
 * allocation. Where TX has no room, or nobody is connected, a message is in the log alone: its
 * number is used, and the peer asks for it. The bytes are those that the session in TypeScript
 * would send (report-reference.ts).
 */
import {
  byteSum,
  copyText,
  endField,
  writeDecimal,
  writeNumber,
  writePadded,
  writeTimeField,
} from '../fix-write';
import {
  CTL_NOW_NS,
  INS_LOT_E8,
  INS_SYMBOL,
  INS_SYMBOL_LENGTH,
  INS_TICK_E8,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  SES_BEGIN,
  SES_BEGIN_LENGTH,
  SES_MESSAGES_OUT,
  SES_NEXT_OUT,
  SES_SENDER,
  SES_SENDER_LENGTH,
  SES_STATE,
  SES_TARGET,
  SES_TARGET_LENGTH,
  SES_TX_END,
  SESSION_BYTES,
  SESSION_LIVE,
  SESSION_RECOVERING,
  SESSIONS,
} from '../layout';
import {
  CID_LENGTH,
  LOG_OUT,
  REP_EXEC_TYPE,
  REP_LAST_LOTS,
  REP_LAST_TICKS,
  REP_LIQUIDITY,
  REP_ORIG_CLORDID,
  REP_REFUSAL,
  REPORT,
  REPORT_ROOM,
  REPORT_SCRATCH,
  REQ_CLORDID,
  REQ_MASS_STATUS_ID,
  REQ_ORIG_CLORDID,
  REQ_SYMBOL,
  REQ_TYPE,
  REQUEST,
  VEN_EXEC_COUNT,
  VEN_TIME_BYTES,
  VEN_TIME_MS,
  VEN_TIME_TEXT,
  VEN_TOO_SLOW,
  VENUE_TX,
  VENUE_TX_BYTES,
  VOR_ACCOUNT,
  VOR_CLIENT_ID,
  VOR_COST,
  VOR_CUM_LOTS,
  VOR_INSTRUMENT,
  VOR_NUMBER,
  VOR_ORD_TYPE,
  VOR_PRICE_TICKS,
  VOR_QTY_LOTS,
  VOR_SIDE,
  VOR_STATUS,
  VOR_STOP_TICKS,
  VOR_TIME_IN_FORCE,
} from '../venue-layout';
import { logMessage } from './log-ring';
import { nameAt, nameLength } from './names';
import { isOpen } from './order-table';
import { cxlRejReason, ordRejReason, refusalText } from './refusal';

const EXECUTION_REPORT: i32 = 56; // 8
const CANCEL_REJECT: i32 = 57; // 9
const REPLACE: i32 = 71; // G
const LETTER_O: i32 = 79;
const LETTER_E: i32 = 69;
const NONE: u32 = 0x454e4f4e; // "NONE"
const LENGTH_DIGITS: i32 = 3; // a body is never shorter than 100 or longer than 999 bytes
const NS_PER_MS: i64 = 1000000;
const E8: i64 = 100000000;
const STEPS_FAST: i64 = 8589934592; // steps * stepE8 stays below 2^63: 2^33 …
const STEP_FAST: i64 = 1073741824; // … * 2^30

// tag= as little-endian words; those of one and two digits
const TAG_1: u32 = 0x3d31;
const TAG_6: u32 = 0x3d36;
const TAG_8: u32 = 0x3d38;
const TAG_9: u32 = 0x3d39;
const TAG_10: u32 = 0x3d3031;
const TAG_11: u32 = 0x3d3131;
const TAG_14: u32 = 0x3d3431;
const TAG_17: u32 = 0x3d3731;
const TAG_31: u32 = 0x3d3133;
const TAG_32: u32 = 0x3d3233;
const TAG_34: u32 = 0x3d3433;
const TAG_35: u32 = 0x3d3533;
const TAG_37: u32 = 0x3d3733;
const TAG_38: u32 = 0x3d3833;
const TAG_39: u32 = 0x3d3933;
const TAG_40: u32 = 0x3d3034;
const TAG_41: u32 = 0x3d3134;
const TAG_44: u32 = 0x3d3434;
const TAG_49: u32 = 0x3d3934;
const TAG_52: u32 = 0x3d3235;
const TAG_54: u32 = 0x3d3435;
const TAG_55: u32 = 0x3d3535;
const TAG_56: u32 = 0x3d3635;
const TAG_58: u32 = 0x3d3835;
const TAG_59: u32 = 0x3d3935;
const TAG_60: u32 = 0x3d3036;
const TAG_99: u32 = 0x3d3939;
// … and of three
const TAG_102: u32 = 0x3d323031;
const TAG_103: u32 = 0x3d333031;
const TAG_150: u32 = 0x3d303531;
const TAG_151: u32 = 0x3d313531;
const TAG_434: u32 = 0x3d343334;
const TAG_584: u32 = 0x3d343835;
const TAG_851: u32 = 0x3d313538;

/** Says what REPORT says about an order; ORDER_OF_NONE where the order is in the request alone. */
export function reportExecution(session: i32, order: i32): void {
  const start = messageStart(session);
  let at = startMessage(session, start, EXECUTION_REPORT);
  at = writeIds(at, order);
  at = writeTerms(at, order);
  at = writeQuantities(at, order);
  finish(session, start, writeReason(writeTransactTime(at)));
}

/** Refuses the cancel or replace in REQUEST; `order`: what it names, or ORDER_OF_NONE. */
export function reportCancelReject(session: i32, order: i32): void {
  const start = messageStart(session);
  let at = startMessage(session, start, CANCEL_REJECT);
  at = writeOrderId(at, order);
  at = requestText(word3(at, TAG_11), REQ_CLORDID);
  at = requestText(word3(at, TAG_41), REQ_ORIG_CLORDID);
  at = char(word3(at, TAG_39), load<i32>(order + VOR_STATUS));
  at = writeTransactTime(at);
  at = char(word4(at, TAG_434), load<i32>(REQUEST + REQ_TYPE) === REPLACE ? 50 : 49);
  at = number(word4(at, TAG_102), i64(cxlRejReason(load<i32>(REPORT + REP_REFUSAL))));
  finish(session, start, writeText(at));
}

// ---- Body

/** 37 11 41 584 17 150 39 1 55 54 */
function writeIds(from: i32, order: i32): i32 {
  let at = writeOrderId(from, order);
  at = word3(at, TAG_11);
  const id = load<i32>(order + VOR_CLIENT_ID);
  at = id === 0 ? requestText(at, REQ_CLORDID) : text(at, id, load<i32>(id + CID_LENGTH));
  const origLength = load<i32>(REPORT + REP_ORIG_CLORDID + 4);
  if (origLength > 0) {
    at = text(word3(at, TAG_41), load<i32>(REPORT + REP_ORIG_CLORDID), origLength);
  }
  if (load<i32>(REQUEST + REQ_MASS_STATUS_ID + 4) > 0) {
    at = requestText(word4(at, TAG_584), REQ_MASS_STATUS_ID);
  }
  at = word3(at, TAG_17);
  store<u8>(at, LETTER_E);
  const executions = load<i64>(VEN_EXEC_COUNT) + 1;
  store<i64>(VEN_EXEC_COUNT, executions);
  at = number(at + 1, executions);
  at = char(word4(at, TAG_150), load<i32>(REPORT + REP_EXEC_TYPE));
  at = char(word3(at, TAG_39), load<i32>(order + VOR_STATUS));
  const account = load<i32>(order + VOR_ACCOUNT);
  if (account >= 0) at = text(word2(at, TAG_1), nameAt(account), nameLength(account));
  at = writeSymbol(word3(at, TAG_55), load<i32>(order + VOR_INSTRUMENT));
  return char(word3(at, TAG_54), 48 + load<i32>(order + VOR_SIDE));
}

/** 38 40 44 59 99 */
function writeTerms(from: i32, order: i32): i32 {
  const instrument = load<i32>(order + VOR_INSTRUMENT);
  let at = writeLots(word3(from, TAG_38), load<i64>(order + VOR_QTY_LOTS), instrument);
  at = char(word3(at, TAG_40), load<i32>(order + VOR_ORD_TYPE));
  const priceTicks = load<i64>(order + VOR_PRICE_TICKS);
  if (priceTicks > 0) at = writePrice(word3(at, TAG_44), priceTicks, instrument);
  at = char(word3(at, TAG_59), load<i32>(order + VOR_TIME_IN_FORCE));
  const stopTicks = load<i64>(order + VOR_STOP_TICKS);
  return stopTicks > 0 ? writePrice(word3(at, TAG_99), stopTicks, instrument) : at;
}

/** 32 31 851 151 14 6 */
function writeQuantities(from: i32, order: i32): i32 {
  const instrument = load<i32>(order + VOR_INSTRUMENT);
  let at = from;
  const lastLots = load<i64>(REPORT + REP_LAST_LOTS);
  if (lastLots > 0) {
    at = writeLots(word3(at, TAG_32), lastLots, instrument);
    at = writePrice(word3(at, TAG_31), load<i64>(REPORT + REP_LAST_TICKS), instrument);
    at = char(word4(at, TAG_851), 48 + load<i32>(REPORT + REP_LIQUIDITY));
  }
  const cumLots = load<i64>(order + VOR_CUM_LOTS);
  const leavesLots = isOpen(order) ? load<i64>(order + VOR_QTY_LOTS) - cumLots : 0;
  at = writeLots(word4(at, TAG_151), leavesLots, instrument);
  at = writeLots(word3(at, TAG_14), cumLots, instrument);
  at = word2(at, TAG_6);
  if (cumLots === 0) return char(at, 48);
  const tickE8 = load<i64>(INSTRUMENTS + instrument * INSTRUMENT_BYTES + INS_TICK_E8);
  const averageE8 = (f64(load<i64>(order + VOR_COST)) / f64(cumLots)) * f64(tickE8);
  return endField(writeDecimal(at, i64(Math.round(averageE8)), 1));
}

function writeOrderId(from: i32, order: i32): i32 {
  const at = word3(from, TAG_37);
  const orderNumber = load<i64>(order + VOR_NUMBER);
  if (orderNumber === 0) {
    store<u32>(at, NONE);
    return endField(at + 4);
  }
  store<u8>(at, LETTER_O);
  return number(at + 1, orderNumber);
}

/** Of an instrument that the venue does not have the request says the symbol. */
function writeSymbol(at: i32, instrument: i32): i32 {
  if (instrument < 0) return requestText(at, REQ_SYMBOL);
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  return text(at, block + INS_SYMBOL, load<i32>(block + INS_SYMBOL_LENGTH));
}

/** The time of the message itself. */
function writeTransactTime(from: i32): i32 {
  return text(word3(from, TAG_60), VEN_TIME_TEXT, VEN_TIME_BYTES);
}

/** 103 and 58 of a refusal. */
function writeReason(from: i32): i32 {
  const refusal = load<i32>(REPORT + REP_REFUSAL);
  if (refusal === 0) return from;
  return writeText(number(word4(from, TAG_103), i64(ordRejReason(refusal))));
}

function writeText(from: i32): i32 {
  let at = word3(from, TAG_58);
  const words = refusalText(load<i32>(REPORT + REP_REFUSAL));
  for (let index = 0; index < words.length; index++) store<u8>(at++, words.charCodeAt(index));
  return endField(at);
}

function writePrice(at: i32, ticks: i64, instrument: i32): i32 {
  return steps(at, ticks, load<i64>(INSTRUMENTS + instrument * INSTRUMENT_BYTES + INS_TICK_E8));
}

function writeLots(at: i32, lots: i64, instrument: i32): i32 {
  if (lots === 0) return char(at, 48);
  return steps(at, lots, load<i64>(INSTRUMENTS + instrument * INSTRUMENT_BYTES + INS_LOT_E8));
}

// ---- Header, length, CheckSum

function messageStart(session: i32): i32 {
  const block = SESSIONS + session * SESSION_BYTES;
  const state = load<i32>(block + SES_STATE);
  if (state !== SESSION_LIVE && state !== SESSION_RECOVERING) return REPORT_SCRATCH;
  const used = load<i32>(block + SES_TX_END);
  if (VENUE_TX_BYTES - used >= REPORT_ROOM) return VENUE_TX + session * VENUE_TX_BYTES + used;
  store<i32>(VEN_TOO_SLOW + (session << 2), 1);
  return REPORT_SCRATCH;
}

/** 8 9 35 34 49 52 56; BodyLength is written by finish. */
function startMessage(session: i32, start: i32, msgType: i32): i32 {
  const block = SESSIONS + session * SESSION_BYTES;
  let at = text(word2(start, TAG_8), block + SES_BEGIN, load<i32>(block + SES_BEGIN_LENGTH));
  at = word2(at, TAG_9) + LENGTH_DIGITS + 1;
  at = char(word3(at, TAG_35), msgType);
  at = number(word3(at, TAG_34), load<i64>(block + SES_NEXT_OUT));
  at = text(word3(at, TAG_49), block + SES_SENDER, load<i32>(block + SES_SENDER_LENGTH));
  writeTimeText();
  at = text(word3(at, TAG_52), VEN_TIME_TEXT, VEN_TIME_BYTES);
  return text(word3(at, TAG_56), block + SES_TARGET, load<i32>(block + SES_TARGET_LENGTH));
}

/** The time of the turn as text; that of the last message is still right for a millisecond. */
function writeTimeText(): void {
  const nowNs = load<i64>(CTL_NOW_NS);
  const ms = nowNs / NS_PER_MS;
  if (ms === load<i64>(VEN_TIME_MS)) return;
  store<i64>(VEN_TIME_MS, ms);
  const end = writeTimeField(REPORT_SCRATCH, 52, nowNs, VEN_TIME_BYTES);
  memory.copy(VEN_TIME_TEXT, end - 1 - VEN_TIME_BYTES, VEN_TIME_BYTES);
}

/** Puts BodyLength and CheckSum to the message, uses the number up and notes the message. */
function finish(session: i32, start: i32, bodyEnd: i32): void {
  const block = SESSIONS + session * SESSION_BYTES;
  const lengthAt = start + 2 + load<i32>(block + SES_BEGIN_LENGTH) + 3;
  const length = bodyEnd - (lengthAt + LENGTH_DIGITS + 1);
  endField(writePadded(lengthAt, i64(length), LENGTH_DIGITS));
  const sum = byteSum(start, bodyEnd) & 255;
  const end = endField(writePadded(word3(bodyEnd, TAG_10), i64(sum), 3));
  const sent = load<i64>(block + SES_NEXT_OUT);
  store<i64>(block + SES_NEXT_OUT, sent + 1);
  if (start !== REPORT_SCRATCH) {
    store<i32>(block + SES_TX_END, load<i32>(block + SES_TX_END) + end - start);
    store<i64>(block + SES_MESSAGES_OUT, load<i64>(block + SES_MESSAGES_OUT) + 1);
  }
  logMessage(session, LOG_OUT, f64(sent), start, end - start);
}

// ---- Fields: each returns the address behind what it wrote

function word2(at: i32, word: u32): i32 {
  store<u16>(at, <u16>word);
  return at + 2;
}

function word3(at: i32, word: u32): i32 {
  store<u32>(at, word);
  return at + 3;
}

function word4(at: i32, word: u32): i32 {
  store<u32>(at, word);
  return at + 4;
}

function char(at: i32, code: i32): i32 {
  store<u16>(at, <u16>(code | 0x100)); // and SOH
  return at + 2;
}

function text(at: i32, from: i32, length: i32): i32 {
  copyText(at, from, length);
  return endField(at + length);
}

function requestText(at: i32, field: i32): i32 {
  return text(at, load<i32>(REQUEST + field), load<i32>(REQUEST + field + 4));
}

function number(at: i32, value: i64): i32 {
  return endField(writeNumber(at, value));
}

/** Steps of a grid as the shortest decimal text. */
function steps(at: i32, count: i64, stepE8: i64): i32 {
  if (count >= STEPS_FAST || stepE8 >= STEP_FAST) return endField(writeDecimal(at, count, stepE8));
  const value = count * stepE8;
  const whole = value / E8;
  let rest = <u32>(value - whole * E8);
  let end = writeNumber(at, whole);
  if (rest === 0) return endField(end);
  let digits: i32 = 8;
  for (; rest % 10 === 0; rest /= 10) digits--;
  store<u8>(end, 46); // .
  end++;
  return endField(writePadded(end, i64(rest), digits));
}
