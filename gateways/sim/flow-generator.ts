/**
 * The market when no recording is given: the order flow of a few stocks (flow-model.ts), merged by
 * time and written as the same 35=W and X bodies that a recording holds, ten levels a side. Prices
 * and volatilities are anchored on real daily closes. The same seed gives the same bytes.
 */
import { GyrfalconError } from '../../engine/errors.ts';
import {
  ACTION_CHANGE,
  ACTION_DELETE,
  ACTION_NEW,
  ENTRY_ASK,
  ENTRY_BID,
  ENTRY_TRADE,
  MESSAGE_BYTES_MAX,
} from '../../wasm/layout.ts';
import {
  incrementFields,
  type MarketDataEntry,
  marketTimeField,
  snapshotFields,
} from '../fix/market-data.ts';
import { bookEntries, entryText } from './entry-text.ts';
import { FlowModel, type FlowTrade } from './flow-model.ts';
import { decimalTextE8, type InstrumentGrid } from './instrument-grid.ts';
import type { MarketMessage, MarketSource } from './market-source.ts';
import { MarketTimeText } from './market-time.ts';
import { Xoshiro } from './prng.ts';
import { type Level, VenueBook } from './venue-book.ts';

const DEPTH = 10;
const OPEN_NS = 14.5 * 3600 * 1e9; // 09:30 in New York, in winter
const DAY_MS = 86_400_000;
/** Lots of the flow are shares; more than this of history is not needed for a volatility. */
const RETURNS_MAX = 250;

interface FlowOptions {
  readonly seed: number;
  /** Market time that the flow lasts. */
  readonly durationS: number;
  /** CSV of daily closes: date first, then a column a symbol. */
  readonly historyCsv: string;
  readonly grids: readonly InstrumentGrid[];
}

interface Stock {
  readonly grid: InstrumentGrid;
  readonly model: FlowModel;
  readonly shown: VenueBook;
  readonly trades: FlowTrade[];
  nextNs: number;
}

export class FlowGenerator implements MarketSource {
  readonly #stocks: readonly Stock[];
  readonly #epochMs: number;
  readonly #endNs: number;
  readonly #timeText: MarketTimeText;
  readonly #unopened: Stock[];
  #count = 0;
  readonly #message: MarketMessage = {
    isSnapshot: false,
    timeNs: 0,
    bytes: Buffer.alloc(MESSAGE_BYTES_MAX),
    bodyStart: 0,
    bodyEnd: 0,
    fieldsStart: 0,
  };

  /** Stocks without a column in the history have no flow. */
  constructor(options: FlowOptions) {
    const history = readHistory(options.historyCsv);
    this.#epochMs = history.lastDayMs + DAY_MS;
    this.#endNs = OPEN_NS + options.durationS * 1e9;
    this.#timeText = new MarketTimeText(this.#epochMs);
    this.#stocks = options.grids.flatMap((grid) => {
      const closes = history.closes.get(grid.symbol);
      return closes === undefined ? [] : [stockOf(grid, closes, options.seed)];
    });
    if (this.#stocks.length === 0) {
      const known = [...history.closes.keys()].join(' ');
      throw new GyrfalconError(
        'CONFIG_INVALID',
        `no instrument has a price history to generate its flow from; those with one: ${known}`,
      );
    }
    this.#unopened = [...this.#stocks];
  }

  /** Symbols that have a flow. */
  symbols(): string[] {
    return this.#stocks.map((stock) => stock.grid.symbol);
  }

  where(): string {
    return `generated message ${this.#count}`;
  }

  epochMs(): number {
    return this.#epochMs;
  }

  async more(): Promise<boolean> {
    return false;
  }

  close(): void {}

  next(): MarketMessage | undefined {
    this.#count++;
    const opening = this.#unopened.shift();
    if (opening !== undefined) {
      showTop(opening);
      const entries = bookEntries(opening.grid, opening.shown);
      return this.#write(true, OPEN_NS, snapshotFields(opening.grid.symbol, entries));
    }
    for (;;) {
      const stock = this.#earliest();
      const timeNs = stock.nextNs;
      if (timeNs > this.#endNs) return undefined;
      stock.trades.length = 0;
      stock.nextNs += Math.max(1, Math.round(stock.model.step(stock.trades) * 1e9));
      const entries = changesOf(stock);
      if (entries.length === 0) continue;
      return this.#write(false, timeNs, incrementFields(stock.grid.symbol, entries));
    }
  }

  #earliest(): Stock {
    let earliest = this.#stocks[0]!;
    for (const stock of this.#stocks) if (stock.nextNs < earliest.nextNs) earliest = stock;
    return earliest;
  }

  #write(isSnapshot: boolean, timeNs: number, fields: string): MarketMessage {
    const message = this.#message;
    message.isSnapshot = isSnapshot;
    message.timeNs = timeNs;
    message.fieldsStart = message.bytes.write(
      marketTimeField(this.#timeText.of(timeNs)),
      0,
      'latin1',
    );
    message.bodyEnd =
      message.fieldsStart + message.bytes.write(fields, message.fieldsStart, 'latin1');
    return message;
  }
}

function stockOf(grid: InstrumentGrid, closes: readonly number[], seed: number): Stock {
  const returns = closes
    .slice(1)
    .map((close, day) => Math.log(close / closes[day]!))
    .slice(-RETURNS_MAX);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance =
    returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  const incrementE8 = grid.tickE8 * grid.incrementTicks;
  const price = Math.round((closes.at(-1)! * 1e8) / incrementE8);
  const model = new FlowModel(
    { price, dailyVolatility: Math.sqrt(variance) },
    new Xoshiro(seed, grid.symbol),
  );
  return { grid, model, shown: new VenueBook(), trades: [], nextNs: OPEN_NS + 1 };
}

/** The ten best levels, in ticks, become what is shown. */
function showTop(stock: Stock): void {
  stock.shown.clear();
  for (const side of [ENTRY_BID, ENTRY_ASK] as const) {
    for (const level of stock.model.book.sides[side].slice(0, DEPTH)) {
      stock.shown.set(side, level.priceTicks * stock.grid.incrementTicks, level.lots);
    }
  }
}

/**
 * Entries that lead from what is shown to the book as it is now, then the trades; shown becomes
 * now.
 */
function changesOf(stock: Stock): MarketDataEntry[] {
  const { grid, shown, model } = stock;
  const entries: MarketDataEntry[] = [];
  for (const type of [ENTRY_BID, ENTRY_ASK] as const) {
    const now = model.book.sides[type];
    const add = (action: number, priceTicks: number, lots: number): number =>
      entries.push(entryText(grid, { action, type, priceTicks, lots }));
    for (const level of [...shown.sides[type]]) {
      if (lotsInTop(now, level.priceTicks / grid.incrementTicks) > 0) continue;
      add(ACTION_DELETE, level.priceTicks, 0);
      shown.remove(type, level.priceTicks);
    }
    for (let index = 0; index < Math.min(DEPTH, now.length); index++) {
      const { priceTicks: price, lots } = now[index]!;
      const priceTicks = price * grid.incrementTicks;
      const before = shown.lotsAt(type, priceTicks);
      if (before === lots) continue;
      add(before === 0 ? ACTION_NEW : ACTION_CHANGE, priceTicks, lots);
      shown.set(type, priceTicks, lots);
    }
  }
  for (const trade of stock.trades) {
    const priceTicks = trade.price * grid.incrementTicks;
    entries.push(
      entryText(grid, { action: ACTION_NEW, type: ENTRY_TRADE, priceTicks, lots: trade.lots }),
    );
  }
  return entries;
}

function lotsInTop(levels: readonly Level[], price: number): number {
  for (let index = 0; index < Math.min(DEPTH, levels.length); index++) {
    if (levels[index]!.priceTicks === price) return levels[index]!.lots;
  }
  return 0;
}

interface History {
  readonly lastDayMs: number;
  readonly closes: ReadonlyMap<string, readonly number[]>;
}

function readHistory(csv: string): History {
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
