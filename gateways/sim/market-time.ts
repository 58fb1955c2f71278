/**
 * Market times of the simulated venue as FIX UTCTimestamps with nine decimals. Beside
 * gateways/fix/timestamp.ts for its speed: one text a message, 100,000 a second, and the text of
 * the second rarely changes.
 */
import { NS_PER_SECOND } from '../../engine/units.ts';

export class MarketTimeText {
  readonly #epochMs: number;
  #second = -1;
  #prefix = '';

  constructor(epochMs: number) {
    this.#epochMs = epochMs;
  }

  /** `timeNs` since midnight UTC of the first day. */
  of(timeNs: number): string {
    const second = Math.floor(timeNs / NS_PER_SECOND);
    if (second !== this.#second) {
      const iso = new Date(this.#epochMs + second * 1000).toISOString();
      this.#second = second;
      this.#prefix = `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19)}.`;
    }
    return this.#prefix + String(timeNs - second * NS_PER_SECOND).padStart(9, '0');
  }
}
