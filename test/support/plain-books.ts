/**
 * For tests: bookApply() as the plain twin of the books has it. Takes DECODED up into ReferenceBooks and
 * writes what they say to where the kernel would. The VWAP of the trades is for a twin of its own.
 */
import {
  type ReferenceBook,
  ReferenceBooks,
  type ReferenceTrade,
} from '../../wasm/book-reference.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { EntryOfTest } from './market-memory.ts';

export class PlainBooks {
  readonly #memory: Memory;
  readonly #market: ReferenceBooks;

  readonly #onTrade: (trade: ReferenceTrade) => void;

  constructor(memory: Memory, instruments: number, onTrade: (trade: ReferenceTrade) => void) {
    this.#memory = memory;
    this.#onTrade = onTrade;
    this.#market = new ReferenceBooks(instruments);
  }

  bookApply(): void {
    const memory = this.#memory;
    const isSnapshot = memory.i32(L.DECODED + L.DEC_IS_SNAPSHOT) !== 0;
    const snapshotOf = isSnapshot ? memory.i32(L.DECODED + L.DEC_INSTRUMENT) : undefined;
    const before = this.#market.books.map(({ updates, tradeCount }) => ({ updates, tradeCount }));
    this.#market.apply(this.#entries(), snapshotOf);
    for (const [instrument, book] of this.#market.books.entries()) {
      const { updates, tradeCount } = before[instrument]!;
      if (book.updates !== updates) this.#writeBook(instrument, book);
      if (book.tradeCount !== tradeCount) this.#writeLastTrade(instrument, book);
    }
    this.#writeTrades();
  }

  #entries(): readonly EntryOfTest[] {
    const memory = this.#memory;
    return Array.from({ length: memory.i32(L.DECODED + L.DEC_ENTRY_COUNT) }, (_, index) => {
      const at = L.DECODED + L.DEC_ENTRIES + index * L.ENTRY_BYTES;
      return {
        instrument: memory.i32(at + L.ENTRY_INSTRUMENT),
        action: memory.i32(at + L.ENTRY_ACTION),
        type: memory.i32(at + L.ENTRY_TYPE),
        priceTicks: memory.i64(at + L.ENTRY_PRICE_TICKS),
        qtyLots: memory.i64(at + L.ENTRY_QTY_LOTS),
      };
    });
  }

  #writeBook(instrument: number, book: ReferenceBook): void {
    const memory = this.#memory;
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    memory.setI64(block + L.INS_LAST_UPDATE_NS, memory.i64(L.CTL_CORE_TIME_NS));
    memory.setAbsoluteNs(block + L.INS_LAST_RECEIVE_NS, memory.absoluteNs(L.CTL_NOW_NS));
    memory.setI64(block + L.INS_BOOK_UPDATES, book.updates);
    const at = L.BOOKS + instrument * L.BOOK_BYTES;
    memory.setI64(at + L.BOOK_DROPPED, book.dropped);
    for (const side of [L.ENTRY_BID, L.ENTRY_ASK]) {
      const [count, best, from] =
        side === L.ENTRY_BID
          ? [L.BOOK_BID_COUNT, L.BOOK_BID_TICKS, L.BOOK_BIDS]
          : [L.BOOK_ASK_COUNT, L.BOOK_ASK_TICKS, L.BOOK_ASKS];
      const levels = book.levels(side);
      memory.setI32(at + count, levels.length);
      memory.setI64(at + best, levels[0]?.priceTicks ?? 0);
      memory.setI64(at + best + 8, levels[0]?.qtyLots ?? 0);
      for (const [index, { priceTicks, qtyLots }] of levels.toReversed().entries()) {
        memory.setI64(at + from + index * L.LEVEL_BYTES, priceTicks);
        memory.setI64(at + from + index * L.LEVEL_BYTES + 8, qtyLots);
      }
    }
  }

  #writeLastTrade(instrument: number, { tradeCount, volumeLots, lastTrade }: ReferenceBook): void {
    const memory = this.#memory;
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    memory.setI32(block + L.INS_LAST_TRADE_SIDE, lastTrade!.side);
    memory.setI64(block + L.INS_LAST_TRADE_TICKS, lastTrade!.priceTicks);
    memory.setI64(block + L.INS_LAST_TRADE_LOTS, lastTrade!.qtyLots);
    memory.setI64(block + L.INS_LAST_TRADE_NS, memory.i64(L.CTL_CORE_TIME_NS));
    memory.setI64(block + L.INS_TRADE_COUNT, tradeCount);
    memory.setI64(block + L.INS_VOLUME_LOTS, volumeLots);
  }

  #writeTrades(): void {
    const memory = this.#memory;
    const { trades } = this.#market;
    for (let next = memory.i64(L.CTL_TRADE_HEAD); next < trades.length; next++) {
      const { priceTicks, qtyLots, instrument, side } = trades[next]!;
      const record = L.TRADES + (next % L.RECORDS_KEPT) * L.TRADE_BYTES;
      memory.setI64(record, memory.i64(L.CTL_CORE_TIME_NS));
      memory.setI64(record + 8, priceTicks);
      memory.setI64(record + 16, qtyLots);
      memory.setI32(record + 24, instrument);
      memory.setI32(record + 28, side);
      this.#onTrade(trades[next]!);
    }
    memory.setI64(L.CTL_TRADE_HEAD, trades.length);
  }
}
