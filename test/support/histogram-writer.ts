/**
 * A thread that records seeded latencies into one histogram as fast as it goes;
 * latency-histogram.test.ts reads meanwhile. `latencyOf` is what both sides know.
 */
import { isMainThread, workerData } from 'node:worker_threads';
import { LatencyHistograms } from '../../engine/latency-histogram.ts';
import { Memory } from '../../wasm/memory.ts';

/** Mostly some microseconds, now and then up to a second. */
export function latencyOf(index: number): number {
  const mixed = Math.imul(index ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return mixed % 1009 === 0 ? mixed % 1_000_000_000 : 2_000 + (mixed % 9_000);
}

if (!isMainThread && workerData?.latencies > 0) {
  const histograms = new LatencyHistograms(new Memory(workerData.memory));
  for (let index = 0; index < workerData.latencies; index++) {
    histograms.record(workerData.histogram, latencyOf(index));
  }
}
