/** The supervisor's thread where the hot loop has the main one: console, kill switch and all that is not hot. */
import { parentPort, workerData } from 'node:worker_threads';
import { complain } from '../cli/complain.ts';
import { EXIT_OK } from '../errors.ts';
import { LoopOnMain } from './loop-on-main.ts';
import type { FromSupervisor, SupervisorInput, ToSupervisor } from './main-messages.ts';
import { runEngine } from './run-engine.ts';
import { writeLine } from './write-line.ts';

const { plan, port, exitWord } = workerData as SupervisorInput;

function finish(exitCode: number, output: string): void {
  // For a main thread that waits, and for one that goes on.
  Atomics.store(exitWord, 0, exitCode + 1);
  Atomics.notify(exitWord, 0);
  const finished: FromSupervisor = { type: 'finished', exitCode, output };
  parentPort!.postMessage(finished);
}

try {
  const summary = await runEngine(plan, {
    place: new LoopOnMain(port, writeLine),
    say: writeLine,
    onSignal: (heard) => parentPort!.on('message', ({ signal }: ToSupervisor) => heard(signal)),
  });
  finish(EXIT_OK, JSON.stringify(summary));
} catch (error) {
  finish(complain(error, writeLine), '');
}
