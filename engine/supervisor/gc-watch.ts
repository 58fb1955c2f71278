/**
 * Lays garbage collections of this thread to the ticks that they ran in. Node.js tells of them only
 * afterwards, so they are matched by time with the slowest ticks that are kept.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { CAUSE_GC } from '../../wasm/stage-layout.ts';
import type { SlowTicks } from '../slow-ticks.ts';
import type { ElapsedClock } from '../stage-clock.ts';
import { NS_PER_MS } from '../units.ts';

export function watchGarbageCollections(clock: ElapsedClock, slowTicks: SlowTicks): void {
  // What the clock says when performance.now() is 0.
  const originNs = clock.elapsedNs() - performance.now() * NS_PER_MS;
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const startNs = originNs + startTime * NS_PER_MS;
      slowTicks.addGarbageCollection(startNs, startNs + duration * NS_PER_MS);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  slowTicks.watch(CAUSE_GC);
}
