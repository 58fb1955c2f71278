import { ByteBuffer } from 'flatbuffers';
import { describe, expect, test } from 'vitest';
import { ConsoleFrame } from '../../engine/event/generated/console-frame.ts';
import { LatencyFigureReader } from '../../engine/latency-figures.ts';
import { MovingMemory } from '../../test/support/moving-memory.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import type { KillStatus } from './actions.ts';
import { ConsoleFrameEncoder } from './console-frame.ts';
import { type ConsoleContext, ConsoleReader } from './console-reader.ts';
import { frameOf } from './frame-contents.ts';

const ARMED: KillStatus = {
  state: 'ARMED',
  generation: 0,
  scope: null,
  target: '',
  reason: '',
  operator: '',
  openOrders: 0,
  requestedMs: null,
  doneMs: null,
};

function readerOf(memory: Memory, clock = { ms: 1_000_000 }, status: KillStatus = ARMED) {
  const context: ConsoleContext = {
    nowMs: () => clock.ms,
    valueAtRisk: () => null,
    latencies: () => new LatencyFigureReader(memory).read(),
  };
  return new ConsoleReader(memory, context, () => status);
}

const NOISY_BOOKS = 20;
const NOBODY: ReadonlySet<string> = new Set();

/** One instrument in EUR with ticks of 0.5 and lots of 0.1, one strategy, base currency USD. */
function euroMemory(): Memory {
  const memory = new Memory();
  memory.setI32(L.CTL_INSTRUMENT_COUNT, 1);
  memory.setI32(L.CTL_STRATEGY_COUNT, 1);
  memory.setText(L.STRATEGIES + L.STR_NAME, 32, 'maker');
  ['USD', 'EUR'].forEach((code, currency) => {
    const at = L.CURRENCIES + currency * L.CURRENCY_BYTES;
    memory.setText(at + L.CUR_CODE, 4, code);
    memory.setI32(at + L.CUR_DECIMALS, 2);
    memory.setF64(at + L.CUR_TO_BASE, currency === 0 ? 1 : 1.25);
  });
  memory.setText(L.INSTRUMENTS + L.INS_SYMBOL, 32, 'FDAX');
  memory.setI32(L.INSTRUMENTS + L.INS_CURRENCY, 1);
  memory.setI64(L.INSTRUMENTS + L.INS_TICK_E8, 50_000_000);
  memory.setI64(L.INSTRUMENTS + L.INS_LOT_E8, 10_000_000);
  memory.setF64(L.INSTRUMENTS + L.INS_MINOR_PER_TICK_LOT, 5); // 0.5 x 0.1 x 1 EUR
  memory.setI32(L.BOOKS + L.BOOK_BID_COUNT, 1);
  memory.setI32(L.BOOKS + L.BOOK_ASK_COUNT, 1);
  memory.setI64(L.BOOKS + L.BOOK_BID_TICKS, 200);
  memory.setI64(L.BOOKS + L.BOOK_ASK_TICKS, 204);
  memory.setI64(L.BOOKS + L.BOOK_BIDS, 200);
  memory.setI64(L.BOOKS + L.BOOK_BIDS + 8, 30);
  memory.setI64(L.BOOKS + L.BOOK_ASKS, 204);
  memory.setI64(L.BOOKS + L.BOOK_ASKS + 8, 40);
  return memory;
}

describe('what the console reads', () => {
  test('a short position gains when the mid falls, in its own and in the base currency', () => {
    const memory = euroMemory();
    memory.setI64(L.POSITIONS + L.POS_LOTS, -10);
    memory.setI64(L.POSITIONS + L.POS_OPEN_COST, -2100); // sold at 210 ticks
    memory.setI64(L.POSITIONS + L.POS_REALISED, 40);
    memory.setI64(L.POSITIONS + L.POS_FEES_E6, 60_000_000); // 60 cents
    const { positions, totalPnl, baseCurrency } = readerOf(memory).read();
    expect(positions).toEqual([
      expect.objectContaining({ symbol: 'FDAX', currency: 'EUR', quantity: -1, averagePrice: 105 }),
    ]);
    const [position] = positions;
    expect(position!.unrealised).toBeCloseTo(4, 10); // 8 ticks x 10 lots x 5 cents
    expect(position!.realised).toBeCloseTo(2, 10);
    expect(position!.fees).toBeCloseTo(0.6, 10);
    expect(position!.totalBase).toBeCloseTo(5.4 * 1.25, 10);
    expect(totalPnl).toBeCloseTo(6.75, 10);
    expect(baseCurrency).toBe('USD');
  });

  test('our own working quantity stands beside its level', () => {
    const memory = euroMemory();
    for (const [slot, leaves] of [
      [0, 7],
      [1, 5],
    ] as const) {
      const at = L.ORDERS + slot * L.ORDER_BYTES;
      memory.setI64(at + L.ORD_NUMBER, slot + 1);
      memory.setI32(at + L.ORD_SIDE, 1);
      memory.setI32(at + L.ORD_STATE, slot === 0 ? L.ORDER_NEW : L.ORDER_PENDING_CANCEL);
      memory.setI64(at + L.ORD_PRICE_TICKS, 200);
      memory.setI64(at + L.ORD_LEAVES_LOTS, leaves);
    }
    const [instrument] = readerOf(memory).read().instruments;
    expect(instrument!.bids).toEqual([{ price: 100, quantity: 3, own: 1.2 }]);
    expect(instrument!.asks).toEqual([{ price: 102, quantity: 4, own: 0 }]);
  });

  test.each([
    [0, 0, 0, null],
    [3, 0, 0, 101.25],
    [3, 1, 1, 101.25],
    [3, 2, -1, 101.25],
  ])('after %d trades, the last of side %d: its sign and the VWAP', (count, side, sign, vwap) => {
    const memory = euroMemory();
    memory.setI64(L.INSTRUMENTS + L.INS_TRADE_COUNT, count);
    memory.setI32(L.INSTRUMENTS + L.INS_LAST_TRADE_SIDE, side);
    memory.setF64(L.SIGNALS + L.SIG_VWAP, 202.5);
    const state = frameOf(readerOf(memory), NOBODY);
    expect(state.instruments[0]).toMatchObject({ tradeSign: sign, vwap });
    const bytes = new ConsoleFrameEncoder().encode(state);
    const frame = ConsoleFrame.getRootAsConsoleFrame(new ByteBuffer(bytes)).instruments(0)!;
    expect([frame.tradeSign(), frame.vwap()]).toEqual([sign, vwap ?? Number.NaN]);
  });

  test('a position limit is used by the worst case of position and working orders', () => {
    const memory = euroMemory();
    memory.setI32(L.LIMITS + L.LIM_SET, 1);
    memory.setI32(L.LIMITS + L.LIM_PERMITTED, 1);
    memory.setI64(L.LIMITS + L.LIM_POSITION_LOTS_MAX, 100);
    memory.setI64(L.LIMITS + L.LIM_DAILY_LOSS_MINOR_MAX, 50_000);
    memory.setI64(L.STRATEGIES + L.STR_EQUITY_MINOR, -12_500);
    memory.setI64(L.POSITIONS + L.POS_LOTS, 20);
    memory.setI64(L.POSITIONS + L.POS_OPEN_BUY_LOTS, 30);
    memory.setI64(L.POSITIONS + L.POS_OPEN_SELL_LOTS, 90);
    const { limits } = readerOf(memory).read();
    expect(limits).toContainEqual(
      expect.objectContaining({ name: 'position', used: 7, limit: 10 }),
    );
    expect(limits).toContainEqual(
      expect.objectContaining({ name: 'daily loss', used: 125, limit: 500, unit: 'USD' }),
    );
  });

  test('a loop that runs without a heartbeat for more than 250 ms is hung', () => {
    const memory = euroMemory();
    const clock = { ms: 1_000_000 };
    const reader = readerOf(memory, clock);
    memory.setI32(L.CTL_LOOP_STATE, L.LOOP_RUNNING);
    expect(reader.read().engineState).toBe('RUNNING');
    clock.ms += 251;
    expect(reader.read().engineState).toBe('HUNG');
    memory.setI32(L.CTL_HEARTBEAT, 1);
    expect(reader.read().engineState).toBe('RUNNING');
  });

  test('the message rate is that of the last second', () => {
    const memory = euroMemory();
    const clock = { ms: 1_000_000 };
    const reader = readerOf(memory, clock);
    let rate = 0;
    for (let reading = 0; reading < 40; reading++) {
      rate = reader.read().messagesPerS;
      clock.ms += 100;
      memory.addI64(L.CTL_MARKET_DATA_MESSAGES, reading < 25 ? 1 : 50);
    }
    expect(rate).toBe(500);
  });

  test.for([
    ['ACTIVE', L.TRADING_ACTIVE, L.TRADING_ACTIVE],
    ['HALTED', L.TRADING_HALTED, L.TRADING_ACTIVE],
    ['HALTED', L.TRADING_ACTIVE, L.TRADING_HALTED],
    ['REDUCING', L.TRADING_REDUCING, L.TRADING_ACTIVE],
    ['HALTED', L.TRADING_REDUCING, L.TRADING_HALTED],
  ] as const)('a strategy is %s when the firm is in %i and itself in %i', ([word, firm, own]) => {
    const memory = euroMemory();
    memory.setI32(L.CTL_FIRM_STATE, firm);
    memory.setI32(L.STRATEGIES + L.STR_TRADING_STATE, own);
    expect(readerOf(memory).read().strategies[0]!.state).toBe(word);
  });

  test('an order that we refused says why', () => {
    const memory = euroMemory();
    memory.setI64(L.ORDERS + L.ORD_NUMBER, 3);
    memory.setI32(L.ORDERS + L.ORD_STATE, L.ORDER_DENIED);
    memory.setI32(L.ORDERS + L.ORD_REASON, L.DENY_PRICE_COLLAR);
    expect(readerOf(memory).read().orderList[0]).toMatchObject({
      state: 'DENIED',
      reason: 'PRICE_COLLAR: the price is outside the collar',
    });
  });

  test('a kill says what is killed, by whom, why, and what is still open', () => {
    const status: KillStatus = {
      ...ARMED,
      state: 'KILLING',
      scope: 'STRATEGY',
      target: 'maker',
      operator: 'ann',
      reason: 'runaway',
      openOrders: 3,
    };
    expect(readerOf(euroMemory(), { ms: 0 }, status).read().killState).toBe(
      'KILLING maker by ann: runaway, 3 orders still open',
    );
  });
});

describe('the frame', () => {
  test('holds what was read', () => {
    const { memory } = new MovingMemory();
    const state = frameOf(readerOf(memory), NOBODY);
    const bytes = new ConsoleFrameEncoder().encode(state);
    const frame = ConsoleFrame.getRootAsConsoleFrame(new ByteBuffer(bytes));
    expect(frame.engineState()).toBe('RUNNING');
    expect(frame.totalPnl()).toBe(state.totalPnl);
    expect(frame.marketMs()).toBe(state.marketMs);
    expect(frame.valueAtRisk()).toBeNull();
    const lengths = [
      [frame.instrumentsLength(), state.instruments],
      [frame.tradesLength(), state.trades],
      [frame.fillListLength(), state.fillList],
      [frame.positionsLength(), state.positions],
      [frame.strategiesLength(), state.strategies],
      [frame.orderListLength(), state.orderList],
      [frame.refusalsLength(), state.refusals],
      [frame.refusalCountsLength(), state.refusalCounts],
      [frame.limitsLength(), state.limits],
      [frame.sessionsLength(), state.sessions],
      [frame.histogramsLength(), state.histograms],
    ] as const;
    for (const [length, rows] of lengths) {
      expect(length).toBe(rows.length);
      expect(length).toBeGreaterThan(0);
    }
    const order = frame.orderList(0)!;
    expect([order.clOrdId(), order.symbol(), order.price(), Number(order.orderNumber())]).toEqual([
      state.orderList[0]!.clOrdId,
      state.orderList[0]!.symbol,
      state.orderList[0]!.price,
      state.orderList[0]!.orderNumber,
    ]);
    expect(frame.instruments(0)!.bids(0)!.quantity()).toBe(state.instruments[0]!.bids[0]!.quantity);
    expect(frame.refusals(0)!.clause()).toBe(state.refusals[0]!.clause);
  });

  test('two frames of one encoder do not share bytes', () => {
    const moving = new MovingMemory();
    const reader = readerOf(moving.memory);
    const encoder = new ConsoleFrameEncoder();
    const first = encoder.encode(frameOf(reader, NOBODY));
    const copy = first.slice();
    moving.step();
    encoder.encode(frameOf(reader, NOBODY));
    expect(first).toEqual(copy);
  });

  test('memory that holds nothing but noise ends neither reader nor encoder', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const memory = new Memory();
      let noise = seed;
      // xorshift32; from the control words to the books, of which the first are read whole
      for (const [from, to] of [
        [L.CONTROL, L.SCRATCH],
        [L.BOOKS, L.BOOKS + NOISY_BOOKS * L.BOOK_BYTES],
      ] as const) {
        const words = new Int32Array(memory.bytes.buffer, from, (to - from) / 4);
        for (let index = 0; index < words.length; index++) {
          noise ^= noise << 13;
          noise ^= noise >>> 17;
          noise ^= noise << 5;
          words[index] = noise;
        }
      }
      const state = frameOf(readerOf(memory), NOBODY);
      const bytes = new ConsoleFrameEncoder().encode(state);
      const frame = ConsoleFrame.getRootAsConsoleFrame(new ByteBuffer(bytes));
      expect(frame.instrumentsLength()).toBeLessThanOrEqual(L.INSTRUMENTS_MAX);
      expect(() => JSON.stringify(state)).not.toThrow();
    }
  });
});
