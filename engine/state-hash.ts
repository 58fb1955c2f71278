/** The state hash as text, for snapshots, replays and reports: 16 hex digits. */
import { SCRATCH } from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import type { CoreModule } from './core-module.ts';

/** Of all deterministic state. */
export function stateHashOf(memory: Memory, core: CoreModule): string {
  core.stateHash();
  return hexAt(memory, SCRATCH);
}

/** Of the strategies' declared state alone. */
export function strategyStateHashOf(memory: Memory, core: CoreModule): string {
  core.strategyStateHash();
  return hexAt(memory, SCRATCH);
}

function hexAt(memory: Memory, offset: number): string {
  return BigInt.asUintN(64, memory.absoluteNs(offset)).toString(16).padStart(16, '0');
}
