/**
 * Framing and decode over streams: what is garbled and what is skipped, bytes that come in any
 * portions, and random days of right and wrong messages, each beside the plain twins.
 */
import { beforeEach, expect, test } from 'vitest';
import {
  DecodeHarness,
  type Piece,
  SESSION_OF_TEST,
  summary,
  TIMED_SESSION,
} from '../test/support/decode-harness.ts';
import { fixMessage, SOH, withCheckSum } from '../test/support/fix-message.ts';
import { randomStream } from '../test/support/random-stream.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { referenceDecode } from './fix-decode-reference.ts';
import { referenceFrames } from './fix-frame-reference.ts';
import * as L from './layout.ts';

const harness = new DecodeHarness();
const good = (number: number): string =>
  fixMessage(
    `35=W|49=XNAS|56=ENGINE|34=${number}|52=20120621-13:30:00|55=GOOG|268=1|269=0|270=1.5|271=${number}`,
  );

beforeEach(() => {
  harness.forget();
  harness.setSession(SESSION_OF_TEST);
});

const bars = (text: string): string => text.replaceAll('|', SOH);
const reasonOf = ({ text, decoded }: Piece) => ({ text, error: decoded.error });

const garbled: readonly { name: string; text: string; error: number }[] = [
  { name: 'noise', text: 'noise', error: L.FIX_FIRST_FIELDS },
  { name: 'a message without its first byte', text: good(1).slice(1), error: L.FIX_FIRST_FIELDS },
  { name: 'an endless BeginString', text: `8=FIX${'4'.repeat(40)}`, error: L.FIX_FIRST_FIELDS },
  { name: 'no BodyLength', text: bars('8=FIX.4.4|35=0|10=000|'), error: L.FIX_FIRST_FIELDS },
  {
    name: 'another third field',
    text: withCheckSum(bars('8=FIX.4.4|9=11|34=1|35=0|x|')),
    error: L.FIX_FIRST_FIELDS,
  },
  {
    name: 'a BodyLength that is no number',
    text: bars('8=FIX.4.4|9=1x|35=0|10=000|'),
    error: L.FIX_FIRST_FIELDS,
  },
  {
    name: 'an empty BodyLength',
    text: bars('8=FIX.4.4|9=|35=0|10=000|'),
    error: L.FIX_FIRST_FIELDS,
  },
  {
    name: 'a BodyLength below zero',
    text: bars('8=FIX.4.4|9=-5|35=0|10=000|'),
    error: L.FIX_FIRST_FIELDS,
  },
  {
    name: 'a BodyLength above the maximum',
    text: bars('8=FIX.4.4|9=131073|35=0|'),
    error: L.FIX_FIRST_FIELDS,
  },
  {
    name: 'a BodyLength one too small',
    text: bars('8=FIX.4.4|9=4|35=0|10=163|'),
    error: L.FIX_BODY_LENGTH,
  },
  { name: 'a wrong CheckSum', text: bars('8=FIX.4.4|9=5|35=0|10=164|'), error: L.FIX_CHECKSUM },
  {
    name: 'a CheckSum that is no number',
    text: bars('8=FIX.4.4|9=5|35=0|10=16x|'),
    error: L.FIX_CHECKSUM,
  },
];

test.each(garbled)('$name is skipped up to the next message', ({ text, error }) => {
  const stream = text + good(1);
  const pieces = harness.receive(stream).map(reasonOf);
  expect(pieces).toEqual([
    { text, error },
    { text: good(1), error: 0 },
  ]);
  expect(referenceFrames(stream)).toEqual(pieces);
  expect(harness.nextIn).toBe(2n);
});

test.each([1, 7, 40])('a BodyLength %i too large takes the next message along', (apart) => {
  const wrong = good(7).replace(/9=(\d+)/, (_, length) => `9=${Number(length) + apart}`);
  const pieces = harness.receive(wrong + good(8) + good(1)).map(reasonOf);
  expect(pieces).toEqual([
    { text: wrong + good(8), error: L.FIX_BODY_LENGTH },
    { text: good(1), error: 0 },
  ]);
  expect(referenceFrames(wrong + good(8) + good(1))).toEqual(pieces);
});

test('a part of a message is waited for, however little of it is there', () => {
  const message = good(1);
  for (let length = 0; length < message.length; length++) {
    harness.forget();
    expect(harness.receive(message.slice(0, length))).toEqual([]);
    expect(harness.waiting).toBe(message.slice(0, length));
  }
});

test('the longest message fits', () => {
  const empty = '35=W|49=XNAS|56=ENGINE|34=1|52=20120621-13:30:00|55=GOOG|268=0|262=';
  const message = fixMessage(empty + 'x'.repeat(L.MESSAGE_BYTES_MAX - empty.length - 1));
  const [piece] = harness.receive(message);
  expect(piece!.decoded.kind).toBe(L.DECODED_MARKET_DATA);
});

/** Portions of garbled bytes, which may come in several, are joined. */
function joined(pieces: readonly { text: string; line: string }[]): readonly string[] {
  const lines: string[] = [];
  let skipped = '';
  for (const { text, line } of pieces) {
    if (line === '') {
      skipped += text;
      continue;
    }
    if (skipped !== '') lines.push(`skipped ${skipped}`);
    skipped = '';
    lines.push(`${text} ${line}`);
  }
  return skipped === '' ? lines : [...lines, `skipped ${skipped}`];
}

const fastLines = (pieces: readonly Piece[]): readonly string[] =>
  joined(
    pieces.map(({ text, decoded }) => ({
      text,
      line: decoded.kind === L.DECODED_GARBLED ? '' : summary(decoded),
    })),
  );

/** What the twins make of the whole stream; counts the number up as a session does. */
function twinLines(stream: string): {
  readonly lines: readonly string[];
  readonly waiting: string;
} {
  let nextIn = TIMED_SESSION.nextIn;
  let length = 0;
  const pieces = referenceFrames(stream).map(({ text, error }) => {
    length += text.length;
    if (error !== 0) return { text, line: '' };
    const decoded = referenceDecode(text, { ...TIMED_SESSION, nextIn }, true);
    if (decoded.error === 0) nextIn++;
    return { text, line: summary(decoded) };
  });
  return { lines: joined(pieces), waiting: stream.slice(length) };
}

function expectLikeTwin(stream: string, portions: readonly string[], where: string): void {
  harness.forget();
  harness.setSession(TIMED_SESSION);
  const found = fastLines(portions.flatMap((portion) => harness.receive(portion)));
  const twin = twinLines(stream);
  expect(found, where).toEqual(twin.lines);
  expect(harness.waiting, where).toBe(twin.waiting);
}

test('a stream split in two at any byte gives the same verdicts', () => {
  const seed = 77;
  const stream = randomStream(new SeededRandom(seed), 30);
  for (let at = 0; at <= stream.length; at++) {
    expectLikeTwin(stream, [stream.slice(0, at), stream.slice(at)], `seed ${seed}, split at ${at}`);
  }
});

test('a stream that comes byte by byte gives the same verdicts', () => {
  const seed = 78;
  const stream = randomStream(new SeededRandom(seed), 500);
  expectLikeTwin(stream, [...stream], `seed ${seed}`);
});

test('200,000 random messages, right and wrong, in random portions give the same verdicts', () => {
  const seed = 79;
  const random = new SeededRandom(seed);
  const kinds = new Map<string, number>();
  for (let run = 0; run < 5000; run++) {
    const stream = randomStream(random, 40);
    const portions: string[] = [];
    for (let at = 0; at < stream.length; ) {
      const length = 1 + random.below(random.pick([3, 200, 5000]));
      portions.push(stream.slice(at, at + length));
      at += length;
    }
    expectLikeTwin(stream, portions, `seed ${seed}, run ${run}`);
    for (const line of twinLines(stream).lines) {
      const kind = /kind \d( error \d+)?/.exec(line)?.[0] ?? 'garbled';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  }
  // The stream must reach every verdict, or it proves little.
  const reasons = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16].map((error) => `kind 3 error ${error}`);
  for (const kind of ['kind 1', 'kind 2', 'kind 5', 'kind 6', 'garbled', ...reasons]) {
    expect(kinds.get(kind), `seed ${seed}: ${kind}`).toBeGreaterThan(100);
  }
});
