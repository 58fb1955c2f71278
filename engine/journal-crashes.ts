/**
 * Where in a journal processes died. What a process decided upon its last input may not have been written
 * any more, so a verifying replay takes the record's word there and decides nothing itself. Cold.
 */
import type { SessionEvent } from './event/event.ts';
import { decodeEvent } from './event/event-codec.ts';
import { RecordKind } from './event/generated/record-kind.ts';
import { JournalReader } from './journal/journal-reader.ts';

/** What the next process writes first: the connections of the one before are gone. */
export const RESTART_REASON = 'the engine was started again';

export function isRestart(event: SessionEvent): boolean {
  return event.reason === RESTART_REASON;
}

/** Sequences of the last inputs before each restart, and before the end. */
export function lastInputs(directory: string): ReadonlySet<number> {
  const found = new Set<number>();
  const reader = new JournalReader(directory);
  let input = 0;
  try {
    while (reader.next()) {
      const { kind, payload, sequence } = reader.record;
      if (kind === RecordKind.INBOUND || kind === RecordKind.FEED) input = sequence;
      if (kind !== RecordKind.SESSION) continue;
      const event = decodeEvent(kind, payload);
      if (event?.type === 'SESSION' && isRestart(event)) found.add(input);
    }
  } finally {
    reader.close();
  }
  return found.add(input);
}
