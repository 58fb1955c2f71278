/**
 * Spoils FIX messages in every way that a peer or a line might, from a seed: bytes changed or cut,
 * fields swapped, doubled, taken out or given another value, wrong lengths and checksums with and
 * without repair of the other, two messages in one, huge values, noise. Text is latin1, a character
 * a byte.
 */
import { SOH, withCheckSum } from './fix-message.ts';
import type { SeededRandom } from './seeded-random.ts';

const VALUES =
  '|0|-1|1|+1|00|01|1.5|1e5|.|-|1.000000001|99999999999999999999|9007199254740993|2147483648|Y|N|J|8|W|GOOG|MSFT|' +
  'AAAAAAA9|20120621-13:30:00|20120621-13:30:00.|20120230-00:00:00|20120621-13:29:60.5|20120621-23:59:60.999|a=b|10=000|8=FIX.4.4|FIX.4.2|FIXT.1.1';
const NASTY = VALUES.split('|');
const TAGS =
  '0 1 6 7 8 9 10 11 14 16 17 20 31 32 34 35 36 37 38 39 40 41 43 44 49 50 52 54 55 56 57 58 59 60 89 90 93 95 96 97 103 112 115 122 123 ' +
  '128 141 150 151 212 213 262 268 269 270 271 279 354 355 369 851 5060 5061 9999 034 0212 -5 999999999';
const MUTATED_TAGS = TAGS.split(' ');
const HUGE_BYTES = [1000, 5000, 70_000, 140_000];

/** A spoiled form of `message`; `other` lends bytes and fields. */
export function mutated(random: SeededRandom, message: string, other: string): string {
  let text = message;
  for (let times = 1 + random.below(3); times > 0; times--) {
    text = random.pick(MUTATIONS)(random, text, other);
  }
  if (random.oneIn(2)) text = repaired(text);
  return text;
}

type Mutation = (random: SeededRandom, text: string, other: string) => string;

/** BodyLength and CheckSum made right again for what lies between them now. */
export function repaired(text: string): string {
  const first = text.indexOf(SOH);
  const second = text.indexOf(SOH, first + 1);
  if (first < 0 || second < 0) return text;
  const trailer = text.lastIndexOf(`${SOH}10=`);
  const body = text.slice(second + 1, trailer > second ? trailer + 1 : text.length);
  return withCheckSum(`${text.slice(0, first)}${SOH}9=${body.length}${SOH}${body}`);
}

function changeFields(
  change: (random: SeededRandom, fields: string[], other: string) => void,
): Mutation {
  return (random, text, other) => {
    const fields = text.split(SOH);
    change(random, fields, other);
    return fields.join(SOH);
  };
}

const spliceText = (text: string, at: number, removed: number, added: string): string =>
  text.slice(0, at) + added + text.slice(at + removed);

const noise = (random: SeededRandom, bytesMax: number): string =>
  Array.from({ length: random.below(bytesMax) }, () => String.fromCharCode(random.below(256))).join(
    '',
  );

const checkSumField = (random: SeededRandom): string =>
  `10=${String(random.below(256)).padStart(3, '0')}`;

const MUTATIONS: readonly Mutation[] = [
  // A bit, a byte, some bytes.
  (random, text) => {
    const at = random.below(text.length);
    return spliceText(
      text,
      at,
      1,
      String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))),
    );
  },
  (random, text) => spliceText(text, random.below(text.length), 1, ''),
  (random, text) => spliceText(text, random.below(text.length), random.below(9), noise(random, 9)),
  // Cuts and splices.
  (random, text) => text.slice(0, random.below(text.length)),
  (random, text) => text.slice(random.below(text.length)),
  (random, text, other) =>
    text.slice(0, random.below(text.length)) + other.slice(random.below(other.length)),
  (random, text, other) => spliceText(text, random.below(text.length), 0, other),
  // Fields.
  changeFields((random, fields) => {
    const at = random.below(fields.length);
    const to = random.below(fields.length);
    [fields[at], fields[to]] = [fields[to]!, fields[at]!];
  }),
  changeFields((random, fields) => {
    fields.splice(random.below(fields.length), 0, random.pick(fields));
  }),
  changeFields((random, fields) => {
    fields.splice(random.below(fields.length), 1);
  }),
  changeFields((random, fields, other) => {
    fields.splice(random.below(fields.length), 0, random.pick(other.split(SOH)));
  }),
  changeFields((random, fields) => {
    const at = random.below(fields.length);
    fields[at] = `${fields[at]!.split('=')[0]}=${random.pick(NASTY)}`;
  }),
  changeFields((random, fields) => {
    const at = random.below(fields.length);
    fields[at] = fields[at]!.replace(/^[^=]*/, random.pick(MUTATED_TAGS));
  }),
  changeFields((random, fields) => {
    const field = `${random.pick(MUTATED_TAGS)}=${random.pick(NASTY)}`;
    fields.splice(random.below(fields.length), 0, field);
  }),
  // Numbers with zeros in front.
  changeFields((random, fields) => {
    const at = random.below(fields.length);
    fields[at] = fields[at]!.replace(/=(?=\d)/, `=${'0'.repeat(random.pick([1, 6, 13, 15, 18]))}`);
  }),
  (random, text) => text.replace(/(?<!\d)9=/, `9=${'0'.repeat(random.pick([4, 6, 7]))}`),
  // BodyLength, CheckSum, and a CheckSum where none belongs.
  (random, text) => {
    const apart = random.pick([-20, -7, -2, -1, 1, 2, 6, 7, 8, 40, 500, 100_000]);
    return text.replace(/(?<!\d)9=(\d+)/, (_, length) => `9=${Number(length) + apart}`);
  },
  (random, text) => text.replace(/(?<!\d)10=\d{3}/, checkSumField(random)),
  (random, text) => text.replace(/(?<!\d)10=\d{3}/, `10=${'1'.repeat(random.below(20))}`),
  changeFields((random, fields) => {
    fields.splice(random.below(fields.length), 0, checkSumField(random));
  }),
  // Data fields with a Length that fits or not.
  changeFields((random, fields, other) => {
    const data = random.pick([other, noise(random, 20), `x${SOH}10=123${SOH}y`]);
    const tag = random.pick([95, 212, 354, 1184, 93, 364]);
    const length = Math.max(0, data.length + random.pick([0, 0, 0, -1, 1, 7, 5000]));
    const pair = [`${tag}=${length}`, `${tag === 93 ? 89 : tag + 1}=${data}`];
    fields.splice(random.below(fields.length), 0, ...pair);
  }),
  // Sizes, and nothing but noise.
  changeFields((random, fields) => {
    const at = random.below(fields.length);
    if (random.oneIn(20)) fields[at] += 'x'.repeat(random.pick(HUGE_BYTES));
  }),
  (random, text) => (random.oneIn(4) ? noise(random, 300) : text),
];
