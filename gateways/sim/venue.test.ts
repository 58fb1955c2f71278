/**
 * The simulated venue over real TCP: lock-step, floods, cuts, restarts, and its log as the judge.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Trader, testInstrument } from '../../test/support/venue-rig.ts';
import type { FixMessage } from '../fix/codec.ts';
import { MsgType, Tag } from '../fix/tags.ts';
import { startVenue, type Venue } from './venue.ts';
import { VENUE_DEFAULTS, type VenueOptions } from './venue-options.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'venue-'));
afterAll(() => rmSync(directory, { recursive: true }));

const SYMBOLS = ['AAPL', 'JPM'];
const TAKE = 40; // every so many messages an order
const isFill = (message: FixMessage): boolean => message.get(Tag.ExecType) === 'F';

function options(changes: Partial<VenueOptions>): VenueOptions {
  const instruments = SYMBOLS.map(testInstrument);
  return { ...VENUE_DEFAULTS, instruments, speed: 'max', flowDurationS: 15, seed: 5, ...changes };
}

/** Orders that take and rest in turn, decided by the count of market messages alone. */
function scripted(): (message: FixMessage, trader: Trader) => void {
  let count = 0;
  return (message, trader) => {
    if (message.msgType !== MsgType.MarketDataIncrementalRefresh || ++count % TAKE !== 0) return;
    const turn = count / TAKE;
    const price = ['125.72', '125.60', '125.66', '125.69'][turn % 4]!;
    trader.order(`N${turn}`, 'AAPL', [
      [Tag.Side, 1 + (turn % 2)],
      [Tag.OrderQty, 100],
      [Tag.OrdType, 2],
      [Tag.Price, price],
      [Tag.TimeInForce, turn % 3 === 0 ? 3 : 0],
    ]);
  };
}

async function runWhole(changes: Partial<VenueOptions>): Promise<{ trader: Trader; venue: Venue }> {
  const venue = await startVenue(options(changes));
  const isLockStep = changes.speed === undefined;
  const trader = new Trader(venue.port, SYMBOLS, { isLockStep, act: scripted() });
  await trader.until(() => trader.isEnded);
  await trader.stop();
  await venue.close();
  return { trader, venue };
}

function linesOf(logDir: string): Record<string, unknown>[] {
  const lines = readFileSync(path.join(logDir, 'orders.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('in lock-step two runs tell the trader the same, message by message', async () => {
  const changes = { latencyMs: 2, latencyJitterMs: 3, rejectRate: 0.1 };
  const first = await runWhole(changes);
  const second = await runWhole(changes);
  expect(first.trader.of('8').filter(isFill).length).toBeGreaterThan(20);
  expect(first.trader.of('8').some((report) => report.get(Tag.ExecType) === '8')).toBe(true);
  expect(second.trader.told).toEqual(first.trader.told);
});

test('an order takes effect in market time, after its latency', async () => {
  const logDir = path.join(directory, 'latency');
  await runWhole({ latencyMs: 250, logDir });
  const lines = linesOf(logDir);
  const news = lines.filter((line) => line.event === 'new');
  expect(news.length).toBeGreaterThan(10);
  for (const line of news.slice(0, -1)) {
    const request = lines.find(
      (other) => other.event === 'request' && other.clOrdId === line.clOrdId,
    )!;
    expect(Number(line.marketNs) - Number(request.marketNs)).toBe(250_000_000);
  }
});

test('a flood tells all that lock-step tells of the market', async () => {
  const flood = await runWhole({ speed: 'flood' });
  const step = await runWhole({});
  const market = (trader: Trader): string[] => trader.told.filter((text) => /^35=[WX]/.test(text));
  expect(market(flood.trader)).toEqual(market(step.trader));
  expect(flood.venue.status().isEnded).toBe(true);
});

test('a clock holds the market to the pace that was asked for', async () => {
  const start = performance.now();
  await runWhole({ speed: 10, flowDurationS: 5 });
  const elapsedMs = performance.now() - start;
  expect(elapsedMs).toBeGreaterThan(450);
  expect(elapsedMs).toBeLessThan(3000);
});

test('a connection that is dropped again and again loses no report', async () => {
  const logDir = path.join(directory, 'drops');
  const { trader } = await runWhole({ disconnectEvery: 300, logDir });
  const logged = linesOf(logDir).filter((line) => typeof line.execId === 'string');
  const told = new Set(trader.of('8').map((report) => report.get(Tag.ExecID)));
  expect(logged.length).toBeGreaterThan(20);
  expect(logged.filter((line) => !told.has(line.execId as string))).toEqual([]);
  expect(trader.of('W').length).toBeGreaterThan(SYMBOLS.length);
});

test('a venue restarted on its log knows its open orders and its numbers', async () => {
  const logDir = path.join(directory, 'restart');
  const first = await startVenue(options({ logDir }));
  const trader = new Trader(first.port, SYMBOLS, { isLockStep: true });
  await trader.until(() => trader.messages.length > 50);
  trader.order('KEEP', 'AAPL', [
    [Tag.Side, 1],
    [Tag.OrderQty, 300],
    [Tag.OrdType, 2],
    [Tag.Price, '100'],
  ]);
  trader.order('GONE', 'AAPL', [
    [Tag.Side, 2],
    [Tag.OrderQty, 100],
    [Tag.OrdType, 1],
    [Tag.TimeInForce, 3],
  ]);
  await trader.until(() => trader.of('8').some(isFill));
  first.cutConnection();
  await first.close();
  const reportsBefore = trader.of('8').length;

  const second = await startVenue(options({ logDir, port: first.port }));
  await trader.until(() => trader.isEnded);
  trader.send(MsgType.OrderMassCancelRequest, [
    [Tag.ClOrdID, 'MC'],
    [Tag.MassCancelRequestType, 7],
    [60, '20221229-14:30:00'],
  ]);
  await trader.until(() => trader.of('r').length > 0);
  const later = trader.of('8').slice(reportsBefore);
  expect(later.map((report) => `${report.get(Tag.ClOrdID)} ${report.get(Tag.ExecType)}`)).toEqual([
    'KEEP 4',
  ]);
  expect(trader.of('r')[0]!.get(Tag.TotalAffectedOrders)).toBe('1');
  const ids = trader.of('8').map((report) => report.get(Tag.ExecID));
  expect(new Set(ids).size).toBe(ids.length);
  const lastTrade = trader.of('8').find(isFill)!.get(60)!;
  const firstAfter = trader.of('W')[SYMBOLS.length]!.get(Tag.MarketTime)!;
  expect(firstAfter >= lastTrade).toBe(true); // the day did not begin again
  expect(second.status().openOrders).toBe(0);
  await trader.stop();
  await second.close();
});

test('a mass status tells every open order, or that there is none', async () => {
  const venue = await startVenue(options({}));
  const trader = new Trader(venue.port, SYMBOLS, { isLockStep: true });
  await trader.until(() => trader.messages.length > 20);
  trader.send('AF', [
    [584, 'S1'],
    [585, 7],
  ]);
  await trader.until(() => trader.of('j').length > 0);
  trader.order('A', 'JPM', [
    [Tag.Side, 1],
    [Tag.OrderQty, 10],
    [Tag.OrdType, 2],
    [Tag.Price, '100'],
  ]);
  trader.send('AF', [
    [584, 'S2'],
    [585, 7],
  ]);
  await trader.until(() => trader.of('8').length > 1);
  const answers = trader.of('8').map((report) => `${report.get(150)} ${report.get(584) ?? ''}`);
  expect(answers).toEqual(['0 ', 'I S2']);
  await trader.stop();
  await venue.close();
});

test('an unknown symbol is refused, an unknown message type too', async () => {
  const venue = await startVenue(options({}));
  const trader = new Trader(venue.port, ['NOPE'], { isLockStep: true });
  await trader.until(() => trader.of('Y').length > 0);
  trader.send('R', [
    [131, 'Q1'],
    [146, 1],
    [Tag.Symbol, 'JPM'],
  ]);
  await trader.until(() => trader.of('j').length > 0);
  expect(trader.of('j')[0]!.get(Tag.BusinessRejectReason)).toBe('3');
  await trader.stop();
  await venue.close();
});

test('a damaged recording ends the session with a reason, and no wrong book', async () => {
  const replay = path.join(directory, 'bad.fix');
  writeFileSync(replay, '8=FIX.4.4\x019=5\x0135=W\x0110=000\x01\n');
  let fault: unknown;
  const onFault = (reason: unknown): void => {
    fault = reason;
  };
  const venue = await startVenue(options({ replay, onFault }));
  const trader = new Trader(venue.port, SYMBOLS, { isLockStep: true });
  while (fault === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(fault).toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('bad.fix:1'),
  });
  expect(trader.of('W')).toEqual([]);
  await trader.until(() => trader.of('Y').length > 0); // after its reconnection
  await trader.stop();
  await venue.close();
});
