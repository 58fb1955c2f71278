/**
 * The supervisor's handle on the hot loop, wherever that runs: starts it, sends it commands, ends it when it
 * hangs and starts it again from the journal.
 */
import { loadNative } from '../../native/index.ts';
import type { Memory } from '../../wasm/memory.ts';
import { type FaultCode, GyrfalconError } from '../errors.ts';
import type { Command } from '../event/event.ts';
import type { FromHotLoop, HotLoopInput, ToHotLoop } from '../hot-messages.ts';
import type { KillInForce } from '../limits/kills-in-force.ts';
import type { RunSummary } from '../summary.ts';
import type { LoopPlace } from './loop-place.ts';

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
  readonly #place: LoopPlace;
  readonly #memory: Memory;
  readonly #input: Omit<HotLoopInput, 'memory'>;
  readonly #events: HotThreadEvents;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #ending: Promise<void> = Promise.resolve();
  #nextId = 1;
  #onReady: ((recovered: Recovered) => void) | undefined;
  #onReadyFailed: ((error: GyrfalconError) => void) | undefined;
  #onStopped: ((summary: RunSummary) => void) | undefined;

  constructor(
    place: LoopPlace,
    memory: Memory,
    input: Omit<HotLoopInput, 'memory'>,
    events: HotThreadEvents,
  ) {
    this.#place = place;
    this.#memory = memory;
    this.#input = input;
    this.#events = events;
  }

  /** Resolves when the journal is recovered and the venues are being connected. */
  start(): Promise<Recovered> {
    this.#place.start(
      { ...this.#input, memory: this.#memory.wasm },
      {
        onMessage: (message) => this.#onMessage(message),
        onGone: (error) =>
          this.#fail(
            new GyrfalconError('ENGINE_STOPPED', `the hot loop ended: ${error.message}`, {}, error),
          ),
      },
    );
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

  /** Ends the loop for good; its sockets close with it. Resolves when it is gone, whoever asked first. */
  end(): Promise<void> {
    return this.#endBy(() => this.#place.end());
  }

  /** The same for a loop that hangs. Where the process ends with it, the next one may come back by itself. */
  fence(canComeBack: boolean): Promise<void> {
    const { journalDirectory } = this.#input;
    return this.#endBy(() => this.#place.fence({ journalDirectory, canComeBack }));
  }

  #endBy(end: () => Promise<void>): Promise<void> {
    for (const answer of this.#waiting.values()) answer({ refused: 'the hot loop was ended' });
    this.#waiting.clear();
    this.#ending = Promise.all([this.#ending, end()]).then(() => {});
    return this.#ending;
  }

  #post(message: ToHotLoop): void {
    this.#place.post(message);
    // It may be waiting in the addon rather than in its event loop.
    loadNative().module?.wakeLoop(this.#memory.bytes);
  }

  #onMessage(message: FromHotLoop): void {
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
      case 'ended':
        return;
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
