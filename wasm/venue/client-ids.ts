/**
 * HOT: ClOrdIDs to orders; no allocation. The newest stand in a ring, found by
 * open addressing over CLIENT_ID_TABLE, which is at most half full. An id is noted once; when the
 * ring comes round the oldest is forgotten, unless an open order is known by it, and with its last
 * id a done order (order-table.ts).
 */
import { hash64 } from '../fix-value';
import { sameBytes } from '../fix-words';
import { copyText } from '../fix-write';
import {
  CID_LENGTH,
  CID_ORDER,
  CID_TAG,
  CLIENT_ID_BYTES,
  CLIENT_ID_TABLE,
  CLIENT_IDS,
  REQ_CLORDID,
  REQ_CLORDID_TAG,
  REQUEST,
  VEN_CLORDID_SLOTS_MASK,
  VEN_CLORDIDS,
  VEN_CLORDIDS_MASK,
  VEN_TOUCHED,
  VOR_CLIENT_ID,
  VOR_IDS,
} from '../venue-layout';
import { freeOrder, isOpen } from './order-table';

/** The order that has or had this ClOrdID: its address, 0 = none. */
export function orderOfClientId(at: i32, length: i32): i32 {
  return orderOfTag(tagOf(at, length), at, length);
}

/** Likewise of the ClOrdID in REQUEST. */
export function orderOfRequest(): i32 {
  const at = load<i32>(REQUEST + REQ_CLORDID);
  return orderOfTag(requestTag(), at, load<i32>(REQUEST + REQ_CLORDID + 4));
}

function orderOfTag(tag: u32, at: i32, length: i32): i32 {
  const slot = findSlot(tag, at, length);
  const id = load<i32>(slot + 4);
  return id === 0 ? 0 : load<i32>(idAt(id - 1) + CID_ORDER);
}

/** The decoder has come by the request's ClOrdID: its place is brought in while it reads on. */
export function touchRequestId(at: i32, length: i32): void {
  const tag = tagOf(at, length);
  store<u32>(REQUEST + REQ_CLORDID_TAG, tag);
  const slot = slotAt(<i32>tag & load<i32>(VEN_CLORDID_SLOTS_MASK));
  store<i64>(VEN_TOUCHED, load<i64>(slot));
}

function requestTag(): u32 {
  const tag = load<u32>(REQUEST + REQ_CLORDID_TAG);
  if (tag !== 0) return tag;
  return tagOf(load<i32>(REQUEST + REQ_CLORDID), load<i32>(REQUEST + REQ_CLORDID + 4));
}

/** Notes the request's ClOrdID, that no order has yet, as the order's own. */
export function addRequestId(order: i32): void {
  const at = load<i32>(REQUEST + REQ_CLORDID);
  addTag(requestTag(), at, load<i32>(REQUEST + REQ_CLORDID + 4), order);
}

/** Notes an id that no order has yet as the order's own; the order keeps its earlier ones. */
export function addClientId(at: i32, length: i32, order: i32): void {
  addTag(tagOf(at, length), at, length, order);
}

function addTag(tag: u32, at: i32, length: i32, order: i32): void {
  const id = freshId();
  const block = idAt(id);
  copyText(block, at, length);
  store<i32>(block + CID_LENGTH, length);
  store<i32>(block + CID_ORDER, order);
  store<u32>(block + CID_TAG, tag);
  const slot = findSlot(tag, at, length);
  store<u32>(slot, tag);
  store<i32>(slot + 4, id + 1);
  store<i32>(order + VOR_CLIENT_ID, block);
  store<i32>(order + VOR_IDS, load<i32>(order + VOR_IDS) + 1);
}

/** Where the next ClOrdID is likely to stand. */
export function nextClientId(): i32 {
  return idAt(<i32>load<i64>(VEN_CLORDIDS) & load<i32>(VEN_CLORDIDS_MASK));
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
  const mask = load<i32>(VEN_CLORDID_SLOTS_MASK);
  let slot = <i32>tag & mask;
  while (true) {
    const address = slotAt(slot);
    const id = load<i32>(address + 4);
    if (id === 0) return address;
    if (load<u32>(address) === tag) {
      const block = idAt(id - 1);
      const sameLength = load<i32>(block + CID_LENGTH) === length;
      if (sameLength && sameBytes(block, at, length)) return address;
    }
    slot = (slot + 1) & mask;
  }
}

/** The next place in the ring; an id that stands there and may go is forgotten. */
function freshId(): i32 {
  let count = load<i64>(VEN_CLORDIDS);
  while (true) {
    const id = <i32>(count & load<i32>(VEN_CLORDIDS_MASK));
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
  const mask = load<i32>(VEN_CLORDID_SLOTS_MASK);
  let slot = <i32>load<u32>(block + CID_TAG) & mask;
  while (load<i32>(slotAt(slot) + 4) !== id + 1) slot = (slot + 1) & mask;
  closeGap(slot, mask);
  store<i32>(block + CID_LENGTH, 0);
  const ids = load<i32>(order + VOR_IDS) - 1;
  store<i32>(order + VOR_IDS, ids);
  if (ids === 0) freeOrder(order);
}

/** Entries behind the freed slot move up where a probe would otherwise miss them. */
function closeGap(freed: i32, mask: i32): void {
  let gap = freed;
  let slot = freed;
  while (true) {
    slot = (slot + 1) & mask;
    const entry = load<u64>(slotAt(slot));
    if (<i32>(entry >> 32) === 0) break;
    const home = <i32>(<u32>entry) & mask;
    const isReached = ((slot - home) & mask) >= ((slot - gap) & mask);
    if (!isReached) continue;
    store<u64>(slotAt(gap), entry);
    gap = slot;
  }
  store<u64>(slotAt(gap), 0);
}
