/**
 * HOT: the order desk of the matching venue; no allocation. Takes the request in REQUEST, checks it
 * in a fixed order (the first refusal wins), gives it to the book (wasm/matching) and says what
 * became of it. The book knows orders by number alone; who they belong to and what they were
 * called stands in order-table.ts and client-ids.ts.
 */
import { INS_MIN_INCREMENT_TICKS, INSTRUMENT_BYTES, INSTRUMENTS } from '../layout';
import {
  ORDER_OF_NONE,
  REFUSE_DUPLICATE,
  REFUSE_DUPLICATE_CHANGE,
  REFUSE_FILLED_QUANTITY,
  REFUSE_NAMES,
  REFUSE_NO_SUCH_ORDER,
  REFUSE_OPEN_ORDERS,
  REFUSE_PRICE,
  REFUSE_QUANTITY,
  REFUSE_STOP_PRICE,
  REFUSE_SYMBOL,
  REFUSE_TOO_LATE,
  REFUSE_UNKNOWN_ORDER,
  REP_EXEC_TYPE,
  REP_LAST_LOTS,
  REP_LAST_TICKS,
  REP_LIQUIDITY,
  REP_ORIG_CLORDID,
  REP_REFUSAL,
  REPORT,
  REPORT_BYTES,
  REQ_ACCOUNT,
  REQ_DISPLAY_LOTS,
  REQ_INSTRUMENT,
  REQ_ORD_TYPE,
  REQ_ORIG_CLORDID,
  REQ_PRICE_TICKS,
  REQ_PROBLEM,
  REQ_QTY_LOTS,
  REQ_SELF_MATCH_ID,
  REQ_SESSION,
  REQ_SIDE,
  REQ_STOP_TICKS,
  REQ_TIME_IN_FORCE,
  REQ_TYPE,
  REQUEST,
  VEN_OPEN_MAX,
  VEN_OPEN_OLDEST,
  VEN_OPEN_ORDERS,
  VEN_ORDER_COUNT,
  VEN_SWEEP_COUNT,
  VEN_SWEEP_NEXT,
  VENUE_ORDER_BYTES,
  VOR_ACCOUNT,
  VOR_CUM_LOTS,
  VOR_DISPLAY_LOTS,
  VOR_INSTRUMENT,
  VOR_NEWER,
  VOR_NUMBER,
  VOR_ORD_TYPE,
  VOR_PRICE_TICKS,
  VOR_QTY_LOTS,
  VOR_SELF_MATCH_ID,
  VOR_SESSION,
  VOR_SIDE,
  VOR_STATUS,
  VOR_STOP_TICKS,
  VOR_TIME_IN_FORCE,
} from '../venue-layout';
import { bookCancel, bookNew, bookReplace } from './book-port';
import { addRequestId, orderOfClientId, orderOfRequest } from './client-ids';
import { NO_NAME, nameOf } from './names';
import { isOpen, openOrder, STATUS_REJECTED, takeOrder } from './order-table';
import { reportCancelReject, reportExecution } from './report-encode';

const NEW: i32 = 68; // D
const CANCEL: i32 = 70; // F
const STATUS: i32 = 72; // H
const MARKET: i32 = 49; // 1
const LIMIT: i32 = 50; // 2
const STOP: i32 = 51; // 3
const EXEC_NEW: i32 = 48; // 0
const EXEC_REJECTED: i32 = 56; // 8
const EXEC_REPLACED: i32 = 53; // 5
const EXEC_STATUS: i32 = 73; // I

/** Gives the request in REQUEST to the book, or refuses it; what the book does are its events. */
export function takeRequest(): void {
  const type = load<i32>(REQUEST + REQ_TYPE);
  if (type === NEW) takeNewOrder();
  else if (type === STATUS) reportStatus();
  else takeChange(type);
}

// ---- New orders

function takeNewOrder(): void {
  let refusal = load<i32>(REQUEST + REQ_PROBLEM);
  const isKnown = orderOfRequest() !== 0;
  if (refusal === 0) refusal = isKnown ? REFUSE_DUPLICATE : objection();
  const place = isKnown ? 0 : takeOrder();
  const order = place === 0 ? noOrder() : place;
  if (place === 0 && refusal === 0) refusal = REFUSE_OPEN_ORDERS;
  if (!fillOrder(order) && refusal === 0) refusal = REFUSE_NAMES;
  if (place !== 0) addRequestId(order);
  if (refusal !== 0) refuseOrder(order, refusal);
  else bookNew(order);
}

/** Why the order cannot be had; 0 = it can. */
function objection(): i32 {
  const instrument = load<i32>(REQUEST + REQ_INSTRUMENT);
  if (instrument < 0) return REFUSE_SYMBOL;
  if (load<i64>(REQUEST + REQ_QTY_LOTS) <= 0) return REFUSE_QUANTITY;
  const ordType = load<i32>(REQUEST + REQ_ORD_TYPE);
  if (ordType !== MARKET && ordType !== STOP) {
    if (!isOnIncrement(load<i64>(REQUEST + REQ_PRICE_TICKS), instrument)) return REFUSE_PRICE;
  }
  if (ordType >= STOP) {
    if (!isOnIncrement(load<i64>(REQUEST + REQ_STOP_TICKS), instrument)) return REFUSE_STOP_PRICE;
  }
  return load<i32>(VEN_OPEN_ORDERS) >= load<i32>(VEN_OPEN_MAX) ? REFUSE_OPEN_ORDERS : 0;
}

function isOnIncrement(ticks: i64, instrument: i32): boolean {
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  const increment = load<i64>(block + INS_MIN_INCREMENT_TICKS);
  return ticks > 0 && (increment === 1 || ticks % increment === 0);
}

/** The order, all zero, as the request has it; false = its account or self-match id finds no room. */
function fillOrder(order: i32): boolean {
  const account = nameIn(REQ_ACCOUNT);
  const selfMatchId = nameIn(REQ_SELF_MATCH_ID);
  store<i64>(order + VOR_PRICE_TICKS, max<i64>(load<i64>(REQUEST + REQ_PRICE_TICKS), 0));
  store<i64>(order + VOR_QTY_LOTS, max<i64>(load<i64>(REQUEST + REQ_QTY_LOTS), 0));
  store<i64>(order + VOR_STOP_TICKS, max<i64>(load<i64>(REQUEST + REQ_STOP_TICKS), 0));
  store<i64>(order + VOR_DISPLAY_LOTS, load<i64>(REQUEST + REQ_DISPLAY_LOTS));
  store<i32>(order + VOR_STATUS, STATUS_REJECTED); // until the book has it
  store<i32>(order + VOR_SIDE, load<i32>(REQUEST + REQ_SIDE));
  store<i32>(order + VOR_ORD_TYPE, load<i32>(REQUEST + REQ_ORD_TYPE));
  store<i32>(order + VOR_TIME_IN_FORCE, load<i32>(REQUEST + REQ_TIME_IN_FORCE));
  store<i32>(order + VOR_INSTRUMENT, load<i32>(REQUEST + REQ_INSTRUMENT));
  store<i32>(order + VOR_SESSION, load<i32>(REQUEST + REQ_SESSION));
  store<i32>(order + VOR_ACCOUNT, account);
  store<i32>(order + VOR_SELF_MATCH_ID, selfMatchId);
  const isFull = account === NO_NAME && load<i32>(REQUEST + REQ_ACCOUNT + 4) > 0;
  return !isFull && !(selfMatchId === NO_NAME && load<i32>(REQUEST + REQ_SELF_MATCH_ID + 4) > 0);
}

/** The name of a field of REQUEST; NO_NAME where the field is absent. */
function nameIn(field: i32): i32 {
  const length = load<i32>(REQUEST + field + 4);
  return length === 0 ? NO_NAME : nameOf(load<i32>(REQUEST + field), length);
}

/** The order never comes to the book. */
export function refuseOrder(order: i32, refusal: i32): void {
  report(order, EXEC_REJECTED, refusal);
}

/** The book has taken the order in: it gets its number. */
export function acceptOrder(order: i32): void {
  const number = load<i64>(VEN_ORDER_COUNT) + 1;
  store<i64>(VEN_ORDER_COUNT, number);
  store<i64>(order + VOR_NUMBER, number);
  openOrder(order);
  report(order, EXEC_NEW, 0);
}

// ---- Cancel and replace

function takeChange(type: i32): void {
  const order = orderOfClientId(
    load<i32>(REQUEST + REQ_ORIG_CLORDID),
    load<i32>(REQUEST + REQ_ORIG_CLORDID + 4),
  );
  const refusal = changeRefusal(order, type);
  if (refusal !== 0) refuseChange(order, refusal);
  else if (type === CANCEL) bookCancel(order);
  else {
    const leavesLots = load<i64>(REQUEST + REQ_QTY_LOTS) - load<i64>(order + VOR_CUM_LOTS);
    bookReplace(order, newPrice(order), newStop(order), leavesLots);
  }
}

/** A stop order has no price, whatever the request says. */
function newPrice(order: i32): i64 {
  return load<i32>(order + VOR_ORD_TYPE) === STOP ? 0 : load<i64>(REQUEST + REQ_PRICE_TICKS);
}

/** A stop keeps its stop price where the request has none. */
function newStop(order: i32): i64 {
  if (load<i32>(order + VOR_ORD_TYPE) < STOP) return 0;
  const stopTicks = load<i64>(REQUEST + REQ_STOP_TICKS);
  return stopTicks === 0 ? load<i64>(order + VOR_STOP_TICKS) : stopTicks;
}

function changeRefusal(order: i32, type: i32): i32 {
  if (order === 0) return REFUSE_UNKNOWN_ORDER;
  if (!isOpen(order)) return REFUSE_TOO_LATE;
  if (orderOfRequest() !== 0) return REFUSE_DUPLICATE_CHANGE;
  if (type === CANCEL) return 0;
  if (load<i64>(REQUEST + REQ_QTY_LOTS) <= load<i64>(order + VOR_CUM_LOTS)) {
    return REFUSE_FILLED_QUANTITY;
  }
  const instrument = load<i32>(order + VOR_INSTRUMENT);
  const ordType = load<i32>(order + VOR_ORD_TYPE);
  if (ordType >= STOP && !isOnIncrement(newStop(order), instrument)) return REFUSE_STOP_PRICE;
  return ordType === STOP || isOnIncrement(newPrice(order), instrument) ? 0 : REFUSE_PRICE;
}

/** The request changes nothing; `order`: what it names, 0 = none. */
export function refuseChange(order: i32, refusal: i32): void {
  clearReport();
  store<i32>(REPORT + REP_REFUSAL, refusal);
  reportCancelReject(load<i32>(REQUEST + REQ_SESSION), order === 0 ? noOrder() : order);
}

/** The order is known by the request's ClOrdID from now on. */
export function renameOrder(order: i32): void {
  addRequestId(order);
}

/** The book has replaced the order that the request names. */
export function replaceOrder(order: i32): void {
  renameOrder(order);
  store<i64>(order + VOR_PRICE_TICKS, newPrice(order));
  store<i64>(order + VOR_STOP_TICKS, newStop(order));
  store<i64>(order + VOR_QTY_LOTS, load<i64>(REQUEST + REQ_QTY_LOTS));
  reportAnswer(order, EXEC_REPLACED);
}

// ---- What the venue says

/** Says what has happened to an order; `refusal` 0 = it was not refused. */
export function report(order: i32, execType: i32, refusal: i32): void {
  clearReport();
  store<i32>(REPORT + REP_EXEC_TYPE, execType);
  store<i32>(REPORT + REP_REFUSAL, refusal);
  say(order);
}

/** Says that the cancel or replace in REQUEST was done. */
export function reportAnswer(order: i32, execType: i32): void {
  clearReport();
  store<i32>(REPORT + REP_EXEC_TYPE, execType);
  store<i64>(REPORT + REP_ORIG_CLORDID, load<i64>(REQUEST + REQ_ORIG_CLORDID));
  say(order);
}

/** Says that lots of an order have traded. */
export function reportFill(order: i32, execType: i32, ticks: i64, lots: i64, liquidity: i32): void {
  clearReport();
  store<i32>(REPORT + REP_EXEC_TYPE, execType);
  store<i64>(REPORT + REP_LAST_TICKS, ticks);
  store<i64>(REPORT + REP_LAST_LOTS, lots);
  store<i32>(REPORT + REP_LIQUIDITY, liquidity);
  say(order);
}

function say(order: i32): void {
  const session = load<i32>(order + VOR_SESSION);
  if (session >= 0) reportExecution(session, order);
}

function clearReport(): void {
  for (let at = 0; at < REPORT_BYTES; at += 16) v128.store(REPORT + at, i64x2.splat(0));
}

/** An order of which only the request says something. */
function noOrder(): i32 {
  for (let at = 0; at < VENUE_ORDER_BYTES; at += 16) v128.store(ORDER_OF_NONE + at, i64x2.splat(0));
  store<i32>(ORDER_OF_NONE + VOR_STATUS, STATUS_REJECTED);
  return ORDER_OF_NONE;
}

// ---- Status and mass requests: cold

/** The order of REQUEST's ClOrdID as it stands (35=H), or that it is not known. */
function reportStatus(): void {
  const order = orderOfRequest();
  if (order !== 0) {
    report(order, EXEC_STATUS, 0);
    return;
  }
  fillOrder(noOrder());
  if (load<i32>(ORDER_OF_NONE + VOR_ORD_TYPE) === 0)
    store<i32>(ORDER_OF_NONE + VOR_ORD_TYPE, LIMIT);
  report(ORDER_OF_NONE, EXEC_STATUS, REFUSE_NO_SUCH_ORDER);
}

/** Begins with the oldest open order; sweepNext goes on. */
export function sweepStart(): void {
  store<i32>(VEN_SWEEP_NEXT, load<i32>(VEN_OPEN_OLDEST));
  store<i32>(VEN_SWEEP_COUNT, 0);
}

/**
 * Cancels (`isCancel`) or reports the next open order of the request's session and of an
 * instrument (-1 = of all), as far as there is one; false = that was all.
 */
export function sweepNext(isCancel: boolean, instrument: i32): boolean {
  const order = load<i32>(VEN_SWEEP_NEXT);
  if (order === 0) return false;
  store<i32>(VEN_SWEEP_NEXT, load<i32>(order + VOR_NEWER));
  if (load<i32>(order + VOR_SESSION) !== load<i32>(REQUEST + REQ_SESSION)) return true;
  if (instrument >= 0 && load<i32>(order + VOR_INSTRUMENT) !== instrument) return true;
  store<i32>(VEN_SWEEP_COUNT, load<i32>(VEN_SWEEP_COUNT) + 1);
  if (isCancel) bookCancel(order);
  else report(order, EXEC_STATUS, 0);
  return true;
}
