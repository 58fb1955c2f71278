/**
 * The slow plain twin of book.ts: a Map of price to size a side, sorted when somebody looks. Says
 * in the simplest words what the fast book must do; tests run both on the same messages.
 */
import * as L from './layout.ts';

export interface ReferenceEntry {
  readonly instrument: number;
  readonly action: number;
  readonly type: number;
  readonly priceTicks: number;
  readonly qtyLots: number;
}

export interface ReferenceTrade {
  readonly priceTicks: number;
  readonly qtyLots: number;
  readonly instrument: number;
  readonly side: number;
}

export interface ReferenceLevel {
  readonly priceTicks: number;
  readonly qtyLots: number;
}

export class ReferenceBook {
  /** By ENTRY_BID, ENTRY_ASK. */
  readonly #sides = [new Map<number, number>(), new Map<number, number>()] as const;
  dropped = 0;
  updates = 0;
  tradeCount = 0;
  volumeLots = 0;
  lastTrade: ReferenceTrade | undefined;

  /** Best first. */
  levels(side: number): readonly ReferenceLevel[] {
    const sign = side === L.ENTRY_BID ? -1 : 1;
    return [...this.#sides[side]!.entries()]
      .sort(([a], [b]) => sign * (a - b))
      .map(([priceTicks, qtyLots]) => ({ priceTicks, qtyLots }));
  }

  best(side: number): number | undefined {
    const prices = [...this.#sides[side]!.keys()];
    if (prices.length === 0) return undefined;
    return side === L.ENTRY_BID ? Math.max(...prices) : Math.min(...prices);
  }

  /** Mean price of the first `lots` lots, counted lot by level in exact integers; how many there are. */
  vwap(side: number, lots: number): { readonly ticks: number; readonly lots: number } {
    let cost = 0n;
    let found = 0n;
    for (const { priceTicks, qtyLots } of this.levels(side)) {
      const left = BigInt(lots) - found;
      const taken = BigInt(qtyLots) < left ? BigInt(qtyLots) : left;
      found += taken;
      cost += taken * BigInt(priceTicks);
    }
    if (found <= 0n) return { ticks: 0, lots: 0 };
    const whole = cost / found;
    return { ticks: Number(whole) + Number(cost % found) / Number(found), lots: Number(found) };
  }

  clear(): void {
    for (const side of this.#sides) side.clear();
  }

  set(side: number, priceTicks: number, qtyLots: number): void {
    const levels = this.#sides[side]!;
    if (qtyLots === 0) {
      levels.delete(priceTicks);
      return;
    }
    levels.set(priceTicks, qtyLots);
    if (levels.size <= L.LEVELS_MAX) return;
    const prices = [...levels.keys()];
    levels.delete(side === L.ENTRY_BID ? Math.min(...prices) : Math.max(...prices));
    this.dropped++;
  }

  /** Quote rule, then tick rule. */
  aggressor(priceTicks: number): number {
    const bid = this.best(L.ENTRY_BID);
    const ask = this.best(L.ENTRY_ASK);
    if (bid !== undefined && ask !== undefined && priceTicks !== (bid + ask) / 2) {
      return priceTicks > (bid + ask) / 2 ? 1 : 2;
    }
    if (this.lastTrade === undefined) return 0;
    if (priceTicks === this.lastTrade.priceTicks) return this.lastTrade.side;
    return priceTicks > this.lastTrade.priceTicks ? 1 : 2;
  }
}

/** All books of a market, and its trades in order. */
export class ReferenceBooks {
  readonly books: readonly ReferenceBook[];
  readonly trades: ReferenceTrade[] = [];

  constructor(instruments: number) {
    this.books = Array.from({ length: instruments }, () => new ReferenceBook());
  }

  /**
   * One message; `snapshotOf` is the instrument of a 35=W. Returns how many entries were applied.
   */
  apply(entries: readonly ReferenceEntry[], snapshotOf: number | undefined): number {
    const trades = entries.filter(({ type }) => type === L.ENTRY_TRADE);
    const newTrades = trades.filter(({ action }) => action === L.ACTION_NEW);
    for (const trade of newTrades) this.#trade(trade);
    if (snapshotOf !== undefined) this.#empty(this.books[snapshotOf]!);
    for (const entry of entries) {
      const book = this.books[entry.instrument]!;
      if (entry.type === L.ENTRY_EMPTY_BOOK) this.#empty(book);
      else if (entry.type !== L.ENTRY_TRADE) {
        const isDelete = entry.action === L.ACTION_DELETE;
        book.set(entry.type, entry.priceTicks, isDelete ? 0 : entry.qtyLots);
        book.updates++;
      }
    }
    return entries.length - trades.length + newTrades.length;
  }

  #empty(book: ReferenceBook): void {
    book.clear();
    book.updates++;
  }

  #trade({ instrument, priceTicks, qtyLots }: ReferenceEntry): void {
    const book = this.books[instrument]!;
    const trade = { priceTicks, qtyLots, instrument, side: book.aggressor(priceTicks) };
    book.tradeCount++;
    book.volumeLots += qtyLots;
    book.lastTrade = trade;
    this.trades.push(trade);
  }
}
