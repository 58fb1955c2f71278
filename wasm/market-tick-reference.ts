/**
 * The plain twin of core-time.ts and market-tick.ts: what the clock is, and in which order a market-data
 * message changes books, signals, equity and breakers. How a book or a signal changes is for their own
 * twins; positions are all valued anew, touched or not.
 */
import type { EquityReference } from './equity-reference.ts';
import * as L from './layout.ts';
import type { Memory } from './memory.ts';

const DAY_NS = 86_400_000_000_000n;
const BY_MESSAGE = -1;

export interface MarketParts {
  /** Applies DECODED's entries to books and last trades. */
  bookApply(): void;
  /** Brings the instrument's signals up to its book. */
  signalUpdate(instrument: number): void;
  readonly equity: EquityReference;
}

export class MarketTickReference {
  readonly #memory: Memory;
  readonly #parts: MarketParts;

  constructor(memory: Memory, parts: MarketParts) {
    this.#memory = memory;
    this.#parts = parts;
  }

  /** To the market time of the decoded message, where the session's messages have such a time. */
  timeToMessage(session: number): void {
    const block = L.SESSIONS + session * L.SESSION_BYTES;
    const hasTime = this.#memory.i32(block + L.SES_MARKET_TIME_TAG) !== 0;
    const marketTimeNs = this.#memory.absoluteNs(L.DECODED + L.DEC_MARKET_TIME_NS);
    if (!hasTime) this.timeToReceipt();
    else if (marketTimeNs !== 0n) this.#timeTo(marketTimeNs);
  }

  /** To CTL_NOW_NS. */
  timeToReceipt(): void {
    this.#timeTo(this.#memory.absoluteNs(L.CTL_NOW_NS));
  }

  /** DECODED holds a message with entries; bookState: BOOK_* as its feed says, or -1 over FIX. */
  marketApply(bookState: number): void {
    this.marketBook(bookState);
    this.marketSignals();
  }

  /** Books and their states. */
  marketBook(bookState: number): void {
    const memory = this.#memory;
    const instrument = memory.i32(L.DECODED + L.DEC_INSTRUMENT);
    memory.addI64(L.CTL_MARKET_DATA_MESSAGES, 1);
    this.#parts.bookApply();
    if (bookState !== BY_MESSAGE) this.#setBookState(instrument, bookState);
    else if (this.#isSnapshot()) this.#setBookState(instrument, L.BOOK_LIVE);
  }

  /** What follows from the books. */
  marketSignals(): void {
    for (const instrument of this.#touched()) {
      const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
      const isOverFix = this.#memory.i32(block + L.INS_SESSION) >= 0;
      const isStale = this.#memory.i32(block + L.INS_BOOK_STATE) === L.BOOK_STALE;
      if (isOverFix && isStale) this.#setBookState(instrument, L.BOOK_LIVE);
      this.#parts.signalUpdate(instrument);
    }
    this.#parts.equity.equityOfAll();
  }

  /** The instruments that the message says something of, each once. */
  #touched(): ReadonlySet<number> {
    const memory = this.#memory;
    const touched = new Set<number>();
    if (this.#isSnapshot()) touched.add(memory.i32(L.DECODED + L.DEC_INSTRUMENT));
    for (let index = 0; index < memory.i32(L.DECODED + L.DEC_ENTRY_COUNT); index++) {
      const entry = L.DECODED + L.DEC_ENTRIES + index * L.ENTRY_BYTES;
      touched.add(memory.i32(entry + L.ENTRY_INSTRUMENT));
    }
    return touched;
  }

  #isSnapshot(): boolean {
    return this.#memory.i32(L.DECODED + L.DEC_IS_SNAPSHOT) !== 0;
  }

  #setBookState(instrument: number, state: number): void {
    this.#memory.setI32(L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_BOOK_STATE, state);
  }

  /** Counted from midnight UTC of the first time ever seen; it never goes back. */
  #timeTo(absoluteNs: bigint): void {
    const memory = this.#memory;
    if (memory.absoluteNs(L.CTL_MARKET_EPOCH_NS) === 0n) {
      memory.setAbsoluteNs(L.CTL_MARKET_EPOCH_NS, absoluteNs - (absoluteNs % DAY_NS));
    }
    const timeNs = absoluteNs - memory.absoluteNs(L.CTL_MARKET_EPOCH_NS);
    if (timeNs <= memory.absoluteNs(L.CTL_CORE_TIME_NS)) return;
    memory.setAbsoluteNs(L.CTL_CORE_TIME_NS, timeNs);
  }
}
