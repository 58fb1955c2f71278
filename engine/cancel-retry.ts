/**
 * What a kill or a breaker left open (a mass cancel that missed one, a replace on its way, a connection that
 * was lost) is asked for again, order by order, until nothing of what is halted is open. Needs no memory of
 * its own, so it goes on after a crash.
 */
import type { CommandHandler } from './command-handler.ts';
import type { Command } from './event/event.ts';

/** Between two rounds; an order that was asked for waits for its answer and is in none of them. */
const RETRY_NS = 100_000_000;
/** A venue has this long to answer a mass cancel before it is asked order by order. */
const FIRST_ROUND_NS = 500_000_000;

export class CancelRetry {
  readonly #commands: CommandHandler;
  #nextNs = 0;

  constructor(commands: CommandHandler) {
    this.#commands = commands;
  }

  /** A kill has its own first round. */
  watch(command: Command, nowNs: number): void {
    if (command.kind === 'KILL') this.#nextNs = nowNs + FIRST_ROUND_NS;
  }

  run(nowNs: number): void {
    if (nowNs < this.#nextNs) return;
    this.#nextNs = nowNs + RETRY_NS;
    this.#commands.cancelHalted();
  }
}
