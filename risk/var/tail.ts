/**
 * The largest losses of a simulation, and the figures that they give. Keeping only the tail is
 * exact: the largest K of all are among the largest K of every part, whoever computed the parts.
 */

/** VaR and CVaR with their standard errors, in the unit of the losses; losses are positive. */
export interface TailFigures {
  readonly var: number;
  readonly cvar: number;
  readonly standardError: number;
  readonly cvarStandardError: number;
}

/** Ranks from the VaR's own to the bounds that its standard error is read from. */
const STANDARD_ERROR_SIGMAS = 2;

interface TailRanks {
  /** Scenarios beyond the VaR, a whole number and a fraction: n (1 - confidence). */
  readonly beyond: number;
  /** 0-based rank of the VaR among the losses, largest first. */
  readonly rank: number;
  readonly halfWidth: number;
}

function tailRanks(scenarios: number, confidence: number): TailRanks {
  // Rounded so that 100,000 x 0.99 leaves 1000, not 1000.0000000000009.
  const beyond = Math.round((scenarios - scenarios * confidence) * 1e6) / 1e6;
  const rank = Math.floor(beyond);
  const sigma = Math.sqrt(scenarios * confidence * (1 - confidence));
  const room = Math.min(rank, scenarios - 1 - rank);
  return { beyond, rank, halfWidth: Math.min(room, Math.ceil(STANDARD_ERROR_SIGMAS * sigma)) };
}

/** How many of the largest losses the figures need. */
export function tailSize(scenarios: number, confidence: number): number {
  const { rank, halfWidth } = tailRanks(scenarios, confidence);
  return rank + halfWidth + 1;
}

/** Keeps the `size` largest of all losses that are offered. */
export class Tail {
  readonly #size: number;
  readonly #kept: Float64Array;
  #count = 0;
  /** Losses up to here are not among the largest; NaN, which nothing is below, until `size` are kept. */
  #floor = Number.NaN;

  constructor(size: number) {
    this.#size = size;
    // Twice the room: the cut, a sort, then happens once in `size` losses at most.
    this.#kept = new Float64Array(size * 2);
  }

  offer(losses: Float64Array): void {
    for (let i = 0; i < losses.length; i++) {
      const loss = losses[i]!;
      if (loss <= this.#floor) continue;
      this.#kept[this.#count++] = loss;
      if (this.#count === this.#kept.length) this.#cut();
    }
  }

  /** The kept losses, largest first. */
  largest(): Float64Array {
    this.#cut();
    return this.#kept.slice(0, this.#count).reverse();
  }

  /** Sorts upwards and moves the largest to the front. */
  #cut(): void {
    const { length } = this.#kept.subarray(0, this.#count).sort();
    if (length < this.#size) return;
    this.#kept.copyWithin(0, length - this.#size, length);
    this.#count = this.#size;
    this.#floor = this.#kept[0]!;
  }
}

/**
 * `largest` holds the tailSize() largest of n losses, largest first. VaR is the empirical
 * quantile (the smallest loss that at least n x confidence scenarios do not exceed), CVaR the
 * mean of the n (1 - confidence) worst, a fraction of a scenario counted as such.
 *
 * Standard errors: of the VaR by the order statistics two binomial standard deviations of rank to
 * either side (a quarter of their distance: the quantile's density without a bandwidth to
 * choose); of the CVaR by (variance beyond + confidence (CVaR - VaR)^2) / (n (1 - confidence)).
 */
export function tailFigures(
  largest: Float64Array,
  scenarios: number,
  confidence: number,
): TailFigures {
  const { beyond, rank, halfWidth } = tailRanks(scenarios, confidence);
  const valueAtRisk = largest[rank]!;
  const sum = largest.subarray(0, rank).reduce((total, loss) => total + loss, 0);
  const cvar = beyond === 0 ? valueAtRisk : (sum + (beyond - rank) * valueAtRisk) / beyond;
  const squares = largest
    .subarray(0, rank)
    .reduce((total, loss) => total + (loss - cvar) * (loss - cvar), 0);
  const distance = largest[rank - halfWidth]! - largest[rank + halfWidth]!;
  const sigma = Math.sqrt(scenarios * confidence * (1 - confidence));
  const beyondVariance = rank === 0 ? 0 : squares / rank;
  const excess = cvar - valueAtRisk;
  return {
    var: valueAtRisk,
    cvar,
    standardError: halfWidth === 0 ? 0 : (distance * sigma) / (2 * halfWidth),
    cvarStandardError:
      beyond === 0 ? 0 : Math.sqrt((beyondVariance + confidence * excess * excess) / beyond),
  };
}
