/** What the main thread and a supervisor in a worker say to each other, beside what the hot loop has to say. */
import type { MessagePort } from 'node:worker_threads';
import type { HotLoopInput } from '../hot-messages.ts';
import type { RunPlan } from './run-plan.ts';

export interface SupervisorInput {
  readonly plan: RunPlan;
  /** Leads to the hot loop. */
  readonly port: MessagePort;
  /** One word: the exit code and 1 once the supervisor has nothing more to do; 0 = not yet. */
  readonly exitWord: Int32Array<SharedArrayBuffer>;
}

export type FromSupervisor =
  | { readonly type: 'start'; readonly input: HotLoopInput }
  /** All is closed; `output` is for stdout. */
  | { readonly type: 'finished'; readonly exitCode: number; readonly output: string };

/** Signals reach only the main thread. */
export interface ToSupervisor {
  readonly type: 'signal';
  readonly signal: NodeJS.Signals;
}
