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
import type { FlowLevel } from './flow-book.ts';
import { flowOf, readHistory } from './flow-history.ts';
import type { FlowModel, FlowTrade } from './flow-model.ts';
import type { InstrumentGrid } from './instrument-grid.ts';
import type { MarketMessage, MarketSource } from './market-source.ts';
import { MarketTimeText } from './market-time.ts';
import { VenueBook } from './venue-book.ts';

const DEPTH = 10;
const OPEN_NS = 14.5 * 3600 * 1e9; // 09:30 in New York, in winter
const DAY_MS = 86_400_000;

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
      return closes === undefined ? [] : [stockOf(grid, flowOf(grid, closes, options.seed))];
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

const stockOf = (grid: InstrumentGrid, model: FlowModel): Stock => ({
  grid,
  model,
  shown: new VenueBook(),
  trades: [],
  nextNs: OPEN_NS + 1,
});

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

function lotsInTop(levels: readonly FlowLevel[], price: number): number {
  for (let index = 0; index < Math.min(DEPTH, levels.length); index++) {
    if (levels[index]!.priceTicks === price) return levels[index]!.lots;
  }
  return 0;
}
