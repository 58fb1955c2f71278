/** What the matching kernel does, as tables that a trader can read. */
import { expect, test } from 'vitest';
import * as M from './matching-layout.ts';
import { loadMatching, openInstrument } from './matching-module.ts';
import { applyAll, type MatchingCommand } from './matching-text.ts';

const SIZE = {
  instruments: 2,
  orders: 64,
  extras: 8,
  pages: 16,
  levelsLog2: 12,
  commands: 16,
  events: 16,
  isBboWanted: false,
};

function fresh() {
  const matching = loadMatching(SIZE);
  openInstrument(matching, 0, 1000, 1_000_000);
  return matching;
}

const limit = (
  id: number,
  side: number,
  lots: number,
  priceTicks: number,
  more: Partial<MatchingCommand> = {},
): MatchingCommand => ({
  kind: M.COMMAND_NEW,
  id,
  side,
  type: M.ORDER_LIMIT,
  timeInForce: M.TIF_GTC,
  lots,
  priceTicks,
  ...more,
});

test('orders trade best price first, then oldest first', () => {
  const events = applyAll(fresh(), [
    limit(1, M.SIDE_SELL, 5, 1102),
    limit(2, M.SIDE_SELL, 5, 1101),
    limit(3, M.SIDE_SELL, 5, 1101),
    limit(4, M.SIDE_BUY, 12, 1102),
  ]);
  const trades = events.filter(({ kind }) => kind === M.EVENT_TRADE);
  expect(trades.map(({ id, lots, priceTicks }) => [id, lots, priceTicks])).toEqual([
    [2, 5, 1101],
    [3, 5, 1101],
    [1, 2, 1102],
  ]);
});
