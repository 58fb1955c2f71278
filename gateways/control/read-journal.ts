/** How far the journal's ring is filled, and how much of the journal a power loss would take. */
import * as ring from '../../wasm/journal-ring-layout.ts';
import type { JournalRingState } from './console-state.ts';
import type { SteadyMemory } from './steady-memory.ts';

/** null where the loop writes its records itself. */
export function readJournalRing(memory: SteadyMemory): JournalRingState | null {
  if (memory.i32(ring.RING_MODE) !== ring.JOURNAL_TO_RING) return null;
  // The loop goes on meanwhile: what follows the head is read before it, so that no figure is negative.
  const durable = memory.i64(ring.RING_DURABLE);
  const tail = memory.i64(ring.RING_TAIL);
  const head = memory.i64(ring.RING_HEAD);
  return {
    capacityBytes: ring.JOURNAL_RING_DATA_BYTES,
    usedBytes: head - tail,
    undurableBytes: head - durable,
  };
}
