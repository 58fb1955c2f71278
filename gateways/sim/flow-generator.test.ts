/**
 * The generated market: the same from the same seed, plausible, and no gift to whoever rests in it.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testInstrument } from '../../test/support/venue-rig.ts';
import { FlowGenerator } from './flow-generator.ts';
import { gridOf } from './instrument-grid.ts';
import { MarketEntries } from './market-entries.ts';
import { OrderDesk } from './order-desk.ts';
import { VENUE_DEFAULTS } from './venue-options.ts';
import { LIQUIDITY_MAKER } from './venue-order.ts';

const historyCsv = readFileSync(VENUE_DEFAULTS.historyFile, 'latin1');
const GRIDS = ['AAPL', 'JPM'].map((symbol) => gridOf(testInstrument(symbol)));
const CENT = 100; // ticks
const SECOND_NS = 1e9;

const generator = (seed: number, durationS: number): FlowGenerator =>
  new FlowGenerator({ seed, durationS, historyCsv, grids: GRIDS });

function bytesOf(seed: number, durationS: number): string {
  const source = generator(seed, durationS);
  const parts: string[] = [];
  for (let message = source.next(); message !== undefined; message = source.next()) {
    parts.push(message.bytes.toString('latin1', message.bodyStart, message.bodyEnd));
  }
  return parts.join('\n');
}

test('the same seed gives the same bytes, another seed gives others', () => {
  const first = bytesOf(1, 20);
  expect(first.split('\n').length).toBeGreaterThan(2000);
  expect(bytesOf(1, 20)).toBe(first);
  expect(bytesOf(2, 20)).not.toBe(first);
});

test('a stock without a price history is refused when no other has one', () => {
  const grids = [gridOf(testInstrument('NONE'))];
  expect(() => new FlowGenerator({ seed: 1, durationS: 1, historyCsv, grids })).toThrow('AAPL');
});

interface Fill {
  readonly timeNs: number;
  readonly sign: 1 | -1;
  readonly midTicks: number;
  readonly priceTicks: number;
}

/** A naive market maker: 100 shares at each touch, moved with it. */
class TouchQuoter {
  readonly fills: Fill[][] = GRIDS.map(() => []);
  readonly mids: { timeNs: number; ticks: number }[][] = GRIDS.map(() => []);
  readonly desk: OrderDesk;
  readonly #quotes = GRIDS.map(() => ({ 1: '', 2: '' }));
  #ids = 0;
  timeNs = 0;

  constructor() {
    this.desk = new OrderDesk(GRIDS, {
      execution: (report) => {
        if (report.liquidity !== LIQUIDITY_MAKER) return;
        this.fills[report.instrument]!.push({
          timeNs: this.timeNs,
          sign: report.side === 1 ? 1 : -1,
          midTicks: this.mids[report.instrument]!.at(-1)!.ticks,
          priceTicks: report.lastTicks,
        });
      },
      cancelReject: () => {},
    });
  }

  quote(instrument: number): void {
    const { sides } = this.desk.matching(instrument).book;
    const open = this.desk.openOrders();
    for (const side of [1, 2] as const) {
      const priceTicks = sides[side - 1]![0]!.priceTicks;
      const resting = open.find(({ clOrdId }) => clOrdId === this.#quotes[instrument]![side]);
      if (resting?.priceTicks === priceTicks) continue;
      if (resting !== undefined)
        this.desk.cancel({ clOrdId: this.#id(), origClOrdId: resting.clOrdId });
      const clOrdId = this.#id();
      this.#quotes[instrument]![side] = clOrdId;
      const terms = {
        account: '',
        symbol: GRIDS[instrument]!.symbol,
        ordType: '2',
        timeInForce: '0',
      } as const;
      this.desk.newOrder({ ...terms, clOrdId, instrument, side, priceTicks, qtyLots: 100 });
    }
  }

  #id(): string {
    return `Q${++this.#ids}`;
  }
}

/** Mean and its standard error. */
function meanOf(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

function midAfter(mids: readonly { timeNs: number; ticks: number }[], timeNs: number): number {
  let low = 0;
  let high = mids.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (mids[middle]!.timeNs <= timeNs) low = middle;
    else high = middle - 1;
  }
  return mids[low]!.ticks;
}

test('the book is sound, and passive fills suffer adverse selection', () => {
  const durationS = 900;
  const source = generator(7, durationS);
  const entries = new MarketEntries(GRIDS);
  const quoter = new TouchQuoter();
  const spreads: number[][] = GRIDS.map(() => []);
  let messages = 0;
  for (let message = source.next(); message !== undefined; message = source.next()) {
    messages++;
    expect(
      entries.parse(message.bytes, message.fieldsStart, message.bodyEnd, message.isSnapshot),
    ).toBe('');
    quoter.timeNs = message.timeNs;
    quoter.desk.onMarket(entries, message.isSnapshot);
    const instrument = entries.instrument[0]!;
    const [bids, asks] = quoter.desk.matching(instrument).book.sides;
    if (bids.length !== 10 || asks.length !== 10) expect.fail('the book has not ten levels a side');
    const spread = asks[0]!.priceTicks - bids[0]!.priceTicks;
    spreads[instrument]!.push(spread / CENT);
    const ticks = (asks[0]!.priceTicks + bids[0]!.priceTicks) / 2;
    quoter.mids[instrument]!.push({ timeNs: message.timeNs, ticks });
    quoter.quote(instrument);
  }
  const perSecond = messages / durationS / GRIDS.length;
  expect(perSecond).toBeGreaterThan(50);
  expect(perSecond).toBeLessThan(200);
  GRIDS.forEach(({ symbol }, instrument) => {
    const fills = quoter.fills[instrument]!;
    const mids = quoter.mids[instrument]!;
    const moves = fills.map(
      (fill) => (fill.sign * (midAfter(mids, fill.timeNs + SECOND_NS) - fill.midTicks)) / CENT,
    );
    const earned = meanOf(
      fills.map((fill) => (fill.sign * (fill.midTicks - fill.priceTicks)) / CENT),
    );
    const { mean, error } = meanOf(moves);
    const firstMinute = fills.filter(
      (fill) => fill.timeNs < mids[0]!.timeNs + 60 * SECOND_NS,
    ).length;
    console.log(
      `${symbol}: ${fills.length} passive fills, ${firstMinute} in the first minute; ` +
        `mid 1 s later ${mean.toFixed(3)} +- ${error.toFixed(3)} cents, ` +
        `half spread ${earned.mean.toFixed(3)}; ${perSecond.toFixed(0)} messages/s`,
    );
    expect(Math.min(...spreads[instrument]!.slice(0, 50_000))).toBeGreaterThanOrEqual(1);
    expect(Math.max(...spreads[instrument]!.slice(0, 50_000))).toBeLessThan(30);
    expect(firstMinute).toBeGreaterThanOrEqual(20);
    expect(mean).toBeLessThan(-3 * error);
  });
});
