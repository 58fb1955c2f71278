/** Every instrument in one line, found by a part of its symbol or by the state of its book. */
import type { InstrumentFrame } from '../engine/event/generated/instrument-frame.ts';
import { byId, setText } from './dom.ts';
import { number } from './format.ts';
import { Table } from './table.ts';
import type { Decimals } from './trading-panels.ts';

/** More lines than anybody reads; the field above them leads to the others. */
const ROWS_MAX = 100;

/** Of a side's best level, which an empty side has not. */
const best = (row: InstrumentFrame, side: 'bids' | 'asks'): number =>
  row[`${side}Length`]() === 0 ? Number.NaN : row[side](0)!.price();

export class InstrumentsPanel {
  readonly #table: Table<InstrumentFrame>;
  readonly #wanted = byId<HTMLInputElement>('instrument-filter');

  constructor(decimals: Decimals, show: (symbol: string) => void) {
    const price = (row: InstrumentFrame, value: number) => decimals.price(row.symbol(), value);
    this.#table = new Table<InstrumentFrame>(byId('instruments'), {
      caption: 'Instruments and their books',
      empty: 'No instrument has this in its symbol or state',
      key: (row) => row.symbol() ?? '',
      columns: [
        { label: 'Symbol', text: (row) => row.symbol() ?? '' },
        {
          label: 'Book',
          text: (row) => stateOf(row),
          tone: (row) => (stateOf(row) === 'LIVE' ? 'up' : 'warn'),
        },
        { label: 'Bid', numeric: true, text: (row) => price(row, best(row, 'bids')) },
        { label: 'Ask', numeric: true, text: (row) => price(row, best(row, 'asks')) },
        { label: 'Last', numeric: true, text: (row) => price(row, row.lastPrice()) },
        { label: 'Volume', numeric: true, text: (row) => number(row.volume()) },
        { label: 'Age ms', numeric: true, text: (row) => number(row.bookAgeMs()) },
      ],
      action: {
        heading: 'Show',
        label: () => 'Show',
        description: (row) => `Show the book of ${row.symbol()}`,
        press: (row) => show(row.symbol() ?? ''),
      },
    });
  }

  update(instruments: readonly InstrumentFrame[]): void {
    const wanted = this.#wanted.value.trim().toUpperCase();
    const found = instruments.filter(
      (row) => (row.symbol() ?? '').toUpperCase().includes(wanted) || stateOf(row) === wanted,
    );
    this.#table.update(found.slice(0, ROWS_MAX));
    const shown = Math.min(found.length, ROWS_MAX);
    setText(byId('instruments-note'), `${shown} of ${instruments.length} shown`);
  }
}

/** What keeps it from being traded stands before what its book is. */
function stateOf(row: InstrumentFrame): string {
  const trading = row.tradingState() ?? '';
  return trading === 'ACTIVE' ? (row.bookState() ?? '') : trading;
}
