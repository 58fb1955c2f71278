/**
 * HOT: what a strategy's positions are worth: each in whole minor units of the base currency, rounded
 * once a position, and their sum, which a book update changes by the one position that it touches.
 * Drawdown from the peak trips the breaker. Twin: equity-reference.ts.
 */
import {
  BREAKER_DRAWDOWN,
  CTL_DRAWDOWN_MINOR_MAX,
  CTL_INSTRUMENT_COUNT,
  CTL_STRATEGY_COUNT,
  CUR_TO_BASE,
  CURRENCIES,
  CURRENCY_BYTES,
  INS_CURRENCY,
  INS_MINOR_PER_TICK_LOT,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  INSTRUMENTS_MAX,
  POS_FEES_E6,
  POS_LOTS,
  POS_OPEN_COST,
  POS_REALISED,
  POS_TOTAL_MINOR,
  POSITION_BYTES,
  POSITIONS,
  STR_BREAKER,
  STR_EQUITY_MINOR,
  STR_PEAK_MINOR,
  STR_TRADING_STATE,
  STRATEGIES,
  STRATEGY_BYTES,
  TRADING_HALTED,
} from './layout';
import { markTicks2 } from './mark';

const E6: f64 = 1000000.0;

/** Values every position of the strategy anew; its peak follows. */
export function equityOfStrategy(strategy: i32): void {
  const instruments = load<i32>(CTL_INSTRUMENT_COUNT);
  let equity: i64 = 0;
  for (let instrument = 0; instrument < instruments; instrument++) {
    const row = rowOf(strategy, instrument);
    const total = totalMinor(row, instrument);
    store<i64>(row + POS_TOTAL_MINOR, total);
    equity += total;
  }
  const block = STRATEGIES + strategy * STRATEGY_BYTES;
  store<i64>(block + STR_EQUITY_MINOR, equity);
  raisePeak(block);
}

/** After a fill, which changes this position alone: values it anew; the strategy's peak follows. */
export function equityOfPosition(strategy: i32, instrument: i32): void {
  const block = STRATEGIES + strategy * STRATEGY_BYTES;
  revalue(block, rowOf(strategy, instrument), instrument);
  raisePeak(block);
}

/** Values the instrument's positions anew, whoever holds one; peaks wait for equityChecked. */
export function equityOfInstrument(instrument: i32): void {
  const strategies = load<i32>(CTL_STRATEGY_COUNT);
  let row = POSITIONS + instrument * POSITION_BYTES;
  let block = STRATEGIES;
  for (let strategy = 0; strategy < strategies; strategy++) {
    if (load<i64>(row + POS_LOTS) !== 0) revalue(block, row, instrument);
    row += INSTRUMENTS_MAX * POSITION_BYTES;
    block += STRATEGY_BYTES;
  }
}

/** Once all that a message changes is valued: peaks, and the breaker of who has lost too much. */
export function equityChecked(): void {
  const end = STRATEGIES + load<i32>(CTL_STRATEGY_COUNT) * STRATEGY_BYTES;
  for (let block = STRATEGIES; block < end; block += STRATEGY_BYTES) {
    raisePeak(block);
    checkDrawdown(block);
  }
}

/** Trips the breaker of a strategy that has lost too much from its peak. */
export function equityDrawdown(strategy: i32): void {
  checkDrawdown(STRATEGIES + strategy * STRATEGY_BYTES);
}

function rowOf(strategy: i32, instrument: i32): i32 {
  return POSITIONS + (strategy * INSTRUMENTS_MAX + instrument) * POSITION_BYTES;
}

/** The strategy's equity changes by what the position is worth more. */
function revalue(block: i32, row: i32, instrument: i32): void {
  const total = totalMinor(row, instrument);
  const change = total - load<i64>(row + POS_TOTAL_MINOR);
  store<i64>(row + POS_TOTAL_MINOR, total);
  store<i64>(block + STR_EQUITY_MINOR, load<i64>(block + STR_EQUITY_MINOR) + change);
}

function raisePeak(block: i32): void {
  const equity = load<i64>(block + STR_EQUITY_MINOR);
  if (equity > load<i64>(block + STR_PEAK_MINOR)) store<i64>(block + STR_PEAK_MINOR, equity);
}

/** Latched: the first reason stands until the strategy is armed again. */
function checkDrawdown(block: i32): void {
  const drawdown = load<i64>(block + STR_PEAK_MINOR) - load<i64>(block + STR_EQUITY_MINOR);
  if (drawdown < load<i64>(CTL_DRAWDOWN_MINOR_MAX) || load<i32>(block + STR_BREAKER) !== 0) return;
  store<i32>(block + STR_BREAKER, BREAKER_DRAWDOWN);
  store<i32>(block + STR_TRADING_STATE, TRADING_HALTED);
}

/** Realised, unrealised and fees of one position. */
function totalMinor(row: i32, instrument: i32): i64 {
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  const currency = CURRENCIES + load<i32>(block + INS_CURRENCY) * CURRENCY_BYTES;
  const ticks2 = 2.0 * f64(load<i64>(row + POS_REALISED)) + f64(unrealised2(row, instrument));
  const fees = f64(load<i64>(row + POS_FEES_E6)) / E6;
  const minor = (ticks2 * load<f64>(block + INS_MINOR_PER_TICK_LOT)) / 2.0 - fees;
  return i64(floor<f64>(minor * load<f64>(currency + CUR_TO_BASE) + 0.5));
}

/** Twice the tick-lots that the open position has gained; 0 without a mark. */
function unrealised2(row: i32, instrument: i32): i64 {
  const lots = load<i64>(row + POS_LOTS);
  if (lots === 0) return 0;
  const mark = markTicks2(instrument);
  return mark === 0 ? 0 : lots * mark - 2 * load<i64>(row + POS_OPEN_COST);
}
