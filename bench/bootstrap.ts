/**
 * How far a change of medians can be trusted: a percentile bootstrap over the rounds of two runs. The
 * same rounds give the same interval. It knows the noise between rounds; what differs between two runs
 * on one machine (memory placement, other load) it cannot know, so comparisons have a tolerance beside.
 */
import { SeededRandom } from '../test/support/seeded-random.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const CONFIDENCE = 0.95;
/** A median of fewer rounds has no interval worth its name. */
export const ROUNDS_TO_COMPARE_MIN = 4;
const RESAMPLES = 1000;
const SEED = 20120621;

/** Of median(now) / median(before); undefined with too few rounds on either side. */
export function intervalOfChange(
  now: readonly number[],
  before: readonly number[],
): Interval | undefined {
  if (Math.min(now.length, before.length) < ROUNDS_TO_COMPARE_MIN) return undefined;
  const random = new SeededRandom(SEED);
  const [fromNow, fromBefore] = [resampler(now, random), resampler(before, random)];
  const changes = Float64Array.from({ length: RESAMPLES }, () => fromNow() / fromBefore()).sort();
  const cut = Math.floor((RESAMPLES * (1 - CONFIDENCE)) / 2);
  return { low: changes[cut]!, high: changes[RESAMPLES - 1 - cut]! };
}

/** Gives the median of as many rounds drawn with repetition, each time it is called. */
function resampler(rounds: readonly number[], random: SeededRandom): () => number {
  const drawn = new Float64Array(rounds.length);
  const middle = rounds.length >> 1;
  const other = rounds.length % 2 === 0 ? middle - 1 : middle;
  return () => {
    for (let i = 0; i < drawn.length; i++) drawn[i] = random.pick(rounds);
    drawn.sort();
    return (drawn[middle]! + drawn[other]!) / 2;
  };
}
