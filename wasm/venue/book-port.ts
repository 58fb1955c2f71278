/**
 * HOT: between the desk and the book (wasm/matching): requests become commands, the book's events
 * become reports; no allocation. The book counts prices in increments of the instrument, so that
 * neighbouring levels lie side by side. A command whose events have no room waits until TX and log
 * were emptied (venueTurn).
 */
import {
  INS_MIN_INCREMENT_TICKS,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  SESSION_BYTES,
  SESSIONS,
} from '../layout';
import {
  CANCELLED_DAY_OVER,
  CANCELLED_FOK,
  CANCELLED_IOC,
  CANCELLED_ON_REQUEST,
  CMD_DISPLAY_LOTS,
  CMD_FLAGS,
  CMD_ID,
  CMD_INSTRUMENT,
  CMD_KIND,
  CMD_LOTS,
  CMD_OWNER,
  CMD_PRICE_TICKS,
  CMD_SELF_TRADE,
  CMD_SIDE,
  CMD_STOP_TICKS,
  CMD_TIME_IN_FORCE,
  CMD_TYPE,
  COMMAND_BYTES,
  COMMAND_CANCEL,
  COMMAND_NEW,
  COMMAND_REPLACE,
  CTL_IN,
  CTL_OUT,
  CTL_PHASE,
  EVENT_ACCEPTED,
  EVENT_BYTES,
  EVENT_CANCELLED,
  EVENT_DECREMENTED,
  EVENT_REJECTED,
  EVENT_REPLACED,
  EVENT_TRADE,
  EVENT_TRIGGERED,
  EVT_ID,
  EVT_INSTRUMENT,
  EVT_KIND,
  EVT_LOTS,
  EVT_OTHER_ID,
  EVT_PRICE_TICKS,
  EVT_REASON,
  PHASE_IDLE,
  REFUSED_DISPLAY,
  REFUSED_LOTS,
  REFUSED_ORDERS_FULL,
  REFUSED_POST_ONLY,
  REFUSED_PRICE,
  REFUSED_STOP_PRICE,
  REFUSED_TERMS,
} from '../matching/matching-layout';
import { matchingApply, matchingResume } from '../matching/run';
import {
  PRINT_BYTES,
  PRINTS,
  PRINTS_MAX,
  REFUSE_BOOK,
  REFUSE_DISPLAY,
  REFUSE_OPEN_ORDERS,
  REFUSE_POST_ONLY,
  REFUSE_QUANTITY,
  REFUSE_RANGE,
  REFUSE_TERMS,
  REQ_POST_ONLY,
  REQ_SELF_MATCH,
  REQ_TYPE,
  REQUEST,
  VEN_CHANGED,
  VEN_PRINTS,
  VEN_WANT_TRADES,
  VOR_COST,
  VOR_CUM_LOTS,
  VOR_DISPLAY_LOTS,
  VOR_INSTRUMENT,
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
import {
  acceptOrder,
  refuseChange,
  refuseOrder,
  renameOrder,
  replaceOrder,
  report,
  reportAnswer,
  reportFill,
} from './desk';
import { isFixt } from './fixt';
import { hasRoomToGoOn } from './flow-control';
import {
  bookId,
  closeOrder,
  orderOfBookId,
  STATUS_CANCELED,
  STATUS_EXPIRED,
  STATUS_FILLED,
  STATUS_PARTIAL,
} from './order-table';

const ZERO: i32 = 48;
const CANCEL: i32 = 70; // F
const EXEC_CANCELED: i32 = 52; // 4
const EXEC_EXPIRED: i32 = 67; // C
const EXEC_RESTATED: i32 = 68; // D
const EXEC_TRADE: i32 = 70; // F
const EXEC_TRIGGERED: i32 = 76; // L
const MAKER: i32 = 1; // LastLiquidityInd: added
const TAKER: i32 = 2; // removed

// ---- Commands

/** A new order of the request in hand. */
export function bookNew(order: i32): void {
  const at = newCommand(order);
  store<u8>(at + CMD_FLAGS, <u8>load<i32>(REQUEST + REQ_POST_ONLY));
  store<u8>(at + CMD_SELF_TRADE, <u8>load<i32>(REQUEST + REQ_SELF_MATCH));
  apply(at);
}

/**
 * An order of an earlier run, with what is left of it, without terms that no report says; nobody is
 * told. False = the book has no room for it.
 */
export function bookRestore(order: i32): boolean {
  matchingApply(newCommand(order));
  return load<u8>(<i32>load<usize>(CTL_OUT) + EVT_KIND) === EVENT_ACCEPTED;
}

function newCommand(order: i32): i32 {
  const at = command(COMMAND_NEW, order);
  const instrument = load<i32>(order + VOR_INSTRUMENT);
  const leavesLots = load<i64>(order + VOR_QTY_LOTS) - load<i64>(order + VOR_CUM_LOTS);
  store<u8>(at + CMD_SIDE, <u8>load<i32>(order + VOR_SIDE));
  store<u8>(at + CMD_TYPE, <u8>(load<i32>(order + VOR_ORD_TYPE) - ZERO));
  store<u8>(at + CMD_TIME_IN_FORCE, <u8>(load<i32>(order + VOR_TIME_IN_FORCE) - ZERO));
  store<u16>(at + CMD_INSTRUMENT, <u16>instrument);
  store<i64>(at + CMD_PRICE_TICKS, increments(load<i64>(order + VOR_PRICE_TICKS), instrument));
  store<i64>(at + CMD_STOP_TICKS, increments(load<i64>(order + VOR_STOP_TICKS), instrument));
  store<i64>(at + CMD_LOTS, leavesLots);
  store<i64>(at + CMD_DISPLAY_LOTS, load<i64>(order + VOR_DISPLAY_LOTS));
  store<u32>(at + CMD_OWNER, load<i32>(order + VOR_SELF_MATCH_ID) + 1);
  return at;
}

export function bookCancel(order: i32): void {
  apply(command(COMMAND_CANCEL, order));
}

/** `leavesLots`: what is to be open afterwards. */
export function bookReplace(order: i32, priceTicks: i64, stopTicks: i64, leavesLots: i64): void {
  const at = command(COMMAND_REPLACE, order);
  const instrument = load<i32>(order + VOR_INSTRUMENT);
  store<i64>(at + CMD_PRICE_TICKS, increments(priceTicks, instrument));
  store<i64>(at + CMD_STOP_TICKS, increments(stopTicks, instrument));
  store<i64>(at + CMD_LOTS, leavesLots);
  apply(at);
}

function command(kind: i32, order: i32): i32 {
  const at = <i32>load<usize>(CTL_IN);
  for (let word = 0; word < COMMAND_BYTES; word += 16) v128.store(at + word, i64x2.splat(0));
  store<u8>(at + CMD_KIND, <u8>kind);
  store<i64>(at + CMD_ID, <i64>bookId(order));
  return at;
}

function increments(ticks: i64, instrument: i32): i64 {
  const increment = incrementOf(instrument);
  return increment === 1 ? ticks : ticks / increment;
}

function incrementOf(instrument: i32): i64 {
  return load<i64>(INSTRUMENTS + instrument * INSTRUMENT_BYTES + INS_MIN_INCREMENT_TICKS);
}

function apply(at: i32): void {
  tellEvents(<i32>matchingApply(at));
  bookGoOn();
}

/** Goes on with a command that waits; false = it still waits: TX or log must be emptied first. */
export function bookGoOn(): boolean {
  while (load<i32>(CTL_PHASE) !== PHASE_IDLE) {
    if (!hasRoomToGoOn()) return false;
    tellEvents(<i32>matchingResume());
  }
  return true;
}

// ---- Events

function tellEvents(end: i32): void {
  for (let at = <i32>load<usize>(CTL_OUT); at < end; at += EVENT_BYTES) tellEvent(at);
}

function tellEvent(at: i32): void {
  const order = orderOfBookId(<i32>load<i64>(at + EVT_ID));
  const reason = <i32>load<u8>(at + EVT_REASON);
  store<i32>(VEN_CHANGED + ((<i32>load<u16>(at + EVT_INSTRUMENT)) << 2), 1);
  switch (<i32>load<u8>(at + EVT_KIND)) {
    case EVENT_ACCEPTED:
      acceptOrder(order);
      break;
    case EVENT_TRADE:
      tellTrade(at, order, reason);
      break;
    case EVENT_CANCELLED:
      tellCancelled(order, reason);
      break;
    case EVENT_REPLACED:
      replaceOrder(order);
      break;
    case EVENT_REJECTED:
      if (load<i64>(at + EVT_OTHER_ID) === COMMAND_NEW) refuseOrder(order, refusalOf(reason));
      else refuseChange(order, refusalOf(reason));
      break;
    case EVENT_TRIGGERED:
      tellTriggered(order);
      break;
    case EVENT_DECREMENTED:
      decrement(order, load<i64>(at + EVT_LOTS));
      decrement(orderOfBookId(<i32>load<i64>(at + EVT_OTHER_ID)), load<i64>(at + EVT_LOTS));
      break;
    default: // what an iceberg shows is told by market data
      break;
  }
}

/** FIX 4.4 has no word for it: there the fills tell. */
function tellTriggered(order: i32): void {
  const session = load<i32>(order + VOR_SESSION);
  if (session < 0 || !isFixt(SESSIONS + session * SESSION_BYTES)) return;
  report(order, EXEC_TRIGGERED, 0);
}

/** Whoever rested is told first. */
function tellTrade(at: i32, maker: i32, takerSide: i32): void {
  const instrument = load<i32>(maker + VOR_INSTRUMENT);
  const ticks = load<i64>(at + EVT_PRICE_TICKS) * incrementOf(instrument);
  const lots = load<i64>(at + EVT_LOTS);
  if (load<i32>(VEN_WANT_TRADES) !== 0) print(instrument, takerSide, ticks, lots);
  fill(maker, ticks, lots, MAKER);
  fill(orderOfBookId(<i32>load<i64>(at + EVT_OTHER_ID)), ticks, lots, TAKER);
}

function fill(order: i32, ticks: i64, lots: i64, liquidity: i32): void {
  const cumLots = load<i64>(order + VOR_CUM_LOTS) + lots;
  store<i64>(order + VOR_CUM_LOTS, cumLots);
  store<i64>(order + VOR_COST, load<i64>(order + VOR_COST) + ticks * lots);
  if (cumLots === load<i64>(order + VOR_QTY_LOTS)) closeOrder(order, STATUS_FILLED);
  else store<i32>(order + VOR_STATUS, STATUS_PARTIAL);
  reportFill(order, EXEC_TRADE, ticks, lots, liquidity);
}

function print(instrument: i32, takerSide: i32, ticks: i64, lots: i64): void {
  const count = load<i64>(VEN_PRINTS);
  const at = PRINTS + <i32>(count & (PRINTS_MAX - 1)) * PRINT_BYTES;
  store<i32>(at, instrument);
  store<i32>(at + 4, takerSide);
  store<i64>(at + 8, ticks);
  store<i64>(at + 16, lots);
  store<i64>(VEN_PRINTS, count + 1);
}

function tellCancelled(order: i32, reason: i32): void {
  const isAnswer = reason === CANCELLED_ON_REQUEST && load<i32>(REQUEST + REQ_TYPE) === CANCEL;
  const isExpired =
    reason === CANCELLED_IOC || reason === CANCELLED_FOK || reason === CANCELLED_DAY_OVER;
  if (isAnswer) renameOrder(order);
  closeOrder(order, isExpired ? STATUS_EXPIRED : STATUS_CANCELED);
  if (isAnswer) reportAnswer(order, EXEC_CANCELED);
  else report(order, isExpired ? EXEC_EXPIRED : EXEC_CANCELED, 0);
}

/** Self-match prevention has taken lots off an order that did not trade. */
function decrement(order: i32, lots: i64): void {
  const qtyLots = load<i64>(order + VOR_QTY_LOTS) - lots;
  store<i64>(order + VOR_QTY_LOTS, qtyLots);
  const isDone = qtyLots === load<i64>(order + VOR_CUM_LOTS);
  if (isDone) closeOrder(order, STATUS_CANCELED);
  report(order, isDone ? EXEC_CANCELED : EXEC_RESTATED, 0);
}

/** What the venue says to a refusal of the book. */
function refusalOf(reason: i32): i32 {
  switch (reason) {
    case REFUSED_POST_ONLY:
      return REFUSE_POST_ONLY;
    case REFUSED_TERMS:
      return REFUSE_TERMS;
    case REFUSED_LOTS:
      return REFUSE_QUANTITY;
    case REFUSED_DISPLAY:
      return REFUSE_DISPLAY;
    case REFUSED_PRICE:
    case REFUSED_STOP_PRICE:
      return REFUSE_RANGE;
    case REFUSED_ORDERS_FULL:
      return REFUSE_OPEN_ORDERS;
    default:
      return REFUSE_BOOK;
  }
}
