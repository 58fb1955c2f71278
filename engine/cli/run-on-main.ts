/**
 * A run with the hot loop on this, the main thread: the supervisor gets a worker and does all the rest. The
 * main thread hears signals and passes them on, runs the loop when the supervisor gives the word, and ends the
 * process when the supervisor has nothing more to do.
 */
import { MessageChannel, Worker } from 'node:worker_threads';
import { EXIT_FAILED } from '../errors.ts';
import { runHotLoop } from '../run-hot-loop.ts';
import type { RunSummary } from '../summary.ts';
import type { FromSupervisor, SupervisorInput, ToSupervisor } from '../supervisor/main-messages.ts';
import type { RunPlan } from '../supervisor/run-plan.ts';
import { writeLine } from '../supervisor/write-line.ts';
import { complain } from './complain.ts';
import { onEndSignal } from './end-signals.ts';

const SUPERVISOR = new URL('../supervisor/supervisor-worker.ts', import.meta.url);
/** For the supervisor to close what it has, once the loop has failed. */
const CLOSE_MS = 30_000;

/** Resolves with what the run came to. Where it fails the process ends with its exit code. */
export function runOnMain(plan: RunPlan): Promise<RunSummary> {
  const { port1: port, port2 } = new MessageChannel();
  const exitWord = new Int32Array(new SharedArrayBuffer(4));
  const workerData: SupervisorInput = { plan, port: port2, exitWord };
  const supervisor = new Worker(SUPERVISOR, { workerData, transferList: [port2] });
  onEndSignal((signal) => {
    const told: ToSupervisor = { type: 'signal', signal };
    supervisor.postMessage(told);
  });
  const leave = (): never => {
    // Nothing of the loop may run any more, no timer and no socket: this thread only waits.
    Atomics.wait(exitWord, 0, 0, CLOSE_MS);
    const word = Atomics.load(exitWord, 0);
    process.exit(word === 0 ? EXIT_FAILED : word - 1);
  };
  // Without its supervisor no loop may trade.
  supervisor.on('error', (error) => process.exit(complain(error, writeLine)));
  return new Promise((resolve) => {
    supervisor.on('message', (message: FromSupervisor) => {
      if (message.type === 'start') {
        // What is thrown from now on is a fault of the loop, told to the supervisor.
        process.removeAllListeners('uncaughtException');
        runHotLoop(message.input, port, leave);
      } else if (message.output === '') process.exit(message.exitCode);
      else resolve(JSON.parse(message.output) as RunSummary);
    });
  });
}
