/**
 * One market-data connection: a combined stream of all instruments of a venue, kept up with growing
 * pauses between attempts, and the books that it feeds. Runs in the feed worker; every message
 * leaves verbatim and normalised through `output`. A line that is lost is a GAP of every book at
 * once.
 */
import { WebSocket } from 'ws';
import { FEED_RAW_BYTES_MAX } from '../../engine/event/feed-layout.ts';
import { type FeedInstrument, parseBinance, streamUrl } from './binance.ts';
import type { DepthSync } from './depth-sync.ts';
import { FeedBook } from './feed-book.ts';
import type { RecordOutput } from './feed-message.ts';

interface FeedOptions {
  readonly url: string;
  readonly snapshotUrl: string;
  /** First pause before a new attempt, and the least time between two snapshots of a book. */
  readonly reconnectMs: number;
  readonly staleMs: number;
  readonly instruments: readonly FeedInstrument[];
  readonly output: RecordOutput;
  nowNs(): bigint;
  /** One line for the log. */
  error(what: string): void;
}

export interface FeedCounters {
  messages: number;
  /** Messages that could not be used, by reason. */
  refused: Record<string, number>;
  connects: number;
  gaps: number;
  /** Messages lost because the core did not keep up. */
  lost: number;
}

const TICK_MS = 10;
const BACKOFF_MAX = 32; // times reconnectMs
/**
 * A line that says nothing for so long is taken for dead: the venues send several messages a
 * second.
 */
const SILENCE_MS = 30_000;
const HANDSHAKE_MS = 10_000;
const BUFFERED_DIFFS_MAX = 4096;
const NS_PER_MS = 1_000_000n;

export class BinanceFeed {
  readonly #options: FeedOptions;
  readonly #books: readonly FeedBook[];
  readonly #instruments: ReadonlyMap<string, FeedInstrument>;
  readonly #bookOf = new Map<FeedInstrument, FeedBook>();
  readonly #end = new AbortController();
  readonly #ticker: NodeJS.Timeout;
  readonly #counters: FeedCounters = { messages: 0, refused: {}, connects: 0, gaps: 0, lost: 0 };
  #socket: WebSocket | undefined;
  #isUp = false;
  /** A record was lost: until every book's GAP has left, messages are dropped. */
  #isBlocked = false;
  #failures = 0;
  #connectAtMs = 0;
  #lastMessageMs = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
    const { snapshotUrl, reconnectMs, staleMs, output, instruments } = options;
    const sync = { snapshotEveryMs: reconnectMs, staleMs, bufferedMax: BUFFERED_DIFFS_MAX };
    const host = {
      snapshotUrl,
      sync,
      output,
      signal: this.#end.signal,
      snapshot: (book: FeedBook, raw: Uint8Array) => this.#snapshot(book, raw),
      snapshotFailed: (book: FeedBook) => this.#snapshotFailed(book),
      error: (what: string) => options.error(what),
    };
    this.#instruments = new Map(instruments.map((target) => [target.symbol, target]));
    this.#books = instruments.map((target) => new FeedBook(target, host));
    for (const book of this.#books) this.#bookOf.set(book.target, book);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  counters(): FeedCounters {
    const gaps = this.#books.reduce((sum, book) => sum + book.sync.gaps, 0);
    return { ...this.#counters, refused: { ...this.#counters.refused }, gaps };
  }

  /** Ends the connection; the books are left as GAP. */
  stop(): void {
    this.#end.abort();
    clearInterval(this.#ticker);
    this.#socket?.terminate();
    this.#down('stopped');
  }

  #tick(): void {
    const nowNs = this.#options.nowNs();
    const nowMs = Number(nowNs / NS_PER_MS);
    if (this.#isBlocked) this.#unblock(nowNs);
    if (this.#socket === undefined) {
      if (nowMs >= this.#connectAtMs) this.#connect(nowMs);
    } else if (this.#isUp && nowMs - this.#lastMessageMs >= SILENCE_MS) {
      this.#options.error(`the venue has been silent for ${SILENCE_MS} ms: connecting anew`);
      this.#socket.terminate();
    }
    if (!this.#isBlocked) this.#all(nowNs, (sync, ms) => sync.tick(ms));
  }

  #connect(nowMs: number): void {
    const { url, snapshotUrl } = this.#options;
    const address = streamUrl(url, snapshotUrl, this.#instruments.keys());
    const limits = { handshakeTimeout: HANDSHAKE_MS, maxPayload: FEED_RAW_BYTES_MAX };
    const socket = new WebSocket(address, limits);
    this.#socket = socket;
    let why = 'the venue closed the line';
    socket.on('open', () => this.#up());
    socket.on('message', (data: Buffer) => this.#message(data));
    socket.on('error', (error) => {
      why = error.message || (error as NodeJS.ErrnoException).code || 'no connection';
    });
    socket.on('close', () => {
      if (this.#socket !== socket || this.#end.signal.aborted) return;
      const pauseMs = this.#options.reconnectMs * Math.min(2 ** this.#failures, BACKOFF_MAX);
      this.#failures++;
      this.#connectAtMs = Number(this.#options.nowNs() / NS_PER_MS) + pauseMs;
      this.#down(`${url}: ${why}; next attempt in ${pauseMs} ms`);
    });
    this.#lastMessageMs = nowMs;
  }

  #up(): void {
    const nowNs = this.#options.nowNs();
    this.#isUp = true;
    this.#counters.connects++;
    this.#lastMessageMs = Number(nowNs / NS_PER_MS);
    if (!this.#isBlocked) this.#all(nowNs, (sync, ms) => sync.connected(ms));
  }

  #down(what: string): void {
    const wasUp = this.#isUp;
    this.#socket = undefined;
    this.#isUp = false;
    if (wasUp && !this.#isBlocked) {
      this.#all(this.#options.nowNs(), (sync) => sync.disconnected());
    }
    if (!this.#end.signal.aborted) this.#options.error(what);
  }

  #message(raw: Buffer): void {
    const nowNs = this.#options.nowNs();
    this.#lastMessageMs = Number(nowNs / NS_PER_MS);
    this.#failures = 0;
    this.#counters.messages++;
    if (this.#isBlocked) {
      this.#counters.lost++;
      return;
    }
    const message = parseBinance(raw.toString(), this.#instruments);
    if (message.kind === 'refused') this.#refused(message.reason, message.detail);
    const book = message.target === null ? undefined : this.#bookOf.get(message.target);
    if (book === undefined) this.#unread(nowNs, raw);
    else if (!book.message(message, nowNs, raw)) this.#block(nowNs);
  }

  /** Nobody's message: it is kept as it came, beside the first book's. */
  #unread(nowNs: bigint, raw: Uint8Array): void {
    if (!this.#books[0]!.raw(nowNs, raw)) this.#block(nowNs);
  }

  #snapshot(book: FeedBook, raw: Uint8Array): void {
    const nowNs = this.#options.nowNs();
    if (this.#isBlocked) return; // asked for anew when there is room again
    const message = book.parseSnapshot(raw);
    if (message.kind === 'refused') this.#refused(message.reason, message.detail);
    if (!book.message(message, nowNs, raw)) this.#block(nowNs);
  }

  #snapshotFailed(book: FeedBook): void {
    const nowNs = this.#options.nowNs();
    if (this.#isBlocked) return;
    if (!book.event(nowNs, (sync, nowMs) => sync.snapshotFailed(nowMs))) this.#block(nowNs);
  }

  #refused(reason: string, detail: string): void {
    const { refused } = this.#counters;
    refused[reason] = (refused[reason] ?? 0) + 1;
    // The first of its kind is told; the count says how many there were.
    if (refused[reason] === 1) this.#options.error(`a message was refused, ${reason}: ${detail}`);
  }

  #all(nowNs: bigint, happened: (sync: DepthSync, nowMs: number) => void): void {
    let isWhole = true;
    for (const book of this.#books) isWhole = book.event(nowNs, happened) && isWhole;
    if (!isWhole) this.#block(nowNs);
  }

  #block(nowNs: bigint): void {
    this.#isBlocked = true;
    this.#counters.lost++;
    this.#options.error('the core does not keep up: messages were lost, all books are in GAP');
    for (const book of this.#books) book.event(nowNs, (sync) => sync.disconnected());
  }

  /** The GAP that could not be said is said first; then the books begin anew. */
  #unblock(nowNs: bigint): void {
    for (const book of this.#books) if (!book.event(nowNs, () => {})) return;
    this.#isBlocked = false;
    if (this.#isUp) this.#all(nowNs, (sync, ms) => sync.connected(ms));
  }
}
