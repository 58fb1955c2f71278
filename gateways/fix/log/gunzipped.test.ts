/** A gzipped log is read as it was, however it comes in pieces, and what is wrong with it is told. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gunzipped } from './gunzipped.ts';

async function* pieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function read(bytes: Buffer, length: number): Promise<{ text: string; fault: string }> {
  let text = '';
  try {
    for await (const chunk of gunzipped(pieces(bytes, length))) text += chunk.toString();
  } catch (error) {
    return { text, fault: (error as Error).message };
  }
  return { text, fault: '' };
}

describe.each([
  [1, 300],
  [1000, 20_000],
  [1 << 20, 20_000],
])('in pieces of %d bytes, %d lines', (length, lines) => {
  const TEXT = Array.from({ length: lines }, (_, at) => `line ${at * 7919}\n`).join('');
  const PACKED = gzipSync(TEXT);

  test.each<[string, Buffer, string]>([
    ['packed', PACKED, TEXT],
    ['two members', Buffer.concat([PACKED, PACKED]), TEXT + TEXT],
    ['not packed', Buffer.from('8=FIX'), '8=FIX'],
    ['one byte', Buffer.from('8'), '8'],
    ['nothing', Buffer.alloc(0), ''],
  ])('%s', async (_, bytes, text) => {
    const found = await read(bytes, length);
    expect(found.fault).toBe('');
    expect(found.text === text).toBe(true);
  });

  test('what is cut off is told after what came before', async () => {
    const { text, fault } = await read(PACKED.subarray(0, PACKED.length - 12), length);
    expect(fault).toBe('the compressed file is cut off: fetch it again');
    expect(text.length).toBeGreaterThan(TEXT.length / 2);
    expect(TEXT.startsWith(text)).toBe(true);
  });

  test.each<[string, number]>([
    ['its first block', 10],
    ['its checksum', PACKED.length - 8],
  ])('%s being damaged is told', async (_, at) => {
    const damaged = Buffer.from(PACKED);
    damaged[at] = at === 10 ? 0xff : damaged[at]! ^ 1; // 0xff: there is no such block
    expect((await read(damaged, length)).fault).toBe(
      'the compressed file is damaged: fetch it again',
    );
  });
});
