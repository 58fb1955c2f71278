/** What a run of the engine is to be: plain data, which any thread can be given. */
import type { GyrfalconConfig } from '../../config/schema.ts';

export interface RunPlan {
  readonly config: GyrfalconConfig;
  /** The same as the journal's first record has it. */
  readonly configJson: string;
  /** Files that the configuration names are relative to it. */
  readonly configDirectory: string;
  /** Recovered from when it exists; undefined = a new one in the configured directory. */
  readonly journalDirectory: string | undefined;
  /** The venue sends the next message only when this one is worked off. */
  readonly isLockStep: boolean;
  /** Options for the venue that we start ourselves. */
  readonly venueArguments: readonly string[];
  /** The WebSocket venue is played from a recording by the venue that we start (--ws-file in the arguments). */
  readonly isFeedReplayed: boolean;
  /** No console and no control port. */
  readonly isHeadless: boolean;
  /** The run ends by itself after this time. */
  readonly forMs: number | undefined;
}
