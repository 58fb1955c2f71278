/** The hot loop in a worker: a hung one is ended alone, in milliseconds, and another one started. */
import { Worker } from 'node:worker_threads';
import type { FromHotLoop, HotLoopInput, ToHotLoop } from '../hot-messages.ts';
import { releaseJournalOfEndedThread } from '../journal/journal-lock.ts';
import type { LoopListener, LoopPlace } from './loop-place.ts';

const FILE = new URL('../hot-loop-worker.ts', import.meta.url);

/** A loop that makes no garbage leaves room for young objects untouched but for its start: 16 MB less. */
const LIMITS = { maxYoungGenerationSizeMb: 6 };

export class LoopInWorker implements LoopPlace {
  #worker: Worker | undefined;
  #journalDirectory = '';

  start(input: HotLoopInput, listener: LoopListener): void {
    const worker = new Worker(FILE, { workerData: input, resourceLimits: LIMITS });
    this.#worker = worker;
    this.#journalDirectory = input.journalDirectory;
    worker.on('message', (message: FromHotLoop) => listener.onMessage(message));
    worker.on('error', listener.onGone);
  }

  post(message: ToHotLoop): void {
    this.#worker?.postMessage(message);
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    worker.removeAllListeners();
    await worker.terminate();
    releaseJournalOfEndedThread(this.#journalDirectory);
  }

  fence(): Promise<void> {
    return this.end();
  }
}
