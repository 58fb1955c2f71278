/** Requests and answers of order entry as FIX has them and as we call them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { encodeMessage } from '../../test/support/fix-message.ts';
import { type Field, type Fields, parseMessage } from './codec.ts';
import {
  BUSINESS_REASON_UNSUPPORTED_TYPE,
  businessReject,
  executionReport,
  massCancelReport,
  massCancelRequest,
  type OrderRequest,
  orderCancelReject,
  orderStatusRequest,
  parseOrderRequest,
} from './order-entry.ts';
import { MsgType, Tag } from './tags.ts';

const message = (msgType: string, fields: Fields) =>
  parseMessage(encodeMessage('FIX.4.4', [[35, msgType], [34, 7], ...fields]))!;
const text = (fields: Fields) => fields.map(([tag, value]) => `${tag}=${value}`).join('|');

const SILENT: OrderRequest = {
  msgType: '',
  msgSeqNum: 7,
  clOrdId: '',
  origClOrdId: '',
  account: '',
  symbol: '',
  side: '',
  ordType: '',
  timeInForce: '',
  price: '',
  orderQty: '',
  massCancelType: '',
  massStatusReqId: '',
};
const fieldsOf = (body: string): Field[] =>
  body.split('|').map((field) => {
    const [tag = '', value = ''] = field.split('=');
    return [Number(tag), value];
  });

describe('requests', () => {
  const limit = { ordType: '2', price: '580.23', orderQty: '100' };
  const cases: [msgType: string, body: string, says: Partial<OrderRequest>][] = [
    [
      'D',
      '11=c1|1=acc|55=GOOG|54=1|60=now|38=100|40=2|44=580.23|59=3',
      { clOrdId: 'c1', account: 'acc', symbol: 'GOOG', side: '1', timeInForce: '3', ...limit },
    ],
    [
      'D',
      '11=c1|55=GOOG|54=5|60=now|38=+200.00|40=1',
      { clOrdId: 'c1', symbol: 'GOOG', side: '5', ordType: '1', orderQty: '+200.00' },
    ],
    [
      'F',
      '11=c2|41=c1|55=GOOG|54=2|60=now',
      { clOrdId: 'c2', origClOrdId: 'c1', symbol: 'GOOG', side: '2' },
    ],
    [
      'G',
      '11=c2|41=c1|55=GOOG|54=1|60=now|38=100|40=2|44=580.23',
      { clOrdId: 'c2', origClOrdId: 'c1', symbol: 'GOOG', side: '1', ...limit },
    ],
    ['AF', '584=s1|585=7', { massStatusReqId: 's1' }],
  ];
  test.each(cases)('35=%s %s is read as it stands', (msgType, body, says) => {
    const request = parseOrderRequest(message(msgType, fieldsOf(body)));
    expect(request).toEqual({ ...SILENT, msgType, ...says });
  });

  test('what the engine asks for reads as it was written', () => {
    const status = orderStatusRequest({ clOrdId: 'c1', symbol: 'GOOG', side: 1 });
    const says = { clOrdId: 'c1', symbol: 'GOOG', side: '1' };
    expect(parseOrderRequest(message('H', status))).toEqual({ ...SILENT, msgType: 'H', ...says });
    const all = { clOrdId: 'm1', massCancelType: '7' };
    const massCancel = parseOrderRequest(message('q', massCancelRequest('m1', 'now')));
    expect(massCancel).toEqual({ ...SILENT, msgType: 'q', ...all });
  });

  test('what is no order entry is left to a BusinessMessageReject', () => {
    const other = message('B', [[148, 'news']]);
    expect(parseOrderRequest(other)).toBeUndefined();
    const refused = { msgType: 'B', msgSeqNum: 7 };
    const body = businessReject(refused, BUSINESS_REASON_UNSUPPORTED_TYPE, 'not taken here');
    expect(text(body)).toBe('45=7|372=B|380=3|58=not taken here');
  });
});

describe('answers', () => {
  const fill = {
    orderId: 'V1',
    clOrdId: 'c1',
    origClOrdId: '',
    massStatusReqId: '',
    execId: 'E1',
    execType: 'F',
    ordStatus: '1',
    account: '',
    symbol: 'GOOG',
    side: 1,
    orderQty: '100',
    ordType: '2',
    price: '580.23',
    timeInForce: '0',
    lastQty: '40',
    lastPx: '580.23',
    lastLiquidityInd: 1,
    leavesQty: '60',
    cumQty: '40',
    avgPx: '580.23',
    transactTime: 'now',
    ordRejReason: '',
    text: '',
  } as const;

  test('an execution report leaves out what does not apply', () => {
    expect(text(executionReport(fill))).toBe(
      '37=V1|11=c1|17=E1|150=F|39=1|55=GOOG|54=1|38=100|40=2|44=580.23|59=0|' +
        '32=40|31=580.23|851=1|151=60|14=40|6=580.23|60=now',
    );
  });

  test('a rejected order names its reason, 0 included', () => {
    const noFill = { lastQty: '', lastPx: '', lastLiquidityInd: '' } as const;
    const why = { execType: '8', ordStatus: '8', ordRejReason: 0, text: 'no' };
    const body = text(executionReport({ ...fill, ...noFill, ...why }));
    expect(body).toMatch(/\|59=0\|151=60\|14=40\|6=580.23\|60=now\|103=0\|58=no$/);
  });

  test('a refused cancel is answered', () => {
    const ids = { orderId: 'NONE', clOrdId: 'c2', origClOrdId: 'c1' };
    const why = { ordStatus: '8', responseTo: '1', reason: 1, text: 'unknown order' } as const;
    expect(text(orderCancelReject({ ...ids, ...why }, 'now'))).toBe(
      '37=NONE|11=c2|41=c1|39=8|60=now|434=1|102=1|58=unknown order',
    );
  });

  test('a mass cancel is answered with its count, or with why it is not done', () => {
    const request = { ...SILENT, msgType: 'q', clOrdId: 'm1', massCancelType: '7' };
    expect(text(massCancelReport(request, { canceled: 0 }, 'now'))).toBe(
      '11=m1|37=m1|530=7|531=7|533=0|60=now',
    );
    const byDesk = { ...request, massCancelType: '3', symbol: 'GOOG' };
    expect(text(massCancelReport(byDesk, { refusal: 'not here' }, 'now'))).toBe(
      '11=m1|37=m1|530=3|531=0|532=99|55=GOOG|60=now|58=not here',
    );
  });
});

test('the overlay declares the tags and messages that we use beyond FIX 4.4', () => {
  const file = new URL('../../config/venues/sim-overlay.yaml', import.meta.url);
  const overlay = parse(readFileSync(file, 'utf8'));
  const fields = overlay.fields as { name?: string; tag: number }[];
  const tags = fields
    .filter(({ name }) => name !== undefined)
    .map(({ name, tag }): [string, number] => [name!, tag]);
  expect(Object.fromEntries(tags)).toEqual({
    MarketTime: Tag.MarketTime,
    DoneThroughSeqNum: Tag.DoneThroughSeqNum,
    RecordedMessages: Tag.RecordedMessages,
    SelfMatchID: Tag.SelfMatchID,
    SelfMatchInstruction: Tag.SelfMatchInstruction,
  });
  const own = (overlay.messages as { msgType: string }[]).map(({ msgType }) => msgType);
  expect(own.filter((msgType) => msgType.startsWith('U'))).toEqual([
    MsgType.DoneThrough,
    MsgType.EndOfRecording,
  ]);
});
