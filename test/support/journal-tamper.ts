/** Changes a record of a journal so that no checksum betrays it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IntentEvent } from '../../engine/event/event.ts';
import { decodeEvent } from '../../engine/event/event-codec.ts';
import { RecordKind } from '../../engine/event/generated/record-kind.ts';
import { crc32c } from '../../engine/journal/crc32c.ts';
import { segmentName } from '../../engine/journal/journal-format.ts';
import { JournalReader } from '../../engine/journal/journal-reader.ts';
import { RECORD_CRC32C, RECORD_HEADER_BYTES } from '../../wasm/journal-layout.ts';

/** The first decision in the journal and the record that holds it. */
export function firstIntent(directory: string): IntentEvent {
  const reader = new JournalReader(directory);
  try {
    while (reader.next()) {
      const { kind, sequence, payload } = reader.record;
      if (kind !== RecordKind.INTENT) continue;
      return { ...(decodeEvent(kind, payload) as IntentEvent), sequence };
    }
  } finally {
    reader.close();
  }
  throw new Error(`${directory} holds no intent`);
}

/** `change` works on the payload in place; the checksum is made anew. */
export function rewriteRecord(
  directory: string,
  sequence: number,
  change: (payload: Buffer) => void,
): void {
  const reader = new JournalReader(directory);
  while (reader.next() && reader.record.sequence < sequence);
  const { segment, offset, payloadLength } = reader.record;
  reader.close();
  const file = join(directory, segmentName(segment));
  const bytes = readFileSync(file);
  const end = offset + RECORD_HEADER_BYTES + payloadLength;
  change(bytes.subarray(offset + RECORD_HEADER_BYTES, end));
  bytes.writeInt32LE(0, offset + RECORD_CRC32C);
  bytes.writeInt32LE(crc32c(bytes, offset, end), offset + RECORD_CRC32C);
  writeFileSync(file, bytes);
}
