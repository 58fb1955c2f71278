/**
 * HOT: one call per book change and one per trade; no allocation. The signals that strategies see,
 * one block of SIGNALS an instrument: microprice, order-flow imbalance, EWMA volatility, z-score,
 * and of the trades their VWAP. Time is the core's time; each estimate forgets with its own
 * half-life (CTL_SIGNAL_PARAMS). No value is ever NaN or infinite; while the book has one side
 * only, those of the book stay as they are.
 */

import { exp, expPair } from './exp';
import {
  BOOK_ASK_COUNT,
  BOOK_ASK_LOTS,
  BOOK_ASK_TICKS,
  BOOK_BID_COUNT,
  BOOK_BID_LOTS,
  BOOK_BID_TICKS,
  BOOK_BYTES,
  BOOKS,
  CTL_CORE_TIME_NS,
  CTL_SIGNAL_PARAMS,
  SIG_EWMA_VOL,
  SIG_MICROPRICE,
  SIG_OFI,
  SIG_PRIVATE,
  SIG_VWAP,
  SIG_Z_SCORE,
  SIGNAL_BYTES,
  SIGNALS,
} from './layout';

export { exp } from './exp';

// |0 started i32 |8 timeNs i64 rel |16 bidTicks i64 |24 bidLots i64 |32 askTicks i64
// |40 askLots i64 |48 mid f64 |56 variance f64 |64 mean f64 |72 deviation sum f64
// |80 deviation weight f64 |88 VWAP's lots f64, decayed |96 timeNs i64 rel of the last trade
const STARTED: i32 = SIG_PRIVATE;
const TIME_NS: i32 = SIG_PRIVATE + 8;
const BID_TICKS: i32 = SIG_PRIVATE + 16;
const BID_LOTS: i32 = SIG_PRIVATE + 24;
const ASK_TICKS: i32 = SIG_PRIVATE + 32;
const ASK_LOTS: i32 = SIG_PRIVATE + 40;
const MID: i32 = SIG_PRIVATE + 48;
const VARIANCE: i32 = SIG_PRIVATE + 56;
const MEAN: i32 = SIG_PRIVATE + 64;
const DEVIATION_SUM: i32 = SIG_PRIVATE + 72;
const DEVIATION_WEIGHT: i32 = SIG_PRIVATE + 80;
const VWAP_LOTS: i32 = SIG_PRIVATE + 88;
const TRADE_NS: i32 = SIG_PRIVATE + 96;

// Each with the one behind it: order flow and volatility, mean and deviation.
const HALF_LIFE_OFI: i32 = CTL_SIGNAL_PARAMS;
const HALF_LIFE_VOLATILITY: i32 = CTL_SIGNAL_PARAMS + 8;
const HALF_LIFE_MEAN: i32 = CTL_SIGNAL_PARAMS + 16;
const HALF_LIFE_VWAP: i32 = CTL_SIGNAL_PARAMS + 32;
const NS_PER_SECOND: f64 = 1000000000.0;
// Below it 1 - e^-x is taken from its series: the difference would lose digits.
const SMALL: f64 = 0.001;
const DEVIATION_MIN: f64 = 0.5; // half a tick, the mid's own grid: less is no deviation one can see

/** Brings the instrument's signals up to CTL_CORE_TIME_NS after a book change. */
export function signalUpdate(instrument: i32): void {
  const book = BOOKS + instrument * BOOK_BYTES;
  if (load<i32>(book + BOOK_BID_COUNT) === 0 || load<i32>(book + BOOK_ASK_COUNT) === 0) return;
  const signal = SIGNALS + instrument * SIGNAL_BYTES;
  const bid = <f64>load<i64>(book + BOOK_BID_TICKS);
  const ask = <f64>load<i64>(book + BOOK_ASK_TICKS);
  const bidLots = <f64>load<i64>(book + BOOK_BID_LOTS);
  const askLots = <f64>load<i64>(book + BOOK_ASK_LOTS);
  const mid = (bid + ask) * 0.5;
  const now = load<i64>(CTL_CORE_TIME_NS);
  if (load<i32>(signal + STARTED) === 0) {
    store<i32>(signal + STARTED, 1);
    store<f64>(signal + MEAN, mid);
  } else {
    const elapsedNs = <f64>max<i64>(now - load<i64>(signal + TIME_NS), 0);
    const first = decaysOf(elapsedNs, HALF_LIFE_OFI);
    const firstShares = forgottenPair(first);
    const shares = forgottenPair(decaysOf(elapsedNs, HALF_LIFE_MEAN));
    updateFlow(signal, book, f64x2.extract_lane(firstShares, 0));
    const decay = f64x2.extract_lane(first, 1);
    updateVolatility(signal, mid, decay, f64x2.extract_lane(firstShares, 1));
    updateZScore(signal, mid, f64x2.extract_lane(shares, 0), f64x2.extract_lane(shares, 1));
  }
  // Close to the bid when the ask is heavy, and the other way round.
  store<f64>(signal + SIG_MICROPRICE, bid + (ask - bid) * (bidLots / (bidLots + askLots)));
  store<i64>(signal + TIME_NS, now);
  store<i64>(signal + BID_TICKS, load<i64>(book + BOOK_BID_TICKS));
  store<i64>(signal + BID_LOTS, load<i64>(book + BOOK_BID_LOTS));
  store<i64>(signal + ASK_TICKS, load<i64>(book + BOOK_ASK_TICKS));
  store<i64>(signal + ASK_LOTS, load<i64>(book + BOOK_ASK_LOTS));
  store<f64>(signal + MID, mid);
}

/**
 * Takes a trade into the VWAP, in which each lot weighs half as much after a half-life. Kept as a
 * mean and its weight: the new mean lies between the old one and the price, however long ago the
 * last trade was.
 */
export function signalTrade(instrument: i32, priceTicks: i64, lots: i64): void {
  if (lots <= 0) return; // of no size: says nothing of a price
  const signal = SIGNALS + instrument * SIGNAL_BYTES;
  const now = load<i64>(CTL_CORE_TIME_NS);
  const elapsedNs = <f64>max<i64>(now - load<i64>(signal + TRADE_NS), 0);
  const kept =
    load<f64>(signal + VWAP_LOTS) * (1.0 - forgotten(decayOf(elapsedNs, HALF_LIFE_VWAP)));
  const weight = kept + <f64>lots;
  const before = load<f64>(signal + SIG_VWAP);
  store<f64>(signal + SIG_VWAP, before + (<f64>priceTicks - before) * (<f64>lots / weight));
  store<f64>(signal + VWAP_LOTS, weight);
  store<i64>(signal + TRADE_NS, now);
}

/** Elapsed time in units of half-life / ln 2. A half-life that is not positive forgets at once. */
function decayOf(elapsedNs: f64, halfLifeAt: i32): f64 {
  const halfLifeNs = load<f64>(halfLifeAt);
  return halfLifeNs > 0.0 ? (Math.LN2 * elapsedNs) / halfLifeNs : Infinity;
}

/**
 * 1 - e^-x: the share that is forgotten; exact to 1e-13 however small. What is kept is one less this: e^-x
 * to the last bit or two, without a second exponential.
 */
function forgotten(x: f64): f64 {
  if (x >= SMALL) return 1.0 - exp(-x);
  return x * (1.0 - x * (0.5 - x * (1.0 / 6.0 - x * (1.0 / 24.0 - x * (1.0 / 120.0)))));
}

/** decayOf by two half-lives that stand side by side. */
function decaysOf(elapsedNs: f64, halfLivesAt: i32): v128 {
  const halfLives = v128.load(halfLivesAt);
  const decays = f64x2.div(f64x2.splat(Math.LN2 * elapsedNs), halfLives);
  const arePositive = f64x2.gt(halfLives, f64x2.splat(0.0));
  return v128.bitselect(decays, f64x2.splat(Infinity), arePositive);
}

/** `forgotten` of two, the same bits. */
function forgottenPair(x: v128): v128 {
  const small = f64x2.lt(x, f64x2.splat(SMALL));
  const one = f64x2.splat(1.0);
  const large = f64x2.sub(one, expPair(f64x2.neg(x)));
  if (!v128.any_true(small)) return large;
  let series = f64x2.sub(f64x2.splat(1.0 / 24.0), f64x2.mul(x, f64x2.splat(1.0 / 120.0)));
  series = f64x2.sub(f64x2.splat(1.0 / 6.0), f64x2.mul(x, series));
  series = f64x2.sub(f64x2.splat(0.5), f64x2.mul(x, series));
  series = f64x2.mul(x, f64x2.sub(one, f64x2.mul(x, series)));
  return v128.bitselect(series, large, small);
}

/**
 * Order-flow imbalance (Cont, Kukanov, Stoikov): what arrived at or left the best bid, less the
 * same at the best ask. A better quote adds its whole size, a worse one takes the old size away.
 */
function updateFlow(signal: i32, book: i32, share: f64): void {
  const bid = sideFlow(signal + BID_TICKS, book + BOOK_BID_TICKS, 1);
  const ask = sideFlow(signal + ASK_TICKS, book + BOOK_ASK_TICKS, -1);
  const kept = load<f64>(signal + SIG_OFI) * (1.0 - share);
  store<f64>(signal + SIG_OFI, kept + (bid - ask));
}

/**
 * One side's flow from |ticks|lots| before to |ticks|lots| now; sign 1: a higher price is the
 * better one.
 */
function sideFlow(before: i32, after: i32, sign: i64): f64 {
  const step = sign * (load<i64>(after) - load<i64>(before));
  const arrived = step >= 0 ? <f64>load<i64>(after + 8) : 0.0;
  const left = step <= 0 ? <f64>load<i64>(before + 8) : 0.0;
  return arrived - left;
}

/**
 * Exponentially weighted variance of the mid per second, for changes at irregular times: each
 * squared change counts with the weight that its interval has. It starts at 0 and needs a half-life
 * to fill.
 */
function updateVolatility(signal: i32, mid: f64, decay: f64, share: f64): void {
  const halfLifeNs = load<f64>(HALF_LIFE_VOLATILITY);
  if (!(halfLifeNs > 0.0)) return;
  const change = mid - load<f64>(signal + MID);
  const density = decay > 0.0 ? share / decay : 1.0;
  const perSecond = ((Math.LN2 * NS_PER_SECOND) / halfLifeNs) * density;
  const variance = load<f64>(signal + VARIANCE) * (1.0 - share) + change * change * perSecond;
  store<f64>(signal + VARIANCE, variance);
  store<f64>(signal + SIG_EWMA_VOL, Math.sqrt(variance));
}

/**
 * How far the mid is from its mean, in deviations. Mean and deviation are weighted by the time for
 * which each mid stood, so the mid that has just come weighs nothing yet.
 */
function updateZScore(signal: i32, mid: f64, meanShare: f64, share: f64): void {
  const stood = load<f64>(signal + MID);
  const before = load<f64>(signal + MEAN);
  const mean = before + (stood - before) * meanShare;
  const kept = 1.0 - share;
  const away = stood - mean;
  const sum = load<f64>(signal + DEVIATION_SUM) * kept + away * away * share;
  const weight = load<f64>(signal + DEVIATION_WEIGHT) * kept + share;
  const deviation = weight > 0.0 ? Math.sqrt(sum / weight) : 0.0;
  store<f64>(signal + MEAN, mean);
  store<f64>(signal + DEVIATION_SUM, sum);
  store<f64>(signal + DEVIATION_WEIGHT, weight);
  store<f64>(signal + SIG_Z_SCORE, (mid - mean) / Math.max(deviation, DEVIATION_MIN));
}
