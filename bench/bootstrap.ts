/**
 * How far a change of medians can be trusted: a percentile bootstrap over the rounds of two runs. The
 * same rounds give the same interval. It knows the noise between rounds; what differs between two runs
 * on one machine (memory placement, other load) it cannot know, so comparisons have a tolerance beside.
 */
import { SeededRandom } from '../test/support/seeded-random.ts';
import { median } from './spread.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const CONFIDENCE = 0.95;
/** A median of fewer rounds has no interval worth its name. */
export const ROUNDS_TO_COMPARE_MIN = 4;
const RESAMPLES = 2000;
const SEED = 20120621;

/** Of median(now) / median(before); undefined with too few rounds on either side. */
export function intervalOfChange(
  now: readonly number[],
  before: readonly number[],
): Interval | undefined {
  if (Math.min(now.length, before.length) < ROUNDS_TO_COMPARE_MIN) return undefined;
  const random = new SeededRandom(SEED);
  const resampled = (rounds: readonly number[]): number =>
    median(rounds.map(() => random.pick(rounds)));
  const changes = Float64Array.from(
    { length: RESAMPLES },
    () => resampled(now) / resampled(before),
  ).sort();
  const cut = Math.floor((RESAMPLES * (1 - CONFIDENCE)) / 2);
  return { low: changes[cut]!, high: changes[RESAMPLES - 1 - cut]! };
}
