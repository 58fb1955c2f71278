/**
 * The bytes of one feed record: what a feed worker puts into the input ring and what the journal
 * keeps as FEED. The normalised part is DECODED of wasm/layout.ts, header and entries, byte for
 * byte, so the core copies it and calls bookApply(); the raw part is the message as it came.
 *
 * |0 normalisedLength u32 |4 bookState u32 |8 receiveTimeNs i64 abs |16 normalised …
 * |16 + normalisedLength raw …
 *
 * normalisedLength is 0 (the message changes nothing: a diff that waits for a snapshot, a
 * bookTicker, an unreadable message) or DEC_ENTRIES + n * ENTRY_BYTES. bookState is the BOOK_* that
 * holds once the record is applied, for the instrument in DEC_INSTRUMENT. A message that makes
 * several records puts its raw bytes into the first; a lost line makes a record without raw bytes.
 */
export const FEED_NORMALISED_LENGTH = 0;
export const FEED_BOOK_STATE = 4;
export const FEED_RECEIVE_TIME_NS = 8;
export const FEED_HEADER_BYTES = 16;
/**
 * A longer message is refused by the feed: it would not fit where journal records are put together.
 */
export const FEED_RAW_BYTES_MAX = 524_288;
