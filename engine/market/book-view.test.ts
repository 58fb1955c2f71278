/** The window shows the book as the kernel keeps it. */
import { expect, test } from 'vitest';
import { marketMemory } from '../../test/support/market-memory.ts';
import * as L from '../../wasm/layout.ts';
import { BookView } from './book-view.ts';

const { memory, core } = marketMemory([
  { symbol: 'AAA', tickSize: '1', lotSize: '1' },
  { symbol: 'BBB', tickSize: '1', lotSize: '1' },
]);
const book = new BookView(memory, 1);

test('an empty book has no sides', () => {
  expect([book.bidCount, book.askCount, book.isTwoSided, book.state]).toEqual([
    0,
    0,
    false,
    L.BOOK_INIT,
  ]);
});

test('best levels, depth, mid and state are those of its instrument', () => {
  core.bookSet(0, L.ENTRY_BID, 7n, 7n);
  core.bookSet(1, L.ENTRY_BID, -5n, 10n);
  core.bookSet(1, L.ENTRY_BID, -4n, 11n);
  expect(book.isTwoSided).toBe(false);
  core.bookSet(1, L.ENTRY_ASK, -1n, 20n);
  core.bookSet(1, L.ENTRY_ASK, 2n, 21n);
  memory.setI32(L.INSTRUMENTS + L.INSTRUMENT_BYTES + L.INS_BOOK_STATE, L.BOOK_LIVE);
  expect([book.bidCount, book.askCount, book.isTwoSided, book.state]).toEqual([
    2,
    2,
    true,
    L.BOOK_LIVE,
  ]);
  expect([book.bestBidTicks, book.bestBidLots]).toEqual([-4, 11]);
  expect([book.bestAskTicks, book.bestAskLots]).toEqual([-1, 20]);
  expect(book.midTicks2).toBe(-5);
  expect([book.levelTicks(L.ENTRY_BID, 0), book.levelLots(L.ENTRY_BID, 0)]).toEqual([-4, 11]);
  expect([book.levelTicks(L.ENTRY_BID, 1), book.levelLots(L.ENTRY_BID, 1)]).toEqual([-5, 10]);
  expect([book.levelTicks(L.ENTRY_ASK, 1), book.levelLots(L.ENTRY_ASK, 1)]).toEqual([2, 21]);
});
