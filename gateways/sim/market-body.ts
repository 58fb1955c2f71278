/**
 * Writes market-data bodies (35=W and X) the way the recordings have them: the market time as tag
 * 5060, then the entries. Used by the flow generator, and by the venue for a snapshot of the book
 * in hand.
 */
import { ACTION_DELETE, ENTRY_ASK, ENTRY_BID } from '../../wasm/layout.ts';
import { type InstrumentGrid, stepsText } from './instrument-grid.ts';
import type { Level, VenueBook } from './venue-book.ts';

const SOH = '\x01';
const NS_PER_SECOND = 1e9;

/**
 * Market times as FIX UTCTimestamps with nine decimals; the second's text is kept, it rarely
 * changes.
 */
export class MarketTimeText {
  readonly #epochMs: number;
  #second = -1;
  #prefix = '';

  constructor(epochMs: number) {
    this.#epochMs = epochMs;
  }

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

export const marketTimeField = (timeText: string): string => `5060=${timeText}${SOH}`;

/** Fields of a 35=W of the whole book, after tag 5060. */
export function snapshotFields(grid: InstrumentGrid, book: VenueBook): string {
  const levels = book.sides[ENTRY_BID].length + book.sides[ENTRY_ASK].length;
  const head = `55=${grid.symbol}${SOH}268=${Math.max(1, levels)}${SOH}`;
  if (levels === 0) return `${head}269=J${SOH}`;
  const side = (entryType: 0 | 1): string =>
    book.sides[entryType].map((level) => levelFields(grid, entryType, level)).join('');
  return head + side(ENTRY_BID) + side(ENTRY_ASK);
}

function levelFields(grid: InstrumentGrid, type: number, level: Level): string {
  const price = stepsText(level.priceTicks, grid.tickE8);
  return `269=${type}${SOH}270=${price}${SOH}271=${stepsText(level.lots, grid.lotE8)}${SOH}`;
}

/** Fields of one entry of a 35=X; a delete has no size. */
export function changeFields(
  grid: InstrumentGrid,
  change: { action: number; type: number; priceTicks: number; lots: number },
): string {
  const price = stepsText(change.priceTicks, grid.tickE8);
  const what = `279=${change.action}${SOH}269=${change.type}${SOH}`;
  const head = `${what}55=${grid.symbol}${SOH}270=${price}${SOH}`;
  if (change.action === ACTION_DELETE) return head;
  return `${head}271=${stepsText(change.lots, grid.lotE8)}${SOH}`;
}

export const incrementFields = (entries: readonly string[]): string =>
  `268=${entries.length}${SOH}${entries.join('')}`;
