/** The plain twin of mark.ts. */
import * as L from './layout.ts';
import type { Memory } from './memory.ts';

/** Twice the price that a position in the instrument is valued at; undefined = there is none yet. */
export function referenceMarkTicks2(memory: Memory, instrument: number): bigint | undefined {
  const book = L.BOOKS + instrument * L.BOOK_BYTES;
  const hasBid = memory.i32(book + L.BOOK_BID_COUNT) > 0;
  const hasAsk = memory.i32(book + L.BOOK_ASK_COUNT) > 0;
  if (hasBid && hasAsk) {
    return memory.absoluteNs(book + L.BOOK_BID_TICKS) + memory.absoluteNs(book + L.BOOK_ASK_TICKS);
  }
  const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
  const lastTicks = memory.absoluteNs(block + L.INS_LAST_TRADE_TICKS);
  return lastTicks === 0n ? undefined : 2n * lastTicks;
}
