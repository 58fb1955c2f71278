/**
 * HOT. Orders by id. An order has a record of a pool, the one that was freed last first, so that new
 * orders lie where the caches have something; it never moves while it lives. An index says where: ids
 * of one block have slots side by side, blocks are spread over the index. Where an order's slot, its
 * home, is taken by another's, its address stands elsewhere (away): in the same slot of other blocks,
 * then anywhere. A record's address leaves the low bits of a slot free: there the home counts the
 * orders that are away from it. So a slot of 0 says that none of its ids is there, and there are
 * neither tombstones nor rebuilds.
 */
import {
  CTL_EXTRAS,
  CTL_FREE_EXTRA,
  CTL_FREE_ORDER,
  CTL_INDEX,
  CTL_INDEX_MASK,
  CTL_INDEX_REACH,
  CTL_INDEX_SHIFT,
  EXT_HIDDEN,
  EXT_NEXT_FREE,
  EXT_OWNER,
  EXTRA_BYTES,
  INDEX_BLOCK_LOG2,
  ORD_ID,
  ORD_LOTS,
  ORD_NEXT,
  ORD_TAG,
  SLOT_AWAY,
  TAG_EXTRA,
} from './matching-layout';

const BLOCK_SLOTS: usize = 1 << INDEX_BLOCK_LOG2;
const BLOCK_BYTES: usize = BLOCK_SLOTS << 2;
/** Steps in the same slot of other blocks; after these any slot is good enough. */
const BLOCK_STEPS: u32 = 8;
const GOLDEN: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;
const SILVER: u64 = (0x243f6a88 << 32) | 0x85a308d3;

/** The slot where an order's address stands if no other's does. */
export function homeOf(id: i64): usize {
  const hash = ((<u64>id >> INDEX_BLOCK_LOG2) * GOLDEN) >> <u64>load<i32>(CTL_INDEX_SHIFT);
  const block = <usize>hash & load<usize>(CTL_INDEX_MASK);
  return load<usize>(CTL_INDEX) + block + ((<usize>id & (BLOCK_SLOTS - 1)) << 2);
}

/** Slot of the n-th step away from home. */
function slotAway(id: i64, home: usize, n: u32): usize {
  const index = load<usize>(CTL_INDEX);
  const blocks = load<usize>(CTL_INDEX_MASK);
  if (n <= BLOCK_STEPS) {
    const step = <usize>((((<u64>id >> INDEX_BLOCK_LOG2) * SILVER) >> 40) | 1);
    return index + ((home - index + step * n * BLOCK_BYTES) & (blocks | (BLOCK_BYTES - 1)));
  }
  const hash = ((<u64>id ^ (<u64>id >> 17)) * SILVER) >> <u64>load<i32>(CTL_INDEX_SHIFT);
  return index + ((<usize>hash + ((<usize>n) << 2)) & (blocks | (BLOCK_BYTES - 4)));
}

/** Address of the order that a slot tells, 0 = none. */
export function orderIn(slot: u32): usize {
  return <usize>(slot & ~SLOT_AWAY);
}

/** The order with this id, 0 = none. */
export function findOrder(id: i64): usize {
  const home = homeOf(id);
  const slot = load<u32>(home);
  const order = orderIn(slot);
  if (order !== 0 && load<i64>(order, ORD_ID) === id) return order;
  return (slot & SLOT_AWAY) === 0 ? 0 : findAway(id, home);
}

function findAway(id: i64, home: usize): usize {
  const reach = load<u32>(CTL_INDEX_REACH);
  for (let n: u32 = 1; n <= reach; n++) {
    const order = orderIn(load<u32>(slotAway(id, home, n)));
    if (order !== 0 && load<i64>(order, ORD_ID) === id) return order;
  }
  return 0;
}

/** A record for an id that is not there; the caller knows that one is free. */
export function takeOrder(id: i64): usize {
  const order = load<usize>(CTL_FREE_ORDER);
  const home = homeOf(id);
  takeRecord(order, orderIn(load<u32>(home)) === 0 ? home : goAway(id, home));
  store<i64>(order, id, ORD_ID);
  return order;
}

/** Puts the first free record, which the caller has, into a slot that tells no order. */
export function takeRecord(order: usize, at: usize): void {
  store<u32>(CTL_FREE_ORDER, load<u32>(order, ORD_NEXT));
  store<u32>(at, load<u32>(at) | <u32>order);
}

/** A slot away from home; the index is never more than an eighth full, so there is one. */
function goAway(id: i64, home: usize): usize {
  let n: u32 = 1;
  while (orderIn(load<u32>(slotAway(id, home, n))) !== 0) n++;
  const slot = load<u32>(home);
  // A count that is full stays so: its home is searched for good, and what is there is found.
  if ((slot & SLOT_AWAY) !== SLOT_AWAY) store<u32>(home, slot + 1);
  store<u32>(CTL_INDEX_REACH, max(load<u32>(CTL_INDEX_REACH), n));
  return slotAway(id, home, n);
}

/** Frees the record of an order that is in no queue any more. */
export function removeOrder(order: usize): void {
  const id = load<i64>(order, ORD_ID);
  const home = homeOf(id);
  const slot = load<u32>(home);
  if (orderIn(slot) === order) store<u32>(home, slot & SLOT_AWAY);
  else comeBack(id, home, order);
  if ((load<u32>(order, ORD_TAG) & TAG_EXTRA) !== 0) freeExtra(extraOf(order));
  freeRecord(order);
}

/** The next order gets this record. */
export function freeRecord(order: usize): void {
  store<u32>(order, load<u32>(CTL_FREE_ORDER), ORD_NEXT);
  store<u32>(CTL_FREE_ORDER, <u32>order);
}

/** Frees the slot of an order that is away. */
function comeBack(id: i64, home: usize, order: usize): void {
  let n: u32 = 1;
  while (orderIn(load<u32>(slotAway(id, home, n))) !== order) n++;
  const at = slotAway(id, home, n);
  store<u32>(at, load<u32>(at) & SLOT_AWAY);
  const slot = load<u32>(home);
  if ((slot & SLOT_AWAY) !== SLOT_AWAY) store<u32>(home, slot - 1);
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
