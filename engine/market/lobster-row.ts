/**
 * Writes a book as rows of LOBSTER's orderbook file: ask price, ask size, bid price, bid size,
 * level by level from the touch; prices x 10000; an empty level is 9999999999,0 (ask) or
 * -9999999999,0 (bid).
 */
import { ENTRY_ASK, ENTRY_BID } from '../../wasm/layout.ts';
import type { BookSide, BookView } from './book-view.ts';

const EMPTY_ASK = 9_999_999_999;
const ZERO = 48;
const MINUS = 45;
const COMMA = 44;
const NEWLINE = 10;
/** Sign, 16 digits and a separator: any number below 2^53. */
const NUMBER_BYTES_MAX = 18;
const NUMBERS_PER_LEVEL = 4;
const BLOCK_BYTES = 1 << 18;

export class LobsterRows {
  readonly #book: BookView;
  readonly #levels: number;
  readonly #rowBytesMax: number;
  #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #end = 0;

  constructor(book: BookView, levels: number) {
    this.#book = book;
    this.#levels = levels;
    this.#rowBytesMax = levels * NUMBERS_PER_LEVEL * NUMBER_BYTES_MAX;
  }

  /** No further row fits the block: take it first. */
  get isFull(): boolean {
    return this.#end + this.#rowBytesMax > this.#block.length;
  }

  /** Appends the book as it stands. */
  append(): void {
    for (let depth = 0; depth < this.#levels; depth++) {
      this.#level(ENTRY_ASK, depth, EMPTY_ASK);
      this.#level(ENTRY_BID, depth, -EMPTY_ASK);
    }
    this.#block[this.#end - 1] = NEWLINE;
  }

  /** The rows written so far; they are the taker's, the next go into a new block. */
  take(): Buffer {
    const rows = this.#block.subarray(0, this.#end);
    this.#block = Buffer.allocUnsafe(BLOCK_BYTES);
    this.#end = 0;
    return rows;
  }

  #level(side: BookSide, depth: number, emptyPrice: number): void {
    const present = depth < this.#book.count(side);
    this.#number(present ? this.#book.levelTicks(side, depth) : emptyPrice);
    this.#number(present ? this.#book.levelLots(side, depth) : 0);
  }

  /** The number and a comma. */
  #number(value: number): void {
    const block = this.#block;
    let rest = Math.abs(value);
    let at = this.#end;
    if (value < 0) block[at++] = MINUS;
    let digits = 1;
    for (let bound = 10; bound <= rest; bound *= 10) digits++;
    for (let place = at + digits - 1; place >= at; place--) {
      const next = Math.floor(rest / 10);
      block[place] = ZERO + rest - next * 10;
      rest = next;
    }
    block[at + digits] = COMMA;
    this.#end = at + digits + 1;
  }
}
