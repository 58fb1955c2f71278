/**
 * What the JavaScript engine is told before the hot loop is compiled. It inlines calls up to a budget a
 * function; the default one ends in the middle of a strategy, and each getter that is then called gives its
 * number in a box on the heap. With these a tick allocates nothing (test/scenarios/no-allocation.test.ts).
 */
import { setFlagsFromString } from 'node:v8';

const FLAGS = [
  '--max-inlined-bytecode-size-small=80',
  '--max-inlined-bytecode-size-cumulative=6000',
  '--max-inlined-bytecode-size-absolute=12000',
  '--min-inlining-frequency=0.01',
];

/** Before anything of the hot path has run; for all threads of the process. */
export function setOptimiserFlags(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
