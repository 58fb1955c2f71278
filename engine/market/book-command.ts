/**
 * `gyrfalcon book --fix F --levels N`: every market-data message of a recording goes through the
 * core's own frame, decode and book, and the book after it is written as one row of LOBSTER's
 * orderbook file. The recording's CompIDs, numbers and times do not matter here; its frames and
 * values must be right.
 */
import type { Writable } from 'node:stream';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { type CoreModule, loadCore } from '../core-module.ts';
import { GyrfalconError } from '../errors.ts';
import { lineBlocks, recordedFileFault } from '../event/recorded-file.ts';
import { BookView } from './book-view.ts';
import { fixFaultText } from './fix-fault.ts';
import { writeGrid } from './instrument.ts';
import { LobsterRows } from './lobster-row.ts';

/** LOBSTER counts prices in 1/10,000 and sizes in units. */
const TICK_SIZE = '0.0001';
const LOT_SIZE = '1';
const LEVELS_ASKED_MAX = 50;
const SYMBOL_BYTES_MAX = 31;
const SESSION = 0;
/** The instrument whose book is written; others of the file follow it. */
const INSTRUMENT = 0;
const NEWLINE = 10;
const SOH = '\x01';
const SYMBOL_TAG = '55=';

export interface BookFromFixOptions {
  readonly levels: number;
  readonly out: Writable;
  /** Which symbol of a file that holds several; undefined: the file's only one. */
  readonly symbol?: string | undefined;
}

export interface BookFromFixResult {
  readonly rows: number;
  readonly symbol: string;
  /** The reader of `out` went away (a closed pipe): the rest was not read. */
  readonly outputClosed: boolean;
}

export async function bookFromFix(
  file: string,
  options: BookFromFixOptions,
): Promise<BookFromFixResult> {
  const { levels } = options;
  if (!Number.isInteger(levels) || levels < 1 || levels > LEVELS_ASKED_MAX) {
    throw new GyrfalconError('USAGE', `levels must be 1 to ${LEVELS_ASKED_MAX}, not ${levels}`);
  }
  const recording = new Recording(file, options);
  // A failed write comes back to its caller; the stream's own event, which may follow later, must
  // not end the process.
  const ignore = (): void => {};
  options.out.on('error', ignore);
  const result = await recording.run();
  if (!result.outputClosed) options.out.off('error', ignore);
  return result;
}

class Recording {
  readonly #file: string;
  readonly #options: BookFromFixOptions;
  readonly #memory = new Memory();
  readonly #core: CoreModule = loadCore(this.#memory);
  readonly #symbols: string[] = [];
  readonly #rows: LobsterRows;
  #line = 0;
  #rowCount = 0;
  #outputClosed = false;

  constructor(file: string, options: BookFromFixOptions) {
    this.#file = file;
    this.#options = options;
    this.#rows = new LobsterRows(new BookView(this.#memory, INSTRUMENT), options.levels);
    if (options.symbol !== undefined) this.#addSymbol(options.symbol);
  }

  async run(): Promise<BookFromFixResult> {
    try {
      for await (const block of lineBlocks(this.#file, L.RX_BYTES)) {
        await this.#applyBlock(block);
        if (this.#outputClosed) break;
      }
    } catch (cause) {
      await this.#flush();
      throw recordedFileFault(this.#file, this.#line + 1, cause);
    }
    await this.#flush();
    const symbol = this.#symbols[INSTRUMENT];
    if (symbol === undefined || (this.#rowCount === 0 && !this.#outputClosed)) {
      const what = symbol === undefined ? 'market data' : `market data of ${symbol}`;
      throw new GyrfalconError('INPUT_INVALID', `${this.#file}: no ${what} in it`);
    }
    return { rows: this.#rowCount, symbol, outputClosed: this.#outputClosed };
  }

  async #applyBlock(block: Buffer): Promise<void> {
    let start = 0;
    while (start < block.length && !this.#outputClosed) {
      const newline = block.indexOf(NEWLINE, start);
      const end = newline < 0 ? block.length : newline;
      this.#line++;
      if (this.#applyLine(block.subarray(start, end))) {
        if (this.#rows.isFull) await this.#flush();
        this.#rows.append();
        this.#rowCount++;
      }
      start = end + 1;
    }
  }

  /** Applies one message; whether it concerned the instrument's book. */
  #applyLine(line: Buffer): boolean {
    if (line.length > L.RX_BYTES) throw this.#fault(`is longer than ${L.RX_BYTES} bytes`);
    this.#frame(line);
    const kind = this.#decode(line);
    if (kind !== L.DECODED_MARKET_DATA) return false;
    this.#core.bookApply();
    return this.#concernsInstrument();
  }

  /** A session that is not live leaves every message whose frame is right undecoded. */
  #frame(line: Buffer): void {
    const memory = this.#memory;
    const session = L.SESSIONS + SESSION * L.SESSION_BYTES;
    memory.bytes.set(line, L.RX);
    memory.setI32(session + L.SES_RX_START, 0);
    memory.setI32(session + L.SES_RX_END, line.length);
    const kind = this.#core.fixNext(SESSION);
    if (kind === L.DECODED_NOTHING) {
      throw this.#fault(
        line.length === 0 ? 'is empty' : 'is cut off, or its BodyLength (9) is wrong',
      );
    }
    if (kind === L.DECODED_GARBLED) throw this.#faultOf(memory.i32(L.DECODED + L.DEC_ERROR));
    const length = memory.i32(L.DECODED + L.DEC_MESSAGE_LENGTH);
    if (length !== line.length) throw this.#fault('has bytes after the message');
  }

  #decode(line: Buffer): number {
    let kind = this.#core.fixDecode(SESSION, L.RX, line.length);
    if (kind === L.DECODED_SLOW && this.#decodeFault() === L.FIX_UNKNOWN_SYMBOL) {
      this.#learnSymbols(line);
      kind = this.#core.fixDecode(SESSION, L.RX, line.length);
    }
    if (kind === L.DECODED_SLOW && this.#decodeFault() !== L.FIX_NOT_FAST_TYPE) {
      throw this.#faultOf(this.#decodeFault());
    }
    return kind;
  }

  #decodeFault(): number {
    return this.#memory.i32(L.DECODED + L.DEC_ERROR);
  }

  #concernsInstrument(): boolean {
    const memory = this.#memory;
    if (memory.i32(L.DECODED + L.DEC_IS_SNAPSHOT) !== 0) {
      return memory.i32(L.DECODED + L.DEC_INSTRUMENT) === INSTRUMENT;
    }
    const end = memory.i32(L.DECODED + L.DEC_ENTRY_COUNT);
    for (let entry = 0; entry < end; entry++) {
      const at = L.DECODED + L.DEC_ENTRIES + entry * L.ENTRY_BYTES;
      if (memory.i32(at + L.ENTRY_INSTRUMENT) === INSTRUMENT) return true;
    }
    return false;
  }

  #learnSymbols(line: Buffer): void {
    for (const field of line.toString('latin1').split(SOH)) {
      if (!field.startsWith(SYMBOL_TAG)) continue;
      const symbol = field.slice(SYMBOL_TAG.length);
      if (!this.#symbols.includes(symbol)) this.#addSymbol(symbol);
    }
  }

  #addSymbol(symbol: string): void {
    const index = this.#symbols.length;
    if (symbol.length === 0 || symbol.length > SYMBOL_BYTES_MAX) {
      throw this.#fault(
        `has the symbol "${symbol}": 1 to ${SYMBOL_BYTES_MAX} characters are possible`,
      );
    }
    if (index > 0 && this.#options.symbol === undefined) {
      const known = this.#symbols[INSTRUMENT];
      throw this.#fault(`has the symbol ${symbol} after ${known}: pick one with --symbol`);
    }
    if (index === L.INSTRUMENTS_MAX) {
      throw this.#fault(`has one symbol more than ${L.INSTRUMENTS_MAX}: split the file`);
    }
    const grid = { tickSize: TICK_SIZE, minPriceIncrement: TICK_SIZE, lotSize: LOT_SIZE };
    writeGrid(this.#memory, index, { symbol, ...grid });
    this.#core.symbolAdd(index);
    this.#symbols.push(symbol);
  }

  async #flush(): Promise<void> {
    const rows = this.#rows.take();
    if (rows.length === 0 || this.#outputClosed) return;
    const failure = await new Promise<NodeJS.ErrnoException | null | undefined>((done) => {
      this.#options.out.write(rows, done);
    });
    if (failure === null || failure === undefined) return;
    if (failure.code !== 'EPIPE' && failure.code !== 'ERR_STREAM_DESTROYED') {
      const what = `cannot write the rows: ${failure.message}`;
      throw new GyrfalconError('INPUT_INVALID', what, {}, failure);
    }
    this.#outputClosed = true;
  }

  #faultOf(fault: number): GyrfalconError {
    return this.#fault(`is refused: ${fixFaultText(fault)}`);
  }

  #fault(what: string): GyrfalconError {
    const line = this.#line;
    const file = this.#file;
    return new GyrfalconError('INPUT_INVALID', `${file}:${line}: the message ${what}`, {
      file,
      line,
    });
  }
}
