/**
 * What is told of refused connections: each one, as long as they are few. A stranger who knocks
 * without end must not fill the log.
 */
import type { Clock } from '../../../engine/ports.ts';
import { TokenBucket } from './token-bucket.ts';

const TOLD = { perS: 5, burst: 100 };

export class RefusalNotes {
  readonly #clock: Clock;
  readonly #tell: (reason: string) => void;
  readonly #pace = new TokenBucket(TOLD);
  #untold = 0;

  constructor(clock: Clock, tell: (reason: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  add(reason: string): void {
    const nowNs = this.#clock.nowNs();
    this.#pace.fill(nowNs);
    if (this.#pace.paidNs(nowNs) > nowNs) {
      this.#untold += 1;
      return;
    }
    this.#pace.take(1);
    const untold = this.#untold;
    this.#untold = 0;
    this.#tell(untold === 0 ? reason : `${reason}; ${untold} refusals before it were not told`);
  }
}
