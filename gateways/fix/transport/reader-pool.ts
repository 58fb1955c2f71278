/**
 * Frame readers, lent to a connection while it has received a part of a message: most of the time
 * nobody has, and hundreds of sessions share a few buffers.
 */
import { FrameReader } from './frame-reader.ts';

/** Readers kept for the next one that asks. */
const SPARE_MAX = 8;
const spare: FrameReader[] = [];

export function borrowReader(): FrameReader {
  return spare.pop() ?? new FrameReader();
}

export function returnReader(reader: FrameReader): void {
  reader.reset();
  if (spare.length < SPARE_MAX) spare.push(reader);
}
