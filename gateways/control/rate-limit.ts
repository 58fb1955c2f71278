/** A bucket of requests that refills with time; what does not fit is answered 429. */
export class RateLimit {
  readonly #perS: number;
  readonly #nowMs: () => number;
  #left: number;
  #filledMs: number;

  constructor(perS: number, nowMs: () => number) {
    this.#perS = perS;
    this.#nowMs = nowMs;
    this.#left = perS;
    this.#filledMs = nowMs();
  }

  take(): boolean {
    const now = this.#nowMs();
    const refill = (Math.max(0, now - this.#filledMs) * this.#perS) / 1000;
    this.#left = Math.min(this.#perS, this.#left + refill);
    this.#filledMs = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
