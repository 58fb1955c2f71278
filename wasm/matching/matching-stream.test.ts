/** Kernel and plain twin on the same seeded commands: equal events, answers and hashes. */
import { expect, test } from 'vitest';
import { PrngReference } from '../prng-reference.ts';
import { CommandStream } from './command-stream-reference.ts';
import * as M from './matching-layout.ts';
import { loadMatching, type Matching, openInstrument } from './matching-module.ts';
import { ReferenceMatching } from './matching-reference.ts';
import {
  type MatchingCommand,
  type MatchingEvent,
  readEvents,
  runAll,
  writeCommand,
} from './matching-text.ts';
import { referenceDepth, referenceHash, referenceQueue } from './state-reference.ts';

const BASE_TICKS = 5000;
const LOTS_MAX = 2 ** 40;
const BATCH = 512;
const BOUNDS = {
  orders: 1500,
  extras: 400,
  pages: 240,
  levelsLog2: 12,
  commands: BATCH,
  isBboWanted: false,
};

function pair(instruments: number, bounds: Partial<typeof BOUNDS> & { readonly events: number }) {
  const size = { ...BOUNDS, ...bounds, instruments };
  const kernel = loadMatching(size);
  const twin = new ReferenceMatching(size);
  for (let instrument = 0; instrument < instruments; instrument++) {
    openInstrument(kernel, instrument, BASE_TICKS, LOTS_MAX);
    twin.open(instrument, BASE_TICKS, LOTS_MAX);
  }
  return { kernel, twin };
}

function hashOf(kernel: Matching): bigint {
  kernel.matchingHash();
  return BigInt.asUintN(64, kernel.memory.absoluteNs(M.RESULT_HASH));
}

function applyBatch(kernel: Matching, batch: readonly MatchingCommand[]): MatchingEvent[] {
  for (const [n, command] of batch.entries()) {
    writeCommand(kernel.memory, kernel.commands + n * M.COMMAND_BYTES, command);
  }
  return runAll(kernel, batch.length);
}

function expectSameAnswers(kernel: Matching, twin: ReferenceMatching, instrument: number): void {
  const { memory } = kernel;
  for (const side of [M.SIDE_BUY, M.SIDE_SELL]) {
    const rows = kernel.matchingDepth(instrument, side, M.RESULT_ROWS_MAX);
    const at = memory.i32(M.CTL_ROWS);
    const depth = Array.from({ length: rows }, (_, row) => ({
      ticks: memory.i64(at + row * M.DEPTH_ROW_BYTES),
      lots: memory.i64(at + row * M.DEPTH_ROW_BYTES + 8),
      orders: memory.i64(at + row * M.DEPTH_ROW_BYTES + 16),
    }));
    expect(depth).toEqual(referenceDepth(twin, instrument, side));
  }
}

function expectSameQueues(kernel: Matching, twin: ReferenceMatching): void {
  for (const id of twin.orders.keys()) {
    expect(kernel.matchingQueue(BigInt(id))).toBe(1);
    const lots = kernel.memory.i64(M.RESULT_LOTS);
    const orders = kernel.memory.i64(M.RESULT_ORDERS);
    expect({ lots, orders }).toEqual(referenceQueue(twin, id));
  }
}

test.each([
  { name: 'one book', instruments: 1, commands: 600_000, seed: 1, bounds: { events: 4096 } },
  { name: '20 books', instruments: 20, commands: 600_000, seed: 2, bounds: { events: 4096 } },
  {
    name: 'a small event buffer, tables often full',
    instruments: 3,
    commands: 200_000,
    seed: 3,
    bounds: { events: 10, orders: 100, extras: 12, pages: 14 },
  },
])('kernel and twin say the same: $name', ({ instruments, commands, seed, bounds }) => {
  const { kernel, twin } = pair(instruments, bounds);
  const stream = new CommandStream(seed, instruments, BASE_TICKS);
  const kinds = new Set<string>();
  for (let done = 0; done < commands; done += BATCH) {
    const batch = Array.from({ length: BATCH }, () => stream.next());
    const events = applyBatch(kernel, batch);
    const expected = batch.flatMap((command) => twin.apply(command));
    for (const { kind, reason } of expected) kinds.add(`${kind}/${reason}`);
    // Comparing as text is much faster, and differs as soon as one field does.
    if (JSON.stringify(events) !== JSON.stringify(expected)) expect(events).toEqual(expected);
    if ((done / BATCH) % 100 === 0) {
      expect(hashOf(kernel)).toBe(referenceHash(twin));
      expectSameAnswers(kernel, twin, done % instruments);
      expectSameQueues(kernel, twin);
    }
  }
  expect(hashOf(kernel)).toBe(referenceHash(twin));
  expect(kernel.matchingLive()).toBe(twin.orders.size);
  // The stream is only worth its time when nearly everything happened in it.
  expect(kinds.size).toBeGreaterThan(30);
});

test('one call a command does the same as a batch', () => {
  const one = pair(2, { events: 4096 }).kernel;
  const batch = pair(2, { events: 4096 }).kernel;
  const stream = new CommandStream(4, 2, BASE_TICKS);
  for (let round = 0; round < 100; round++) {
    const commands = Array.from({ length: BATCH }, () => stream.next());
    const expected = applyBatch(batch, commands);
    const found = commands.flatMap((command) => {
      writeCommand(one.memory, one.commands, command);
      const end = one.matchingApply(one.commands);
      expect(end).toBe(one.memory.i32(M.CTL_OUT_AT));
      return readEvents(one);
    });
    expect(found).toEqual(expected);
  }
  expect(hashOf(one)).toBe(hashOf(batch));
});

test('any bytes as commands are refused or applied, and the books stay whole', () => {
  const { kernel } = pair(3, { events: 4096, orders: 200 });
  const prng = new PrngReference(5, 0);
  const words = new Uint32Array(
    kernel.memory.wasm.buffer,
    kernel.commands,
    (BATCH * M.COMMAND_BYTES) / 4,
  );
  for (let round = 0; round < 400; round++) {
    for (let n = 0; n < words.length; n += 2) {
      prng.next();
      // Small numbers get past the first checks; wild ones try the rest.
      words[n] = round % 2 === 0 ? prng.low : prng.low & 0x1f030303;
      words[n + 1] = round % 3 === 0 ? prng.high : 0;
    }
    const events = runAll(kernel, BATCH);
    expect(events.length).toBeGreaterThan(0);
    for (const side of [M.SIDE_BUY, M.SIDE_SELL]) kernel.matchingDepth(round % 3, side, 100);
  }
  const live = kernel.matchingLive();
  const [swept] = applyBatch(kernel, [
    { kind: M.COMMAND_MASS_CANCEL, instrument: M.ALL_INSTRUMENTS },
  ]).slice(-1);
  expect(swept).toMatchObject({ kind: M.EVENT_SWEPT, lots: live });
  expect(kernel.matchingLive()).toBe(0);
});
