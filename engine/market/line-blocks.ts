/**
 * Reads a plain or zstd-compressed (.zst) file in blocks of whole lines, so that a line costs no
 * object of its own. A compressed file that was cut off is an error, after the lines before it were
 * handed out.
 */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { ZstdFrames } from './zstd-frames.ts';

const NEWLINE = 10;
const READ_BYTES = 1 << 18;

/** Each block ends after a newline, but for the last one of a file that does not. */
export async function* lineBlocks(file: string, lineBytesMax: number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of fileChunks(file)) {
    const whole = chunk.lastIndexOf(NEWLINE) + 1;
    if (rest.length + (whole === 0 ? chunk.length : chunk.indexOf(NEWLINE)) > lineBytesMax) {
      throw new Error(`the next line is longer than ${lineBytesMax} bytes`);
    }
    if (whole > 0) {
      const head = chunk.subarray(0, whole);
      yield rest.length === 0 ? head : Buffer.concat([rest, head]);
      rest = Buffer.from(chunk.subarray(whole));
    } else {
      rest = Buffer.concat([rest, chunk]);
    }
  }
  if (rest.length > 0) yield rest;
}

async function* fileChunks(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: READ_BYTES });
  if (!file.endsWith('.zst')) {
    yield* source as AsyncIterable<Buffer>;
    return;
  }
  const frames = new ZstdFrames();
  const unpacked = createZstdDecompress({ chunkSize: READ_BYTES });
  const packed = Readable.from(framePieces(source, frames), { objectMode: false });
  packed.on('error', (error) => unpacked.destroy(error));
  try {
    yield* packed.pipe(unpacked) as AsyncIterable<Buffer>;
  } finally {
    packed.destroy();
  }
  if (!frames.isComplete) throw new Error('the compressed file is cut off');
}

/** The chunks, split where frames end. */
async function* framePieces(
  chunks: AsyncIterable<Buffer>,
  frames: ZstdFrames,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; ) {
      const end = start + frames.take(chunk.subarray(start));
      yield chunk.subarray(start, end);
      start = end;
    }
  }
}
