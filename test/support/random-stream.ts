/**
 * A seeded stream of FIX market data and execution reports as a session may receive it: most
 * messages right, some with one thing wrong in a field, some damaged on the way, some noise between
 * them.
 */
import { fixMessage, SOH } from './fix-message.ts';
import type { SeededRandom } from './seeded-random.ts';

const NASTY = [
  '',
  '0',
  '-1',
  '1.5',
  '1e5',
  '.',
  '-',
  '00',
  '1.000000001',
  '99999999999999999999',
  '9007199254740993',
  '90071992547409.93',
  'GOOG',
  'MSFT',
  'J',
  'Y',
  'N',
  'ABC0DEF9',
  'ABC0DEF',
  '20120621-13:30:00',
  '20120621-13:30:00.',
  '20120230-00:00:00',
  '20120621-23:59:60.999',
  '8=FIX.4.4',
  'a=b',
  '3',
  '8193',
];
const TAGS = [
  '8 9 10 34 35 43 49 50 52 55 56 58 83 97 122 268 269 270 271 279 5001',
  '11 17 31 37 39 44 54 103 851 150 151 14 999999999',
].flatMap((tags) => tags.split(' '));
const SYMBOLS = ['GOOG', 'BTC-USD', 'ES'];

type FieldOfTest = [tag: string, value: string];

export function randomStream(random: SeededRandom, messages: number): string {
  let stream = '';
  let number = 1;
  for (let i = 0; i < messages; i++) {
    const fields = randomFields(random, number);
    const isTouched = random.oneIn(3);
    if (isTouched) touch(random, fields);
    const begin = random.oneIn(60) ? 'FIX.4.2' : 'FIX.4.4';
    let message = fixMessage(fields.map((field) => field.join('=')).join('|'), begin);
    const isDamaged = random.oneIn(15);
    if (isDamaged) message = damaged(random, message);
    if (random.oneIn(25))
      stream += random.pick(['noise', '8=', '8=FIX', SOH, '8=FIX.4.4\x019=5\x0135=', '8=FI8=FIX']);
    stream += message;
    // Numbers run on after a message that is probably fast; where the guess is wrong, gaps arise.
    const isOther = begin !== 'FIX.4.4' || fields[0]![1] === '1';
    if (!isOther && !isDamaged && !isTouched) number++;
  }
  return stream;
}

function randomFields(random: SeededRandom, number: number): FieldOfTest[] {
  const type = random.pick(['W', 'X', 'X', 'X', '8', '9', '0', '1']);
  const fields: FieldOfTest[] = [
    ['35', type],
    ['49', random.oneIn(80) ? 'XNYS' : 'XNAS'],
    ['56', 'ENGINE'],
    ['34', String(random.oneIn(60) ? number + 1 : number)],
  ];
  const isTimed = type === 'W' || type === 'X';
  if (random.oneIn(30)) fields.push(['43', random.pick(['Y', 'N'])]);
  fields.push(['52', `20120621-13:${random.oneIn(60) ? '31' : '30'}:00.${random.below(1000)}`]);
  if (type === '8') pushReport(random, fields);
  else if (type === '9') pushCancelReject(random, fields);
  else if (isTimed) pushEntries(random, fields, type === 'W');
  if (isTimed ? !random.oneIn(20) : random.oneIn(40))
    fields.push(['5001', `20120621-13:30:00.${String(random.below(1e9)).padStart(9, '0')}`]);
  return fields;
}

function pushCancelReject(random: SeededRandom, fields: FieldOfTest[]): void {
  fields.push(['37', 'V1'], ['11', `ABC0DEF${random.below(99)}`], ['41', 'ABC0DEF1']);
  fields.push(['39', random.pick(['0', '1', '2', '4'])], ['434', random.pick(['1', '2'])]);
  if (random.oneIn(2)) fields.push(['102', random.pick(['0', '1', '6', '99'])]);
  if (random.oneIn(3)) fields.push(['58', 'too late']);
}

function pushEntries(random: SeededRandom, fields: FieldOfTest[], isSnapshot: boolean): void {
  let symbol = random.pick(SYMBOLS);
  const count = random.below(6);
  if (isSnapshot) fields.push(['55', symbol]);
  fields.push(['268', String(count)]);
  for (let entry = 0; entry < count; entry++) {
    const action = random.below(3);
    const type = random.oneIn(40) ? 'J' : random.pick(['0', '1', '2']);
    if (!isSnapshot) fields.push(['279', String(action)]);
    const inEntry: FieldOfTest[] = isSnapshot ? [] : [['269', type]];
    if (!isSnapshot && (entry === 0 || random.oneIn(2))) {
      symbol = random.pick(SYMBOLS);
      inEntry.push(['55', symbol]);
    }
    inEntry.push(['270', priceOf(random, symbol)]);
    if (isSnapshot || action !== 2) inEntry.push(['271', String(random.below(900))]);
    if (isSnapshot) fields.push(['269', type]);
    else if (random.oneIn(60)) inEntry.reverse();
    fields.push(...inEntry);
  }
}

function priceOf(random: SeededRandom, symbol: string): string {
  const sign = random.oneIn(10) ? '-' : '';
  const whole = random.below(100_000);
  if (symbol === 'ES') return `${sign}${whole}.${random.pick(['25', '5', '750', '0'])}`;
  if (symbol === 'GOOG') return `${sign}${whole}.${random.below(100)}`;
  return `${sign}${whole}.${random.below(1e8)}`;
}

function pushReport(random: SeededRandom, fields: FieldOfTest[]): void {
  const symbol = random.pick(SYMBOLS);
  const optional: FieldOfTest[] = [
    ['11', `ABC0DEF${random.below(1e6)}`],
    ['41', `ABC0DEF${random.below(1e6)}`],
    ['44', priceOf(random, symbol)],
    ['38', '500'],
    ['31', priceOf(random, symbol)],
    ['32', '7'],
    ['103', '3'],
    ['851', '2'],
    ['58', 'text = x'],
    ['1', 'ACC'],
    ['12', '-1.5'],
    ['13', random.pick(['1', '6', '7'])],
    ['15', 'USD'],
    ['40', random.pick(['1', '2', 'P'])],
    ['59', '0'],
    ['60', '20120621-13:30:00'],
  ];
  const required: FieldOfTest[] = [
    ['37', `V${random.below(999)}`],
    ['17', `E${random.next()}`],
    ['150', random.pick(['0', 'F', '4'])],
    ['39', random.pick(['0', '1', '2', '4'])],
    ['55', symbol],
    ['54', random.pick(['1', '2'])],
    ['151', '9'],
    ['14', '1'],
    ['6', '0.5'],
  ];
  fields.push(
    ...required.slice(0, 4),
    ...optional.filter(() => random.oneIn(2)),
    ...required.slice(4),
  );
}

/** One thing wrong in the fields, the frame right. */
function touch(random: SeededRandom, fields: FieldOfTest[]): void {
  const at = 1 + random.below(fields.length - 1);
  const other = 1 + random.below(fields.length - 1);
  const field = fields[at]!;
  const kind = random.below(6);
  if (kind === 0) field[1] = random.pick(NASTY);
  else if (kind === 1) fields.splice(at, 1);
  else if (kind === 2) fields.splice(other, 0, [...field]);
  else if (kind === 3) [fields[at], fields[other]] = [fields[other]!, field];
  else if (kind === 4) fields.splice(at, 0, [random.pick(TAGS), random.pick(NASTY)]);
  else field[random.below(2)] = String.fromCharCode(2 + random.below(254)).replace('|', '!');
}

/** A byte changed, lost or doubled on the way. */
function damaged(random: SeededRandom, message: string): string {
  const at = random.below(message.length);
  const byte = String.fromCharCode(random.below(256));
  const rest = message.slice(at + 1);
  return message.slice(0, at) + random.pick([byte + rest, rest, message[at] + byte + rest, '']);
}
