/** Market data as FIX has them and as we call them. */
import { expect, test } from 'vitest';
import { encodeMessage } from '../../test/support/fix-message.ts';
import { ACTION_DELETE, ACTION_NEW, ENTRY_ASK, ENTRY_BID } from '../../wasm/layout.ts';
import { parseMessage } from './codec.ts';
import {
  incrementFields,
  marketDataReject,
  marketDataRequest,
  marketTimeField,
  parseMarketDataRequest,
  snapshotFields,
} from './market-data.ts';

const plain = (text: string) => text.replaceAll('\x01', '|');

const BID = { action: ACTION_NEW, type: ENTRY_BID, price: '579.4', size: '496' };
const GONE = { action: ACTION_DELETE, type: ENTRY_ASK, price: '580.23', size: '' };

test('a subscription reads as it was written', () => {
  const symbols = ['GOOG', 'AAPL'];
  const body = marketDataRequest({ mdReqId: 'r1', marketDepth: 10, symbols });
  const message = parseMessage(encodeMessage('FIX.4.4', [[35, 'V'], [34, 2], ...body]))!;
  const read = { mdReqId: 'r1', subscriptionType: '1', symbols };
  expect(parseMarketDataRequest(message)).toEqual(read);
});

test('a refused subscription names its request and the reason', () => {
  const fields = marketDataReject('r1', 'unknown symbol X').map((field) => field.join('='));
  expect(fields).toEqual(['262=r1', '281=0', '58=unknown symbol X']);
});

test('a snapshot holds every level of one symbol', () => {
  expect(plain(marketTimeField('T') + snapshotFields('GOOG', [BID]))).toBe(
    '5060=T|55=GOOG|268=1|269=0|270=579.4|271=496|',
  );
});

test('a snapshot of an empty book says so', () => {
  expect(plain(snapshotFields('GOOG', []))).toBe('55=GOOG|268=1|269=J|');
});

test('a change names its symbol in every entry, and a deletion has no size', () => {
  expect(plain(incrementFields('GOOG', [BID, GONE]))).toBe(
    '268=2|279=0|269=0|55=GOOG|270=579.4|271=496|279=2|269=1|55=GOOG|270=580.23|',
  );
});
