/**
 * Feeds bytes to the fast decode as a socket would, and reads DECODED back in the plain twin's
 * words.
 */
import type { CoreModule } from '../../engine/core-module.ts';
import { DATA_TAGS } from '../../gateways/fix/data-tags.ts';
import type {
  ReferenceDecoded,
  ReferenceEntry,
  ReferenceSession,
} from '../../wasm/fix-decode-reference.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { marketMemory } from './market-memory.ts';

const SESSION = 1;
const BLOCK = L.SESSIONS + SESSION * L.SESSION_BYTES;
const RX = L.RX + SESSION * L.RX_BYTES;
/** 2012-06-21 13:30:00 UTC. */
export const NOW_NS = 1_340_285_400_000_000_000n;
export const MARKET_TIME_TAG = 5001;

export const SESSION_OF_TEST: ReferenceSession = {
  begin: 'FIX.4.4',
  sender: 'ENGINE',
  target: 'XNAS',
  isLive: true,
  nextIn: 1n,
  nowNs: NOW_NS,
  maxLatencyNs: 10_000_000_000n,
  marketTimeTag: 0,
  clOrdIdPrefix: 'ABC0DEF',
  dataTags: DATA_TAGS,
  symbols: new Map([
    ['GOOG', 0],
    ['BTC-USD', 1],
    ['ES', 2],
  ]),
  instruments: [
    { tickE8: 1_000_000n, lotE8: 100_000_000n },
    { tickE8: 1n, lotE8: 1n },
    { tickE8: 25_000_000n, lotE8: 100_000_000n },
  ],
};

export const TIMED_SESSION: ReferenceSession = {
  ...SESSION_OF_TEST,
  marketTimeTag: MARKET_TIME_TAG,
};

export interface Piece {
  readonly text: string;
  readonly decoded: ReferenceDecoded;
}

const I32_FIELDS: Readonly<Record<string, number>> = {
  isSnapshot: L.DEC_IS_SNAPSHOT,
  instrument: L.DEC_INSTRUMENT,
  execType: L.DEC_EXEC_TYPE,
  ordStatus: L.DEC_ORD_STATUS,
  side: L.DEC_SIDE,
  rejectReason: L.DEC_REJECT_REASON,
  liquidity: L.DEC_LIQUIDITY,
  orderIdLength: L.DEC_ORDER_ID_LENGTH,
};
const I64_FIELDS: Readonly<Record<string, number>> = {
  msgSeqNum: L.DEC_MSG_SEQ_NUM,
  sendingTimeNs: L.DEC_SENDING_TIME_NS,
  marketTimeNs: L.DEC_MARKET_TIME_NS,
  clOrdId: L.DEC_CLORDID,
  origClOrdId: L.DEC_ORIG_CLORDID,
  priceTicks: L.DEC_PRICE_TICKS,
  orderLots: L.DEC_ORDER_LOTS,
  lastPxTicks: L.DEC_LAST_PX_TICKS,
  lastLots: L.DEC_LAST_LOTS,
  leavesLots: L.DEC_LEAVES_LOTS,
  cumLots: L.DEC_CUM_LOTS,
  execIdHash: L.DEC_EXEC_ID_HASH,
};
/** What a field is when the message has none. */
const ABSENT: Readonly<Record<string, bigint>> = {
  instrument: -1n,
  rejectReason: -1n,
  clOrdId: -1n,
  origClOrdId: -1n,
};

export class DecodeHarness {
  readonly memory: Memory;
  readonly core: CoreModule;

  constructor() {
    const { memory, core } = marketMemory([
      { symbol: 'GOOG', tickSize: '0.01', lotSize: '1' },
      { symbol: 'BTC-USD', tickSize: '0.00000001', lotSize: '0.00000001' },
      { symbol: 'ES', tickSize: '0.25', lotSize: '1' },
    ]);
    this.memory = memory;
    this.core = core;
    memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, SESSION_OF_TEST.clOrdIdPrefix);
    this.setSession(SESSION_OF_TEST);
  }

  setSession(session: ReferenceSession): void {
    const { memory } = this;
    memory.setAbsoluteNs(L.CTL_NOW_NS, session.nowNs);
    memory.setI32(BLOCK + L.SES_STATE, session.isLive ? L.SESSION_LIVE : L.SESSION_RECOVERING);
    memory.setI32(BLOCK + L.SES_MARKET_TIME_TAG, session.marketTimeTag);
    memory.setAbsoluteNs(BLOCK + L.SES_NEXT_IN, session.nextIn);
    memory.setAbsoluteNs(BLOCK + L.SES_MAX_LATENCY_NS, session.maxLatencyNs);
    for (const [at, lengthAt, text] of [
      [L.SES_SENDER, L.SES_SENDER_LENGTH, session.sender],
      [L.SES_TARGET, L.SES_TARGET_LENGTH, session.target],
      [L.SES_BEGIN, L.SES_BEGIN_LENGTH, session.begin],
    ] as const) {
      memory.setText(BLOCK + at, 16, text);
      memory.setI32(BLOCK + lengthAt, text.length);
    }
  }

  get nextIn(): bigint {
    return this.memory.absoluteNs(BLOCK + L.SES_NEXT_IN);
  }

  /** Drops what waits in RX. */
  forget(): void {
    this.memory.setI32(BLOCK + L.SES_RX_START, 0);
    this.memory.setI32(BLOCK + L.SES_RX_END, 0);
    this.memory.setI32(BLOCK + L.SES_SEARCHED, 0);
  }

  /** Bytes in RX that are no whole message yet. */
  get waiting(): string {
    const start = this.memory.i32(BLOCK + L.SES_RX_START);
    return this.#text(RX + start, this.memory.i32(BLOCK + L.SES_RX_END) - start);
  }

  /** Receives bytes and takes all that is whole. */
  receive(bytes: string): readonly Piece[] {
    const { memory } = this;
    const start = memory.i32(BLOCK + L.SES_RX_START);
    const end = memory.i32(BLOCK + L.SES_RX_END);
    memory.bytes.copyWithin(RX, RX + start, RX + end);
    memory.bytes.set(Buffer.from(bytes, 'latin1'), RX + end - start);
    memory.setI32(BLOCK + L.SES_RX_START, 0);
    memory.setI32(BLOCK + L.SES_RX_END, end - start + bytes.length);
    const pieces: Piece[] = [];
    while (this.core.fixNext(SESSION) !== L.DECODED_NOTHING) pieces.push(this.#piece());
    return pieces;
  }

  /** Decodes a message that the session has accepted. */
  decodeAccepted(message: string): ReferenceDecoded {
    this.memory.bytes.set(Buffer.from(message, 'latin1'), RX);
    this.core.fixDecode(SESSION, RX, message.length);
    return this.decoded();
  }

  decoded(): ReferenceDecoded {
    const { memory } = this;
    const kind = memory.i32(L.DECODED + L.DEC_KIND);
    const error = memory.i32(L.DECODED + L.DEC_ERROR);
    const fields = new Map<string, bigint>();
    if (error !== 0) return { kind, error, entries: [], fields };
    for (const [name, at] of Object.entries(I32_FIELDS))
      fields.set(name, BigInt(memory.i32(L.DECODED + at)));
    for (const [name, at] of Object.entries(I64_FIELDS))
      fields.set(name, memory.absoluteNs(L.DECODED + at));
    return { kind, error, entries: this.#entries(), fields };
  }

  #entries(): readonly ReferenceEntry[] {
    const { memory } = this;
    return Array.from({ length: memory.i32(L.DECODED + L.DEC_ENTRY_COUNT) }, (_, index) => {
      const at = L.DECODED + L.DEC_ENTRIES + index * L.ENTRY_BYTES;
      return {
        instrument: memory.i32(at + L.ENTRY_INSTRUMENT),
        action: memory.i32(at + L.ENTRY_ACTION),
        type: memory.i32(at + L.ENTRY_TYPE),
        priceTicks: memory.absoluteNs(at + L.ENTRY_PRICE_TICKS),
        qtyLots: memory.absoluteNs(at + L.ENTRY_QTY_LOTS),
      };
    });
  }

  #piece(): Piece {
    const at = this.memory.i32(L.DECODED + L.DEC_MESSAGE);
    const length = this.memory.i32(L.DECODED + L.DEC_MESSAGE_LENGTH);
    return { text: this.#text(at, length), decoded: this.decoded() };
  }

  #text(at: number, length: number): string {
    return Buffer.from(this.memory.bytes.slice(at, at + length)).toString('latin1');
  }
}

/** One line that says all of it: equal text, equal decode. */
export function summary({ kind, error, entries, fields }: ReferenceDecoded): string {
  if (error !== 0) return `kind ${kind} error ${error}`;
  const rows = entries.map(
    (e) => `${e.instrument} ${e.action} ${e.type} ${e.qtyLots}@${e.priceTicks}`,
  );
  const names = [...Object.keys(I32_FIELDS), ...Object.keys(I64_FIELDS)];
  const values = names.map((name) => `${name}=${fields.get(name) ?? ABSENT[name] ?? 0n}`);
  return `kind ${kind} ${rows.join(';')} ${values.join(' ')}`;
}
