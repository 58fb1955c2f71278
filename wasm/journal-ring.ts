// HOT: appends journal records, and on the writer's thread takes them out again. journal-ring-layout.ts
// draws the ring; journal-ring-reference.ts is the plain twin. docs/decisions/0014 says what was measured.
//
// The commit word is an ordinary store behind all others: on x86-64 that is a store-release, and what a
// killed process has stored stays in its order everywhere. Where a processor shows it to the other thread
// earlier than the record's bytes, the record's check does not fit yet and the writer takes it later.
import {
  JOURNAL_VERSION,
  RECORD_CRC32C,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH,
  RECORD_SEQUENCE,
  RECORD_TIME_NS,
} from './journal-layout';
import { crc32c, journalStage } from './journal-record';
import {
  HANDED_CHAIN,
  HANDED_POSITION,
  HANDED_SEQUENCE,
  JOURNAL_RING_DATA,
  JOURNAL_RING_DATA_BYTES,
  JOURNAL_TO_RING,
  RING_FAULT,
  RING_HANDED,
  RING_HANDED_BYTES,
  RING_HANDED_INDEX,
  RING_HEAD,
  RING_INPUTS_BYTES_MAX,
  RING_LAST_SEQUENCE,
  RING_MODE,
  RING_ORDERS_BYTES_MAX,
  RING_STAGED,
  RING_TAIL,
  RING_TAKE_RESULT,
  RING_TAKEN,
  RING_TAKEN_CHAIN,
  RING_TAKEN_SEQUENCE,
  RING_WAKE,
  RING_WAKE_BYTES,
  TAKE_ALL,
  TAKE_BAD_RECORD,
  TAKE_NO_ROOM,
  WRITER_WELL,
} from './journal-ring-layout';
import { CTL_NOW_NS, CTL_RECORD_SEQUENCE, JOURNAL_STAGE, JOURNAL_STAGE_BYTES } from './layout';

const PLACE_MASK: i64 = JOURNAL_RING_DATA_BYTES - 1;
const PAYLOAD_BYTES_MAX: i32 = JOURNAL_STAGE_BYTES - RECORD_HEADER_BYTES;
/** An odd number whose bits look random: the product spreads a changed bit upwards. */
const CHECK_FACTOR: u64 = ((<u64>0x9fb21c65) << 32) | 0x1e98df25;

/** One record with CTL_NOW_NS as its time; 0 = refused without any effect, there is no room. */
export function journalAppend(kind: i32, source: i32, address: i32, length: i32): i32 {
  if (<u32>length > <u32>PAYLOAD_BYTES_MAX) return 0;
  if (load<i32>(RING_MODE) !== JOURNAL_TO_RING) return stageRecord(kind, source, address, length);
  const head = load<i64>(RING_HEAD);
  const bytes: i32 = (RECORD_HEADER_BYTES + length + 7) & ~7;
  const before: i64 = head - atomic.load<i64>(RING_TAIL);
  let place: i32 = <i32>(head & PLACE_MASK);
  let taken: i64 = bytes;
  if (place + bytes > JOURNAL_RING_DATA_BYTES) {
    taken += JOURNAL_RING_DATA_BYTES - place;
    if (before + taken > JOURNAL_RING_DATA_BYTES) return 0;
    store<i64>(JOURNAL_RING_DATA + place, 0);
    place = 0;
  } else if (before + taken > JOURNAL_RING_DATA_BYTES) return 0;
  const sequence: i64 = load<i64>(CTL_RECORD_SEQUENCE) + 1;
  writeRecord(JOURNAL_RING_DATA + place, kind | (source << 16), sequence, address, length);
  store<i64>(CTL_RECORD_SEQUENCE, sequence);
  store<i64>(RING_LAST_SEQUENCE, sequence);
  store<i64>(RING_HEAD, head + taken);
  if (before < RING_WAKE_BYTES && before + taken >= RING_WAKE_BYTES) wakeWriter();
  return 1;
}

/** Whether records of so many bytes, headers included, find room in the ring, wherever its end is. */
export function journalHasRoom(bytes: i32): bool {
  return journalWaiting() + 2 * bytes <= JOURNAL_RING_DATA_BYTES;
}

/** A new order must wait: the journal is half full of what is not handed over, or its disk is gone. */
export function journalHoldsOrders(): i32 {
  return i32(load<i32>(RING_FAULT) !== WRITER_WELL || journalWaiting() >= RING_ORDERS_BYTES_MAX);
}

/** Nothing more may be read from a venue: what room is left is for cancels and kills. */
export function journalHoldsInputs(): i32 {
  return i32(journalWaiting() >= RING_INPUTS_BYTES_MAX);
}

function journalWaiting(): i64 {
  return load<i64>(RING_HEAD) - atomic.load<i64>(RING_TAIL);
}

function stageRecord(kind: i32, source: i32, address: i32, length: i32): i32 {
  const end = journalStage(load<i32>(RING_STAGED), kind, source, address, length);
  if (end < 0) return 0;
  store<i32>(RING_STAGED, end);
  return 1;
}

function wakeWriter(): void {
  atomic.store<i32>(RING_WAKE, 1);
  atomic.notify(RING_WAKE, 1);
}

/** Each word of the record is stored and mixed into one of two lanes as it passes by. */
function writeRecord(record: usize, kinds: i32, sequence: i64, address: usize, length: i32): void {
  const first: u64 = <u64>(RECORD_HEADER_BYTES + length) | ((<u64>kinds) << 32);
  const time = load<u64>(CTL_NOW_NS);
  const version: u64 = (<u64>JOURNAL_VERSION) << 32;
  store<u64>(record, first, RECORD_LENGTH);
  store<i64>(record, sequence, RECORD_SEQUENCE);
  store<u64>(record, time, RECORD_TIME_NS);
  let even: u64 = mix(mix(1, first), time);
  let odd: u64 = mix(mix(2, <u64>sequence), version);
  let from: usize = address;
  let to: usize = record + RECORD_HEADER_BYTES;
  const stop: usize = from + (length & ~15);
  while (from < stop) {
    v128.store(to, v128.load(from));
    even = mix(even, load<u64>(from));
    odd = mix(odd, load<u64>(from, 8));
    from += 16;
    to += 16;
  }
  if (length & 8) {
    const word = load<u64>(from);
    store<u64>(to, word);
    even = mix(even, word);
    from += 8;
    to += 8;
  }
  if (length & 7) {
    // What the payload leaves of its last word is the padding: zeros.
    const word = load<u64>(from) & (((<u64>1) << ((length & 7) << 3)) - 1);
    store<u64>(to, word);
    if (length & 8) odd = mix(odd, word);
    else even = mix(even, word);
  }
  store<u64>(record, version | <u64>fold(even, odd), RECORD_CRC32C);
}

/** The check of the record at the address, over `padded` bytes, with RECORD_CRC32C as 0. */
export function ringCheck(record: usize, padded: i32): i32 {
  let even: u64 = mix(mix(1, load<u64>(record)), load<u64>(record, RECORD_TIME_NS));
  const version: u64 = load<u64>(record, RECORD_CRC32C) & 0xffffffff00000000;
  let odd: u64 = mix(mix(2, load<u64>(record, RECORD_SEQUENCE)), version);
  let at: usize = record + RECORD_HEADER_BYTES;
  const end: usize = record + padded;
  while (at + 16 <= end) {
    even = mix(even, load<u64>(at));
    odd = mix(odd, load<u64>(at, 8));
    at += 16;
  }
  if (at < end) even = mix(even, load<u64>(at));
  return <i32>fold(even, odd);
}

/**
 * Reversible in each of its operands, so one changed word always changes the lane. The rotations carry
 * every bit down as well: without them two changed bits can make up for each other.
 */
function mix(lane: u64, word: u64): u64 {
  const both: u64 = lane ^ word;
  return (both ^ rotl<u64>(both, 21) ^ rotl<u64>(both, 42)) * CHECK_FACTOR;
}

function fold(even: u64, odd: u64): u32 {
  const both = mix(even, odd);
  return <u32>(both ^ (both >>> 32));
}

// ---- The writer's thread

/**
 * Copies committed records to JOURNAL_STAGE, as many as fit `room` bytes; returns their bytes and says in
 * RING_TAKE_RESULT why it ended. journalSeal, or the addon, makes them what stands in a segment.
 */
export function journalTake(room: i32): i32 {
  const head = atomic.load<i64>(RING_HEAD);
  let at: i64 = load<i64>(RING_TAKEN);
  let taken: i64 = at;
  let staged: i32 = 0;
  let result: i32 = TAKE_ALL;
  while (at < head) {
    const place: i32 = <i32>(at & PLACE_MASK);
    const record: usize = JOURNAL_RING_DATA + place;
    const used = load<i32>(record, RECORD_LENGTH);
    if (used === 0) {
      at += JOURNAL_RING_DATA_BYTES - place;
      continue;
    }
    const padded: i32 = (used + 7) & ~7;
    if (!isAppended(record, used, <i32>min<i64>(head - at, JOURNAL_RING_DATA_BYTES - place))) {
      result = TAKE_BAD_RECORD;
      break;
    }
    if (staged + padded > room) {
      result = TAKE_NO_ROOM;
      break;
    }
    memory.copy(JOURNAL_STAGE + staged, record, padded);
    store<i64>(RING_TAKEN_SEQUENCE, load<i64>(record, RECORD_SEQUENCE));
    staged += padded;
    at += padded;
    taken = at;
  }
  store<i64>(RING_TAKEN, taken);
  store<i32>(RING_TAKE_RESULT, result);
  return staged;
}

/** Puts their CRC-32C into the records in the first `length` bytes of JOURNAL_STAGE, and chains them up. */
export function journalSeal(length: i32): void {
  const end = JOURNAL_STAGE + length;
  let chain = load<i32>(RING_TAKEN_CHAIN);
  let record: usize = JOURNAL_STAGE;
  while (<i32>record < end) {
    const used = load<i32>(record, RECORD_LENGTH);
    store<i32>(record, 0, RECORD_CRC32C);
    const crc = crc32c(<i32>record, used);
    // The chain before and the checksum side by side, where the checksum and the version stand just now.
    const version = load<i32>(record, RECORD_CRC32C + 4);
    store<i32>(record, chain, RECORD_CRC32C);
    store<i32>(record, crc, RECORD_CRC32C + 4);
    chain = crc32c(<i32>record + RECORD_CRC32C, 8);
    store<i32>(record, crc, RECORD_CRC32C);
    store<i32>(record, version, RECORD_CRC32C + 4);
    record += (used + 7) & ~7;
  }
  store<i32>(RING_TAKEN_CHAIN, chain);
}

/** What was taken is in the segments: its room is free. */
export function journalFree(): void {
  const index = load<i32>(RING_HANDED_INDEX) ^ 1;
  const handed: usize = RING_HANDED + index * RING_HANDED_BYTES;
  const taken = load<i64>(RING_TAKEN);
  store<i64>(handed, taken, HANDED_POSITION);
  store<i64>(handed, load<i64>(RING_TAKEN_SEQUENCE), HANDED_SEQUENCE);
  store<i32>(handed, load<i32>(RING_TAKEN_CHAIN), HANDED_CHAIN);
  atomic.store<i32>(RING_HANDED_INDEX, index);
  atomic.store<i64>(RING_TAIL, taken);
}

function isAppended(record: usize, used: i32, available: i32): bool {
  if (used < RECORD_HEADER_BYTES || used > JOURNAL_STAGE_BYTES) return false;
  const padded: i32 = (used + 7) & ~7;
  if (padded > available) return false;
  if (load<i64>(record, RECORD_SEQUENCE) !== load<i64>(RING_TAKEN_SEQUENCE) + 1) return false;
  return ringCheck(record, padded) === load<i32>(record, RECORD_CRC32C);
}
