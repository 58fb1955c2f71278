/**
 * Joins a depth snapshot and the stream of diffs into one book, and notices every hole. Pure:
 * messages, time and answers are passed in, what is to be done comes out through the sink. One
 * instance an instrument; used by the feed worker and the book command. The states are BOOK_* of
 * wasm/layout.ts:
 *
 *   INIT     not connected yet
 *   SYNCING  a snapshot was asked for; diffs wait
 *   LIVE     the book is the venue's
 *   GAP      a hole was found, or the line was lost
 *   STALE    the book was right, but nothing came for staleMs
 */
import { assert } from '../../engine/errors.ts';
import {
  BOOK_GAP,
  BOOK_INIT,
  BOOK_LIVE,
  BOOK_STALE,
  BOOK_SYNCING,
  ENTRY_ASK,
  ENTRY_BID,
} from '../../wasm/layout.ts';
import type { DepthDiff, DepthSnapshot, Levels } from './binance.ts';

export type BookState =
  | typeof BOOK_INIT
  | typeof BOOK_SYNCING
  | typeof BOOK_LIVE
  | typeof BOOK_GAP
  | typeof BOOK_STALE;

/** What is to be done, in order. */
export interface DepthSink {
  /** The book begins anew from a snapshot. */
  clear(): void;
  /** side: ENTRY_BID, ENTRY_ASK; 0 lots removes the level. */
  level(side: number, priceTicks: number, qtyLots: number): void;
  /** All levels of one snapshot or diff have been given: the book stands at this update. */
  applied(updateId: number, exchangeTimeMs: number): void;
  state(next: BookState): void;
  requestSnapshot(): void;
}

/**
 * Where the two venues differ. A diff covers the updates (previousId, finalId]; a snapshot holds
 * those up to lastUpdateId. USD-M ids are not contiguous, so a diff is joined by pu, and one that
 * ends exactly at the snapshot is still applied (its levels are the snapshot's own).
 */
interface DepthRules {
  /** Diffs with finalId < lastUpdateId + firstOffset are older than the snapshot. */
  readonly firstOffset: 0 | 1;
}
const USDM_RULES: DepthRules = { firstOffset: 0 };
const SPOT_RULES: DepthRules = { firstOffset: 1 };

export interface DepthSyncOptions {
  /** A snapshot is asked for at most once in this time. */
  readonly snapshotEveryMs: number;
  /** LIVE without an update for so long is STALE. */
  readonly staleMs: number;
  /**
   * Diffs kept while a snapshot is awaited; past it the oldest goes, and an older snapshot is
   * refused.
   */
  readonly bufferedMax: number;
}

/** What a diff, an answer or the clock means for the book. */
type SyncEvent = 'asked' | 'joined' | 'broken' | 'lost' | 'quiet';

/** The whole machine: state and event to the next state; what is absent cannot happen. */
const TRANSITIONS: Readonly<Record<BookState, Partial<Record<SyncEvent, BookState>>>> = {
  [BOOK_INIT]: { asked: BOOK_SYNCING, lost: BOOK_INIT },
  [BOOK_SYNCING]: {
    asked: BOOK_SYNCING,
    joined: BOOK_LIVE,
    broken: BOOK_GAP,
    lost: BOOK_GAP,
  },
  [BOOK_LIVE]: { joined: BOOK_LIVE, broken: BOOK_GAP, lost: BOOK_GAP, quiet: BOOK_STALE },
  [BOOK_GAP]: { asked: BOOK_SYNCING, lost: BOOK_GAP },
  [BOOK_STALE]: { joined: BOOK_LIVE, broken: BOOK_GAP, lost: BOOK_GAP },
};

export class DepthSync {
  readonly #sink: DepthSink;
  readonly #options: DepthSyncOptions;
  #state: BookState = BOOK_INIT;
  /** Diffs that wait for a snapshot; each follows the one before it. */
  #buffer: DepthDiff[] = [];
  /** Last update in the book, and whether the book has one: after a snapshot, until a hole. */
  #lastId = 0;
  #hasBook = false;
  #wantsSnapshot = false;
  #nextRequestMs = Number.NEGATIVE_INFINITY;
  #lastUpdateMs = 0;
  /** Diffs that said nothing new: repeated, or older than the book. */
  ignored = 0;
  /** Holes found in the chain of diffs. */
  gaps = 0;

  constructor(sink: DepthSink, options: DepthSyncOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  get state(): BookState {
    return this.#state;
  }

  /** The line is up: diffs are coming. */
  connected(nowMs: number): void {
    this.#want(nowMs);
  }

  /** The line is down: nothing may trust the book from here on. */
  disconnected(): void {
    this.#buffer = [];
    this.#hasBook = false;
    this.#wantsSnapshot = false;
    this.#next('lost');
  }

  /** A diff of this book came but could not be used. */
  lost(nowMs: number): void {
    this.gaps++;
    this.disconnected();
    this.#want(nowMs);
  }

  diff(diff: DepthDiff, nowMs: number): void {
    if (!this.#hasBook) {
      this.#keep(diff);
      this.#ask(nowMs);
      return;
    }
    const newer = this.#state === BOOK_SYNCING ? rulesOf(diff).firstOffset : 1;
    // A stale book trusts no old diff: the venue may have begun its numbers anew.
    if (diff.finalId < this.#lastId + newer && this.#state !== BOOK_STALE) {
      this.ignored++;
    } else if (this.#follows(diff)) {
      this.#apply(diff, nowMs);
      this.#next('joined');
    } else {
      this.#break(diff, nowMs);
    }
  }

  snapshot(snapshot: DepthSnapshot, nowMs: number): void {
    // An answer that nobody waits for now.
    if (this.#hasBook || this.#state !== BOOK_SYNCING) return;
    const buffer = this.#buffer;
    let first = 0;
    while (first < buffer.length && isOlder(buffer[first]!, snapshot)) first++;
    const next = buffer[first];
    if (next !== undefined && next.previousId > snapshot.lastUpdateId) {
      this.#want(nowMs); // older than the first diff that we hold
      return;
    }
    this.ignored += first;
    this.#buffer = [];
    this.#wantsSnapshot = false;
    this.#hasBook = true;
    this.#sink.clear();
    this.#levels(snapshot.bids, snapshot.asks);
    this.#lastId = snapshot.lastUpdateId;
    this.#sink.applied(snapshot.lastUpdateId, snapshot.exchangeTimeMs);
    for (let index = first; index < buffer.length; index++) this.#apply(buffer[index]!, nowMs);
    if (next !== undefined) this.#next('joined');
  }

  /** The snapshot that was asked for will not come. */
  snapshotFailed(nowMs: number): void {
    if (!this.#hasBook && this.#state === BOOK_SYNCING) this.#want(nowMs);
  }

  /** To be called now and then: deadlines are judged here. */
  tick(nowMs: number): void {
    this.#ask(nowMs);
    if (this.#state === BOOK_LIVE && nowMs - this.#lastUpdateMs >= this.#options.staleMs) {
      this.#next('quiet');
    }
  }

  /**
   * After a snapshot the first diff may begin before it; from then on each begins where the last
   * ended.
   */
  #follows(diff: DepthDiff): boolean {
    return this.#state === BOOK_SYNCING
      ? diff.previousId <= this.#lastId
      : diff.previousId === this.#lastId;
  }

  #break(diff: DepthDiff, nowMs: number): void {
    this.gaps++;
    this.#hasBook = false;
    this.#buffer = [diff];
    this.#next('broken');
    this.#want(nowMs);
  }

  #keep(diff: DepthDiff): void {
    const last = this.#buffer.at(-1);
    if (last !== undefined && diff.finalId <= last.finalId) {
      this.ignored++;
      return;
    }
    // A hole among the waiting diffs: only a snapshot newer than the hole helps, so those before it
    // go.
    if (last !== undefined && diff.previousId !== last.finalId) this.#buffer = [];
    if (this.#buffer.length === this.#options.bufferedMax) this.#buffer.shift();
    this.#buffer.push(diff);
  }

  #apply(diff: DepthDiff, nowMs: number): void {
    this.#levels(diff.bids, diff.asks);
    this.#lastId = diff.finalId;
    this.#lastUpdateMs = nowMs;
    this.#sink.applied(diff.finalId, diff.exchangeTimeMs);
  }

  #levels(bids: Levels, asks: Levels): void {
    const sink = this.#sink;
    for (let at = 0; at < bids.length; at += 2) sink.level(ENTRY_BID, bids[at]!, bids[at + 1]!);
    for (let at = 0; at < asks.length; at += 2) sink.level(ENTRY_ASK, asks[at]!, asks[at + 1]!);
  }

  #want(nowMs: number): void {
    this.#wantsSnapshot = true;
    this.#ask(nowMs);
  }

  #ask(nowMs: number): void {
    if (!this.#wantsSnapshot || nowMs < this.#nextRequestMs) return;
    this.#wantsSnapshot = false;
    this.#nextRequestMs = nowMs + this.#options.snapshotEveryMs;
    this.#next('asked');
    this.#sink.requestSnapshot();
  }

  #next(event: SyncEvent): void {
    const next = TRANSITIONS[this.#state][event];
    assert(next !== undefined, `book state ${this.#state} knows the event '${event}'`);
    if (next === this.#state) return;
    this.#state = next;
    this.#sink.state(next);
  }
}

const rulesOf = (diff: DepthDiff): DepthRules => (diff.hasPrevious ? USDM_RULES : SPOT_RULES);

const isOlder = (diff: DepthDiff, snapshot: DepthSnapshot): boolean =>
  diff.finalId < snapshot.lastUpdateId + rulesOf(diff).firstOffset;
