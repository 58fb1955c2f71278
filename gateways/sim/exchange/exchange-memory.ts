/**
 * The memory of a matching venue, made for its instruments and its one session: what the kernels of
 * wasm/venue and wasm/matching find there when they start.
 */
import { GyrfalconError } from '../../../engine/errors.ts';
import { NS_PER_SECOND } from '../../../engine/units.ts';
import * as L from '../../../wasm/layout.ts';
import * as M from '../../../wasm/matching/matching-layout.ts';
import { layOutMatching, type MatchingSize } from '../../../wasm/matching/matching-memory.ts';
import { Memory } from '../../../wasm/memory.ts';
import * as V from '../../../wasm/venue-layout.ts';
import type { SessionConfig } from '../../fix/session/session-types.ts';
import { beginStringOf } from '../../fix/version.ts';
import type { InstrumentGrid } from '../instrument-grid.ts';
import { type ExchangeModule, loadExchange } from './exchange-module.ts';

const SYMBOL_BYTES_MAX = 32;
const COMP_ID_BYTES_MAX = 64;
const PAGE_BYTES = 4096;
/** Done orders that are still known by their ClOrdIDs, at least. */
const CLORDIDS_OF_DONE = 40_000;
/** What an order trades stays countable in ticks times lots. */
const COST_MAX = 2 ** 62;

interface ExchangeMemory {
  readonly memory: Memory;
  readonly module: ExchangeModule;
}

/** `openOrders`: how many may be open at a time. */
export function makeExchange(
  grids: readonly InstrumentGrid[],
  session: SessionConfig,
  openOrders: number,
): ExchangeMemory {
  const pages = V.VENUE_MEMORY_PAGES;
  const memory = new Memory(
    new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }),
  );
  const module = loadExchange(memory);
  if (grids.length > M.BOOKS_MAX) {
    const text = `the venue has ${grids.length} instruments, ${M.BOOKS_MAX} are the most`;
    throw new GyrfalconError('CONFIG_INVALID', text);
  }
  writeSession(memory, session);
  memory.setI32(V.VEN_OPEN_MAX, openOrders);
  const kept = clOrdIdsKept(openOrders);
  memory.setI32(V.VEN_CLORDIDS_MASK, kept - 1);
  memory.setI32(V.VEN_CLORDID_SLOTS_MASK, kept * V.CLIENT_ID_SLOTS_PER_ID - 1);
  takePages(memory, V.CLIENT_ID_TABLE, kept * V.CLIENT_ID_SLOTS_PER_ID * 8);
  takePages(memory, V.LOG, V.LOG_BYTES);
  layOutMatching(memory, bookSizeOf(grids.length, openOrders), V.VENUE_BOOK);
  grids.forEach((grid, instrument) => {
    writeInstrument(memory, grid, instrument);
    module.symbolAdd(instrument);
  });
  module.matchingReset();
  return { memory, module };
}

/** A power of two: those of all open orders, and of done ones for a while. */
export function clOrdIdsKept(openOrders: number): number {
  return Math.min(V.VENUE_CLORDIDS_MAX, 2 ** Math.ceil(Math.log2(openOrders + CLORDIDS_OF_DONE)));
}

/** Has the system find memory now for what would else be waited for order by order. */
function takePages(memory: Memory, start: number, bytes: number): void {
  for (let at = start; at < start + bytes; at += PAGE_BYTES) memory.bytes[at] = 0;
}

/** Of the book by order. */
export const bookSizeOf = (instruments: number, orders: number): MatchingSize => ({
  instruments,
  orders,
  extras: V.BOOK_EXTRAS,
  pages: V.BOOK_PRICE_PAGES,
  levelsLog2: V.BOOK_LEVELS_LOG2,
  commands: 1,
  events: V.BOOK_EVENTS + M.EVENTS_RESERVE,
  isBboWanted: false,
});

function writeSession(memory: Memory, session: SessionConfig): void {
  const block = L.SESSIONS;
  const { senderCompId, targetCompId, sendingTimeToleranceS } = session;
  const beginString = beginStringOf(session.version);
  memory.setI64(block + L.SES_NEXT_IN, 1);
  memory.setI64(block + L.SES_NEXT_OUT, 1);
  memory.setI64(block + L.SES_MAX_LATENCY_NS, sendingTimeToleranceS * NS_PER_SECOND);
  for (const [at, lengthAt, text] of [
    [L.SES_SENDER, L.SES_SENDER_LENGTH, senderCompId],
    [L.SES_TARGET, L.SES_TARGET_LENGTH, targetCompId],
    [L.SES_BEGIN, L.SES_BEGIN_LENGTH, beginString],
  ] as const) {
    if (text.length > COMP_ID_BYTES_MAX) {
      const why = `CompID ${text}: ${COMP_ID_BYTES_MAX} characters are the most`;
      throw new GyrfalconError('CONFIG_INVALID', why);
    }
    memory.bytes.set(Buffer.from(text, 'latin1'), block + at);
    memory.setI32(block + lengthAt, text.length);
  }
}

function writeInstrument(memory: Memory, grid: InstrumentGrid, instrument: number): void {
  const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
  if (grid.symbol.length > SYMBOL_BYTES_MAX) {
    const why = `symbol ${grid.symbol}: ${SYMBOL_BYTES_MAX} characters are the most`;
    throw new GyrfalconError('CONFIG_INVALID', why);
  }
  memory.bytes.set(grid.symbolBytes, block + L.INS_SYMBOL);
  memory.setI32(block + L.INS_SYMBOL_LENGTH, grid.symbol.length);
  memory.setI64(block + L.INS_TICK_E8, grid.tickE8);
  memory.setI64(block + L.INS_LOT_E8, grid.lotE8);
  memory.setI64(block + L.INS_MIN_INCREMENT_TICKS, grid.incrementTicks);
  const book = (memory.i32(M.CTL_INSTRUMENTS) >>> 0) + instrument * M.BOOK_BLOCK_BYTES;
  const highestTicks = 2 ** V.BOOK_LEVELS_LOG2 * grid.incrementTicks;
  memory.setI64(book + M.INS_BASE_TICKS, 0);
  memory.setI64(book + M.INS_LOTS_MAX, Math.floor(Math.min(M.LOTS_MAX, COST_MAX / highestTicks)));
}
