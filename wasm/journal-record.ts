// Puts journal records together: header, payload, padding, checksum. The writer in engine/journal
// hands the staged bytes to the file system; wasm/journal-layout.ts draws the record. The reader's
// checksum in TypeScript (engine/journal/crc32c.ts) is the plain twin of the one here.
import { CRC32C_TABLES } from './crc32c-tables';
import {
  JOURNAL_VERSION,
  RECORD_CRC32C,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  RECORD_LENGTH,
  RECORD_SEQUENCE,
  RECORD_SOURCE,
  RECORD_TIME_NS,
  RECORD_VERSION,
} from './journal-layout';
import { CTL_NOW_NS, CTL_RECORD_SEQUENCE, JOURNAL_STAGE, JOURNAL_STAGE_BYTES } from './layout';

export function journalStage(offset: i32, kind: i32, source: i32, address: i32, length: i32): i32 {
  const bytes: i64 = (i64(RECORD_HEADER_BYTES) + i64(u32(length)) + 7) & ~7;
  if (i64(offset) + bytes > i64(JOURNAL_STAGE_BYTES)) return -1;
  const record: i32 = JOURNAL_STAGE + offset;
  const used: i32 = RECORD_HEADER_BYTES + length;
  const sequence: i64 = load<i64>(CTL_RECORD_SEQUENCE) + 1;
  // The last eight bytes first: whatever the payload leaves of them is the padding.
  store<i64>(record + <i32>bytes - 8, 0);
  store<i32>(record + RECORD_LENGTH, used);
  store<u16>(record + RECORD_KIND, <u16>kind);
  store<u16>(record + RECORD_SOURCE, <u16>source);
  store<i64>(record + RECORD_SEQUENCE, sequence);
  store<i64>(record + RECORD_TIME_NS, load<i64>(CTL_NOW_NS));
  store<i32>(record + RECORD_CRC32C, 0);
  store<i32>(record + RECORD_VERSION, JOURNAL_VERSION);
  memory.copy(record + RECORD_HEADER_BYTES, address, length);
  store<i32>(record + RECORD_CRC32C, crc32c(record, used));
  store<i64>(CTL_RECORD_SEQUENCE, sequence);
  return offset + <i32>bytes;
}

/** Slicing by 8: eight bytes and eight table look-ups a step. */
export function crc32c(address: i32, length: i32): i32 {
  const tables: usize = CRC32C_TABLES;
  let crc: u32 = 0xffffffff;
  let at: usize = <usize>address;
  const end: usize = at + <usize>length;
  const stop: usize = at + (<usize>length & ~7);
  while (at < stop) {
    const low: u32 = load<u32>(at) ^ crc;
    const high: u32 = load<u32>(at, 4);
    crc =
      load<u32>(tables + ((low & 255) << 2), 7168) ^
      load<u32>(tables + (((low >>> 8) & 255) << 2), 6144) ^
      load<u32>(tables + (((low >>> 16) & 255) << 2), 5120) ^
      load<u32>(tables + ((low >>> 24) << 2), 4096) ^
      load<u32>(tables + ((high & 255) << 2), 3072) ^
      load<u32>(tables + (((high >>> 8) & 255) << 2), 2048) ^
      load<u32>(tables + (((high >>> 16) & 255) << 2), 1024) ^
      load<u32>(tables + ((high >>> 24) << 2));
    at += 8;
  }
  while (at < end) {
    crc = (crc >>> 8) ^ load<u32>(tables + (((crc ^ load<u8>(at)) & 255) << 2));
    at++;
  }
  return <i32>~crc;
}
