/**
 * The kill switch over HTTP, judged by the venue's own log: what came after the call returned, what is still
 * open once it reports done; for the firm, one strategy, one instrument; with a hung loop and with a venue
 * that does not answer. Then what operators do by hand.
 */
import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programWith } from '../support/engine-process.ts';
import { HANGING, useHanging } from '../support/hanging-strategy.ts';
import { readRequests } from '../support/journal-judge.ts';
import { pause, TradingPair, until } from '../support/trading-pair.ts';
import type { VenueEvent } from '../support/venue-judge.ts';

const QUIET_MS = 700;
/** The two processes' clocks agree to this. */
const CLOCKS_MS = 2;

const isMarketMaker = ({ account }: { account: string }): boolean => account === 'PROP-A';
const isMomentum = ({ account }: { account: string }): boolean => account === 'PROP-B';
const isApple = ({ symbol }: { symbol: string }): boolean => symbol === 'AAPL';

/** Orders and replaces that came to the venue after this moment. */
function arrivedAfter(pair: TradingPair, ms: number): readonly VenueEvent[] {
  return pair.judge.requests('D', 'G').filter(({ wallMs }) => wallMs > ms + CLOCKS_MS);
}

/** Orders that the venue took after this moment. */
function acceptedAfter(pair: TradingPair, ms: number): readonly VenueEvent[] {
  const isOrder = ({ event }: VenueEvent): boolean => event === 'new' || event === 'replaced';
  return pair.judge.events().filter((event) => isOrder(event) && event.wallMs > ms + CLOCKS_MS);
}

describe('over a market that trades', () => {
  const pair = new TradingPair();
  beforeAll(async () => {
    await pair.startVenue();
    await pair.startEngine();
    await pair.untilOrders(40);
  });
  afterAll(() => pair.end());

  test('the two tokens can be read by their owner alone', () => {
    for (const name of ['operator.token', 'rearm.token']) {
      expect(statSync(pair.folder.file(name)).mode & 0o777).toBe(0o600);
    }
  });

  test('a kill of one strategy stops it alone, with a cancel for each of its orders', async () => {
    await until('a resting order', () => pair.judge.openOrders().some(isMarketMaker));
    const { status, body, returnedMs } = await pair.post('kill', {
      scope: 'strategy',
      target: 'mm',
    });
    expect([status, body.state, body.openOrders]).toEqual([200, 'KILLED', 0]);
    expect(pair.judge.openOrders().filter(isMarketMaker)).toEqual([]);
    await pair.untilOrders(5, isMomentum);
    await pause(QUIET_MS);
    expect(acceptedAfter(pair, returnedMs).filter(isMarketMaker)).toEqual([]);
    expect(pair.judge.requests('q')).toEqual([]);
    const released = await pair.post('rearm', { scope: 'strategy', target: 'mm' }, 'rearm');
    expect([released.status, released.body.state]).toEqual([200, 'ARMED']);
    await pair.untilOrders(5, isMarketMaker);
  });

  test('a kill of one instrument stops it alone', async () => {
    const { body, returnedMs } = await pair.post('kill', { scope: 'instrument', target: 'AAPL' });
    expect([body.state, body.openOrders]).toEqual(['KILLED', 0]);
    expect(pair.judge.openOrders().filter(isApple)).toEqual([]);
    await pair.untilOrders(10, (event) => !isApple(event));
    await pause(QUIET_MS);
    expect(arrivedAfter(pair, returnedMs).filter(isApple)).toEqual([]);
    expect(pair.judge.requests('q')).toEqual([]);
    // Flattening by hand does not loosen a kill.
    await pair.post('flatten', { scope: 'instrument', target: 'AAPL' });
    const { instruments } = await pair.state();
    expect(instruments.find(({ symbol }) => symbol === 'AAPL')!.tradingState).toBe('HALTED');
    await pair.post('rearm', { scope: 'instrument', target: 'AAPL' }, 'rearm');
    await pair.untilOrders(3, isApple);
  });

  test('a kill of the firm: nothing new, nothing open, market data flow on', async () => {
    await until('resting orders', () => pair.judge.openOrders().length > 0);
    const { body, calledMs, returnedMs } = await pair.post('kill', { scope: 'firm' });
    expect([body.state, body.openOrders]).toEqual(['KILLED', 0]);
    const stopped = await pair.engine.says(
      /KILL FIRM:[\s\S]*no order can leave any more, ([\d.]+) ms/,
    );
    console.log(
      `firm kill: no order could leave ${stopped[1]} ms after the call, ` +
        `all answered after ${body.doneMs! - calledMs} ms, call returned after ${returnedMs - calledMs} ms`,
    );
    expect(pair.judge.openOrders()).toEqual([]);
    const before = (await pair.state()).marketDataMessages;
    await pause(QUIET_MS);
    const after = await pair.state();
    expect(after.marketDataMessages).toBeGreaterThan(before + 100);
    expect(after.firmState).toBe('HALTED');
    expect(arrivedAfter(pair, returnedMs)).toEqual([]);
    expect(pair.judge.requests('q')).toHaveLength(1);
    expect(pair.judge.openOrders()).toEqual([]);
  });

  test('the kill outlasts a restart and is released by the second token alone', async () => {
    await pair.engine.stop('SIGINT');
    const restartedMs = Date.now();
    await pair.startEngine();
    await pause(QUIET_MS);
    const status = await pair.killStatus();
    expect([status.state, status.scope, status.reason]).toEqual(['KILLED', 'FIRM', 'a test']);
    expect((await pair.state()).marketDataMessages).toBeGreaterThan(100);
    expect(arrivedAfter(pair, restartedMs)).toEqual([]);
    const refused = await pair.post('rearm', { scope: 'firm' });
    expect(refused.status).toBe(403);
    expect((await pair.killStatus()).state).toBe('KILLED');
    const released = await pair.post('rearm', { scope: 'firm' }, 'rearm');
    expect([released.status, released.body.state]).toEqual([200, 'ARMED']);
    await pair.untilOrders(10);
  });

  test('a second kill, after a restart, is as good as the first', async () => {
    const { body, returnedMs } = await pair.post('kill', { scope: 'firm' });
    expect([body.state, body.openOrders]).toEqual(['KILLED', 0]);
    await pause(QUIET_MS);
    expect(arrivedAfter(pair, returnedMs)).toEqual([]);
    expect(pair.judge.openOrders()).toEqual([]);
    await pair.post('rearm', { scope: 'firm' }, 'rearm');
    await pair.untilOrders(5);
  });

  test('an operator cancels one order by hand', async () => {
    let orderNumber = 0;
    // The market may fill the order, or its strategy replace it, before the cancel leaves: then another.
    await until('the cancel of an order by hand at the venue', async () => {
      const resting = (await pair.state()).orderList.find(({ state }) => state === 'NEW');
      if (resting === undefined) return false;
      ({ orderNumber } = resting);
      const { clOrdId } = resting;
      if ((await pair.post('orders/cancel', { orderNumber })).status !== 202) return false;
      await pause(QUIET_MS);
      const prefix = readRequests(pair.journal).prefix;
      const id = clOrdId.startsWith(prefix) ? clOrdId : `${prefix}${clOrdId}`;
      return pair.judge
        .events()
        .some(({ msgType, origClOrdId }) => msgType === 'F' && origClOrdId === id);
    });
    const refused = await pair.post<{ error: { message: string } }>('orders/cancel', {
      orderNumber: 987_654_321,
    });
    expect(refused.status).toBe(409);
    expect(refused.body.error.message).toContain('is not open');
    const { commands } = readRequests(pair.journal);
    expect(commands).toContainEqual(
      expect.objectContaining({
        kind: 'CANCEL_ORDER',
        orderNumber,
        reason: 'a test',
        operator: 'tester',
      }),
    );
  });

  test('a paused strategy sends nothing new until it is resumed', async () => {
    expect((await pair.post('strategies/pause', { strategy: 'ofi' })).status).toBe(202);
    // A pause is no kill: what was on its way when it was given may still reach the venue.
    await pause(QUIET_MS);
    const pausedMs = Date.now();
    await pair.untilOrders(5, isMarketMaker);
    await pause(QUIET_MS);
    expect(acceptedAfter(pair, pausedMs).filter(isMomentum)).toEqual([]);
    expect((await pair.state()).strategies.find(({ name }) => name === 'ofi')!.paused).toBe(true);
    expect((await pair.post('strategies/resume', { strategy: 'ofi' })).status).toBe(202);
    await pair.untilOrders(3, isMomentum);
  });

  test('flatten closes the positions of a strategy and keeps it from opening new ones', async () => {
    const held = async (): Promise<number> =>
      (await pair.state()).positions
        .filter(({ strategy }) => strategy === 'ofi')
        .reduce((lots, { quantity }) => lots + Math.abs(quantity), 0);
    await until('a position', async () => (await held()) > 0);
    expect((await pair.post('flatten', { scope: 'strategy', target: 'ofi' })).status).toBe(202);
    await until('no position', async () => {
      if ((await held()) === 0) return true;
      await pair.post('flatten', { scope: 'strategy', target: 'ofi' }); // what the touch did not hold
      return false;
    });
    await pause(QUIET_MS);
    expect(await held()).toBe(0);
    expect([...pair.judge.netLots().keys()].filter((key) => key.startsWith('PROP-B'))).toEqual([]);
  });

  test('a position is adjusted with a reason that the journal keeps', async () => {
    const quantity = async (): Promise<number> =>
      (await pair.state()).positions.find(
        ({ strategy, symbol }) => strategy === 'ofi' && symbol === 'JPM',
      )?.quantity ?? 0;
    const before = await quantity();
    const body = {
      strategy: 'ofi',
      instrument: 'JPM',
      quantity: '250',
      price: '100.00',
      reason: 'give-up',
    };
    expect((await pair.post('positions/adjust', body)).status).toBe(202);
    expect(await quantity()).toBe(before + 250);
    expect(readRequests(pair.journal).commands).toContainEqual(
      expect.objectContaining({
        kind: 'ADJUST_POSITION',
        strategy: 'ofi',
        instrument: 'JPM',
        quantityLots: 250,
        reason: 'give-up',
      }),
    );
  });

  test('a venue that does not answer is waited for, and the kill is done when it does', async () => {
    await until('resting orders', () => pair.judge.openOrders().length > 0);
    pair.venue.process.kill('SIGSTOP');
    const { body, calledMs, returnedMs } = await pair.post('kill', { scope: 'firm' });
    expect(body.state).toBe('KILLING');
    expect(body.openOrders).toBeGreaterThan(0);
    expect(returnedMs - calledMs).toBeLessThan(1500);
    await pause(300);
    expect((await pair.killStatus()).state).toBe('KILLING');
    pair.venue.process.kill('SIGCONT');
    const wokenMs = Date.now();
    await until('KILLED', async () => (await pair.killStatus()).state === 'KILLED');
    console.log(
      `silent venue: call returned after ${returnedMs - calledMs} ms with ${body.openOrders} open; done ${Date.now() - wokenMs} ms after it woke`,
    );
    expect(pair.judge.openOrders()).toEqual([]);
    await pause(QUIET_MS);
    expect(acceptedAfter(pair, wokenMs + 100)).toEqual([]);
  });

  test('orders at a venue that is gone are cancelled as soon as it is back', async () => {
    await pair.post('rearm', { scope: 'firm' }, 'rearm');
    await until('resting orders', () => pair.judge.openOrders().length > 0);
    await pair.venue.stop('SIGKILL');
    const { body } = await pair.post('kill', { scope: 'firm' });
    expect(body.state).toBe('KILLING');
    expect(body.openOrders).toBeGreaterThan(0);
    await pair.startVenue();
    await until('KILLED', async () => (await pair.killStatus()).state === 'KILLED');
    expect(pair.judge.openOrders()).toEqual([]);
  });
});

describe('over a loop that hangs in a strategy', () => {
  const pair = new TradingPair((folder) => programWith(folder, 'hanging.ts', HANGING));
  beforeAll(async () => {
    // On the main thread the process ends with it: main-thread.test.ts.
    pair.folder.useThread('worker');
    await pair.startVenue();
    useHanging(pair.folder);
    await pair.startEngine();
  });
  afterAll(() => pair.end());

  test('the loop is ended, the engine comes back halted, and every order is cancelled', async () => {
    await until('the engine hangs', async () => (await pair.state()).engineState === 'HUNG');
    expect(pair.judge.openOrders().length).toBeGreaterThan(0);
    // Two people press at once: the loop is ended once, and neither kill is lost.
    const [{ status, body, calledMs, returnedMs }, second] = await Promise.all([
      pair.post('kill', { scope: 'firm' }),
      pair.post('kill', { scope: 'strategy', target: 'hanging' }),
    ]);
    expect([status, second.status]).toEqual([200, 200]);
    await until('KILLED', async () => (await pair.killStatus()).state === 'KILLED');
    const { doneMs } = await pair.killStatus();
    console.log(
      `hung loop: call returned after ${returnedMs - calledMs} ms (${body.state}), all answered after ${doneMs! - calledMs} ms`,
    );
    expect(pair.judge.openOrders()).toEqual([]);
    await pause(QUIET_MS);
    expect(arrivedAfter(pair, returnedMs)).toEqual([]);
    const state = await pair.state();
    expect([state.engineState, state.firmState]).toEqual(['RUNNING', 'HALTED']);
    const hanging = state.strategies.find(({ name }) => name === 'hanging')!;
    expect(hanging.state).toBe('HALTED');
    expect(pair.engine.stderr.match(/coming back HALTED/g)).toHaveLength(1);
    const finished = await pair.engine.stop('SIGINT');
    expect(finished.code, finished.stderr).toBe(0);
  });
});
