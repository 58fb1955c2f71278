/** What the engine lived through it arrives at again from its journal, whatever the day brought. */
import { afterEach, describe, expect, test } from 'vitest';
import type { GyrfalconConfig } from '../config/schema.ts';
import { CoreRig, type OnBook } from '../test/support/core-rig.ts';
import * as L from '../wasm/layout.ts';

const BUY = 1;
const AAPL = L.INSTRUMENTS;
const MSFT = L.INSTRUMENTS + L.INSTRUMENT_BYTES;
/** A buy in AAPL under the bid, of another quantity each time. */
const buys: OnBook = (market) => {
  if (market.symbol !== 'AAPL') return;
  market.limit(BUY, market.book.bestBidTicks - 100, 1 + (((market.timeNs / 1e6) | 0) % 50));
};

let rig: CoreRig;
afterEach(() => rig?.close());

function open(onBook: OnBook, change?: (config: GyrfalconConfig) => void): void {
  rig = new CoreRig(onBook, change);
  rig.connect();
}

async function expectSameAgain(): Promise<void> {
  expect(await rig.replayed(false)).toBe(rig.stateHash);
  expect(await rig.replayed(true)).toBe(rig.stateHash);
}

const bookState = (block: number): number => rig.memory.i32(block + L.INS_BOOK_STATE);
const intents = (): number => rig.memory.i64(L.CTL_INTENT_SEQUENCE);
const strategyState = (field: number): number => rig.memory.i32(L.STRATEGIES + field);
const positionLots = (instrument: number): number =>
  rig.memory.i64(L.POSITIONS + instrument * L.POSITION_BYTES + L.POS_LOTS);
const entry = (symbol: string, type: number, price: string, lots: number): string =>
  `279=0|269=${type}|55=${symbol}|270=${price}|271=${lots}|`;
const update = (...entries: string[]): void =>
  rig.hear('X', `5060=${rig.time}|268=${entries.length}|${entries.join('')}`);
const report = (number: number, symbol: string, rest: string): void =>
  rig.hear(
    '8',
    `5060=${rig.time}|37=V${number}|11=0ABCXYZ${number}|17=E${number}|54=1|55=${symbol}|${rest}`,
  );

test('an order and its fill', async () => {
  open(buys);
  rig.snapshot('AAPL', '100', '100.1');
  report(1, 'AAPL', '150=F|39=1|151=1|14=1|31=99.99|32=1');
  expect([intents(), positionLots(0)]).toEqual([1, 1]);
  await expectSameAgain();
});

describe('a message of the venue is lost', () => {
  const MISSING = 3;
  function lose(): void {
    open(buys);
    rig.snapshot('AAPL', '100', '100.1');
    rig.lose();
    update(entry('AAPL', 0, '100.02', 5));
    update(entry('AAPL', 0, '100.03', 5));
  }
  const fill = (): void => rig.hearAs(MISSING, '4', `43=Y|122=${rig.time}|123=Y|36=${MISSING + 1}`);

  test('what waited behind it is applied, and nobody decides in between', async () => {
    lose();
    fill();
    expect(rig.memory.i64(L.SESSIONS + L.SES_NEXT_IN)).toBe(6);
    expect(intents()).toBe(1);
    await expectSameAgain();
  });

  test('what comes after it was asked for in vain counts or does not, then as now', async () => {
    lose();
    for (let asked = 0; asked < 3; asked++) rig.wait(10);
    expect(rig.sessionState).toBe(L.SESSION_LOGOUT_SENT);
    const filled = `37=V1|11=0ABCXYZ1|17=E1|54=1|55=AAPL|150=F|39=1|151=1|14=1|31=99.99|32=1`;
    rig.hearAs(MISSING, '8', `43=Y|122=${rig.time}|5060=${rig.time}|${filled}`);
    await expectSameAgain();
  });

  test('and asked for again in the middle of a chunk: our numbers are the same in a replay', async () => {
    open(buys, ({ venues: [venue] }) => {
      if (venue?.protocol === 'fix') venue.resendRequestMessagesMax = 4;
    });
    rig.snapshot('AAPL', '100', '100.1');
    report(1, 'AAPL', '150=0|39=0|151=1|14=0');
    for (let lost = 0; lost < 9; lost++) rig.lose();
    rig.snapshot('AAPL', '100', '100.1');
    const heartbeat = (number: number): void => rig.hearAs(number, '0', `43=Y|122=${rig.time}`);
    for (const number of [4, 5]) heartbeat(number);
    rig.wait(10);
    for (const number of [6, 7]) heartbeat(number);
    const asked = { reason: 'a test', operator: 'tester', generation: 1 } as const;
    const target = rig.strategyName;
    rig.loop.command({ type: 'COMMAND', kind: 'KILL', scope: 'STRATEGY', target, ...asked });
    rig.loop.endTurn();
    expect(rig.sent.at(-1)).toContain('|35=F|');
    await expectSameAgain();
  });

  test('before a Logon: nobody decides until the gap is filled, nor in a replay', async () => {
    open(buys);
    rig.snapshot('AAPL', '100', '100.1');
    report(1, 'AAPL', '150=4|39=4|151=0|14=0');
    rig.disconnect();
    rig.lose();
    rig.connect();
    rig.snapshot('AAPL', '100.1', '100.2');
    update(entry('AAPL', 0, '100.12', 5));
    expect(rig.sessionState).toBe(L.SESSION_RECOVERING);
    const before = intents();
    rig.hearAs(MISSING + 1, '4', `43=Y|122=${rig.time}|123=Y|36=${MISSING + 2}`);
    expect(rig.sessionState).toBe(L.SESSION_LIVE);
    expect(intents()).toBe(before);
    rig.hear('0', ''); // a replay decides nothing upon the very last message
    await expectSameAgain();
  });

  test('the books have a hole until a snapshot comes', async () => {
    lose();
    fill();
    expect(bookState(AAPL)).toBe(L.BOOK_GAP);
    update(entry('AAPL', 0, '100.04', 5));
    expect(intents()).toBe(1);
    rig.snapshot('AAPL', '100', '100.1');
    expect(intents()).toBe(2);
    await expectSameAgain();
  });
});

test('a strategy that fails leaves no order behind that nobody looks after', async () => {
  open((market) => {
    if (market.hasOpenOrders) throw new Error('no idea');
    buys(market);
  });
  rig.snapshot('AAPL', '100', '100.1');
  report(1, 'AAPL', '150=0|39=0|151=1|14=0');
  update(entry('AAPL', 0, '100.02', 5));
  expect(strategyState(L.STR_PAUSED)).toBe(1);
  expect(rig.sent.at(-1)).toContain('|35=F|');
  await expectSameAgain();
});

describe('a person decides', () => {
  const scoped = { reason: 'a test', operator: 'tester' } as const;

  test('a kill takes the orders out while a gap is being filled', async () => {
    open(buys);
    rig.snapshot('AAPL', '100', '100.1');
    report(1, 'AAPL', '150=0|39=0|151=1|14=0');
    rig.lose();
    update(entry('AAPL', 0, '100.02', 5));
    expect(rig.sessionState).toBe(L.SESSION_RECOVERING);
    const strategy = rig.strategyName;
    rig.loop.command({
      type: 'COMMAND',
      kind: 'KILL',
      scope: 'STRATEGY',
      target: strategy,
      generation: 1,
      ...scoped,
    });
    rig.loop.endTurn();
    expect(rig.sent.at(-1)).toContain('|35=F|');
    await expectSameAgain();
  });

  test('a position larger than one order may be is flattened all the same', async () => {
    open(() => {});
    rig.snapshot('AAPL', '100', '100.1');
    rig.loop.command({
      type: 'COMMAND',
      kind: 'ADJUST_POSITION',
      strategy: rig.strategyName,
      instrument: 'AAPL',
      quantityLots: 1700,
      priceTicks: 1_000_000,
      ...scoped,
    });
    rig.loop.command({ type: 'COMMAND', kind: 'FLATTEN', scope: 'FIRM', target: '', ...scoped });
    rig.loop.endTurn();
    const sells = rig.sent.filter((message) => message.includes('|35=D|'));
    expect(sells.map((message) => /\|54=2\|.*\|38=(\d+)\|/.exec(message)?.[1])).toEqual([
      '1000',
      '700',
    ]);
    await expectSameAgain();
  });
});

test('one message moves two books: the second trips a breaker after the first was traded upon', async () => {
  const onceLong: OnBook = (market) => {
    if (market.positionLots === 0 && !market.hasOpenOrders) {
      if (market.symbol === 'MSFT') market.limit(BUY, market.book.bestBidTicks, 100);
    }
    if (market.symbol === 'AAPL') buys(market);
  };
  open(onceLong, (config) => {
    config.breakers.drawdownMax = '150';
  });
  rig.snapshot('AAPL', '100', '100.1');
  rig.snapshot('MSFT', '30', '30.01');
  report(2, 'MSFT', '150=F|39=2|151=0|14=100|31=30|32=100');
  expect(positionLots(1)).toBe(100);
  const remove = (price: string, type: number): string => `279=2|269=${type}|55=MSFT|270=${price}|`;
  update(
    entry('AAPL', 0, '100.01', 5),
    remove('30', 0),
    entry('MSFT', 0, '28', 5),
    remove('30.01', 1),
    entry('MSFT', 1, '28.01', 5),
  );
  expect(strategyState(L.STR_BREAKER)).toBe(L.BREAKER_DRAWDOWN);
  await expectSameAgain();
});

test('the socket was full: the refused order is refused again', async () => {
  open(buys);
  rig.isReading = false;
  rig.memory.setI32(L.SESSIONS + L.SES_TX_END, L.TX_BYTES - 100);
  rig.snapshot('AAPL', '100', '100.1');
  expect(rig.memory.i64(L.REFUSAL_COUNTS + 8 * L.DENY_BACK_PRESSURE)).toBe(1);
  rig.memory.setI32(L.SESSIONS + L.SES_TX_END, 0);
  rig.isReading = true;
  rig.snapshot('AAPL', '100', '100.2');
  expect(rig.memory.i64(L.CTL_ORDERS_SENT)).toBe(1);
  await expectSameAgain();
});

test('what comes after the session gave the peer up counts for nothing, now and in a replay', async () => {
  open(buys);
  rig.snapshot('AAPL', '100', '100.1');
  rig.wait(40);
  rig.wait(40);
  expect(rig.sessionState).toBe(L.SESSION_DISCONNECTED);
  report(1, 'AAPL', '150=F|39=1|151=1|14=1|31=99.99|32=1');
  expect(positionLots(0)).toBe(0);
  rig.disconnect();
  await expectSameAgain();
});

describe('what the venue says cannot be understood', () => {
  test('a report with a tag of the venue’s own is a report like any other', async () => {
    open(buys);
    rig.snapshot('AAPL', '100', '100.1');
    report(1, 'AAPL', '150=F|39=1|151=1|14=1|31=99.99|32=1|9999=own');
    expect(positionLots(0)).toBe(1);
    await expectSameAgain();
  });

  test('a fill between two ticks: nobody trades until a person has looked', async () => {
    open(buys);
    rig.snapshot('AAPL', '100', '100.1');
    report(1, 'AAPL', '150=F|39=1|151=1|14=1|31=99.99005|32=1');
    expect(strategyState(L.STR_PAUSED)).toBe(1);
    update(entry('AAPL', 0, '100.01', 5));
    expect(rig.memory.i64(L.CTL_ORDERS_SENT)).toBe(1);
    await expectSameAgain();
  });

  test.each([
    ['an order that is not in the journal', '11=0ABCXYZ99'],
    ['an order of another journal', '11=0OTHERS1'],
  ])('a fill of %s: nobody trades until a person has looked', async (_what, clOrdId) => {
    open(buys);
    rig.snapshot('AAPL', '100', '100.1');
    const filled = '150=F|39=1|151=1|14=1|31=99.99|32=1';
    rig.hear('8', `5060=${rig.time}|37=V|${clOrdId}|17=E|54=1|55=AAPL|${filled}`);
    expect(strategyState(L.STR_PAUSED)).toBe(1);
    await expectSameAgain();
  });

  test('a quote between two ticks: the book has a hole, and a snapshot is asked for', async () => {
    open(buys);
    rig.snapshot('AAPL', '100', '100.1');
    rig.snapshot('MSFT', '30', '30.1');
    update(entry('AAPL', 0, '100.00005', 5));
    expect([bookState(AAPL), bookState(MSFT)]).toEqual([L.BOOK_GAP, L.BOOK_GAP]);
    expect(rig.resubscriptions).toBe(1);
    update(entry('AAPL', 0, '100.00005', 5));
    expect([intents(), rig.resubscriptions]).toEqual([1, 1]);
    rig.snapshot('AAPL', '100', '100.1');
    expect(intents()).toBe(2);
    await expectSameAgain();
  });
});

test('in lock step a venue that is not told is told when there is room again', () => {
  rig = new CoreRig(() => {}, undefined, true);
  rig.connect();
  rig.isReading = false;
  rig.memory.setI32(L.SESSIONS + L.SES_TX_END, L.TX_BYTES - 100);
  rig.snapshot('AAPL', '100', '100.1');
  rig.memory.setI32(L.SESSIONS + L.SES_TX_END, 0);
  rig.isReading = true;
  rig.loop.endTurn();
  expect(rig.sent.at(-1)).toContain('|5061=2|');
});
