/**
 * The slow plain twin of the fast decode: strings, Maps, regular expressions and BigInt. Written
 * from the rules in fix-decode.ts and wasm/layout.ts, not from its code; tests demand the same
 * verdict and values.
 */
import {
  BESIDE,
  CANCEL_REJECT,
  CANCEL_REJECT_REQUIRED,
  ENTRY_ORDER,
  fnv1a64,
  isFastValue,
  timestamp,
} from './fix-fast-values-reference.ts';
import { demand, onGrid, quantity, Refused, TWO_53 } from './fix-grid-reference.ts';
import * as L from './layout.ts';

export interface ReferenceInstrument {
  readonly tickE8: bigint;
  readonly lotE8: bigint;
}

export interface ReferenceSession {
  readonly begin: string;
  readonly sender: string;
  readonly target: string;
  readonly isLive: boolean;
  readonly nextIn: bigint;
  readonly nowNs: bigint;
  readonly maxLatencyNs: bigint;
  readonly marketTimeTag: number;
  readonly clOrdIdPrefix: string;
  readonly symbols: ReadonlyMap<string, number>;
  readonly instruments: readonly ReferenceInstrument[];
  /** Length field to the data field behind it. */
  readonly dataTags: ReadonlyMap<number, number>;
}

export interface ReferenceEntry {
  readonly instrument: number;
  readonly action: number;
  readonly type: number;
  readonly priceTicks: bigint;
  readonly qtyLots: bigint;
}

/** What DECODED holds after a message, by name. */
export interface ReferenceDecoded {
  readonly kind: number;
  readonly error: number;
  readonly entries: readonly ReferenceEntry[];
  readonly fields: ReadonlyMap<string, bigint>;
}

type Field = readonly [tag: string, value: string];

const SOH = '\x01';
/** By MsgType; the session in TypeScript hands over those of the first three alone. */
const KINDS: Readonly<Record<string, number>> = {
  W: L.DECODED_MARKET_DATA,
  X: L.DECODED_MARKET_DATA,
  8: L.DECODED_EXECUTION,
  9: L.DECODED_CANCEL_REJECT,
  0: L.DECODED_HEARTBEAT,
};
const HEADER = new Set(['34', '49', '56', '52', '43']);
const RARE_HEADER = new Set('50 57 97 115 116 122 128 129 142 143 144 145 369'.split(' '));
const IGNORED_MARKET_DATA = new Set('22 48 60 75 83 207 262 272 273 278 290 346'.split(' '));
const IGNORED_EXECUTION = new Set('1 6 12 13 15 40 58 59 60'.split(' '));
const IDENTITY = new Set('11 14 17 31 32 37 38 39 41 44 54 55 103 150 151 851'.split(' '));

/** One whole, well-framed message. `checks`: as fixNext sees it, else as fixDecode does. */
export function referenceDecode(
  message: string,
  session: ReferenceSession,
  checks: boolean,
): ReferenceDecoded {
  const fields = new Map<string, bigint>();
  const entries: ReferenceEntry[] = [];
  const pairs = message.split(SOH).slice(0, -1);
  const type = pairs[2]!.slice(3);
  try {
    demand(!checks || pairs[0] === `8=${session.begin}`, L.FIX_BEGIN_STRING);
    const isHandedOver = type === '8' || type === 'W' || type === 'X';
    demand(type in KINDS && (checks || isHandedOver), L.FIX_NOT_FAST_TYPE);
    demand(!checks || session.isLive, L.FIX_NOT_LIVE);
    const seen = new Map<string, string>();
    const timeTag = String(session.marketTimeTag);
    const body = new Body(session, { type, checks, seen, fields, entries });
    let inBody = false;
    const hasData = !checks && type === '8';
    for (const pair of hasData ? fieldsWithData(message, session) : pairs.slice(3, -1)) {
      const [tag, value] = splitField(pair);
      const isRare = RARE_HEADER.has(tag);
      if (HEADER.has(tag) || isRare) {
        if (!isRare) headerField(tag, value, seen);
        demand(!checks || !inBody, L.FIX_BAD_VALUE);
        demand(!isRare || !checks, L.FIX_UNKNOWN_TAG);
        if (!isRare) seen.set(tag, value);
        if (tag === timeTag) fields.set('marketTimeNs', timestamp(value)!);
        continue;
      }
      inBody = true;
      if (tag === timeTag) body.marketTime(tag, value);
      else if (checks || type !== '8' || IDENTITY.has(tag)) body.field([tag, value]);
    }
    body.end();
    const isTimed = type === 'W' || type === 'X';
    const hasTime = timeTag === '0' || timeTag === '52' || !isTimed || body.hasMarketTime;
    demand(!checks || hasTime, L.FIX_MISSING_TAG);
    if (checks) sessionChecks(seen, session);
    fields.set('msgSeqNum', BigInt(seen.get('34')!));
    fields.set('sendingTimeNs', timestamp(seen.get('52')!)!);
    return { kind: KINDS[type]!, error: 0, entries, fields };
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    return { kind: L.DECODED_SLOW, error: refused.reason, entries: [], fields: new Map() };
  }
}

/**
 * The fields behind MsgType, without data fields: one of them may hold what looks like a field, so
 * it is left out with the Length that says where it ends.
 */
function fieldsWithData(message: string, { dataTags }: ReferenceSession): readonly string[] {
  const fields: string[] = [];
  const body = message.split(SOH, 3).join(SOH).length + 1;
  const text = message.slice(0, -7);
  for (let at = body; at < text.length; ) {
    const end = text.indexOf(SOH, at);
    const [, tag, length] = /^(\d+)=(\d{1,18})$/.exec(text.slice(at, end)) ?? [];
    const data = /^(\d+)=/.exec(text.slice(end + 1));
    const dataTag = tag?.startsWith('0') ? undefined : dataTags.get(Number(tag));
    const dataEnd = end + 1 + (data?.[0].length ?? 0) + Number(length);
    const isData = data !== null && dataTag === Number(data[1]) && text[dataEnd] === SOH;
    fields.push(text.slice(at, end));
    at = (isData ? dataEnd : end) + 1;
  }
  return fields;
}

function splitField(pair: string): Field {
  const match = /^([1-9]\d*)=(.+)$/s.exec(pair);
  demand(match !== null, L.FIX_BAD_VALUE);
  return [match[1]!, match[2]!];
}

function headerField(tag: string, value: string, seen: ReadonlyMap<string, string>): void {
  demand(!seen.has(tag), L.FIX_BAD_VALUE);
  if (tag === '34') demand(/^\d{1,15}$/.test(value), L.FIX_BAD_VALUE);
  if (tag === '43') demand(/^[YN]$/.test(value), L.FIX_BAD_VALUE);
  if (tag === '52') demand(timestamp(value) !== undefined, L.FIX_BAD_VALUE);
}

function sessionChecks(seen: ReadonlyMap<string, string>, session: ReferenceSession): void {
  demand(seen.get('49') === session.target && seen.get('56') === session.sender, L.FIX_COMP_ID);
  demand(seen.get('43') !== 'Y', L.FIX_POSS_DUP);
  demand(BigInt(seen.get('34')!) === session.nextIn, L.FIX_SEQUENCE);
  const late = session.nowNs - timestamp(seen.get('52')!)!;
  demand((late < 0n ? -late : late) <= session.maxLatencyNs, L.FIX_SENDING_TIME);
}

interface BodyParts {
  readonly type: string;
  readonly checks: boolean;
  readonly seen: Map<string, string>;
  readonly fields: Map<string, bigint>;
  readonly entries: ReferenceEntry[];
}

/** The fields after the header, of one message. */
class Body {
  readonly #session: ReferenceSession;
  readonly #type: string;
  /** As the fast path sees it. */
  readonly #checks: boolean;
  readonly #seen: Map<string, string>;
  readonly #fields: Map<string, bigint>;
  readonly #entries: ReferenceEntry[];
  #entry: Map<string, string> | undefined;
  #symbol: number | undefined;
  hasMarketTime = false;

  constructor(session: ReferenceSession, { type, checks, seen, fields, entries }: BodyParts) {
    this.#session = session;
    this.#type = type;
    this.#checks = checks;
    this.#seen = seen;
    this.#fields = fields;
    this.#entries = entries;
  }

  marketTime(tag: string, value: string): void {
    const isTimed = this.#type === 'W' || this.#type === 'X';
    demand(!this.#checks || isTimed, L.FIX_UNKNOWN_TAG);
    if (this.#checks) this.#closeGroup();
    this.hasMarketTime = true;
    const time = timestamp(value);
    demand(time !== undefined && !this.#seen.has(tag), L.FIX_BAD_VALUE);
    this.#seen.set(tag, value);
    this.#fields.set('marketTimeNs', time);
  }

  field(field: Field): void {
    demand(this.#type !== '0', L.FIX_UNKNOWN_TAG);
    if (this.#type === '8') this.#execution(field);
    else if (this.#type === '9') this.#cancelReject(field);
    else this.#marketData(field);
  }

  end(): void {
    if (this.#type === '0') this.#demandAll('34 49 56 52');
    else if (this.#type === '8') this.#endExecution();
    else if (this.#type === '9') this.#endCancelReject();
    else this.#endMarketData();
  }

  #once(tag: string, value: string): void {
    demand(!this.#seen.has(tag), L.FIX_BAD_VALUE);
    this.#seen.set(tag, value);
  }

  #demandAll(tags: string): void {
    for (const tag of tags.split(' ')) demand(this.#seen.has(tag), L.FIX_MISSING_TAG);
  }

  #find(symbol: string): number {
    const instrument = this.#session.symbols.get(symbol);
    demand(instrument !== undefined, L.FIX_UNKNOWN_SYMBOL);
    return instrument;
  }

  #marketData([tag, value]: Field): void {
    if (IGNORED_MARKET_DATA.has(tag)) {
      if (this.#checks) this.#plainMarketData(tag, value);
      return;
    }
    const isSnapshot = this.#type === 'W';
    const known = isSnapshot
      ? ['55', '268', '269', '270', '271']
      : ['55', '268', '269', '270', '271', '279'];
    demand(known.includes(tag), L.FIX_UNKNOWN_TAG);
    if (tag === '268') {
      demand(/^\d{1,18}$/.test(value), L.FIX_BAD_VALUE);
      this.#once(tag, value);
      demand(BigInt(value) <= BigInt(L.DECODED_ENTRIES_MAX), L.FIX_BAD_GROUP_COUNT);
      return;
    }
    if (tag === '55' && isSnapshot) {
      demand(!this.#seen.has('268'), L.FIX_BAD_GROUP_COUNT);
      this.#once(tag, value);
      this.#symbol = this.#find(value);
      return;
    }
    if (tag === '279') demand(/^[012]$/.test(value), L.FIX_BAD_VALUE);
    const types = this.#checks ? /^[012]$/ : /^[012J]$/;
    if (tag === '269') demand(types.test(value), L.FIX_BAD_VALUE);
    if (tag === (isSnapshot ? '269' : '279')) this.#startEntry();
    this.#toEntry(tag, value);
    if (tag === '55') this.#symbol = this.#find(value);
  }

  /** The entry in hand has not had the field, on the fast path nor one that stands behind it. */
  #toEntry(tag: string, value: string): void {
    demand(this.#entry !== undefined, L.FIX_BAD_GROUP_COUNT);
    demand(!this.#entry.has(tag), L.FIX_BAD_VALUE);
    this.#entry.set(tag, value);
    const order = ENTRY_ORDER[this.#type]!;
    const last = Math.max(...[...this.#entry.keys()].map((each) => order.indexOf(each)));
    demand(!this.#checks || last === order.indexOf(tag), L.FIX_BAD_VALUE);
  }

  #closeGroup(): void {
    if (!this.#seen.has('268')) return;
    this.#endEntry();
    demand(this.#entries.length === Number(this.#seen.get('268')), L.FIX_BAD_GROUP_COUNT);
  }

  #plainMarketData(tag: string, value: string): void {
    const isBeside = BESIDE[this.#type]!.includes(tag);
    demand(isBeside || ENTRY_ORDER[this.#type]!.includes(tag), L.FIX_UNKNOWN_TAG);
    if (isBeside) this.#closeGroup();
    else this.#toEntry(tag, value);
    demand(isFastValue(tag, value), L.FIX_BAD_VALUE);
    if (isBeside) this.#once(tag, value);
  }

  #startEntry(): void {
    this.#endEntry();
    const stated = Number(this.#seen.get('268') ?? '-1');
    demand(this.#entries.length < stated, L.FIX_BAD_GROUP_COUNT);
    this.#entry = new Map();
  }

  #endEntry(): void {
    const entry = this.#entry;
    this.#entry = undefined;
    if (entry === undefined) return;
    const type = entry.get('269');
    const instrument = this.#symbol;
    demand(type !== undefined && instrument !== undefined, L.FIX_MISSING_TAG);
    const action = Number(entry.get('279') ?? '0');
    if (type === 'J') {
      const none = { priceTicks: 0n, qtyLots: 0n };
      this.#entries.push({ instrument, action, type: L.ENTRY_EMPTY_BOOK, ...none });
      return;
    }
    const price = entry.get('270');
    const size = entry.get('271');
    demand(price !== undefined, L.FIX_MISSING_TAG);
    demand(size !== undefined || action === L.ACTION_DELETE, L.FIX_MISSING_TAG);
    const { tickE8, lotE8 } = this.#session.instruments[instrument]!;
    const priceTicks = onGrid(price, tickE8);
    const qtyLots = size === undefined ? 0n : quantity(size, lotE8);
    this.#entries.push({ instrument, action, type: Number(type), priceTicks, qtyLots });
  }

  #endMarketData(): void {
    this.#endEntry();
    this.#demandAll(this.#type === 'W' ? '34 49 56 52 268 55' : '34 49 56 52 268');
    demand(this.#entries.length === Number(this.#seen.get('268')), L.FIX_BAD_GROUP_COUNT);
    this.#fields.set('isSnapshot', this.#type === 'W' ? 1n : 0n);
    this.#fields.set('instrument', BigInt(this.#type === 'W' ? this.#symbol! : -1));
  }

  #execution([tag, value]: Field): void {
    const isPlain = IGNORED_EXECUTION.has(tag);
    if (isPlain && !this.#checks) return;
    demand(isPlain || IDENTITY.has(tag), L.FIX_UNKNOWN_TAG);
    if (this.#checks) demand(isFastValue(tag, value), L.FIX_BAD_VALUE);
    if (tag === '150' || tag === '39') demand(value.length === 1, L.FIX_BAD_VALUE);
    if (tag === '54') demand(/^[12]$/.test(value), L.FIX_BAD_VALUE);
    if (tag === '851') demand(/^\d{1,18}$/.test(value), L.FIX_BAD_VALUE);
    if (tag === '103') {
      demand(/^\d{1,18}$/.test(value) && BigInt(value) < 2n ** 31n, L.FIX_BAD_VALUE);
    }
    if (tag === '55') this.#symbol = this.#find(value);
    this.#once(tag, value);
  }

  #endExecution(): void {
    this.#demandAll('34 49 56 52 37 17 150 39 54 55 151 14');
    if (this.#checks) this.#demandAll('6');
    const { tickE8, lotE8 } = this.#session.instruments[this.#symbol!]!;
    const seen = this.#seen;
    const fields = this.#fields;
    const prices: readonly (readonly [string, string])[] = [
      ['44', 'priceTicks'],
      ['31', 'lastPxTicks'],
    ];
    for (const [tag, name] of prices) {
      if (seen.has(tag)) fields.set(name, onGrid(seen.get(tag)!, tickE8));
    }
    const sizes: readonly (readonly [string, string])[] = [
      ['38', 'orderLots'],
      ['32', 'lastLots'],
      ['151', 'leavesLots'],
      ['14', 'cumLots'],
    ];
    for (const [tag, name] of sizes) {
      if (seen.has(tag)) fields.set(name, quantity(seen.get(tag)!, lotE8));
    }
    const liquidity = BigInt(seen.get('851') ?? '0');
    fields.set('liquidity', liquidity <= 2n ? liquidity : 0n);
    fields.set('instrument', BigInt(this.#symbol!));
    fields.set('execType', BigInt(seen.get('150')!.charCodeAt(0)));
    fields.set('ordStatus', BigInt(seen.get('39')!.charCodeAt(0)));
    fields.set('side', BigInt(seen.get('54')!));
    fields.set('rejectReason', BigInt(seen.get('103') ?? '-1'));
    fields.set('clOrdId', this.#intentOf(seen.get('11')));
    fields.set('origClOrdId', this.#intentOf(seen.get('41')));
    fields.set('execIdHash', fnv1a64(seen.get('17')!));
    fields.set('orderIdLength', BigInt(seen.get('37')!.length));
  }

  #cancelReject([tag, value]: Field): void {
    demand(CANCEL_REJECT.has(tag), L.FIX_UNKNOWN_TAG);
    demand(isFastValue(tag, value), L.FIX_BAD_VALUE);
    this.#once(tag, value);
  }

  #endCancelReject(): void {
    this.#demandAll(CANCEL_REJECT_REQUIRED);
    const fields = this.#fields;
    fields.set('ordStatus', BigInt(this.#seen.get('39')!.charCodeAt(0)));
    fields.set('rejectReason', BigInt(this.#seen.get('102') ?? '-1'));
    fields.set('clOrdId', this.#intentOf(this.#seen.get('11')));
    fields.set('origClOrdId', this.#intentOf(this.#seen.get('41')));
  }

  #intentOf(clOrdId: string | undefined): bigint {
    const prefix = this.#session.clOrdIdPrefix;
    if (clOrdId === undefined || !clOrdId.startsWith(prefix)) return -1n;
    const digits = clOrdId.slice(prefix.length);
    return /^\d{1,18}$/.test(digits) && BigInt(digits) <= TWO_53 ? BigInt(digits) : -1n;
  }
}
