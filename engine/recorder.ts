/**
 * Where the core writes down what it decides. Live, that is the journal; in `replay --verify` it is a
 * checker that demands that the journal holds the very same next record.
 */
export interface Recorder {
  /** The journal lies in shared memory, where kernels append to it by themselves. */
  readonly isInMemory: boolean;
  /** Applies commands that must take effect before the next decision (a kill that just came in). */
  beforeDecision(): void;
  /** The INTENT block with its verdict. */
  intent(): void;
  /** A message just encoded into the session's TX. */
  outbound(session: number, address: number, length: number): void;
  /** Declared state of (strategy, instrument) after it changed. */
  state(strategy: number, instrument: number, address: number, length: number): void;
  /** Something went wrong inside a strategy: it is paused, with the reason. */
  strategyFault(strategy: number, reason: string): void;
}

/** While a core is being built nothing may be decided yet. */
export const NO_RECORDER: Recorder = {
  isInMemory: false,
  beforeDecision: refuse,
  intent: refuse,
  outbound: refuse,
  state: refuse,
  strategyFault: refuse,
};

function refuse(): never {
  throw new Error('assertion failed: a decision before the core is ready');
}
