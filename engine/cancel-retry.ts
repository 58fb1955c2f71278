/**
 * What a kill or a breaker left open (a mass cancel that missed one, a replace on its way, a connection that
 * was lost) is asked for again, order by order, until nothing of what is halted is open. Needs no memory of
 * its own, so it goes on after a crash.
 */
import type { CommandHandler } from './command-handler.ts';
import type { Command } from './event/event.ts';

/** A venue has this long to answer a kill before it is asked again. */
const RETRY_NS = 500_000_000;

export class CancelRetry {
  readonly #commands: CommandHandler;
  #nextNs = 0;

  constructor(commands: CommandHandler) {
    this.#commands = commands;
  }

  /** A kill has its own first round. */
  watch(command: Command, nowNs: number): void {
    if (command.kind === 'KILL') this.#nextNs = nowNs + RETRY_NS;
  }

  run(nowNs: number): void {
    if (nowNs < this.#nextNs) return;
    this.#nextNs = nowNs + RETRY_NS;
    this.#commands.cancelHalted();
  }
}
