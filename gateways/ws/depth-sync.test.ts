/** The rules of depth-sync as a trader would state them, and a model venue under random faults. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BOOK_GAP,
  BOOK_INIT,
  BOOK_LIVE,
  BOOK_STALE,
  BOOK_SYNCING,
  ENTRY_BID,
} from '../../wasm/layout.ts';
import type { DepthDiff, DepthSnapshot } from './binance.ts';
import { type BookState, type DepthSink, DepthSync } from './depth-sync.ts';

const OPTIONS = { snapshotEveryMs: 100, staleMs: 1000, bufferedMax: 64 };
const TARGET = { symbol: 'BTCUSDT', instrument: 3, tickE8: 1, lotE8: 1 };

class PlainSink implements DepthSink {
  readonly levels = new Map<number, number>();
  readonly states: BookState[] = [];
  requests = 0;
  updateId = 0;
  clear(): void {
    this.levels.clear();
  }
  level(side: number, priceTicks: number, qtyLots: number): void {
    const key = side === ENTRY_BID ? priceTicks : -priceTicks;
    if (qtyLots === 0) this.levels.delete(key);
    else this.levels.set(key, qtyLots);
  }
  applied(updateId: number): void {
    this.updateId = updateId;
  }
  state(next: BookState): void {
    this.states.push(next);
  }
  requestSnapshot(): void {
    this.requests++;
  }
  text(): string {
    return textOf(this.levels);
  }
}

const textOf = (levels: Map<number, number>): string =>
  JSON.stringify([...levels].sort((left, right) => left[0] - right[0]));

interface Ids {
  readonly previousId: number;
  readonly firstId: number;
  readonly finalId: number;
}

const usdm = (previousId: number, firstId: number, finalId: number): DepthDiff =>
  diffOf({ previousId, firstId, finalId }, true, [firstId, finalId]);
const spot = (firstId: number, finalId: number): DepthDiff =>
  diffOf({ previousId: firstId - 1, firstId, finalId }, false, [firstId, finalId]);

function diffOf(ids: Ids, hasPrevious: boolean, bids: number[]): DepthDiff {
  return { kind: 'diff', target: TARGET, hasPrevious, ...ids, exchangeTimeMs: 0, bids, asks: [] };
}

function snapshotOf(lastUpdateId: number, bids: number[] = [1, 1]): DepthSnapshot {
  return { kind: 'snapshot', target: TARGET, lastUpdateId, exchangeTimeMs: 0, bids, asks: [] };
}

function started() {
  const sink = new PlainSink();
  const sync = new DepthSync(sink, OPTIONS);
  sync.connected(0);
  return { sink, sync };
}

describe('which diff joins a snapshot', () => {
  const cases: { name: string; diff: DepthDiff; state: BookState; updateId: number }[] = [
    {
      name: 'USD-M: u below the snapshot is dropped',
      diff: usdm(80, 85, 99),
      state: BOOK_SYNCING,
      updateId: 100,
    },
    {
      name: 'USD-M: u at the snapshot joins',
      diff: usdm(80, 85, 100),
      state: BOOK_LIVE,
      updateId: 100,
    },
    {
      name: 'USD-M: a diff around the snapshot joins',
      diff: usdm(90, 95, 120),
      state: BOOK_LIVE,
      updateId: 120,
    },
    {
      name: 'USD-M: pu at the snapshot joins',
      diff: usdm(100, 117, 120),
      state: BOOK_LIVE,
      updateId: 120,
    },
    {
      name: 'USD-M: pu past the snapshot is a hole',
      diff: usdm(101, 117, 120),
      state: BOOK_GAP,
      updateId: 100,
    },
    {
      name: 'spot: u at the snapshot is dropped',
      diff: spot(90, 100),
      state: BOOK_SYNCING,
      updateId: 100,
    },
    {
      name: 'spot: a diff around the snapshot + 1 joins',
      diff: spot(99, 101),
      state: BOOK_LIVE,
      updateId: 101,
    },
    {
      name: 'spot: U at the snapshot + 1 joins',
      diff: spot(101, 103),
      state: BOOK_LIVE,
      updateId: 103,
    },
    {
      name: 'spot: U past the snapshot + 1 is a hole',
      diff: spot(102, 103),
      state: BOOK_GAP,
      updateId: 100,
    },
  ];
  test.each(cases)('$name', ({ diff, state, updateId }) => {
    const { sink, sync } = started();
    sync.snapshot(snapshotOf(100), 1);
    sync.diff(diff, 2);
    expect(sync.state).toBe(state);
    expect(sink.updateId).toBe(updateId);
  });
});

describe('a book that has joined', () => {
  test('is INIT, SYNCING, LIVE in that order, with the waiting diffs applied', () => {
    const { sink, sync } = started();
    sync.diff(usdm(1, 2, 5), 1);
    sync.diff(usdm(5, 7, 9), 2);
    expect(sink.levels.size).toBe(0);
    sync.snapshot(snapshotOf(4), 3);
    expect(sink.states).toEqual([BOOK_SYNCING, BOOK_LIVE]);
    expect(sink.updateId).toBe(9);
    expect(new DepthSync(sink, OPTIONS).state).toBe(BOOK_INIT);
  });

  test('a lost diff is a GAP at once, asks for a snapshot and is LIVE again after it', () => {
    const { sink, sync } = started();
    sync.snapshot(snapshotOf(100), 1);
    sync.diff(usdm(90, 95, 110), 2);
    sync.diff(usdm(115, 116, 120), 200);
    expect(sink.states).toEqual([BOOK_SYNCING, BOOK_LIVE, BOOK_GAP, BOOK_SYNCING]);
    expect(sink.requests).toBe(2);
    sync.snapshot(snapshotOf(118), 201);
    expect(sync.state).toBe(BOOK_LIVE);
    expect(sync.gaps).toBe(1);
  });

  test('a snapshot older than the waiting diffs is asked for again, not before its time', () => {
    const { sink, sync } = started();
    sync.diff(usdm(100, 101, 110), 1);
    sync.snapshot(snapshotOf(99), 2);
    expect([sync.state, sink.requests, sink.levels.size]).toEqual([BOOK_SYNCING, 1, 0]);
    sync.tick(99);
    expect(sink.requests).toBe(1);
    sync.tick(100);
    expect(sink.requests).toBe(2);
  });

  test('a snapshot that fails is asked for again', () => {
    const { sink, sync } = started();
    sync.snapshotFailed(5);
    sync.tick(100);
    expect(sink.requests).toBe(2);
  });

  test('a repeated diff changes nothing', () => {
    const { sink, sync } = started();
    sync.snapshot(snapshotOf(100), 1);
    sync.diff(spot(101, 103), 2);
    sync.diff(spot(101, 103), 3);
    expect([sync.state, sync.ignored, sink.updateId]).toEqual([BOOK_LIVE, 1, 103]);
  });

  test('silence makes it STALE, the next diff LIVE, a hole after silence a GAP', () => {
    const { sync } = started();
    sync.snapshot(snapshotOf(100), 1);
    sync.diff(spot(101, 103), 2);
    sync.tick(1001);
    expect(sync.state).toBe(BOOK_LIVE);
    sync.tick(1002);
    expect(sync.state).toBe(BOOK_STALE);
    sync.diff(spot(104, 104), 1500);
    expect(sync.state).toBe(BOOK_LIVE);
    sync.tick(2500);
    sync.diff(spot(106, 106), 2501);
    expect(sync.state).toBe(BOOK_SYNCING);
  });

  test('a diff that begins inside the book is a GAP: the venue never sends one', () => {
    const { sync } = started();
    sync.snapshot(snapshotOf(100), 1);
    sync.diff(usdm(100, 101, 110), 2);
    sync.diff(usdm(105, 106, 120), 200);
    expect([sync.state, sync.gaps]).toEqual([BOOK_SYNCING, 1]);
  });

  test('numbers that begin anew after silence are a GAP, not repetitions', () => {
    const { sink, sync } = started();
    sync.snapshot(snapshotOf(100), 1);
    sync.diff(spot(101, 103), 2);
    sync.tick(1002);
    sync.diff(spot(5, 6), 1003);
    expect(sync.state).toBe(BOOK_SYNCING);
    sync.snapshot(snapshotOf(5), 1004);
    expect([sync.state, sink.updateId]).toEqual([BOOK_LIVE, 6]);
  });

  test('a hole among the waiting diffs makes a snapshot from before the hole useless', () => {
    const { sink, sync } = started();
    sync.diff(spot(101, 103), 1);
    sync.diff(spot(105, 106), 2);
    sync.snapshot(snapshotOf(102), 3);
    expect([sync.state, sink.updateId]).toEqual([BOOK_SYNCING, 0]);
    sync.snapshot(snapshotOf(104), 4);
    expect([sync.state, sink.updateId]).toEqual([BOOK_LIVE, 106]);
  });

  test('a repetition among the waiting diffs costs none of them', () => {
    const { sink, sync } = started();
    sync.diff(spot(101, 103), 1);
    sync.diff(spot(104, 106), 2);
    sync.diff(spot(101, 103), 3);
    sync.snapshot(snapshotOf(102), 4);
    expect([sync.state, sink.updateId]).toEqual([BOOK_LIVE, 106]);
  });

  test('past the limit of waiting diffs the oldest goes, and a snapshot that needs it is refused', () => {
    const { sync } = started();
    for (let id = 101; id <= 101 + OPTIONS.bufferedMax; id++) sync.diff(spot(id, id), 1);
    sync.snapshot(snapshotOf(100), 2);
    expect(sync.state).toBe(BOOK_SYNCING);
    sync.snapshot(snapshotOf(101), 3);
    expect(sync.state).toBe(BOOK_LIVE);
  });

  test('a lost line is a GAP until the next connection, whatever was known', () => {
    const { sink, sync } = started();
    sync.snapshot(snapshotOf(100), 1);
    sync.diff(spot(101, 103), 2);
    sync.disconnected();
    sync.tick(5000);
    expect([sync.state, sink.requests]).toEqual([BOOK_GAP, 1]);
    sync.connected(6000);
    expect([sync.state, sink.requests]).toEqual([BOOK_SYNCING, 2]);
  });

  test('a diff that came but could not be read is a GAP like one that did not come', () => {
    const { sink, sync } = started();
    sync.snapshot(snapshotOf(100), 1);
    sync.diff(spot(101, 103), 2);
    sync.lost(200);
    expect(sink.states.slice(-2)).toEqual([BOOK_GAP, BOOK_SYNCING]);
  });
});

/** A venue with a true book, whose book at every update id is kept. */
class ModelVenue {
  readonly #levels = new Map<number, number>();
  readonly #hasPrevious: boolean;
  readonly books = new Map<number, string>();
  lastId = 1000;

  constructor(hasPrevious: boolean) {
    this.#hasPrevious = hasPrevious;
    this.books.set(this.lastId, textOf(this.#levels));
  }

  diff(price: number, lots: number, width: number): DepthDiff {
    const previousId = this.lastId;
    const firstId = previousId + (this.#hasPrevious ? 1 + (price % 3) : 1);
    const finalId = firstId + width;
    if (lots === 0) this.#levels.delete(price);
    else this.#levels.set(price, lots);
    this.lastId = finalId;
    this.books.set(finalId, textOf(this.#levels));
    return diffOf({ previousId, firstId, finalId }, this.#hasPrevious, [price, lots]);
  }

  snapshot(): DepthSnapshot {
    const bids = [...this.#levels].flat();
    return { ...snapshotOf(this.lastId), bids };
  }
}

const step = fc.record({
  price: fc.integer({ min: 1, max: 12 }),
  lots: fc.integer({ min: 0, max: 5 }),
  width: fc.integer({ min: 0, max: 3 }),
  fault: fc.constantFrom('none', 'none', 'none', 'none', 'drop', 'repeat', 'swap', 'cut'),
  late: fc.boolean(),
});

describe.each([true, false])('under random faults (pu present: %s)', (hasPrevious) => {
  test('a LIVE book is always the book that the venue had at that update', () => {
    let live = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 200 }), (steps) => {
        const venue = new ModelVenue(hasPrevious);
        const sink = new PlainSink();
        const sync = new DepthSync(sink, OPTIONS);
        const held: DepthDiff[] = [];
        const seen: DepthDiff[] = [];
        const answers: DepthSnapshot[] = [];
        let answered = 0;
        let nowMs = 0;
        const judge = () => {
          if (sync.state !== BOOK_LIVE) return;
          live++;
          expect(sink.text()).toBe(venue.books.get(sink.updateId));
        };
        const deliver = (diff: DepthDiff) => {
          sync.diff(diff, nowMs);
          seen.push(diff);
          judge();
        };
        const move = (faulty: boolean, at: (typeof steps)[number]) => {
          nowMs += 40;
          const diff = venue.diff(at.price, at.lots, at.width);
          const fault = faulty ? at.fault : 'none';
          if (fault === 'cut') {
            sync.disconnected();
            sync.connected(nowMs);
          } else if (fault === 'swap') held.push(diff);
          else if (fault !== 'drop') deliver(diff);
          if (fault === 'repeat') deliver(seen[at.price % seen.length]!);
          if (fault === 'none') for (const late of held.splice(0)) deliver(late);
          while (answered < sink.requests) {
            answers.push(venue.snapshot());
            answered++;
          }
          const due = faulty && at.late ? [] : answers.splice(0);
          for (const answer of due) sync.snapshot(answer, nowMs);
          judge();
          sync.tick(nowMs);
        };
        sync.connected(nowMs);
        for (const at of steps) move(true, at);
        for (const at of steps.slice(0, 12)) move(false, at);
        expect(sync.state).toBe(BOOK_LIVE);
      }),
      { numRuns: 2000 },
    );
    expect(live).toBeGreaterThan(20_000);
  });
});
