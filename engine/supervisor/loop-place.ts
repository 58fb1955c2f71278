/** Where the hot loop runs, as its supervisor sees it: on a thread of its own, or on the process's main one. */
import type { FromHotLoop, HotLoopInput, ToHotLoop } from '../hot-messages.ts';

export interface LoopListener {
  readonly onMessage: (message: FromHotLoop) => void;
  /** The thread itself is gone. */
  readonly onGone: (error: Error) => void;
}

export interface LoopPlace {
  start(input: HotLoopInput, listener: LoopListener): void;
  post(message: ToHotLoop): void;
  /** Ends the loop without a proper stop, or what it leaves when it has stopped or failed. Its sockets close. */
  end(): Promise<void>;
  /** Ends a loop that hangs. Does not return where the process has to end with it. */
  fence(note: FenceNote): Promise<void>;
}

export interface FenceNote {
  readonly journalDirectory: string;
  /** The kills are kept: the next start on this journal comes up with them. */
  readonly canComeBack: boolean;
}
