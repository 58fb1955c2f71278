/**
 * A pace that may be exceeded for a while: so many tokens come back a second, so many are there at
 * most. Taking never fails, it makes debts: who owes has to wait until they are paid.
 */
import { NS_PER_S } from '../timestamp.ts';

export interface Pace {
  readonly perS: number;
  /** So many at once, after a pause. */
  readonly burst: number;
}

export class TokenBucket {
  readonly #pace: Pace;
  #tokens: number;
  #filledNs: bigint | undefined;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#tokens = pace.burst;
  }

  /** When everything taken is paid for; the past = it is. */
  paidNs(nowNs: bigint): bigint {
    if (this.#tokens >= 0) return 0n;
    return nowNs + BigInt(Math.ceil((-this.#tokens / this.#pace.perS) * Number(NS_PER_S)));
  }

  /** Gives back what time has earned; a clock that was set back earns nothing. */
  fill(nowNs: bigint): void {
    const filledNs = this.#filledNs ?? nowNs;
    this.#filledNs = nowNs;
    if (nowNs <= filledNs) return;
    const earned = (Number(nowNs - filledNs) / Number(NS_PER_S)) * this.#pace.perS;
    this.#tokens = Math.min(this.#pace.burst, this.#tokens + earned);
  }

  take(count: number): void {
    this.#tokens -= count;
  }
}
