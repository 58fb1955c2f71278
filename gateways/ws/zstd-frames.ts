/**
 * Tells whether a .zst file ends where its frames say: Node's decompressor gives what a truncated
 * file holds and reports no error. Only the few bytes that state lengths are read (RFC 8878,
 * section 3.1).
 */
import { type FileHandle, open } from 'node:fs/promises';

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50; // and the 15 numbers after it
const BLOCK_RLE = 1;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CHECKSUM_BYTES = 4;

/** False for a file that was cut off, has bytes behind its last frame, or is no zstd file. */
export async function isWholeZstd(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    let at = 0;
    while (at < size) at = await frameEnd(handle, at, size);
    return at === size && size > 0;
  } finally {
    await handle.close();
  }
}

/** Where the frame at `at` ends; infinity where it does not. */
async function frameEnd(handle: FileHandle, at: number, size: number): Promise<number> {
  const head = await bytesAt(handle, at, 8);
  const magic = head.readUInt32LE(0);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) return at + 8 + head.readUInt32LE(4);
  if (magic !== FRAME_MAGIC) return Number.POSITIVE_INFINITY;
  const descriptor = head.readUInt8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && isSingle ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!;
  const windowBytes = isSingle ? 0 : 1;
  let block = at + 5 + windowBytes + DICTIONARY_ID_BYTES[descriptor & 3]! + sizeBytes;
  for (;;) {
    const header = (await bytesAt(handle, block, 3)).readUIntLE(0, 3);
    const isRle = ((header >> 1) & 3) === BLOCK_RLE;
    block += 3 + (isRle ? 1 : header >> 3);
    if ((header & 1) === 1) return block + ((descriptor & 4) !== 0 ? CHECKSUM_BYTES : 0);
    if (block >= size) return Number.POSITIVE_INFINITY;
  }
}

/** Bytes past the end read as 0. */
async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await handle.read(bytes, 0, length, position);
  return bytes;
}
