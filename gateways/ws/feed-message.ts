/**
 * Encodes what DepthSync and the trades of one instrument say into feed records, whose bytes
 * engine/event/feed-layout.ts documents. One encoder an instrument, in the feed worker; the records
 * go to the input ring. A snapshot and the diffs that waited for it leave as one record where they
 * fit.
 */
import {
  FEED_BOOK_STATE,
  FEED_HEADER_BYTES,
  FEED_NORMALISED_LENGTH,
  FEED_RECEIVE_TIME_NS,
} from '../../engine/event/feed-layout.ts';
import {
  ACTION_CHANGE,
  ACTION_DELETE,
  ACTION_NEW,
  BOOK_INIT,
  BOOK_SYNCING,
  DEC_ENTRIES,
  DEC_ENTRY_COUNT,
  DEC_INSTRUMENT,
  DEC_IS_SNAPSHOT,
  DEC_KIND,
  DEC_SENDING_TIME_NS,
  DEC_UPDATE_ID,
  DECODED_ENTRIES_MAX,
  DECODED_MARKET_DATA,
  ENTRY_ACTION,
  ENTRY_BYTES,
  ENTRY_INSTRUMENT,
  ENTRY_PRICE_TICKS,
  ENTRY_QTY_LOTS,
  ENTRY_TRADE,
  ENTRY_TYPE,
} from '../../wasm/layout.ts';
import type { BookState } from './depth-sync.ts';

/** Takes one record in two parts, both only lent; false = it could not be taken and is lost. */
export type RecordOutput = (normalised: Uint8Array, raw: Uint8Array) => boolean;

const NO_BYTES = new Uint8Array(0);
const TWO_32 = 4_294_967_296;
const NS_PER_MS = 1_000_000n;
const BODY = FEED_HEADER_BYTES + DEC_ENTRIES;

export class FeedEncoder {
  readonly #instrument: number;
  readonly #output: RecordOutput;
  readonly #bytes = new Uint8Array(BODY + DECODED_ENTRIES_MAX * ENTRY_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #raw: Uint8Array = NO_BYTES;
  #hasRaw = false;
  #entries = 0;
  #isSnapshot = false;
  /** A diff without levels still says that the book is up to date. */
  #hasUpdate = false;
  #updateId = 0;
  #exchangeTimeMs = 0;
  /** A record of this message was lost: what follows it would be a wrong book. */
  #isLost = false;
  /** No record has left since one was lost: only the newest state may be said. */
  #wasLost = false;
  /** The state is not what the last record said. */
  #hasChange = false;
  #state: BookState = BOOK_INIT;

  constructor(instrument: number, output: RecordOutput) {
    this.#instrument = instrument;
    this.#output = output;
  }

  /**
   * What follows, up to end(), comes from this message; without bytes where no message is the
   * cause.
   */
  begin(receiveTimeNs: bigint, raw: Uint8Array = NO_BYTES): void {
    this.#raw = raw;
    this.#hasRaw = raw.length > 0;
    this.#isLost = false;
    this.#view.setBigInt64(FEED_RECEIVE_TIME_NS, receiveTimeNs, true);
  }

  clear(): void {
    this.#flush(this.#state);
    this.#isSnapshot = true;
  }

  level(side: number, priceTicks: number, qtyLots: number): void {
    const set = this.#isSnapshot ? ACTION_NEW : ACTION_CHANGE;
    this.#entry(side, qtyLots === 0 ? ACTION_DELETE : set, priceTicks, qtyLots);
  }

  trade(priceTicks: number, qtyLots: number, exchangeTimeMs: number): void {
    this.#exchangeTimeMs = exchangeTimeMs;
    this.#entry(ENTRY_TRADE, ACTION_NEW, priceTicks, qtyLots);
  }

  applied(updateId: number, exchangeTimeMs: number): void {
    this.#hasUpdate = true;
    this.#updateId = updateId;
    this.#exchangeTimeMs = exchangeTimeMs;
  }

  state(next: BookState): void {
    // Two changes at one message are two records: a reader sees every state.
    if (this.#hasChange && !this.#wasLost) this.#flush(this.#state);
    this.#state = next;
    this.#hasChange = true;
  }

  /**
   * Lets the rest of the message go, one without effect as raw bytes alone; false when any was
   * lost.
   */
  end(): boolean {
    this.#flush(this.#state);
    if (this.#hasRaw) {
      this.#view.setUint32(FEED_NORMALISED_LENGTH, 0, true);
      this.#view.setUint32(FEED_BOOK_STATE, this.#state, true);
      this.#write(FEED_HEADER_BYTES);
    }
    return !this.#isLost;
  }

  #entry(type: number, action: number, priceTicks: number, qtyLots: number): void {
    // Half of a message is no book to trade on.
    if (this.#entries === DECODED_ENTRIES_MAX) this.#flush(BOOK_SYNCING);
    const at = BODY + this.#entries * ENTRY_BYTES;
    this.#entries++;
    this.#view.setInt32(at + ENTRY_INSTRUMENT, this.#instrument, true);
    this.#view.setInt32(at + ENTRY_ACTION, action, true);
    this.#view.setInt32(at + ENTRY_TYPE, type, true);
    this.#setI64(at + ENTRY_PRICE_TICKS, priceTicks);
    this.#setI64(at + ENTRY_QTY_LOTS, qtyLots);
  }

  #flush(state: BookState): void {
    if (this.#entries === 0 && !this.#hasUpdate && !this.#hasChange) return;
    const view = this.#view;
    const length = DEC_ENTRIES + this.#entries * ENTRY_BYTES;
    view.setUint32(FEED_NORMALISED_LENGTH, length, true);
    view.setUint32(FEED_BOOK_STATE, state, true);
    view.setInt32(FEED_HEADER_BYTES + DEC_KIND, DECODED_MARKET_DATA, true);
    view.setInt32(FEED_HEADER_BYTES + DEC_ENTRY_COUNT, this.#entries, true);
    view.setInt32(FEED_HEADER_BYTES + DEC_IS_SNAPSHOT, this.#isSnapshot ? 1 : 0, true);
    view.setInt32(FEED_HEADER_BYTES + DEC_INSTRUMENT, this.#instrument, true);
    this.#setI64(FEED_HEADER_BYTES + DEC_UPDATE_ID, this.#updateId);
    const sentNs = BigInt(this.#exchangeTimeMs) * NS_PER_MS;
    view.setBigInt64(FEED_HEADER_BYTES + DEC_SENDING_TIME_NS, sentNs, true);
    this.#hasChange = state !== this.#state;
    this.#entries = 0;
    this.#isSnapshot = false;
    this.#hasUpdate = false;
    this.#write(FEED_HEADER_BYTES + length);
  }

  #write(length: number): void {
    if (!this.#isLost) this.#isLost = !this.#output(this.#bytes.subarray(0, length), this.#raw);
    this.#wasLost = this.#isLost;
    if (this.#isLost) this.#hasChange = true;
    this.#raw = NO_BYTES;
    this.#hasRaw = false;
  }

  /** Whole numbers below 2^53 only. */
  #setI64(at: number, value: number): void {
    this.#view.setUint32(at, value % TWO_32, true);
    this.#view.setInt32(at + 4, Math.floor(value / TWO_32), true);
  }
}
