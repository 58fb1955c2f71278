/**
 * The kill switch, executed by the control thread whatever the hot loop does: one atomic word stops the
 * next order; the loop cancels what is open; a loop that has not moved for 250 ms is ended, and the engine
 * comes back HALTED from its journal and cancels then. Latched; released by a second person's token.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { Command, CommandScope } from '../event/event.ts';
import { isReleased, type KillCommand, type KillInForce } from '../limits/kills-in-force.ts';
import { countOpenOrders, type ScopeNames } from '../orders/open-orders.ts';

const HUNG_MS = 250;
const POLL_MS = 1;
const SLOW_POLL_MS = 20;
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
  /** Ends the loop and starts the engine again from its journal, with these kills applied first. */
  readonly restart: (kills: readonly KillInForce[]) => Promise<void>;
  readonly log: (text: string) => void;
  /** In force since a run before, oldest first. */
  readonly kills: readonly KillInForce[];
}

function newRecord(command: KillCommand, requestedMs: number): KillRecord {
  const { scope, target, reason, operator, generation } = command;
  const times = { requestedMs, stoppedMs: 0, doneMs: null };
  return { scope, target, reason, operator, generation, ...times, wasFenced: false };
}

function killOf(record: KillRecord): KillInForce {
  const { scope, target, reason, operator, generation, requestedMs } = record;
  const type = { type: 'COMMAND', kind: 'KILL' } as const;
  return { command: { ...type, scope, target, reason, operator, generation }, requestedMs };
}

/** FIRM, STRATEGY mm … */
const placeOf = ({ scope, target }: Kill): string => `${scope} ${target}`.trim();

/** Keeps no process alive: what is watched outlives nobody. */
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, ms).unref());

export class KillSwitch {
  readonly #ports: KillSwitchPorts;
  #generation = 0;
  #active: KillRecord[] = [];
  #restarting: Promise<void> | undefined;

  constructor(ports: KillSwitchPorts) {
    const { memory, kills } = ports;
    this.#ports = ports;
    this.#generation = memory.atomicI32(L.CTL_KILL_APPLIED);
    memory.setAtomicI32(L.CTL_KILL, this.#generation);
    for (const { command, requestedMs } of kills) {
      const record = newRecord(command, requestedMs);
      record.stoppedMs = requestedMs;
      this.#active.push(record);
      const { reason, operator } = record;
      ports.log(`KILL ${placeOf(record)} is still in force: ${reason} (${operator})`);
      void this.#watch(record);
    }
  }

  /** The widest kill in force, newest first; undefined = armed. */
  get current(): KillRecord | undefined {
    return this.#active.find((kill) => kill.scope === 'FIRM') ?? this.#active.at(-1);
  }

  get generation(): number {
    return this.#generation;
  }

  openOrders(kill: Kill): number {
    return countOpenOrders(this.#ports.memory, this.#ports.names, kill);
  }

  async kill(request: Kill): Promise<KillRecord> {
    const { log } = this.#ports;
    const generation = ++this.#generation;
    const command: KillCommand = { type: 'COMMAND', kind: 'KILL', ...request, generation };
    const record = newRecord(command, Date.now());
    const beganMs = performance.now();
    this.#tell(command);
    this.#active.push(record);
    log(`KILL ${placeOf(request)}: ${request.reason} (${request.operator})`);
    record.wasFenced = await this.#untilApplied(command);
    record.stoppedMs = Date.now();
    log(
      `KILL: no order can leave any more, ${(performance.now() - beganMs).toFixed(1)} ms after the call`,
    );
    const done = this.#watch(record);
    await Promise.race([done, pause(ANSWER_MS)]);
    if (record.doneMs === null) {
      log(`KILL: ${this.openOrders(record)} orders are still open at the venue`);
    }
    return record;
  }

  /** Releases every kill of this scope; the loop takes the command in its turn. */
  rearm(request: Kill): Command {
    this.#active = this.#active.filter((kill) => !isReleased(kill, request));
    return { type: 'COMMAND', kind: 'REARM', ...request, generation: this.#generation };
  }

  /** First the command, then the word: whoever sees the word finds the command. */
  #tell(command: KillCommand): void {
    this.#ports.post(command);
    this.#ports.memory.setAtomicI32(L.CTL_KILL, command.generation);
  }

  /** Waits until the loop has applied the kill; a loop that does not move is ended: true. */
  async #untilApplied(command: KillCommand): Promise<boolean> {
    const { memory } = this.#ports;
    let beat = memory.atomicI32(L.CTL_HEARTBEAT);
    let movedMs = Date.now();
    while (memory.atomicI32(L.CTL_KILL_APPLIED) < command.generation) {
      if (memory.i32(L.CTL_LOOP_STATE) === L.LOOP_STOPPED) {
        this.#ports.log(
          'KILL: the engine had stopped before; its next start knows nothing of this kill',
        );
        return false;
      }
      if (this.#restarting !== undefined) {
        // Ended for another kill: what the old loop was told is lost.
        await this.#restarting;
        if (memory.atomicI32(L.CTL_KILL_APPLIED) < command.generation) this.#tell(command);
        movedMs = Date.now();
      }
      const now = memory.atomicI32(L.CTL_HEARTBEAT);
      if (now !== beat) {
        beat = now;
        movedMs = Date.now();
      } else if (Date.now() - movedMs > HUNG_MS && this.#restarting === undefined) {
        await this.#fence();
        return true;
      }
      await pause(POLL_MS);
    }
    return false;
  }

  async #fence(): Promise<void> {
    const { memory, restart, log } = this.#ports;
    log(`KILL: the hot loop has not moved for ${HUNG_MS} ms; ending it and coming back HALTED`);
    const appliedUpTo = memory.atomicI32(L.CTL_KILL_APPLIED);
    const pending = this.#active.filter(({ generation }) => generation > appliedUpTo);
    this.#restarting = restart(pending.map(killOf));
    try {
      await this.#restarting;
      memory.setAtomicI32(L.CTL_KILL, memory.atomicI32(L.CTL_KILL_APPLIED));
    } finally {
      this.#restarting = undefined;
    }
  }

  /** Until the last order in scope has answered, however long that takes, or the kill is released. */
  async #watch(record: KillRecord): Promise<void> {
    while (this.#active.includes(record)) {
      const isRunning = this.#ports.memory.i32(L.CTL_LOOP_STATE) === L.LOOP_RUNNING;
      if (isRunning && this.openOrders(record) === 0) {
        record.doneMs = Date.now();
        const tookMs = record.doneMs - record.requestedMs;
        this.#ports.log(`KILL done: none is open, ${tookMs} ms after the call`);
        return;
      }
      await pause(Date.now() - record.stoppedMs < ANSWER_MS ? POLL_MS : SLOW_POLL_MS);
    }
  }
}
