/**
 * The matching venue's log: what was sent can be asked for again, a venue that starts on it goes on
 * where the last one was, and what a kill loses is what it says.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { ExchangeSide } from '../../../test/support/exchange-side.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import * as V from '../../../wasm/venue-layout.ts';
import { type Fields, parseMessage } from '../../fix/codec.ts';
import { Tag } from '../../fix/tags.ts';
import { formatTimestamp } from '../../fix/timestamp.ts';
import { LOG_FILE } from './exchange-log.ts';

const START_NS = 1_340_287_200_000_000_000n;
const root = mkdtempSync(path.join(tmpdir(), 'exchange-log-'));
afterAll(() => rmSync(root, { recursive: true }));
let logDir = '';
beforeEach(() => {
  logDir = mkdtempSync(path.join(root, 'day-'));
});

function send(side: ExchangeSide, msgType: string, body: Fields, isReset = false): void {
  const fields: Fields = [
    [35, msgType],
    [49, 'GYRFALCON'],
    [56, 'SIM'],
    [34, isReset ? 1 : side.link.session.counters.nextIn],
    [52, formatTimestamp(side.nowNs)],
    ...body,
  ];
  side.receive(encodeMessage('FIX.4.4', fields));
}

function logOn(side: ExchangeSide, isReset = false): void {
  side.connect();
  const reset: Fields = isReset ? [[141, 'Y']] : [];
  send(side, 'A', [[98, 0], [108, 30], ...reset], isReset);
}

/** A buy order that rests. */
function order(side: ExchangeSide, id: string, further: Fields = []): void {
  send(side, 'D', [
    [11, id],
    [55, 'AAPL'],
    [54, 1],
    [60, formatTimestamp(side.nowNs)],
    [38, 10],
    [40, 2],
    [44, '125'],
    ...further,
  ]);
}

function cancel(side: ExchangeSide, orig: string, id: string): void {
  const time = formatTimestamp(side.nowNs);
  send(side, 'F', [
    [41, orig],
    [11, id],
    [55, 'AAPL'],
    [54, 1],
    [60, time],
  ]);
}

/** Fields of what the venue has said since the last look. */
function heard(side: ExchangeSide, tags: readonly number[]): string[] {
  const lines = side.told
    .filter((text) => text.startsWith('8='))
    .map((text) => parseMessage(Buffer.from(text, 'latin1'))!)
    .map((message) => tags.map((tag) => message.get(tag) ?? '-').join(' '));
  side.told.length = 0;
  return lines;
}

const ask = (side: ExchangeSide, from: number): void =>
  send(side, '2', [
    [7, from],
    [16, 0],
  ]);

test('what was sent is sent again, session messages are gap-filled', () => {
  const side = new ExchangeSide(START_NS);
  logOn(side, true);
  order(side, 'A');
  send(side, '1', [[112, 'ALIVE']]);
  order(side, 'B');
  heard(side, []);
  ask(side, 1);
  const seen = heard(side, [
    Tag.MsgType,
    Tag.MsgSeqNum,
    Tag.PossDupFlag,
    Tag.NewSeqNo,
    Tag.ClOrdID,
  ]);
  expect(seen).toEqual(['4 1 Y 2 -', '8 2 Y - A', '4 3 Y 4 -', '8 4 Y - B']);
});

test('numbers that start anew make what was sent before unknown', () => {
  const side = new ExchangeSide(START_NS);
  logOn(side, true);
  order(side, 'A');
  side.disconnect();
  logOn(side, true);
  heard(side, []);
  ask(side, 1);
  expect(heard(side, [Tag.MsgType, Tag.MsgSeqNum, Tag.NewSeqNo])).toEqual(['4 1 2']);
});

test('old messages leave the ring and are gap-filled', () => {
  const side = new ExchangeSide(START_NS);
  logOn(side, true);
  order(side, 'OLD');
  const bytes = 60_000;
  for (let written = 0; written < V.LOG_BYTES; written += bytes) {
    side.module.logMessage(0, V.LOG_IN, 0, V.VENUE_TX, bytes);
  }
  order(side, 'NEW');
  heard(side, []);
  ask(side, 2);
  const seen = heard(side, [Tag.MsgType, Tag.MsgSeqNum, Tag.NewSeqNo, Tag.ClOrdID]);
  expect(seen).toEqual(['4 2 3 -', '8 3 - NEW']);
});

test('a venue that was closed is gone on with, number by number and order by order', () => {
  const first = new ExchangeSide(START_NS, { logDir });
  logOn(first, true);
  order(first, 'KEEP', [[Tag.Account, 'ACC-1']]);
  order(first, 'GONE');
  order(first, 'HIT');
  cancel(first, 'GONE', 'GONE-2');
  send(first, 'D', [
    [11, 'SELL'],
    [55, 'AAPL'],
    [54, 2],
    [60, formatTimestamp(first.nowNs)],
    [38, 4],
    [40, 1],
  ]);
  const { nextIn, nextOut } = first.link.session.counters;
  first.disconnect();
  first.log.close();

  const second = new ExchangeSide(START_NS, { logDir });
  expect(second.link.session.counters.nextIn).toBe(nextIn);
  expect(second.link.session.counters.nextOut).toBe(nextOut);
  expect(second.memory.i32(V.VEN_OPEN_ORDERS)).toBe(2);
  logOn(second);
  heard(second, []);
  cancel(second, 'KEEP', 'KEEP-2');
  cancel(second, 'GONE-2', 'GONE-3');
  order(second, 'GONE');
  cancel(second, 'HIT', 'HIT-2');
  const tags = [Tag.MsgType, Tag.OrderID, Tag.ExecType, Tag.Account, Tag.CumQty, Tag.Text];
  expect(heard(second, tags)).toEqual([
    '8 O1 4 ACC-1 4 -',
    '9 O2 - - - the order is done',
    '8 NONE 8 - 0 ClOrdID was used before',
    '8 O3 4 - 0 -',
  ]);
  ask(second, 2);
  const again = heard(second, [Tag.MsgSeqNum, Tag.ClOrdID]).slice(0, 3);
  expect(again).toEqual(['2 KEEP', '3 GONE', '4 HIT']);
});

test('what was sent before the numbers began anew stays unknown after a restart', () => {
  const first = new ExchangeSide(START_NS, { logDir });
  logOn(first, true);
  order(first, 'OLD-1');
  order(first, 'OLD-2');
  first.disconnect();
  logOn(first, true);
  order(first, 'NEW');
  first.disconnect();
  first.log.close();
  const second = new ExchangeSide(START_NS, { logDir });
  expect(second.memory.i32(V.VEN_OPEN_ORDERS)).toBe(3);
  logOn(second);
  heard(second, []);
  ask(second, 1);
  const seen = heard(second, [Tag.MsgType, Tag.MsgSeqNum, Tag.NewSeqNo, Tag.ClOrdID]);
  expect(seen).toEqual(['4 1 2 -', '8 2 - NEW', '4 3 4 -']);
});

test('after a kill no number is used twice, and what was synced is there', () => {
  const killed = new ExchangeSide(START_NS, { logDir, isLogSync: true });
  logOn(killed, true);
  order(killed, 'A');
  const { nextIn, nextOut } = killed.link.session.counters;
  const next = new ExchangeSide(START_NS, { logDir });
  expect(next.link.session.counters.nextIn).toBe(nextIn);
  expect(next.link.session.counters.nextOut).toBeGreaterThan(nextOut + V.LOG_BYTES / 256);
  expect(next.memory.i32(V.VEN_OPEN_ORDERS)).toBe(1);
});

test('without it a kill loses what was not written yet, no more', () => {
  const killed = new ExchangeSide(START_NS, { logDir });
  logOn(killed, true);
  order(killed, 'A');
  killed.pass(0.01); // the timer writes
  order(killed, 'B');
  const { nextOut } = killed.link.session.counters;
  const next = new ExchangeSide(START_NS, { logDir });
  expect(next.memory.i32(V.VEN_OPEN_ORDERS)).toBe(1);
  expect(next.link.session.counters.nextOut).toBeGreaterThan(nextOut);
});

test('a torn last record is left out, a damaged one is refused', () => {
  const first = new ExchangeSide(START_NS, { logDir });
  logOn(first, true);
  order(first, 'A');
  first.log.save();
  const file = path.join(logDir, LOG_FILE);
  const whole = readFileSync(file);
  appendFileSync(file, whole.subarray(0, 100));
  const second = new ExchangeSide(START_NS, { logDir });
  expect(second.memory.i32(V.VEN_OPEN_ORDERS)).toBe(1);
  expect(readFileSync(file)).toEqual(whole);
  writeFileSync(file, Buffer.concat([whole, Buffer.alloc(64, 7)]));
  expect(() => new ExchangeSide(START_NS, { logDir })).toThrow(/no record of a venue's log/);
});
