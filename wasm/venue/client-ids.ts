/**
 * HOT: ClOrdIDs to orders; no allocation. The newest VENUE_CLORDIDS_MAX stand in a ring, found by
 * open addressing over CLIENT_ID_TABLE, which is at most half full. An id is noted once; when the
 * ring comes round the oldest is forgotten, unless an open order is known by it, and with its last
 * id a done order (order-table.ts).
 */
import { hash64 } from '../fix-value';
import {
  CID_LENGTH,
  CID_ORDER,
  CID_TAG,
  CLIENT_ID_BYTES,
  CLIENT_ID_SLOTS,
  CLIENT_ID_TABLE,
  CLIENT_IDS,
  VEN_CLORDIDS,
  VENUE_CLORDIDS_MAX,
  VOR_CLIENT_ID,
  VOR_IDS,
} from '../venue-layout';
import { freeOrder, isOpen } from './order-table';

const SLOT_MASK: i32 = CLIENT_ID_SLOTS - 1;

/** The order that has or had this ClOrdID: its address, 0 = none. */
export function orderOfClientId(at: i32, length: i32): i32 {
  const slot = findSlot(tagOf(at, length), at, length);
  const id = load<i32>(slot + 4);
  return id === 0 ? 0 : load<i32>(idAt(id - 1) + CID_ORDER);
}

/** Notes an id that no order has yet as the order's own; the order keeps its earlier ones. */
export function addClientId(at: i32, length: i32, order: i32): void {
  const id = freshId();
  const block = idAt(id);
  const tag = tagOf(at, length);
  memory.copy(block, at, length);
  store<i32>(block + CID_LENGTH, length);
  store<i32>(block + CID_ORDER, order);
  store<u32>(block + CID_TAG, tag);
  const slot = findSlot(tag, at, length);
  store<u32>(slot, tag);
  store<i32>(slot + 4, id + 1);
  store<i32>(order + VOR_CLIENT_ID, block);
  store<i32>(order + VOR_IDS, load<i32>(order + VOR_IDS) + 1);
}

function idAt(id: i32): i32 {
  return CLIENT_IDS + id * CLIENT_ID_BYTES;
}

function slotAt(slot: i32): i32 {
  return CLIENT_ID_TABLE + (slot << 3);
}

/** The upper half of the hash, where its bits are mixed best. */
function tagOf(at: i32, length: i32): u32 {
  const hash = <u64>hash64(at, at + length);
  return <u32>(hash ^ (hash >> 32));
}

/** Address of the slot that holds the id, or of the free one where it would go. */
function findSlot(tag: u32, at: i32, length: i32): i32 {
  let slot = <i32>tag & SLOT_MASK;
  while (true) {
    const address = slotAt(slot);
    const id = load<i32>(address + 4);
    if (id === 0) return address;
    if (load<u32>(address) === tag) {
      const block = idAt(id - 1);
      const sameLength = load<i32>(block + CID_LENGTH) === length;
      if (sameLength && memory.compare(block, at, length) === 0) return address;
    }
    slot = (slot + 1) & SLOT_MASK;
  }
}

/** The next place in the ring; an id that stands there and may go is forgotten. */
function freshId(): i32 {
  let count = load<i64>(VEN_CLORDIDS);
  while (true) {
    const id = <i32>(count & (VENUE_CLORDIDS_MAX - 1));
    count++;
    const block = idAt(id);
    if (load<i32>(block + CID_LENGTH) !== 0) {
      const order = load<i32>(block + CID_ORDER);
      if (isOpen(order) && load<i32>(order + VOR_CLIENT_ID) === block) continue;
      forget(id, block, order);
    }
    store<i64>(VEN_CLORDIDS, count);
    return id;
  }
}

function forget(id: i32, block: i32, order: i32): void {
  const tag = load<u32>(block + CID_TAG);
  let slot = <i32>tag & SLOT_MASK;
  while (load<i32>(slotAt(slot) + 4) !== id + 1) slot = (slot + 1) & SLOT_MASK;
  closeGap(slot);
  store<i32>(block + CID_LENGTH, 0);
  const ids = load<i32>(order + VOR_IDS) - 1;
  store<i32>(order + VOR_IDS, ids);
  if (ids === 0) freeOrder(order);
}

/** Entries behind the freed slot move up where a probe would otherwise miss them. */
function closeGap(freed: i32): void {
  let gap = freed;
  let slot = freed;
  while (true) {
    slot = (slot + 1) & SLOT_MASK;
    const entry = load<u64>(slotAt(slot));
    if (<i32>(entry >> 32) === 0) break;
    const home = <i32>(<u32>entry) & SLOT_MASK;
    const isReached = ((slot - home) & SLOT_MASK) >= ((slot - gap) & SLOT_MASK);
    if (!isReached) continue;
    store<u64>(slotAt(gap), entry);
    gap = slot;
  }
  store<u64>(slotAt(gap), 0);
}
