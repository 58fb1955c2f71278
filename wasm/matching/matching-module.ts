/**
 * Loads build/matching.wasm onto a memory of its own and names its exports. Offsets are those of
 * matching-layout.ts. Commands are written to the command buffer, events are read from the event
 * buffer after each call; a call's events are gone at the next call.
 */
import { readFileSync } from 'node:fs';
import type { Memory } from '../memory.ts';
import * as M from './matching-layout.ts';
import { type MatchingSize, makeMatchingMemory } from './matching-memory.ts';

export interface MatchingExports {
  /** Empties all books. */
  matchingReset(): void;
  /**
   * Applies `count` commands from an address in the command buffer on; how many were begun, -1 =
   * they do not lie in it. Fewer, or CTL_PHASE not idle: drain the events and call again.
   */
  matchingRun(address: number, count: number): number;
  /** Applies one command of the command buffer (CTL_PHASE must be idle); returns the end of its events. */
  matchingApply(address: number): number;
  /** Goes on with a command that waited for room; returns the end of its events. */
  matchingResume(): number;
  /** Live orders, stops included; walks the free records. */
  matchingLive(): number;
  /** Best prices into RESULT; 0 = no such instrument. */
  matchingBbo(instrument: number): number;
  /** Rows of levels, best first; their number, -1 = no such side. */
  matchingDepth(instrument: number, side: number, rowsMax: number): number;
  /** Rows of orders from a price on, `skip` orders left out; their number, -1 = no such side or price. */
  matchingOrders(instrument: number, side: number, fromTicks: bigint, skip: number): number;
  /** RESULT_LOTS and RESULT_ORDERS at a price; 0 = no such side or price. */
  matchingLevel(instrument: number, side: number, ticks: bigint): number;
  /** RESULT_LOTS and RESULT_ORDERS ahead of an order; 0 = no such order. */
  matchingQueue(id: bigint): number;
  /** RESULT_VWAP_TICKS of up to `lots`; 0 = nothing there. */
  matchingVwap(instrument: number, side: number, lots: bigint): number;
  /** RESULT_HASH of all books. */
  matchingHash(): void;
}

export interface Matching extends MatchingExports {
  readonly memory: Memory;
  /** Address of the first command; the next is COMMAND_BYTES behind it. */
  readonly commands: number;
  /** Address of the first event. */
  readonly events: number;
}

const FILE = new URL('../../build/matching.wasm', import.meta.url);
let compiled: WebAssembly.Module | undefined;

/** Empty books of the given size; no instrument is open yet. */
export function loadMatching(size: MatchingSize): Matching {
  const memory = makeMatchingMemory(size);
  try {
    compiled ??= new WebAssembly.Module(readFileSync(FILE));
  } catch (cause) {
    const hint = 'build/matching.wasm is missing or damaged: run `node scripts/setup.mjs`';
    throw new Error(hint, { cause });
  }
  const instance = new WebAssembly.Instance(compiled, { env: { memory: memory.wasm } });
  const exports = instance.exports as unknown as MatchingExports;
  exports.matchingReset();
  return {
    ...exports,
    memory,
    commands: memory.i32(M.CTL_IN) >>> 0,
    events: memory.i32(M.CTL_OUT) >>> 0,
  };
}

/** Lets an instrument trade: prices from `baseTicks` on, orders of at most `lotsMax`. */
export function openInstrument(
  { memory }: Pick<Matching, 'memory'>,
  instrument: number,
  baseTicks: number,
  lotsMax: number,
): void {
  const books = memory.i32(M.CTL_BOOKS);
  if (!Number.isInteger(instrument) || instrument < 0 || instrument >= books) {
    throw new RangeError(`matching: instrument is ${instrument}, not in 0 to ${books - 1}`);
  }
  const highest = baseTicks + memory.i32(M.CTL_LEVELS_MASK);
  if (!Number.isSafeInteger(baseTicks) || !Number.isSafeInteger(highest)) {
    throw new RangeError(`matching: baseTicks is ${baseTicks}, not a safe integer`);
  }
  if (!Number.isSafeInteger(lotsMax) || lotsMax < 1) {
    throw new RangeError(`matching: lotsMax is ${lotsMax}, not in 1 to ${M.LOTS_MAX}`);
  }
  const block = (memory.i32(M.CTL_INSTRUMENTS) >>> 0) + instrument * M.BOOK_BLOCK_BYTES;
  memory.setI64(block + M.INS_BASE_TICKS, baseTicks);
  memory.setI64(block + M.INS_LOTS_MAX, lotsMax);
}
