/**
 * One instrument of a feed: its DepthSync, its encoder and its snapshot requests. The feed calls it
 * with what came in; what is to be known by the core leaves as feed records.
 */
import {
  type BinanceMessage,
  type FeedInstrument,
  parseBinance,
  snapshotUrlOf,
} from './binance.ts';
import { type BookState, type DepthSink, DepthSync, type DepthSyncOptions } from './depth-sync.ts';
import { FeedEncoder, type RecordOutput } from './feed-message.ts';
import { requestSnapshot } from './snapshot-request.ts';

const NS_PER_MS = 1_000_000n;

/** What a book needs of the feed it belongs to. */
interface FeedBookHost {
  readonly snapshotUrl: string;
  readonly sync: DepthSyncOptions;
  readonly output: RecordOutput;
  /** The answer to a snapshot request, as it came. */
  snapshot(book: FeedBook, raw: Uint8Array): void;
  snapshotFailed(book: FeedBook): void;
  error(what: string): void;
  /** Ends the requests of a feed that stops. */
  readonly signal: AbortSignal;
}

export class FeedBook implements DepthSink {
  readonly target: FeedInstrument;
  readonly sync: DepthSync;
  readonly #encoder: FeedEncoder;
  readonly #host: FeedBookHost;
  #isAsking = false;
  #failure = '';

  constructor(target: FeedInstrument, host: FeedBookHost) {
    this.target = target;
    this.#host = host;
    this.#encoder = new FeedEncoder(target.instrument, host.output);
    this.sync = new DepthSync(this, host.sync);
  }

  /** Applies one message; false when a record of it was lost. */
  message(message: BinanceMessage, receiveTimeNs: bigint, raw: Uint8Array): boolean {
    const nowMs = Number(receiveTimeNs / NS_PER_MS);
    this.#encoder.begin(receiveTimeNs, raw);
    if (message.kind === 'diff') this.sync.diff(message, nowMs);
    else if (message.kind === 'snapshot') this.sync.snapshot(message, nowMs);
    else if (message.kind === 'refused') this.sync.lost(nowMs);
    else if (message.kind === 'trade') {
      this.#encoder.trade(message.priceTicks, message.qtyLots, message.exchangeTimeMs);
    }
    return this.#encoder.end();
  }

  /** Keeps a message that changes nothing as it came; false when it was lost. */
  raw(receiveTimeNs: bigint, raw: Uint8Array): boolean {
    this.#encoder.begin(receiveTimeNs, raw);
    return this.#encoder.end();
  }

  /** Something other than a message happened at this time; false when its record was lost. */
  event(nowNs: bigint, happened: (sync: DepthSync, nowMs: number) => void): boolean {
    this.#encoder.begin(nowNs);
    happened(this.sync, Number(nowNs / NS_PER_MS));
    return this.#encoder.end();
  }

  parseSnapshot(raw: Uint8Array): BinanceMessage {
    const { symbol } = this.target;
    return parseBinance(Buffer.from(raw).toString(), new Map([[symbol, this.target]]), symbol);
  }

  clear(): void {
    this.#encoder.clear();
  }

  level(side: number, priceTicks: number, qtyLots: number): void {
    this.#encoder.level(side, priceTicks, qtyLots);
  }

  applied(updateId: number, exchangeTimeMs: number): void {
    this.#encoder.applied(updateId, exchangeTimeMs);
  }

  state(next: BookState): void {
    this.#encoder.state(next);
  }

  /**
   * While an answer is on its way no second one is asked for: the first serves, or is judged too
   * old.
   */
  requestSnapshot(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const host = this.#host;
    const url = snapshotUrlOf(host.snapshotUrl, this.target.symbol);
    const answer = await requestSnapshot(url, host.signal);
    if (host.signal.aborted) return;
    if (answer.isHere) {
      this.#isAsking = false;
      this.#failure = '';
      host.snapshot(this, answer.raw);
      return;
    }
    // The first of a kind is told: a venue that is down stays so for many requests.
    if (answer.why !== this.#failure) {
      host.error(`no snapshot from ${url}: ${answer.why}; it will be asked for again`);
    }
    this.#failure = answer.why;
    setTimeout(() => {
      this.#isAsking = false;
      if (!host.signal.aborted) host.snapshotFailed(this);
    }, answer.pauseMs).unref();
  }
}
