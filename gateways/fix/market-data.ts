/**
 * The one mapping of market data between FIX fields and our own words, on the cold side: 35=V
 * written by the engine's link and read by the simulated venue, which writes 35=W, X, Y and the end
 * of a recording. The engine decodes W and X in WASM (wasm/fix-decode.ts).
 */
import { ENTRY_ASK, ENTRY_BID, ENTRY_TRADE } from '../../wasm/layout.ts';
import { encodeFields, type Field, type Fields, type FixMessage } from './codec.ts';
import { Tag } from './tags.ts';

/** SubscriptionRequestType (263); 0 asks for a snapshot alone. */
export const SUBSCRIBE = '1';
export const UNSUBSCRIBE = '2';
const INCREMENTAL_REFRESH = 1;
const EMPTY_BOOK = 'J';
const REASON_UNKNOWN_SYMBOL = 0;
const ENTRY_TYPES = [ENTRY_BID, ENTRY_ASK, ENTRY_TRADE];

/** Body of 35=V for bids, offers and trades, updates included. */
export function marketDataRequest(request: {
  readonly mdReqId: string;
  /** Levels a side, 0 = full book. */
  readonly marketDepth: number;
  readonly symbols: readonly string[];
}): Fields {
  return [
    [Tag.MDReqID, request.mdReqId],
    [Tag.SubscriptionRequestType, SUBSCRIBE],
    [Tag.MarketDepth, request.marketDepth],
    [Tag.MDUpdateType, INCREMENTAL_REFRESH],
    [Tag.NoMDEntryTypes, ENTRY_TYPES.length],
    ...ENTRY_TYPES.map((type): Field => [Tag.MDEntryType, type]),
    [Tag.NoRelatedSym, request.symbols.length],
    ...request.symbols.map((symbol): Field => [Tag.Symbol, symbol]),
  ];
}

interface MarketDataRequest {
  readonly mdReqId: string;
  readonly subscriptionType: string;
  readonly symbols: readonly string[];
}

/** Reads 35=V: what a message does not say is ''. */
export function parseMarketDataRequest(message: FixMessage): MarketDataRequest {
  return {
    mdReqId: message.get(Tag.MDReqID) ?? '',
    subscriptionType: message.get(Tag.SubscriptionRequestType) ?? '',
    symbols: message
      .bodyFields()
      .filter(([tag]) => tag === Tag.Symbol)
      .map(([, symbol]) => String(symbol)),
  };
}

/** Body of 35=Y. */
export function marketDataReject(mdReqId: string, text: string): Fields {
  return [
    [Tag.MDReqID, mdReqId],
    [Tag.MDReqRejReason, REASON_UNKNOWN_SYMBOL],
    [Tag.Text, text],
  ];
}

/** One MDEntry: action and type as in wasm/layout.ts, price and size as decimal text. */
export interface MarketDataEntry {
  readonly action: number;
  readonly type: number;
  readonly price: string;
  /** '' for a deletion. */
  readonly size: string;
}

/** Stands first in 35=W and X: the market's time as a UTCTimestamp with nanoseconds. */
export const marketTimeField = (marketTime: string): string =>
  encodeFields([[Tag.MarketTime, marketTime]]);

/** Fields of 35=W after the market time: the whole book of one symbol. */
export function snapshotFields(symbol: string, entries: readonly MarketDataEntry[]): string {
  const fields: Field[] = [
    [Tag.Symbol, symbol],
    [Tag.NoMDEntries, Math.max(1, entries.length)],
  ];
  if (entries.length === 0) fields.push([Tag.MDEntryType, EMPTY_BOOK]);
  for (const { type, price, size } of entries) {
    fields.push([Tag.MDEntryType, type], [Tag.MDEntryPx, price], [Tag.MDEntrySize, size]);
  }
  return encodeFields(fields);
}

/** Fields of 35=X after the market time: changes of one symbol. */
export function incrementFields(symbol: string, entries: readonly MarketDataEntry[]): string {
  const fields: Field[] = [[Tag.NoMDEntries, entries.length]];
  for (const { action, type, price, size } of entries) {
    fields.push([Tag.MDUpdateAction, action], [Tag.MDEntryType, type]);
    fields.push([Tag.Symbol, symbol], [Tag.MDEntryPx, price]);
    if (size !== '') fields.push([Tag.MDEntrySize, size]);
  }
  return encodeFields(fields);
}

/** Body of 35=U2: the recording is over, after so many messages. */
export const endOfRecording = (messages: number): Fields => [[Tag.RecordedMessages, messages]];
