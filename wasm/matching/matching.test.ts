/** What the matching kernel does, as tables that a trader can read. Every case runs on kernel and twin. */
import { expect, test } from 'vitest';
import * as M from './matching-layout.ts';
import { loadMatching, openInstrument } from './matching-module.ts';
import { ReferenceMatching } from './matching-reference.ts';
import { applyAll, type MatchingCommand, type MatchingEvent } from './matching-text.ts';

const SIZE = {
  instruments: 2,
  orders: 8,
  extras: 3,
  pages: 4,
  levelsLog2: 12,
  commands: 16,
  events: 64,
  isBboWanted: false,
};
const BASE_TICKS = 1000;
const { SIDE_BUY: BUY, SIDE_SELL: SELL } = M;
const BLANK: Required<MatchingCommand> = {
  kind: 0,
  id: 0,
  instrument: 0,
  side: 0,
  type: 0,
  timeInForce: 0,
  selfTrade: 0,
  flags: 0,
  priceTicks: 0,
  lots: 0,
  owner: 0,
  stopTicks: 0,
  newId: 0,
  displayLots: 0,
};

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
const market = (id: number, side: number, lots: number): MatchingCommand =>
  limit(id, side, lots, 0, { type: M.ORDER_MARKET });
const stop = (
  id: number,
  side: number,
  lots: number,
  stopTicks: number,
  priceTicks = 0,
): MatchingCommand =>
  limit(id, side, lots, priceTicks, {
    type: priceTicks === 0 ? M.ORDER_STOP : M.ORDER_STOP_LIMIT,
    stopTicks,
  });
const cancel = (id: number): MatchingCommand => ({ kind: M.COMMAND_CANCEL, id });
const reduce = (id: number, lots: number): MatchingCommand => ({
  kind: M.COMMAND_REDUCE,
  id,
  lots,
});
const replace = (id: number, lots: number, priceTicks: number, stopTicks = 0): MatchingCommand => ({
  kind: M.COMMAND_REPLACE,
  id,
  lots,
  priceTicks,
  stopTicks,
});
const own = (mode: number): Partial<MatchingCommand> => ({ owner: 7, selfTrade: mode });

/** Events in short: what a trader would say. */
function said({ kind, reason, id, otherId, lots, priceTicks }: MatchingEvent): string {
  switch (kind) {
    case M.EVENT_TRADE:
      return `${otherId} takes ${lots} of ${id} at ${priceTicks}`;
    case M.EVENT_DECREMENTED:
      return `${otherId} and ${id} lose ${lots}`;
    case M.EVENT_CANCELLED:
      return `${id} cancelled ${lots} (${reason})`;
    case M.EVENT_REJECTED:
      return `${id} refused (${reason})`;
    case M.EVENT_REPLENISHED:
      return `${id} shows ${lots}`;
    case M.EVENT_TRIGGERED:
      return `${id} triggered`;
    case M.EVENT_REDUCED:
      return `${id} loses ${lots}`;
    case M.EVENT_REPLACED:
      return `${id} replaced${reason === 1 ? ' in place' : ''}`;
    case M.EVENT_SWEPT:
      return `${lots} swept`;
    default:
      return `${id} accepted`;
  }
}

/** All that is said but for what was accepted; kernel and twin must say the same. */
function play(commands: readonly MatchingCommand[]): readonly string[] {
  const kernel = loadMatching(SIZE);
  const twin = new ReferenceMatching(SIZE);
  openInstrument(kernel, 0, BASE_TICKS, M.LOTS_MAX);
  twin.open(0, BASE_TICKS, M.LOTS_MAX);
  const whole = commands.map((command) => {
    const shared = command.newId ?? command.stopTicks ?? 0; // one field of the command
    return { ...BLANK, ...command, newId: shared, stopTicks: shared };
  });
  const events = applyAll(kernel, whole);
  expect(whole.flatMap((command) => twin.apply(command))).toEqual(events);
  return events.filter(({ kind }) => kind !== M.EVENT_ACCEPTED).map(said);
}

test.each<readonly [string, readonly MatchingCommand[], readonly string[]]>([
  [
    'best price first, then oldest first',
    [
      limit(1, SELL, 5, 1102),
      limit(2, SELL, 5, 1101),
      limit(3, SELL, 5, 1101),
      limit(4, BUY, 12, 1102),
    ],
    ['4 takes 5 of 2 at 1101', '4 takes 5 of 3 at 1101', '4 takes 2 of 1 at 1102'],
  ],
  [
    'what a limit order does not fill rests and trades later',
    [limit(1, SELL, 5, 1100), limit(2, BUY, 8, 1100), limit(3, SELL, 3, 1100)],
    ['2 takes 5 of 1 at 1100', '3 takes 3 of 2 at 1100'],
  ],
  [
    'a market order takes any price and never rests',
    [limit(1, SELL, 5, 1100), limit(2, SELL, 5, 5000), market(3, BUY, 12)],
    ['3 takes 5 of 1 at 1100', '3 takes 5 of 2 at 5000', '3 cancelled 2 (1)'],
  ],
  [
    'an IOC order never rests',
    [
      limit(1, BUY, 5, 1100),
      limit(2, SELL, 8, 1100, { timeInForce: M.TIF_IOC }),
      market(3, BUY, 1),
    ],
    ['2 takes 5 of 1 at 1100', '2 cancelled 3 (1)', '3 cancelled 1 (1)'],
  ],
  [
    'a FOK order fills whole or not at all, hidden lots counted',
    [
      limit(1, BUY, 10, 1100, { displayLots: 2 }),
      limit(2, SELL, 11, 1100, { timeInForce: M.TIF_FOK }),
      limit(3, SELL, 3, 1100, { timeInForce: M.TIF_FOK }),
    ],
    ['2 cancelled 11 (2)', '3 takes 2 of 1 at 1100', '1 shows 2', '3 takes 1 of 1 at 1100'],
  ],
  [
    'a FOK order that would meet its owner first is not filled in part',
    [
      limit(1, SELL, 5, 1100),
      limit(2, SELL, 5, 1101, own(0)),
      limit(3, BUY, 6, 1101, { ...own(M.SELF_TRADE_CANCEL_NEWEST), timeInForce: M.TIF_FOK }),
    ],
    ['3 cancelled 6 (2)'],
  ],
  [
    'a post-only order is refused where it would take',
    [
      limit(1, SELL, 5, 1100),
      limit(2, BUY, 5, 1100, { flags: M.FLAG_POST_ONLY }),
      limit(3, BUY, 5, 1099, { flags: M.FLAG_POST_ONLY }),
      replace(3, 5, 1100),
    ],
    [`2 refused (${M.REFUSED_POST_ONLY})`, `3 refused (${M.REFUSED_POST_ONLY})`],
  ],
  [
    'an iceberg shows its next part at the back of the queue',
    [limit(1, SELL, 9, 1100, { displayLots: 3 }), limit(2, SELL, 2, 1100), limit(3, BUY, 7, 1100)],
    ['3 takes 3 of 1 at 1100', '1 shows 3', '3 takes 2 of 2 at 1100', '3 takes 2 of 1 at 1100'],
  ],
  [
    'a buy stop waits for a trade at its price or above and then takes any price',
    [limit(1, SELL, 1, 1100), limit(2, SELL, 9, 1105), stop(3, BUY, 4, 1100), market(4, BUY, 1)],
    ['4 takes 1 of 1 at 1100', '3 triggered', '3 takes 4 of 2 at 1105'],
  ],
  [
    'a stop-limit order rests at its limit, and stops set each other off, buys first',
    [
      limit(1, BUY, 2, 1100),
      limit(2, BUY, 2, 1090),
      stop(3, SELL, 3, 1100, 1095),
      stop(4, SELL, 1, 1090),
      market(5, SELL, 1),
    ],
    ['5 takes 1 of 1 at 1100', '3 triggered', '3 takes 1 of 1 at 1100'],
  ],
  [
    'a stop whose price the last trade has reached is triggered at once',
    [limit(1, SELL, 2, 1100), market(2, BUY, 1), stop(3, BUY, 1, 1100)],
    ['2 takes 1 of 1 at 1100', '3 triggered', '3 takes 1 of 1 at 1100'],
  ],
  [
    'self-trade: the arriving order goes',
    [limit(1, SELL, 5, 1100, own(0)), limit(2, BUY, 5, 1100, own(M.SELF_TRADE_CANCEL_NEWEST))],
    ['2 cancelled 5 (3)'],
  ],
  [
    'self-trade: the resting order goes and the arriving one trades on',
    [
      limit(1, SELL, 5, 1100, own(0)),
      limit(2, SELL, 5, 1100),
      limit(3, BUY, 5, 1100, own(M.SELF_TRADE_CANCEL_OLDEST)),
    ],
    ['1 cancelled 5 (3)', '3 takes 5 of 2 at 1100'],
  ],
  [
    'self-trade: both go',
    [limit(1, SELL, 5, 1100, own(0)), limit(2, BUY, 3, 1100, own(M.SELF_TRADE_CANCEL_BOTH))],
    ['1 cancelled 5 (3)', '2 cancelled 3 (3)'],
  ],
  [
    'self-trade: both lose the smaller quantity',
    [
      limit(1, SELL, 5, 1100, own(0)),
      limit(2, BUY, 3, 1100, own(M.SELF_TRADE_DECREMENT)),
      market(3, BUY, 5),
    ],
    ['2 and 1 lose 3', '3 takes 2 of 1 at 1100', '3 cancelled 3 (1)'],
  ],
  [
    'fewer lots keep the place, more lots or another price lose it',
    [
      limit(1, SELL, 5, 1100),
      limit(2, SELL, 5, 1100),
      replace(1, 4, 1100),
      replace(2, 6, 1100),
      replace(1, 4, 1101),
      market(3, BUY, 11),
    ],
    [
      '1 replaced in place',
      '2 replaced',
      '1 replaced',
      '3 takes 6 of 2 at 1100',
      '3 takes 4 of 1 at 1101',
      '3 cancelled 1 (1)',
    ],
  ],
  [
    'a replace to a price on the other side trades',
    [limit(1, SELL, 5, 1100), limit(2, BUY, 5, 1090), replace(2, 6, 1100)],
    ['2 replaced', '2 takes 5 of 1 at 1100'],
  ],
  [
    'a reduction keeps the place, takes hidden lots first, and cancels when nothing is left',
    [
      limit(1, SELL, 9, 1100, { displayLots: 3 }),
      limit(2, SELL, 1, 1100),
      reduce(1, 7),
      market(3, BUY, 1),
      reduce(1, 1),
    ],
    ['1 loses 7', '3 takes 1 of 1 at 1100', '1 cancelled 1 (0)'],
  ],
  [
    'a mass cancel takes one owner, DAY orders expire',
    [
      limit(1, SELL, 1, 1100, { owner: 7 }),
      limit(2, BUY, 1, 1050, { owner: 8, timeInForce: M.TIF_DAY }),
      stop(3, BUY, 1, 1200),
      { kind: M.COMMAND_MASS_CANCEL, owner: 7, instrument: M.ALL_INSTRUMENTS },
      { kind: M.COMMAND_EXPIRE_DAY },
      { kind: M.COMMAND_MASS_CANCEL, side: SELL },
      { kind: M.COMMAND_MASS_CANCEL },
    ],
    [
      '1 cancelled 1 (4)',
      '1 swept',
      '2 cancelled 1 (5)',
      '1 swept',
      '0 swept',
      '3 cancelled 1 (4)',
      '1 swept',
    ],
  ],
  [
    'a book built from a feed matches nothing, and says nothing but refusals',
    [
      { kind: M.COMMAND_FEED_ADD, id: 1, side: BUY, priceTicks: 1100, lots: 5 },
      { kind: M.COMMAND_FEED_ADD, id: 2, side: SELL, priceTicks: 1090, lots: 5 },
      { kind: M.COMMAND_FEED_EXECUTE, id: 1, lots: 2 },
      { kind: M.COMMAND_FEED_REDUCE, id: 1, lots: 4 },
      { kind: M.COMMAND_FEED_REPLACE, id: 1, newId: 3, priceTicks: 1080, lots: 3 },
      { kind: M.COMMAND_FEED_DELETE, id: 2 },
      { kind: M.COMMAND_FEED_DELETE, id: 1 },
      market(4, SELL, 5),
    ],
    [
      `1 refused (${M.REFUSED_LOTS})`,
      `1 refused (${M.REFUSED_UNKNOWN_ID})`,
      '4 takes 3 of 3 at 1080',
      '4 cancelled 2 (1)',
    ],
  ],
])('%s', (_name, commands, expected) => {
  expect(play(commands)).toEqual(expected);
});

const many = (count: number, more: Partial<MatchingCommand> = {}): readonly MatchingCommand[] =>
  Array.from({ length: count }, (_, n) => limit(100 + n, BUY, 1, 1001, more));
const apart = (count: number): readonly MatchingCommand[] =>
  Array.from({ length: count }, (_, n) => limit(100 + n, BUY, 1, 1001 + n * 64));

test.each<readonly [number, readonly MatchingCommand[]]>([
  [M.REFUSED_KIND, [{ kind: 77, id: 1 }]],
  [M.REFUSED_INSTRUMENT, [limit(1, BUY, 1, 1001, { instrument: 1 })]],
  [M.REFUSED_INSTRUMENT, [limit(1, BUY, 1, 1001, { instrument: 2 })]],
  [M.REFUSED_INSTRUMENT, [{ kind: M.COMMAND_MASS_CANCEL, instrument: 2 }]],
  [M.REFUSED_ID, [limit(0, BUY, 1, 1001)]],
  [M.REFUSED_ID, [limit(-1, BUY, 1, 1001)]],
  [M.REFUSED_ID, [cancel(0)]],
  [M.REFUSED_UNKNOWN_ID, [cancel(1)]],
  [M.REFUSED_UNKNOWN_ID, [replace(1, 1, 1001)]],
  [M.REFUSED_SIDE, [limit(1, 3, 1, 1001)]],
  [M.REFUSED_TERMS, [limit(1, BUY, 1, 1001, { type: 5 })]],
  [M.REFUSED_TERMS, [limit(1, BUY, 1, 1001, { timeInForce: 2 })]],
  [M.REFUSED_TERMS, [limit(1, BUY, 1, 1001, { selfTrade: 5 })]],
  [M.REFUSED_TERMS, [limit(1, BUY, 1, 1001, { timeInForce: M.TIF_IOC, flags: M.FLAG_POST_ONLY })]],
  [M.REFUSED_LOTS, [limit(1, BUY, 0, 1001)]],
  [M.REFUSED_LOTS, [limit(1, BUY, -1, 1001)]],
  [M.REFUSED_LOTS, [limit(100, BUY, 2, 1001), reduce(100, 0)]],
  [M.REFUSED_DISPLAY, [limit(1, BUY, 2, 1001, { displayLots: 3 })]],
  [M.REFUSED_DISPLAY, [limit(1, BUY, 2, 1001, { displayLots: 1, timeInForce: M.TIF_IOC })]],
  [M.REFUSED_PRICE, [limit(1, BUY, 1, 999)]],
  [M.REFUSED_PRICE, [limit(1, BUY, 1, 1000 + 4096)]],
  [M.REFUSED_PRICE, [limit(1, BUY, 1, 1001, { type: M.ORDER_MARKET })]],
  [M.REFUSED_STOP_PRICE, [limit(1, BUY, 1, 1001, { stopTicks: 1001 })]],
  [M.REFUSED_STOP_PRICE, [stop(1, BUY, 1, 999)]],
  [M.REFUSED_OWNER, [limit(1, BUY, 1, 1001, { owner: M.OWNER_MAX + 1 })]],
  [M.REFUSED_DUPLICATE_ID, [limit(100, BUY, 1, 1001), limit(100, BUY, 1, 1001)]],
  [M.REFUSED_ORDERS_FULL, [...many(8), limit(1, BUY, 1, 1001)]],
  [M.REFUSED_EXTRAS_FULL, [...many(3, { displayLots: 1 }), stop(1, BUY, 1, 1001)]],
  [M.REFUSED_PAGES_FULL, [...apart(4), limit(1, BUY, 1, 4000)]],
  [M.REFUSED_LEVEL_FULL, [limit(100, BUY, M.LOTS_MAX, 1001), limit(1, BUY, 1, 1001)]],
])('code %i refuses, and changes nothing', (code, commands) => {
  const { id } = commands.at(-1)!;
  expect(play(commands)).toEqual([`${id ?? 0} refused (${code})`]);
});

test.each([
  ['instruments', { instruments: 0 }],
  ['instruments', { instruments: M.BOOKS_MAX + 1 }],
  ['orders', { orders: M.ORDERS_CAPACITY_MAX + 1 }],
  ['levelsLog2', { levelsLog2: M.LEVELS_LOG2_MAX + 1 }],
  ['events', { events: M.EVENTS_RESERVE }],
  ['pages', { pages: 0.5 }],
])('a size out of range is told by its name: %s', (name, wrong) => {
  expect(() => loadMatching({ ...SIZE, ...wrong })).toThrow(`matching: ${name} is `);
});

test('an instrument is opened within its bounds only', () => {
  const kernel = loadMatching(SIZE);
  expect(() => openInstrument(kernel, 2, 0, 1)).toThrow('instrument is 2');
  expect(() => openInstrument(kernel, 0, Number.MAX_SAFE_INTEGER, 1)).toThrow('baseTicks');
  expect(() => openInstrument(kernel, 0, 0, 0)).toThrow('lotsMax');
});

test('commands outside the command buffer are not run', () => {
  const kernel = loadMatching(SIZE);
  const end = kernel.commands + SIZE.commands * M.COMMAND_BYTES;
  for (const [address, count] of [
    [kernel.commands - M.COMMAND_BYTES, 1],
    [kernel.commands + 4, 1],
    [kernel.commands, SIZE.commands + 1],
    [kernel.commands, -1],
    [end, 1],
    [0xfffffff8, 1],
  ] as const) {
    expect(kernel.matchingRun(address, count)).toBe(-1);
  }
  expect(kernel.matchingRun(end, 0)).toBe(0);
});
