/**
 * Why the venue refuses a request: one row a REFUSE_* of venue-layout.ts with the text that the
 * peer reads (58) and the standard's reason: of a new order 103, of a cancel or replace 102.
 */
import {
  REFUSE_DISPLAY,
  REFUSE_DUPLICATE,
  REFUSE_DUPLICATE_CHANGE,
  REFUSE_FILLED_QUANTITY,
  REFUSE_NAMES,
  REFUSE_NO_SUCH_ORDER,
  REFUSE_OPEN_ORDERS,
  REFUSE_ORD_TYPE,
  REFUSE_POST_ONLY,
  REFUSE_PRICE,
  REFUSE_QUANTITY,
  REFUSE_RANGE,
  REFUSE_SIDE,
  REFUSE_STOP_PRICE,
  REFUSE_SYMBOL,
  REFUSE_TERMS,
  REFUSE_TIME_IN_FORCE,
  REFUSE_TOO_LATE,
  REFUSE_UNKNOWN_ORDER,
} from '../venue-layout';

const OTHER: i32 = 99;
const UNKNOWN_SYMBOL: i32 = 1;
const UNKNOWN_ORDER: i32 = 5;
const DUPLICATE_ORDER: i32 = 6;
const INCORRECT_QUANTITY: i32 = 13;
const TOO_LATE_TO_CANCEL: i32 = 0;
const CHANGE_UNKNOWN_ORDER: i32 = 1;
const CHANGE_DUPLICATE: i32 = 6;

/** OrdRejReason (103) of a new order, of an order that is asked for and not known. */
export function ordRejReason(refusal: i32): i32 {
  switch (refusal) {
    case REFUSE_SYMBOL:
      return UNKNOWN_SYMBOL;
    case REFUSE_DUPLICATE:
      return DUPLICATE_ORDER;
    case REFUSE_QUANTITY:
      return INCORRECT_QUANTITY;
    case REFUSE_NO_SUCH_ORDER:
      return UNKNOWN_ORDER;
    default:
      return OTHER;
  }
}

/** CxlRejReason (102) of a cancel or replace. */
export function cxlRejReason(refusal: i32): i32 {
  switch (refusal) {
    case REFUSE_UNKNOWN_ORDER:
      return CHANGE_UNKNOWN_ORDER;
    case REFUSE_TOO_LATE:
      return TOO_LATE_TO_CANCEL;
    case REFUSE_DUPLICATE_CHANGE:
      return CHANGE_DUPLICATE;
    default:
      return OTHER;
  }
}

/** Text (58). */
export function refusalText(refusal: i32): string {
  switch (refusal) {
    case REFUSE_SIDE:
      return 'Side (54) is not 1 or 2';
    case REFUSE_ORD_TYPE:
      return 'OrdType (40) is not market, limit, stop or stop limit';
    case REFUSE_TIME_IN_FORCE:
      return 'TimeInForce (59) is not DAY, GTC, IOC or FOK';
    case REFUSE_SYMBOL:
      return 'unknown symbol';
    case REFUSE_DUPLICATE:
    case REFUSE_DUPLICATE_CHANGE:
      return 'ClOrdID was used before';
    case REFUSE_QUANTITY:
      return 'the quantity is not a positive number of lots';
    case REFUSE_PRICE:
      return 'the price is off the price increment';
    case REFUSE_RANGE:
      return 'the price is out of the range of the book';
    case REFUSE_STOP_PRICE:
      return 'the stop price is off the price increment';
    case REFUSE_DISPLAY:
      return 'the displayed quantity is no part of the quantity';
    case REFUSE_TERMS:
      return 'the terms of the order exclude each other';
    case REFUSE_POST_ONLY:
      return 'a post-only order would trade at once';
    case REFUSE_OPEN_ORDERS:
      return 'too many orders are open at this venue';
    case REFUSE_NAMES:
      return 'too many accounts trade at this venue';
    case REFUSE_UNKNOWN_ORDER:
    case REFUSE_NO_SUCH_ORDER:
      return 'no such order';
    case REFUSE_TOO_LATE:
      return 'the order is done';
    case REFUSE_FILLED_QUANTITY:
      return 'the new quantity is not above the filled quantity';
    default:
      return 'the book cannot take the order';
  }
}
