/**
 * The matching venue's reports against a plain twin (test/support/exchange-reference.ts): the same
 * random requests, the same bytes out. And what it does with every type of order, told in tables.
 */
import { expect, test } from 'vitest';
import { ReferenceExchange } from '../../../test/support/exchange-reference.ts';
import { ExchangeSide, type ExchangeSideOptions } from '../../../test/support/exchange-side.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { testInstrument } from '../../../test/support/venue-rig.ts';
import type { Field, Fields } from '../../fix/codec.ts';
import { parseMessage } from '../../fix/codec.ts';
import { formatTimestamp } from '../../fix/timestamp.ts';
import { beginStringOf } from '../../fix/version.ts';
import { gridOf } from '../instrument-grid.ts';
import { VENUE_DEFAULTS } from '../venue-options.ts';
import { sessionOf } from '../venue-parts.ts';

const START_NS = 1_340_287_200_000_000_000n;
const SYMBOLS = ['AAPL', 'JPM'];

/** "55=AAPL 54=1" as fields. */
const fieldsOf = (text: string): Field[] =>
  text.split(' ').map((field): Field => {
    const at = field.indexOf('=');
    return [Number(field.slice(0, at)), field.slice(at + 1)];
  });

/** A venue that a peer is logged on to. */
function loggedOn(options: ExchangeSideOptions = {}): ExchangeSide {
  const side = new ExchangeSide(START_NS, { symbols: SYMBOLS, ...options });
  side.connect();
  const applVerId: Fields = options.version === 'FIX.5.0SP2' ? [[1137, 9]] : [];
  send(side, 'A', [[98, 0], [108, 30], [141, 'Y'], ...applVerId]);
  side.told.length = 0;
  return side;
}

function send(side: ExchangeSide, msgType: string, body: Fields): Buffer {
  const number = msgType === 'A' ? 1 : side.link.session.counters.nextIn;
  const bytes = encodeMessage(beginStringOf(side.link.session.config.version), [
    [35, msgType],
    [49, 'GYRFALCON'],
    [56, 'SIM'],
    [34, number],
    [52, formatTimestamp(side.nowNs)],
    ...body,
  ]);
  side.receive(bytes);
  return bytes;
}

/** What the venue says to a request, one line a message: the fields asked for. */
function answers(side: ExchangeSide, text: string, tags: readonly number[]): string[] {
  const [msgType = '', ...rest] = text.split(' ');
  const time = formatTimestamp(side.nowNs);
  side.told.length = 0;
  send(side, msgType, fieldsOf(`${rest.join(' ')} 60=${time}`));
  return side.told.map((message) => {
    const parsed = parseMessage(Buffer.from(message, 'latin1'))!;
    return tags.map((tag) => parsed.get(tag) ?? '-').join(' ');
  });
}

const FILLS = [11, 150, 32, 31, 151];

test.each([
  {
    name: 'the better price first, then the older order',
    lines: [
      ['D 11=A 55=AAPL 54=2 38=10 40=2 44=126', ['A 0 - - 10']],
      ['D 11=B 55=AAPL 54=2 38=10 40=2 44=126', ['B 0 - - 10']],
      ['D 11=C 55=AAPL 54=2 38=10 40=2 44=125.5', ['C 0 - - 10']],
      [
        'D 11=D 55=AAPL 54=1 38=15 40=2 44=126',
        ['D 0 - - 15', 'C F 10 125.5 0', 'D F 10 125.5 5', 'A F 5 126 5', 'D F 5 126 0'],
      ],
    ],
  },
  {
    name: 'an IOC order never rests, a FOK order trades whole or not at all',
    lines: [
      ['D 11=A 55=AAPL 54=2 38=10 40=2 44=126', ['A 0 - - 10']],
      ['D 11=B 55=AAPL 54=1 38=11 40=2 44=126 59=4', ['B 0 - - 11', 'B C - - 0']],
      [
        'D 11=C 55=AAPL 54=1 38=12 40=2 44=126 59=3',
        ['C 0 - - 12', 'A F 10 126 0', 'C F 10 126 2', 'C C - - 0'],
      ],
    ],
  },
  {
    name: 'a market order takes what is there, the rest of it expires',
    lines: [
      ['D 11=A 55=AAPL 54=1 38=10 40=2 44=125', ['A 0 - - 10']],
      [
        'D 11=B 55=AAPL 54=2 38=12 40=1',
        ['B 0 - - 12', 'A F 10 125 0', 'B F 10 125 2', 'B C - - 0'],
      ],
    ],
  },
  {
    name: 'an iceberg shows a part and goes to the back of its queue with the next',
    lines: [
      ['D 11=A 55=AAPL 54=2 38=20 40=2 44=126 111=5', ['A 0 - - 20']],
      ['D 11=B 55=AAPL 54=2 38=5 40=2 44=126', ['B 0 - - 5']],
      [
        'D 11=C 55=AAPL 54=1 38=12 40=2 44=126',
        [
          'C 0 - - 12',
          'A F 5 126 15',
          'C F 5 126 7',
          'B F 5 126 0',
          'C F 5 126 2',
          'A F 2 126 13',
          'C F 2 126 0',
        ],
      ],
    ],
  },
  {
    name: 'a stop waits for a trade at its price',
    lines: [
      ['D 11=A 55=AAPL 54=2 38=10 40=2 44=126', ['A 0 - - 10']],
      ['D 11=S 55=AAPL 54=1 38=3 40=3 99=126', ['S 0 - - 3']],
      [
        'D 11=B 55=AAPL 54=1 38=1 40=2 44=126',
        ['B 0 - - 1', 'A F 1 126 9', 'B F 1 126 0', 'A F 3 126 6', 'S F 3 126 0'],
      ],
    ],
  },
  {
    name: 'orders of one self-match id do not trade with each other',
    lines: [
      ['D 11=A 55=AAPL 54=2 38=10 40=2 44=126 7928=ME', ['A 0 - - 10']],
      ['D 11=B 55=AAPL 54=1 38=4 40=2 44=126 7928=ME 8000=1', ['B 0 - - 4', 'B 4 - - 0']],
      [
        'D 11=C 55=AAPL 54=1 38=4 40=2 44=126 7928=ME 8000=4',
        ['C 0 - - 4', 'A D - - 6', 'C 4 - - 0'],
      ],
      ['D 11=D 55=AAPL 54=1 38=4 40=2 44=126 7928=ME 8000=2', ['D 0 - - 4', 'A 4 - - 0']],
    ],
  },
  {
    name: 'a replace keeps its place only with the price and no more lots',
    lines: [
      ['D 11=A 55=AAPL 54=2 38=10 40=2 44=126', ['A 0 - - 10']],
      ['D 11=B 55=AAPL 54=2 38=10 40=2 44=126', ['B 0 - - 10']],
      ['G 41=A 11=A2 55=AAPL 54=2 38=8 40=2 44=126', ['A2 5 - - 8']],
      ['D 11=C 55=AAPL 54=1 38=1 40=2 44=126', ['C 0 - - 1', 'A2 F 1 126 7', 'C F 1 126 0']],
      ['G 41=A2 11=A3 55=AAPL 54=2 38=9 40=2 44=126', ['A3 5 - - 8']],
      ['D 11=D 55=AAPL 54=1 38=1 40=2 44=126', ['D 0 - - 1', 'B F 1 126 9', 'D F 1 126 0']],
    ],
  },
] as const)('$name', ({ lines }) => {
  const side = loggedOn();
  for (const [request, expected] of lines) {
    expect(answers(side, request, FILLS), request).toEqual(expected);
  }
});

test('where too many orders are open a further one is rejected', () => {
  const side = loggedOn({ openOrders: 2 });
  const order = (id: string): string => `D 11=${id} 55=AAPL 54=1 38=1 40=2 44=125`;
  expect(answers(side, order('A'), [150])).toEqual(['0']);
  expect(answers(side, order('B'), [150])).toEqual(['0']);
  const [rejected] = answers(side, order('C'), [150, 103, 58]);
  expect(rejected).toBe('8 99 too many orders are open at this venue');
  expect(answers(side, 'F 41=A 11=A2 55=AAPL 54=1', [150])).toEqual(['4']);
  expect(answers(side, order('D'), [150])).toEqual(['0']);
});

/** A request of a peer who mostly knows what he does. */
function request(random: SeededRandom, count: number): readonly [string, string] {
  const known = `R${Math.max(0, count - 1 - random.below(25))}`;
  const price = `125.${10 + random.below(12)}${random.oneIn(30) ? '5' : ''}`;
  const terms = `11=R${count} 55=${random.pick(SYMBOLS)} 54=${1 + random.below(2)}`;
  const qty = random.oneIn(40) ? 0 : 1 + random.below(40);
  const extra = random.pick(['', '', '', ' 59=3', ' 59=4', ' 18=6', ' 111=4', ' 1=ACC-7', ' 59=1']);
  const self = random.oneIn(5)
    ? ` 7928=${random.pick(['X', 'Y'])} 8000=${1 + random.below(4)}`
    : '';
  const stop = `125.${10 + random.below(12)}`;
  switch (random.below(10)) {
    case 0:
      return ['D', `${terms} 38=${qty} 40=1${self}`];
    case 1:
      return ['D', `${terms} 38=${qty} 40=3 99=${stop}`];
    case 2:
      return ['D', `${terms} 38=${qty} 40=4 99=${stop} 44=${price}`];
    case 3:
    case 4:
      return ['F', `41=${known} 11=R${count} 55=AAPL 54=1`];
    case 5:
      return ['G', `41=${known} 11=R${count} 55=AAPL 54=1 38=${qty} 40=2 44=${price}`];
    default:
      return ['D', `${terms} 38=${qty} 40=2 44=${price}${extra}${self}`];
  }
}

test.each([
  { version: 'FIX.4.4' as const, seed: 1601 },
  { version: 'FIX.5.0SP2' as const, seed: 1602 },
])('a random peer hears what the plain twin says, in $version', ({ version, seed }) => {
  const random = new SeededRandom(seed);
  const side = loggedOn({ openOrders: 100_000, version });
  const grids = SYMBOLS.map((symbol) => gridOf(testInstrument(symbol)));
  const instruments = SYMBOLS.map(testInstrument);
  const config = sessionOf({ ...VENUE_DEFAULTS, version, instruments });
  const twin = new ReferenceExchange(grids, config);
  twin.nextOut = side.link.session.counters.nextOut;
  let messages = 0;
  for (let count = 0; count < 20_000; count++) {
    side.nowNs += BigInt(random.below(2_000_000));
    twin.nowNs = side.nowNs;
    side.told.length = 0;
    twin.told.length = 0;
    const [msgType, body] = request(random, count);
    const fields = fieldsOf(`${body} 60=${formatTimestamp(side.nowNs)}`);
    const bytes = send(side, msgType, fields);
    twin.onMessage(parseMessage(bytes)!);
    expect(side.told, `seed ${seed}, request ${count}: ${body}`).toEqual(twin.told);
    for (const text of side.told) {
      const complaint = config.check(parseMessage(Buffer.from(text, 'latin1'))!);
      if (complaint !== undefined) expect.fail(`${complaint.text}: ${text}`);
    }
    messages += side.told.length;
  }
  expect(messages).toBeGreaterThan(25_000);
});
