/**
 * Loads build/core.wasm onto a shared memory and names its exports. One instance a thread; kernels keep
 * no globals, so a second instance on the same memory is harmless. Offsets are those of wasm/layout.ts.
 */
import { readFileSync } from 'node:fs';
import type { Memory } from '../wasm/memory.ts';
import { GyrfalconError } from './errors.ts';

export interface CoreModule {
  /** Frames and decodes the next message in the session's RX, returns DECODED_*; a fast message uses its number up. */
  fixNext(session: number): number;
  /** Likewise, and journals and applies market data: DECODED_APPLIED; only where the journal is the ring. */
  tickNext(session: number): number;
  /** Decodes a frame that the session in TypeScript has accepted (35=W X 8 only), no session checks; DECODED_*. */
  fixDecode(session: number, address: number, length: number): number;
  /** Adds the symbol of the instrument's block to the symbol table. */
  symbolAdd(instrument: number): void;
  /** The instrument whose symbol stands at address, -1 = none. */
  symbolFind(address: number, length: number): number;
  /** Moves CTL_CORE_TIME_NS to the market time of the decoded message; one without a time moves nothing. */
  timeToMessage(session: number): void;
  /** Moves CTL_CORE_TIME_NS to CTL_NOW_NS; it never goes back. */
  timeToReceipt(): void;
  /** All that the message in DECODED changes: books, signals, equity, breakers; bookState BOOK_*, -1 = over FIX. */
  marketApply(bookState: number): void;
  /** Its first half: books. */
  marketBook(bookState: number): void;
  /** Its second half: signals, equity, breakers. */
  marketSignals(): void;
  /** Applies DECODED's entries to books and last trades; returns how many entries were applied. */
  bookApply(): number;
  /** Empties both sides. */
  bookClear(instrument: number): void;
  /** Sets one level (0 lots removes it). side: ENTRY_BID, ENTRY_ASK. */
  bookSet(instrument: number, side: number, priceTicks: bigint, qtyLots: bigint): void;
  /** Mean price of the first `lots` lots of a side, 0 = it is empty; how many there are: BOOK_VWAP_LOTS. */
  bookVwap(instrument: number, side: number, lots: number): number;
  /** Takes a trade into the instrument's VWAP; bookApply does so by itself. */
  signalTrade(instrument: number, priceTicks: bigint, lots: bigint): void;
  /** Brings the instrument's signals up to CTL_CORE_TIME_NS after a book change. */
  signalUpdate(instrument: number): void;
  /** Score of the strategy's model by what the instrument looks like now. */
  modelScore(strategy: number, instrument: number): number;
  /** Writes what a model may ask of the instrument to FEATURE_VALUES. */
  modelFeatures(strategy: number, instrument: number): void;
  /** Score of the model at the address by FEATURE_VALUES. */
  treeScore(model: number): number;
  /** 1 = the threshold strategy wants what now stands in INTENT, 0 = nothing; `state`: address of its fields. */
  thresholdDecide(strategy: number, instrument: number, state: number): number;
  /** e^x as the core computes it everywhere. */
  exp(x: number): number;
  /** Values every position of the strategy anew; its peak follows. */
  equityOfStrategy(strategy: number): void;
  /** After a fill, which changes this position alone: values it anew; the strategy's peak follows. */
  equityOfPosition(strategy: number, instrument: number): void;
  /** Trips the breaker of a strategy that has lost too much from its peak. */
  equityDrawdown(strategy: number): void;
  /** INTENT: a limit order for the day, or a change of one; kind INTENT_*, whole ticks and lots; what the strategy saw. */
  intentFill(
    kind: number,
    strategy: number,
    instrument: number,
    side: number,
    priceTicks: number,
    qtyLots: number,
  ): void;
  /** INTENT: an IOC limit order at the opposite touch, or the next price behind it that is allowed. */
  intentTake(strategy: number, instrument: number, side: number, qtyLots: number): void;
  /** Gives INTENT the next sequence, runs the limits, books what they allow; ALLOWED or DENY_*. */
  gateSubmit(): number;
  /** Likewise, and journals INTENT and what it sends; SUBMIT_BY_STEPS = nothing done; only where the journal is the ring. */
  orderSubmit(): number;
  /** Books INTENT, of which the limits have said `checked`; writes and returns the verdict. */
  gateApply(checked: number): number;
  /** Puts the order at address into a state; all figures derived from the order table follow. */
  orderMove(order: number, state: number): void;
  /** Runs the pre-trade checks on INTENT; ALLOWED or DENY_*; an allowed message is counted. */
  limitsCheck(): number;
  /** Puts the INTENT block as an INTENT record's payload at the address; returns its length. */
  intentWrite(strategy: number, address: number): number;
  /** Waits for the session's send lock: number, write to TX and journal while it is held, and nothing else. */
  sessionLock(session: number): void;
  sessionUnlock(session: number): void;
  /** At the start of a loop: the one before was ended while it held the lock, perhaps. */
  sessionUnlockOfLoop(session: number): void;
  /** Appends the FIX message of INTENT to the session's TX, using up one number; returns its length, 0 = no room. */
  encodeIntent(session: number): number;
  /** Appends 35=U1 "done through msgSeqNum" likewise. */
  encodeDoneThrough(session: number, msgSeqNum: number): number;
  /** Puts one record at JOURNAL_STAGE + offset (header, payload copied from address, padding, CRC); returns the new offset, -1 = no room. */
  journalStage(
    offset: number,
    kind: number,
    source: number,
    address: number,
    length: number,
  ): number;
  /** Appends one record to the journal (ring or stage, as RING_MODE says), at CTL_NOW_NS; 0 = no room, nothing was done. */
  journalAppend(kind: number, source: number, address: number, length: number): number;
  /** 1 = new orders must wait: the ring is half full, or its writer is in trouble. */
  journalHoldsOrders(): number;
  /** 1 = venues must not be read: the rest of the ring is for cancels and kills. */
  journalHoldsInputs(): number;
  /** The check of a record in the ring, over its padded bytes. */
  ringCheck(record: number, padded: number): number;
  /** Writer's thread: copies records to JOURNAL_STAGE, up to `room` bytes; how many. */
  journalTake(room: number): number;
  /** Writer's thread: makes so many bytes of them what segments hold, CRC-32C and chain. */
  journalSeal(length: number): void;
  /** Writer's thread: what was taken is in the segments. */
  journalFree(): void;
  /** CRC-32C (Castagnoli) of bytes in memory, as a signed 32-bit number. */
  crc32c(address: number, length: number): number;
  /** Writes the 64-bit hash of all deterministic state to SCRATCH. */
  stateHash(): void;
  /** Likewise of the strategies' declared state alone. */
  strategyStateHash(): void;
}

const FILE = new URL('../build/core.wasm', import.meta.url);
let compiled: WebAssembly.Module | undefined;

export function loadCore(memory: Memory): CoreModule {
  if (compiled === undefined) {
    try {
      compiled = new WebAssembly.Module(readFileSync(FILE));
    } catch (cause) {
      throw new GyrfalconError(
        'INPUT_MISSING',
        'build/core.wasm is missing or damaged: run `node scripts/setup.mjs`',
        {},
        cause,
      );
    }
  }
  const instance = new WebAssembly.Instance(compiled, { env: { memory: memory.wasm } });
  return instance.exports as unknown as CoreModule;
}
