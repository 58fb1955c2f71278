/**
 * `gyrfalcon book --venue binance --file F --bbo`: builds the book of a recording from its snapshot
 * and diffs alone, in the core's own WASM book, and writes the best prices and sizes after every
 * diff that was applied, in the venue's own decimals. Called by the command line, which passes the
 * core in.
 */
import { GyrfalconError } from '../../engine/errors.ts';
import {
  BOOK_ASK_COUNT,
  BOOK_ASK_LOTS,
  BOOK_ASK_TICKS,
  BOOK_BID_COUNT,
  BOOK_BID_LOTS,
  BOOK_BID_TICKS,
  BOOK_BYTES,
  BOOK_LIVE,
  BOOKS,
} from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { type FeedInstrument, parseBinance } from './binance.ts';
import { decimalsOf, decimalText, unitE8OfDecimals } from './decimal.ts';
import { type DepthSink, DepthSync } from './depth-sync.ts';
import { readRecording } from './recording.ts';

/** The part of the core that a book needs (engine/core-module.ts). */
interface BookCore {
  bookClear(instrument: number): void;
  bookSet(instrument: number, side: number, priceTicks: bigint, qtyLots: bigint): void;
}

interface BookCommandOptions {
  readonly memory: Memory;
  readonly core: BookCore;
  /** Takes whole lines. */
  readonly out: (text: string) => void;
}

interface BookCommandResult {
  readonly rows: number;
  /** Diffs that were older than the snapshot or repeated. */
  readonly ignored: number;
}

const HEADER = 'updateId,bidPrice,bidSize,askPrice,askSize\n';
const INSTRUMENT = 0;
const BOOK = BOOKS + INSTRUMENT * BOOK_BYTES;
const BUFFERED_DIFFS_MAX = 65_536;

/** How the venue writes the instrument of this recording. */
interface Notation {
  readonly target: FeedInstrument;
  readonly priceDecimals: number;
  readonly sizeDecimals: number;
}

export async function bookFromBinance(
  file: string,
  options: BookCommandOptions,
): Promise<BookCommandResult> {
  const notation = await notationOf(file);
  const { target } = notation;
  const instruments = new Map([[target.symbol, target]]);
  const sink = new BboSink(notation, options);
  const limits = { snapshotEveryMs: 0, staleMs: Number.POSITIVE_INFINITY };
  const sync = new DepthSync(sink, { ...limits, bufferedMax: BUFFERED_DIFFS_MAX });
  sync.connected(0);
  options.out(HEADER);
  let lineOfHole = 0;
  for await (const { line, text } of readRecording(file)) {
    const message = parseBinance(text, instruments, target.symbol);
    const gaps = sync.gaps;
    if (message.kind === 'diff') sync.diff(message, 0);
    else if (message.kind === 'snapshot') sync.snapshot(message, 0);
    else if (message.kind === 'refused' && message.reason !== 'UNKNOWN_MESSAGE') {
      // Other streams of the recording are not ours to judge; a lost level would be a wrong book.
      if (message.target !== null || !isOtherStream(message.reason)) {
        throw invalid(file, line, message.detail);
      }
    }
    if (sync.gaps > gaps) lineOfHole = line;
  }
  if (sync.state === BOOK_LIVE) return { rows: sink.rows, ignored: sync.ignored };
  if (lineOfHole === 0) throw invalid(file, 1, 'no diff joins the depth snapshot of this file');
  throw invalid(file, lineOfHole, 'a diff is missing before this line, and no snapshot follows it');
}

const isOtherStream = (reason: string): boolean => reason === 'BAD_FIELD' || reason === 'OFF_GRID';

/** Reads up to the first snapshot, whose decimals are the venue's. */
async function notationOf(file: string): Promise<Notation> {
  let symbol = '';
  let lines = 0;
  for await (const { line, text } of readRecording(file)) {
    lines = line;
    const data = fieldsOf(file, line, text);
    if (symbol === '' && data.e === 'depthUpdate') symbol = String(data.s);
    const level = firstLevel(data.bids) ?? firstLevel(data.asks);
    if (data.lastUpdateId === undefined || level === undefined) continue;
    const priceDecimals = decimalsOf(level.price);
    const sizeDecimals = decimalsOf(level.size);
    const tickE8 = unitE8OfDecimals(priceDecimals);
    const lotE8 = unitE8OfDecimals(sizeDecimals);
    const target = { symbol, instrument: INSTRUMENT, tickE8, lotE8 };
    if (symbol !== '') return { target, priceDecimals, sizeDecimals };
  }
  throw invalid(
    file,
    lines,
    'the file ends without a depth snapshot: a book cannot be built from it',
  );
}

function fieldsOf(file: string, line: number, text: string): Record<string, unknown> {
  try {
    const parsed = JSON.parse(text) as Record<string, unknown>;
    return (parsed.data ?? parsed) as Record<string, unknown>;
  } catch {
    throw invalid(file, line, `not JSON: ${text.slice(0, 60)}`);
  }
}

function firstLevel(levels: unknown): { price: string; size: string } | undefined {
  const [price, size] = ((levels as unknown[][] | undefined)?.[0] ?? []) as unknown[];
  return typeof price === 'string' && typeof size === 'string' ? { price, size } : undefined;
}

const invalid = (file: string, line: number, what: string): GyrfalconError =>
  new GyrfalconError('INPUT_INVALID', `${file}:${line}: ${what}`, { file, line });

/** Feeds the WASM book and writes a row after each diff; a snapshot alone is no row. */
class BboSink implements DepthSink {
  readonly #notation: Notation;
  readonly #memory: Memory;
  readonly #core: BookCore;
  readonly #out: (text: string) => void;
  #isSnapshot = false;
  rows = 0;

  constructor(notation: Notation, { memory, core, out }: BookCommandOptions) {
    this.#notation = notation;
    this.#memory = memory;
    this.#core = core;
    this.#out = out;
  }

  clear(): void {
    this.#isSnapshot = true;
    this.#core.bookClear(INSTRUMENT);
  }

  level(side: number, priceTicks: number, qtyLots: number): void {
    this.#core.bookSet(INSTRUMENT, side, BigInt(priceTicks), BigInt(qtyLots));
  }

  applied(updateId: number): void {
    const isRow = !this.#isSnapshot;
    this.#isSnapshot = false;
    if (!isRow) return;
    this.rows++;
    const bid = this.#best(BOOK_BID_COUNT, BOOK_BID_TICKS, BOOK_BID_LOTS);
    const ask = this.#best(BOOK_ASK_COUNT, BOOK_ASK_TICKS, BOOK_ASK_LOTS);
    this.#out(`${updateId},${bid},${ask}\n`);
  }

  state(): void {} // the chain is judged line by line

  requestSnapshot(): void {} // the recording holds what snapshots there are

  /** Price and size; empty where the side is. */
  #best(count: number, ticks: number, lots: number): string {
    const memory = this.#memory;
    if (memory.i32(BOOK + count) === 0) return ',';
    const { priceDecimals, sizeDecimals } = this.#notation;
    const price = decimalText(memory.i64(BOOK + ticks), priceDecimals);
    return `${price},${decimalText(memory.i64(BOOK + lots), sizeDecimals)}`;
  }
}
