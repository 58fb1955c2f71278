/**
 * What the decode of one FIX message remembers from field to field, in SCRATCH: nothing here
 * outlives the message. Shared by fix-decode.ts, fix-market-data.ts and fix-execution.ts.
 */
import { FIX_BAD_VALUE, SCRATCH } from './layout';

/** OrdStatus (39) that FIX 4.4 lists, as isListed takes it: 0 to 4, 6 to 9, A to E. */
export const ORD_STATUSES: i64 = 0x3e03df;

// |0 seen i64 |8 session checks i32 |12 market time tag i32 |16 type i32 |20 group count i32
// |24 instrument i32 |28 entry seen i32 |32 action i32 |36 entry type i32 |40 price at, end i32
// |48 quantity at, end i32 |56 poss dup i32 |60 comp ids i32 |64 numbers …
export const ST_SEEN = SCRATCH;
export const ST_SESSION_CHECKS = SCRATCH + 8; // 0: the session in TypeScript has judged the message
export const ST_MARKET_TIME_TAG = SCRATCH + 12;
export const ST_TYPE = SCRATCH + 16; // ASCII code of 35
export const ST_GROUP_COUNT = SCRATCH + 20; // 268, -1 until it was seen
export const ST_INSTRUMENT = SCRATCH + 24; // of the last symbol, -1 = none yet
export const ST_ENTRY_SEEN = SCRATCH + 28; // SEEN_ENTRY_* of the entry in hand
export const ST_ACTION = SCRATCH + 32;
export const ST_ENTRY_TYPE = SCRATCH + 36;
export const ST_PRICE = SCRATCH + 40; // |at i32 |end i32
export const ST_QTY = SCRATCH + 48; // |at i32 |end i32
export const ST_POSS_DUP = SCRATCH + 56;
export const ST_COMP_IDS = SCRATCH + 60; // 1 for a right 49, 2 for a right 56
export const ST_NUMBERS = SCRATCH + 64; // 35=8: |at i32 |end i32| a number, at = 0 while absent
export const ST_BYTES = 128;

// Fields that may stand only once.
export const SEEN_34: i64 = 1;
export const SEEN_49: i64 = 1 << 1;
export const SEEN_56: i64 = 1 << 2;
export const SEEN_52: i64 = 1 << 3;
export const SEEN_43: i64 = 1 << 4;
export const SEEN_MARKET_TIME: i64 = 1 << 5;
export const SEEN_55: i64 = 1 << 6;
export const SEEN_268: i64 = 1 << 7;
export const SEEN_BODY: i64 = 1 << 8; // any field after the header
export const SEEN_37: i64 = 1 << 9;
export const SEEN_17: i64 = 1 << 10;
export const SEEN_150: i64 = 1 << 11;
export const SEEN_39: i64 = 1 << 12;
export const SEEN_54: i64 = 1 << 13;
export const SEEN_11: i64 = 1 << 14;
export const SEEN_41: i64 = 1 << 15;
export const SEEN_103: i64 = 1 << 16;
export const SEEN_851: i64 = 1 << 17;
export const SEEN_1: i64 = 1 << 18;
export const SEEN_6: i64 = 1 << 19;
export const SEEN_12: i64 = 1 << 20;
export const SEEN_13: i64 = 1 << 21;
export const SEEN_15: i64 = 1 << 22;
export const SEEN_40: i64 = 1 << 23;
export const SEEN_58: i64 = 1 << 24;
export const SEEN_59: i64 = 1 << 25;
export const SEEN_60: i64 = 1 << 26;
export const SEEN_22: i64 = 1 << 27;
export const SEEN_48: i64 = 1 << 28;
export const SEEN_207: i64 = 1 << 29;
export const SEEN_262: i64 = 1 << 30;
export const SEEN_102: i64 = 1 << 31;
export const SEEN_434: i64 = 1 << 32;
export const SEEN_HEADER: i64 = 15; // 34 49 56 52

/** Notes a field; false = it was there before. */
export function firstTime(field: i64): boolean {
  const seen = load<i64>(ST_SEEN);
  store<i64>(ST_SEEN, seen | field);
  return (seen & field) === 0;
}

/** Likewise as an error: 0 or FIX_BAD_VALUE. */
export function once(field: i64): i32 {
  return firstTime(field) ? 0 : FIX_BAD_VALUE;
}

/** On the fast path a message must be beyond doubt; what the session has accepted need not be. */
export function isFast(): boolean {
  return load<i32>(ST_SESSION_CHECKS) !== 0;
}

/** Whether all of these fields were seen. */
export function haveAll(fields: i64): boolean {
  return (load<i64>(ST_SEEN) & fields) === fields;
}

export function storeSpan(address: i32, at: i32, end: i32): void {
  store<i32>(address, at);
  store<i32>(address + 4, end);
}
