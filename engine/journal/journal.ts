/**
 * A journal that is being written, whichever way: by the loop into the segments (journal-writer.ts) or
 * through the ring (ring-writer.ts). One process writes a directory at a time.
 */
export interface Journal {
  readonly directory: string;
  /** Of the last record that was appended. */
  readonly sequence: number;
  /** Of the last record that is in the segments. */
  readonly handedSequence: number;
  /** One record with CTL_NOW_NS as its time; the payload lies in shared memory. */
  append(kind: number, source: number, address: number, length: number): void;
  /** What was appended before outlives the process from now on: it may be applied, its bytes may leave. */
  flush(): void;
  /** Resolves when all that was flushed before is on the disk; the loop goes on meanwhile. */
  sync(): Promise<void>;
  /** Flushes, syncs and gives the directory free; a writer that failed only gives it free. */
  close(): void;
}
