/**
 * What anchors generated order flow in reality: daily closes of the stocks, and from them each
 * stock's price and volatility. Read by whoever makes flow: generated market data, a matching venue.
 */
import { GyrfalconError } from '../../engine/errors.ts';
import type { FlowBook } from './flow-book.ts';
import { FlowModel } from './flow-model.ts';
import { decimalTextE8, type InstrumentGrid } from './instrument-grid.ts';
import { Xoshiro } from './prng.ts';

/** More than this of history is not needed for a volatility. */
const RETURNS_MAX = 250;

export interface FlowHistory {
  readonly lastDayMs: number;
  /** By symbol, oldest first. */
  readonly closes: ReadonlyMap<string, readonly number[]>;
}

/** The flow of one stock; the same seed gives the same flow in the same book. */
export function flowOf(
  grid: InstrumentGrid,
  closes: readonly number[],
  seed: number,
  book?: FlowBook,
): FlowModel {
  const returns = closes
    .slice(1)
    .map((close, day) => Math.log(close / closes[day]!))
    .slice(-RETURNS_MAX);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance =
    returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  const incrementE8 = grid.tickE8 * grid.incrementTicks;
  const price = Math.round((closes.at(-1)! * 1e8) / incrementE8);
  const random = new Xoshiro(seed, grid.symbol);
  return new FlowModel({ price, dailyVolatility: Math.sqrt(variance) }, random, book);
}

/** CSV of daily closes: date first, then a column a symbol. */
export function readHistory(csv: string): FlowHistory {
  const [header = '', ...rows] = csv.trim().split('\n');
  const symbols = header.split(',').slice(1);
  const cells = rows.map((row) => row.split(','));
  const closes = new Map<string, number[]>();
  symbols.forEach((symbol, column) => {
    const values = cells.map((row) => decimalTextE8(row[column + 1] ?? '') / 1e8);
    const bad = values.findIndex((value) => !(value > 0));
    if (bad >= 0 || values.length < 3) {
      throw new GyrfalconError(
        'INPUT_INVALID',
        `price history, row ${bad + 2}, column ${symbol}: no price, or fewer than 3 days`,
      );
    }
    closes.set(symbol, values);
  });
  const lastDayMs = Date.parse(`${cells.at(-1)?.[0] ?? ''}T00:00:00Z`);
  if (Number.isNaN(lastDayMs))
    throw new GyrfalconError('INPUT_INVALID', 'price history: the last row has no date');
  return { lastDayMs, closes };
}
