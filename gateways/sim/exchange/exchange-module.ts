/**
 * Loads build/venue.wasm onto a shared memory and names its exports. Offsets are those of
 * wasm/layout.ts and wasm/venue-layout.ts; addresses are numbers below 2^31.
 */
import { readFileSync } from 'node:fs';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { Memory } from '../../../wasm/memory.ts';

export interface ExchangeModule {
  /** Takes every order message that is whole in the session's RX; REQUEST_*: why it stopped. */
  venueTurn(session: number): number;
  /** Frames and decodes the next message in RX into REQUEST; REQUEST_*. Part of a turn. */
  requestNext(session: number): number;
  /** Gives REQUEST (35=D F G H) to the desk. */
  takeRequest(): void;
  /** Goes on with what waits for room in TX or log; 0 = it still waits. */
  bookGoOn(): number;
  /** Before a mass cancel or mass status: begin with the oldest open order. */
  sweepStart(): void;
  /** The next one: cancelled (1) or reported (0), of an instrument or of all (-1); 0 = that was all. */
  sweepNext(isCancel: number, instrument: number): number;
  /**
   * An order of a generated flow, of which nobody is told; `rests` 1: what does not trade stays. Its
   * address while it is open, 0 = it is done, or there was no room.
   */
  flowOrder(instrument: number, side: number, ticks: number, lots: number, rests: number): number;
  /** Takes an open one back; its place is free. */
  flowCancel(order: number): void;
  /** One that is done: its place is free. */
  flowForget(order: number): void;
  /** Brings in what the next new order will need, while it is awaited. */
  touchNext(session: number): void;
  /** Notes a message of LOG_IN or LOG_OUT that stands at an address. */
  logMessage(session: number, kind: number, number: number, at: number, length: number): void;
  /** Adds the symbol of the instrument's block to the symbol table. */
  symbolAdd(instrument: number): void;
  /** Empties all books. */
  matchingReset(): void;
  /** Rows of levels into RESULT, best first; their number. */
  matchingDepth(instrument: number, side: number, rowsMax: number): number;
  /** RESULT_HASH of all books. */
  matchingHash(): void;
  /** The number of an account or self-match id, -1 = no room. */
  nameOf(at: number, length: number): number;
  /** Address of a place for an order, all zero. */
  takeOrder(): number;
  /** The order is open from now on. */
  openOrder(order: number): void;
  /** Notes a ClOrdID that no order has yet. */
  addClientId(at: number, length: number, order: number): void;
  /** Puts an open order of an earlier run into the book; 0 = it has no room. */
  bookRestore(order: number): number;
}

const FILE = new URL('../../../build/venue.wasm', import.meta.url);
let compiled: WebAssembly.Module | undefined;

export function loadExchange(memory: Memory): ExchangeModule {
  if (compiled === undefined) {
    try {
      compiled = new WebAssembly.Module(readFileSync(FILE));
    } catch (cause) {
      const text = 'build/venue.wasm is missing or damaged: run `node scripts/setup.mjs`';
      throw new GyrfalconError('INPUT_MISSING', text, {}, cause);
    }
  }
  const instance = new WebAssembly.Instance(compiled, { env: { memory: memory.wasm } });
  return instance.exports as unknown as ExchangeModule;
}
