/**
 * Circuit breakers, end to end: a venue that rejects, a loss, a feed gone quiet. Each halts its strategy,
 * takes its orders out of the market, stays tripped through a restart, and is re-armed by the second token.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StrategyState } from '../../gateways/control/console-state.ts';
import { pause, TradingPair, until } from '../support/trading-pair.ts';

const QUIET_MS = 600;

let pair: TradingPair;
beforeEach(() => {
  pair = new TradingPair();
});
afterEach(() => pair.end());

async function strategies(): Promise<readonly StrategyState[]> {
  return (await pair.state()).strategies;
}

async function breakerOf(name: string): Promise<string> {
  return (await strategies()).find((strategy) => strategy.name === name)!.breaker;
}

/** The strategies are halted and silent, and nothing of theirs rests at the venue. */
async function expectSilence(accounts: readonly string[]): Promise<void> {
  const isTheirs = ({ account }: { account: string }): boolean => accounts.includes(account);
  await until('no order at the venue', () => !pair.judge.openOrders().some(isTheirs));
  const taken = (): number =>
    pair.judge.events().filter((event) => event.event === 'new' && isTheirs(event)).length;
  const before = taken();
  await pause(QUIET_MS);
  const states = (await strategies()).filter(isTheirs);
  expect(states.map(({ state }) => state)).toEqual(accounts.map(() => 'HALTED'));
  expect(taken()).toBe(before);
  expect(pair.judge.openOrders().some(isTheirs)).toBe(false);
}

async function rearm(name: string): Promise<void> {
  const released = await pair.post('rearm', { scope: 'strategy', target: name }, 'rearm');
  expect(released.status).toBe(200);
  expect(await breakerOf(name)).toBe('');
}

test('too many rejects by the venue halt a strategy until it is armed again', async () => {
  await pair.startVenue('--reject-rate', '0.5');
  await pair.startEngine();
  await until('both have tripped', async () =>
    (await strategies()).every(({ breaker }) => breaker === 'REJECT RATE'),
  );
  await expectSilence(['PROP-A', 'PROP-B']);
  expect((await pair.post('rearm', { scope: 'strategy', target: 'mm' })).status).toBe(403);
  // Latched through a crash.
  await pair.engine.stop('SIGKILL');
  await pair.startEngine();
  await expectSilence(['PROP-A', 'PROP-B']);
  expect(await breakerOf('mm')).toBe('REJECT RATE');
  await rearm('mm');
  await pair.untilOrders(2, ({ account }) => account === 'PROP-A');
});

test('a drawdown halts the strategy that lost, and the other one trades on', async () => {
  await pair.startVenue();
  pair.folder.change((yaml) => yaml.replace('drawdownMax: "5000"', 'drawdownMax: "20"'));
  await pair.startEngine();
  await until('a strategy has tripped', async () =>
    (await strategies()).some(({ breaker }) => breaker === 'DRAWDOWN'),
  );
  const tripped = (await strategies()).find(({ breaker }) => breaker === 'DRAWDOWN')!;
  await expectSilence([tripped.account]);
  await rearm(tripped.name);
  await pair.untilOrders(2, ({ account }) => account === tripped.account);
});

test('a quiet feed halts who trades on it, and their orders go when the venue is back', async () => {
  await pair.startVenue();
  pair.folder.change((yaml) => yaml.replace('staleFeedMs: 10000', 'staleFeedMs: 600'));
  await pair.startEngine();
  await until('resting orders', () => pair.judge.openOrders().length > 0);
  pair.venue.process.kill('SIGSTOP');
  await until('both have tripped', async () =>
    (await strategies()).every(({ breaker }) => breaker === 'STALE FEED'),
  );
  expect(pair.judge.openOrders().length).toBeGreaterThan(0);
  pair.venue.process.kill('SIGCONT');
  await expectSilence(['PROP-A', 'PROP-B']);
  await until('the book is live again', async () =>
    (await pair.state()).instruments.some(({ bookState }) => bookState === 'LIVE'),
  );
  await rearm('mm');
  await rearm('ofi');
  await pair.untilOrders(4);
});
