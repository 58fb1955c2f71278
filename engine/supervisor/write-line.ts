/**
 * Writes a line to stderr at once, from any thread: what a worker gives to process.stderr is written by the
 * main thread, which may hang.
 */
import { writeSync } from 'node:fs';

const STDERR = 2;
/** For a reader of the pipe that is slow; then the rest of the line is lost. */
const WAITS_MAX = 200;
const WAIT_MS = 5;

export function writeLine(text: string): void {
  let bytes = Buffer.from(`${text}\n`);
  for (let waits = 0; bytes.length > 0 && waits < WAITS_MAX; ) {
    try {
      bytes = bytes.subarray(writeSync(STDERR, bytes));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') return; // nobody reads any more
      waits++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  }
}
