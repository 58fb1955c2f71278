/**
 * HOT: a typed window over one instrument's book in shared memory (BOOKS); every getter reads, none
 * allocates. Written by wasm/book.ts, read by strategies and all that marks a position.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

/** A side of the book: ENTRY_BID or ENTRY_ASK. */
export type BookSide = typeof L.ENTRY_BID | typeof L.ENTRY_ASK;

export class BookView {
  readonly #memory: Memory;
  readonly #book: number;
  readonly #instrument: number;

  constructor(memory: Memory, instrument: number) {
    this.#memory = memory;
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

  #level(side: BookSide, depth: number): number {
    const levels = this.#book + (side === L.ENTRY_BID ? L.BOOK_BIDS : L.BOOK_ASKS);
    return levels + (this.count(side) - 1 - depth) * L.LEVEL_BYTES;
  }
}
