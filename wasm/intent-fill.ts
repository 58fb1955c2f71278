/**
 * HOT: one call a wish. Fills the INTENT block with what a strategy wants and with what it saw. Twin:
 * intent-fill-reference.ts.
 */
import {
  BOOK_ASK_TICKS,
  BOOK_BID_TICKS,
  BOOK_BYTES,
  BOOKS,
  INS_MIN_INCREMENT_TICKS,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  INSTRUMENTS_MAX,
  INT_ACCOUNT,
  INT_FEATURES,
  INT_FLAGS,
  INT_INSTRUMENT,
  INT_KIND,
  INT_ORD_TYPE,
  INT_ORDER_SLOT,
  INT_PRICE_TICKS,
  INT_QTY_LOTS,
  INT_SIDE,
  INT_STRATEGY,
  INT_TIME_IN_FORCE,
  INTENT,
  INTENT_NEW,
  POS_LOTS,
  POSITION_BYTES,
  POSITIONS,
  SIG_EWMA_VOL,
  SIG_MICROPRICE,
  SIG_OFI,
  SIG_Z_SCORE,
  SIGNAL_BYTES,
  SIGNALS,
  STR_ACCOUNT,
  STRATEGIES,
  STRATEGY_BYTES,
} from './layout';

const BUY: i32 = 1;
const LIMIT: i32 = 50; // '2'
const DAY: i32 = 48; // '0'
const IMMEDIATE_OR_CANCEL: i32 = 51; // '3'
const NO_ORDER: i32 = -1;

/** A limit order for the day, or a change of one: kind INTENT_*, side 1 or 2, whole ticks and lots. */
export function intentFill(
  kind: i32,
  strategy: i32,
  instrument: i32,
  side: i32,
  priceTicks: f64,
  qtyLots: f64,
): void {
  store<i32>(INTENT + INT_KIND, kind);
  store<i32>(INTENT + INT_STRATEGY, strategy);
  store<i32>(INTENT + INT_INSTRUMENT, instrument);
  store<i32>(INTENT + INT_SIDE, side);
  store<i32>(INTENT + INT_ORD_TYPE, LIMIT);
  store<i32>(INTENT + INT_TIME_IN_FORCE, DAY);
  store<i64>(INTENT + INT_PRICE_TICKS, <i64>priceTicks);
  store<i64>(INTENT + INT_QTY_LOTS, <i64>qtyLots);
  store<i32>(INTENT + INT_ORDER_SLOT, NO_ORDER);
  const account = load<i32>(STRATEGIES + strategy * STRATEGY_BYTES + STR_ACCOUNT);
  store<i32>(INTENT + INT_ACCOUNT, account);
  store<i32>(INTENT + INT_FLAGS, 0);
  fillFeatures(strategy, instrument);
}

/** An IOC limit order at the opposite touch, or the next price behind it that is allowed. */
export function intentTake(strategy: i32, instrument: i32, side: i32, qtyLots: f64): void {
  const book = BOOKS + instrument * BOOK_BYTES;
  const touch = <f64>load<i64>(book + (side === BUY ? BOOK_ASK_TICKS : BOOK_BID_TICKS));
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  const increment = <f64>load<i64>(block + INS_MIN_INCREMENT_TICKS);
  const sign: f64 = side === BUY ? 1.0 : -1.0;
  const price = sign * Math.ceil((sign * touch) / increment) * increment;
  intentFill(INTENT_NEW, strategy, instrument, side, price, qtyLots);
  store<i32>(INTENT + INT_TIME_IN_FORCE, IMMEDIATE_OR_CANCEL);
}

function fillFeatures(strategy: i32, instrument: i32): void {
  const book = BOOKS + instrument * BOOK_BYTES;
  const signal = SIGNALS + instrument * SIGNAL_BYTES;
  const position = POSITIONS + (strategy * INSTRUMENTS_MAX + instrument) * POSITION_BYTES;
  const bid = <f64>load<i64>(book + BOOK_BID_TICKS);
  const ask = <f64>load<i64>(book + BOOK_ASK_TICKS);
  const at = INTENT + INT_FEATURES;
  store<f64>(at, bid);
  store<f64>(at + 8, ask);
  store<f64>(at + 16, bid + ask);
  store<f64>(at + 24, load<f64>(signal + SIG_MICROPRICE));
  store<f64>(at + 32, load<f64>(signal + SIG_OFI));
  store<f64>(at + 40, load<f64>(signal + SIG_EWMA_VOL));
  store<f64>(at + 48, load<f64>(signal + SIG_Z_SCORE));
  store<f64>(at + 56, <f64>load<i64>(position + POS_LOTS));
}
