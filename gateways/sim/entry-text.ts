/**
 * The venue's book, in ticks and lots, as the decimal text of market-data entries
 * (gateways/fix/market-data.ts): the whole book, or one change of it.
 */
import { ACTION_DELETE, ACTION_NEW, ENTRY_ASK, ENTRY_BID } from '../../wasm/layout.ts';
import type { MarketDataEntry } from '../fix/market-data.ts';
import { type InstrumentGrid, stepsText } from './instrument-grid.ts';
import type { VenueBook } from './venue-book.ts';

/** Every level, bids first, best first. */
export function bookEntries(grid: InstrumentGrid, book: VenueBook): MarketDataEntry[] {
  return ([ENTRY_BID, ENTRY_ASK] as const).flatMap((type) =>
    book.sides[type].map(({ priceTicks, lots }) =>
      entryText(grid, { action: ACTION_NEW, type, priceTicks, lots }),
    ),
  );
}

export function entryText(
  grid: InstrumentGrid,
  change: { action: number; type: number; priceTicks: number; lots: number },
): MarketDataEntry {
  return {
    action: change.action,
    type: change.type,
    price: stepsText(change.priceTicks, grid.tickE8),
    size: change.action === ACTION_DELETE ? '' : stepsText(change.lots, grid.lotE8),
  };
}
