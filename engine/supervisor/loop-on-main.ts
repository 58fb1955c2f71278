/**
 * The hot loop on the process's main thread, seen by the supervisor in its worker. A loop that hangs there
 * cannot be ended alone: the whole process ends by SIGKILL, at once, and whoever started it (the command
 * `gyrfalcon`) is told to start it again on the same journal, where it comes up with the kills that are kept.
 */
import { writeSync } from 'node:fs';
import { type MessagePort, parentPort } from 'node:worker_threads';
import type { FromHotLoop, HotLoopInput, ToHotLoop } from '../hot-messages.ts';
import type { FenceNote, LoopListener, LoopPlace } from './loop-place.ts';
import type { FromSupervisor } from './main-messages.ts';

/** For sockets and journal to close; a loop that takes longer hangs. */
const END_MS = 5000;
/** Set by the command `gyrfalcon`: the file descriptor where it reads on which journal to start again. */
const RESTART_FD = 'GYRFALCON_RESTART_FD';

export class LoopOnMain implements LoopPlace {
  readonly #port: MessagePort;
  readonly #log: (text: string) => void;
  #isStarted = false;
  #isEnding = false;
  #isOver = false;
  #onOver!: () => void;
  /** Resolves when the loop has ended, however. */
  readonly #over = new Promise<void>((resolve) => {
    this.#onOver = resolve;
  });

  /** `port` leads to the loop. */
  constructor(port: MessagePort, log: (text: string) => void) {
    this.#port = port;
    this.#log = log;
  }

  start(input: HotLoopInput, listener: LoopListener): void {
    this.#isStarted = true;
    this.#port.on('message', (message: FromHotLoop) => {
      if (message.type === 'ended' || message.type === 'stopped') {
        this.#isOver = true;
        this.#onOver();
      }
      listener.onMessage(message);
    });
    const start: FromSupervisor = { type: 'start', input };
    parentPort!.postMessage(start);
  }

  post(message: ToHotLoop): void {
    this.#port.postMessage(message);
  }

  async end(): Promise<void> {
    if (!this.#isStarted || this.#isOver) return;
    if (!this.#isEnding) this.#ask();
    await this.#over;
  }

  #ask(): void {
    this.#isEnding = true;
    this.post({ type: 'end' });
    const late = setTimeout(() => {
      this.#log(`the hot loop did not end within ${END_MS} ms: the process ends with it`);
      endProcess();
    }, END_MS);
    void this.#over.then(() => clearTimeout(late));
  }

  fence({ journalDirectory, canComeBack }: FenceNote): Promise<void> {
    const fd = process.env[RESTART_FD];
    if (canComeBack && fd !== undefined) writeSync(Number(fd), `${journalDirectory}\n`);
    else
      this.#log(`the process ends; started again with --journal ${journalDirectory} it is HALTED`);
    return endProcess();
  }
}

/** At once, whatever the main thread does. */
function endProcess(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}
