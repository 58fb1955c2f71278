/**
 * The replaying venue's own book: prices and quantities as the venue wrote them, nothing converted.
 * It answers depth requests and is the judge in tests; it shares no code with the engine's book.
 */

/** Price and quantity, as text. */
export type TextLevel = readonly [price: string, quantity: string];

export interface DepthAnswer {
  readonly lastUpdateId: number;
  readonly bids: readonly TextLevel[];
  readonly asks: readonly TextLevel[];
}

export class PlainBook {
  readonly #bids = new Map<string, string>();
  readonly #asks = new Map<string, string>();
  #lastUpdateId: number;

  constructor(start: DepthAnswer) {
    this.#lastUpdateId = start.lastUpdateId;
    set(this.#bids, start.bids);
    set(this.#asks, start.asks);
  }

  get lastUpdateId(): number {
    return this.#lastUpdateId;
  }

  /** A diff that the book already holds changes nothing. */
  apply(finalId: number, bids: readonly TextLevel[], asks: readonly TextLevel[]): void {
    if (finalId <= this.#lastUpdateId) return;
    this.#lastUpdateId = finalId;
    set(this.#bids, bids);
    set(this.#asks, asks);
  }

  /** At most `limit` levels a side, best first. */
  depth(limit: number): DepthAnswer {
    const bids = [...this.#bids].sort((left, right) => comparePrices(right[0], left[0]));
    const asks = [...this.#asks].sort((left, right) => comparePrices(left[0], right[0]));
    const lastUpdateId = this.#lastUpdateId;
    return { lastUpdateId, bids: bids.slice(0, limit), asks: asks.slice(0, limit) };
  }
}

function set(side: Map<string, string>, levels: readonly TextLevel[]): void {
  for (const [price, quantity] of levels) {
    if (/[1-9]/.test(quantity)) side.set(price, quantity);
    else side.delete(price);
  }
}

/**
 * A venue writes all prices of a symbol with the same decimals, so the longer text is the larger.
 */
const comparePrices = (left: string, right: string): number =>
  left.length - right.length || (left < right ? -1 : Number(left !== right));
