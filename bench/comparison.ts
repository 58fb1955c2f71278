/**
 * A run against the accepted figures, variant by variant. Only ratios to the plain variant are
 * compared: they hold from machine to machine far better than times. Figures that are no times (bytes,
 * instructions) are compared as they are.
 */
import type { BenchResult, Statistic } from './bench-result.ts';
import { intervalOfChange } from './bootstrap.ts';
import { median } from './spread.ts';

/** A run fails where the whole interval of a change lies below this share of the accepted figure. */
export const TOLERATED_SHARE = 0.85;
/** Instructions are counted, not timed: 3 % more fail. */
export const INSTRUCTIONS_TOLERATED_SHARE = 1 / 1.03;

export type Verdict = 'slower' | 'faster' | 'larger' | 'smaller' | 'no difference shown';

export interface Change {
  readonly bench: string;
  readonly variant: string;
  readonly of: Statistic | 'figure';
  readonly accepted: number;
  readonly now: number;
  /** Above 1 is better than accepted. */
  readonly change: number;
  /** null: too few rounds. */
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: Verdict;
  readonly fails: boolean;
}

/** Variants that were not accepted yet, or that are gone, have no change. */
export function compareWithAccepted(now: BenchResult, accepted: BenchResult): readonly Change[] {
  const ratios = now.variants.flatMap(({ name, ratios }) =>
    ratios.flatMap(({ of, rounds }) => {
      const before = accepted.variants.find((variant) => variant.name === name);
      const ratio = before?.ratios.find((each) => each.of === of);
      // The plain variant's ratio to itself says nothing.
      if (ratio === undefined || name === now.variants.at(-1)?.name) return [];
      const change = changeOf({ bench: now.bench, variant: name, of }, rounds, ratio.rounds);
      const isRival = now.rivals?.includes(name) ?? false;
      return [isRival ? { ...change, fails: false } : change];
    }),
  );
  const figures = now.figures.flatMap(({ name, unit, rounds }) => {
    const before = accepted.figures.find((figure) => figure.name === name);
    if (before === undefined) return [];
    const what = { bench: now.bench, variant: name, of: 'figure' } as const;
    return [
      unit === 'instructions'
        ? exactly(what, rounds, before.rounds)
        : changeOf(what, rounds, before.rounds),
    ];
  });
  return [...ratios, ...figures];
}

type What = Pick<Change, 'bench' | 'variant' | 'of'>;

function changeOf(what: What, now: readonly number[], accepted: readonly number[]): Change {
  // Less of a figure is better, more of a ratio is.
  const [over, under] = what.of === 'figure' ? [accepted, now] : [now, accepted];
  const interval = intervalOfChange(over, under);
  return {
    ...what,
    accepted: median(accepted),
    now: median(now),
    change: median(over) / median(under),
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    verdict: verdictOf(what.of, interval),
    fails: interval !== undefined && interval.high < TOLERATED_SHARE,
  };
}

/** A count has no noise: the interval is a point. */
function exactly(what: What, now: readonly number[], accepted: readonly number[]): Change {
  const change = median(accepted) / median(now);
  const point = { low: change, high: change };
  return {
    ...what,
    accepted: median(accepted),
    now: median(now),
    change,
    ...point,
    verdict: verdictOf(what.of, point),
    fails: change < INSTRUCTIONS_TOLERATED_SHARE,
  };
}

function verdictOf(
  of: Change['of'],
  interval: { readonly low: number; readonly high: number } | undefined,
): Verdict {
  if (interval === undefined) return 'no difference shown';
  if (interval.high < 1) return of === 'figure' ? 'larger' : 'slower';
  if (interval.low > 1) return of === 'figure' ? 'smaller' : 'faster';
  return 'no difference shown';
}
