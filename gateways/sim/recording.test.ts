/** A recorded day: what is handed out, and what stops the run. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeMessage } from '../../test/support/fix-message.ts';
import type { Fields } from '../fix/codec.ts';
import { Recording } from './recording.ts';

const DAY = new URL('../../../shared/data/lobster-fix/GOOG_2012-06-21_L10.fix.zst', import.meta.url)
  .pathname;
const directory = mkdtempSync(path.join(tmpdir(), 'recording-'));
afterAll(() => rmSync(directory, { recursive: true }));

function line(number: number, time: string): string {
  const header: Fields = [
    [35, 'X'],
    [49, 'XNAS'],
    [56, 'ENGINE'],
    [34, number],
    [52, time],
  ];
  const entry: Fields = [
    [268, 1],
    [279, 0],
    [269, 2],
    [55, 'GOOG'],
    [270, '579.4'],
    [271, 300],
  ];
  return `${Buffer.from(encodeMessage('FIX.4.4', [...header, ...entry])).toString('latin1')}\n`;
}

const GOOD = line(1, '20120621-13:30:00.015105074') + line(2, '20120622-00:00:01');

function fileOf(text: string | Uint8Array, name = 'day.fix'): string {
  const file = path.join(directory, name);
  writeFileSync(file, typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  return file;
}

async function readAll(file: string): Promise<{ bodies: string[]; times: number[] }> {
  const recording = new Recording(file);
  const bodies: string[] = [];
  const times: number[] = [];
  for (;;) {
    const message = recording.next();
    if (message === undefined) {
      if (await recording.more()) continue;
      return { bodies, times };
    }
    const body = message.bytes.subarray(message.bodyStart, message.bodyEnd);
    bodies.push(body.toString('latin1').replaceAll('\x01', '|'));
    times.push(message.timeNs);
  }
}

test('session fields go, the recorded time stays with all its digits', async () => {
  const { bodies, times } = await readAll(fileOf(GOOD));
  expect(bodies[0]).toBe(
    '5060=20120621-13:30:00.015105074|268=1|279=0|269=2|55=GOOG|270=579.4|271=300|',
  );
  expect(times).toEqual([48_600_015_105_074, 86_401_000_000_000]);
});

test('packed and plain recordings read the same, with or without a last newline', async () => {
  const plain = await readAll(fileOf(GOOD));
  expect(
    await readAll(fileOf(zstdCompressSync(Buffer.from(GOOD, 'latin1')), 'day.fix.zst')),
  ).toEqual(plain);
  expect(await readAll(fileOf(GOOD.slice(0, -1)))).toEqual(plain);
});

describe('a damaged recording stops the run and names file and line', () => {
  const cases: [name: string, text: string, complaint: string][] = [
    ['a cut last line', GOOD.slice(0, -9), '2: the message is cut'],
    ['a wrong checksum', GOOD.replace('579.4', '579.5'), '1: CheckSum (10) says'],
    ['a wrong length', GOOD.replace('279=0', '279=00'), '1: BodyLength (9) says'],
    ['a line that is no FIX', `${GOOD}hello\n`, '3: the line does not start with 8= and 9='],
    ['an empty line', `\n${GOOD}`, '1: the line does not start with 8= and 9='],
    [
      'a time that is none',
      line(1, '20120621-1x:30:00'),
      '1: SendingTime (52) is no UTC timestamp',
    ],
  ];
  test.each(cases)('%s', async (_name, text, complaint) => {
    const file = fileOf(text);
    await expect(readAll(file)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(`${file}:${complaint}`),
    });
  });

  test('a packed file that was cut', async () => {
    const packed = zstdCompressSync(Buffer.from(GOOD.repeat(50), 'latin1'));
    const file = fileOf(packed.subarray(0, packed.length - 20), 'cut.fix.zst');
    await expect(readAll(file)).rejects.toThrow('cut off');
  });

  test('a file that is not there', () => {
    expect(() => new Recording('/nowhere/day.fix')).toThrow('no such file');
  });
});

test.skipIf(!existsSync(DAY))(
  'a whole NASDAQ day is read at 100,000 messages a second and more',
  async () => {
    const recording = new Recording(DAY);
    const start = performance.now();
    let count = 0;
    do while (recording.next() !== undefined) count++;
    while (await recording.more());
    const perSecond = Math.round(count / ((performance.now() - start) / 1000));
    console.log(`recording: ${count} messages, ${perSecond} a second`);
    expect(count).toBe(147_916);
    expect(perSecond).toBeGreaterThan(100_000);
  },
);
