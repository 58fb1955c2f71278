/** What Binance sends, and what becomes of it; nothing that it could send may throw. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBinance, snapshotUrlOf, streamUrl } from './binance.ts';

const TARGET = { symbol: 'BTCUSDT', instrument: 3, tickE8: 10_000_000, lotE8: 100_000 };
const INSTRUMENTS = new Map([['BTCUSDT', TARGET]]);
const parse = (text: string) => parseBinance(text, INSTRUMENTS, 'BTCUSDT');
const wrapped = (data: object) => JSON.stringify({ stream: 'btcusdt@depth@0ms', data });

const DIFF = {
  e: 'depthUpdate',
  E: 1723161256299,
  s: 'BTCUSDT',
  U: 101,
  u: 110,
  pu: 99,
  b: [['58710.20', '0.014']],
  a: [['61800.30', '0.000']],
};

describe('a message in its wrapper', () => {
  test('a USD-M diff follows its pu', () => {
    expect(parse(wrapped(DIFF))).toEqual({
      kind: 'diff',
      target: TARGET,
      hasPrevious: true,
      previousId: 99,
      firstId: 101,
      finalId: 110,
      exchangeTimeMs: 1723161256299,
      bids: [587_102, 14],
      asks: [618_003, 0],
    });
  });

  test('a spot diff follows U - 1', () => {
    const { pu, ...spot } = DIFF;
    expect(pu).toBe(99);
    expect(parse(wrapped(spot))).toMatchObject({ hasPrevious: false, previousId: 100 });
  });

  test('a snapshot belongs to the symbol that was asked for', () => {
    const text = '{"lastUpdateId":7,"bids":[["1.0","2.000"]],"asks":[]}';
    const message = { kind: 'snapshot', target: TARGET, lastUpdateId: 7, exchangeTimeMs: 0 };
    expect(parse(text)).toEqual({ ...message, bids: [10, 2000], asks: [] });
  });

  test('a bookTicker is known with its name (USD-M) and without it (spot)', () => {
    const quote = { u: 5, s: 'BTCUSDT', b: '1.0', B: '2.0', a: '1.1', A: '0.5' };
    const level = { updateId: 5, bidTicks: 10, bidLots: 2000, askTicks: 11, askLots: 500 };
    const expected = { kind: 'bookTicker', target: TARGET, ...level };
    expect(parse(wrapped(quote))).toEqual(expected);
    expect(parse(wrapped({ e: 'bookTicker', ...quote }))).toEqual(expected);
  });

  test('a trade has its price, quantity and time', () => {
    const trade = { e: 'trade', E: 9, T: 8, s: 'BTCUSDT', t: 4, p: '1.2', q: '0.003', m: true };
    const expected = { tradeId: 4, exchangeTimeMs: 8, priceTicks: 12, qtyLots: 3 };
    expect(parse(wrapped(trade))).toEqual({ kind: 'trade', target: TARGET, ...expected });
  });
});

const REFUSALS: [name: string, text: string, reason: string, isHole: boolean][] = [
  ['half a message', '{"stream":"btc', 'NOT_JSON', false],
  ['an empty message', '', 'NOT_JSON', false],
  ['a list', '[1]', 'UNKNOWN_MESSAGE', false],
  ['an unknown event', wrapped({ e: 'markPriceUpdate', s: 'BTCUSDT' }), 'UNKNOWN_MESSAGE', false],
  ['an answer without a symbol', '{"result":null,"id":1}', 'UNKNOWN_MESSAGE', false],
  ['another symbol', wrapped({ ...DIFF, s: 'ETHUSDT' }), 'UNKNOWN_SYMBOL', false],
  ["the venue's own error", '{"code":-1003,"msg":"Too many requests"}', 'VENUE_ERROR', false],
  ['a price off the grid', wrapped({ ...DIFF, b: [['1.05', '1']] }), 'OFF_GRID', true],
  ['a quantity off the grid', wrapped({ ...DIFF, a: [['1.0', '0.0005']] }), 'OFF_GRID', true],
  ['a price past 2^53 ticks', wrapped({ ...DIFF, b: [['9'.repeat(20), '1']] }), 'OVERFLOW', true],
  ['a price as a number', wrapped({ ...DIFF, b: [[1.5, '1']] }), 'BAD_FIELD', true],
  ['a price that is none', wrapped({ ...DIFF, b: [['abc', '1']] }), 'BAD_FIELD', true],
  ['a level that is no pair', wrapped({ ...DIFF, b: ['1.0'] }), 'BAD_FIELD', true],
  ['sides that are no lists', wrapped({ ...DIFF, b: {} }), 'BAD_FIELD', true],
  ['an update id as text', wrapped({ ...DIFF, u: '110' }), 'BAD_FIELD', true],
  ['an update id past 2^53', wrapped({ ...DIFF, u: 2 ** 53 }), 'BAD_FIELD', true],
  ['update ids that go back', wrapped({ ...DIFF, u: 100 }), 'BAD_FIELD', true],
  ['a snapshot without sides', '{"lastUpdateId":7}', 'BAD_FIELD', true],
];

test.each(REFUSALS)('%s is refused by name', (_name, text, reason, isHole) => {
  const target = isHole ? TARGET : null;
  expect(parse(text)).toMatchObject({ kind: 'refused', reason, target });
});

test('no text and no JSON value makes the parser throw', () => {
  const value = fc.oneof(fc.jsonValue(), fc.object({ key: fc.constantFrom(...'suUbaEept') }));
  fc.assert(fc.property(value, (data) => void parse(wrapped({ ...DIFF, ...Object(data) }))));
  fc.assert(fc.property(fc.string(), (text) => void parse(text)));
  fc.assert(fc.property(value, (data) => void parse(JSON.stringify(data) ?? '')));
});

test('streams and snapshots are asked for as each venue wants it', () => {
  const futures = 'https://fapi.binance.com/fapi/v1/depth';
  const spot = 'https://api.binance.com/api/v3/depth';
  expect(streamUrl('wss://x', futures, ['BTCUSDT', 'ETHUSDT'])).toBe(
    'wss://x/stream?streams=btcusdt@depth@0ms/btcusdt@trade/ethusdt@depth@0ms/ethusdt@trade',
  );
  expect(streamUrl('wss://x', spot, ['BTCUSDT'])).toBe(
    'wss://x/stream?streams=btcusdt@depth@100ms/btcusdt@trade',
  );
  expect(snapshotUrlOf(spot, 'BTCUSDT')).toBe(`${spot}?symbol=BTCUSDT&limit=1000`);
});
