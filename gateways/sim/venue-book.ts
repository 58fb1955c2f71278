/**
 * One instrument's market by price as the venue's matching sees it: the displayed size of each
 * level, and how much of it our own orders may still take. Written by the market data; matching
 * takes from it.
 */
import { ENTRY_BID } from '../../wasm/layout.ts';

export interface Level {
  readonly priceTicks: number;
  lots: number;
  /** Displayed size that no order of ours has taken yet: never above `lots`. */
  takeableLots: number;
}

export class VenueBook {
  /** By ENTRY_BID and ENTRY_ASK, best level first. */
  readonly sides: readonly [Level[], Level[]] = [[], []];

  /**
   * Shows `lots` at a price. Size that arrives can be taken; size that stays and was taken stays
   * taken, so the same displayed shares never fill us twice.
   */
  set(side: number, priceTicks: number, lots: number): void {
    const levels = this.sides[side]!;
    const index = this.#find(side, priceTicks);
    const level = levels[index];
    if (level === undefined || level.priceTicks !== priceTicks) {
      levels.splice(index, 0, { priceTicks, lots, takeableLots: lots });
      return;
    }
    const grown = Math.max(0, lots - level.lots);
    level.takeableLots = Math.min(lots, level.takeableLots + grown);
    level.lots = lots;
  }

  remove(side: number, priceTicks: number): void {
    const levels = this.sides[side]!;
    const index = this.#find(side, priceTicks);
    if (levels[index]?.priceTicks === priceTicks) levels.splice(index, 1);
  }

  clear(): void {
    this.sides[0].length = 0;
    this.sides[1].length = 0;
  }

  /** Displayed size at a price, 0 where there is no level. */
  lotsAt(side: number, priceTicks: number): number {
    const level = this.sides[side]![this.#find(side, priceTicks)];
    return level?.priceTicks === priceTicks ? level.lots : 0;
  }

  /** Whether a level at this price would be within the visible depth. */
  isInView(side: number, priceTicks: number): boolean {
    const worst = this.sides[side]!.at(-1);
    return worst !== undefined && this.#sign(side) * (priceTicks - worst.priceTicks) <= 0;
  }

  #sign(side: number): 1 | -1 {
    return side === ENTRY_BID ? -1 : 1;
  }

  /**
   * Index of the level at the price, or where it would be. Books are shallow: a walk from the
   * touch.
   */
  #find(side: number, priceTicks: number): number {
    const levels = this.sides[side]!;
    const sign = this.#sign(side);
    let index = 0;
    while (index < levels.length && sign * (levels[index]!.priceTicks - priceTicks) < 0) index++;
    return index;
  }
}
