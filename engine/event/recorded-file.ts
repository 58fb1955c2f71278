/**
 * The one reader of recorded files, plain or zstd-compressed (.zst), in bounded memory: all frames of a
 * .zst, and a file that was cut off is an error, after what came before was handed out. Read by venues,
 * feeds, risk and the book command; each adds file and line with `recordedFileFault`.
 */
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { GyrfalconError } from '../errors.ts';
import { ZstdFrames } from './zstd-frames.ts';

const NEWLINE = 10;
const READ_BYTES = 1 << 18;
const CUT_OFF = 'the compressed file is cut off: fetch it again';

/**
 * Blocks of whole lines, so that a line costs no object of its own; only the last block may end
 * without a newline.
 */
export async function* lineBlocks(file: string, lineBytesMax: number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of fileChunks(file)) {
    const whole = chunk.lastIndexOf(NEWLINE) + 1;
    if (rest.length + (whole === 0 ? chunk.length : chunk.indexOf(NEWLINE)) > lineBytesMax) {
      throw new Error(`the line is longer than ${lineBytesMax} bytes`);
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

/** The whole of a small file, at most `bytesMax` bytes unpacked. */
export function readRecordedFile(file: string, bytesMax: number): Buffer {
  const bytes = readFileSync(file);
  if (!file.endsWith('.zst')) return bytes;
  const frames = new ZstdFrames();
  const parts: Buffer[] = [];
  let room = bytesMax;
  for (let start = 0; start < bytes.length; ) {
    const end = start + frames.take(bytes.subarray(start));
    if (!frames.isComplete) throw new Error(CUT_OFF);
    const part = zstdDecompressSync(bytes.subarray(start, end), { maxOutputLength: room });
    room -= part.length;
    if (room <= 0) throw new Error(`it holds more than ${bytesMax} bytes`);
    parts.push(part);
    start = end;
  }
  return Buffer.concat(parts);
}

/**
 * Says before anything is started that a file is not there, is a directory, may not be read, is empty
 * or was cut off: a day must not be played for hours to find that its end is missing.
 */
export function requireRecordedFile(file: string): void {
  try {
    const handle = openSync(file, 'r');
    try {
      const status = fstatSync(handle);
      if (status.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
      if (!status.isFile()) return; // a pipe tells nothing before it is read
      if (status.size === 0) throw invalid(`${file}: the file is empty`, file);
      if (file.endsWith('.zst')) requireWholeFrames(handle, file);
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    throw recordedFileFault(file, 1, cause);
  }
}

function requireWholeFrames(handle: number, file: string): void {
  const frames = new ZstdFrames();
  const chunk = Buffer.alloc(READ_BYTES);
  for (;;) {
    const length = readSync(handle, chunk);
    if (length === 0) break;
    for (let at = 0; at < length; ) at += frames.take(chunk.subarray(at, length));
  }
  if (!frames.isComplete) throw invalid(`${file}: ${CUT_OFF}`, file);
}

const NOT_READABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path',
  EISDIR: 'that is a directory; name a file in it',
  EACCES: 'it may not be read by this user; check its permissions',
};

/** What stopped the reading, in our words; `line` is the first that could not be read. */
export function recordedFileFault(file: string, line: number, cause: unknown): GyrfalconError {
  if (cause instanceof GyrfalconError) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const why = NOT_READABLE[code];
  if (why !== undefined) {
    return new GyrfalconError('INPUT_MISSING', `${file}: ${why}`, { file }, cause);
  }
  const what = code.startsWith('ZSTD_')
    ? 'the compressed file is damaged: fetch it again'
    : message;
  return invalid(`${file}:${line}: ${what}`, file, cause);
}

function invalid(message: string, file: string, cause?: unknown): GyrfalconError {
  return new GyrfalconError('INPUT_INVALID', message, { file }, cause);
}

/** The bytes of a file, unpacked where its name says so. */
export async function* fileChunks(file: string): AsyncGenerator<Buffer> {
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
  if (!frames.isComplete) throw new Error(CUT_OFF);
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
