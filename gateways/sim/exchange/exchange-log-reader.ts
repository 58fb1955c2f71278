/**
 * Reads a matching venue's log record by record, however long it is. A record that was being written
 * when the venue ended is the last, and is not told of.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { GyrfalconError } from '../../../engine/errors.ts';
import * as V from '../../../wasm/venue-layout.ts';

const CHUNK_BYTES = 8 << 20;
const KINDS: readonly number[] = [V.LOG_IN, V.LOG_OUT, V.LOG_SKIP, V.LOG_END];

export interface LogRecord {
  /** LOG_*. */
  readonly kind: number;
  readonly msgSeqNum: number;
  /** The session's numbers behind it. */
  readonly nextIn: number;
  readonly nextOut: number;
  /** The message; valid until the next record is asked for. */
  readonly payload: Buffer;
  /** Where the next record starts in the file. */
  readonly end: number;
}

export function* logRecords(file: string): Generator<LogRecord> {
  const descriptor = openSync(file, 'r');
  try {
    yield* recordsOf(file, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function* recordsOf(file: string, descriptor: number): Generator<LogRecord> {
  let bytes = Buffer.alloc(0);
  /** In the file, of the first byte of `bytes`. */
  let start = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSync(descriptor, chunk, 0, CHUNK_BYTES, start + bytes.length);
    if (count === 0) return;
    bytes = Buffer.concat([bytes, chunk.subarray(0, count)]);
    let at = 0;
    while (at + V.LOG_PAYLOAD <= bytes.length) {
      const kind = bytes.readInt32LE(at + V.LOG_KIND);
      const length = bytes.readInt32LE(at + V.LOG_PAYLOAD_BYTES);
      if (!KINDS.includes(kind) || length < 0 || length > V.LOG_BYTES) {
        throw damaged(file, start + at);
      }
      const next = at + V.LOG_PAYLOAD + Math.ceil(length / V.LOG_PAYLOAD) * V.LOG_PAYLOAD;
      if (next > bytes.length) break;
      yield {
        kind,
        msgSeqNum: Number(bytes.readBigInt64LE(at + V.LOG_NUMBER)),
        nextIn: Number(bytes.readBigInt64LE(at + V.LOG_NEXT_IN)),
        nextOut: Number(bytes.readBigInt64LE(at + V.LOG_NEXT_OUT)),
        payload: bytes.subarray(at + V.LOG_PAYLOAD, at + V.LOG_PAYLOAD + length),
        end: start + next,
      };
      at = next;
    }
    start += at;
    bytes = bytes.subarray(at);
  }
}

function damaged(file: string, at: number): GyrfalconError {
  const text = `${file}, byte ${at}: no record of a venue's log; move the file away to start anew`;
  return new GyrfalconError('INPUT_INVALID', text);
}
