/**
 * Byte places of a journal record, for both sides: the struct RecordHeader of
 * engine/event/event.fbs as FlatBuffers lays it out (a test compares), then the payload, then zeros
 * up to a multiple of 8.
 */
// |0 length u32 |4 kind u16 |6 source u16 |8 sequence u64
// |16 timeNs i64 abs |24 crc32c u32 |28 version u32 |32 payload …
export const RECORD_LENGTH = 0; // header and payload, without padding
export const RECORD_KIND = 4;
export const RECORD_SOURCE = 6;
export const RECORD_SEQUENCE = 8;
export const RECORD_TIME_NS = 16;
export const RECORD_CRC32C = 24; // over RECORD_LENGTH bytes, with this field 0
export const RECORD_VERSION = 28;
export const RECORD_HEADER_BYTES = 32;
export const JOURNAL_VERSION = 1;

// Kinds that kernels append, as event.fbs numbers them (a test compares).
export const RECORD_OF_INBOUND = 2;
export const RECORD_OF_INTENT = 6;
export const RECORD_OF_OUTBOUND = 7;
