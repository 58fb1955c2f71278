/**
 * Market data of the matching venue: who has subscribed gets a snapshot (35=W) of the book by
 * price, then after each turn what has changed of its best levels and what was traded (35=X). The
 * book is the one in which the orders meet; nothing is looked at while nobody has subscribed.
 */
import { ACTION_CHANGE, ACTION_DELETE, ACTION_NEW, ENTRY_TRADE } from '../../../wasm/layout.ts';
import { CTL_ROWS, DEPTH_ROW_BYTES } from '../../../wasm/matching/matching-layout.ts';
import type { Memory } from '../../../wasm/memory.ts';
import * as V from '../../../wasm/venue-layout.ts';
import type { FixMessage } from '../../fix/codec.ts';
import {
  incrementFields,
  type MarketDataEntry,
  marketDataReject,
  marketTimeField,
  parseMarketDataRequest,
  SUBSCRIBE,
  snapshotFields,
  UNSUBSCRIBE,
} from '../../fix/market-data.ts';
import { MsgType } from '../../fix/tags.ts';
import { formatTimestamp } from '../../fix/timestamp.ts';
import { bookEntries, entryText } from '../entry-text.ts';
import type { InstrumentGrid } from '../instrument-grid.ts';
import { VenueBook } from '../venue-book.ts';
import type { ExchangeLink } from './exchange-link.ts';
import type { ExchangeModule } from './exchange-module.ts';

/** Levels a side that are told. */
const DEPTH = 10;
/** ENTRY_BID, ENTRY_ASK. */
const ENTRY_SIDES = [0, 1] as const;

interface ExchangeMarketParts {
  readonly memory: Memory;
  readonly module: ExchangeModule;
  readonly grids: readonly InstrumentGrid[];
  readonly link: () => ExchangeLink;
}

export class ExchangeMarket {
  readonly #parts: ExchangeMarketParts;
  /** What each subscriber's book shows, by instrument. */
  readonly #shown = new Map<number, VenueBook>();
  #printed = 0;

  constructor(parts: ExchangeMarketParts) {
    this.#parts = parts;
  }

  onRequest(message: FixMessage): void {
    const { grids } = this.#parts;
    const { mdReqId, subscriptionType, symbols } = parseMarketDataRequest(message);
    const instruments = symbols.map((symbol) => grids.findIndex((grid) => grid.symbol === symbol));
    const unknown = symbols[instruments.indexOf(-1)];
    if (symbols.length === 0 || unknown !== undefined) {
      const body = marketDataReject(mdReqId, `unknown symbol ${unknown ?? ''}`);
      this.#parts.link().sendApp(MsgType.MarketDataRequestReject, body);
      return;
    }
    this.publish();
    this.#printed = this.#parts.memory.i64(V.VEN_PRINTS);
    for (const instrument of instruments) {
      if (subscriptionType === UNSUBSCRIBE) this.#shown.delete(instrument);
      else this.#sendSnapshot(instrument, subscriptionType === SUBSCRIBE);
    }
    this.#parts.memory.setI32(V.VEN_WANT_TRADES, this.#shown.size > 0 ? 1 : 0);
  }

  /** The subscriber is gone. */
  forget(): void {
    this.#shown.clear();
    this.#parts.memory.setI32(V.VEN_WANT_TRADES, 0);
  }

  /** Tells what has changed since the last call. */
  publish(): void {
    if (this.#shown.size === 0) return;
    const { memory } = this.#parts;
    for (const [instrument, shown] of this.#shown) {
      const changed = V.VEN_CHANGED + instrument * 4;
      if (memory.i32(changed) === 0) continue;
      memory.setI32(changed, 0);
      const entries = [...this.#changes(instrument, shown), ...this.#trades(instrument)];
      if (entries.length === 0) continue;
      const fields = incrementFields(this.#parts.grids[instrument]!.symbol, entries);
      this.#send(MsgType.MarketDataIncrementalRefresh, fields);
    }
    this.#printed = memory.i64(V.VEN_PRINTS);
  }

  #sendSnapshot(instrument: number, isSubscribed: boolean): void {
    const grid = this.#parts.grids[instrument]!;
    const book = this.#bookNow(instrument);
    if (isSubscribed) this.#shown.set(instrument, book);
    const fields = snapshotFields(grid.symbol, bookEntries(grid, book));
    this.#send(MsgType.MarketDataSnapshotFullRefresh, fields);
  }

  #send(msgType: string, fields: string): void {
    const link = this.#parts.link();
    const time = formatTimestamp(link.nowNs(), 9);
    link.sendAppRaw(msgType, Buffer.from(marketTimeField(time) + fields, 'latin1'));
  }

  #bookNow(instrument: number): VenueBook {
    const { memory, module, grids } = this.#parts;
    const { incrementTicks } = grids[instrument]!;
    const book = new VenueBook();
    for (const side of ENTRY_SIDES) {
      const count = module.matchingDepth(instrument, side + 1, DEPTH);
      for (let index = 0; index < count; index++) {
        const row = (memory.i32(CTL_ROWS) >>> 0) + index * DEPTH_ROW_BYTES;
        book.set(side, memory.i64(row) * incrementTicks, memory.i64(row + 8));
      }
    }
    return book;
  }

  /** Entries that lead from what is shown to the book as it is now; shown becomes now. */
  #changes(instrument: number, shown: VenueBook): MarketDataEntry[] {
    const grid = this.#parts.grids[instrument]!;
    const now = this.#bookNow(instrument);
    const entries: MarketDataEntry[] = [];
    for (const type of ENTRY_SIDES) {
      for (const { priceTicks } of [...shown.sides[type]]) {
        if (now.lotsAt(type, priceTicks) > 0) continue;
        entries.push(entryText(grid, { action: ACTION_DELETE, type, priceTicks, lots: 0 }));
        shown.remove(type, priceTicks);
      }
      for (const { priceTicks, lots } of now.sides[type]) {
        const before = shown.lotsAt(type, priceTicks);
        if (before === lots) continue;
        const action = before === 0 ? ACTION_NEW : ACTION_CHANGE;
        entries.push(entryText(grid, { action, type, priceTicks, lots }));
        shown.set(type, priceTicks, lots);
      }
    }
    return entries;
  }

  /** Trades of the instrument since the last call, oldest first. */
  #trades(instrument: number): MarketDataEntry[] {
    const { memory, grids } = this.#parts;
    const head = memory.i64(V.VEN_PRINTS);
    const entries: MarketDataEntry[] = [];
    for (let count = Math.max(this.#printed, head - V.PRINTS_MAX); count < head; count++) {
      const at = V.PRINTS + (count % V.PRINTS_MAX) * V.PRINT_BYTES;
      if (memory.i32(at) !== instrument) continue;
      const change = {
        action: ACTION_NEW,
        type: ENTRY_TRADE,
        priceTicks: memory.i64(at + 8),
        lots: memory.i64(at + 16),
      };
      entries.push(entryText(grids[instrument]!, change));
    }
    return entries;
  }
}
