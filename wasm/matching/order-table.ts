/**
 * HOT. Orders by id: open addressing, at most half full, linear probing in the order of homes (Robin
 * Hood): a search ends at the first order nearer its home than the one looked for, a removal shifts
 * back only orders that are not at home, and there are no tombstones and no rebuild. An order that
 * moves is known to its queue by address, so its neighbours there are told. Hence any
 * insertion or removal may move any order: read addresses again after it.
 */
import {
  CTL_EXTRAS,
  CTL_FREE_EXTRA,
  CTL_LIVE,
  CTL_TABLE,
  CTL_TABLE_END,
  CTL_TABLE_MASK,
  CTL_TABLE_SHIFT,
  EXT_HIDDEN,
  EXT_NEXT_FREE,
  EXT_OWNER,
  EXTRA_BYTES,
  ORD_ID,
  ORD_LOTS,
  ORD_NEXT,
  ORD_PREV,
  ORD_TAG,
  ORDER_BYTES,
  TAG_EXTRA,
} from './matching-layout';

const BLOCK_LOG2: u64 = 5;
const BLOCK_ORDERS: usize = 32;
const BLOCK_BYTES: usize = 1024;
const GOLDEN: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;

/**
 * Offset of the slot where the search for an id starts: ids of one block lie side by side, blocks are
 * spread. Venues number orders in turn, so new orders fill lines and pages that are at hand.
 */
function homeOf(id: i64): usize {
  const hash = ((<u64>id >> BLOCK_LOG2) * GOLDEN) >> <u64>load<i32>(CTL_TABLE_SHIFT);
  const block = <usize>hash & load<usize>(CTL_TABLE_MASK) & ~(BLOCK_BYTES - 1);
  return block | ((<usize>id & (BLOCK_ORDERS - 1)) * ORDER_BYTES);
}

/** How far behind its home an id stands in a slot, in bytes. */
function distanceOf(id: i64, slot: usize): usize {
  return (slot - load<usize>(CTL_TABLE) - homeOf(id)) & load<usize>(CTL_TABLE_MASK);
}

/** The slot that holds the id, or the one where it belongs, which claimSlot frees. */
export function slotOf(id: i64): usize {
  const end = load<usize>(CTL_TABLE_END);
  let slot = load<usize>(CTL_TABLE) + homeOf(id);
  let held = load<i64>(slot, ORD_ID);
  let distance: usize = 0;
  while (held !== id && held !== 0) {
    if (distanceOf(held, slot) < distance) return slot;
    slot += ORDER_BYTES;
    if (slot === end) slot = load<usize>(CTL_TABLE);
    distance += ORDER_BYTES;
    held = load<i64>(slot, ORD_ID);
  }
  return slot;
}

/** The order with this id, 0 = none. */
export function findOrder(id: i64): usize {
  const slot = slotOf(id);
  return load<i64>(slot, ORD_ID) === id ? slot : 0;
}

/** Puts a new id where slotOf has it belong; what stands there and right behind moves on by a slot. */
export function claimSlot(slot: usize, id: i64): void {
  store<i32>(CTL_LIVE, load<i32>(CTL_LIVE) + 1);
  if (load<i64>(slot, ORD_ID) !== 0) makeRoom(slot);
  store<i64>(slot, id, ORD_ID);
}

function makeRoom(slot: usize): void {
  const table = load<usize>(CTL_TABLE);
  const end = load<usize>(CTL_TABLE_END);
  let free = slot;
  while (load<i64>(free, ORD_ID) !== 0) {
    free += ORDER_BYTES;
    if (free === end) free = table;
  }
  while (free !== slot) {
    const from = (free === table ? end : free) - ORDER_BYTES;
    moveOrder(from, free);
    free = from;
  }
}

/** Frees the slot of an order that is in no queue any more. */
export function removeOrder(order: usize): void {
  const table = load<usize>(CTL_TABLE);
  const end = load<usize>(CTL_TABLE_END);
  store<i32>(CTL_LIVE, load<i32>(CTL_LIVE) - 1);
  if ((load<u32>(order, ORD_TAG) & TAG_EXTRA) !== 0) freeExtra(extraOf(order));
  let hole = order;
  for (;;) {
    let slot = hole + ORDER_BYTES;
    if (slot === end) slot = table;
    const id = load<i64>(slot, ORD_ID);
    if (id === 0 || distanceOf(id, slot) === 0) break;
    moveOrder(slot, hole);
    hole = slot;
  }
  store<i64>(hole, 0, ORD_ID);
}

function moveOrder(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to + 16, v128.load(from + 16));
  store<u32>(load<usize>(from, ORD_PREV), <u32>to, ORD_NEXT);
  store<u32>(load<usize>(from, ORD_NEXT), <u32>to, ORD_PREV);
}

/** The extra of an order that has one. */
export function extraOf(order: usize): usize {
  return load<usize>(CTL_EXTRAS) + <usize>((load<u32>(order, ORD_TAG) >> 8) * EXTRA_BYTES);
}

/** Takes a free extra (the caller knows that there is one) and returns its number. */
export function takeExtra(): u32 {
  const extra = load<usize>(CTL_FREE_EXTRA);
  store<u32>(CTL_FREE_EXTRA, load<u32>(extra, EXT_NEXT_FREE));
  return <u32>(extra - load<usize>(CTL_EXTRAS)) / EXTRA_BYTES;
}

function freeExtra(extra: usize): void {
  memory.fill(extra, 0, EXTRA_BYTES);
  store<u32>(extra, load<u32>(CTL_FREE_EXTRA), EXT_NEXT_FREE);
  store<u32>(CTL_FREE_EXTRA, <u32>extra);
}

export function ownerOf(order: usize): u32 {
  const tag = load<u32>(order, ORD_TAG);
  return (tag & TAG_EXTRA) === 0 ? tag >> 8 : load<u32>(extraOf(order) + EXT_OWNER);
}

/** Shown and hidden. */
export function openLotsOf(order: usize): i64 {
  const shown = load<i64>(order, ORD_LOTS);
  if ((load<u32>(order, ORD_TAG) & TAG_EXTRA) === 0) return shown;
  return shown + load<i64>(extraOf(order) + EXT_HIDDEN);
}
