/**
 * HOT: a typed window over one instrument's book in shared memory (BOOKS); every getter reads, none
 * allocates. Written by wasm/book.ts, read by strategies and all that marks a position.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import { assert } from '../errors.ts';

/** A side of the book: ENTRY_BID or ENTRY_ASK. */
export type BookSide = typeof L.ENTRY_BID | typeof L.ENTRY_ASK;

export class BookView {
  readonly #memory: Memory;
  readonly #book: number;
  readonly #index: number;
  readonly #instrument: number;
  readonly #core: Pick<CoreModule, 'bookVwap'> | undefined;

  /** Without the kernels (a reader beside the core) there is no VWAP to depth. */
  constructor(memory: Memory, instrument: number, core?: Pick<CoreModule, 'bookVwap'>) {
    this.#memory = memory;
    this.#core = core;
    this.#index = instrument;
    this.#book = L.BOOKS + instrument * L.BOOK_BYTES;
    this.#instrument = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
  }

  /** BOOK_*: whether the book is the market. */
  get state(): number {
    return this.#memory.i32(this.#instrument + L.INS_BOOK_STATE);
  }

  get bidCount(): number {
    return this.#memory.i32(this.#book + L.BOOK_BID_COUNT);
  }

  get askCount(): number {
    return this.#memory.i32(this.#book + L.BOOK_ASK_COUNT);
  }

  /** Both sides have a level: best prices and mid mean something. */
  get isTwoSided(): boolean {
    return this.bidCount > 0 && this.askCount > 0;
  }

  /** 0 while the side is empty. */
  get bestBidTicks(): number {
    return this.#memory.i64(this.#book + L.BOOK_BID_TICKS);
  }

  /** 0 while the side is empty. */
  get bestBidLots(): number {
    return this.#memory.i64(this.#book + L.BOOK_BID_LOTS);
  }

  /** 0 while the side is empty. */
  get bestAskTicks(): number {
    return this.#memory.i64(this.#book + L.BOOK_ASK_TICKS);
  }

  /** 0 while the side is empty. */
  get bestAskLots(): number {
    return this.#memory.i64(this.#book + L.BOOK_ASK_LOTS);
  }

  /** Twice the mid, so that it stays an integer; only while the book has two sides. */
  get midTicks2(): number {
    return this.bestBidTicks + this.bestAskTicks;
  }

  count(side: BookSide): number {
    return this.#memory.i32(this.#book + side * 4);
  }

  /** Price of the level `depth` steps behind the touch (0 = best); depth < count(side). */
  levelTicks(side: BookSide, depth: number): number {
    return this.#memory.i64(this.#level(side, depth));
  }

  /** Size of that level. */
  levelLots(side: BookSide, depth: number): number {
    return this.#memory.i64(this.#level(side, depth) + 8);
  }

  /**
   * Mean price, in ticks, of the first `lots` lots of the side, best level first; of what there is
   * when the side is thinner (see vwapLots), 0 when it is empty.
   */
  vwapTicks(side: BookSide, lots: number): number {
    assert(this.#core !== undefined, 'a book that is asked for its VWAP has the kernels');
    return this.#core.bookVwap(this.#index, side, lots);
  }

  /** How many lots the last vwapTicks, of whichever book, has found: at most as many as asked. */
  get vwapLots(): number {
    return this.#memory.f64(L.BOOK_VWAP_LOTS);
  }

  #level(side: BookSide, depth: number): number {
    const levels = this.#book + (side === L.ENTRY_BID ? L.BOOK_BIDS : L.BOOK_ASKS);
    return levels + (this.count(side) - 1 - depth) * L.LEVEL_BYTES;
  }
}
