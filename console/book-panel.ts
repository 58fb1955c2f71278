/** The book as a ladder: asks above, bids below, depth as bars, our own quantity beside each level. */
import type { InstrumentFrame } from '../engine/event/generated/instrument-frame.ts';
import type { Level } from '../engine/event/generated/level.ts';
import { byId, make, setState, setText } from './dom.ts';
import { dayOf, decimalsOf, number } from './format.ts';
import { rowsOf } from './rows.ts';

const LEVELS = 10;

interface LadderRow {
  readonly element: HTMLTableRowElement;
  readonly own: HTMLTableCellElement;
  readonly price: HTMLTableCellElement;
  readonly quantity: HTMLElement;
  readonly bar: HTMLElement;
}

export class BookPanel {
  readonly #asks: LadderRow[] = [];
  readonly #bids: LadderRow[] = [];
  readonly #spread = make('td', 'spread');

  constructor() {
    const table = make('table', 'ladder');
    const body = make('tbody');
    const head = make('thead');
    const labels = make('tr');
    for (const label of ['Side', 'Own', 'Price', 'Quantity']) {
      const cell = make('th', label === 'Side' ? '' : 'number', label);
      cell.scope = 'col';
      labels.append(cell);
    }
    head.append(labels);
    for (let level = LEVELS - 1; level >= 0; level--) this.#asks[level] = this.#row(body, 'Ask');
    const middle = make('tr', 'middle');
    this.#spread.colSpan = 4;
    middle.append(this.#spread);
    body.append(middle);
    for (let level = 0; level < LEVELS; level++) this.#bids[level] = this.#row(body, 'Bid');
    table.append(make('caption', 'hidden', 'Ten best levels of each side'), head, body);
    byId('book').append(table);
  }

  update(instrument: InstrumentFrame): void {
    setState(byId('book-state'), instrument.bookState() ?? '');
    const bids = rowsOf(instrument.bidsLength(), (index) => instrument.bids(index));
    const asks = rowsOf(instrument.asksLength(), (index) => instrument.asks(index));
    const quantities = [...bids, ...asks].map((level) => level.quantity());
    const format = {
      price: instrument.priceDecimals(),
      quantity: decimalsOf(quantities),
      deepest: Math.max(...quantities, 0),
    };
    for (let level = 0; level < LEVELS; level++) {
      write(this.#bids[level]!, bids[level], format);
      write(this.#asks[level]!, asks[level], format);
    }
    setText(this.#spread, spreadLine(instrument, bids[0], asks[0]));
  }

  #row(body: HTMLElement, side: 'Ask' | 'Bid'): LadderRow {
    const element = make('tr', side === 'Ask' ? 'ask' : 'bid');
    const own = make('td', 'number own');
    const price = make('td', 'number price');
    const depth = make('td', 'number depth');
    const bar = make('span', 'bar');
    const quantity = make('span');
    depth.append(bar, quantity);
    element.append(make('td', 'side', side), own, price, depth);
    body.append(element);
    return { element, own, price, quantity, bar };
  }
}

interface LadderFormat {
  readonly price: number;
  readonly quantity: number;
  readonly deepest: number;
}

function write(row: LadderRow, level: Level | undefined, format: LadderFormat): void {
  const own = level?.own() ?? 0;
  setText(row.price, level === undefined ? '' : number(level.price(), format.price));
  setText(row.quantity, level === undefined ? '' : number(level.quantity(), format.quantity));
  setText(row.own, own > 0 ? `● ${number(own, format.quantity)}` : '');
  row.element.classList.toggle('mine', own > 0);
  const share = level === undefined || format.deepest === 0 ? 0 : level.quantity() / format.deepest;
  row.bar.style.transform = `scaleX(${share.toFixed(3)})`;
}

function spreadLine(instrument: InstrumentFrame, bid?: Level, ask?: Level): string {
  const decimals = instrument.priceDecimals();
  if (bid === undefined && ask === undefined) {
    return instrument.bookState() === 'INIT' ? 'no market data yet' : 'empty book';
  }
  if (bid === undefined || ask === undefined) return 'one-sided book';
  const spread = number(ask.price() - bid.price(), decimals);
  return `spread ${spread} · microprice ${number(instrument.microprice(), decimals + 2)}`;
}

/** The line of signals over the charts. */
export function signalLine(instrument: InstrumentFrame): string {
  const volatility = number(instrument.ewmaVol(), instrument.priceDecimals() + 2);
  const sign = instrument.tradeSign();
  const taker = sign === 0 ? '–' : sign > 0 ? 'buyer' : 'seller';
  return [
    `order flow ${number(instrument.ofi())}`,
    `vol ${volatility}/√s`,
    `z ${number(instrument.zScore(), 2)}`,
    `vwap ${number(instrument.vwap(), instrument.priceDecimals())}`,
    `last ${taker}`,
    `book age ${number(instrument.bookAgeMs())} ms`,
  ].join(' · ');
}

/** Names the instrument, and the market's day, over the panels that show them. */
export const setTitles = (symbol: string, marketMs: number): void => {
  setText(byId('book-title'), `Book ${symbol}`);
  setText(byId('tape-title'), `Trades ${symbol}`);
  setText(byId('chart-title'), `${symbol} ${dayOf(marketMs)}`);
};
