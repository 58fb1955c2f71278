/**
 * The kill switch, executed by the control thread whatever the hot loop does: one atomic word stops the
 * next order; the loop cancels what is open; a loop that has not moved for 250 ms is ended, and the engine
 * comes back HALTED from its journal and cancels then. Latched; released by a second person's token.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { Command, CommandScope } from '../event/event.ts';
import { countOpenOrders, type ScopeNames } from '../orders/open-orders.ts';

const HUNG_MS = 250;
const POLL_MS = 1;
/** The call returns when every order has answered, or after this time with those that have not. */
const ANSWER_MS = 1000;

export interface Kill {
  readonly scope: CommandScope;
  readonly target: string;
  readonly reason: string;
  readonly operator: string;
}

export interface KillRecord extends Kill {
  readonly generation: number;
  readonly requestedMs: number;
  /** When no order could leave any more. */
  stoppedMs: number;
  /** When the last order in scope had answered. */
  doneMs: number | null;
  /** The hot loop hung and was ended. */
  wasFenced: boolean;
}

export interface KillSwitchPorts {
  readonly memory: Memory;
  readonly names: ScopeNames;
  /** Hands the command to the loop without waiting. */
  readonly post: (command: Command) => void;
  /** Ends the loop and starts the engine again from its journal, with the command applied first. */
  readonly restart: (command: Command) => Promise<void>;
  readonly log: (text: string) => void;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class KillSwitch {
  readonly #ports: KillSwitchPorts;
  #generation = 0;
  #active: KillRecord[] = [];

  constructor(ports: KillSwitchPorts) {
    this.#ports = ports;
  }

  /** The widest kill in force, newest first; undefined = armed. */
  get current(): KillRecord | undefined {
    const byWidth = this.#active.find((kill) => kill.scope === 'FIRM') ?? this.#active.at(-1);
    if (byWidth !== undefined) this.#settle(byWidth);
    return byWidth;
  }

  get generation(): number {
    return this.#generation;
  }

  openOrders(kill: Kill): number {
    return countOpenOrders(this.#ports.memory, this.#ports.names, kill);
  }

  async kill(request: Kill): Promise<KillRecord> {
    const { memory, log } = this.#ports;
    const generation = ++this.#generation;
    const record: KillRecord = {
      ...request, generation, requestedMs: Date.now(), stoppedMs: 0, doneMs: null, wasFenced: false,
    };
    const command: Command = { type: 'COMMAND', kind: 'KILL', ...request, generation };
    // First the command, then the word: whoever sees the word finds the command.
    this.#ports.post(command);
    memory.setAtomicI32(L.CTL_KILL, generation);
    this.#active.push(record);
    log(`KILL ${request.scope} ${request.target}: ${request.reason} (${request.operator})`);
    await this.#untilStopped(record, command);
    record.stoppedMs = Date.now();
    while (record.doneMs === null && Date.now() - record.stoppedMs < ANSWER_MS) {
      this.#settle(record);
      if (record.doneMs === null) await pause(POLL_MS);
    }
    log(
      record.doneMs === null
        ? `KILL: no order can leave; ${this.openOrders(record)} are still open at the venue`
        : `KILL done: no order can leave and none is open, after ${record.doneMs - record.requestedMs} ms`,
    );
    return record;
  }

  /** Releases every kill of this scope; the loop takes the command in its turn. */
  rearm(request: Kill): Command {
    this.#active = this.#active.filter(
      (kill) => kill.scope !== request.scope || kill.target !== request.target,
    );
    return { type: 'COMMAND', kind: 'REARM', ...request, generation: this.#generation };
  }

  /** Waits until the loop has applied the kill; a loop that does not move is ended. */
  async #untilStopped(record: KillRecord, command: Command): Promise<void> {
    const { memory, restart, log } = this.#ports;
    let beat = memory.atomicI32(L.CTL_HEARTBEAT);
    let movedMs = Date.now();
    while (memory.atomicI32(L.CTL_KILL_APPLIED) < record.generation) {
      await pause(POLL_MS);
      const now = memory.atomicI32(L.CTL_HEARTBEAT);
      if (now !== beat) {
        beat = now;
        movedMs = Date.now();
      } else if (Date.now() - movedMs > HUNG_MS) {
        record.wasFenced = true;
        log(`KILL: the hot loop has not moved for ${HUNG_MS} ms; ending it and coming back HALTED`);
        await restart(command);
        return;
      }
    }
  }

  #settle(record: KillRecord): void {
    if (record.doneMs === null && record.stoppedMs !== 0 && this.openOrders(record) === 0) {
      record.doneMs = Date.now();
    }
  }
}
