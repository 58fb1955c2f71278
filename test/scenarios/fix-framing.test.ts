/**
 * One framing rule: FrameReader, the WASM fast path and the plain twin cut every stream into the
 * same messages, at the same byte, however it comes in portions.
 */
import { describe, expect, test } from 'vitest';
import { DATA_TAGS } from '../../gateways/fix/data-tags.ts';
import { MESSAGE_BYTES_MAX } from '../../wasm/layout.ts';
import { DecodeHarness } from '../support/decode-harness.ts';
import { CORPUS, corpusFields } from '../support/fix-corpus.ts';
import { encodeMessage, fixMessage, SOH, withCheckSum } from '../support/fix-message.ts';
import { mutated } from '../support/fix-mutator.ts';
import { agreedFrames, randomPortions } from '../support/framers.ts';
import { SeededRandom } from '../support/seeded-random.ts';

const harness = new DecodeHarness();
const sound = CORPUS.map((message, index) =>
  encodeMessage('FIX.4.4', corpusFields(message, index + 1)).toString('latin1'),
);
const soundOf = (msgType: string): string =>
  sound[CORPUS.findIndex((message) => message.msgType === msgType)]!;
const FIRST = soundOf('0');
const SECOND = soundOf('W');
const bars = (text: string): string => text.replaceAll('|', SOH);

/** What all three make of it, which must be the same. */
function framesOf(portions: readonly string[], where: string): readonly string[] {
  const frames = agreedFrames(harness, portions);
  if (typeof frames === 'string') expect.fail(`${where}: ${frames}`);
  return frames;
}

/** The same messages whole, byte by byte, and cut in two anywhere. */
function framesAtEveryCut(stream: string, name: string): readonly string[] {
  const whole = framesOf([stream], `${name}, whole`);
  expect(framesOf([...stream], `${name}, byte by byte`)).toEqual(whole);
  const step = Math.ceil(stream.length / 2_000);
  for (let at = 1; at < stream.length; at += step) {
    const portions = [stream.slice(0, at), stream.slice(at)];
    const cut = framesOf(portions, `${name}, cut at ${at}`);
    if (cut.join() !== whole.join()) expect(cut, `${name}, cut at ${at}`).toEqual(whole);
  }
  return whole;
}

const spoiledLength = (text: string, apart: number): string =>
  text.replace(/9=(\d+)/, (_, length) => `9=${Number(length) + apart}`);
const holding = (inner: string, lengthTag: number, apart = 0): string =>
  fixMessage(
    `35=B|34=7|49=SIM|52=20120621-13:30:00|56=GYRFALCON|148=x|33=1|58=y|` +
      `${lengthTag}=${inner.length + apart}|${DATA_TAGS.get(lengthTag)}=${inner}`,
  );
/** A body with a CheckSum field in its midst; BodyLength and CheckSum are right. */
const TWO_CHECKSUMS = fixMessage('35=0|34=1|10=123|58=x');

/** A message whose BodyLength reaches to the CheckSum of SECOND, which is right for both together. */
function fittingByChance(): string {
  for (let n = 0; ; n++) {
    const first = spoiledLength(fixMessage(`35=0|34=1|58=${n}`), SECOND.length);
    const stream = first + SECOND;
    if (withCheckSum(stream.slice(0, stream.lastIndexOf('10='))) === stream) return stream;
  }
}

const cases: readonly { name: string; stream: string; expected: readonly string[] }[] = [
  { name: 'sound messages', stream: FIRST + SECOND, expected: [FIRST, SECOND] },
  { name: 'noise between them', stream: `${FIRST}x8=FI=${SECOND}`, expected: [FIRST, SECOND] },
  ...[1, 3, 6, 7, 8, 60].map((apart) => ({
    name: `a BodyLength ${apart} too large takes the message along that it ends in`,
    stream: spoiledLength(FIRST, apart) + SECOND + FIRST,
    expected: [FIRST],
  })),
  ...[1000, 100_000].map((apart) => ({
    name: `a BodyLength ${apart} too large waits for so much`,
    stream: spoiledLength(FIRST, apart) + SECOND,
    expected: [],
  })),
  ...[-1, -3, -7, -8, -20].map((apart) => ({
    name: `a BodyLength ${-apart} too small costs its own message alone`,
    stream: spoiledLength(FIRST, apart) + SECOND,
    expected: [SECOND],
  })),
  {
    name: 'a BodyLength that ends with the next message, whose CheckSum fits by chance',
    stream: fittingByChance(),
    expected: [fittingByChance()],
  },
  {
    name: 'two CheckSum fields, of which the second is the right one',
    stream: TWO_CHECKSUMS + SECOND,
    expected: [TWO_CHECKSUMS, SECOND],
  },
  ...[95, 212, 354, 93].map((tag) => ({
    name: `a message in the data field behind ${tag}`,
    stream: holding(FIRST + SECOND, tag) + SECOND,
    expected: [holding(FIRST + SECOND, tag), SECOND],
  })),
  {
    name: 'a message that holds one that holds one',
    stream: holding(holding(FIRST, 95), 212),
    expected: [holding(holding(FIRST, 95), 212)],
  },
  {
    name: 'a message in a data field whose Length is wrong',
    stream: holding(FIRST, 95, 1) + SECOND,
    expected: [holding(FIRST, 95, 1), SECOND],
  },
  {
    name: 'a CheckSum of three bytes that are no number',
    stream: fixMessage('35=0|34=1').replace(/10=\d+/, '10=1x3') + SECOND,
    expected: [SECOND],
  },
  ...['1', '1234', 'x'.repeat(16)].map((sum) => ({
    name: `a CheckSum of ${sum.length} bytes`,
    stream: fixMessage('35=0|34=1').replace(/10=\d+/, `10=${sum}`) + SECOND,
    expected: [SECOND],
  })),
  {
    name: 'a CheckSum too long to be one takes the next message along',
    stream: fixMessage('35=0|34=1').replace(/10=\d+/, `10=${'1'.repeat(17)}`) + SECOND + FIRST,
    expected: [FIRST],
  },
  {
    name: 'first fields out of order',
    stream: bars('8=FIX.4.4|35=0|9=5|10=000|') + FIRST,
    expected: [FIRST],
  },
  {
    name: 'a message cut short takes the next one along',
    stream: FIRST.slice(0, 40) + SECOND + FIRST,
    expected: [FIRST],
  },
  {
    name: 'a message without an end is given up once the longest would have had one',
    stream: `${bars('8=FIX.4.4|9=5|35=0|58=')}${'x'.repeat(MESSAGE_BYTES_MAX)}${SECOND}`,
    expected: [SECOND],
  },
];

test.each(cases)('$name', ({ name, stream, expected }) => {
  expect(framesAtEveryCut(stream, name)).toEqual(expected);
});

describe('random streams', () => {
  test('of sound, spoiled and embedded messages are cut alike, in any portions', () => {
    const seed = 1204;
    const random = new SeededRandom(seed);
    for (let run = 0; run < 4_000; run++) {
      let stream = '';
      for (let count = 1 + random.below(5); count > 0; count--) {
        const message = random.pick(sound);
        stream += random.oneIn(2) ? message : mutated(random, message, random.pick(sound));
      }
      const where = `seed ${seed}, run ${run}`;
      const whole = framesOf([stream.slice(0, 60_000), stream.slice(60_000)], where);
      expect(framesOf(randomPortions(random, stream), where)).toEqual(whole);
    }
  });

  test('of a few bytes that matter are cut alike at every byte', () => {
    const seed = 1205;
    const random = new SeededRandom(seed);
    const parts = bars(
      '8=FIX.4.4|;9=5|;9=;35=0|;10=163|;10=;1;0;=;|;95=;3|;96=;8=FIX;8=F;93=9|89=;x',
    ).split(';');
    for (let run = 0; run < 2_000; run++) {
      let stream = '';
      for (let count = random.below(24); count > 0; count--) stream += random.pick(parts);
      framesAtEveryCut(
        random.oneIn(2) ? stream : bars('8=FIX.4.4|9=60|35=0|') + stream,
        `seed ${seed}, run ${run}`,
      );
    }
  });
});
