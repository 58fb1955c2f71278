/** What the supervisor and the hot loop's thread say to each other. */
import type { Command } from './event/event.ts';
import type { KillInForce } from './limits/kills-in-force.ts';
import type { RunSummary } from './summary.ts';

export interface HotLoopInput {
  readonly memory: WebAssembly.Memory;
  readonly configJson: string;
  readonly journalDirectory: string;
  /** Names a new journal; one that exists keeps its own. */
  readonly journalId: string;
  readonly isLockStep: boolean;
  /** TCP ports of venues that were started by us, by name. */
  readonly ports: Readonly<Record<string, number>>;
}

export type ToHotLoop =
  | { readonly type: 'command'; readonly id: number; readonly command: Command }
  | { readonly type: 'stop'; readonly reason: string }
  /** Without a proper stop. */
  | { readonly type: 'end' };

export type FromHotLoop =
  | {
      readonly type: 'ready';
      readonly recoveredEvents: number;
      readonly recoveryMs: number;
      readonly kills: readonly KillInForce[];
    }
  | { readonly type: 'log'; readonly text: string }
  | {
      readonly type: 'accepted';
      readonly id: number;
      readonly sequence: number;
    }
  | { readonly type: 'refused'; readonly id: number; readonly text: string }
  | { readonly type: 'end-of-recording' }
  | { readonly type: 'fault'; readonly code: string; readonly text: string }
  /** Sockets and journal are closed. */
  | { readonly type: 'ended' }
  | { readonly type: 'stopped'; readonly summary: RunSummary };
