/** The state as a whole: emptied for a fresh start, and hashed, whatever the order of the table. */
import { blockOf, ladderOf, ticksAt } from './events';
import { keyFrom, levelAt, levelOf } from './ladder';
import {
  BOOK_BLOCK_BYTES,
  CTL_BOOKS,
  CTL_EXTRAS,
  CTL_EXTRAS_CAPACITY,
  CTL_FREE_EXTRA,
  CTL_FREE_ORDER,
  CTL_FREE_PAGE,
  CTL_INDEX,
  CTL_INDEX_REACH,
  CTL_LADDER_BYTES,
  CTL_LADDERS,
  CTL_LEVELS_LOG2,
  CTL_LEVELS_MASK,
  CTL_ORDERS,
  CTL_ORDERS_CAPACITY,
  CTL_OUT,
  CTL_OUT_AT,
  CTL_PAGES,
  CTL_PAGES_CAPACITY,
  CTL_PHASE,
  CTL_SEQUENCE,
  CTL_TOUCHED,
  EXT_DISPLAY,
  EXT_HIDDEN,
  EXT_LIMIT,
  EXT_NEXT_FREE,
  EXT_TERMS,
  EXTRA_BYTES,
  INS_LAST_TICKS,
  INS_TRADE_HIGH,
  INS_TRADE_LOW,
  INS_TRADES,
  INS_VOLUME_LOTS,
  LAD_BEST,
  LAD_FLIP,
  LAD_INDEX,
  LAD_PAGE_TABLE,
  LAD_WORDS,
  LADDERS,
  LVL_HEAD,
  LVL_TAIL,
  NO_LEVEL,
  NO_TRADE_HIGH,
  NO_TRADE_LOW,
  ORD_ID,
  ORD_LOTS,
  ORD_NEXT,
  ORD_TAG,
  ORDER_BYTES,
  PAGE_BYTES,
  PAGE_NEXT_FREE,
  PHASE_IDLE,
  RESULT_HASH,
  TAG_EXTRA,
  TAG_FLAGS,
} from './matching-layout';
import { extraOf, ownerOf } from './order-table';

const SEED: u64 = (0x243f6a88 << 32) | 0x85a308d3;
const GOLDEN: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;

/** Empties all books; what is marked (set), and base and lotsMax of the instruments, stay. */
export function matchingReset(): void {
  const index = load<usize>(CTL_INDEX);
  memory.fill(index, 0, load<usize>(CTL_ORDERS) - index);
  const orders = load<i32>(CTL_ORDERS_CAPACITY);
  const firstOrder = resetPool(load<usize>(CTL_ORDERS), orders, ORDER_BYTES, ORD_NEXT);
  store<u32>(CTL_FREE_ORDER, firstOrder);
  store<u32>(CTL_INDEX_REACH, 0);
  const ladders = load<usize>(CTL_LADDERS);
  memory.fill(ladders, 0, load<usize>(CTL_PAGES) - ladders);
  const books = load<u32>(CTL_BOOKS);
  for (let instrument: u32 = 0; instrument < books; instrument++) resetInstrument(instrument);
  const pages = load<i32>(CTL_PAGES_CAPACITY);
  store<u32>(CTL_FREE_PAGE, resetPool(load<usize>(CTL_PAGES), pages, PAGE_BYTES, PAGE_NEXT_FREE));
  emptyLevels(load<usize>(CTL_PAGES), pages);
  const extras = load<i32>(CTL_EXTRAS_CAPACITY);
  const firstExtra = resetPool(load<usize>(CTL_EXTRAS), extras, EXTRA_BYTES, EXT_NEXT_FREE);
  store<u32>(CTL_FREE_EXTRA, firstExtra);
  store<u32>(CTL_OUT_AT, load<u32>(CTL_OUT));
  store<i32>(CTL_SEQUENCE, 0);
  store<i32>(CTL_PHASE, PHASE_IDLE);
  store<i32>(CTL_TOUCHED, 0);
}

function resetInstrument(instrument: u32): void {
  const block = blockOf(instrument);
  memory.fill(block + INS_LAST_TICKS, 0, BOOK_BLOCK_BYTES - INS_LAST_TICKS);
  store<i32>(block, NO_TRADE_LOW, INS_TRADE_LOW);
  store<i32>(block, NO_TRADE_HIGH, INS_TRADE_HIGH);
  const tableBytes = (<usize>1) << (<usize>(load<i32>(CTL_LEVELS_LOG2) - 6 + 2));
  for (let index: u32 = 0; index < <u32>LADDERS; index++) {
    const ladder = ladderOf(block, index);
    const number = instrument * LADDERS + index;
    const pageTable = load<usize>(CTL_LADDERS) + <usize>number * load<usize>(CTL_LADDER_BYTES);
    // Bids and sell stops: the highest price comes first.
    const isFlipped = index === 0 || index === 3;
    store<i32>(ladder, NO_LEVEL, LAD_BEST);
    store<i32>(ladder, isFlipped ? load<i32>(CTL_LEVELS_MASK) : 0, LAD_FLIP);
    store<u32>(ladder, <u32>pageTable, LAD_PAGE_TABLE);
    store<u32>(ladder, <u32>(pageTable + tableBytes), LAD_WORDS);
    store<u32>(ladder, number, LAD_INDEX);
  }
}

/** A level that is empty is a ring of itself. */
function emptyLevels(start: usize, pages: i32): void {
  for (let n = 0; n < pages; n++) {
    for (let inPage: usize = 0; inPage < 64; inPage++) {
      const level = levelAt(start + <usize>n * PAGE_BYTES + inPage);
      store<u32>(level, <u32>level, LVL_HEAD);
      store<u32>(level, <u32>level, LVL_TAIL);
    }
  }
}

/** Zeroes `count` records and links them; returns the first, 0 = none. */
function resetPool(start: usize, count: i32, bytes: i32, nextFree: i32): u32 {
  memory.fill(start, 0, <usize>count * bytes);
  for (let n = 0; n < count - 1; n++) {
    const record = start + <usize>n * bytes;
    store<u32>(record + nextFree, <u32>(record + bytes));
  }
  return count === 0 ? 0 : <u32>start;
}

/** Puts the hash of all books and trade statistics into RESULT_HASH. */
export function matchingHash(): void {
  let hash = SEED;
  const books = load<u32>(CTL_BOOKS);
  for (let instrument: u32 = 0; instrument < books; instrument++) {
    const block = blockOf(instrument);
    hash = mix(hash, load<u64>(block, INS_LAST_TICKS));
    hash = mix(hash, load<u64>(block, INS_TRADES));
    hash = mix(hash, load<u64>(block, INS_VOLUME_LOTS));
    for (let index: u32 = 0; index < <u32>LADDERS; index++) {
      hash = hashLadder(hash, ladderOf(block, index));
    }
  }
  store<u64>(RESULT_HASH, hash);
}

function hashLadder(hash: u64, ladder: usize): u64 {
  let key = load<i32>(ladder, LAD_BEST);
  while (key !== NO_LEVEL) {
    hash = mix(hash, <u64>ticksAt(ladder, key));
    const level = levelOf(ladder, key);
    let order = load<usize>(level, LVL_HEAD);
    for (; order !== level; order = load<usize>(order, ORD_NEXT)) hash = hashOrder(hash, order);
    key = key === load<i32>(CTL_LEVELS_MASK) ? NO_LEVEL : keyFrom(ladder, key + 1);
  }
  return mix(hash, 0);
}

function hashOrder(hash: u64, order: usize): u64 {
  const tag = load<u32>(order, ORD_TAG);
  hash = mix(hash, load<u64>(order, ORD_ID));
  hash = mix(hash, load<u64>(order, ORD_LOTS));
  hash = mix(hash, ((<u64>ownerOf(order)) << 8) | <u64>(tag & TAG_FLAGS));
  if ((tag & TAG_EXTRA) === 0) return hash;
  const extra = extraOf(order);
  hash = mix(hash, load<u64>(extra, EXT_HIDDEN));
  hash = mix(hash, load<u64>(extra, EXT_DISPLAY));
  return mix(hash, ((<u64>load<u32>(extra, EXT_TERMS)) << 32) | <u64>load<u32>(extra, EXT_LIMIT));
}

function mix(hash: u64, word: u64): u64 {
  const mixed = (hash ^ word) * GOLDEN;
  return mixed ^ (mixed >> 29);
}
