/** Orders that are not final, by scope, straight from shared memory: for commands and the control thread. Cold. */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CommandScope } from '../event/event.ts';

export interface ScopeNames {
  readonly strategies: readonly string[];
  readonly symbols: readonly string[];
}

/** Calls `visit` with the address of each open order, in the order of the table. */
export function eachOpenOrder(memory: Memory, visit: (order: number) => void): void {
  let left = memory.i32(L.CTL_OPEN_ORDERS);
  for (let slot = 0; slot < L.ORDERS_MAX && left > 0; slot++) {
    const order = L.ORDERS + slot * L.ORDER_BYTES;
    const state = memory.i32(order + L.ORD_STATE);
    if (state === L.ORDER_FREE || state >= L.ORDER_FILLED) continue;
    left--;
    visit(order);
  }
}

export function isInScope(
  memory: Memory,
  names: ScopeNames,
  order: number,
  { scope, target }: { readonly scope: CommandScope; readonly target: string },
): boolean {
  if (scope === 'FIRM') return true;
  if (scope === 'STRATEGY') return names.strategies[memory.i32(order + L.ORD_STRATEGY)] === target;
  return names.symbols[memory.i32(order + L.ORD_INSTRUMENT)] === target;
}

export function countOpenOrders(
  memory: Memory,
  names: ScopeNames,
  where: { readonly scope: CommandScope; readonly target: string },
): number {
  let open = 0;
  eachOpenOrder(memory, (order) => {
    if (isInScope(memory, names, order, where)) open++;
  });
  return open;
}
