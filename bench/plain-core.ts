/**
 * The kernels with their plain twins put in where there are such on the way of a tick: framing, checks and
 * decode of market data with strings and BigInt, what a message changes, equity, limits, the order table,
 * order encode. Books and signals stay: their twins sort, or add up all that ever was, at every look.
 */
import type { CoreModule } from '../engine/core-module.ts';
import { EquityReference } from '../wasm/equity-reference.ts';
import {
  type ReferenceDecoded,
  type ReferenceSession,
  referenceDecode,
} from '../wasm/fix-decode-reference.ts';
import { referenceFrames } from '../wasm/fix-frame-reference.ts';
import { IntentFillReference } from '../wasm/intent-fill-reference.ts';
import * as L from '../wasm/layout.ts';
import { LimitsReference } from '../wasm/limits-reference.ts';
import { MarketTickReference } from '../wasm/market-tick-reference.ts';
import type { Memory } from '../wasm/memory.ts';
import {
  encodeDoneThroughReference,
  encodeIntentReference,
} from '../wasm/order-encode-reference.ts';
import { OrderEntryReference } from '../wasm/order-entry-reference.ts';

export function plainCore(core: CoreModule, memory: Memory): CoreModule {
  const limits = new LimitsReference(memory);
  const entry = new OrderEntryReference(memory, () => limits.check());
  const equity = new EquityReference(memory);
  const intents = new IntentFillReference(memory);
  const { bookApply, signalUpdate } = core;
  const market = new MarketTickReference(memory, { bookApply, signalUpdate, equity });
  let unchanging: Unchanging | undefined; // read when the configuration stands in memory
  return {
    ...core,
    timeToMessage: (session) => market.timeToMessage(session),
    timeToReceipt: () => market.timeToReceipt(),
    marketApply: (bookState) => market.marketApply(bookState),
    marketBook: (bookState) => market.marketBook(bookState),
    marketSignals: () => market.marketSignals(),
    equityOfStrategy: (strategy) => equity.equityOfStrategy(strategy),
    equityOfPosition: (strategy) => equity.equityOfStrategy(strategy),
    equityDrawdown: (strategy) => equity.equityDrawdown(strategy),
    limitsCheck: () => limits.check(),
    gateSubmit: () => entry.gateSubmit(),
    gateApply: (checked) => entry.gateApply(checked),
    intentFill: (...order) => intents.intentFill(...order),
    intentTake: (...order) => intents.intentTake(...order),
    orderSubmit: () => L.SUBMIT_BY_STEPS,
    orderMove: (order, state) => entry.orderMove(order, state),
    encodeIntent: (session) => append(memory, session, encodeIntentReference(memory, session)),
    encodeDoneThrough: (session, msgSeqNum) =>
      append(memory, session, encodeDoneThroughReference(memory, session, msgSeqNum)),
    tickNext(session) {
      return this.fixNext(session);
    },
    fixNext(session) {
      const block = L.SESSIONS + session * L.SESSION_BYTES;
      const start = L.RX + session * L.RX_BYTES + memory.i32(block + L.SES_RX_START);
      const end = L.RX + session * L.RX_BYTES + memory.i32(block + L.SES_RX_END);
      unchanging ??= unchangingOf(memory, block);
      const [piece] = referenceFrames(memory.text(start, end - start));
      if (piece === undefined) return L.DECODED_NOTHING;
      const decoded = referenceDecode(piece.text, sessionNow(memory, block, unchanging), true);
      // Executions and what is left to the session are few: the kernel takes them.
      if (decoded.kind !== L.DECODED_MARKET_DATA) return core.fixNext(session);
      putMarketData(memory, decoded);
      memory.setI32(L.DECODED + L.DEC_MESSAGE, start);
      memory.setI32(L.DECODED + L.DEC_MESSAGE_LENGTH, piece.text.length);
      memory.setI32(block + L.SES_RX_START, memory.i32(block + L.SES_RX_START) + piece.text.length);
      memory.addI64(block + L.SES_NEXT_IN, 1);
      return L.DECODED_MARKET_DATA;
    },
  };
}

type Changing = 'isLive' | 'nextIn' | 'nowNs' | 'clOrdIdPrefix';
type Unchanging = Omit<ReferenceSession, Changing>;

function unchangingOf(memory: Memory, block: number): Unchanging {
  const instruments = Array.from({ length: memory.i32(L.CTL_INSTRUMENT_COUNT) }, (_, index) => {
    const at = L.INSTRUMENTS + index * L.INSTRUMENT_BYTES;
    return {
      symbol: memory.text(at + L.INS_SYMBOL, 32),
      tickE8: memory.absoluteNs(at + L.INS_TICK_E8),
      lotE8: memory.absoluteNs(at + L.INS_LOT_E8),
    };
  });
  return {
    begin: memory.text(block + L.SES_BEGIN, 16),
    sender: memory.text(block + L.SES_SENDER, 16),
    target: memory.text(block + L.SES_TARGET, 16),
    maxLatencyNs: memory.absoluteNs(block + L.SES_MAX_LATENCY_NS),
    marketTimeTag: memory.i32(block + L.SES_MARKET_TIME_TAG),
    symbols: new Map(instruments.map(({ symbol }, index) => [symbol, index])),
    instruments,
    dataTags: new Map(), // market data hold none
  };
}

function sessionNow(memory: Memory, block: number, unchanging: Unchanging): ReferenceSession {
  return {
    ...unchanging,
    isLive: memory.i32(block + L.SES_STATE) === L.SESSION_LIVE,
    nextIn: memory.absoluteNs(block + L.SES_NEXT_IN),
    nowNs: memory.absoluteNs(L.CTL_NOW_NS),
    clOrdIdPrefix: '', // market data name no order of ours
  };
}

function putMarketData(memory: Memory, { kind, entries, fields }: ReferenceDecoded): void {
  const at = L.DECODED;
  memory.setI32(at + L.DEC_KIND, kind);
  memory.setI32(at + L.DEC_ERROR, 0);
  memory.setI32(at + L.DEC_IS_SNAPSHOT, Number(fields.get('isSnapshot')));
  memory.setI32(at + L.DEC_INSTRUMENT, Number(fields.get('instrument')));
  memory.setAbsoluteNs(at + L.DEC_MSG_SEQ_NUM, fields.get('msgSeqNum')!);
  memory.setAbsoluteNs(at + L.DEC_SENDING_TIME_NS, fields.get('sendingTimeNs')!);
  memory.setAbsoluteNs(at + L.DEC_MARKET_TIME_NS, fields.get('marketTimeNs') ?? 0n);
  memory.setI32(at + L.DEC_ENTRY_COUNT, entries.length);
  for (const [index, entry] of entries.entries()) {
    const place = at + L.DEC_ENTRIES + index * L.ENTRY_BYTES;
    memory.setI32(place + L.ENTRY_INSTRUMENT, entry.instrument);
    memory.setI32(place + L.ENTRY_ACTION, entry.action);
    memory.setI32(place + L.ENTRY_TYPE, entry.type);
    memory.setAbsoluteNs(place + L.ENTRY_PRICE_TICKS, entry.priceTicks);
    memory.setAbsoluteNs(place + L.ENTRY_QTY_LOTS, entry.qtyLots);
  }
}

/** Puts a message behind what waits in TX and uses its number up, as the kernel does. */
function append(memory: Memory, session: number, text: string): number {
  const block = L.SESSIONS + session * L.SESSION_BYTES;
  const end = memory.i32(block + L.SES_TX_END);
  memory.bytes.set(Buffer.from(text, 'latin1'), L.TX + session * L.TX_BYTES + end);
  memory.setI32(block + L.SES_TX_END, end + text.length);
  memory.addI64(block + L.SES_NEXT_OUT, 1);
  return text.length;
}
