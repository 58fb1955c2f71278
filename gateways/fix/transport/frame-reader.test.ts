/**
 * What a reader holds in memory, and what becomes of its bytes when it is interrupted. That it cuts
 * streams rightly is in test/scenarios/fix-framing.test.ts, beside the other framers.
 */
import { describe, expect, test } from 'vitest';
import { fixMessage } from '../../../test/support/fix-message.ts';
import { MESSAGE_BYTES_MAX } from '../../../wasm/layout.ts';
import { FrameReader } from './frame-reader.ts';

/** A message with so many bytes of body. */
function messageOf(bodyBytes: number): Buffer {
  const empty = '35=0|34=1|58=';
  return Buffer.from(fixMessage(empty + 'x'.repeat(bodyBytes - empty.length - 1)), 'latin1');
}

const SMALL = messageOf(60);
const nothing = (): void => {};

/** The lengths of the messages found. */
function lengths(reader: FrameReader, ...chunks: Uint8Array[]): number[] {
  const found: number[] = [];
  for (const chunk of chunks) reader.push(chunk, ({ length }) => found.push(length));
  return found;
}

describe('memory', () => {
  test('is none while whole messages come', () => {
    const reader = new FrameReader();
    expect(lengths(reader, SMALL, messageOf(50_000))).toHaveLength(2);
    expect(reader.bytesHeld).toBe(0);
  });

  test('is 4 KiB while a small part of a message waits, and stays', () => {
    const reader = new FrameReader();
    reader.push(SMALL.subarray(0, 50), nothing);
    expect(reader.bytesHeld).toBe(4096);
    reader.push(SMALL.subarray(50), nothing);
    expect(reader.bytesHeld).toBe(4096);
  });

  test('grows with the part that waits up to the longest message, then shrinks', () => {
    const reader = new FrameReader();
    const message = messageOf(MESSAGE_BYTES_MAX);
    let most = 0;
    for (let at = 0; at < message.length - 1; at += 1000) {
      reader.push(message.subarray(at, Math.min(at + 1000, message.length - 1)), nothing);
      most = Math.max(most, reader.bytesHeld);
    }
    expect(most).toBe(MESSAGE_BYTES_MAX + 64);
    expect(lengths(reader, message.subarray(message.length - 1))).toEqual([message.length]);
    expect(reader.bytesHeld).toBe(4096);
  });

  test('shrinks when a small part waits behind a large message', () => {
    const reader = new FrameReader();
    const stream = Buffer.concat([messageOf(90_000), SMALL]);
    reader.push(stream.subarray(0, 80_000), nothing);
    expect(reader.bytesHeld).toBeGreaterThan(80_000);
    expect(lengths(reader, stream.subarray(80_000, stream.length - 9))).toHaveLength(1);
    expect(reader.bytesHeld).toBe(4096);
    expect(lengths(reader, stream.subarray(stream.length - 9))).toEqual([SMALL.length]);
  });

  test('is not taken by noise, however much of it comes', () => {
    const reader = new FrameReader();
    for (let times = 0; times < 100; times++) reader.push(Buffer.alloc(50_000, '8=FI'), nothing);
    expect(reader.bytesHeld).toBeLessThanOrEqual(4096);
    expect(lengths(reader, SMALL)).toEqual([SMALL.length]);
  });
});

test.each([
  [5, true],
  [1000, true],
  [1001, false],
])('with at most 1000 bytes of body a message of %i is taken: %s', (bodyBytes, isTaken) => {
  const message =
    bodyBytes === 5 ? Buffer.from(fixMessage('35=0'), 'latin1') : messageOf(bodyBytes);
  for (const cut of [1, 20, message.length - 1]) {
    const reader = new FrameReader(1000);
    const found = lengths(reader, message.subarray(0, cut), message.subarray(cut), SMALL);
    expect(found).toEqual(isTaken ? [message.length, SMALL.length] : [SMALL.length]);
    expect(reader.garbled).toBe(isTaken ? 0 : 1);
  }
});

test('a reset forgets what waits, also in the midst of a portion', () => {
  const reader = new FrameReader();
  reader.push(SMALL.subarray(0, 50), nothing);
  reader.reset();
  expect(lengths(reader, SMALL)).toEqual([SMALL.length]);
  let taken = 0;
  reader.push(Buffer.concat([SMALL, SMALL]), () => {
    taken++;
    reader.reset();
  });
  expect(taken).toBe(1);
  expect(lengths(reader, SMALL)).toEqual([SMALL.length]);
});

test('a receiver that throws loses its own message, not those behind it', () => {
  const reader = new FrameReader();
  const chunk = Buffer.concat([SMALL, SMALL, SMALL]);
  const fail = (): void => {
    throw new Error('no');
  };
  expect(() => reader.push(chunk, fail)).toThrow('no');
  chunk.fill(0); // the caller may use its bytes again
  expect(lengths(reader, SMALL)).toHaveLength(3);
});
