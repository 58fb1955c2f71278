/** Requests and answers as FIX has them and as we call them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { encodeMessage, type Field, parseMessage } from './codec.ts';
import {
  marketDataIncrement,
  marketDataRequest,
  marketDataSnapshot,
  parseMarketDataRequest,
} from './market-data.ts';
import {
  businessReject,
  executionReport,
  massCancelReport,
  orderCancelReject,
  parseOrderEntry,
} from './order-entry.ts';
import { MsgType, Tag } from './tags.ts';

const message = (msgType: string, fields: readonly Field[]) =>
  parseMessage(encodeMessage('FIX.4.4', [[35, msgType], [34, 7], ...fields]))!;
const text = (fields: readonly Field[]) =>
  fields.map(([tag, value]) => `${tag}=${value}`).join('|');

const NEW: Field[] = [
  [11, 'c1'],
  [1, 'acc'],
  [55, 'GOOG'],
  [54, 1],
  [60, 'now'],
  [38, '100'],
  [40, 2],
  [44, '580.23'],
  [59, 3],
];
const without = (tag: number) => NEW.filter(([each]) => each !== tag);
const replaced = (tag: number, value: string): Field[] =>
  NEW.map((field) => (field[0] === tag ? [tag, value] : field));

describe('order entry', () => {
  test('a new order is read with all that it says', () => {
    expect(parseOrderEntry(message('D', NEW))?.request).toEqual({
      type: 'NEW',
      clOrdId: 'c1',
      account: 'acc',
      symbol: 'GOOG',
      side: '1',
      ordType: '2',
      price: '580.23',
      orderQty: '100',
      timeInForce: '3',
    });
  });

  const others: [string, Field[], object][] = [
    [
      'F',
      [
        [11, 'c2'],
        [41, 'c1'],
        [55, 'GOOG'],
        [54, 2],
        [60, 'now'],
      ],
      { type: 'CANCEL', clOrdId: 'c2', origClOrdId: 'c1', symbol: 'GOOG', side: '2' },
    ],
    [
      'G',
      [[41, 'c1'], ...replaced(11, 'c2')],
      {
        type: 'REPLACE',
        clOrdId: 'c2',
        origClOrdId: 'c1',
        symbol: 'GOOG',
        side: '1',
        ordType: '2',
        price: '580.23',
        orderQty: '100',
      },
    ],
    [
      'q',
      [
        [11, 'm1'],
        [530, 7],
        [60, 'now'],
      ],
      { type: 'MASS_CANCEL', clOrdId: 'm1', requestType: '7', symbol: '' },
    ],
    [
      'H',
      [
        [11, 'c1'],
        [55, 'GOOG'],
        [54, 1],
      ],
      { type: 'STATUS', clOrdId: 'c1', symbol: 'GOOG', side: '1' },
    ],
    [
      'AF',
      [
        [584, 's1'],
        [585, 7],
      ],
      { type: 'MASS_STATUS', massStatusReqId: 's1', requestType: '7' },
    ],
  ];
  test.each(others)('35=%s is read', (msgType, fields, request) => {
    expect(parseOrderEntry(message(msgType, fields))?.request).toEqual(request);
  });

  const wrong: [string, Field[], number, number][] = [
    ['no ClOrdID', without(11), 11, 1],
    ['an empty Symbol', replaced(55, ''), 55, 1],
    ['no Price on a limit order', without(44), 44, 1],
    ['a Side that is not traded', replaced(54, '5'), 54, 5],
    ['a quantity with a sign', replaced(38, '+200.00'), 38, 6],
    ['a quantity of zero', replaced(38, '0'), 38, 6],
    ['a Price that is none', replaced(44, '1e3'), 44, 6],
  ];
  test.each(wrong)('an order with %s is refused and the tag named', (_, fields, refTag, reason) => {
    expect(parseOrderEntry(message('D', fields))?.complaint).toMatchObject({
      refTag,
      reason,
      isFatal: false,
    });
  });

  test('a market order needs no price', () => {
    const fields = without(44).map((field): Field => (field[0] === 40 ? [40, '1'] : field));
    expect(parseOrderEntry(message('D', fields))?.request).toMatchObject({
      ordType: '1',
      price: '',
    });
  });

  test('what is no order entry is left to a BusinessMessageReject', () => {
    expect(parseOrderEntry(message('B', []))).toBeUndefined();
    expect(text(businessReject(message('B', [])))).toBe(
      '45=7|372=B|380=3|58=MsgType B is not supported here',
    );
  });

  test('an execution report leaves out what does not apply', () => {
    const report = executionReport({
      orderId: 'V1',
      execId: 'E1',
      execType: 'F',
      ordStatus: '1',
      clOrdId: 'c1',
      origClOrdId: '',
      account: '',
      symbol: 'GOOG',
      side: '1',
      ordType: '2',
      timeInForce: '0',
      price: '580.23',
      orderQty: '100',
      lastPx: '580.23',
      lastQty: '40',
      leavesQty: '60',
      cumQty: '40',
      avgPx: '580.23',
      ordRejReason: -1,
      lastLiquidityInd: 1,
      massStatusReqId: '',
      transactTime: 'now',
      text: '',
    });
    expect(text(report)).toBe(
      '37=V1|11=c1|17=E1|150=F|39=1|55=GOOG|54=1|38=100|40=2|44=580.23|59=0|32=40|31=580.23|151=60|14=40|6=580.23|60=now|851=1',
    );
  });

  test('refused cancels and mass cancels are answered', () => {
    const reject = orderCancelReject({
      orderId: 'NONE',
      clOrdId: 'c2',
      origClOrdId: 'c1',
      ordStatus: '8',
      responseTo: '1',
      reason: 1,
      text: 'unknown order',
    });
    expect(text(reject)).toBe('37=NONE|11=c2|41=c1|39=8|434=1|102=1|58=unknown order');
    const report = massCancelReport(
      { type: 'MASS_CANCEL', clOrdId: 'm1', requestType: '7', symbol: '' },
      'V9',
      12,
    );
    expect(text(report)).toBe('11=m1|37=V9|530=7|531=7|533=12');
  });
});

describe('market data', () => {
  const request = {
    mdReqId: 'r1',
    subscriptionType: '1',
    marketDepth: 10,
    symbols: ['GOOG', 'AAPL'],
  } as const;

  test('a request reads as it was written', () => {
    expect(parseMarketDataRequest(message('V', marketDataRequest(request))).request).toEqual(
      request,
    );
  });

  const wrong: [string, number, number, string][] = [
    ['a symbol too few', Tag.NoRelatedSym, 146, '3'],
    ['an unknown subscription', Tag.SubscriptionRequestType, 263, '9'],
    ['a depth that is none', Tag.MarketDepth, 264, 'all'],
  ];
  test.each(wrong)('a request with %s is refused', (_, tag, refTag, value) => {
    const fields = marketDataRequest(request).map(
      (field): Field => (field[0] === tag ? [tag, value] : field),
    );
    expect(parseMarketDataRequest(message('V', fields)).complaint).toMatchObject({ refTag });
  });

  test('a snapshot and a change are written with the market time in front', () => {
    const bid = { action: '0', type: '0', symbol: 'GOOG', price: '579.4', size: '496' } as const;
    const gone = { action: '2', type: '1', symbol: 'GOOG', price: '580.23', size: '' } as const;
    expect(text(marketDataSnapshot('GOOG', 'T', [bid]))).toBe(
      '5060=T|55=GOOG|268=1|269=0|270=579.4|271=496',
    );
    expect(text(marketDataIncrement('T', [bid, gone]))).toBe(
      '5060=T|268=2|279=0|269=0|55=GOOG|270=579.4|271=496|279=2|269=1|55=GOOG|270=580.23',
    );
  });
});

test('the overlay declares the tags and the message that we use beyond FIX 4.4', () => {
  const file = new URL('../../config/venues/sim-overlay.yaml', import.meta.url);
  const overlay = parse(readFileSync(file, 'utf8'));
  const tags = overlay.fields.map((field: { name: string; tag: number }) => [
    field.name,
    field.tag,
  ]);
  expect(Object.fromEntries(tags)).toEqual({
    MarketTime: Tag.MarketTime,
    DoneThroughSeqNum: Tag.DoneThroughSeqNum,
  });
  expect(overlay.messages[0].msgType).toBe(MsgType.DoneThrough);
});
