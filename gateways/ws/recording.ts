/**
 * Reads a recording of raw WebSocket messages (.jsonl or .jsonl.zst): a line is the receive time in
 * ns since 1970, one blank, the message as it came. Streams: a day need not fit into memory. Read
 * by the replaying venue, the book command, tests and benches.
 */
import { createReadStream } from 'node:fs';
import { createZstdDecompress } from 'node:zlib';
import { GyrfalconError } from '../../engine/errors.ts';
import { isWholeZstd } from './zstd-frames.ts';

export interface RecordedMessage {
  /** 1 = the first line. */
  readonly line: number;
  readonly receiveTimeNs: bigint;
  readonly text: string;
}

const LINE_BYTES_MAX = 4_194_304;
const LINE = /^(\d{1,19}) (\S.*)$/;

/** Faults name the file and the line. */
export async function* readRecording(file: string): AsyncGenerator<RecordedMessage> {
  let line = 0;
  for await (const text of linesOf(file, () => line)) {
    line++;
    const match = LINE.exec(text);
    if (match === null) {
      const what = 'expected a time in ns, a blank and one JSON message';
      throw new GyrfalconError('INPUT_INVALID', `${file}:${line}: ${what}`, { file, line });
    }
    yield { line, receiveTimeNs: BigInt(match[1]!), text: match[2]! };
  }
  if (line === 0) throw new GyrfalconError('INPUT_INVALID', `${file}: is empty`, { file });
}

async function* linesOf(file: string, line: () => number): AsyncGenerator<string> {
  const source = createReadStream(file);
  const isPacked = file.endsWith('.zst');
  // Errors of the file reach the reader through the unpacking stream that it waits on.
  const stream = isPacked ? source.pipe(createZstdDecompress()) : source;
  if (isPacked) source.on('error', (error) => stream.destroy(error));
  stream.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_BYTES_MAX) throw new Error('a line is longer than 4 MiB');
      yield* lines;
    }
  } catch (cause) {
    throw faultOf(file, line(), cause);
  } finally {
    source.destroy();
  }
  if (rest !== '' || (isPacked && !(await isWholeZstd(file)))) {
    const what = `the file ends after line ${line()}: it is truncated, fetch it again`;
    throw new GyrfalconError('INPUT_INVALID', `${file}:${line() + 1}: ${what}`, { file });
  }
}

function faultOf(file: string, line: number, cause: unknown): GyrfalconError {
  if (cause instanceof GyrfalconError) return cause;
  const error = cause as NodeJS.ErrnoException;
  if (error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'EACCES') {
    const what = `${file}: cannot be read (${error.code}); give a .jsonl or .jsonl.zst file`;
    return new GyrfalconError('INPUT_MISSING', what, { file }, cause);
  }
  const what = `${file}:${line + 1}: damaged after line ${line} (${error.message})`;
  return new GyrfalconError('INPUT_INVALID', what, { file, line }, cause);
}
