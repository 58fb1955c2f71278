/** Fields to bytes and back, timestamps, and the cutting of a byte stream into messages. */
import { describe, expect, test } from 'vitest';
import { encodeMessage } from '../../test/support/fix-message.ts';
import { type Field, parseMessage } from './codec.ts';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';
import { FrameReader } from './transport/frame-reader.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const bytes = (fields: string) => Buffer.from(fields.replaceAll('|', '\x01'), 'latin1');
const message = (msgSeqNum: number, ...fields: Field[]) =>
  encodeMessage('FIX.4.4', [[35, 'D'], [34, msgSeqNum], ...fields]);

function readAll(reader: FrameReader, ...chunks: Uint8Array[]): string[] {
  const frames: string[] = [];
  for (const chunk of chunks) reader.push(chunk, (frame) => frames.push(text(frame)));
  return frames;
}

describe('a message', () => {
  test('gets its length and checksum', () => {
    const encoded = text(
      encodeMessage('FIX.4.2', [
        [35, '0'],
        [34, 2],
      ]),
    ).replaceAll('\x01', '|');
    expect(encoded).toBe('8=FIX.4.2|9=10|35=0|34=2|10=164|');
  });

  test('comes back as header and body in order, repeated tags kept', () => {
    const body: Field[] = [
      [268, '2'],
      [269, '0'],
      [270, '1.5'],
      [269, '1'],
      [270, '1.6'],
    ];
    const parsed = parseMessage(message(7, [49, 'A'], [56, 'B'], ...body))!;
    expect(parsed.msgType).toBe('D');
    expect(parsed.getInt(34)).toBe(7);
    expect(parsed.headerFields()).toEqual([
      [34, '7'],
      [49, 'A'],
      [56, 'B'],
    ]);
    expect(parsed.bodyFields()).toEqual(body);
  });

  test('keeps every byte of a value, SOH in a data field too', () => {
    const value = '\xff\x01=\x80';
    const parsed = parseMessage(message(1, [95, value.length], [96, value], [58, 'after']))!;
    expect(parsed.get(96)).toBe(value);
    expect(parsed.get(58)).toBe('after');
  });

  const garbled = [
    '8=FIX.4.4|35=0|9=5|10=000|',
    '8=FIX.4.4|9=5|34=1|35=0|10=000|',
    '8=F|9=1|35=0|x=1|10=000|',
    '8=F|9=1|35=0|=1|10=000|',
    '8=F|9=1|35=0|58=open',
  ];
  test.each(garbled)('%s is garbled', (fields) => {
    expect(parseMessage(bytes(fields))).toBeUndefined();
  });

  test('a number is a number or nothing', () => {
    const parsed = parseMessage(message(1, [38, '002'], [44, '1.5'], [58, '']))!;
    expect([parsed.getInt(38), parsed.getInt(44), parsed.getInt(58), parsed.getInt(99)]).toEqual([
      2,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a timestamp', () => {
  test.each([
    '20120621-13:30:00',
    '20120621-13:30:00.004',
    '20120621-13:30:00.004241',
    '20120621-13:30:00.004241176',
  ])('%s goes to nanoseconds and back', (stamp) => {
    const digits = (stamp.split('.')[1]?.length ?? 0) as 0 | 3 | 6 | 9;
    expect(formatTimestamp(parseTimestamp(stamp)!, digits)).toBe(stamp);
  });

  test('is counted from 1970', () => {
    expect(parseTimestamp('19700101-00:00:01.5')).toBe(1_500_000_000n);
  });

  test.each([
    '',
    '2012-06-21',
    '20120621-25:00:00',
    '20120231-00:00:00',
    '20120621-13:30:00.',
    '20120621-13:30:00Z',
  ])('"%s" is none', (stamp) => {
    expect(parseTimestamp(stamp)).toBeUndefined();
  });
});

describe('a byte stream', () => {
  const first = message(1, [58, 'one']);
  const second = message(2, [95, 5], [96, 'a\x0110='], [58, 'two']);
  const both = [text(first), text(second)];

  test('is cut into the same messages wherever it was split', () => {
    const stream = Buffer.concat([first, second]);
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new FrameReader();
      expect(readAll(reader, stream.subarray(0, cut), stream.subarray(cut))).toEqual(both);
      expect(reader.garbled).toBe(0);
    }
    const single = Array.from(stream, (_, at) => stream.subarray(at, at + 1));
    expect(readAll(new FrameReader(), ...single)).toEqual(both);
  });

  const wrong = (fields: string) => bytes(fields);
  const damages: [string, Uint8Array][] = [
    ['a wrong checksum', wrong('8=FIX.4.4|9=10|35=0|34=2|10=001|')],
    ['a BodyLength too small', wrong('8=FIX.4.4|9=9|35=0|34=2|10=000|')],
    ['a BodyLength beyond all bounds', wrong('8=FIX.4.4|9=99999999|35=0|34=2|10=000|')],
    ['no BodyLength', wrong('8=FIX.4.4|35=0|34=2|10=000|')],
    ['MsgType not third', wrong('8=FIX.4.4|9=10|34=2|35=0|10=162|')],
    ['noise', wrong('hello 8=FI 8=FIXED nothing')],
    ['a BeginString without end', Buffer.from(`8=FIX${'x'.repeat(100)}`)],
  ];
  test.each(damages)(
    '%s is skipped and counted, and the next message is read, wherever it was split',
    (name, damage) => {
      const stream = Buffer.concat([first, damage, second]);
      for (let cut = 0; cut <= stream.length; cut++) {
        const reader = new FrameReader();
        expect(readAll(reader, stream.subarray(0, cut), stream.subarray(cut))).toEqual(both);
        expect(reader.garbled).toBe(name === 'noise' ? 2 : 1); // noise and a false start
      }
    },
  );

  test('noise without end does not fill the memory', () => {
    const reader = new FrameReader();
    const noise = Buffer.alloc(1_000_000, '8=FIX.4.4\x019=100000\x0135=0\x01');
    readAll(reader, noise, noise);
    expect(readAll(reader, Buffer.alloc(300_000, 'x'), first, first).at(-1)).toBe(both[0]);
  });

  test('what was half received is forgotten with the connection', () => {
    const reader = new FrameReader();
    readAll(reader, first.subarray(0, 30));
    reader.reset();
    expect(readAll(reader, second)).toEqual([both[1]]);
  });
});
