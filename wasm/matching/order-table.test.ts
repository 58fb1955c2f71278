/** Orders by id where the ids are not such as a venue gives: each is found, none is taken twice. */
import { expect, test } from 'vitest';
import { PrngReference } from '../prng-reference.ts';
import * as M from './matching-layout.ts';
import { loadMatching, type Matching, openInstrument } from './matching-module.ts';
import { type MatchingCommand, readEvents, writeCommand } from './matching-text.ts';

const ORDERS = 3000;
const STEPS = 30_000;
const SIZE = {
  instruments: 1,
  orders: ORDERS,
  extras: 0,
  pages: 4,
  levelsLog2: 12,
  commands: 1,
  events: 64,
  isBboWanted: false,
};

function apply(kernel: Matching, command: MatchingCommand) {
  writeCommand(kernel.memory, kernel.commands, command);
  kernel.matchingApply(kernel.commands);
  return readEvents(kernel)[0]!;
}

const add = (id: number): MatchingCommand => {
  const terms = { type: M.ORDER_LIMIT, timeInForce: M.TIF_GTC };
  const about = { instrument: 0, side: M.SIDE_BUY, priceTicks: 100, lots: 1 };
  return { kind: M.COMMAND_NEW, id, ...about, ...terms };
};

test.each([
  ['in turn', (n: number) => n],
  ['that share one slot of a block', (n: number) => n * 2 ** M.INDEX_BLOCK_LOG2],
  ['that are wide apart', (n: number) => n * 2 ** 32 + 7],
  ['from the top', (n: number) => M.ORDER_ID_MAX - n],
  ['that stand in pairs', (n: number) => (n >> 1) * 2 ** 40 + (n & 1) + 1],
])('ids %s: each is found as long as it lives', (_, idOf) => {
  const kernel = loadMatching(SIZE);
  openInstrument(kernel, 0, 0, 100);
  const prng = new PrngReference(41, 0);
  const live = new Set<number>();
  for (let step = 0; step < STEPS; step++) {
    const id = idOf(1 + Math.floor(prng.nextUnit() * ORDERS * 1.5));
    // Nearly full in the second half.
    const isAdd = prng.nextUnit() < (step < STEPS / 2 ? 0.5 : 0.9);
    const { kind, reason } = apply(kernel, isAdd ? add(id) : { kind: M.COMMAND_CANCEL, id });
    if (isAdd && live.has(id)) expect(reason).toBe(M.REFUSED_DUPLICATE_ID);
    else if (isAdd && live.size === ORDERS) expect(reason).toBe(M.REFUSED_ORDERS_FULL);
    else if (isAdd) expect(kind).toBe(M.EVENT_ACCEPTED);
    else if (live.has(id)) expect(kind).toBe(M.EVENT_CANCELLED);
    else expect(reason).toBe(M.REFUSED_UNKNOWN_ID);
    if (isAdd && kind === M.EVENT_ACCEPTED) live.add(id);
    else if (!isAdd) live.delete(id);
  }
  expect(kernel.matchingLive()).toBe(live.size);
  for (const id of live) expect(apply(kernel, { kind: M.COMMAND_CANCEL, id }).id).toBe(id);
  expect(kernel.matchingLive()).toBe(0);
});
