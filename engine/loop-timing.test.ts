/** What the loop says about its own speed. */
import { expect, test } from 'vitest';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import { LatencyHistograms } from './latency-histogram.ts';
import { LoopTiming } from './loop-timing.ts';

let nowNs = 0;
const memory = new Memory();
const histograms = new LatencyHistograms(memory);

/** A loop that goes on from a journal with 7 orders and 9 intents. */
function recoveredLoop(): LoopTiming {
  memory.bytes.fill(0, L.HISTOGRAMS, L.HISTOGRAMS + L.HISTOGRAMS_MAX * L.HISTOGRAM_BYTES);
  memory.setI64(L.CTL_ORDERS_SENT, 7);
  memory.setI64(L.CTL_INTENT_SEQUENCE, 9);
  return new LoopTiming(memory, { elapsedNs: () => nowNs }, histograms);
}

test('a turn without an order is not timed as one, not even the first after a recovery', () => {
  const timing = recoveredLoop();
  nowNs = 5_000;
  timing.handOver(1_000);
  expect(histograms.read(L.HISTOGRAM_TICK_TO_ORDER).count).toBe(0);
  timing.turnDone(1_000);
  expect(histograms.read(L.HISTOGRAM_TICK_TO_DONE).max).toBe(4_000);
});

test('an order is timed to the moment it is handed over, its answer from there', () => {
  const timing = recoveredLoop();
  memory.setI64(L.CTL_ORDERS_SENT, 8);
  memory.setI64(L.CTL_INTENT_SEQUENCE, 11);
  nowNs = 3_000;
  timing.handOver(1_000);
  expect(histograms.read(L.HISTOGRAM_TICK_TO_ORDER).max).toBe(2_000);
  nowNs = 9_000;
  timing.answered(11);
  expect(histograms.read(L.HISTOGRAM_ORDER_TO_ACK).max).toBe(6_000);
});

test('the answer to an order of the run before is not timed', () => {
  const timing = recoveredLoop();
  timing.answered(9);
  expect(histograms.read(L.HISTOGRAM_ORDER_TO_ACK).count).toBe(0);
});
