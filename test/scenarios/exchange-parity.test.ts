/**
 * The matching venue's fast path changes nothing but the speed: a venue that takes orders in WASM
 * and one that leaves every message to the session in TypeScript answer the same bytes with the
 * same bytes, and arrive at the same numbers, orders and book; however the bytes are cut, whatever
 * is wrong with them.
 */
import { expect, test } from 'vitest';
import type { Field } from '../../gateways/fix/codec.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { ExchangeTwins } from '../support/exchange-twins.ts';
import { CORPUS, type CorpusMessage } from '../support/fix-corpus.ts';
import { mutated, repaired } from '../support/fix-mutator.ts';
import { randomPortions } from '../support/framers.ts';
import { SeededRandom } from '../support/seeded-random.ts';

/** 2012-06-21 14:00:00 UTC. */
const START_NS = 1_340_287_200_000_000_000n;
const NOW = '60=20120621-14:00:00.000';

/** "55=AAPL 54=1" as a message; `_` for a blank. */
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

const order = (id: string, rest: string): CorpusMessage =>
  say('D', `11=${id} 55=AAPL ${NOW} ${rest}`);
const limit = (id: string, side: number, qty: number, price: string, rest = ''): CorpusMessage =>
  order(id, `54=${side} 38=${qty} 40=2 44=${price}${rest === '' ? '' : ` ${rest}`}`);
const cancel = (orig: string, id: string): CorpusMessage =>
  say('F', `41=${orig} 11=${id} 55=AAPL 54=1 ${NOW}`);
const replace = (orig: string, id: string, qty: number, price: string): CorpusMessage =>
  say('G', `41=${orig} 11=${id} 55=AAPL 54=1 ${NOW} 38=${qty} 40=2 44=${price}`);
const earlier: Field = [122, formatTimestamp(1_340_285_400_000_000_000n)];
const again = (message: CorpusMessage): CorpusMessage => ({
  ...message,
  header: [[43, 'Y'], earlier, ...message.header],
});

/** A message, its number counted from the first one's (else the next), what is done to its text. */
type Line = readonly [
  message: CorpusMessage,
  number?: number | undefined,
  change?: (text: string) => string,
];
interface Scenario {
  readonly name: string;
  readonly lines: (first: number) => readonly Line[];
}

const instead =
  (change: (text: string) => string) =>
  (text: string): string =>
    repaired(change(text));

const scenarios: readonly Scenario[] = [
  {
    name: 'orders that rest, trade, are replaced and cancelled',
    lines: (n) => [
      [limit(`A${n}`, 1, 100, '125.5', '1=ACC-1 21=1 59=0')],
      [limit(`B${n}`, 1, 50, '125.5')],
      [limit(`C${n}`, 2, 120, '125.25', '59=1')],
      [replace(`B${n}`, `D${n}`, 20, '125.5')],
      [replace(`B${n}`, `E${n}`, 80, '125.75')],
      [cancel(`E${n}`, `F${n}`)],
      [cancel(`B${n}`, `G${n}`)],
      [cancel(`A${n}`, `H${n}`)],
      [cancel('NEVER', `I${n}`)],
    ],
  },
  {
    name: 'every order type and time in force',
    lines: (n) => [
      [limit(`A${n}`, 2, 100, '126', '111=10')],
      [limit(`B${n}`, 2, 50, '126.01', '18=6')],
      [limit(`C${n}`, 1, 50, '126.01', '18=6')],
      [limit(`D${n}`, 1, 200, '126', '59=4')],
      [limit(`E${n}`, 1, 30, '126', '59=4')],
      [limit(`F${n}`, 1, 500, '126', '59=3')],
      [order(`G${n}`, '54=1 38=20 40=1')],
      [order(`H${n}`, '54=1 38=20 40=1 44=5 59=3')],
      [order(`I${n}`, '54=2 38=5 40=3 99=125')],
      [order(`J${n}`, '54=1 38=5 40=4 99=126.5 44=127')],
      [limit(`K${n}`, 1, 10, '125', '7928=ME 8000=1')],
      [limit(`L${n}`, 2, 10, '125', '7928=ME 8000=2')],
      [limit(`M${n}`, 2, 1, '125')],
      [limit(`N${n}`, 1, 9, '127')],
      [say('q', `11=Q${n} 530=7 ${NOW}`)],
    ],
  },
  {
    name: 'requests that are refused',
    lines: (n) => [
      [limit(`A${n}`, 1, 100, '125.5')],
      [limit(`A${n}`, 1, 100, '125.5')],
      [limit(`B${n}`, 1, 0, '125.5')],
      [limit(`C${n}`, 1, 100, '125.505')],
      [limit(`D${n}`, 1, 100, '125.50001')],
      [limit(`E${n}`, 1, 100, '0')],
      [limit(`F${n}`, 1, 100, '-1')],
      [limit(`G${n}`, 1, 100, '99999')],
      [say('D', `11=H${n} 55=NONE 54=1 ${NOW} 38=1 40=2 44=1`)],
      [limit(`I${n}`, 5, 100, '125.5')],
      [order(`J${n}`, '54=1 38=100 40=P 44=125.5')],
      [limit(`K${n}`, 1, 100, '125.5', '59=6')],
      [limit(`L${n}`, 1, 100, '125.5', '111=101')],
      [limit(`M${n}`, 1, 100, '125.5', '59=3 18=6')],
      [order(`N${n}`, '54=1 38=100 40=3')],
      [order(`O${n}`, '54=1 38=100 40=2')],
      [limit('X'.repeat(33), 1, 100, '125.5')],
      [limit(`P${n}`, 1, 100, '125.5', `1=${'Y'.repeat(33)}`)],
      [replace(`A${n}`, `A${n}`, 10, '125.5')],
      [replace(`A${n}`, `R${n}`, 10, '125.505')],
      [replace(`A${n}`, `S${n}`, 0, '125.5')],
      [cancel(`A${n}`, `T${n}`)],
    ],
  },
  {
    name: 'status, mass status, mass cancel, market data',
    lines: (n) => [
      [say('AF', '584=M0 585=7')],
      [limit(`A${n}`, 1, 100, '125.5', '1=ACC-2')],
      [say('V', '262=MD1 263=1 264=10 265=1 267=3 269=0 269=1 269=2 146=2 55=AAPL 55=JPM')],
      [limit(`B${n}`, 2, 30, '125.5')],
      [say('H', `11=A${n} 55=AAPL 54=1`)],
      [say('H', `11=NEVER${n} 55=AAPL 54=1`)],
      [say('AF', '584=M1 585=7')],
      [say('V', '262=MD2 263=1 264=10 265=1 267=1 269=0 146=1 55=NONE')],
      [say('q', `11=Q${n} 530=1 55=JPM ${NOW}`)],
      [say('q', `11=R${n} 530=1 55=AAPL ${NOW}`)],
      [say('q', `11=S${n} 530=3 ${NOW}`)],
      [limit(`C${n}`, 1, 100, '125.5')],
      [say('V', '262=MD3 263=2 264=10 265=1 267=3 269=0 269=1 269=2 146=2 55=AAPL 55=JPM')],
      [say('q', `11=T${n} 530=7 ${NOW}`)],
    ],
  },
  {
    name: 'session messages between orders',
    lines: (n) => [
      [limit(`A${n}`, 1, 100, '125.5')],
      [say('0')],
      [say('1', '112=TEST')],
      [cancel(`A${n}`, `B${n}`)],
      [say('2', '7=1 16=0')],
      [say('3', '45=1 58=no')],
      [limit(`C${n}`, 1, 100, '125.5')],
      [say('4', '123=Y 36=900000')],
      [say('5', '58=bye')],
    ],
  },
  {
    name: 'a gap that is filled with messages and with a gap fill',
    lines: (n) => [
      [limit(`A${n}`, 1, 100, '125.5')],
      [limit(`B${n}`, 2, 10, '125.5'), 4],
      [cancel(`A${n}`, `C${n}`), 5],
      [say('0'), 6],
      [again(limit(`D${n}`, 1, 5, '125.5')), 1],
      [again(say('4', `123=Y 36=${n + 4}`)), 2],
      [limit(`E${n}`, 1, 100, '125.5'), 7],
    ],
  },
  {
    name: 'spoiled messages',
    lines: (n) => [
      [limit(`A${n}`, 1, 100, '125.5')],
      [limit(`B${n}`, 1, 1, '125.5'), undefined, (text) => text.replace(/10=\d+/, '10=000')],
      [limit(`B${n}`, 1, 2, '125.5')],
      [limit(`C${n}`, 1, 3, '125.5'), undefined, (text) => text.replace('9=1', '9=0')],
      [limit(`D${n}`, 1, 4, '125.5')],
      [limit(`E${n}`, 1, 5, '125.5'), undefined, (text) => text.replace('8=FIX', '8=FIY')],
      [limit(`F${n}`, 1, 6, '125.5'), undefined, (text) => `noise${text}8=FIX`],
      [limit(`G${n}`, 1, 7, '125.5')],
      [say('q', `11=Q${n} 530=7 ${NOW}`)],
    ],
  },
  ...(
    [
      ['another sender', (text: string) => text.replace('49=GYR', '49=GYS')],
      ['another target', (text: string) => text.replace('56=SIM', '56=SIN')],
      ['another version', (text: string) => text.replace('8=FIX.4.4', '8=FIX.4.2')],
      ['no time', (text: string) => text.replace(/52=[-:.\d]*/, '58=x')],
      ['a time too late', (text: string) => text.replace(/52=20120621-14:00/, '52=20120621-14:03')],
      ['no number', (text: string) => text.replace(/34=\d+/, '58=x')],
      ['a number of the past', (text: string) => text.replace(/34=\d+/, '34=1')],
      ['a field twice', (text: string) => text.replace('40=2', '40=2\x0140=2')],
      ['a field without a value', (text: string) => text.replace('21=1', '21=')],
      ['a field that no order has', (text: string) => text.replace('21=1', '150=0')],
      ['a header field in the body', (text: string) => text.replace('21=1', '50=SUB')],
      ['a sub id', (text: string) => text.replace('34=', '50=SUB\x0134=')],
      ['a tag of zeros', (text: string) => text.replace('21=1', '021=1')],
    ] as const
  ).map(
    ([name, change]): Scenario => ({
      name: `an order with ${name}`,
      lines: (n) => [
        [limit(`A${n}`, 1, 100, '125.5')],
        [limit(`B${n}`, 1, 100, '125.5', '21=1'), undefined, instead(change)],
        [cancel(`A${n}`, `C${n}`)],
      ],
    }),
  ),
];

function bytesOf({ lines }: Scenario, twins: ExchangeTwins): Buffer {
  const first = twins.nextIn;
  let next = 0;
  const texts = lines(first).map(([message, number = next, change]) => {
    next = number + 1;
    const text = twins.message(message, first + number).toString('latin1');
    return change === undefined ? text : change(text);
  });
  return Buffer.from(texts.join(''), 'latin1');
}

function expectSame(twins: ExchangeTwins, where: string): void {
  const difference = twins.difference();
  if (difference !== undefined) expect.fail(`${where}: ${difference}`);
}

/** Byte by byte every place is one; cut in two, one in so many of a long scenario does. */
const CUT_STEP = 3;

test.each(scenarios)('$name, cut anywhere', (scenario) => {
  const twins = new ExchangeTwins(START_NS);
  let bytes: Buffer = Buffer.alloc(0);
  for (let cut = 0; cut <= bytes.length; cut += bytes.length > 600 ? CUT_STEP : 1) {
    twins.logOn({ isReset: twins.nextIn === 1 });
    bytes = bytesOf(scenario, twins);
    if (cut === 0) twins.receive(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    else twins.receive(bytes.subarray(0, cut), bytes.subarray(cut));
    twins.pass(0.1);
    expectSame(twins, cut === 0 ? 'byte by byte' : `cut at ${cut}`);
  }
  expect(twins.slow.fastMessages).toBe(0);
  expect(twins.fast.fastMessages).toBeGreaterThan(100);
});

/** What a peer says next: mostly what it should, now and then with something wrong. */
function nextBytes(random: SeededRandom, twins: ExchangeTwins, count: number): Buffer {
  const id = (): string => `R${Math.max(0, count - random.below(20))}`;
  const price = (): string => `125.${10 + random.below(20)}`;
  const side = (): number => 1 + random.below(2);
  const terms = (): string =>
    random.pick(['', '59=3', '59=4', '18=6', '111=5', '1=ACC', '7928=ME 8000=1', '59=1 21=1']);
  const message = random.pick<() => CorpusMessage>([
    () => limit(`R${count}`, side(), 1 + random.below(50), price(), terms()),
    () => limit(`R${count}`, side(), 1 + random.below(50), price()),
    () => order(`R${count}`, `54=${side()} 38=${random.below(30)} 40=1`),
    () => order(`R${count}`, `54=${side()} 38=7 40=3 99=${price()}`),
    () => cancel(id(), `R${count}`),
    () => cancel(id(), `R${count}`),
    () => replace(id(), `R${count}`, random.below(60), price()),
    () => random.pick(CORPUS),
    () => say('H', `11=${id()} 55=AAPL 54=1`),
    () => say('q', `11=R${count} 530=${random.pick(['7', '1 55=AAPL'])} ${NOW}`),
    () => say('V', '262=MD1 263=1 264=10 265=1 267=3 269=0 269=1 269=2 146=1 55=AAPL'),
    () => say('0'),
  ])();
  const number = twins.nextIn + (random.oneIn(12) ? random.below(7) - 3 : 0);
  const bytes = twins.message(random.oneIn(15) ? again(message) : message, number);
  if (!random.oneIn(4)) return bytes;
  const other = twins.message(random.pick(CORPUS), number).toString('latin1');
  return Buffer.from(mutated(random, bytes.toString('latin1'), other), 'latin1');
}

test('a random peer is answered the same', () => {
  const seed = 611;
  const random = new SeededRandom(seed);
  const twins = new ExchangeTwins(START_NS);
  for (let step = 0; step < 20_000; step++) {
    if (!twins.isLoggedOn || random.oneIn(150)) twins.logOn({ isReset: twins.nextIn === 1 });
    let bytes = nextBytes(random, twins, step);
    if (random.oneIn(4)) bytes = Buffer.concat([bytes, nextBytes(random, twins, step)]);
    const text = bytes.toString('latin1');
    const portions = random.oneIn(3) ? randomPortions(random, text) : [text];
    twins.receive(...portions.map((portion) => Buffer.from(portion, 'latin1')));
    if (random.oneIn(8)) twins.pass(random.pick([0.01, 1, 12, 40]));
    expectSame(twins, `seed ${seed}, step ${step}`);
  }
  expect(twins.fast.fastMessages).toBeGreaterThan(4_000);
});
