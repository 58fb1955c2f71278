/**
 * Generated order flow in the matching venue's book: the stocks of flow-model.ts, whose orders meet
 * those of the session with price-time priority, at a clock's pace. Unlike a recorded day this
 * market reacts: who takes its orders moves it. Not the order path; it runs on the venue's timer.
 */
import { readFileSync } from 'node:fs';
import { GyrfalconError } from '../../../engine/errors.ts';
import { NS_PER_SECOND } from '../../../engine/units.ts';
import { ENTRY_ASK } from '../../../wasm/layout.ts';
import { CTL_ROWS, DEPTH_ROW_BYTES } from '../../../wasm/matching/matching-layout.ts';
import type { Memory } from '../../../wasm/memory.ts';
import { VOR_STATUS } from '../../../wasm/venue-layout.ts';
import type { FlowBook, FlowLevel, FlowSide } from '../flow-book.ts';
import { flowOf, readHistory } from '../flow-history.ts';
import type { FlowModel, FlowTrade } from '../flow-model.ts';
import type { InstrumentGrid } from '../instrument-grid.ts';
import type { ExchangeLink } from './exchange-link.ts';
import type { ExchangeModule } from './exchange-module.ts';

/** Levels a side that the flow looks at. */
const DEPTH = 64;
const STATUS_NEW = 48;
const STATUS_PARTIAL = 49;
/** After so many events of a stock its list of orders is gone through for those that are done. */
const EVENTS_BETWEEN = 1000;
/** In one go; a flow that is behind catches up at the next. */
const EVENTS_MAX = 5000;

interface ExchangeFlowParts {
  readonly memory: Memory;
  readonly module: ExchangeModule;
  readonly grids: readonly InstrumentGrid[];
  readonly link: () => ExchangeLink;
  readonly options: {
    readonly historyFile: string;
    readonly seed: number;
    /** Times the pace of a clock. */
    readonly speed: number;
    readonly durationS: number;
  };
}

interface Stock {
  readonly book: ExchangeFlowBook;
  readonly model: FlowModel;
  /** Since the start. */
  nextNs: number;
  events: number;
}

export class ExchangeFlow {
  readonly #parts: ExchangeFlowParts;
  readonly #stocks: readonly Stock[];
  readonly #trades: FlowTrade[] = [];
  #startNs: bigint | undefined;

  /** Stocks without a column in the history have no flow. */
  constructor(parts: ExchangeFlowParts) {
    const { grids, options } = parts;
    this.#parts = parts;
    const history = readHistory(historyText(options.historyFile));
    this.#stocks = grids.flatMap((grid, instrument) => {
      const closes = history.closes.get(grid.symbol);
      if (closes === undefined) return [];
      const book = new ExchangeFlowBook(parts, grid, instrument);
      const model = flowOf(grid, closes, options.seed, book);
      return [{ book, model, nextNs: 0, events: 0 }];
    });
    if (this.#stocks.length > 0) return;
    const text = 'no instrument has a price history to generate its flow from';
    throw new GyrfalconError('CONFIG_INVALID', text);
  }

  /** Lets happen what is due. */
  onTimer(nowNs: bigint): void {
    const { speed, durationS } = this.#parts.options;
    this.#startNs ??= nowNs;
    const elapsedNs = Number(nowNs - this.#startNs) * speed;
    const dueNs = Math.min(elapsedNs, durationS * NS_PER_SECOND);
    for (let left = EVENTS_MAX; left > 0; left--) {
      const stock = this.#earliest();
      if (stock.nextNs > dueNs) return;
      this.#trades.length = 0;
      stock.nextNs += Math.max(1, Math.round(stock.model.step(this.#trades) * NS_PER_SECOND));
      if (++stock.events % EVENTS_BETWEEN === 0) stock.book.forgetDone();
    }
  }

  #earliest(): Stock {
    let earliest = this.#stocks[0]!;
    for (const stock of this.#stocks) if (stock.nextNs < earliest.nextNs) earliest = stock;
    return earliest;
  }
}

/** One instrument's book by order, as the flow acts on it: addresses of its own orders by price. */
class ExchangeFlowBook implements FlowBook {
  readonly sides: readonly [FlowLevel[], FlowLevel[]] = [[], []];
  readonly #parts: ExchangeFlowParts;
  readonly #instrument: number;
  readonly #increment: number;
  readonly #own: readonly [Map<number, number[]>, Map<number, number[]>] = [new Map(), new Map()];

  constructor(parts: ExchangeFlowParts, grid: InstrumentGrid, instrument: number) {
    this.#parts = parts;
    this.#instrument = instrument;
    this.#increment = grid.incrementTicks;
    this.#look();
  }

  get lots(): number {
    let sum = 0;
    for (const levels of this.sides) for (const { lots } of levels) sum += lots;
    return sum;
  }

  add(side: FlowSide, price: number, lots: number): void {
    const order = this.#order(side, price, lots, true);
    if (order === 0) return;
    const orders = this.#own[side].get(price);
    if (orders === undefined) this.#own[side].set(price, [order]);
    else orders.push(order);
  }

  /** Whole orders, the newest first, until so many lots are gone; those of others stay. */
  cancel(side: FlowSide, price: number, lots: number): void {
    const { module } = this.#parts;
    const before = this.#lotsAt(side, price);
    const orders = this.#own[side].get(price) ?? [];
    for (let order = orders.pop(); order !== undefined; order = orders.pop()) {
      if (this.#isOpen(order)) module.flowCancel(order);
      else module.flowForget(order);
      this.#look();
      if (before - this.#lotsAt(side, price) >= lots) break;
    }
    if (orders.length === 0) this.#own[side].delete(price);
  }

  take(side: FlowSide, price: number, lots: number): void {
    const taker: FlowSide = side === ENTRY_ASK ? 0 : 1;
    const order = this.#order(taker, price, lots, false);
    if (order !== 0) this.#parts.module.flowForget(order);
  }

  /** Gives the places of orders back that were filled. */
  forgetDone(): void {
    for (const bySide of this.#own) {
      for (const [price, orders] of bySide) {
        const open = orders.filter((order) => this.#isOpen(order));
        for (const order of orders) {
          if (!this.#isOpen(order)) this.#parts.module.flowForget(order);
        }
        if (open.length > 0) bySide.set(price, open);
        else bySide.delete(price);
      }
    }
  }

  #order(side: FlowSide, price: number, lots: number, rests: boolean): number {
    const { module } = this.#parts;
    const ticks = price * this.#increment;
    const order = module.flowOrder(this.#instrument, side + 1, ticks, lots, rests ? 1 : 0);
    while (module.bookGoOn() === 0) this.#parts.link().makeRoom();
    this.#look();
    return order;
  }

  #isOpen(order: number): boolean {
    const status = this.#parts.memory.i32(order + VOR_STATUS);
    return status === STATUS_NEW || status === STATUS_PARTIAL;
  }

  #lotsAt(side: FlowSide, price: number): number {
    return this.sides[side].find(({ priceTicks }) => priceTicks === price)?.lots ?? 0;
  }

  /** What stands in the book now; the arrays stay the same. */
  #look(): void {
    const { memory, module } = this.#parts;
    for (const side of [0, 1] as const) {
      const levels = this.sides[side];
      levels.length = module.matchingDepth(this.#instrument, side + 1, DEPTH);
      for (let index = 0; index < levels.length; index++) {
        const row = (memory.i32(CTL_ROWS) >>> 0) + index * DEPTH_ROW_BYTES;
        levels[index] = { priceTicks: memory.i64(row), lots: memory.i64(row + 8) };
      }
    }
  }
}

function historyText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (cause) {
    const text = `${file}: the price history that anchors the order flow cannot be read`;
    throw new GyrfalconError('INPUT_MISSING', text, {}, cause);
  }
}
