/**
 * The entries of one market-data body (35=W or X) as integers: the light parse that the venue's
 * matching needs. One object is filled again for every message; no string is made of a field.
 */
import { DECODED_ENTRIES_MAX, ENTRY_EMPTY_BOOK, ENTRY_TRADE } from '../../wasm/layout.ts';
import { decimalBytesE8, type InstrumentGrid, stepsE8 } from './instrument-grid.ts';

const SOH = 1;
const EQUALS = 61;
const ZERO = 48;
const CODE_EMPTY_BOOK = 74; // 269=J
const TAG_SYMBOL = 55;
const TAG_ENTRY_TYPE = 269;
const TAG_PRICE = 270;
const TAG_SIZE = 271;
const TAG_ACTION = 279;

export class MarketEntries {
  count = 0;
  readonly instrument = new Int32Array(DECODED_ENTRIES_MAX);
  readonly action = new Int32Array(DECODED_ENTRIES_MAX);
  readonly type = new Int32Array(DECODED_ENTRIES_MAX);
  readonly priceTicks = new Float64Array(DECODED_ENTRIES_MAX);
  readonly qtyLots = new Float64Array(DECODED_ENTRIES_MAX);
  readonly #grids: readonly InstrumentGrid[];
  #inherited = -1;

  constructor(grids: readonly InstrumentGrid[]) {
    this.#grids = grids;
  }

  /** Parses the body in bytes[start, end); returns what is wrong with it, '' where nothing is. */
  parse(bytes: Uint8Array, start: number, end: number, isSnapshot: boolean): string {
    this.count = 0;
    this.#inherited = -1;
    const opening = isSnapshot ? TAG_ENTRY_TYPE : TAG_ACTION;
    let at = start;
    while (at < end) {
      let tag = 0;
      while (at < end && bytes[at] !== EQUALS) tag = tag * 10 + bytes[at++]! - ZERO;
      const valueStart = at + 1;
      at = valueStart;
      while (at < end && bytes[at] !== SOH) at++;
      if (at >= end) return 'a field has no end';
      if (tag === opening && !this.#open(isSnapshot))
        return `more than ${DECODED_ENTRIES_MAX} entries`;
      const problem = this.#field(tag, bytes, valueStart, at);
      if (problem !== '') return problem;
      at++;
    }
    return this.#check();
  }

  #open(isSnapshot: boolean): boolean {
    const index = this.count;
    if (index === DECODED_ENTRIES_MAX) return false;
    this.instrument[index] = this.#inherited;
    this.action[index] = isSnapshot ? 0 : -1;
    this.type[index] = -1;
    this.priceTicks[index] = Number.NaN;
    this.qtyLots[index] = Number.NaN;
    this.count = index + 1;
    return true;
  }

  #field(tag: number, bytes: Uint8Array, start: number, end: number): string {
    const index = this.count - 1;
    switch (tag) {
      case TAG_SYMBOL:
        return this.#symbol(index, bytes, start, end);
      case TAG_ACTION:
        this.action[index] = bytes[start]! - ZERO;
        return '';
      case TAG_ENTRY_TYPE:
        this.type[index] =
          bytes[start] === CODE_EMPTY_BOOK ? ENTRY_EMPTY_BOOK : bytes[start]! - ZERO;
        return '';
      case TAG_PRICE:
      case TAG_SIZE:
        return this.#amount(tag === TAG_PRICE, index, decimalBytesE8(bytes, start, end));
      default:
        return '';
    }
  }

  #symbol(index: number, bytes: Uint8Array, start: number, end: number): string {
    const found = this.#grids.findIndex((grid) => equalBytes(grid.symbolBytes, bytes, start, end));
    if (found < 0) {
      const symbol = Buffer.from(bytes.subarray(start, end)).toString('latin1');
      return `symbol ${symbol} is not among the instruments of the configuration`;
    }
    this.#inherited = found;
    if (index >= 0) this.instrument[index] = found;
    return '';
  }

  #amount(isPrice: boolean, index: number, valueE8: number): string {
    const grid = this.#grids[this.instrument[index] ?? -1];
    if (grid === undefined) return 'an entry has its price or size before its symbol (55)';
    const steps = stepsE8(valueE8, isPrice ? grid.tickE8 : grid.lotE8);
    if (Number.isNaN(steps)) return `${isPrice ? 'price (270)' : 'size (271)'} is off the grid`;
    if (isPrice) this.priceTicks[index] = steps;
    else this.qtyLots[index] = steps;
    return '';
  }

  #check(): string {
    for (let index = 0; index < this.count; index++) {
      const type = this.type[index]!;
      if (type === ENTRY_EMPTY_BOOK) continue;
      if (type < 0 || type > ENTRY_TRADE) return 'an entry type (269) is not bid, offer or trade';
      const action = this.action[index]!;
      if (action < 0 || action > 2) return 'an update action (279) is not new, change or delete';
      if (Number.isNaN(this.priceTicks[index]!)) return 'an entry has no price (270)';
      if (action !== 2 && Number.isNaN(this.qtyLots[index]!)) return 'an entry has no size (271)';
    }
    return '';
  }
}

function equalBytes(wanted: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = wanted.length;
  if (end - start !== length) return false;
  for (let at = 0; at < length; at++) if (wanted[at] !== bytes[start + at]) return false;
  return true;
}
