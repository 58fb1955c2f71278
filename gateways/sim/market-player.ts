/**
 * Plays the market of the simulated venue: one message at a time from the source into the venue's
 * books and our resting orders, and out as a FIX body. Knows the market time; when to go on is the
 * venue's decision (venue.ts).
 */
import { GyrfalconError } from '../../engine/errors.ts';
import { marketTimeField, snapshotFields } from '../fix/market-data.ts';
import { MsgType } from '../fix/tags.ts';
import { bookEntries } from './entry-text.ts';
import type { InstrumentGrid } from './instrument-grid.ts';
import { MarketEntries } from './market-entries.ts';
import type { MarketMessage, MarketSource } from './market-source.ts';
import { MarketTimeText } from './market-time.ts';
import type { OrderDesk } from './order-desk.ts';

interface PlayedMessage {
  readonly msgType: string;
  /** Valid until the next call. */
  readonly body: Buffer;
  /** -1 where the message has no entry. */
  readonly instrument: number;
}

export class MarketPlayer {
  /** Messages played so far. */
  count = 0;
  readonly #source: MarketSource;
  readonly #grids: readonly InstrumentGrid[];
  readonly #desk: OrderDesk;
  readonly #entries: MarketEntries;
  readonly #seen = new Set<number>();
  #timeText: MarketTimeText | undefined;
  #marketNs = 0;
  #next: MarketMessage | undefined;
  #isEnded = false;

  constructor(source: MarketSource, grids: readonly InstrumentGrid[], desk: OrderDesk) {
    this.#source = source;
    this.#grids = grids;
    this.#desk = desk;
    this.#entries = new MarketEntries(grids);
  }

  /** Nanoseconds since midnight UTC of the first day; never goes back. */
  get marketNs(): number {
    return this.#marketNs;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Moves the market time on without a message: a request takes effect. */
  advanceTo(marketNs: number): void {
    this.#marketNs = Math.max(this.#marketNs, marketNs);
  }

  /** Market time of the next message; undefined: call `load`, or the end. */
  peekNs(): number | undefined {
    this.#next ??= this.#source.next();
    return this.#next?.timeNs;
  }

  /** Waits for input; afterwards there is a next message, or isEnded is true. */
  async load(): Promise<void> {
    while (this.peekNs() === undefined) {
      if (await this.#source.more()) continue;
      this.#isEnded = true;
      return;
    }
  }

  /** Plays all messages up to a market time, unseen. */
  async forwardTo(marketNs: number): Promise<void> {
    for (;;) {
      const nextNs = this.peekNs();
      if (nextNs === undefined) {
        await this.load();
        if (this.#isEnded) return;
      } else if (nextNs > marketNs) {
        return;
      } else {
        this.play();
      }
    }
  }

  /** Plays the next message, which peekNs has found. */
  play(): PlayedMessage {
    const message = this.#next!;
    this.#next = undefined;
    const { bytes, bodyStart, bodyEnd, fieldsStart, isSnapshot } = message;
    const entries = this.#entries;
    const problem = entries.parse(bytes, fieldsStart, bodyEnd, isSnapshot);
    if (problem !== '')
      throw new GyrfalconError('INPUT_INVALID', `${this.#source.where()}: ${problem}`);
    this.advanceTo(message.timeNs);
    this.#desk.onMarket(entries, isSnapshot);
    this.count++;
    const instrument = entries.count > 0 ? entries.instrument[0]! : -1;
    if (instrument >= 0) this.#seen.add(instrument);
    return {
      msgType: isSnapshot
        ? MsgType.MarketDataSnapshotFullRefresh
        : MsgType.MarketDataIncrementalRefresh,
      body: bytes.subarray(bodyStart, bodyEnd),
      instrument,
    };
  }

  /** Whether the source has shown this instrument's book. */
  hasBook(instrument: number): boolean {
    return this.#seen.has(instrument);
  }

  /** Body of a 35=W of an instrument's book as it is now. */
  snapshot(instrument: number): Buffer {
    const grid = this.#grids[instrument]!;
    const entries = bookEntries(grid, this.#desk.matching(instrument).book);
    const fields = snapshotFields(grid.symbol, entries);
    return Buffer.from(marketTimeField(this.timeText()) + fields, 'latin1');
  }

  /** The market time as a UTCTimestamp; that of 1970 before the first message. */
  timeText(): string {
    const epochMs = this.#source.epochMs();
    if (Number.isNaN(epochMs)) return new MarketTimeText(0).of(this.#marketNs);
    this.#timeText ??= new MarketTimeText(epochMs);
    return this.#timeText.of(this.#marketNs);
  }

  close(): void {
    this.#source.close();
  }
}
