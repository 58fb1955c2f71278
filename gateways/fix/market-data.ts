/**
 * Market data between FIX fields and our own words, on the cold side: 35=V parsed and written, 35=W and X
 * written from entries. The engine decodes W and X in WASM (wasm/fix-decode.ts).
 */
import type { Field, Fields, FixMessage } from './codec.ts';
import { type Complaint, valueIncorrect } from './session-checks.ts';
import { RejectReason, Tag } from './tags.ts';

export interface MarketDataRequest {
  readonly mdReqId: string;
  /** 263: 0 snapshot, 1 snapshot and updates, 2 stop. */
  readonly subscriptionType: '0' | '1' | '2';
  /** 264: levels a side, 0 = full book. */
  readonly marketDepth: number;
  readonly symbols: readonly string[];
}

export type ParsedMarketDataRequest =
  | { readonly request: MarketDataRequest; readonly complaint?: undefined }
  | { readonly request?: undefined; readonly complaint: Complaint };

const ENTRY_TYPES = ['0', '1', '2'] as const; // bid, offer, trade
const INCREMENTAL_REFRESH = 1;

/** Reads 35=V. */
export function parseMarketDataRequest(message: FixMessage): ParsedMarketDataRequest {
  for (const tag of [Tag.MDReqID, Tag.SubscriptionRequestType, Tag.MarketDepth, Tag.NoRelatedSym]) {
    if ((message.get(tag) ?? '') !== '') continue;
    const text = `required tag ${tag} is missing`;
    return {
      complaint: { refTag: tag, reason: RejectReason.RequiredTagMissing, text, isFatal: false },
    };
  }
  const type = message.get(Tag.SubscriptionRequestType)!;
  if (type !== '0' && type !== '1' && type !== '2') {
    const text = `SubscriptionRequestType (263) is ${type}, 0, 1 and 2 are known`;
    return { complaint: valueIncorrect(Tag.SubscriptionRequestType, text) };
  }
  const marketDepth = message.getInt(Tag.MarketDepth) ?? -1;
  if (marketDepth < 0) {
    const text = `MarketDepth (264) is ${message.get(Tag.MarketDepth)}, not a number of levels`;
    return { complaint: valueIncorrect(Tag.MarketDepth, text) };
  }
  const symbols = message
    .bodyFields()
    .filter(([tag]) => tag === Tag.Symbol)
    .map(([, value]) => String(value));
  if (symbols.length !== message.getInt(Tag.NoRelatedSym)) {
    const text = `NoRelatedSym (146) is ${message.get(Tag.NoRelatedSym)}, ${symbols.length} symbols follow`;
    return { complaint: valueIncorrect(Tag.NoRelatedSym, text) };
  }
  const mdReqId = message.get(Tag.MDReqID)!;
  return { request: { mdReqId, subscriptionType: type, marketDepth, symbols } };
}

/** Body of 35=V for bids, offers and trades, updates included. */
export function marketDataRequest(request: MarketDataRequest): Fields {
  return [
    [Tag.MDReqID, request.mdReqId],
    [Tag.SubscriptionRequestType, request.subscriptionType],
    [Tag.MarketDepth, request.marketDepth],
    [Tag.MDUpdateType, INCREMENTAL_REFRESH],
    [Tag.NoMDEntryTypes, ENTRY_TYPES.length],
    ...ENTRY_TYPES.map((type): Field => [Tag.MDEntryType, type]),
    [Tag.NoRelatedSym, request.symbols.length],
    ...request.symbols.map((symbol): Field => [Tag.Symbol, symbol]),
  ];
}

/** One MDEntry; prices and sizes are decimal text. */
export interface MarketDataEntry {
  /** 279, ignored in a snapshot. */
  readonly action: '0' | '1' | '2';
  /** 269. */
  readonly type: '0' | '1' | '2' | 'J';
  readonly symbol: string;
  readonly price: string;
  /** '' for a deletion. */
  readonly size: string;
}

/** Body of 35=W: the whole book of one symbol; `marketTime` is a UTCTimestamp with nanoseconds (5060). */
export function marketDataSnapshot(
  symbol: string,
  marketTime: string,
  entries: readonly MarketDataEntry[],
): Fields {
  const fields: Field[] = [
    [Tag.MarketTime, marketTime],
    [Tag.Symbol, symbol],
    [Tag.NoMDEntries, entries.length],
  ];
  for (const entry of entries) {
    fields.push([Tag.MDEntryType, entry.type]);
    pushPriceAndSize(fields, entry);
  }
  return fields;
}

/** Body of 35=X: changes. */
export function marketDataIncrement(
  marketTime: string,
  entries: readonly MarketDataEntry[],
): Fields {
  const fields: Field[] = [
    [Tag.MarketTime, marketTime],
    [Tag.NoMDEntries, entries.length],
  ];
  for (const entry of entries) {
    fields.push([Tag.MDUpdateAction, entry.action]);
    fields.push([Tag.MDEntryType, entry.type], [Tag.Symbol, entry.symbol]);
    pushPriceAndSize(fields, entry);
  }
  return fields;
}

function pushPriceAndSize(fields: Field[], entry: MarketDataEntry): void {
  if (entry.price !== '') fields.push([Tag.MDEntryPx, entry.price]);
  if (entry.size !== '') fields.push([Tag.MDEntrySize, entry.size]);
}
