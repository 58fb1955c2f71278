/**
 * How long to wait before connecting again: the pause doubles from try to try up to a bound, and
 * chance shortens each by up to half, so that many clients do not come back at the same moment.
 */
export interface BackOffLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

export class BackOff {
  readonly #limits: BackOffLimits;
  readonly #random: () => number;
  #fullMs: number;

  /** `random`: uniform in [0, 1). */
  constructor(limits: BackOffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
    this.#fullMs = limits.minMs;
  }

  /** It worked: the pauses are short again. */
  reset(): void {
    this.#fullMs = this.#limits.minMs;
  }

  /** It did not: the pauses get longer. */
  grow(): void {
    this.#fullMs = Math.min(this.#fullMs * 2, this.#limits.maxMs);
  }

  /** The pause before the next try. */
  pauseMs(): number {
    return Math.ceil(this.#fullMs * (1 - this.#random() / 2));
  }
}
