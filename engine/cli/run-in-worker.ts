/** A run with the hot loop in a worker: this, the main thread, is the supervisor's. */
import type { RunSummary } from '../summary.ts';
import { LoopInWorker } from '../supervisor/loop-in-worker.ts';
import { runEngine } from '../supervisor/run-engine.ts';
import type { RunPlan } from '../supervisor/run-plan.ts';
import { onEndSignal } from './end-signals.ts';

export function runInWorker(plan: RunPlan): Promise<RunSummary> {
  const say = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  return runEngine(plan, { place: new LoopInWorker(), say, onSignal: onEndSignal });
}
