/**
 * Takes a feed record (engine/event/feed-layout.ts) from the input ring or the journal into
 * DECODED. HOT: one call a message; no allocation. Called by the engine core, which then calls
 * bookApply().
 */
import { DEC_ENTRIES, DECODED, DECODED_ENTRIES_MAX, ENTRY_BYTES } from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { assert } from '../errors.ts';
import {
  FEED_BOOK_STATE,
  FEED_HEADER_BYTES,
  FEED_NORMALISED_LENGTH,
} from '../event/feed-layout.ts';

/** The record changes no book: DECODED was not touched. */
export const FEED_RAW_ONLY = -1;

const NORMALISED_MAX = DEC_ENTRIES + DECODED_ENTRIES_MAX * ENTRY_BYTES;

/**
 * Copies the normalised part at `address` (8-byte aligned) into DECODED; returns the BOOK_* state
 * that the instrument in DEC_INSTRUMENT has once DECODED is applied, or FEED_RAW_ONLY.
 */
export function applyFeed(memory: Memory, address: number, length: number): number {
  const normalised = memory.i32(address + FEED_NORMALISED_LENGTH);
  if (normalised === 0) return FEED_RAW_ONLY;
  assert(
    normalised >= DEC_ENTRIES && normalised <= NORMALISED_MAX,
    'a feed record holds one message',
  );
  assert(FEED_HEADER_BYTES + normalised <= length, 'a feed record is whole');
  const from = address + FEED_HEADER_BYTES;
  memory.bytes.copyWithin(DECODED, from, from + normalised);
  return memory.i32(address + FEED_BOOK_STATE);
}
