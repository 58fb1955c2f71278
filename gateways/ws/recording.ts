/**
 * Reads a recording of raw WebSocket messages (.jsonl or .jsonl.zst): a line is the receive time in
 * ns since 1970, one blank, the message as it came. Streams: a day need not fit into memory. Read
 * by the replaying venue, the book command, tests and benches.
 */
import { GyrfalconError } from '../../engine/errors.ts';
import { lineBlocks, recordedFileFault } from '../../engine/event/recorded-file.ts';

interface RecordedMessage {
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
  try {
    for await (const block of lineBlocks(file, LINE_BYTES_MAX)) {
      const lines = block.toString('utf8').split('\n');
      const rest = lines.pop() ?? '';
      yield* lines;
      if (rest !== '') throw new Error('the file is cut off in this line: fetch it again');
    }
  } catch (cause) {
    throw recordedFileFault(file, line() + 1, cause);
  }
}
