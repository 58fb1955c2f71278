/**
 * HOT. One sorted side of a book: levels by key, the next occupied level, the queue of each level.
 * A page that holds no order goes back to the free list; its levels are empty then.
 */
import {
  CTL_FREE_PAGE,
  CTL_TOUCHED,
  INS_BASE_TICKS,
  INSTRUMENT_HEADER_BYTES,
  LAD_BEST,
  LAD_FLIP,
  LAD_INDEX,
  LAD_LOW_WORDS,
  LAD_PAGE_TABLE,
  LAD_TOP,
  LAD_TOUCHES,
  LAD_WORDS,
  LADDER_BYTES,
  LVL_LOTS,
  LVL_TAIL,
  NO_LEVEL,
  ORD_LOTS,
  ORD_NEXT,
  ORD_PLACE,
  ORD_PREV,
  PAGE_BITS,
  PAGE_FIRST_KEY,
  PAGE_FIRST_TICKS,
  PAGE_FLIP,
  PAGE_INSTRUMENT,
  PAGE_LADDER,
  PAGE_LEVELS,
  PAGE_NEXT_FREE,
} from './matching-layout';

/** Level of a place (address of the page + level in it). */
export function levelAt(place: usize): usize {
  const inPage = place & 63;
  return levelIn(place - inPage, inPage);
}

export function pageAt(place: usize): usize {
  return place & ~63;
}

export function keyAt(place: usize): i32 {
  return load<i32>(pageAt(place) + PAGE_FIRST_KEY) + <i32>(place & 63);
}

/** Price of a place. */
export function ticksOf(place: usize): i64 {
  const page = pageAt(place);
  const inPage = (<u32>place & 63) ^ load<u32>(page, PAGE_FLIP);
  return load<i64>(page, PAGE_FIRST_TICKS) + <i64>inPage;
}

/** Block of the instrument that a ladder belongs to. */
export function blockOfLadder(ladder: usize): usize {
  return (
    ladder - INSTRUMENT_HEADER_BYTES - <usize>(load<u32>(ladder, LAD_INDEX) & 3) * LADDER_BYTES
  );
}

/** Page that holds the key, 0 = none. */
export function pageOf(ladder: usize, key: i32): usize {
  return load<usize>(load<usize>(ladder, LAD_PAGE_TABLE) + ((<usize>(key >> 6)) << 2));
}

/** Level of the key, 0 = its page is not there. */
export function levelOf(ladder: usize, key: i32): usize {
  const page = pageOf(ladder, key);
  return page === 0 ? 0 : levelAt(page + <usize>(key & 63));
}

/** Level of a place inside a page. */
export function levelIn(page: usize, inPage: usize): usize {
  return page + PAGE_LEVELS + (inPage << 4);
}

/** Puts an order with its lots at the back of the queue of a key; the caller knows that a page is there or free. */
export function appendOrder(ladder: usize, key: i32, order: usize): void {
  const found = pageOf(ladder, key);
  const page = found === 0 ? takePage(ladder, key) : found;
  const level = levelIn(page, <usize>key & 63);
  const sum = load<i64>(level, LVL_LOTS) + load<i64>(order, ORD_LOTS);
  touch(ladder, key <= load<i32>(ladder, LAD_BEST));
  joinLevel(ladder, key, page, order, sum);
}

/** Likewise, untold, where the caller has the page and the lots that the level will have. */
export function joinLevel(ladder: usize, key: i32, page: usize, order: usize, sum: i64): void {
  const inPage = <usize>key & 63;
  const level = levelIn(page, inPage);
  const tail = load<usize>(level, LVL_TAIL);
  store<u32>(order, <u32>level, ORD_NEXT);
  store<u32>(order, <u32>tail, ORD_PREV);
  store<u32>(order, <u32>(page + inPage), ORD_PLACE);
  store<u32>(level, <u32>order, LVL_TAIL);
  store<u32>(tail, <u32>order, ORD_NEXT); // the head, where the level was empty
  store<i64>(level, sum, LVL_LOTS);
  store<u64>(page, load<u64>(page, PAGE_BITS) | ((<u64>1) << (<u64>inPage)), PAGE_BITS);
  const best = load<i32>(ladder, LAD_BEST);
  store<i32>(ladder, min(key, best), LAD_BEST);
}

/** Takes an order out of its queue. */
export function unlinkOrder(order: usize): void {
  const next = load<usize>(order, ORD_NEXT);
  const prev = load<usize>(order, ORD_PREV);
  const place = load<usize>(order, ORD_PLACE);
  touchAt(place);
  leaveLevel(next, prev, place, load<i64>(order, ORD_LOTS));
}

/** Likewise, untold, where the caller has the links, the place and the lots of the order. */
export function leaveLevel(next: usize, prev: usize, place: usize, lots: i64): void {
  const inPage = place & 63;
  const page = place - inPage;
  const level = levelIn(page, inPage);
  store<i64>(level, load<i64>(level, LVL_LOTS) - lots, LVL_LOTS);
  store<u32>(prev, <u32>next, ORD_NEXT);
  store<u32>(next, <u32>prev, ORD_PREV);
  const ladder = load<usize>(page, PAGE_LADDER);
  const key = load<i32>(page, PAGE_FIRST_KEY) + <i32>inPage;
  const best = load<i32>(ladder, LAD_BEST);
  const bits = load<u64>(page, PAGE_BITS) & ~(u64(next === prev) << (<u64>inPage));
  store<u64>(page, bits, PAGE_BITS);
  store<i32>(ladder, select<i32>((key & ~63) + <i32>ctz(bits), best, key === best), LAD_BEST);
  if (bits === 0) pageEmptied(ladder, page, key, best);
}

/** Takes lots off an order that keeps some, and its place. */
export function shrinkOrder(order: usize, lots: i64): void {
  const place = load<usize>(order, ORD_PLACE);
  const level = levelAt(place);
  store<i64>(order, load<i64>(order, ORD_LOTS) - lots, ORD_LOTS);
  store<i64>(level, load<i64>(level, LVL_LOTS) - lots, LVL_LOTS);
  touchAt(place);
}

function touchAt(place: usize): void {
  const ladder = load<usize>(pageAt(place) + PAGE_LADDER);
  touch(ladder, keyAt(place) === load<i32>(ladder, LAD_BEST));
}

/** Counts a change if it is one of the best level: without a branch, for no predictor knows. */
function touch(ladder: usize, isBest: bool): void {
  store<i32>(ladder, load<i32>(ladder, LAD_TOUCHES) + <i32>isBest, LAD_TOUCHES);
  store<u32>(CTL_TOUCHED, <u32>ladder);
}

function pageEmptied(ladder: usize, page: usize, key: i32, best: i32): void {
  freePage(ladder, page, key >> 6);
  if (key === best) store<i32>(ladder, firstKey(ladder), LAD_BEST);
}

/** Lowest key of the ladder, by its words. */
function firstKey(ladder: usize): i32 {
  const top = load<u64>(ladder, LAD_TOP);
  if (top === 0) return NO_LEVEL;
  const words = load<usize>(ladder, LAD_WORDS);
  const middle = <i32>ctz(top);
  const low = (middle << 6) + <i32>ctz(load<u64>(words + ((<usize>middle) << 3)));
  const page = (low << 6) + <i32>ctz(load<u64>(words + LAD_LOW_WORDS + ((<usize>low) << 3)));
  return (page << 6) + <i32>ctz(load<u64>(pageOf(ladder, page << 6) + PAGE_BITS));
}

/** Lowest occupied key from `key` on, NO_LEVEL = none. */
export function keyFrom(ladder: usize, key: i32): i32 {
  const words = load<usize>(ladder, LAD_WORDS);
  let number = key >> 6;
  const page = pageOf(ladder, key);
  if (page !== 0) {
    const bits = load<u64>(page, PAGE_BITS) & ((<u64>-1) << (<u64>(key & 63)));
    if (bits !== 0) return (number << 6) + <i32>ctz(bits);
  }
  number = nextBit(words + LAD_LOW_WORDS, number);
  if (number < 0) {
    let middle = nextBit(words, key >> 12);
    if (middle < 0) {
      const top = load<u64>(ladder, LAD_TOP) & above(key >> 18);
      if (top === 0) return NO_LEVEL;
      const word = <i32>ctz(top);
      middle = (word << 6) + <i32>ctz(load<u64>(words + ((<usize>word) << 3)));
    }
    number = (middle << 6) + <i32>ctz(load<u64>(words + LAD_LOW_WORDS + ((<usize>middle) << 3)));
  }
  return (number << 6) + <i32>ctz(load<u64>(pageOf(ladder, number << 6) + PAGE_BITS));
}

/** The bits behind bit n. */
function above(n: i32): u64 {
  return n === 63 ? 0 : (<u64>-1) << (<u64>(n + 1));
}

/** The next set bit behind bit n in the same word, -1 = none. */
function nextBit(words: usize, n: i32): i32 {
  const bits = load<u64>(words + ((<usize>(n >> 6)) << 3)) & above(n & 63);
  return bits === 0 ? -1 : (n & ~63) + <i32>ctz(bits);
}

/** A page for the 64 keys around one; the caller knows that one is free. */
export function takePage(ladder: usize, key: i32): usize {
  const number = key >> 6;
  const page = load<usize>(CTL_FREE_PAGE);
  store<u32>(CTL_FREE_PAGE, load<u32>(page, PAGE_NEXT_FREE));
  store<i32>(page, number << 6, PAGE_FIRST_KEY);
  store<u32>(page, <u32>ladder, PAGE_LADDER);
  const flip = load<i32>(ladder, LAD_FLIP);
  const base = load<i64>(blockOfLadder(ladder), INS_BASE_TICKS);
  store<i32>(page, flip & 63, PAGE_FLIP);
  store<i64>(page, base + <i64>(((number << 6) ^ flip) & ~63), PAGE_FIRST_TICKS);
  store<u32>(page, load<u32>(ladder, LAD_INDEX) >> 2, PAGE_INSTRUMENT);
  store<u32>(load<usize>(ladder, LAD_PAGE_TABLE) + ((<usize>number) << 2), <u32>page);
  const words = load<usize>(ladder, LAD_WORDS);
  setBit(words + LAD_LOW_WORDS + ((<usize>(number >> 6)) << 3), number & 63);
  setBit(words + ((<usize>(number >> 12)) << 3), (number >> 6) & 63);
  setBit(ladder + LAD_TOP, number >> 12);
  return page;
}

function freePage(ladder: usize, page: usize, number: i32): void {
  store<u32>(page, load<u32>(CTL_FREE_PAGE), PAGE_NEXT_FREE);
  store<u32>(CTL_FREE_PAGE, <u32>page);
  store<u32>(load<usize>(ladder, LAD_PAGE_TABLE) + ((<usize>number) << 2), 0);
  const words = load<usize>(ladder, LAD_WORDS);
  if (clearBit(words + LAD_LOW_WORDS + ((<usize>(number >> 6)) << 3), number & 63) !== 0) return;
  if (clearBit(words + ((<usize>(number >> 12)) << 3), (number >> 6) & 63) !== 0) return;
  clearBit(ladder + LAD_TOP, number >> 12);
}

function setBit(word: usize, bit: i32): void {
  store<u64>(word, load<u64>(word) | ((<u64>1) << (<u64>bit)));
}

/** Returns what is left of the word. */
function clearBit(word: usize, bit: i32): u64 {
  const bits = load<u64>(word) & ~((<u64>1) << (<u64>bit));
  store<u64>(word, bits);
  return bits;
}
