/**
 * A strategy that config declares by thresholds instead of code: it decides in wasm/threshold.ts, one call
 * an update; all else (fence, gate, journal, declared state) is as for any strategy.
 */
import { z } from 'zod';
import { THRESHOLD_SIGNALS, type ThresholdConfig } from '../../config/threshold.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { NS_PER_MS } from '../units.ts';
import type { MarketHandle } from './market-handle.ts';

/** Stands for the code in the hash of every intent: another rule gets another version. */
export const THRESHOLD_KERNEL = 'wasm/threshold.ts version 1';

export const THRESHOLD_STRATEGY = {
  parameters: z.unknown(),
  state: ['sinceNs'],
  onBook(market: MarketHandle): void {
    market.decideByThreshold();
  },
} as const;

/** Where the kernel reads what config says; at start. */
export function writeThreshold(memory: Memory, strategy: number, rule: ThresholdConfig): void {
  const block = L.THRESHOLDS + strategy * L.THRESHOLD_BYTES;
  memory.setI32(block + L.THR_SIGNAL, THRESHOLD_SIGNALS.indexOf(rule.signal));
  memory.setI32(block + L.THR_SIGN, rule.side === 'with' ? 1 : -1);
  memory.setF64(block + L.THR_ENTRY, rule.entry);
  memory.setF64(block + L.THR_EXIT, rule.exit);
  memory.setI64(block + L.THR_QTY_LOTS, rule.qtyLots);
  memory.setI64(block + L.THR_HOLD_NS, rule.holdMs * NS_PER_MS);
  memory.setI64(block + L.THR_REST_NS, rule.restMs * NS_PER_MS);
}
