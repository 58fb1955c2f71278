/** What goes into a frame of the stream: all of a few instruments, what matters of a thousand. */
import { describe, expect, test } from 'vitest';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import type { KillStatus } from './actions.ts';
import { ConsoleFrameEncoder } from './console-frame.ts';
import { type ConsoleContext, ConsoleReader } from './console-reader.ts';
import { frameOf } from './frame-contents.ts';

const LEVELS = 12;
const STRATEGIES = 2;
const WATCHED = 700;
const HEAVY = 900;
/** Of the stream's back-pressure: a reader takes more than one. */
const FRAME_BYTES_MAX = 512 * 1024;

/** So many stocks, each with a book, a trade, and a position of two strategies that one share moved. */
function memoryOf(instruments: number): Memory {
  const memory = new Memory();
  memory.setI32(L.CTL_INSTRUMENT_COUNT, instruments);
  memory.setI32(L.CTL_STRATEGY_COUNT, STRATEGIES);
  memory.setI32(L.CURRENCIES + L.CUR_DECIMALS, 2);
  memory.setF64(L.CURRENCIES + L.CUR_TO_BASE, 1);
  memory.setI64(L.CTL_TRADE_HEAD, instruments);
  for (let instrument = 0; instrument < instruments; instrument++) {
    writeStock(memory, instrument);
    for (let strategy = 0; strategy < STRATEGIES; strategy++) {
      const row = strategy * L.INSTRUMENTS_MAX + instrument;
      const position = L.POSITIONS + row * L.POSITION_BYTES;
      memory.setI64(position + L.POS_FILLS, 1);
      memory.setI64(position + L.POS_REALISED, instrument === HEAVY ? -1_000_000 : 1);
      memory.setI32(L.LIMITS + row * L.LIMIT_BYTES + L.LIM_SET, 1);
      memory.setI32(L.LIMITS + row * L.LIMIT_BYTES + L.LIM_PERMITTED, 1);
      memory.setI64(L.LIMITS + row * L.LIMIT_BYTES + L.LIM_POSITION_LOTS_MAX, 100);
      memory.setI64(position + L.POS_LOTS, instrument === HEAVY ? 99 : 0);
    }
  }
  return memory;
}

function writeStock(memory: Memory, instrument: number): void {
  const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
  memory.setText(block + L.INS_SYMBOL, 32, `S${instrument}`);
  memory.setI64(block + L.INS_TICK_E8, 1_000_000);
  memory.setI64(block + L.INS_LOT_E8, 100_000_000);
  memory.setF64(block + L.INS_MINOR_PER_TICK_LOT, 1);
  memory.setI32(L.TRADES + (instrument % L.RECORDS_KEPT) * L.TRADE_BYTES + 24, instrument);
  const book = L.BOOKS + instrument * L.BOOK_BYTES;
  for (const [count, side] of [
    [L.BOOK_BID_COUNT, L.BOOK_BIDS],
    [L.BOOK_ASK_COUNT, L.BOOK_ASKS],
  ] as const) {
    memory.setI32(book + count, LEVELS);
    for (let level = 0; level < LEVELS; level++)
      memory.setI64(book + side + level * L.LEVEL_BYTES, 1000 + level);
  }
}

const ARMED = { state: 'ARMED' } as KillStatus;

function readerOf(memory: Memory): ConsoleReader {
  const context: ConsoleContext = {
    nowMs: () => 1_000_000,
    valueAtRisk: () => null,
    latencies: () => ({ paths: [], stages: [], slowTicks: { ticks: [], unknownCauses: [] } }),
  };
  return new ConsoleReader(memory, context, () => ARMED);
}

describe('of a few instruments', () => {
  test('everything is in the frame, whoever looks at what', () => {
    const reader = readerOf(memoryOf(16));
    const { positionsCount, limitsCount, ...frame } = frameOf(reader, new Set());
    expect({ ...frame, sequence: 0 }).toEqual({ ...reader.read(), sequence: 0 });
    expect([positionsCount, limitsCount]).toEqual([32, frame.limits.length]);
  });
});

describe('of a thousand', () => {
  const frame = frameOf(readerOf(memoryOf(1000)), new Set([`S${WATCHED}`]));

  test('the book that somebody looks at is whole, of each other there are the best levels', () => {
    expect(frame.instruments).toHaveLength(1000);
    for (const { symbol, bids, asks } of frame.instruments) {
      const levels = symbol === `S${WATCHED}` ? 10 : 1;
      expect([symbol, bids.length, asks.length]).toEqual([symbol, levels, levels]);
    }
    expect(new Set(frame.trades.map(({ symbol }) => symbol))).toEqual(new Set([`S${WATCHED}`]));
  });

  test('positions that are looked at or weigh most stand in their order, and all are counted', () => {
    expect(frame.positions).toHaveLength(200);
    expect(frame.positionsCount).toBe(2000);
    const shown = frame.positions.map(({ symbol }) => symbol);
    for (const stock of [WATCHED, HEAVY])
      expect(shown.filter((symbol) => symbol === `S${stock}`)).toHaveLength(STRATEGIES);
    // The first strategy's rows, then the second's, each by place.
    const places = frame.positions.map(({ symbol }) => Number(symbol.slice(1)));
    expect(places.filter((place, at) => at > 0 && place <= places[at - 1]!)).toHaveLength(1);
  });

  test('limits of the strategies as a whole and those used most are never left out', () => {
    expect(frame.limits).toHaveLength(200);
    expect(frame.limitsCount).toBeGreaterThan(2000);
    const heavy = frame.limits.filter(({ symbol }) => symbol === `S${HEAVY}`);
    expect(heavy.map(({ used }) => used)).toEqual([99, 99]);
    const whole = frame.limits.filter(({ symbol }) => symbol === '');
    expect(whole.map(({ name }) => name)).toContain('daily loss');
  });

  test('the frame stays far below what a reader may leave waiting', () => {
    expect(new ConsoleFrameEncoder().encode(frame).length).toBeLessThan(FRAME_BYTES_MAX);
  });
});
