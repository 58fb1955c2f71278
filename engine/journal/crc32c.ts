/**
 * CRC-32C (Castagnoli) of bytes in a plain buffer: the twin of the checksum in
 * wasm/journal-record.ts, for readers that have no WebAssembly memory. Slicing by 8 over tables
 * computed once from the polynomial.
 */
const POLYNOMIAL = 0x82f63b78; // reflected
const SLICES = 8;

/** tables[256 * k + b]: what byte b does to the checksum from k bytes further on. */
export const crc32cTables = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let index = 256; index < tables.length; index++) {
    const before = tables[index - 256]!;
    tables[index] = (before >>> 8) ^ tables[before & 255]!;
  }
  return tables;
}

/** Of bytes [start, end), as a signed 32-bit number. */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  const t = crc32cTables;
  let state = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    state =
      t[1792 + ((bytes[at]! ^ state) & 255)]! ^
      t[1536 + ((bytes[at + 1]! ^ (state >>> 8)) & 255)]! ^
      t[1280 + ((bytes[at + 2]! ^ (state >>> 16)) & 255)]! ^
      t[1024 + (bytes[at + 3]! ^ (state >>> 24))]! ^
      t[768 + bytes[at + 4]!]! ^
      t[512 + bytes[at + 5]!]! ^
      t[256 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < end; at++) state = (state >>> 8) ^ t[(state ^ bytes[at]!) & 255]!;
  return ~state;
}
