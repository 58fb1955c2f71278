/** What a feed worker writes, the loop reads: whole, in order, once. */
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { messageByte, messageLength } from '../../test/support/ring-producer.ts';
import { INPUT_RING, INPUT_RING_BYTES, INPUT_RING_DATA, INSTRUMENTS } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { RING_MESSAGE_BYTES_MAX, RingConsumer, RingProducer } from './ring.ts';

let memory = new Memory();
let producer = new RingProducer(memory);
let consumer = new RingConsumer(memory);

beforeEach(() => {
  memory = new Memory();
  producer = new RingProducer(memory);
  consumer = new RingConsumer(memory);
});

function read(): string | undefined {
  if (!consumer.poll()) return undefined;
  const text = Buffer.from(
    memory.bytes.slice(consumer.address, consumer.address + consumer.length),
  ).toString();
  consumer.release();
  return text;
}

test('messages come out as they went in, parts joined', () => {
  expect(read()).toBeUndefined();
  expect(producer.tryWrite(Buffer.from('one'))).toBe(true);
  expect(producer.tryWrite(Buffer.from('two '), Buffer.from(''), Buffer.from('parts'))).toBe(true);
  expect(producer.tryWrite()).toBe(true);
  expect([read(), read(), read(), read()]).toEqual(['one', 'two parts', '', undefined]);
});

test('a message stays until it is released', () => {
  producer.tryWrite(Buffer.from('stay'));
  expect(consumer.poll()).toBe(true);
  const { address, length } = consumer;
  expect(consumer.poll()).toBe(true);
  expect([consumer.address, consumer.length]).toEqual([address, length]);
  expect(address % 8).toBe(0);
  consumer.release();
  expect(consumer.poll()).toBe(false);
});

test('a full ring refuses, changes nothing, and takes again once something was released', () => {
  const message = new Uint8Array(1016).fill(7); // 1024 bytes with its header
  let written = 0;
  while (producer.tryWrite(message)) written++;
  expect(written).toBe(INPUT_RING_BYTES / 1024);
  expect(consumer.fill()).toBe(1);
  const before = memory.bytes.slice(INPUT_RING, INPUT_RING + INPUT_RING_DATA);
  expect(producer.tryWrite(new Uint8Array(1))).toBe(false);
  expect(memory.bytes.slice(INPUT_RING, INPUT_RING + INPUT_RING_DATA)).toEqual(before);
  consumer.poll();
  consumer.release();
  expect(producer.tryWrite(message)).toBe(true);
  expect(producer.tryWrite(message)).toBe(false);
});

test('room that the end of the ring takes away is not room', () => {
  const message = new Uint8Array(1_000_000); // four fit, then 194272 bytes are left at the end
  for (let i = 0; i < 4; i++) expect(producer.tryWrite(message.fill(i))).toBe(true);
  consumer.poll();
  consumer.release();
  expect(producer.tryWrite(new Uint8Array(1_000_001))).toBe(false);
  expect(producer.tryWrite(message.fill(4))).toBe(true);
  for (let i = 1; i <= 4; i++) {
    expect(consumer.poll()).toBe(true);
    expect(memory.bytes[consumer.address + 999_999]).toBe(i);
    consumer.release();
  }
  expect(consumer.poll()).toBe(false);
});

test('the longest message fits wherever the ring stands, a longer one is refused', () => {
  const longest = new Uint8Array(RING_MESSAGE_BYTES_MAX).fill(9);
  for (let round = 0; round < 40; round++) {
    expect(producer.tryWrite(longest)).toBe(true);
    expect(consumer.poll()).toBe(true);
    expect(consumer.length).toBe(longest.length);
    expect(memory.bytes[consumer.address + consumer.length - 1]).toBe(9);
    consumer.release();
    producer.tryWrite(new Uint8Array(round * 1000));
    consumer.poll();
    consumer.release();
  }
  expect(() => producer.tryWrite(longest, new Uint8Array(1))).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID' }),
  );
});

test('the counters may pass 2^31 and 2^32', () => {
  for (const start of [0x7fffff00, -256]) {
    memory.setI32(INPUT_RING, start);
    memory.setI32(INPUT_RING + 4, start);
    consumer = new RingConsumer(memory);
    for (let i = 0; i < 20_000; i++) {
      expect(producer.tryWrite(Buffer.from(`message ${i}`))).toBe(true);
      if (read() !== `message ${i}`) expect.unreachable(`message ${i} from ${start}`);
    }
  }
});

test('any mix of writes and reads keeps order and content, and stays inside the ring', () => {
  memory.bytes.fill(0x5a, INSTRUMENTS, INSTRUMENTS + 64);
  const step = fc.record({
    length: fc.oneof(fc.nat(100), fc.nat(RING_MESSAGE_BYTES_MAX)),
    reads: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const expected: { byte: number; length: number }[] = [];
      for (const [index, { length, reads }] of steps.entries()) {
        const byte = index & 255;
        if (producer.tryWrite(new Uint8Array(length).fill(byte))) expected.push({ byte, length });
        for (let i = 0; i < reads; i++) takeOne(expected);
      }
      while (expected.length > 0) takeOne(expected);
      expect(consumer.poll()).toBe(false);
    }),
    { numRuns: 100, seed: 5 },
  );
  expect(memory.bytes.slice(INSTRUMENTS, INSTRUMENTS + 64).every((b) => b === 0x5a)).toBe(true);
});

function takeOne(expected: { byte: number; length: number }[]): void {
  const next = expected.shift();
  expect(consumer.poll()).toBe(next !== undefined);
  if (next === undefined) return;
  const { address, length } = consumer;
  expect(length).toBe(next.length);
  const content = memory.bytes.subarray(address, address + length);
  expect(content.every((byte) => byte === next.byte)).toBe(true);
  consumer.release();
}

test('a million messages from another thread arrive whole, in order, once', async () => {
  const MESSAGES = 1_000_000;
  const file = new URL('../../test/support/ring-producer.ts', import.meta.url);
  const worker = new Worker(file, {
    workerData: { memory: memory.wasm, ringMessages: MESSAGES },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ended = new Promise<number>((resolve, reject) => {
    worker.on('exit', resolve).on('error', reject);
  });
  let index = 0;
  let polls = 0;
  const words = new DataView(memory.bytes.buffer);
  const messageIsRight = () => {
    const { address, length } = consumer;
    if (length !== messageLength(index) || words.getUint32(address, true) !== index) return false;
    const byte = messageByte(index);
    for (let at = address + 4; at < address + length; at++) {
      if (memory.bytes[at] !== byte) return false;
    }
    return true;
  };
  while (index < MESSAGES) {
    // The worker needs this thread's event loop to start.
    if (++polls % 10_000 === 0) await new Promise(setImmediate);
    if (!consumer.poll()) continue;
    if (!messageIsRight()) expect.unreachable(`message ${index} is damaged`);
    consumer.release();
    index++;
  }
  expect(await ended).toBe(0);
  expect(consumer.poll()).toBe(false);
});
