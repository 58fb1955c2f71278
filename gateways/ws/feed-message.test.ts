/** From the encoder through the input ring into DECODED and the WASM book, record by record. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type CoreModule, loadCore } from '../../engine/core-module.ts';
import {
  FEED_HEADER_BYTES,
  FEED_NORMALISED_LENGTH,
  FEED_RECEIVE_TIME_NS,
} from '../../engine/event/feed-layout.ts';
import { applyFeed, FEED_RAW_ONLY } from '../../engine/market/feed-record.ts';
import { RingConsumer, RingProducer } from '../../engine/ring/ring.ts';
import {
  BOOK_ASK_COUNT,
  BOOK_ASK_TICKS,
  BOOK_BID_COUNT,
  BOOK_BID_LOTS,
  BOOK_BID_TICKS,
  BOOK_BYTES,
  BOOK_GAP,
  BOOK_LIVE,
  BOOK_SYNCING,
  BOOKS,
  DEC_INSTRUMENT,
  DEC_IS_SNAPSHOT,
  DEC_SENDING_TIME_NS,
  DEC_UPDATE_ID,
  DECODED,
  DECODED_ENTRIES_MAX,
  ENTRY_ASK,
  ENTRY_BID,
  INS_LAST_TRADE_LOTS,
  INS_LAST_TRADE_TICKS,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
} from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { FeedEncoder } from './feed-message.ts';

const INSTRUMENT = 5;
const BOOK = BOOKS + INSTRUMENT * BOOK_BYTES;
const RECEIVED = 1_723_161_255_319_702_566n;
const RAW = Buffer.from('{"odd":1}');

interface Taken {
  state: number;
  raw: string;
  receiveTimeNs: bigint;
}

let memory: Memory;
let core: CoreModule;
let ring: RingConsumer;
let encoder: FeedEncoder;
let hasRoom: boolean;

beforeEach(() => {
  memory = new Memory();
  core = loadCore(memory);
  ring = new RingConsumer(memory);
  const producer = new RingProducer(memory);
  hasRoom = true;
  encoder = new FeedEncoder(INSTRUMENT, (head, raw) => hasRoom && producer.tryWrite(head, raw));
});

/** Applies the records that wait in the ring, as the core does. */
function take(): Taken[] {
  const taken: Taken[] = [];
  while (ring.poll()) {
    const { address, length } = ring;
    const state = applyFeed(memory, address, length);
    if (state !== FEED_RAW_ONLY) core.bookApply();
    const from = address + FEED_HEADER_BYTES + memory.i32(address + FEED_NORMALISED_LENGTH);
    const raw = Buffer.from(memory.bytes.slice(from, address + length)).toString();
    taken.push({ state, raw, receiveTimeNs: memory.absoluteNs(address + FEED_RECEIVE_TIME_NS) });
    ring.release();
  }
  return taken;
}

describe('one message', () => {
  test('a snapshot and the diffs that waited leave as one record with the raw bytes', () => {
    encoder.begin(RECEIVED, RAW);
    encoder.state(BOOK_SYNCING);
    encoder.end();
    take();
    encoder.begin(RECEIVED, RAW);
    encoder.clear();
    encoder.level(ENTRY_BID, 100, 7);
    encoder.level(ENTRY_ASK, 102, 8);
    encoder.applied(11, 1_723_161_256_493);
    encoder.level(ENTRY_ASK, 102, 0);
    encoder.level(ENTRY_ASK, 101, 2 ** 40);
    encoder.applied(12, 1_723_161_256_501);
    encoder.state(BOOK_LIVE);
    expect(encoder.end()).toBe(true);
    expect(take()).toEqual([{ state: BOOK_LIVE, raw: RAW.toString(), receiveTimeNs: RECEIVED }]);
    expect(memory.i32(BOOK + BOOK_ASK_COUNT)).toBe(1);
    expect(memory.i64(BOOK + BOOK_ASK_TICKS)).toBe(101);
    expect(memory.i64(BOOK + BOOK_BID_LOTS)).toBe(7);
    expect(memory.i32(DECODED + DEC_INSTRUMENT)).toBe(INSTRUMENT);
    expect(memory.i32(DECODED + DEC_IS_SNAPSHOT)).toBe(1);
    expect(memory.i64(DECODED + DEC_UPDATE_ID)).toBe(12);
    expect(memory.absoluteNs(DECODED + DEC_SENDING_TIME_NS)).toBe(1_723_161_256_501_000_000n);
  });

  test('a hole is two records, so that the GAP is seen before the SYNCING', () => {
    encoder.begin(RECEIVED, RAW);
    encoder.state(BOOK_GAP);
    encoder.state(BOOK_SYNCING);
    encoder.end();
    expect(take().map(({ state, raw }) => [state, raw])).toEqual([
      [BOOK_GAP, RAW.toString()],
      [BOOK_SYNCING, ''],
    ]);
  });

  test('one without effect is kept as it came and touches nothing', () => {
    encoder.begin(RECEIVED, RAW);
    encoder.end();
    expect(take()).toEqual([
      { state: FEED_RAW_ONLY, raw: RAW.toString(), receiveTimeNs: RECEIVED },
    ]);
  });

  test('a trade is the last trade of its instrument', () => {
    encoder.begin(RECEIVED, RAW);
    encoder.trade(618_003, 199, 1_723_161_256_344);
    encoder.end();
    expect(take()).toHaveLength(1);
    const block = INSTRUMENTS + INSTRUMENT * INSTRUMENT_BYTES;
    expect(memory.i64(block + INS_LAST_TRADE_TICKS)).toBe(618_003);
    expect(memory.i64(block + INS_LAST_TRADE_LOTS)).toBe(199);
  });

  test('more levels than one record takes are SYNCING until the last of them', () => {
    encoder.begin(RECEIVED);
    encoder.state(BOOK_SYNCING);
    encoder.end();
    take();
    encoder.begin(RECEIVED, RAW);
    encoder.clear();
    for (let tick = 1; tick <= DECODED_ENTRIES_MAX + 1; tick++) encoder.level(ENTRY_BID, tick, 1);
    encoder.applied(9, 0);
    encoder.state(BOOK_LIVE);
    encoder.end();
    const taken = take();
    expect(taken.map(({ state }) => state)).toEqual([BOOK_SYNCING, BOOK_LIVE]);
    expect(taken.map(({ raw }) => raw)).toEqual([RAW.toString(), '']);
    expect(memory.i64(BOOK + BOOK_BID_TICKS)).toBe(DECODED_ENTRIES_MAX + 1);
  });
});

test('after a lost record nothing of its message follows, and the next says the state', () => {
  hasRoom = false;
  encoder.begin(RECEIVED, RAW);
  encoder.clear();
  for (let tick = 1; tick <= DECODED_ENTRIES_MAX + 1; tick++) {
    encoder.level(ENTRY_BID, tick, 1);
    if (tick === DECODED_ENTRIES_MAX + 1) hasRoom = true; // room comes back within the message
  }
  encoder.state(BOOK_LIVE);
  expect(encoder.end()).toBe(false);
  expect(take()).toEqual([]);
  encoder.begin(RECEIVED);
  encoder.state(BOOK_GAP);
  expect(encoder.end()).toBe(true);
  expect(take().map(({ state }) => state)).toEqual([BOOK_GAP]);
  expect(memory.i32(BOOK + BOOK_BID_COUNT)).toBe(0);
});

test('prices and quantities up to 2^53 arrive as they left', () => {
  const whole = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(whole, whole, (ticks, lots) => {
      encoder.begin(RECEIVED);
      encoder.clear();
      encoder.level(ENTRY_BID, ticks, lots);
      encoder.applied(ticks, 0);
      encoder.end();
      take();
      expect(memory.i64(BOOK + BOOK_BID_TICKS)).toBe(ticks);
      expect(memory.i64(BOOK + BOOK_BID_LOTS)).toBe(lots);
      expect(memory.i64(DECODED + DEC_UPDATE_ID)).toBe(ticks);
    }),
  );
});
