/**
 * HOT: puts our own application messages into a session's TX: NewOrderSingle (D), OrderCancelRequest (F),
 * OrderCancelReplaceRequest (G) for INTENT, and "done through" (U1) for venues that run in lock step.
 * Number, SendingTime, length and checksum are set here in one go, so a number is used exactly when its
 * bytes stand in TX.
 */
import {
  byteSum,
  copyText,
  digitCount,
  endField,
  writeCharField,
  writeDecimalField,
  writeNumber,
  writeNumberField,
  writePadded,
  writeTag,
  writeTextField,
  writeTimeField,
} from './fix-write';
import {
  ACC_NAME,
  ACCOUNT_BYTES,
  ACCOUNTS,
  CLORDID_PREFIX_BYTES,
  CTL_CLORDID_PREFIX,
  CTL_NOW_NS,
  INS_LOT_E8,
  INS_SYMBOL,
  INS_SYMBOL_LENGTH,
  INS_TICK_E8,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  INT_ACCOUNT,
  INT_INSTRUMENT,
  INT_KIND,
  INT_ORD_TYPE,
  INT_ORDER_SLOT,
  INT_PRICE_TICKS,
  INT_QTY_LOTS,
  INT_SEQUENCE,
  INT_SIDE,
  INT_TIME_IN_FORCE,
  INTENT,
  INTENT_CANCEL,
  INTENT_NEW,
  ORD_ACCOUNT,
  ORD_CLORDID,
  ORD_INSTRUMENT,
  ORD_ORD_TYPE,
  ORD_ORDER_ID,
  ORD_ORDER_ID_LENGTH,
  ORD_QTY_LOTS,
  ORD_SIDE,
  ORD_TIME_IN_FORCE,
  ORDER_BYTES,
  ORDERS,
  SES_BEGIN,
  SES_BEGIN_LENGTH,
  SES_HEADER,
  SES_HEADER_LENGTH,
  SES_LAST_SENT_NS,
  SES_MESSAGES_OUT,
  SES_NEXT_OUT,
  SES_SENDER,
  SES_SENDER_LENGTH,
  SES_TARGET,
  SES_TARGET_LENGTH,
  SES_TIME_BYTES,
  SES_TX_END,
  SESSION_BYTES,
  SESSIONS,
  TX,
  TX_BYTES,
} from './layout';

const ROOM_MIN: i32 = 1024; // longer than any message written here
const LENGTH_DIGITS: i32 = 3; // of BodyLength, as nearly every message has; else the body is moved
const ACCOUNT_NAME_BYTES: i32 = 32;
const LIMIT: i32 = 50; // '2'
const MSG_NEW: i32 = 68; // 'D'
const MSG_CANCEL: i32 = 70; // 'F'
const MSG_REPLACE: i32 = 71; // 'G'

/** Appends the message of INTENT to the session's TX; returns its length, 0 = no room. */
export function encodeIntent(session: i32): i32 {
  if (!hasRoom(session)) return 0;
  const kind = load<i32>(INTENT + INT_KIND);
  const body = bodyStart(session);
  const time = load<i32>(sessionBlock(session) + SES_TIME_BYTES);
  if (kind === INTENT_NEW) {
    return finish(session, writeNew(writeHeader(session, body, MSG_NEW), time));
  }
  const cancel = kind === INTENT_CANCEL;
  const end = writeHeader(session, body, cancel ? MSG_CANCEL : MSG_REPLACE);
  return finish(session, writeChange(end, cancel, time));
}

/** Appends 35=U1 with 5061=msgSeqNum: everything up to that message of the peer has been dealt with. */
export function encodeDoneThrough(session: i32, msgSeqNum: f64): i32 {
  if (!hasRoom(session)) return 0;
  let at = writeTag(bodyStart(session), 35);
  store<u16>(at, 0x3155); // "U1"
  at = writeSessionFields(session, endField(at + 2));
  return finish(session, writeNumberField(at, 5061, i64(msgSeqNum)));
}

// ---- Bodies

function writeNew(start: i32, timeBytes: i32): i32 {
  const instrument = INSTRUMENTS + load<i32>(INTENT + INT_INSTRUMENT) * INSTRUMENT_BYTES;
  let at = writeClOrdId(start, 11, load<i64>(INTENT + INT_SEQUENCE));
  at = writeParty(at, load<i32>(INTENT + INT_ACCOUNT), instrument, load<i32>(INTENT + INT_SIDE));
  at = writeTransactTime(at, start, timeBytes);
  const ordType = load<i32>(INTENT + INT_ORD_TYPE);
  return writeTerms(at, instrument, ordType, load<i32>(INTENT + INT_TIME_IN_FORCE));
}

/** Who, what and which side a cancel or replace means stands in the order, not in the intent. */
function writeChange(start: i32, cancel: bool, timeBytes: i32): i32 {
  const order = ORDERS + load<i32>(INTENT + INT_ORDER_SLOT) * ORDER_BYTES;
  const instrument = INSTRUMENTS + load<i32>(order + ORD_INSTRUMENT) * INSTRUMENT_BYTES;
  let at = writeClOrdId(start, 41, load<i64>(order + ORD_CLORDID));
  at = writeClOrdId(at, 11, load<i64>(INTENT + INT_SEQUENCE));
  const idLength = load<i32>(order + ORD_ORDER_ID_LENGTH);
  if (idLength > 0) at = writeTextField(at, 37, order + ORD_ORDER_ID, idLength);
  at = writeParty(at, load<i32>(order + ORD_ACCOUNT), instrument, load<i32>(order + ORD_SIDE));
  at = writeTransactTime(at, start, timeBytes);
  if (cancel) {
    const lots = load<i64>(order + ORD_QTY_LOTS);
    return writeDecimalField(at, 38, lots, load<i64>(instrument + INS_LOT_E8));
  }
  return writeTerms(
    at,
    instrument,
    load<i32>(order + ORD_ORD_TYPE),
    load<i32>(order + ORD_TIME_IN_FORCE),
  );
}

function writeParty(start: i32, account: i32, instrument: i32, side: i32): i32 {
  const name = ACCOUNTS + account * ACCOUNT_BYTES + ACC_NAME;
  let at = writeTextField(start, 1, name, paddedLength(name, ACCOUNT_NAME_BYTES));
  at = writeTextField(at, 55, instrument + INS_SYMBOL, load<i32>(instrument + INS_SYMBOL_LENGTH));
  return writeCharField(at, 54, 48 + side);
}

function writeTerms(start: i32, instrument: i32, ordType: i32, timeInForce: i32): i32 {
  const lotE8 = load<i64>(instrument + INS_LOT_E8);
  let at = writeDecimalField(start, 38, load<i64>(INTENT + INT_QTY_LOTS), lotE8);
  at = writeCharField(at, 40, ordType);
  if (ordType === LIMIT) {
    const tickE8 = load<i64>(instrument + INS_TICK_E8);
    at = writeDecimalField(at, 44, load<i64>(INTENT + INT_PRICE_TICKS), tickE8);
  }
  at = writeCharField(at, 59, timeInForce);
  return writeCharField(at, 21, 49); // automated, no broker between
}

/** The same time as SendingTime, which is the last field of the header. */
function writeTransactTime(start: i32, headerEnd: i32, timeBytes: i32): i32 {
  return writeTextField(start, 60, headerEnd - 1 - timeBytes, timeBytes);
}

// ---- Header, length, checksum

function writeHeader(session: i32, start: i32, msgType: i32): i32 {
  return writeSessionFields(session, writeCharField(start, 35, msgType));
}

function writeSessionFields(session: i32, start: i32): i32 {
  const block = sessionBlock(session);
  let at = writeTextField(start, 49, block + SES_SENDER, load<i32>(block + SES_SENDER_LENGTH));
  at = writeTextField(at, 56, block + SES_TARGET, load<i32>(block + SES_TARGET_LENGTH));
  at = writeNumberField(at, 34, load<i64>(block + SES_NEXT_OUT));
  const further = load<i32>(block + SES_HEADER_LENGTH);
  copyText(at, block + SES_HEADER, further);
  return writeTimeField(at + further, 52, load<i64>(CTL_NOW_NS), load<i32>(block + SES_TIME_BYTES));
}

function writeClOrdId(start: i32, tag: i32, sequence: i64): i32 {
  const at = writeTag(start, tag);
  copyText(at, CTL_CLORDID_PREFIX, CLORDID_PREFIX_BYTES);
  return endField(writeNumber(at + CLORDID_PREFIX_BYTES, sequence));
}

/** Where the body begins if BodyLength has LENGTH_DIGITS: after 8=…|9=ddd|. */
function bodyStart(session: i32): i32 {
  const begin = load<i32>(sessionBlock(session) + SES_BEGIN_LENGTH);
  return messageStart(session) + 2 + begin + 1 + 2 + LENGTH_DIGITS + 1;
}

/** Puts 8, 9 and 10 round the body that ends at bodyEnd, and uses the number up. */
function finish(session: i32, bodyEnd: i32): i32 {
  const block = sessionBlock(session);
  const start = messageStart(session);
  const body = bodyStart(session);
  const length = bodyEnd - body;
  const moved = body + digitCount(i64(length)) - LENGTH_DIGITS;
  if (moved !== body) memory.copy(moved, body, length);
  const beginEnd = writeTextField(start, 8, block + SES_BEGIN, load<i32>(block + SES_BEGIN_LENGTH));
  writeNumberField(beginEnd, 9, i64(length));
  let end = moved + length;
  const sum = byteSum(start, end);
  end = endField(writePadded(writeTag(end, 10), i64(sum), 3));
  store<i32>(block + SES_TX_END, load<i32>(block + SES_TX_END) + end - start);
  store<i64>(block + SES_NEXT_OUT, load<i64>(block + SES_NEXT_OUT) + 1);
  store<i64>(block + SES_MESSAGES_OUT, load<i64>(block + SES_MESSAGES_OUT) + 1);
  store<i64>(block + SES_LAST_SENT_NS, load<i64>(CTL_NOW_NS));
  return end - start;
}

function hasRoom(session: i32): bool {
  return TX_BYTES - load<i32>(sessionBlock(session) + SES_TX_END) >= ROOM_MIN;
}

function messageStart(session: i32): i32 {
  return TX + session * TX_BYTES + load<i32>(sessionBlock(session) + SES_TX_END);
}

function sessionBlock(session: i32): i32 {
  return SESSIONS + session * SESSION_BYTES;
}

function paddedLength(text: i32, lengthMax: i32): i32 {
  let length: i32 = 0;
  while (length < lengthMax && load<u8>(text + length) !== 0) length++;
  return length;
}
