/**
 * The state hash: one 64-bit word for everything that must be the same after a replay, written to SCRATCH.
 * Fields marked (wall), session counters, journal numbers, the console's rings (their heads are counted)
 * and what config alone decides (limits, names of sessions) stay out. Order of words is fixed, so a state
 * has one hash. Not on the hot path: run at snapshots and at the end of a replay.
 */
import {
  ACCOUNT_BYTES,
  ACCOUNTS,
  BOOK_ASK_COUNT,
  BOOK_ASKS,
  BOOK_BID_COUNT,
  BOOK_BIDS,
  BOOK_BYTES,
  BOOK_DROPPED,
  BOOKS,
  CTL_ACCOUNT_COUNT,
  CTL_CORE_TIME_NS,
  CTL_CURRENCY_COUNT,
  CTL_FIRM_STATE,
  CTL_INSTRUMENT_COUNT,
  CTL_INTENT_SEQUENCE,
  CTL_MARKET_EPOCH_NS,
  CTL_OPEN_ORDERS,
  CTL_ORDER_BY_STATE,
  CTL_ORDER_CURSOR,
  CTL_ORDERS_SENT,
  CTL_STRATEGY_COUNT,
  CTL_TRADE_HEAD,
  CURRENCIES,
  CURRENCY_BYTES,
  INS_LAST_RECEIVE_NS,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  INSTRUMENTS_MAX,
  LEVEL_BYTES,
  ORD_NUMBER,
  ORDER_BYTES,
  ORDERS,
  ORDERS_MAX,
  POSITION_BYTES,
  POSITIONS,
  RATE_RING_SLOTS,
  RATE_RINGS,
  REFUSAL_COUNTS,
  SCRATCH,
  SIGNAL_BYTES,
  SIGNALS,
  STR_MESSAGES,
  STRATEGIES,
  STRATEGY_BYTES,
  STRATEGY_STATE,
  STRATEGY_STATE_BYTES,
} from './layout';

const SEED: u64 = (0x243f6a88 << 32) | 0x85a308d3;
const GOLDEN: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;
const MULTIPLIER: u64 = (0xbf58476d << 32) | 0x1ce4e5b9;
const INCREMENT: u64 = (0x165667b1 << 32) | 0x9e3779f9;
const LAST_MULTIPLIER: u64 = (0x94d049bb << 32) | 0x133111eb;
const NAN_POSITIVE: u64 = 0x7ff80000 << 32;
const NAN_NEGATIVE: u64 = 0xfff80000 << 32;
const RING_HEADS_BYTES: i32 = 24; // trade, refusal and fill heads
const SENT_COUNTS_BYTES: i32 = 32; // orders sent, fills, rejects, denied
const ORDER_STATES_BYTES: i32 = 64;
const REFUSAL_COUNTS_BYTES: i32 = 512;

/** Hash of all deterministic state. */
export function stateHash(): void {
  let hash = hashControl(SEED);
  const instruments = load<i32>(CTL_INSTRUMENT_COUNT);
  for (let instrument: i32 = 0; instrument < instruments; instrument++) {
    hash = hashInstrument(hash, instrument);
  }
  const strategies = load<i32>(CTL_STRATEGY_COUNT);
  for (let strategy: i32 = 0; strategy < strategies; strategy++) {
    hash = hashStrategy(hash, strategy, instruments);
  }
  hash = hashWords(hash, ACCOUNTS, load<i32>(CTL_ACCOUNT_COUNT) * ACCOUNT_BYTES);
  hash = hashWords(hash, CURRENCIES, load<i32>(CTL_CURRENCY_COUNT) * CURRENCY_BYTES);
  hash = hashWords(hash, REFUSAL_COUNTS, REFUSAL_COUNTS_BYTES);
  store<u64>(SCRATCH, finish(hashOrders(hash)));
}

/** Hash of what the strategies declared as their own state. */
export function strategyStateHash(): void {
  const length = load<i32>(CTL_STRATEGY_COUNT) * STRATEGY_STATE_BYTES;
  store<u64>(SCRATCH, finish(hashWords(SEED, STRATEGY_STATE, length)));
}

function hashControl(start: u64): u64 {
  let hash = mix(start, load<u64>(CTL_MARKET_EPOCH_NS));
  hash = mix(hash, load<u64>(CTL_CORE_TIME_NS));
  hash = mix(hash, load<u64>(CTL_INTENT_SEQUENCE));
  hash = mix(hash, u64(load<u32>(CTL_FIRM_STATE)));
  hash = hashWords(hash, CTL_TRADE_HEAD, RING_HEADS_BYTES);
  hash = mix(hash, (u64(load<u32>(CTL_ORDER_CURSOR)) << 32) | u64(load<u32>(CTL_OPEN_ORDERS)));
  hash = hashWords(hash, CTL_ORDERS_SENT, SENT_COUNTS_BYTES);
  return hashWords(hash, CTL_ORDER_BY_STATE, ORDER_STATES_BYTES);
}

function hashInstrument(start: u64, instrument: i32): u64 {
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  const afterWall = INS_LAST_RECEIVE_NS + 8;
  let hash = hashWords(start, block, INS_LAST_RECEIVE_NS);
  hash = hashWords(hash, block + afterWall, INSTRUMENT_BYTES - afterWall);
  hash = hashNumbers(hash, SIGNALS + instrument * SIGNAL_BYTES, SIGNAL_BYTES);
  const book = BOOKS + instrument * BOOK_BYTES;
  hash = mix(hash, load<u64>(book + BOOK_DROPPED));
  hash = hashSide(hash, book, BOOK_BID_COUNT, BOOK_BIDS);
  return hashSide(hash, book, BOOK_ASK_COUNT, BOOK_ASKS);
}

/** The best level is the last one, so the header's copy of it adds nothing. */
function hashSide(start: u64, book: i32, countField: i32, levels: i32): u64 {
  const count = load<i32>(book + countField);
  return hashWords(mix(start, u64(count)), book + levels, count * LEVEL_BYTES);
}

function hashStrategy(start: u64, strategy: i32, instruments: i32): u64 {
  const block = STRATEGIES + strategy * STRATEGY_BYTES;
  let hash = hashWords(start, block, STRATEGY_BYTES);
  hash = hashWords(hash, STRATEGY_STATE + strategy * STRATEGY_STATE_BYTES, STRATEGY_STATE_BYTES);
  const positions = POSITIONS + strategy * INSTRUMENTS_MAX * POSITION_BYTES;
  hash = hashWords(hash, positions, instruments * POSITION_BYTES);
  const used = min<i64>(load<i64>(block + STR_MESSAGES), i64(RATE_RING_SLOTS));
  return hashWords(hash, RATE_RINGS + strategy * RATE_RING_SLOTS * 8, i32(used) * 8);
}

function hashOrders(start: u64): u64 {
  let hash = start;
  for (let slot: i32 = 0; slot < ORDERS_MAX; slot++) {
    const order = ORDERS + slot * ORDER_BYTES;
    if (load<i64>(order + ORD_NUMBER) === 0) continue;
    hash = hashWords(mix(hash, u64(slot)), order, ORDER_BYTES);
  }
  return hash;
}

/**
 * Words of any type. A processor's own NaN is positive on one kind and negative on another: both count as
 * one; other NaN patterns cannot arise from arithmetic and may be integers here.
 */
function hashWords(start: u64, from: i32, length: i32): u64 {
  let hash = start;
  for (let at = from; at < from + length; at += 8) {
    const word = load<u64>(at);
    hash = mix(hash, word === NAN_NEGATIVE ? NAN_POSITIVE : word);
  }
  return hash;
}

/** Words that are all f64: every NaN counts as one. */
function hashNumbers(start: u64, from: i32, length: i32): u64 {
  let hash = start;
  for (let at = from; at < from + length; at += 8) {
    const value = load<f64>(at);
    // biome-ignore lint/suspicious/noGlobalIsNan: the only one that AssemblyScript has for f64
    hash = mix(hash, isNaN<f64>(value) ? NAN_POSITIVE : reinterpret<u64>(value));
  }
  return hash;
}

function mix(hash: u64, word: u64): u64 {
  return rotl<u64>(hash ^ (word * GOLDEN), 29) * MULTIPLIER + INCREMENT;
}

/** Every bit of the state reaches every bit of the result. */
function finish(hash: u64): u64 {
  let mixed = (hash ^ (hash >> 30)) * MULTIPLIER;
  mixed = (mixed ^ (mixed >> 27)) * LAST_MULTIPLIER;
  return mixed ^ (mixed >> 31);
}
