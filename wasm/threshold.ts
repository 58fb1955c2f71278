/**
 * HOT: one call per update of an instrument that a threshold strategy trades; no allocation. Decides
 * from memory alone and fills INTENT; the caller hands that to the gate, which must take pending
 * kills in between. The only state is the strategy's declared field, the time of its last order.
 * Twin: the ordinary strategy
 * test/support/threshold-twin.ts.
 */
import {
  BOOK_ASK_COUNT,
  BOOK_ASK_TICKS,
  BOOK_BID_COUNT,
  BOOK_BID_TICKS,
  BOOK_BYTES,
  BOOKS,
  CTL_CORE_TIME_NS,
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
  LINK_LOGISTIC,
  MOD_LINK,
  MODEL_BYTES,
  MODELS,
  POS_LOTS,
  POS_OPEN_BUY_LOTS,
  POS_OPEN_SELL_LOTS,
  POSITION_BYTES,
  POSITIONS,
  SIG_EWMA_VOL,
  SIG_MICROPRICE,
  SIG_OFI,
  SIG_VWAP,
  SIG_Z_SCORE,
  SIGNAL_BYTES,
  SIGNALS,
  STR_ACCOUNT,
  STRATEGIES,
  STRATEGY_BYTES,
  THR_ENTRY,
  THR_EXIT,
  THR_HOLD_NS,
  THR_QTY_LOTS,
  THR_REST_NS,
  THR_SIGN,
  THR_SIGNAL,
  THRESHOLD_BYTES,
  THRESHOLD_ON_MICROPRICE_DISTANCE,
  THRESHOLD_ON_ORDER_FLOW,
  THRESHOLD_ON_VWAP_DISTANCE,
  THRESHOLD_ON_Z_SCORE,
  THRESHOLDS,
} from './layout';
import { modelScore } from './tree-score';

const BUY: i32 = 1;
const SELL: i32 = 2;
const LIMIT: i32 = 50; // '2'
const IMMEDIATE_OR_CANCEL: i32 = 51; // '3'
const NO_ORDER: i32 = -1;
const EVEN_ODDS: f64 = 0.5; // what a logistic model says when it does not know

/** 1 = INTENT holds what the strategy wants, 0 = it wants nothing; `state`: address of its fields. */
export function thresholdDecide(strategy: i32, instrument: i32, state: i32): i32 {
  const book = BOOKS + instrument * BOOK_BYTES;
  if (load<i32>(book + BOOK_BID_COUNT) === 0 || load<i32>(book + BOOK_ASK_COUNT) === 0) return 0;
  const position = POSITIONS + (strategy * INSTRUMENTS_MAX + instrument) * POSITION_BYTES;
  if (load<i64>(position + POS_OPEN_BUY_LOTS) !== 0) return 0;
  if (load<i64>(position + POS_OPEN_SELL_LOTS) !== 0) return 0;
  const rule = THRESHOLDS + strategy * THRESHOLD_BYTES;
  const now = load<i64>(CTL_CORE_TIME_NS);
  const elapsedNs = <f64>now - load<f64>(state);
  const lots = load<i64>(position + POS_LOTS);
  // Seen from the side of a buyer: high = buy.
  const value = <f64>load<i32>(rule + THR_SIGN) * signalOf(strategy, instrument);
  if (lots !== 0) {
    const held = lots > 0 ? value : -value;
    const isDue = elapsedNs >= <f64>load<i64>(rule + THR_HOLD_NS);
    if (held > load<f64>(rule + THR_EXIT) && !isDue) return 0;
    fillTake(strategy, instrument, lots > 0 ? SELL : BUY, lots > 0 ? lots : -lots);
  } else {
    if (Math.abs(value) < load<f64>(rule + THR_ENTRY)) return 0;
    if (elapsedNs < <f64>load<i64>(rule + THR_REST_NS)) return 0;
    fillTake(strategy, instrument, value > 0.0 ? BUY : SELL, load<i64>(rule + THR_QTY_LOTS));
  }
  store<f64>(state, <f64>now);
  return 1;
}

function signalOf(strategy: i32, instrument: i32): f64 {
  const kind = load<i32>(THRESHOLDS + strategy * THRESHOLD_BYTES + THR_SIGNAL);
  const signal = SIGNALS + instrument * SIGNAL_BYTES;
  if (kind === THRESHOLD_ON_Z_SCORE) return load<f64>(signal + SIG_Z_SCORE);
  if (kind === THRESHOLD_ON_ORDER_FLOW) return load<f64>(signal + SIG_OFI);
  const book = BOOKS + instrument * BOOK_BYTES;
  const mid = (<f64>load<i64>(book + BOOK_BID_TICKS) + <f64>load<i64>(book + BOOK_ASK_TICKS)) * 0.5;
  if (kind === THRESHOLD_ON_MICROPRICE_DISTANCE) return load<f64>(signal + SIG_MICROPRICE) - mid;
  if (kind === THRESHOLD_ON_VWAP_DISTANCE) {
    const vwap = load<f64>(signal + SIG_VWAP);
    return vwap === 0.0 ? 0.0 : mid - vwap;
  }
  const link = load<i32>(MODELS + strategy * MODEL_BYTES + MOD_LINK);
  return modelScore(strategy, instrument) - (link === LINK_LOGISTIC ? EVEN_ODDS : 0.0);
}

/** INTENT: an IOC limit order at the opposite touch, or the next price behind it that is allowed. */
function fillTake(strategy: i32, instrument: i32, side: i32, lots: i64): void {
  const book = BOOKS + instrument * BOOK_BYTES;
  const touch = <f64>load<i64>(book + (side === BUY ? BOOK_ASK_TICKS : BOOK_BID_TICKS));
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  const increment = <f64>load<i64>(block + INS_MIN_INCREMENT_TICKS);
  const sign: f64 = side === BUY ? 1.0 : -1.0;
  const price = sign * Math.ceil((sign * touch) / increment) * increment;
  store<i32>(INTENT + INT_KIND, INTENT_NEW);
  store<i32>(INTENT + INT_STRATEGY, strategy);
  store<i32>(INTENT + INT_INSTRUMENT, instrument);
  store<i32>(INTENT + INT_SIDE, side);
  store<i32>(INTENT + INT_ORD_TYPE, LIMIT);
  store<i32>(INTENT + INT_TIME_IN_FORCE, IMMEDIATE_OR_CANCEL);
  store<i64>(INTENT + INT_PRICE_TICKS, <i64>price);
  store<i64>(INTENT + INT_QTY_LOTS, lots);
  store<i32>(INTENT + INT_ORDER_SLOT, NO_ORDER);
  const account = load<i32>(STRATEGIES + strategy * STRATEGY_BYTES + STR_ACCOUNT);
  store<i32>(INTENT + INT_ACCOUNT, account);
  store<i32>(INTENT + INT_FLAGS, 0);
  fillFeatures(strategy, instrument);
}

/** What the strategy saw, as MarketHandle writes it for strategies with code. */
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
