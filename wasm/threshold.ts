/**
 * HOT: one call per update of an instrument that a threshold strategy trades; no allocation. Decides
 * from memory alone and fills INTENT; the caller hands that to the gate, which must take pending
 * kills in between. The only state is the strategy's declared field, the time of its last order.
 * Twin: the ordinary strategy
 * test/support/threshold-twin.ts.
 */
import { intentTake } from './intent-fill';
import {
  BOOK_ASK_COUNT,
  BOOK_ASK_TICKS,
  BOOK_BID_COUNT,
  BOOK_BID_TICKS,
  BOOK_BYTES,
  BOOKS,
  CTL_CORE_TIME_NS,
  INSTRUMENTS_MAX,
  LINK_LOGISTIC,
  MOD_LINK,
  MODEL_BYTES,
  MODELS,
  POS_LOTS,
  POS_OPEN_BUY_LOTS,
  POS_OPEN_SELL_LOTS,
  POSITION_BYTES,
  POSITIONS,
  SIG_MICROPRICE,
  SIG_OFI,
  SIG_VWAP,
  SIG_Z_SCORE,
  SIGNAL_BYTES,
  SIGNALS,
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
    intentTake(strategy, instrument, lots > 0 ? SELL : BUY, <f64>(lots > 0 ? lots : -lots));
  } else {
    if (Math.abs(value) < load<f64>(rule + THR_ENTRY)) return 0;
    if (elapsedNs < <f64>load<i64>(rule + THR_REST_NS)) return 0;
    const wanted = <f64>load<i64>(rule + THR_QTY_LOTS);
    intentTake(strategy, instrument, value > 0.0 ? BUY : SELL, wanted);
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
