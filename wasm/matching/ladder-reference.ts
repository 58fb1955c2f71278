/**
 * One sorted side of the plain twin's book: an array of levels, best first, each with an array of
 * orders, oldest first. `PageCount` counts blocks of 64 prices that hold an order, as the kernel's
 * pool of pages does.
 */

export interface ReferenceOrder {
  readonly id: number;
  readonly owner: number;
  readonly selfTrade: number;
  readonly isDay: boolean;
  readonly isPostOnly: boolean;
  readonly displayLots: number;
  /** Icebergs and stops. */
  readonly hasExtra: boolean;
  /** Of stops; 0 otherwise. */
  readonly type: number;
  readonly timeInForce: number;
  /** Of stop-limit orders; 0 otherwise. */
  limitTicks: number;
  shownLots: number;
  hiddenLots: number;
  ladder: ReferenceLadder;
  ticks: number;
}

export interface ReferenceLevel {
  readonly ticks: number;
  readonly orders: ReferenceOrder[];
}

export class PageCount {
  readonly #levels = new Map<string, number>();

  has(page: string): boolean {
    return this.#levels.has(page);
  }

  get used(): number {
    return this.#levels.size;
  }

  change(page: string, by: 1 | -1): void {
    const levels = (this.#levels.get(page) ?? 0) + by;
    if (levels === 0) this.#levels.delete(page);
    else this.#levels.set(page, levels);
  }
}

export class ReferenceLadder {
  readonly instrument: number;
  /** 0 bids, 1 asks, 2 buy stops, 3 sell stops. */
  readonly index: number;
  readonly levels: ReferenceLevel[] = [];
  readonly #pages: PageCount;
  readonly #baseTicks: number;

  constructor(instrument: number, index: number, baseTicks: number, pages: PageCount) {
    this.instrument = instrument;
    this.index = index;
    this.#baseTicks = baseTicks;
    this.#pages = pages;
  }

  /** Lower is nearer the touch. */
  rank(ticks: number): number {
    return this.index === 0 || this.index === 3 ? -ticks : ticks;
  }

  page(ticks: number): string {
    return `${this.instrument}/${this.index}/${Math.floor((ticks - this.#baseTicks) / 64)}`;
  }

  at(ticks: number): ReferenceLevel | undefined {
    return this.levels.find((level) => level.ticks === ticks);
  }

  shownLotsAt(ticks: number): number {
    return this.at(ticks)?.orders.reduce((sum, { shownLots }) => sum + shownLots, 0) ?? 0;
  }

  append(order: ReferenceOrder, ticks: number): void {
    order.ladder = this;
    order.ticks = ticks;
    const level = this.at(ticks);
    if (level !== undefined) {
      level.orders.push(order);
      return;
    }
    let place = 0;
    while (place < this.levels.length && this.rank(this.levels[place]!.ticks) < this.rank(ticks)) {
      place++;
    }
    this.levels.splice(place, 0, { ticks, orders: [order] });
    this.#pages.change(this.page(ticks), 1);
  }

  remove(order: ReferenceOrder): void {
    const index = this.levels.findIndex(({ ticks }) => ticks === order.ticks);
    const { orders } = this.levels[index]!;
    orders.splice(orders.indexOf(order), 1);
    if (orders.length > 0) return;
    this.levels.splice(index, 1);
    this.#pages.change(this.page(order.ticks), -1);
  }
}
