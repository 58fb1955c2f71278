/**
 * Generated flow in the matching venue's book: it trades with the session's orders, what is taken is
 * gone, and the market data that a subscriber hears are the book.
 */
import { expect, test } from 'vitest';
import { ExchangeSide } from '../../../test/support/exchange-side.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { type Fields, type FixMessage, parseMessage } from '../../fix/codec.ts';
import { Tag } from '../../fix/tags.ts';
import { formatTimestamp } from '../../fix/timestamp.ts';

const START_NS = 1_340_287_200_000_000_000n;
const STEP_S = 0.01;

/** A venue with flow in AAPL, a peer logged on and subscribed. */
class Day {
  readonly side = new ExchangeSide(START_NS, {
    hasFlow: true,
    symbols: ['AAPL'],
    openOrders: 50_000,
  });
  /** As the peer has put it together: price to size, by side. */
  readonly shown: readonly [Map<string, string>, Map<string, string>] = [new Map(), new Map()];
  readonly reports: FixMessage[] = [];
  trades = 0;

  constructor() {
    this.side.connect();
    this.send('A', [
      [98, 0],
      [108, 30],
      [141, 'Y'],
    ]);
    const types: Fields = [0, 1, 2].map((type) => [269, type]);
    this.send('V', [
      [262, 'MD'],
      [263, 1],
      [264, 10],
      [265, 1],
      [267, 3],
      ...types,
      [146, 1],
      [55, 'AAPL'],
    ]);
  }

  send(msgType: string, body: Fields): void {
    const number = msgType === 'A' ? 1 : this.side.link.session.counters.nextIn;
    const time = formatTimestamp(this.side.nowNs);
    this.side.receive(
      encodeMessage('FIX.4.4', [
        [35, msgType],
        [49, 'GYRFALCON'],
        [56, 'SIM'],
        [34, number],
        [52, time],
        ...body,
      ]),
    );
    this.#hear();
  }

  order(id: string, side: number, qty: number, price: string, further: Fields = []): void {
    this.send('D', [
      [11, id],
      [55, 'AAPL'],
      [54, side],
      [60, formatTimestamp(this.side.nowNs)],
      [38, qty],
      [40, 2],
      [44, price],
      ...further,
    ]);
  }

  pass(seconds: number): void {
    for (let past = 0; past < seconds; past += STEP_S) this.side.pass(STEP_S);
    this.#hear();
  }

  /** Best bid and ask as shown. */
  get touch(): { readonly bid: number; readonly ask: number } {
    const [bids, asks] = this.shown.map((levels) => [...levels.keys()].map(Number));
    return { bid: Math.max(...bids!), ask: Math.min(...asks!) };
  }

  #hear(): void {
    for (const text of this.side.told.splice(0)) {
      if (!text.startsWith('8=')) continue;
      const message = parseMessage(Buffer.from(text, 'latin1'))!;
      if (message.msgType === '8') this.reports.push(message);
      if (message.msgType === 'W' || message.msgType === 'X') this.#market(message);
    }
  }

  #market(message: FixMessage): void {
    let action = '0';
    let type = '';
    let price = '';
    for (const [tag, value] of message.bodyFields()) {
      if (tag === 279) action = String(value);
      else if (tag === 269) type = String(value);
      else if (tag === 270) price = String(value);
      if (type === '2' && tag === 270) this.trades++;
      if (type !== '0' && type !== '1') continue;
      const levels = this.shown[Number(type) as 0 | 1];
      if (tag === 270 && action === '2') levels.delete(price);
      else if (tag === 271) levels.set(price, String(value));
    }
  }
}

test('the market moves, and what is shown is never crossed', () => {
  const day = new Day();
  const prices = new Set<number>();
  for (let minute = 0; minute < 60; minute++) {
    day.pass(1);
    const { bid, ask } = day.touch;
    expect(ask).toBeGreaterThan(bid);
    prices.add(bid);
    for (const levels of day.shown) expect(levels.size).toBe(10);
  }
  expect(day.trades).toBeGreaterThan(100);
  expect(prices.size).toBeGreaterThan(3);
});

test('an order takes what the flow shows, at its prices, and that is gone', () => {
  const day = new Day();
  day.pass(1);
  const { ask } = day.touch;
  const shown = Number(day.shown[1].get(String(ask)));
  day.order('TAKE', 1, shown, String(ask), [[59, 3]]);
  const fills = day.reports.filter((report) => report.get(Tag.ExecType) === 'F');
  const filled = fills.reduce((sum, report) => sum + Number(report.get(Tag.LastQty)), 0);
  expect(filled).toBe(shown);
  expect(new Set(fills.map((report) => Number(report.get(Tag.LastPx))))).toEqual(new Set([ask]));
  expect(day.shown[1].has(String(ask))).toBe(false);
  expect(day.touch.ask).toBeGreaterThan(ask);
});

test('an order that rests at the touch is filled by the flow, in its turn', () => {
  const day = new Day();
  day.pass(1);
  const { bid } = day.touch;
  day.order('REST', 1, 50, String(bid));
  day.pass(30);
  const fills = day.reports.filter((report) => report.get(Tag.ExecType) === 'F');
  expect(fills.length).toBeGreaterThan(0);
  for (const fill of fills) {
    expect(Number(fill.get(Tag.LastPx))).toBe(bid);
    expect(fill.get(Tag.LastLiquidityInd)).toBe('1');
  }
});

test('a side that is swept empty fills again', () => {
  const day = new Day();
  day.pass(1);
  day.order('SWEEP', 1, 1_000_000, '9999', [[59, 3]]);
  expect(day.shown[1].size).toBe(0);
  day.pass(2);
  expect(day.shown[1].size).toBeGreaterThan(0);
  expect(day.touch.ask).toBeGreaterThan(day.touch.bid);
});

test('the same seed gives the same flow', () => {
  const tell = (): string[] => {
    const side = new ExchangeSide(START_NS, { hasFlow: true, symbols: ['AAPL'] });
    side.pass(0);
    for (let step = 0; step < 500; step++) side.pass(STEP_S);
    return [side.state];
  };
  expect(tell()).toEqual(tell());
});
