/** The ways of appending a record that the journal benches compare, each with the answer that it must give. */
import { strict as assert } from 'node:assert';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCore } from '../engine/core-module.ts';
import { crc32c } from '../engine/journal/crc32c.ts';
import { openJournal } from '../engine/journal/open-journal.ts';
import { SHM_DIRECTORY } from '../engine/journal/ring-file.ts';
import { RingWriter } from '../engine/journal/ring-writer.ts';
import { loadNative, type NativeLoad } from '../native/index.ts';
import {
  RECORD_CRC32C,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  RECORD_LENGTH,
  RECORD_SEQUENCE,
} from '../wasm/journal-layout.ts';
import * as R from '../wasm/journal-ring-layout.ts';
import { CTL_RECORD_SEQUENCE, JOURNAL_STAGE_BYTES, RX } from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';

/** The mean length of a market-data message of the GOOG day. */
export const PAYLOAD_BYTES = 152;
export const RECORD_BYTES = RECORD_HEADER_BYTES + PAYLOAD_BYTES;
const SEGMENT_BYTES = 1 << 26;
const SYNC_MS = 100;
const KIND_INBOUND = 2;

export interface Way {
  readonly name: string;
  /** Opens anew; the records of a round go through it. */
  open(): OpenWay;
}

export interface OpenWay {
  append(): void;
  /** What a turn of the loop ends with. */
  flush(): void;
  /** Between two samples, not timed. */
  rest(): void;
  /** Bytes of records that have come out at the other end. */
  close(): number;
}

/** `leftOut`: what this machine cannot run, with the reason. */
export interface JournalWays {
  readonly ways: readonly Way[];
  readonly leftOut: readonly string[];
  close(): void;
}

/** The first is the product, the last the plain version. */
export function journalWays(): JournalWays {
  const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-bench-'));
  const memory = new Memory();
  const core = loadCore(memory);
  for (let i = 0; i < PAYLOAD_BYTES; i++) memory.bytes[RX + i] = 32 + (i % 90);
  const native = loadNative();
  const parts = { folder, memory, core };
  const ring = journalWay('ring in /dev/shm, its thread at work', parts, native);
  const none = { module: undefined, reason: 'not asked for' } as const;
  const isRing = native.module !== undefined;
  return {
    ways: [
      ...(isRing ? [ring] : []),
      anonymousRing(parts),
      journalWay('written by the loop', parts, none),
      plainWay(parts),
    ],
    leftOut: isRing ? [] : [`the ring in /dev/shm (${native.reason})`],
    close: () => rmSync(folder, { recursive: true }),
  };
}

interface Parts {
  readonly folder: string;
  readonly memory: Memory;
  readonly core: ReturnType<typeof loadCore>;
}

function journalWay(name: string, { folder, memory, core }: Parts, native: NativeLoad): Way {
  return {
    name,
    open() {
      const directory = mkdtempSync(join(folder, 'journal-'));
      const journal = openJournal({
        directory,
        segmentBytes: SEGMENT_BYTES,
        syncMs: SYNC_MS,
        ring: native.module === undefined ? 'off' : 'auto',
        shmDirectory: SHM_DIRECTORY,
        native,
        memory,
        core,
        notice: (text) => assert.fail(text),
        onOutOfRoom: (fault) => assert.fail(fault),
      });
      assert.equal(journal instanceof RingWriter, native.module !== undefined);
      return {
        append: () => journal.append(KIND_INBOUND, 0, RX, PAYLOAD_BYTES),
        flush: () => journal.flush(),
        rest() {},
        close() {
          journal.close();
          const bytes = bytesIn(directory);
          rmSync(directory, { recursive: true });
          return bytes;
        },
      };
    },
  };
}

/** The append alone: nothing outlives the process, and records are taken out while nobody measures. */
function anonymousRing({ memory, core }: Parts): Way {
  const drain = (): number => {
    const bytes = core.journalTake(JOURNAL_STAGE_BYTES);
    core.journalSeal(bytes);
    core.journalFree();
    return bytes;
  };
  return {
    name: 'ring in memory, no thread',
    open() {
      memory.bytes.fill(0, R.JOURNAL_RING, R.JOURNAL_RING + R.JOURNAL_RING_BYTES);
      memory.setI32(R.RING_MODE, R.JOURNAL_TO_RING);
      memory.setI64(CTL_RECORD_SEQUENCE, 0);
      let taken = 0;
      const rest = (): void => {
        if (memory.i64(R.RING_HEAD) - memory.i64(R.RING_TAIL) > JOURNAL_STAGE_BYTES / 2) {
          taken += drain();
        }
      };
      return {
        append() {
          if (core.journalAppend(KIND_INBOUND, 0, RX, PAYLOAD_BYTES) === 0) assert.fail('full');
        },
        flush() {},
        rest,
        close() {
          taken += drain();
          memory.bytes.fill(0, R.JOURNAL_RING, R.JOURNAL_RING + R.JOURNAL_RING_BYTES);
          return taken;
        },
      };
    },
  };
}

/** Header and checksum in JavaScript, an object and a write a record. */
function plainWay({ folder, memory }: Parts): Way {
  return {
    name: 'plain JavaScript',
    open() {
      const path = join(folder, 'plain');
      const file = openSync(path, 'w');
      const payload = memory.bytes.slice(RX, RX + PAYLOAD_BYTES);
      let sequence = 0n;
      return {
        append() {
          const record = Buffer.alloc(RECORD_BYTES);
          record.writeUInt32LE(RECORD_BYTES, RECORD_LENGTH);
          record.writeUInt16LE(KIND_INBOUND, RECORD_KIND);
          record.writeBigUInt64LE(++sequence, RECORD_SEQUENCE);
          record.set(payload, RECORD_HEADER_BYTES);
          record.writeUInt32LE(crc32c(record, 0, RECORD_BYTES) >>> 0, RECORD_CRC32C);
          writeSync(file, record);
        },
        flush() {},
        rest() {},
        close() {
          closeSync(file);
          return statSync(path).size;
        },
      };
    },
  };
}

function bytesIn(directory: string): number {
  return readdirSync(directory)
    .map((name) => statSync(join(directory, name)).size)
    .reduce((sum, size) => sum + size, 0);
}
