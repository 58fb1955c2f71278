/**
 * Orders against a market by price: what fills, at which price, as maker or taker, and what rests.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testInstrument } from '../../test/support/venue-rig.ts';
import type { CancelReject } from '../fix/order-entry.ts';
import { gridOf } from './instrument-grid.ts';
import { MarketEntries } from './market-entries.ts';
import { OrderDesk } from './order-desk.ts';
import type { ExecutionReport, NewOrder } from './venue-order.ts';

const CENT = 100; // ticks
const GRID = gridOf(testInstrument('GOOG'));
/** 100.00 x 300, 99.99 x 200 against 100.02 x 100, 100.03 x 400. */
const START =
  '55=GOOG|268=4|269=0|270=100|271=300|269=0|270=99.99|271=200|' +
  '269=1|270=100.02|271=100|269=1|270=100.03|271=400|';

class Bench {
  readonly reports: ExecutionReport[] = [];
  readonly rejects: CancelReject[] = [];
  readonly desk: OrderDesk;
  readonly #entries = new MarketEntries([GRID]);

  constructor() {
    this.desk = new OrderDesk([GRID], {
      execution: (report) => this.reports.push(report),
      cancelReject: (reject) => this.rejects.push(reject),
    });
    this.market(START, { isSnapshot: true });
  }

  market(body: string, options = { isSnapshot: false }): this {
    const bytes = Buffer.from(body.replaceAll('|', '\x01'), 'latin1');
    expect(this.#entries.parse(bytes, 0, bytes.length, options.isSnapshot)).toBe('');
    this.desk.onMarket(this.#entries, options.isSnapshot);
    return this;
  }

  /** "buy 100 @ 100.02 IOC"; "sell 300" is a market order. */
  order(clOrdId: string, text: string): this {
    this.desk.newOrder(newOrder(clOrdId, text));
    return this;
  }

  /** "O1 trade 100@100.02 taker", in the order in which it happened; then forgets. */
  get story(): string[] {
    const lines = this.reports.map((report) => {
      const fill = report.lastLots === 0 ? '' : ` ${report.lastLots}@${report.lastTicks / 10_000}`;
      const role = ['', ' maker', ' taker'][report.liquidity];
      return `${report.clOrdId} ${NAMES[report.execType]}${fill}${role}`;
    });
    this.reports.length = 0;
    return lines;
  }
}

const NAMES = {
  0: 'new',
  4: 'canceled',
  5: 'replaced',
  8: 'rejected',
  C: 'expired',
  F: 'trade',
  I: 'status',
};
const TIMES = { DAY: '0', IOC: '3', FOK: '4' } as const;

function newOrder(clOrdId: string, text: string): NewOrder {
  const match = /^(buy|sell) (\d+)(?: @ ([\d.]+))?(?: (IOC|FOK))?$/.exec(text)!;
  const [, side, qty, price, time = 'DAY'] = match;
  return {
    clOrdId,
    account: 'A',
    symbol: 'GOOG',
    instrument: 0,
    side: side === 'buy' ? 1 : 2,
    ordType: price === undefined ? '1' : '2',
    timeInForce: TIMES[time as keyof typeof TIMES],
    priceTicks: Math.round(Number(price ?? 0) * 10_000),
    qtyLots: Number(qty),
  };
}

const change = (side: 0 | 1, price: string, lots: number): string =>
  `268=1|279=1|269=${side}|55=GOOG|270=${price}|271=${lots}|`;
const add = (side: 0 | 1, price: string, lots: number): string =>
  `268=1|279=0|269=${side}|55=GOOG|270=${price}|271=${lots}|`;
const trade = (price: string, lots: number): string =>
  `268=1|279=0|269=2|55=GOOG|270=${price}|271=${lots}|`;
const tradeAt = (side: 0 | 1, price: string, lots: number, left: number): string =>
  `268=2|279=1|269=${side}|55=GOOG|270=${price}|271=${left}|` +
  `279=0|269=2|55=GOOG|270=${price}|271=${lots}|`;

describe('an arriving order', () => {
  const cases: [name: string, order: string, story: string[]][] = [
    [
      'a limit order at the touch takes what is shown',
      'buy 100 @ 100.02',
      ['A new', 'A trade 100@100.02 taker'],
    ],
    [
      'a limit order walks the levels within its limit',
      'buy 300 @ 100.03',
      ['A new', 'A trade 100@100.02 taker', 'A trade 200@100.03 taker'],
    ],
    ['the rest of a limit order rests', 'buy 150 @ 100.02', ['A new', 'A trade 100@100.02 taker']],
    ['a passive order rests', 'sell 50 @ 100.02', ['A new']],
    [
      'the rest of an IOC order expires',
      'buy 150 @ 100.02 IOC',
      ['A new', 'A trade 100@100.02 taker', 'A expired'],
    ],
    ['an IOC order never rests', 'buy 100 @ 100.01 IOC', ['A new', 'A expired']],
    [
      'a FOK order that can be filled is filled',
      'sell 500 @ 99.99 FOK',
      ['A new', 'A trade 300@100 taker', 'A trade 200@99.99 taker'],
    ],
    [
      'a FOK order that cannot be filled whole does nothing',
      'sell 501 @ 99.99 FOK',
      ['A new', 'A expired'],
    ],
    [
      'a market order takes all there is and its rest expires',
      'sell 600',
      ['A new', 'A trade 300@100 taker', 'A trade 200@99.99 taker', 'A expired'],
    ],
    ['a price off the increment is rejected', 'buy 100 @ 100.005', ['A rejected']],
  ];
  test.each(cases)('%s', (_name, order, story) => {
    expect(new Bench().order('A', order).story).toEqual(story);
  });

  test('the same displayed size never fills us twice', () => {
    const bench = new Bench().order('A', 'buy 100 @ 100.02').order('B', 'buy 100 @ 100.02 IOC');
    expect(bench.story).toEqual(['A new', 'A trade 100@100.02 taker', 'B new', 'B expired']);
    bench.market(change(1, '100.02', 130)).order('C', 'buy 100 @ 100.02 IOC');
    expect(bench.story).toEqual(['C new', 'C trade 30@100.02 taker', 'C expired']);
  });

  test('own orders never trade with each other', () => {
    const bench = new Bench().order('A', 'sell 100 @ 100.01').order('B', 'buy 100 @ 100.01');
    expect(bench.story).toEqual(['A new', 'B new']);
  });

  test('a ClOrdID is used once', () => {
    const bench = new Bench().order('A', 'buy 1 @ 99').order('A', 'buy 1 @ 99');
    expect(bench.story).toEqual(['A new', 'A rejected']);
    expect(bench.desk.openOrders()).toHaveLength(1);
  });
});

describe('a resting order', () => {
  test('fills only after the size ahead of it has traded', () => {
    const bench = new Bench().order('A', 'buy 100 @ 100');
    bench.market(tradeAt(0, '100', 250, 50));
    expect(bench.story).toEqual(['A new']);
    bench.market(tradeAt(0, '100', 80, 20));
    expect(bench.story).toEqual(['A trade 30@100 maker']);
  });

  test('gains by cancels in proportion: half of the level gone is half of the queue gone', () => {
    const bench = new Bench().order('A', 'buy 100 @ 100');
    bench.market(change(0, '100', 150)).market(tradeAt(0, '100', 160, 0));
    expect(bench.story).toEqual(['A new', 'A trade 10@100 maker']);
  });

  test('does not gain by size that joins behind it', () => {
    const bench = new Bench().order('A', 'buy 100 @ 100').market(change(0, '100', 900));
    bench.market(tradeAt(0, '100', 310, 590));
    expect(bench.story).toEqual(['A new', 'A trade 10@100 maker']);
  });

  test('is first at a price of its own', () => {
    const bench = new Bench().order('A', 'buy 100 @ 100.01').market(trade('100.01', 40));
    expect(bench.story).toEqual(['A new', 'A trade 40@100.01 maker']);
  });

  test('fills at its own price when a trade goes through it', () => {
    const bench = new Bench().order('A', 'buy 100 @ 100').market(trade('99.99', 60));
    expect(bench.story).toEqual(['A new', 'A trade 60@100 maker']);
  });

  test('fills at its own price when the opposite touch reaches it', () => {
    const bench = new Bench().order('A', 'buy 100 @ 100.01').market(add(1, '100', 70));
    expect(bench.story).toEqual(['A new', 'A trade 70@100.01 maker']);
  });

  test('beyond the visible depth stands behind all that comes into view', () => {
    const bench = new Bench().order('A', 'buy 100 @ 99.5').market(add(0, '99.5', 500));
    bench.market(tradeAt(0, '99.5', 499, 1));
    expect(bench.story).toEqual(['A new']);
  });

  test('keeps its place when the quantity falls, and loses it when it grows', () => {
    for (const [qty, price, lots] of [
      [50, 100, 10],
      [150, 100, 0],
    ] as const) {
      const bench = new Bench().order('A', 'buy 100 @ 100').market(change(0, '100', 600));
      bench.desk.replace({
        clOrdId: 'B',
        origClOrdId: 'A',
        priceTicks: price * 10_000,
        qtyLots: qty,
      });
      bench.market(tradeAt(0, '100', 310, 290));
      expect(bench.story).toEqual([
        'A new',
        'B replaced',
        ...(lots > 0 ? ['B trade 10@100 maker'] : []),
      ]);
    }
  });

  test('is canceled once; what is done cannot be changed', () => {
    const bench = new Bench().order('A', 'buy 100 @ 100');
    bench.desk.cancel({ clOrdId: 'B', origClOrdId: 'A' });
    bench.desk.cancel({ clOrdId: 'C', origClOrdId: 'A' });
    bench.desk.cancel({ clOrdId: 'D', origClOrdId: 'X' });
    expect(bench.story).toEqual(['A new', 'B canceled']);
    expect(bench.rejects.map(({ clOrdId, reason }) => `${clOrdId} ${reason}`)).toEqual([
      'C 0',
      'D 1',
    ]);
  });

  test('a mass cancel takes out every open order', () => {
    const bench = new Bench().order('A', 'buy 1 @ 100').order('B', 'sell 1 @ 101');
    expect(bench.desk.massCancel(0)).toBe(2);
    expect(bench.story).toEqual(['A new', 'B new', 'A canceled', 'B canceled']);
    expect(bench.desk.openOrders()).toEqual([]);
  });
});

test('whatever comes, fills obey limits, quantities, displayed and traded size', () => {
  const price = fc.integer({ min: 9990, max: 10_010 });
  const lots = fc.integer({ min: 1, max: 400 });
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('order'),
      price,
      lots,
      side: fc.constantFrom(1, 2),
      tif: fc.constantFrom('0', '3', '4'),
    }),
    fc.record({
      kind: fc.constant('level'),
      price,
      lots,
      side: fc.constantFrom(1, 2),
      tif: fc.constant('0'),
    }),
    fc.record({
      kind: fc.constant('trade'),
      price,
      lots,
      side: fc.constantFrom(1, 2),
      tif: fc.constant('0'),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const bench = new Bench();
      let offeredLots = 1000; // displayed at the start
      steps.forEach(({ kind, price: cents, lots: size, side, tif }, index) => {
        const text = (cents / 100).toFixed(2);
        if (kind === 'order') {
          const request = newOrder(`N${index}`, `${side === 1 ? 'buy' : 'sell'} ${size} @ ${text}`);
          bench.desk.newOrder({ ...request, timeInForce: tif as '0' });
          return;
        }
        offeredLots += size; // at most so much more can be taken or traded
        if (kind === 'trade') bench.market(trade(text, size));
        else bench.market(change(cents <= 10_000 ? 0 : 1, text, size));
      });
      const fills = bench.reports.filter((report) => report.lastLots > 0);
      for (const report of bench.reports) {
        if (report.ordStatus !== '8')
          expect(report.cumLots + report.leavesLots).toBeLessThanOrEqual(report.qtyLots);
        if (report.leavesLots > 0) expect(report.cumLots + report.leavesLots).toBe(report.qtyLots);
        if (report.timeInForce === '4' && report.execType === 'C') expect(report.cumLots).toBe(0);
      }
      for (const fill of fills) {
        const worse =
          fill.side === 1 ? fill.lastTicks > fill.priceTicks : fill.lastTicks < fill.priceTicks;
        expect(worse).toBe(false);
        expect(fill.priceTicks % CENT).toBe(0);
      }
      // Buys and sells draw on different sides, but one trade may pass through both.
      for (const side of [1, 2]) {
        const filled = fills
          .filter((fill) => fill.side === side)
          .reduce((sum, fill) => sum + fill.lastLots, 0);
        expect(filled).toBeLessThanOrEqual(offeredLots);
      }
    }),
    { numRuns: 300, seed: 20120621 },
  );
});
