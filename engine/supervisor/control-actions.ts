/** What the control server may do to the engine: kill and re-arm through the switch, commands through the loop. */
import { type Command, parseCommand } from '../commands.ts';
import { GyrfalconError } from '../errors.ts';
import type { Kill, KillRecord, KillSwitch } from './kill-switch.ts';

type State = 'ARMED' | 'KILLING' | 'KILLED';

export interface KillStatus {
  readonly state: State;
  readonly generation: number;
  readonly scope: Kill['scope'] | null;
  readonly target: string;
  readonly reason: string;
  readonly operator: string;
  readonly openOrders: number;
  readonly requestedMs: number | null;
  readonly doneMs: number | null;
}

type Result =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: string; readonly message: string };

interface CommandTarget {
  command(command: Command): Promise<{ readonly sequence: number } | { readonly refused: string }>;
}

export class EngineActions {
  readonly #switch: KillSwitch;
  readonly #loop: CommandTarget;

  constructor(killSwitch: KillSwitch, loop: CommandTarget) {
    this.#switch = killSwitch;
    this.#loop = loop;
  }

  async kill(request: Kill): Promise<KillStatus> {
    await this.#switch.kill(request);
    return this.killStatus();
  }

  async rearm(request: Kill): Promise<KillStatus> {
    await this.#loop.command(this.#switch.rearm(request));
    return this.killStatus();
  }

  async command(command: Command): Promise<Result> {
    let answer: Awaited<ReturnType<CommandTarget['command']>>;
    try {
      answer = await this.#loop.command(parseCommand(command));
    } catch (error) {
      if (!(error instanceof GyrfalconError)) throw error;
      return { accepted: false, code: error.code, message: error.message };
    }
    if ('sequence' in answer) return { accepted: true };
    return { accepted: false, code: 'REFUSED', message: answer.refused };
  }

  killStatus(): KillStatus {
    const kill = this.#switch.current;
    const generation = this.#switch.generation;
    if (kill === undefined) return { ...ARMED, generation };
    const { scope, target, reason, operator, requestedMs, doneMs } = kill;
    const openOrders = this.#switch.openOrders(kill);
    const state = stateOf(kill);
    return { state, generation, scope, target, reason, operator, openOrders, requestedMs, doneMs };
  }
}

const stateOf = (kill: KillRecord): State => (kill.doneMs === null ? 'KILLING' : 'KILLED');

const ARMED = {
  state: 'ARMED',
  scope: null,
  target: '',
  reason: '',
  operator: '',
  openOrders: 0,
  requestedMs: null,
  doneMs: null,
} as const;
