/**
 * The shape of a threshold strategy: one that needs no code, declared by the level of one signal at which
 * it takes a position and the level at which it leaves. Decided by the core (wasm/threshold.ts).
 */
import { z } from 'zod';

/** Numbered as THRESHOLD_ON_* of wasm/layout.ts; a test compares the two. */
export const THRESHOLD_SIGNALS = [
  'zScore',
  'orderFlow',
  'micropriceDistanceTicks', // microprice - mid
  'vwapDistanceTicks', // mid - VWAP, 0 until the first trade
  'score', // of the strategy's model; of a logistic one what is above one half
] as const;

const DAY_MS = 86_400_000;
const level = z.number().min(-1e12).max(1e12);

export const thresholdSchema = z.strictObject({
  signal: z.enum(THRESHOLD_SIGNALS),
  /** with: buys when the signal is high; against: sells then. */
  side: z.enum(['with', 'against']),
  /** A position is taken when the signal is this far from 0, or farther. */
  entry: level.positive(),
  /** It is left when the signal, seen from its side, is down to this. */
  exit: level,
  qtyLots: z.number().int().min(1).max(1_000_000),
  /** Market time after which a position is left whatever the signal says. */
  holdMs: z.number().int().min(1).max(DAY_MS),
  /** Market time without a position before the next entry. */
  restMs: z.number().int().min(0).max(DAY_MS),
});

export type ThresholdConfig = z.infer<typeof thresholdSchema>;
