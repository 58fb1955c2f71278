/** A journal that falls behind holds up first new orders, then what comes in, and cancels and kills last. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CoreRig, type OnBook } from '../test/support/core-rig.ts';
import * as R from '../wasm/journal-ring-layout.ts';
import * as L from '../wasm/layout.ts';

const BUY = 1;
/** A buy in AAPL under the bid, of another quantity each time. */
const buys: OnBook = (market) => {
  if (market.symbol !== 'AAPL') return;
  market.limit(BUY, market.book.bestBidTicks - 100, 1 + (((market.timeNs / 1e6) | 0) % 50));
};

let rig: CoreRig;
beforeEach(() => {
  rig = new CoreRig(buys);
  rig.connect();
});
afterEach(() => rig.close());

/** So many bytes wait for the journal's writer. */
const wait = (bytes: number): void => rig.memory.setI64(R.RING_HEAD, bytes);
const sentOf = (msgType: string): number =>
  rig.sent.filter((message) => message.includes(`|35=${msgType}|`)).length;
const refused = (): number => rig.memory.i64(L.REFUSAL_COUNTS + 8 * L.DENY_BACK_PRESSURE);
const killFirm = (): void =>
  rig.loop.command({
    type: 'COMMAND',
    kind: 'KILL',
    scope: 'FIRM',
    target: '',
    generation: 1,
    operator: 'test',
    reason: 'test',
  });

async function expectSameAgain(): Promise<void> {
  expect(await rig.replayed(false)).toBe(rig.stateHash);
  expect(await rig.replayed(true)).toBe(rig.stateHash);
}

test('half full: no new order, but a cancel leaves; a replay says the same', async () => {
  rig.snapshot('AAPL', '100', '100.1');
  expect(sentOf('D')).toBe(1);
  wait(R.RING_ORDERS_BYTES_MAX);
  rig.snapshot('AAPL', '100', '100.2');
  expect([sentOf('D'), refused()]).toEqual([1, 1]);
  killFirm();
  rig.loop.endTurn();
  expect(sentOf('F')).toBe(1);
  await expectSameAgain();
});

test('nine tenths full: nothing is read, a kill is done, and what waited comes when there is room', async () => {
  rig.snapshot('AAPL', '100', '100.1');
  wait(R.RING_INPUTS_BYTES_MAX);
  const messages = rig.memory.i64(L.CTL_MARKET_DATA_MESSAGES);
  rig.snapshot('AAPL', '101', '101.1');
  rig.loop.resume();
  expect(rig.memory.i64(L.CTL_MARKET_DATA_MESSAGES)).toBe(messages);
  killFirm();
  rig.loop.endTurn();
  expect(sentOf('F')).toBe(1);
  wait(R.RING_INPUTS_BYTES_MAX - 1);
  rig.loop.resume();
  expect(rig.memory.i64(L.CTL_MARKET_DATA_MESSAGES)).toBe(messages + 1);
  expect(sentOf('D'), 'the firm is halted').toBe(1);
  await expectSameAgain();
});

test('in lock step the venue waits before an order has to', async () => {
  rig.close();
  rig = new CoreRig(buys, undefined, true);
  rig.connect();
  wait(R.RING_LOCK_STEP_BYTES_MAX);
  rig.snapshot('AAPL', '100', '100.1');
  expect(rig.memory.i64(L.CTL_MARKET_DATA_MESSAGES)).toBe(0);
  wait(0);
  rig.loop.resume();
  expect([sentOf('D'), refused()]).toEqual([1, 0]);
  await expectSameAgain();
});

test('with room nothing waits', () => {
  wait(R.RING_ORDERS_BYTES_MAX - 8);
  rig.snapshot('AAPL', '100', '100.1');
  expect([sentOf('D'), refused()]).toEqual([1, 0]);
});
