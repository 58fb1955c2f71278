/**
 * The fast path changes nothing but the speed: an engine that takes what it can in WASM and one
 * that leaves every message to the session in TypeScript answer the same bytes with the same bytes,
 * and arrive at the same numbers, books, orders and positions; however the bytes are cut, whatever
 * is wrong with them.
 */
import { describe, expect, test } from 'vitest';
import type { Field } from '../../gateways/fix/codec.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { CORPUS, type CorpusMessage } from '../support/fix-corpus.ts';
import { mutated, repaired } from '../support/fix-mutator.ts';
import { randomPortions } from '../support/framers.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { SESSION_CHECK, STRICT_CHECK, TwinRig } from '../support/twin-rig.ts';

/** 2012-06-21 14:00:00 UTC. */
const START_NS = 1_340_287_200_000_000_000n;
const MARKET_TIME = '5060=NOW';
const BOOK = `${MARKET_TIME} 55=GOOG 268=2 269=0 270=579.4 271=496 269=1 270=579.5 271=5`;

/** "55=GOOG 268=1" as a message; `_` for a blank. */
function say(msgType: string, body = '', header = ''): CorpusMessage {
  const fields = (text: string): Field[] =>
    text === ''
      ? []
      : text.split(' ').map((field): Field => {
          const at = field.indexOf('=');
          return [Number(field.slice(0, at)), field.slice(at + 1).replaceAll('_', ' ')];
        });
  return { msgType, body: fields(body), header: fields(header) };
}

const update = (price: string, size: string, action = 0): CorpusMessage =>
  say('X', `${MARKET_TIME} 268=1 279=${action} 269=0 55=GOOG 270=${price} 271=${size}`);
/** A report about our order `order`. */
const report = (order: number, id: string, rest: string): CorpusMessage =>
  say('8', `37=V${order} 11=AAAAAAA${order} 17=${id} 55=GOOG 54=1 ${rest}`);
const NEW = '150=0 39=0 151=100 14=0 6=0 38=100 44=579 59=0 40=2';
const FILL = '150=F 39=1 151=60 14=40 6=579 32=40 31=579 851=1';
const DONE = '150=F 39=2 151=0 14=100 6=579 32=60 31=579 851=2';

/** A message, its number counted from the first one's (else the next), what is done to its text. */
type Line = readonly [
  message: CorpusMessage,
  number?: number | undefined,
  change?: (text: string) => string,
];
interface Scenario {
  readonly name: string;
  /** `order`: the number of the order that the first book causes; `first`: of the first message. */
  readonly lines: (order: number, first: number) => readonly Line[];
}

/** Something else said, framed rightly all the same. */
const instead =
  (change: (text: string) => string) =>
  (text: string): string =>
    repaired(change(text));
const earlier: Field = [122, formatTimestamp(1_340_285_400_000_000_000n)];
const again = (message: CorpusMessage): CorpusMessage => ({
  ...message,
  header: [[43, 'Y'], earlier, ...message.header],
});

const scenarios: readonly Scenario[] = [
  {
    name: 'a book, an order, its fills, more of the book',
    lines: (order) => [
      [say('W', BOOK)],
      [report(order, 'E1', NEW)],
      [update('579.3', '10')],
      [report(order, 'E2', FILL)],
      [report(order, 'E2', FILL)],
      [update('579.3', '0', 2)],
      [report(order, 'E3', DONE)],
      [say('W', BOOK.replace('579.4', '578.4'))],
      [report(order + 1, 'E4', '150=8 39=8 151=0 14=0 6=0 103=1 58=no')],
    ],
  },
  { name: 'a fill that nobody waits for', lines: () => [[report(999_999, 'E1', FILL)]] },
  {
    name: 'session messages between market data',
    lines: () => [
      [say('W', BOOK)],
      [say('0')],
      [say('1', '112=TEST')],
      [update('579.3', '10')],
      [say('2', '7=1 16=0')],
      [say('3', '45=1 58=no')],
      [update('579.2', '10')],
      [say('4', '123=Y 36=900000')],
      [say('5', '58=bye')],
    ],
  },
  {
    name: 'requests that are refused',
    lines: (order) => [
      [say('W', BOOK)],
      [report(order, 'E1', NEW)],
      [say('9', `37=V${order} 11=AAAAAAA${order + 1} 41=AAAAAAA${order} 39=0 434=1 102=1`)],
      [say('0')],
      [say('9', '37=NONE 11=AAAAAAA99 41=AAAAAAA98 39=8 434=2 102=99 58=no')],
      [say('9', `37=V${order} 11=THEIRS 41=AAAAAAA${order} 39=2 434=1 102=0`)],
      [say('9', `37=V${order} 11=AAAAAAA${order} 41=AAAAAAA${order} 39=4 434=1 103=1`)],
      [update('579.2', '10')],
    ],
  },
  {
    name: 'a gap that is filled with messages and with a gap fill',
    lines: (order, first) => [
      [say('W', BOOK)],
      [report(order, 'E1', FILL), 4],
      [update('579.3', '10'), 5],
      [say('0'), 6],
      [again(report(order, 'E0', NEW)), 1],
      [again(say('4', `123=Y 36=${first + 4}`)), 2],
      [update('579.2', '10'), 7],
      [say('4', `36=${first + 20}`), 8],
      [update('579.1', '10'), 20],
    ],
  },
  {
    name: 'messages that were sent before',
    lines: (order) => [
      [say('W', BOOK)],
      [again(update('579.3', '10')), 0],
      [again(update('579.3', '10')), 1],
      [say('X', `${MARKET_TIME} 268=0`, '97=Y')],
      [say('W', BOOK, '43=N')],
      [again(report(order, 'E1', NEW))],
      [update('579.3', '11')],
      [update('579.3', '10'), 2],
      [update('579.3', '11'), 6],
    ],
  },
  {
    name: 'what the fast path must leave alone',
    lines: (order) => [
      [say('W', `${MARKET_TIME} 55=GOOG 268=1 269=J`)],
      [say('W', `${MARKET_TIME} 55=NONE 268=0`)],
      [say('W', `55=GOOG 268=0`)],
      [say('X', `${MARKET_TIME} 268=1 279=0 55=GOOG 269=0 270=579.4 271=1`)],
      [say('X', `${MARKET_TIME} 268=2 279=0 269=0 55=GOOG 270=579.4 271=1`)],
      [say('X', `${MARKET_TIME} 268=1 279=0 269=0 55=GOOG 270=579.40001 271=1`)],
      [say('X', `${MARKET_TIME} 268=1 279=0 269=0 55=GOOG 270=1 271=1 336=1`)],
      [say('W', BOOK)],
      [report(order, 'E1', `${NEW} 20=0`)],
      [report(order, 'E2', `${NEW} ${MARKET_TIME}`)],
      [report(order, 'E3', `${NEW} 354=11 355=x=\x0131=9\x01y=1`)],
      [report(order, 'E4', `${NEW} 58=`)],
      [report(order, 'E5', `${FILL} 40=5`)],
      [report(order, 'E6', `150=F 39=1 151=60 14=40 32=40 31=579`)],
      [say('W', BOOK, '50=SUB 115=X')],
      [say('W', BOOK, '627=1 628=HOP')],
      [say('ZZ', '58=x')],
      [say('D', '11=1')],
      [say('W', BOOK)],
      [report(order, 'E7', `${NEW} 354=9 355=x=\x0131=9\x01y=1`)],
    ],
  },
  {
    name: 'spoiled messages',
    lines: () => [
      [say('W', BOOK)],
      [update('579.3', '10'), undefined, (text) => text.replace(/10=\d+/, '10=000')],
      [update('579.3', '11')],
      [update('579.3', '12'), undefined, (text) => text.replace('9=1', '9=0')],
      [update('579.3', '13')],
      [
        update('579.3', '14'),
        undefined,
        (text) => text.replace(/9=(\d+)/, (_, n) => `9=${Number(n) + 20}`),
      ],
      [update('579.3', '15')],
      [update('579.3', '16'), undefined, (text) => text.replace('8=FIX', '8=FIY')],
      [update('579.3', '17'), undefined, (text) => `noise${text}8=FIX`],
      [update('579.3', '18'), undefined, (text) => text.slice(0, 50)],
      [update('579.3', '19')],
      [update('579.3', '20')],
      [say('X', '10=123 268=0')],
    ],
  },
  ...(
    [
      ['another sender', (text: string) => text.replace('49=SIM', '49=SIN')],
      ['another target', (text: string) => text.replace('56=GYR', '56=GYS')],
      ['another version', (text: string) => text.replace('8=FIX.4.4', '8=FIX.4.2')],
      ['no time', (text: string) => text.replace(/52=[-:.\d]*/, '58=x')],
      ['a time that is none', (text: string) => text.replace(/52=2/, '52=X')],
      ['a time too early', (text: string) => text.replace(/-14:00/, '-13:57')],
      ['a time too late', (text: string) => text.replace(/-14:00/, '-14:03')],
      ['a leap second', (text: string) => text.replace('-14:00:00', '-13:59:60')],
      ['no number', (text: string) => text.replace(/34=\d+/, '58=x')],
      ['a number of many digits', (text: string) => text.replace('34=', '34=00000000000000')],
      ['a number below zero', (text: string) => text.replace('34=', '34=-')],
      ['a number of the past', (text: string) => text.replace(/34=\d+/, '34=1')],
    ] as const
  ).map(
    ([name, change]): Scenario => ({
      name: `market data with ${name}`,
      lines: () => [
        [say('W', BOOK)],
        [update('579.3', '10'), undefined, instead(change)],
        [update('579.3', '11')],
      ],
    }),
  ),
];

/** With the time put in where NOW stands. */
const timed = (message: CorpusMessage, time: string): CorpusMessage => ({
  ...message,
  body: message.body.map(([tag, value]): Field => [tag, value === 'NOW' ? time : value]),
});

/** The scenario as bytes, said by a venue that has just logged on. */
function bytesOf({ lines }: Scenario, rig: TwinRig): Buffer {
  const first = rig.nextIn;
  let next = 0;
  const texts = lines(rig.fast.order, first).map(([message, number = next, change]) => {
    next = number + 1;
    const text = rig.message(timed(message, rig.time), first + number).toString('latin1');
    return change === undefined ? text : change(text);
  });
  return Buffer.from(texts.join(''), 'latin1');
}

/** A session that is logged on; the numbers of an earlier one go on. */
function logOn(rig: TwinRig): void {
  rig.pass(1);
  rig.logOn({ isReset: rig.nextIn === 1 });
}

function expectSame(rig: TwinRig, where: string, isWhole = true): void {
  const difference = rig.difference({ isWhole });
  if (difference !== undefined) expect.fail(`${where}:\n  ${difference}`);
}

/** One pair of engines serves so many cuts: what differs stays different, and is found at the last. */
const CUTS_TOGETHER = 64;

describe.each([
  { checks: 'the whole dictionary', check: STRICT_CHECK, step: 1 },
  { checks: 'session messages alone', check: SESSION_CHECK, step: 11 },
])('with a check of $checks', ({ check, step }) => {
  /** The scenario cut at `from` and at places behind it. */
  function cutFrom(scenario: Scenario, from: number) {
    const rig = new TwinRig(check, START_NS);
    let bytes: Buffer = Buffer.alloc(0);
    let cut = from;
    for (; cut < from + CUTS_TOGETHER * step; cut += step) {
      logOn(rig);
      bytes = bytesOf(scenario, rig);
      if (cut > bytes.length) break;
      if (cut === 0) rig.receive(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
      else rig.receive(bytes.subarray(0, cut), bytes.subarray(cut));
      rig.pass(3);
      expectSame(rig, cut === 0 ? 'byte by byte' : `cut at ${cut}`, false);
    }
    expectSame(rig, `cuts from ${from}`);
    expect(rig.slow.fastMessages).toBe(0);
    return { hasMore: cut <= bytes.length, fastMessages: rig.fast.fastMessages };
  }

  test.each(scenarios)(
    '$name, cut anywhere',
    (scenario) => {
      let fastMessages = 0;
      for (let from = 0, hasMore = true; hasMore; from += CUTS_TOGETHER * step) {
        const cut = cutFrom(scenario, from);
        hasMore = cut.hasMore;
        fastMessages += cut.fastMessages;
      }
      expect(fastMessages).toBeGreaterThan(10);
    },
    240_000,
  );
});

/** What a venue says next: mostly what it should, now and then with something wrong. */
function nextBytes(random: SeededRandom, rig: TwinRig): Buffer {
  const order = Math.max(1, rig.fast.order - random.below(2));
  const price = () => `579.${random.below(10)}`;
  const message = random.pick<() => CorpusMessage>([
    () => say('W', BOOK),
    () => update(price(), String(random.below(9)), random.below(3)),
    () => update(price(), '5'),
    () => report(order, `E${random.below(1e6)}`, random.pick([NEW, FILL, DONE])),
    () => random.pick(CORPUS),
    () => say('0'),
    () => say('1', `112=${random.below(99)}`),
    () => say('2', `7=${1 + random.below(9)} 16=0`),
    () => say('4', `123=Y 36=${rig.nextIn + 1 + random.below(3)}`),
  ])();
  const number = rig.nextIn + (random.oneIn(12) ? random.below(7) - 3 : 0);
  const isAgain = random.oneIn(10);
  const said = timed(isAgain ? again(message) : message, rig.time);
  const bytes = rig.message(said, number);
  if (!random.oneIn(4)) return bytes;
  const other = rig.message(random.pick(CORPUS), number).toString('latin1');
  return Buffer.from(mutated(random, bytes.toString('latin1'), other), 'latin1');
}

test.each([
  { checks: 'the whole dictionary', check: STRICT_CHECK, seed: 501 },
  { checks: 'session messages alone', check: SESSION_CHECK, seed: 502 },
])('with a check of $checks a random venue is answered the same', ({ check, seed }) => {
  const random = new SeededRandom(seed);
  const rig = new TwinRig(check, START_NS);
  for (let step = 0; step < 20_000; step++) {
    if (!rig.isLoggedOn || random.oneIn(150)) logOn(rig);
    let bytes = nextBytes(random, rig);
    if (random.oneIn(4)) bytes = Buffer.concat([bytes, nextBytes(random, rig)]);
    const text = bytes.toString('latin1');
    const portions = random.oneIn(3) ? randomPortions(random, text) : [text];
    rig.receive(...portions.map((portion) => Buffer.from(portion, 'latin1')));
    if (random.oneIn(8)) rig.pass(random.pick([0.01, 1, 12, 40]));
    expectSame(rig, `seed ${seed}, step ${step}`, step % 200 === 0);
  }
  expect(rig.fast.fastMessages).toBeGreaterThan(2_000);
});
