/**
 * HOT: one call per decision of a strategy that has a model; no allocation. The score of a
 * gradient-boosted ensemble: every tree is walked from its root, one leaf each is added to the base
 * score. Models are checked with the configuration and written at start, with the depth of each tree
 * (engine/signal/model-score.ts). Twin: tree-score-reference.ts.
 */
import { exp } from './exp';
import {
  BOOK_ASK_COUNT,
  BOOK_ASK_LOTS,
  BOOK_ASK_TICKS,
  BOOK_BID_COUNT,
  BOOK_BID_LOTS,
  BOOK_BID_TICKS,
  BOOK_BYTES,
  BOOKS,
  FEATURE_ASK_LOTS,
  FEATURE_BID_LOTS,
  FEATURE_IMBALANCE,
  FEATURE_MICROPRICE_DISTANCE,
  FEATURE_ORDER_FLOW,
  FEATURE_POSITION_LOTS,
  FEATURE_SPREAD,
  FEATURE_TRADE_SIGN,
  FEATURE_VALUES,
  FEATURE_VOLATILITY,
  FEATURE_VWAP_DISTANCE,
  FEATURE_Z_SCORE,
  INS_LAST_TRADE_SIDE,
  INS_TRADE_COUNT,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  INSTRUMENTS_MAX,
  LINK_LOGISTIC,
  MOD_BASE_SCORE,
  MOD_LINK,
  MOD_ROOTS,
  MOD_TREE_COUNT,
  MODEL_BYTES,
  MODELS,
  NODE_FEATURE,
  NODE_LEFT,
  NODE_VALUE,
  POS_LOTS,
  POSITION_BYTES,
  POSITIONS,
  ROOT_BYTES,
  ROOT_DEPTH,
  SIG_EWMA_VOL,
  SIG_MICROPRICE,
  SIG_OFI,
  SIG_VWAP,
  SIG_Z_SCORE,
  SIGNAL_BYTES,
  SIGNALS,
} from './layout';

const BUY: i32 = 1;
const SELL: i32 = 2;

/** Score of the strategy's model by what the instrument looks like now. */
export function modelScore(strategy: i32, instrument: i32): f64 {
  modelFeatures(strategy, instrument);
  return treeScore(MODELS + strategy * MODEL_BYTES);
}

/**
 * Score of the model by FEATURE_VALUES: below the threshold goes left, and so does what is missing
 * (NaN). The sum is finite, as config bounds every leaf. Four trees are walked side by side, each as
 * many steps as the deepest of them needs: a leaf leads to itself. So no branch depends on the
 * market, and the loads of one tree do not wait for those of another.
 */
export function treeScore(model: i32): f64 {
  const rootsEnd = model + MOD_ROOTS + load<i32>(model + MOD_TREE_COUNT) * ROOT_BYTES;
  const foursEnd = rootsEnd - 3 * ROOT_BYTES;
  let sum = load<f64>(model + MOD_BASE_SCORE);
  let root = model + MOD_ROOTS;
  for (; root < foursEnd; root += 4 * ROOT_BYTES) {
    let a = model + load<i32>(root);
    let b = model + load<i32>(root + ROOT_BYTES);
    let c = model + load<i32>(root + 2 * ROOT_BYTES);
    let d = model + load<i32>(root + 3 * ROOT_BYTES);
    for (let steps = depthOfFour(root); steps > 0; steps--) {
      a = model + childOf(a);
      b = model + childOf(b);
      c = model + childOf(c);
      d = model + childOf(d);
    }
    sum = sum + heldBy(a) + heldBy(b) + heldBy(c) + heldBy(d);
  }
  for (; root < rootsEnd; root += ROOT_BYTES) {
    let node = model + load<i32>(root);
    for (let steps = load<i32>(root + ROOT_DEPTH); steps > 0; steps--) {
      node = model + childOf(node);
    }
    sum += heldBy(node);
  }
  return load<i32>(model + MOD_LINK) === LINK_LOGISTIC ? 1.0 / (1.0 + exp(-sum)) : sum;
}

function childOf(node: i32): i32 {
  const value = load<f64>(FEATURE_VALUES + (load<i32>(node + NODE_FEATURE) << 3));
  return load<i32>(node + (i32(value >= heldBy(node)) << 2) + NODE_LEFT);
}

function heldBy(node: i32): f64 {
  return load<f64>(node + NODE_VALUE);
}

function depthOfFour(root: i32): i32 {
  const first = max(load<i32>(root + ROOT_DEPTH), load<i32>(root + ROOT_BYTES + ROOT_DEPTH));
  const second = root + 2 * ROOT_BYTES;
  return max(
    first,
    max(load<i32>(second + ROOT_DEPTH), load<i32>(second + ROOT_BYTES + ROOT_DEPTH)),
  );
}

/** Writes what a model may ask of the instrument; what the market does not show now is missing. */
export function modelFeatures(strategy: i32, instrument: i32): void {
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  const signal = SIGNALS + instrument * SIGNAL_BYTES;
  const position = POSITIONS + (strategy * INSTRUMENTS_MAX + instrument) * POSITION_BYTES;
  const side = load<i32>(block + INS_LAST_TRADE_SIDE);
  touchFeatures(instrument, signal, load<i64>(block + INS_TRADE_COUNT) > 0);
  put(FEATURE_ORDER_FLOW, load<f64>(signal + SIG_OFI));
  put(FEATURE_VOLATILITY, load<f64>(signal + SIG_EWMA_VOL));
  put(FEATURE_Z_SCORE, load<f64>(signal + SIG_Z_SCORE));
  put(FEATURE_TRADE_SIGN, side === BUY ? 1.0 : side === SELL ? -1.0 : 0.0);
  put(FEATURE_POSITION_LOTS, <f64>load<i64>(position + POS_LOTS));
}

/** Those that need both sides of the book; the distance to the VWAP needs a trade as well. */
function touchFeatures(instrument: i32, signal: i32, hasTrade: bool): void {
  const book = BOOKS + instrument * BOOK_BYTES;
  const isTwoSided = load<i32>(book + BOOK_BID_COUNT) > 0 && load<i32>(book + BOOK_ASK_COUNT) > 0;
  const bid = <f64>load<i64>(book + BOOK_BID_TICKS);
  const ask = <f64>load<i64>(book + BOOK_ASK_TICKS);
  const bidLots = <f64>load<i64>(book + BOOK_BID_LOTS);
  const askLots = <f64>load<i64>(book + BOOK_ASK_LOTS);
  const mid = (bid + ask) * 0.5;
  put(FEATURE_SPREAD, isTwoSided ? ask - bid : NaN);
  put(FEATURE_BID_LOTS, isTwoSided ? bidLots : NaN);
  put(FEATURE_ASK_LOTS, isTwoSided ? askLots : NaN);
  put(FEATURE_IMBALANCE, isTwoSided ? (bidLots - askLots) / (bidLots + askLots) : NaN);
  const microprice = load<f64>(signal + SIG_MICROPRICE);
  put(FEATURE_MICROPRICE_DISTANCE, isTwoSided ? microprice - mid : NaN);
  const vwap = load<f64>(signal + SIG_VWAP);
  put(FEATURE_VWAP_DISTANCE, isTwoSided && hasTrade ? mid - vwap : NaN);
}

function put(feature: i32, value: f64): void {
  store<f64>(FEATURE_VALUES + (feature << 3), value);
}
