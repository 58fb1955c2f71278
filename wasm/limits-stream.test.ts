/** The limits gate and its plain twin on random worlds: the same verdict for every one of a million intents. */
import { expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import * as desk from '../test/support/desk.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import * as R from './journal-ring-layout.ts';
import * as L from './layout.ts';
import { LimitsReference } from './limits-reference.ts';
import { Memory } from './memory.ts';

const memory = new Memory();
const core = loadCore(memory);
const INTENTS = 250_000;
const SLOTS = 6;
const { AAPL, SAP, BUY, SELL, MARKET, LIMIT } = desk;
const code = (character: string) => character.charCodeAt(0);

/** Nudges one thing of the world; most values let orders pass, some do not. */
function nudge(random: SeededRandom): void {
  const strategy = desk.strategyAt(random.below(2));
  const instrument = random.below(2);
  const position = desk.positionAt(random.below(2), instrument);
  const row = desk.limitAt(random.below(2), instrument);
  const state = random.pick([0, 0, 0, 0, 0, L.TRADING_REDUCING, L.TRADING_HALTED]);
  const bidTicks = instrument === AAPL ? 10_001 : 20_000;
  // biome-ignore format: a table
  const steps: readonly (() => void)[] = [
    () => memory.setI32(L.CTL_FIRM_STATE, state),
    () => memory.setI32(strategy + L.STR_TRADING_STATE, state),
    () => memory.setI32(L.ACCOUNTS + random.below(2) * L.ACCOUNT_BYTES, state),
    () => memory.setI32(desk.instrumentAt(instrument) + L.INS_TRADING_STATE, state),
    () => memory.setI32(strategy + L.STR_PAUSED, random.oneIn(4) ? 1 : 0),
    () => memory.setI32(row + L.LIM_SET, random.oneIn(9) ? 0 : 1),
    () => memory.setI32(row + L.LIM_PERMITTED, random.oneIn(9) ? 0 : 1),
    () => memory.setI64(desk.instrumentAt(instrument) + L.INS_CLOSE_NS, random.oneIn(9) ? memory.i64(L.CTL_CORE_TIME_NS) + random.below(3) - 1 : 0),
    () => memory.setI64(desk.instrumentAt(instrument) + L.INS_OPEN_NS, random.oneIn(9) ? memory.i64(L.CTL_CORE_TIME_NS) + random.below(3) - 1 : 0),
    () => memory.setI32(L.SESSIONS, random.oneIn(9) ? random.below(5) : L.SESSION_LIVE),
    () => memory.setI32(desk.instrumentAt(instrument) + L.INS_SESSION, random.oneIn(9) ? -1 : 0),
    () => memory.setI32(desk.instrumentAt(instrument) + L.INS_BOOK_STATE, random.oneIn(5) ? random.below(5) : L.BOOK_LIVE),
    () => desk.setTouch(memory, instrument, { bidTicks: random.oneIn(9) ? 0 : bidTicks, askTicks: random.oneIn(9) ? 0 : bidTicks + random.below(400) }),
    () => memory.setI64(desk.instrumentAt(instrument) + L.INS_LAST_UPDATE_NS, memory.i64(L.CTL_CORE_TIME_NS) - (random.oneIn(9) ? 2e9 + random.below(3) : 0)),
    () => memory.setI64(desk.instrumentAt(instrument) + L.INS_MIN_INCREMENT_TICKS, random.pick([1, 1, 1, 5])),
    () => memory.setI64(position + L.POS_LOTS, random.below(401) - 200),
    () => memory.setI64(position + L.POS_LOTS, random.below(41) - 20),
    () => memory.setI64(position + L.POS_OPEN_BUY_LOTS, random.below(40)),
    () => memory.setI64(position + L.POS_OPEN_SELL_LOTS, random.below(40)),
    () => memory.setI32(row + L.LIM_MESSAGES_PER_S_MAX, random.pick([1, 3, 20, 4096, 4096])),
    () => memory.setI64(row + L.LIM_DUPLICATE_NS, random.pick([0, 1e6, 1e8])),
    () => memory.setI64(strategy + L.STR_EQUITY_MINOR, -499_998 - random.below(4)),
    () => memory.setI64(strategy + L.STR_EQUITY_MINOR, random.below(1000)),
    () => memory.setI32(strategy + L.STR_OPEN_ORDERS, random.below(5)),
    () => memory.setI32(L.CTL_OPEN_ORDERS, L.ORDERS_MAX - random.below(3)),
    () => memory.setI32(L.SESSIONS + L.SES_TX_END, L.TX_BYTES - 1022 - random.below(5)),
    () => memory.setI32(L.SESSIONS + L.SES_TX_END, 0),
    () => memory.setI64(R.RING_HEAD, random.oneIn(9) ? R.RING_ORDERS_BYTES_MAX - 8 * random.below(3) : 0),
    () => memory.setI32(R.RING_FAULT, random.oneIn(9) ? random.below(3) : R.WRITER_WELL),
    () => nudgeOrder(random),
  ];
  random.pick(steps)();
}

function nudgeOrder(random: SeededRandom): void {
  const order = desk.orderAt(random.below(SLOTS));
  const qtyLots = 1 + random.below(40);
  const cumLots = random.below(qtyLots + 1);
  memory.setI64(order + L.ORD_NUMBER, random.below(9));
  memory.setI32(order + L.ORD_STRATEGY, random.below(2));
  memory.setI32(order + L.ORD_INSTRUMENT, random.below(2));
  memory.setI32(order + L.ORD_SIDE, 1 + random.below(2));
  memory.setI32(order + L.ORD_STATE, random.below(12));
  memory.setI64(order + L.ORD_QTY_LOTS, qtyLots);
  memory.setI64(order + L.ORD_CUM_LOTS, cumLots);
  memory.setI64(order + L.ORD_WORKING_LOTS, qtyLots - cumLots);
}

/** Puts most of what may refuse back to normal, so that the later checks are reached again. */
function calm(): void {
  const { bytes } = memory;
  memory.setI32(L.CTL_FIRM_STATE, L.TRADING_ACTIVE);
  memory.setI32(L.CTL_OPEN_ORDERS, 0);
  memory.setI32(L.SESSIONS, L.SESSION_LIVE);
  memory.setI32(L.SESSIONS + L.SES_TX_END, 0);
  bytes.fill(0, L.POSITIONS, L.POSITIONS + 2 * L.INSTRUMENTS_MAX * L.POSITION_BYTES);
  for (const each of [0, 1]) {
    memory.setI32(L.ACCOUNTS + each * L.ACCOUNT_BYTES, L.TRADING_ACTIVE);
    memory.setI32(desk.strategyAt(each) + L.STR_TRADING_STATE, L.TRADING_ACTIVE);
    memory.setI32(desk.strategyAt(each) + L.STR_PAUSED, 0);
    memory.setI64(desk.strategyAt(each) + L.STR_EQUITY_MINOR, 0);
    memory.setI32(desk.strategyAt(each) + L.STR_OPEN_ORDERS, 0);
    memory.setI32(desk.instrumentAt(each) + L.INS_TRADING_STATE, L.TRADING_ACTIVE);
    memory.setI32(desk.instrumentAt(each) + L.INS_BOOK_STATE, L.BOOK_LIVE);
    memory.setI32(desk.instrumentAt(each) + L.INS_SESSION, 0);
    memory.setI64(desk.instrumentAt(each) + L.INS_CLOSE_NS, 0);
    desk.setTouch(memory, each, {
      bidTicks: each === AAPL ? 10_001 : 20_000,
      askTicks: each === AAPL ? 10_003 : 20_010,
    });
    const now = memory.i64(L.CTL_CORE_TIME_NS);
    memory.setI64(desk.instrumentAt(each) + L.INS_LAST_UPDATE_NS, now);
    for (const other of [0, 1]) {
      memory.setI32(desk.limitAt(each, other) + L.LIM_SET, 1);
      memory.setI32(desk.limitAt(each, other) + L.LIM_PERMITTED, 1);
    }
  }
}

function randomIntent(random: SeededRandom): desk.Intent {
  const instrument = random.oneIn(99) ? random.below(5) - 1 : random.below(2);
  const strategy = random.oneIn(99) ? random.below(5) - 1 : random.below(2);
  const base = instrument === SAP ? 20_000 : 10_000;
  const rare = random.oneIn(99) ? 0 : 1;
  return {
    kind: random.pick([
      L.INTENT_NEW,
      L.INTENT_NEW,
      L.INTENT_CANCEL,
      L.INTENT_REPLACE,
      L.INTENT_NEW * rare,
    ]),
    strategy,
    instrument,
    side: rare === 0 ? random.below(8) : random.pick([BUY, SELL]),
    ordType: rare === 0 ? code('3') : random.pick([LIMIT, LIMIT, LIMIT, MARKET]),
    timeInForce: rare === 0 ? code('6') : code(random.pick(['0', '1', '3', '4'])),
    priceTicks: random.oneIn(20) ? base - 600 + random.below(1200) : base + random.below(4),
    qtyLots: random.oneIn(20) ? random.below(140) - 5 : 1 + random.below(5),
    orderSlot: random.oneIn(50) ? L.ORDERS_MAX - 1 + random.below(2) : random.below(SLOTS) - 1,
    account: random.oneIn(99) ? random.below(3) : strategy,
    flags: random.oneIn(9) ? L.INTENT_FLAG_OPERATOR : 0,
  };
}

test.each([1, 20_120_621, 77, 4_000_000_000])(
  'kernel and twin agree on every intent of the stream with seed %d',
  (seed) => {
    const random = new SeededRandom(seed);
    desk.openDesk(memory);
    const twin = new LimitsReference(memory);
    const seen = new Map<number, number>();
    for (let intent = 0; intent < INTENTS; intent++) {
      const step = random.pick([0, 1, 1000, 1e6, 1e7]);
      memory.setI64(L.CTL_CORE_TIME_NS, memory.i64(L.CTL_CORE_TIME_NS) + random.below(step + 1));
      if (random.oneIn(40)) calm();
      if (random.oneIn(3)) nudge(random);
      desk.setIntent(memory, randomIntent(random));
      const expected = twin.check();
      const verdict = core.limitsCheck();
      if (verdict !== expected)
        expect({ seed, intent, verdict }).toEqual({ seed, intent, verdict: expected });
      seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
    }
    // A stream that never reaches a check proves nothing about it.
    for (let verdict = L.ALLOWED; verdict <= L.DENY_CLOSED; verdict++) {
      expect(seen.get(verdict) ?? 0, `verdict ${verdict} in seed ${seed}`).toBeGreaterThan(50);
    }
  },
);
