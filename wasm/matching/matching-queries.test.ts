/** What a reader may ask of the books, and the news of the best prices. */
import { expect, test } from 'vitest';
import { CommandStream } from './command-stream-reference.ts';
import * as M from './matching-layout.ts';
import { loadMatching, openInstrument } from './matching-module.ts';
import { ReferenceMatching } from './matching-reference.ts';
import { applyAll, type MatchingCommand } from './matching-text.ts';
import { referenceDepth } from './state-reference.ts';

const SIZE = {
  instruments: 3,
  orders: 3000,
  extras: 500,
  pages: 500,
  levelsLog2: 12,
  commands: 64,
  events: 4096,
  isBboWanted: false,
};
const BASE_TICKS = 5000;

const rest = (id: number, side: number, lots: number, priceTicks: number): MatchingCommand => ({
  kind: M.COMMAND_FEED_ADD,
  id,
  side,
  lots,
  priceTicks,
});

function ladderOfFour() {
  const kernel = loadMatching(SIZE);
  openInstrument(kernel, 0, BASE_TICKS, M.LOTS_MAX);
  applyAll(kernel, [
    rest(1, M.SIDE_BUY, 10, 5100),
    rest(2, M.SIDE_BUY, 20, 5100),
    rest(3, M.SIDE_BUY, 30, 5090),
    rest(4, M.SIDE_SELL, 40, 9095),
  ]);
  return kernel;
}

test('best prices, 0 for an empty side', () => {
  const kernel = ladderOfFour();
  const { memory } = kernel;
  const fields = [M.RESULT_BID_TICKS, M.RESULT_BID_LOTS, M.RESULT_ASK_TICKS, M.RESULT_ASK_LOTS];
  expect(kernel.matchingBbo(0)).toBe(1);
  expect(fields.map((field) => memory.i64(field))).toEqual([5100, 30, 9095, 40]);
  expect(kernel.matchingBbo(1)).toBe(1);
  expect(fields.map((field) => memory.i64(field))).toEqual([0, 0, 0, 0]);
  expect(kernel.matchingBbo(3)).toBe(0);
});

test('the VWAP of a quantity, as far as there is any', () => {
  const kernel = ladderOfFour();
  const { memory } = kernel;
  for (const [lots, found, ticks] of [
    [1n, 1, 5100],
    [40n, 40, (30 * 5100 + 10 * 5090) / 40],
    [1000n, 60, (30 * 5100 + 30 * 5090) / 60],
  ] as const) {
    expect(kernel.matchingVwap(0, M.SIDE_BUY, lots)).toBe(1);
    expect(memory.i64(M.RESULT_LOTS)).toBe(found);
    expect(memory.f64(M.RESULT_VWAP_TICKS)).toBe(ticks);
  }
  expect(kernel.matchingVwap(0, M.SIDE_BUY, 0n)).toBe(0);
  expect(kernel.matchingVwap(1, M.SIDE_BUY, 1n)).toBe(0);
  expect(kernel.matchingVwap(0, 3, 1n)).toBe(0);
});

test('a level, and the place in its queue', () => {
  const kernel = ladderOfFour();
  const { memory } = kernel;
  const answer = () => [memory.i64(M.RESULT_LOTS), memory.i64(M.RESULT_ORDERS)];
  expect(kernel.matchingLevel(0, M.SIDE_BUY, 5100n)).toBe(1);
  expect(answer()).toEqual([30, 2]);
  expect(kernel.matchingLevel(0, M.SIDE_BUY, 5101n)).toBe(1);
  expect(answer()).toEqual([0, 0]);
  expect(kernel.matchingLevel(0, M.SIDE_BUY, 4999n)).toBe(0);
  expect(kernel.matchingQueue(2n)).toBe(1);
  expect(answer()).toEqual([10, 1]);
  expect(kernel.matchingQueue(9n)).toBe(0);
  expect(kernel.matchingQueue(0n)).toBe(0);
});

test('orders come best price first, page by page', () => {
  const kernel = ladderOfFour();
  const { memory } = kernel;
  const ids = (rows: number): readonly number[] =>
    Array.from({ length: rows }, (_, row) =>
      memory.i64(memory.i32(M.CTL_ROWS) + row * M.ORDER_ROW_BYTES),
    );
  expect(ids(kernel.matchingOrders(0, M.SIDE_BUY, 9095n, 0))).toEqual([1, 2, 3]);
  expect(ids(kernel.matchingOrders(0, M.SIDE_BUY, 5100n, 1))).toEqual([2, 3]);
  expect(ids(kernel.matchingOrders(0, M.SIDE_BUY, 5099n, 0))).toEqual([3]);
  expect(ids(kernel.matchingOrders(0, M.SIDE_SELL, 5000n, 0))).toEqual([4]);
  expect(kernel.matchingOrders(0, M.SIDE_SELL, 4999n, 0)).toBe(-1);
  expect(kernel.matchingDepth(0, M.SIDE_BUY, 1)).toBe(1);
  expect(kernel.matchingDepth(9, M.SIDE_BUY, 1)).toBe(-1);
});

test('whoever asks for it is told of every change of best prices, and of the right ones', () => {
  const size = { ...SIZE, isBboWanted: true };
  const kernel = loadMatching(size);
  const twin = new ReferenceMatching(size);
  for (let instrument = 0; instrument < SIZE.instruments; instrument++) {
    openInstrument(kernel, instrument, BASE_TICKS, 2 ** 40);
    twin.open(instrument, BASE_TICKS, 2 ** 40);
  }
  const bestOf = (instrument: number) =>
    [M.SIDE_BUY, M.SIDE_SELL].flatMap((side) => {
      const [best] = referenceDepth(twin, instrument, side);
      return best === undefined ? [0, 0] : [best.ticks, best.lots];
    });
  const stream = new CommandStream(6, SIZE.instruments, BASE_TICKS);
  const known = Array.from({ length: SIZE.instruments }, () => [0, 0, 0, 0]);
  for (let n = 0; n < 30_000; n++) {
    const command = stream.next();
    const events = applyAll(kernel, [command]);
    twin.apply(command);
    for (const { kind, instrument, id, otherId, priceTicks, lots } of events) {
      if (kind === M.EVENT_BBO) known[instrument] = [id, otherId, priceTicks, lots];
    }
    for (const [instrument, best] of known.entries()) expect(best).toEqual(bestOf(instrument));
  }
});
