/**
 * Appending market-data messages to the journal: the writer (record and checksum made in WASM, one
 * write a flush) against a write a record, and against the plain way: header and CRC in JavaScript,
 * an object and a write a record. Nobody waits for the disk here; what survives a kill is in the
 * kernel's hands.
 */
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
import { JournalWriter } from '../engine/journal/journal-writer.ts';
import {
  RECORD_CRC32C,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  RECORD_LENGTH,
  RECORD_SEQUENCE,
} from '../wasm/journal-layout.ts';
import { RX } from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import { type PreparedBench, timeEach } from './harness.ts';

const RECORDS = 50_000;
/** The mean length of a market-data message of the GOOG day. */
const PAYLOAD_BYTES = 152;
const RECORD_BYTES = RECORD_HEADER_BYTES + PAYLOAD_BYTES;
/** As many records as one turn of the loop finds waiting under load. */
const PER_FLUSH = 16;
const SEGMENT_BYTES = 1 << 26;
const KIND_INBOUND = 2;
const ROUNDS = 9;

export function prepareJournal(): PreparedBench {
  const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-bench-'));
  const memory = new Memory();
  const core = loadCore(memory);
  for (let i = 0; i < PAYLOAD_BYTES; i++) memory.bytes[RX + i] = 32 + (i % 90);
  const written = new Map<string, number>();

  const writer = (name: string, perFlush: number) => ({
    name,
    run(samplesNs: Float64Array) {
      const directory = mkdtempSync(join(folder, 'journal-'));
      const journal = new JournalWriter({
        directory,
        segmentBytes: SEGMENT_BYTES,
        memory,
        core,
        notice: (text) => assert.fail(text),
      });
      timeEach(samplesNs, () => {
        for (let i = 0; i < PER_FLUSH; i++) {
          journal.append(KIND_INBOUND, 0, RX, PAYLOAD_BYTES);
          if ((i + 1) % perFlush === 0) journal.flush();
        }
      });
      journal.close();
      written.set(name, bytesIn(directory));
      rmSync(directory, { recursive: true });
    },
  });
  return {
    operation: `record of ${PAYLOAD_BYTES} bytes handed to the kernel`,
    operationsPerRound: RECORDS,
    samplesPerRound: RECORDS / PER_FLUSH,
    rounds: ROUNDS,
    seed: 0,
    variants: [
      writer(`journal, ${PER_FLUSH} records a flush`, PER_FLUSH),
      writer('journal, 1 record a flush', 1),
      {
        name: 'plain JavaScript',
        run(samplesNs) {
          written.set('plain JavaScript', plainRun(folder, memory, samplesNs));
        },
      },
    ],
    check() {
      for (const [name, bytes] of written) assert.equal(bytes, RECORDS * RECORD_BYTES, name);
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

function bytesIn(directory: string): number {
  return readdirSync(directory)
    .map((name) => statSync(join(directory, name)).size)
    .reduce((sum, size) => sum + size, 0);
}

function plainRun(folder: string, memory: Memory, samplesNs: Float64Array): number {
  const path = join(folder, 'plain');
  const file = openSync(path, 'w');
  const payload = memory.bytes.slice(RX, RX + PAYLOAD_BYTES);
  let sequence = 0n;
  timeEach(samplesNs, () => {
    for (let i = 0; i < PER_FLUSH; i++) {
      const record = Buffer.alloc(RECORD_BYTES);
      record.writeUInt32LE(RECORD_BYTES, RECORD_LENGTH);
      record.writeUInt16LE(KIND_INBOUND, RECORD_KIND);
      record.writeBigUInt64LE(++sequence, RECORD_SEQUENCE);
      record.set(payload, RECORD_HEADER_BYTES);
      record.writeUInt32LE(crc32c(record, 0, RECORD_BYTES) >>> 0, RECORD_CRC32C);
      writeSync(file, record);
    }
  });
  closeSync(file);
  return statSync(path).size;
}
