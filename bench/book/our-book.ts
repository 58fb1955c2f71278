/**
 * Our kernel as a peer of the bench `book`, in a process of its own like all the others:
 * `node our-book.ts FILE ORDERS PAGES batch|call`. Protocol: peer-process.ts.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as M from '../../wasm/matching/matching-layout.ts';
import {
  loadMatching,
  type Matching,
  openInstrument,
} from '../../wasm/matching/matching-module.ts';
import { mix, SEED } from './book-hash.ts';

const BATCH = 1024;
const CHUNK = 4096; // commands that are brought to the book at a time
const LOTS_MAX = 2 ** 20;
const LEVELS_LOG2 = 18;
const EVENTS = BATCH * 64;

class OurBook {
  readonly #matching: Matching;
  readonly #instruments: number;
  readonly #isBatch: boolean;
  readonly #file: Buffer;
  readonly lead: number;
  trades = 0;
  tradeHash = SEED;

  constructor(file: Buffer, orders: number, pages: number, isBatch: boolean) {
    this.lead = file.readUInt32LE(0);
    this.#instruments = file.readUInt32LE(8);
    this.#isBatch = isBatch;
    const instruments = this.#instruments;
    const buffers = { commands: CHUNK, events: EVENTS, isBboWanted: false };
    const size = { instruments, orders, extras: 0, pages, levelsLog2: LEVELS_LOG2, ...buffers };
    this.#matching = loadMatching(size);
    for (let n = 0; n < instruments; n++) openInstrument(this.#matching, n, 0, LOTS_MAX);
    this.#file = file;
  }

  reset(): void {
    this.#matching.matchingReset();
    this.trades = 0;
    this.tradeHash = SEED;
  }

  /** CPU time of the commands themselves: each chunk is written before its clock runs, as by who has just read it. */
  play(from: number, end: number, isCheck: boolean): number {
    const { commands, memory } = this.#matching;
    let spentUs = 0;
    for (let n = from; n < end; n += CHUNK) {
      const count = Math.min(CHUNK, end - n);
      const at = (1 + n) * M.COMMAND_BYTES;
      memory.bytes.set(this.#file.subarray(at, at + count * M.COMMAND_BYTES), commands);
      const before = process.cpuUsage();
      if (this.#isBatch) this.#playBatches(count, isCheck);
      else this.#playCalls(count, isCheck);
      const { user, system } = process.cpuUsage(before);
      spentUs += user + system;
    }
    return spentUs * 1000;
  }

  #playBatches(end: number, isCheck: boolean): void {
    const { commands, memory } = this.#matching;
    for (let n = 0; n < end; n += BATCH) {
      const count = Math.min(BATCH, end - n);
      const done = this.#matching.matchingRun(commands + n * M.COMMAND_BYTES, count);
      if (done !== count) throw new Error('the event buffer of the bench is too small');
      if (isCheck) this.#hashTrades(memory.i32(M.CTL_OUT_AT) >>> 0);
    }
  }

  #playCalls(end: number, isCheck: boolean): void {
    const { commands, matchingApply } = this.#matching;
    const last = commands + end * M.COMMAND_BYTES;
    for (let at = commands; at < last; at += M.COMMAND_BYTES) {
      const eventsEnd = matchingApply(at);
      if (isCheck) this.#hashTrades(eventsEnd);
    }
  }

  #hashTrades(end: number): void {
    const { memory, events } = this.#matching;
    for (let at = events; at < end; at += M.EVENT_BYTES) {
      const kind = memory.bytes[at + M.EVT_KIND];
      if (kind === M.EVENT_REJECTED) throw new Error('a command of the bench was refused');
      if (kind !== M.EVENT_TRADE) continue;
      this.trades++;
      for (const field of [M.EVT_ID, M.EVT_OTHER_ID, M.EVT_PRICE_TICKS, M.EVT_LOTS]) {
        this.tradeHash = mix(this.tradeHash, memory.i64(at + field));
      }
    }
  }

  /** Of the books as they stand: by order, and by level. */
  hashes(): { readonly ordersHash: bigint; readonly levelsHash: bigint } {
    let ordersHash = SEED;
    let levelsHash = SEED;
    for (let instrument = 0; instrument < this.#instruments; instrument++) {
      for (const side of [M.SIDE_BUY, M.SIDE_SELL]) {
        const rows = this.#rows(instrument, side);
        for (const { ticks, lots } of rows) levelsHash = mix(mix(levelsHash, ticks), lots);
        for (const { ticks } of rows)
          ordersHash = this.#hashOrders(ordersHash, instrument, side, ticks);
        ordersHash = mix(ordersHash, 0);
        levelsHash = mix(levelsHash, 0);
      }
    }
    return { ordersHash, levelsHash };
  }

  #rows(instrument: number, side: number) {
    const { memory } = this.#matching;
    const count = this.#matching.matchingDepth(instrument, side, M.RESULT_ROWS_MAX);
    const start = memory.i32(M.CTL_ROWS);
    return Array.from({ length: count }, (_, row) => {
      const at = start + row * M.DEPTH_ROW_BYTES;
      return { ticks: memory.i64(at), lots: memory.i64(at + 8), orders: memory.i64(at + 16) };
    });
  }

  #hashOrders(hash: bigint, instrument: number, side: number, ticks: number): bigint {
    const { memory } = this.#matching;
    const count = this.#matching.matchingOrders(instrument, side, BigInt(ticks), 0);
    const start = memory.i32(M.CTL_ROWS);
    let mixed = mix(hash, ticks);
    for (let row = 0; row < count; row++) {
      const at = start + row * M.ORDER_ROW_BYTES;
      if (memory.i64(at + 8) !== ticks) break;
      mixed = mix(mix(mixed, memory.i64(at)), memory.i64(at + 16));
    }
    return mixed;
  }
}

const [path, orders, pages, way] = process.argv.slice(2);
const book = new OurBook(readFileSync(path!), Number(orders), Number(pages), way === 'batch');
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, count] = line.split(' ');
  book.reset();
  book.play(0, book.lead, false);
  const cpuNs = book.play(book.lead, book.lead + Number(count), kind === 'check');
  const { ordersHash, levelsHash } = book.hashes();
  const hex = (hash: bigint): string => hash.toString(16).padStart(16, '0');
  process.stdout.write(
    `${JSON.stringify({
      cpuNs,
      trades: book.trades,
      tradeHash: hex(book.tradeHash),
      ordersHash: hex(ordersHash),
      levelsHash: hex(levelsHash),
    })}\n`,
  );
}
