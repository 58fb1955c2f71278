/**
 * The supervisor's handle on the hot loop's thread: starts it, sends it commands, ends it when it hangs
 * and starts it again from the journal.
 */
import { Worker } from 'node:worker_threads';
import { loadNative } from '../../native/index.ts';
import type { Memory } from '../../wasm/memory.ts';
import { type FaultCode, GyrfalconError } from '../errors.ts';
import type { Command } from '../event/event.ts';
import type { FromHotWorker, HotWorkerInput, ToHotWorker } from '../hot-messages.ts';
import { releaseJournalOfEndedThread } from '../journal/journal-lock.ts';
import type { KillInForce } from '../limits/kills-in-force.ts';
import type { RunSummary } from '../summary.ts';

const FILE = new URL('../hot-worker.ts', import.meta.url);

export interface HotThreadEvents {
  readonly onLog: (text: string) => void;
  readonly onEndOfRecording: () => void;
  /** The loop has ended by a fault; nothing trades any more. */
  readonly onFault: (error: GyrfalconError) => void;
}

export interface Recovered {
  readonly events: number;
  readonly ms: number;
  /** In force, oldest first. */
  readonly kills: readonly KillInForce[];
}

type Answer = { readonly sequence: number } | { readonly refused: string };

export class HotThread {
  readonly #memory: Memory;
  readonly #input: Omit<HotWorkerInput, 'memory' | 'firstCommands'>;
  readonly #events: HotThreadEvents;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #worker: Worker | undefined;
  #ending: Promise<void> = Promise.resolve();
  #nextId = 1;
  #onReady: ((recovered: Recovered) => void) | undefined;
  #onReadyFailed: ((error: GyrfalconError) => void) | undefined;
  #onStopped: ((summary: RunSummary) => void) | undefined;

  constructor(
    memory: Memory,
    input: Omit<HotWorkerInput, 'memory' | 'firstCommands'>,
    events: HotThreadEvents,
  ) {
    this.#memory = memory;
    this.#input = input;
    this.#events = events;
  }

  /** Resolves when the journal is recovered and the venues are being connected. */
  start(firstCommands: readonly Command[] = []): Promise<Recovered> {
    const workerData: HotWorkerInput = { ...this.#input, memory: this.#memory.wasm, firstCommands };
    const worker = new Worker(FILE, { workerData });
    this.#worker = worker;
    worker.on('message', (message: FromHotWorker) => this.#onMessage(message));
    worker.on('error', (error) => {
      this.#fail(
        new GyrfalconError('ENGINE_STOPPED', `the hot loop ended: ${error.message}`, {}, error),
      );
    });
    return new Promise((resolve, reject) => {
      this.#onReady = resolve;
      this.#onReadyFailed = reject;
    });
  }

  /** Resolves when the command is journaled and applied, or refused. */
  command(command: Command): Promise<Answer> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#post({ type: 'command', id, command });
    });
  }

  /** For the kill switch: hands the command over and does not wait. */
  post(command: Command): void {
    this.#post({ type: 'command', id: this.#nextId++, command });
  }

  stop(reason: string): Promise<RunSummary> {
    return new Promise((resolve) => {
      this.#onStopped = resolve;
      this.#post({ type: 'stop', reason });
    });
  }

  /** Ends a hung loop for good; its sockets close with it. Resolves when it is gone, whoever asked first. */
  end(): Promise<void> {
    this.#ending = Promise.all([this.#ending, this.#endWorker()]).then(() => {});
    return this.#ending;
  }

  async #endWorker(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    for (const answer of this.#waiting.values()) answer({ refused: 'the hot loop was ended' });
    this.#waiting.clear();
    if (worker === undefined) return;
    worker.removeAllListeners();
    await worker.terminate();
    releaseJournalOfEndedThread(this.#input.journalDirectory);
  }

  #post(message: ToHotWorker): void {
    this.#worker?.postMessage(message);
    // It may be waiting in the addon rather than in its event loop.
    loadNative().module?.wakeLoop(this.#memory.bytes);
  }

  #onMessage(message: FromHotWorker): void {
    switch (message.type) {
      case 'ready':
        return this.#onReady?.({
          events: message.recoveredEvents,
          ms: message.recoveryMs,
          kills: message.kills,
        });
      case 'log':
        return this.#events.onLog(message.text);
      case 'accepted':
        return this.#answer(message.id, { sequence: message.sequence });
      case 'refused':
        return this.#answer(message.id, { refused: message.text });
      case 'end-of-recording':
        return this.#events.onEndOfRecording();
      case 'fault':
        return this.#fail(new GyrfalconError(message.code as FaultCode, message.text));
      case 'stopped': {
        const { summary } = message;
        void this.end().then(() => this.#onStopped?.(summary));
      }
    }
  }

  #answer(id: number, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  #fail(error: GyrfalconError): void {
    void this.end();
    this.#onReadyFailed?.(error);
    this.#events.onFault(error);
  }
}
