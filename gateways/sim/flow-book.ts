/**
 * The book that a stock's order flow acts on (flow-model.ts): by price and alone in it, as the
 * generated market data have it, or the book by order of a matching venue, with others
 * (exchange/exchange-flow.ts). Prices in increments.
 */
import { type Level, VenueBook } from './venue-book.ts';

/** ENTRY_BID, ENTRY_ASK. */
export type FlowSide = 0 | 1;

export interface FlowBook {
  /** Levels a side, best first. */
  readonly sides: readonly [readonly FlowLevel[], readonly FlowLevel[]];
  /** Lots of all levels. */
  readonly lots: number;
  /** A limit order that rests. */
  add(side: FlowSide, price: number, lots: number): void;
  /** So many lots that rest at a price are taken back. */
  cancel(side: FlowSide, price: number, lots: number): void;
  /** An order of the other side takes so many lots that rest at a price. */
  take(side: FlowSide, price: number, lots: number): void;
}

export type FlowLevel = Pick<Level, 'priceTicks' | 'lots'>;

export class PlainFlowBook implements FlowBook {
  readonly #book = new VenueBook();
  #lots = 0;

  get sides(): readonly [readonly Level[], readonly Level[]] {
    return this.#book.sides;
  }

  get lots(): number {
    return this.#lots;
  }

  add(side: FlowSide, price: number, lots: number): void {
    const total = this.#book.lotsAt(side, price) + lots;
    if (total > 0) this.#book.set(side, price, total);
    else this.#book.remove(side, price);
    this.#lots += lots;
  }

  cancel(side: FlowSide, price: number, lots: number): void {
    this.add(side, price, -lots);
  }

  take(side: FlowSide, price: number, lots: number): void {
    this.add(side, price, -lots);
  }
}
