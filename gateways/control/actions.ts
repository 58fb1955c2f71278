/**
 * What the control server asks of the engine. The supervisor implements it; the server only checks who
 * asks and whether the request is whole. Whatever acts on the market goes through here, nothing else.
 */
import type {
  AdjustPositionCommand,
  CancelOrderCommand,
  CommandScope,
  FlattenCommand,
  PauseStrategyCommand,
  ResumeStrategyCommand,
} from '../../engine/event/event.ts';

/** A pull of the kill switch, or its release. `target` is empty for the firm. */
export interface KillRequest {
  readonly scope: CommandScope;
  readonly target: string;
  readonly reason: string;
  readonly operator: string;
}

export type KillState =
  | 'ARMED' // nothing is killed
  | 'KILLING' // no order leaves any more; some are still open at the venue
  | 'KILLED'; // every order in scope has answered

export interface KillStatus {
  readonly state: KillState;
  /** Counts every kill of this run; 0 = never. */
  readonly generation: number;
  readonly scope: CommandScope | null;
  readonly target: string;
  readonly reason: string;
  readonly operator: string;
  /** Orders in scope that the venue has not yet answered for. */
  readonly openOrders: number;
  readonly requestedMs: number | null;
  readonly doneMs: number | null;
}

/** What an operator may ask for by hand. Integers only: decimals were checked against tick and lot. */
export type OperatorCommand =
  | FlattenCommand
  | CancelOrderCommand
  | PauseStrategyCommand
  | ResumeStrategyCommand
  | AdjustPositionCommand;

export type CommandResult =
  | { readonly accepted: true }
  /** `code` is a word for programs, `message` one line for people: what is wrong and what to do. */
  | { readonly accepted: false; readonly code: string; readonly message: string };

export interface ControlActions {
  /** Resolves when no new order can leave any more; the status then says how many are still open. */
  kill(request: KillRequest): Promise<KillStatus>;
  rearm(request: KillRequest): Promise<KillStatus>;
  command(command: OperatorCommand): Promise<CommandResult>;
  killStatus(): KillStatus;
}
