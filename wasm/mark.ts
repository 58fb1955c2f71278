/** HOT: what a position is valued at. Twin: mark-reference.ts. */
import {
  BOOK_ASK_COUNT,
  BOOK_ASK_TICKS,
  BOOK_BID_COUNT,
  BOOK_BID_TICKS,
  BOOK_BYTES,
  BOOKS,
  INS_LAST_TRADE_TICKS,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
} from './layout';

/** Twice the mid; without two sides twice the last trade; without that 0 = no mark. */
export function markTicks2(instrument: i32): i64 {
  const book = BOOKS + instrument * BOOK_BYTES;
  if (load<i32>(book + BOOK_BID_COUNT) > 0 && load<i32>(book + BOOK_ASK_COUNT) > 0) {
    return load<i64>(book + BOOK_BID_TICKS) + load<i64>(book + BOOK_ASK_TICKS);
  }
  return 2 * load<i64>(INSTRUMENTS + instrument * INSTRUMENT_BYTES + INS_LAST_TRADE_TICKS);
}
