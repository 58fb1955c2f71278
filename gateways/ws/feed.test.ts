/**
 * The whole way of market data: a venue that loses diffs, the feed worker, the input ring, the WASM
 * book. The judge is the recording itself, replayed into a plain book.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type CoreModule, loadCore } from '../../engine/core-module.ts';
import { applyFeed, FEED_RAW_ONLY } from '../../engine/market/feed-record.ts';
import { RingConsumer } from '../../engine/ring/ring.ts';
import {
  BOOK_ASK_COUNT,
  BOOK_ASKS,
  BOOK_BID_COUNT,
  BOOK_BIDS,
  BOOK_BYTES,
  BOOK_GAP,
  BOOK_LIVE,
  BOOK_SYNCING,
  BOOKS,
  DEC_UPDATE_ID,
  DECODED,
  INPUT_RING,
  LEVEL_BYTES,
} from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { type DepthAnswer, PlainBook, type TextLevel } from '../sim/plain-book.ts';
import { startWsReplayer, type WsReplayer } from '../sim/ws-replayer.ts';
import { decimalText } from './decimal.ts';
import { readRecording } from './recording.ts';
import { type Feed, startFeed } from './start-feed.ts';

const FILE = '../shared/data/binance-websocket/usdm_btcusdt_20240808.jsonl.zst';
const INSTRUMENT = 2;
const TARGET = { symbol: 'BTCUSDT', instrument: INSTRUMENT, tickE8: 1_000_000, lotE8: 100_000 };
const LEVELS = 100;

/** The true book after every diff, in order. */
async function trueBooks() {
  const diffs: { u: number; b: TextLevel[]; a: TextLevel[] }[] = [];
  let start: DepthAnswer | undefined;
  for await (const { text } of readRecording(FILE)) {
    const { data, lastUpdateId, bids, asks } = JSON.parse(text);
    if (lastUpdateId !== undefined) start = { lastUpdateId, bids, asks };
    else if (data.e === 'depthUpdate') diffs.push(data);
  }
  const book = new PlainBook(start!);
  let next = 0;
  return {
    diffs: diffs.length,
    /** The book as it was at this update; update ids are asked for in rising order. */
    at(updateId: number): DepthAnswer {
      while (next < diffs.length && diffs[next]!.u <= updateId) {
        const { u, b, a } = diffs[next++]!;
        book.apply(u, b, a);
      }
      return book.depth(LEVELS);
    },
  };
}

function side(memory: Memory, count: number, levels: number): TextLevel[] {
  const book = BOOKS + INSTRUMENT * BOOK_BYTES;
  const best: TextLevel[] = [];
  for (let at = memory.i32(book + count) - 1; at >= 0 && best.length < LEVELS; at--) {
    const level = book + levels + at * LEVEL_BYTES;
    best.push([decimalText(memory.i64(level), 2), decimalText(memory.i64(level + 8), 3)]);
  }
  return best;
}

/** The engine's side in small: polls the ring and applies what comes. */
class Reader {
  readonly states: number[] = [];
  updateId = 0;
  records = 0;
  readonly #memory: Memory;
  readonly #core: CoreModule;
  readonly #ring: RingConsumer;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#core = loadCore(memory);
    this.#ring = new RingConsumer(memory);
  }

  /**
   * Applies what is there; `seen` is called after every record that changed the book or its state.
   */
  drain(seen: (state: number) => void): void {
    const ring = this.#ring;
    while (ring.poll()) {
      this.records++;
      const state = applyFeed(this.#memory, ring.address, ring.length);
      if (state !== FEED_RAW_ONLY) {
        this.#core.bookApply();
        this.updateId = this.#memory.i64(DECODED + DEC_UPDATE_ID);
        if (state !== this.states.at(-1)) this.states.push(state);
        seen(state);
      }
      ring.release();
    }
  }
}

const open: { replayer?: WsReplayer; feed?: Feed } = {};
afterEach(async () => {
  await open.feed?.stop();
  await open.replayer?.close();
});

async function start(dropEvery: number, memory: Memory, file = FILE, path = '') {
  const replayer = await startWsReplayer({ file, speed: 'max', dropEvery, port: 0 });
  open.replayer = replayer;
  const { url } = replayer;
  const snapshotUrl = replayer.snapshotUrl + path;
  const errors: string[] = [];
  const feed = startFeed({
    memory,
    venue: { name: 'binance', url, snapshotUrl, reconnectMs: 10 },
    instruments: [TARGET],
    staleMs: 60_000,
    onError: (line) => errors.push(line),
  });
  open.feed = feed;
  return { replayer, feed, errors };
}

const waitFor = async (what: string, isSo: () => boolean) => {
  for (let turns = 0; !isSo(); turns++) {
    if (turns === 5000) throw new Error(`waited in vain for: ${what}`);
    await sleep(1);
  }
};

describe.skipIf(!existsSync(FILE))('market data from a venue that loses diffs', () => {
  test('every 50th diff lost: the book resynchronises and is right whenever LIVE', async () => {
    const memory = new Memory();
    const judge = await trueBooks();
    const reader = new Reader(memory);
    const { replayer, feed, errors } = await start(50, memory);
    let resyncs = 0;
    let previous = -1;
    const seen = (state: number) => {
      if (state === BOOK_LIVE && previous !== BOOK_LIVE) {
        resyncs++;
        const { bids, asks } = judge.at(reader.updateId);
        expect(side(memory, BOOK_BID_COUNT, BOOK_BIDS)).toEqual(bids);
        expect(side(memory, BOOK_ASK_COUNT, BOOK_ASKS)).toEqual(asks);
      }
      previous = state;
    };
    let isFinished = false;
    void replayer.finished.then(() => {
      isFinished = true;
    });
    while (!isFinished) {
      await sleep(1);
      reader.drain(seen);
    }
    await sleep(200);
    reader.drain(seen);
    const counters = await feed.stop();
    expect(replayer.dropped()).toBe(Math.floor(judge.diffs / 50));
    expect(resyncs).toBeGreaterThan(20);
    expect(counters.gaps).toBeGreaterThanOrEqual(resyncs - 1);
    expect(counters.lost).toBe(0);
    expect(errors).toEqual([]);
    expect(counters.refused).toEqual({});
    const first = reader.states.slice(0, 5);
    expect(first).toEqual([BOOK_SYNCING, BOOK_LIVE, BOOK_GAP, BOOK_SYNCING, BOOK_LIVE]);
  });

  test('a cut line is a GAP at once; the feed comes back and the book is right', async () => {
    const memory = new Memory();
    const judge = await trueBooks();
    const reader = new Reader(memory);
    const { replayer, errors } = await start(0, memory);
    let records = 0;
    const drain = () => reader.drain(() => records++);
    await waitFor('a live book', () => {
      drain();
      return records > 200;
    });
    replayer.cutLines();
    await waitFor('the gap', () => {
      drain();
      return reader.states.includes(BOOK_GAP);
    });
    await waitFor('the book after the gap', () => {
      drain();
      return reader.states.at(-1) === BOOK_LIVE;
    });
    const { bids, asks } = judge.at(reader.updateId);
    expect(side(memory, BOOK_BID_COUNT, BOOK_BIDS)).toEqual(bids);
    expect(side(memory, BOOK_ASK_COUNT, BOOK_ASKS)).toEqual(asks);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^binance: ws:.*next attempt in 10 ms$/);
  });

  test('a core that does not read is told GAP first, then has the right book again', async () => {
    const memory = new Memory();
    const judge = await trueBooks();
    const reader = new Reader(memory);
    const { feed, errors } = await start(0, memory);
    await waitFor('a full ring', () => errors.length > 0);
    expect(errors[0]).toMatch(/the core does not keep up/);
    let liveAfterGap = 0;
    await waitFor('the book after the loss', () => {
      reader.drain(() => {
        if (reader.states.includes(BOOK_GAP) && reader.states.at(-1) === BOOK_LIVE) {
          liveAfterGap ||= reader.updateId;
        }
      });
      return liveAfterGap > 0;
    });
    expect(reader.states).toEqual([BOOK_SYNCING, BOOK_LIVE, BOOK_GAP, BOOK_SYNCING, BOOK_LIVE]);
    const { bids, asks } = judge.at(reader.updateId);
    expect(side(memory, BOOK_BID_COUNT, BOOK_BIDS)).toEqual(bids);
    expect(side(memory, BOOK_ASK_COUNT, BOOK_ASKS)).toEqual(asks);
    expect((await feed.stop()).lost).toBeGreaterThan(0);
  });
});

/** A recording in which one diff has a price off the configured grid of 0.01. */
function offGridRecording(): string {
  const diff = (u: number, b: string[][]) => ({
    stream: 'btcusdt@depth@0ms',
    data: { e: 'depthUpdate', E: 1, s: 'BTCUSDT', U: u, u, pu: u - 1, b, a: [] },
  });
  const messages = [
    { lastUpdateId: 10, bids: [['9.00', '1.000']], asks: [['11.00', '4.000']] },
    diff(11, [['10.00', '1.000']]),
    diff(12, [['10.005', '1.000']]),
    diff(13, [['10.005', '0.000']]),
    diff(14, [['10.00', '2.000']]),
  ];
  const file = join(tmpdir(), `off-grid-${process.pid}.jsonl`);
  writeFileSync(file, messages.map((message) => `1 ${JSON.stringify(message)}\n`).join(''));
  return file;
}

test('a diff that cannot be read is a refusal with a name and a GAP, and the feed goes on', async () => {
  const memory = new Memory();
  const reader = new Reader(memory);
  const file = offGridRecording();
  const { feed, errors } = await start(0, memory, file);
  rmSync(file);
  await waitFor('the book at update 14', () => {
    reader.drain(() => {});
    return reader.states.at(-1) === BOOK_LIVE && reader.updateId === 14;
  });
  expect(reader.states).toContain(BOOK_GAP);
  expect(side(memory, BOOK_BID_COUNT, BOOK_BIDS)).toEqual([
    ['10.00', '2.000'],
    ['9.00', '1.000'],
  ]);
  expect((await feed.stop()).refused).toEqual({ OFF_GRID: 2 });
  expect(errors).toEqual([
    "binance: a message was refused, OFF_GRID: a price in b is off the configured grid: '10.005'",
  ]);
});

test('a venue without snapshots is said once, and its book never becomes LIVE', async () => {
  const memory = new Memory();
  const reader = new Reader(memory);
  const file = offGridRecording();
  const { errors } = await start(0, memory, file, '/nothing');
  rmSync(file);
  await waitFor('the error', () => errors.some((line) => line.includes('no snapshot')));
  await sleep(100);
  reader.drain(() => {});
  expect(reader.states).not.toContain(BOOK_LIVE);
  const said = errors.filter((line) => line.includes('no snapshot from'));
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/no snapshot from http.*: HTTP 404 .*it will be asked for again/);
});

test('a core that sleeps on an empty ring is woken by the first record', async () => {
  const memory = new Memory();
  const head = new Int32Array(memory.bytes.buffer);
  const woken = Atomics.waitAsync(head, INPUT_RING >>> 2, 0, 20_000);
  const file = offGridRecording();
  await start(0, memory, file);
  rmSync(file);
  expect(await woken.value).toBe('ok');
});

test('a venue that is not there is one line an attempt, with growing pauses', async () => {
  const errors: string[] = [];
  const venue = {
    name: 'binance',
    url: 'ws://127.0.0.1:1',
    snapshotUrl: 'http://127.0.0.1:1/fapi/v1/depth',
    reconnectMs: 10,
  };
  const onError = (line: string) => errors.push(line);
  const memory = new Memory();
  const feed = startFeed({ memory, venue, instruments: [TARGET], staleMs: 1000, onError });
  await waitFor('three attempts', () => errors.length >= 3);
  await feed.stop();
  const pauses = errors.map((line) => Number(/next attempt in (\d+) ms$/.exec(line)?.[1]));
  expect(pauses.slice(0, 3)).toEqual([10, 20, 40]);
  expect(errors[0]).toMatch(/^binance: ws:\/\/127.0.0.1:1: .*ECONNREFUSED/);
});
