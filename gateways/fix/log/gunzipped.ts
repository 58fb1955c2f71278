/**
 * A log's bytes, unpacked where they begin as gzip does, whatever the file is called. A log that is
 * cut off is an error after what came before was handed out.
 */
import { createGunzip, type Gunzip } from 'node:zlib';

const GZIP_START = [0x1f, 0x8b] as const;
/** Packed bytes unpacked at a time: at gzip's best of 1:1032 they are 16 MiB. */
const PIECE_BYTES = 1 << 14;

export async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  let unpacker: Gunzip | undefined;
  const unpacked: Buffer[] = [];
  try {
    for await (const next of chunks) {
      let chunk = next;
      if (start !== undefined) {
        chunk = Buffer.concat([start, next]);
        start = chunk.length < GZIP_START.length ? chunk : undefined;
        if (start !== undefined) continue;
        if (GZIP_START.every((byte, at) => chunk[at] === byte)) {
          unpacker = createGunzip().on('data', (part: Buffer) => unpacked.push(part));
        }
      }
      if (unpacker === undefined) {
        yield chunk;
        continue;
      }
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const fault = await written(unpacker, chunk.subarray(at, at + PIECE_BYTES));
        yield* unpacked.splice(0);
        if (fault !== undefined) throw inOurWords(fault);
      }
    }
    if (start !== undefined && start.length > 0) yield start;
    if (unpacker === undefined) return;
    const fault = await written(unpacker, undefined);
    yield* unpacked.splice(0);
    if (fault !== undefined) throw inOurWords(fault);
  } finally {
    unpacker?.destroy();
  }
}

/** Resolves once all that the bytes unpack to is there; undefined bytes = the end. */
function written(
  unpacker: Gunzip,
  bytes: Buffer | undefined,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve(error);
    const done = () => {
      unpacker.off('error', failed);
      resolve(undefined);
    };
    unpacker.once('error', failed);
    if (bytes === undefined) unpacker.once('end', done).end();
    else unpacker.write(bytes, (error) => (error ? resolve(error) : done()));
  });
}

function inOurWords({ code }: NodeJS.ErrnoException): Error {
  const what = code === 'Z_BUF_ERROR' ? 'cut off' : 'damaged';
  return new Error(`the compressed file is ${what}: fetch it again`);
}
