/**
 * What can happen, as plain records. Each becomes the payload of one journal record
 * (event-codec.ts); raw FIX and WebSocket bytes are journaled as they came and have no type here.
 */
import type { CommandKind } from './generated/command-kind.ts';
import type { SessionEventKind } from './generated/session-event-kind.ts';
import type { TimerKind } from './generated/timer-kind.ts';

/** The first record of a journal: what ran, and with which configuration. */
export interface ConfigEvent {
  readonly type: 'CONFIG';
  readonly engineVersion: string;
  readonly configJson: string;
  readonly clOrdIdPrefix: string;
  readonly lockStep: boolean;
  readonly journalId: string;
}

/** A deadline that was due. */
export interface TimerEvent {
  readonly type: 'TIMER';
  readonly kind: TimerKind;
  readonly subject: number;
}

export type CommandScope = 'FIRM' | 'STRATEGY' | 'INSTRUMENT';
type CommandName = keyof typeof CommandKind;

interface Asked<Kind extends CommandName> {
  readonly type: 'COMMAND';
  readonly kind: Kind;
  readonly reason: string;
  readonly operator: string;
}
/** A command for the firm, one strategy or one instrument; `target` is empty for the firm. */
interface Scoped<Kind extends CommandName> extends Asked<Kind> {
  readonly scope: CommandScope;
  readonly target: string;
}

export interface KillCommand extends Scoped<'KILL'> {
  /** Of the kill word, so that a replay sets the same. */
  readonly generation: number;
}
export interface RearmCommand extends Scoped<'REARM'> {
  readonly generation: number;
}
export interface FlattenCommand extends Scoped<'FLATTEN'> {}
export interface CancelOrderCommand extends Asked<'CANCEL_ORDER'> {
  readonly orderNumber: number;
}
export interface PauseStrategyCommand extends Asked<'PAUSE_STRATEGY'> {
  readonly strategy: string;
}
export interface ResumeStrategyCommand extends Asked<'RESUME_STRATEGY'> {
  readonly strategy: string;
}
export interface AdjustPositionCommand extends Asked<'ADJUST_POSITION'> {
  readonly strategy: string;
  readonly instrument: string;
  /** Signed: what is added to the position. */
  readonly quantityLots: number;
  readonly priceTicks: number;
}
export interface StopCommand extends Asked<'STOP'> {}

export type Command =
  | KillCommand
  | RearmCommand
  | FlattenCommand
  | CancelOrderCommand
  | PauseStrategyCommand
  | ResumeStrategyCommand
  | AdjustPositionCommand
  | StopCommand;

/**
 * What a strategy asked for, what it saw, and what the limits said. Codes are those of
 * wasm/layout.ts.
 */
export interface IntentEvent {
  readonly type: 'INTENT';
  readonly sequence: number;
  readonly kind: number;
  readonly strategy: number;
  readonly instrument: number;
  readonly side: number;
  readonly ordType: number;
  readonly timeInForce: number;
  readonly flags: number;
  readonly priceTicks: number;
  readonly qtyLots: number;
  readonly orderSlot: number;
  readonly verdict: number;
  readonly features: readonly number[];
  readonly codeHash: string;
  readonly configHash: string;
  readonly modelHash: string;
}

export interface SessionEvent {
  readonly type: 'SESSION';
  readonly kind: SessionEventKind;
  readonly session: number;
  readonly nextIn: number;
  readonly nextOut: number;
  readonly reason: string;
}

export type EngineEvent = ConfigEvent | TimerEvent | Command | IntentEvent | SessionEvent;
