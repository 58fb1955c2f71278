/** The market's side of a console frame: books with our own orders marked, signals, trades, sessions. */
import * as layout from '../../wasm/layout.ts';
import { SOC_STATE, SOCKET_FREE, SOCKET_ROW_BYTES, SOCKET_ROWS } from '../../wasm/native-layout.ts';
import type { InstrumentState, LevelState, SessionState, TradeState } from './console-state.ts';
import { type InstrumentScale, priceOf, quantityOf, type Scales } from './scales.ts';
import { BOOK_WORDS, SESSION_WORDS, TRADING_WORDS, wordOf } from './state-names.ts';
import type { SteadyMemory } from './steady-memory.ts';

const LEVELS_SHOWN = 10; // of a book that somebody looks at; of the others the best
const TRADES_SHOWN = 40; // an instrument
/** By the aggressor's FIX side: not known, buy, sell. */
const TRADE_SIGNS: readonly number[] = [0, 1, -1];

/** Working lots of ours by instrument, side and price; built while orders are read. */
export type OwnLots = ReadonlyMap<string, number>;

export const ownKey = (instrument: number, side: number, priceTicks: number): string =>
  `${instrument}:${side}:${priceTicks}`;

interface BookPlace {
  readonly memory: SteadyMemory;
  readonly scale: InstrumentScale;
  readonly instrument: number;
  readonly own: OwnLots;
  readonly levels: number;
}

/** FIX side of the orders that rest there: 1 = bids, 2 = asks. */
function levels(place: BookPlace, side: 1 | 2): LevelState[] {
  const { memory, scale, instrument, own } = place;
  const book = layout.BOOKS + instrument * layout.BOOK_BYTES;
  const countAt = book + (side === 1 ? layout.BOOK_BID_COUNT : layout.BOOK_ASK_COUNT);
  const first = book + (side === 1 ? layout.BOOK_BIDS : layout.BOOK_ASKS);
  const count = memory.count(countAt, layout.LEVELS_MAX);
  const shown: LevelState[] = [];
  for (let index = count - 1; index >= 0 && shown.length < place.levels; index--) {
    const at = first + index * layout.LEVEL_BYTES;
    const ticks = memory.i64(at);
    shown.push({
      price: priceOf(scale, ticks),
      quantity: quantityOf(scale, memory.i64(at + 8)),
      own: quantityOf(scale, own.get(ownKey(instrument, side, ticks)) ?? 0),
    });
  }
  return shown;
}

function readInstrument(place: BookPlace): InstrumentState {
  const { memory, scale, instrument } = place;
  const at = layout.INSTRUMENTS + instrument * layout.INSTRUMENT_BYTES;
  const signals = layout.SIGNALS + instrument * layout.SIGNAL_BYTES;
  const tradeCount = memory.i64(at + layout.INS_TRADE_COUNT);
  const updates = memory.i64(at + layout.INS_BOOK_UPDATES);
  const microTicks = memory.f64(signals + layout.SIG_MICROPRICE);
  const ageNs = memory.i64(layout.CTL_CORE_TIME_NS) - memory.i64(at + layout.INS_LAST_UPDATE_NS);
  return {
    symbol: scale.symbol,
    bookState: wordOf(BOOK_WORDS, memory.i32(at + layout.INS_BOOK_STATE)),
    tradingState: wordOf(TRADING_WORDS, memory.i32(at + layout.INS_TRADING_STATE)),
    currency: scale.currency.code,
    priceDecimals: memory.count(at + layout.INS_PRICE_DECIMALS, 8),
    bids: levels(place, 1),
    asks: levels(place, 2),
    lastPrice: tradeCount > 0 ? priceOf(scale, memory.i64(at + layout.INS_LAST_TRADE_TICKS)) : null,
    microprice: microTicks > 0 ? priceOf(scale, microTicks) : null,
    orderFlowImbalance: quantityOf(scale, memory.f64(signals + layout.SIG_OFI)),
    volatility: priceOf(scale, memory.f64(signals + layout.SIG_EWMA_VOL)),
    zScore: memory.f64(signals + layout.SIG_Z_SCORE),
    volume: quantityOf(scale, memory.i64(at + layout.INS_VOLUME_LOTS)),
    tradeCount,
    bookUpdates: updates,
    bookAgeMs: updates > 0 ? Math.max(0, ageNs) / 1_000_000 : null,
    vwap: tradeCount > 0 ? priceOf(scale, memory.f64(signals + layout.SIG_VWAP)) : null,
    tradeSign: TRADE_SIGNS[memory.i32(at + layout.INS_LAST_TRADE_SIDE)] ?? 0,
  };
}

export function readInstruments(
  memory: SteadyMemory,
  scales: Scales,
  own: OwnLots,
  isWatched: (symbol: string) => boolean,
): InstrumentState[] {
  return scales.instruments.map((scale, instrument) => {
    const levels = isWatched(scale.symbol) ? LEVELS_SHOWN : 1;
    return readInstrument({ memory, scale, instrument, own, levels });
  });
}

/** The newest trades of every instrument, newest first: a busy one must not drive out a quiet one. */
export function readTrades(memory: SteadyMemory, scales: Scales): TradeState[] {
  const head = memory.head(layout.CTL_TRADE_HEAD);
  const taken = new Array<number>(scales.instruments.length).fill(0);
  const shown: TradeState[] = [];
  for (let n = head - 1; n >= Math.max(0, head - layout.RECORDS_KEPT); n--) {
    const at = layout.TRADES + (n % layout.RECORDS_KEPT) * layout.TRADE_BYTES;
    const instrument = memory.i32(at + 24);
    const scale = scales.instruments[instrument];
    if (scale === undefined || taken[instrument]! >= TRADES_SHOWN) continue;
    taken[instrument]!++;
    shown.push({
      timeMs: memory.marketMs(memory.i64(at)) ?? 0,
      symbol: scale.symbol,
      price: priceOf(scale, memory.i64(at + 8)),
      quantity: quantityOf(scale, memory.i64(at + 16)),
      side: memory.i32(at + 28),
    });
  }
  return shown;
}

export function readSessions(memory: SteadyMemory): SessionState[] {
  const count = memory.count(layout.CTL_SESSION_COUNT, layout.SESSIONS_MAX);
  return Array.from({ length: count }, (_, session) => {
    const at = layout.SESSIONS + session * layout.SESSION_BYTES;
    return {
      name: memory.text(at + layout.SES_NAME, 32),
      state: wordOf(SESSION_WORDS, memory.i32(at + layout.SES_STATE)),
      nextIn: memory.i64(at + layout.SES_NEXT_IN),
      nextOut: memory.i64(at + layout.SES_NEXT_OUT),
      messagesIn: memory.i64(at + layout.SES_MESSAGES_IN),
      messagesOut: memory.i64(at + layout.SES_MESSAGES_OUT),
      lastReceivedMs: memory.absoluteMs(at + layout.SES_LAST_RECEIVED_NS),
      sockets: socketsOf(memory, session),
    };
  });
}

/** A session's socket in the addon has the session's number. */
function socketsOf(memory: SteadyMemory, session: number): SessionState['sockets'] {
  const state = memory.i32(layout.SESSIONS + session * layout.SESSION_BYTES + layout.SES_STATE);
  if (state === layout.SESSION_DISCONNECTED) return '';
  const row = SOCKET_ROWS + session * SOCKET_ROW_BYTES;
  return memory.i32(row + SOC_STATE) === SOCKET_FREE ? 'node' : 'native';
}
