/**
 * After a kill: what the first round left open (a mass cancel that missed one, a replace on its way) is
 * asked for again, order by order, until nothing in scope is open.
 */
import type { CommandHandler } from './command-handler.ts';
import type { Command, CommandScope } from './event/event.ts';

/** A venue has this long to answer before it is asked again. */
const RETRY_NS = 500_000_000;

interface Watched {
  readonly scope: CommandScope;
  readonly target: string;
  nextNs: number;
}

export class CancelRetry {
  readonly #commands: CommandHandler;
  #watched: Watched[] = [];

  constructor(commands: CommandHandler) {
    this.#commands = commands;
  }

  watch(command: Command, nowNs: number): void {
    if (command.kind === 'KILL') {
      const { scope, target } = command;
      this.#watched.push({ scope, target, nextNs: nowNs + RETRY_NS });
    } else if (command.kind === 'REARM') {
      const { scope, target } = command;
      this.#watched = this.#watched.filter((kill) => kill.scope !== scope || kill.target !== target);
    }
  }

  run(nowNs: number): void {
    for (const kill of this.#watched) {
      if (nowNs < kill.nextNs) continue;
      kill.nextNs = nowNs + RETRY_NS;
      if (this.#commands.openOrders(kill.scope, kill.target) > 0) {
        this.#commands.cancelAll(kill.scope, kill.target);
      }
    }
  }
}
