/**
 * Lays the tables of the matching kernel out for a given size, in a memory of its own or beside
 * other kernels, and writes the control words that say where each table lies. The kernel itself
 * never computes the address of a table.
 */
import { Memory } from '../memory.ts';
import * as M from './matching-layout.ts';

export interface MatchingSize {
  readonly instruments: number;
  /** Live orders at most, stops included. */
  readonly orders: number;
  /** Icebergs and stops at most. */
  readonly extras: number;
  /** Pages of 64 price levels that hold an order, over all sides of all instruments, at most. */
  readonly pages: number;
  /** An instrument's prices span 2^levelsLog2 ticks from its base. */
  readonly levelsLog2: number;
  readonly commands: number;
  readonly events: number;
  /** Write an EVENT_BBO after each command that changed a best level. */
  readonly isBboWanted: boolean;
}

const LINE_BYTES = 64;
const EXTRAS_MAX = 1 << 24; // an order's tag has 24 bits for the number
const PAGES_MAX = 1 << 20;
const BUFFER_MAX = 1 << 24; // commands, events
const MIDDLE_WORDS_BYTES = M.LAD_LOW_WORDS;

/** A memory that holds nothing else; throws a RangeError that names the field. */
export function makeMatchingMemory(size: MatchingSize): Memory {
  const pages = Math.ceil(matchingEnd(size, M.MATCHING_FIXED_END) / M.MATCHING_PAGE_BYTES);
  if (pages > M.MATCHING_MEMORY_PAGES_MAX) {
    throw new RangeError('a matching memory of this size is beyond 4 GiB: ask for fewer orders');
  }
  const memory = new Memory(
    new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }),
  );
  layOutMatching(memory, size, M.MATCHING_FIXED_END);
  return memory;
}

/** Where tables of this size end that start at `start`. */
export function matchingEnd(size: MatchingSize, start: number): number {
  return controlWords(size, start).get(M.CTL_ORDERS_END)!;
}

/**
 * Puts the tables at `start` and behind it, in a memory that has room up to matchingEnd; call
 * matchingReset next. Throws a RangeError that names the field.
 */
export function layOutMatching(memory: Memory, size: MatchingSize, start: number): void {
  for (const [offset, value] of controlWords(size, start)) memory.setI32(offset, value);
}

function checkSize(size: MatchingSize): void {
  check('instruments', size.instruments, 1, M.BOOKS_MAX);
  check('orders', size.orders, 1, M.ORDERS_CAPACITY_MAX);
  check('extras', size.extras, 0, EXTRAS_MAX);
  check('pages', size.pages, 1, PAGES_MAX);
  check('levelsLog2', size.levelsLog2, M.LEVELS_LOG2_MIN, M.LEVELS_LOG2_MAX);
  check('commands', size.commands, 1, BUFFER_MAX);
  check('events', size.events, M.EVENTS_RESERVE + 1, BUFFER_MAX);
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`matching: ${name} is ${value}, not an integer in ${least} to ${most}`);
}

function controlWords(size: MatchingSize, start: number): ReadonlyMap<number, number> {
  checkSize(size);
  const indexBytes = slotsFor(size.orders) * M.INDEX_SLOT_BYTES;
  const blockBytes = 2 ** M.INDEX_BLOCK_LOG2 * M.INDEX_SLOT_BYTES;
  const ladderBytes = ladderTableBytes(size.levelsLog2);
  let end = start;
  const take = (bytes: number): number => {
    const address = Math.ceil(end / LINE_BYTES) * LINE_BYTES;
    end = address + bytes;
    return address;
  };
  const rows = take(M.RESULT_ROWS_MAX * M.ORDER_ROW_BYTES);
  const commands = take(size.commands * M.COMMAND_BYTES);
  const events = take(size.events * M.EVENT_BYTES);
  const eventsEnd = end;
  const instruments = take(size.instruments * M.BOOK_BLOCK_BYTES);
  const ladders = take(size.instruments * M.LADDERS * ladderBytes);
  const pages = take(size.pages * M.PAGE_BYTES);
  const extras = take(size.extras * M.EXTRA_BYTES);
  const index = take(indexBytes);
  const orders = take(size.orders * M.ORDER_BYTES);
  return new Map([
    [M.CTL_BOOKS, size.instruments],
    [M.CTL_ORDERS_CAPACITY, size.orders],
    [M.CTL_EXTRAS_CAPACITY, size.extras],
    [M.CTL_PAGES_CAPACITY, size.pages],
    [M.CTL_LEVELS_LOG2, size.levelsLog2],
    [M.CTL_LEVELS_MASK, 2 ** size.levelsLog2 - 1],
    [M.CTL_WANT_BBO, size.isBboWanted ? 1 : 0],
    [M.CTL_ROWS, rows],
    [M.CTL_IN, commands],
    [M.CTL_IN_END, commands + size.commands * M.COMMAND_BYTES],
    [M.CTL_OUT, events],
    [M.CTL_OUT_LIMIT, eventsEnd - M.EVENTS_RESERVE * M.EVENT_BYTES],
    [M.CTL_INSTRUMENTS, instruments],
    [M.CTL_LADDERS, ladders],
    [M.CTL_LADDER_BYTES, ladderBytes],
    [M.CTL_PAGES, pages],
    [M.CTL_EXTRAS, extras],
    [M.CTL_INDEX, index],
    [M.CTL_INDEX_MASK, indexBytes - blockBytes],
    [M.CTL_INDEX_SHIFT, 64 - Math.log2(indexBytes)],
    [M.CTL_ORDERS, orders],
    [M.CTL_ORDERS_END, orders + size.orders * M.ORDER_BYTES],
  ]);
}

/** A power of two, of one block at least. */
function slotsFor(orders: number): number {
  const slots = 2 ** Math.ceil(Math.log2(orders * M.INDEX_SLOTS_PER_ORDER));
  return Math.max(2 ** M.INDEX_BLOCK_LOG2, slots);
}

/** Page table, middle words, low words; an odd number of cache lines, so that ladders spread over the cache. */
function ladderTableBytes(levelsLog2: number): number {
  const pageTable = 2 ** (levelsLog2 - 6) * 4;
  const lowWords = 2 ** (levelsLog2 - 12) * 8;
  const lines = Math.ceil((pageTable + MIDDLE_WORDS_BYTES + lowWords) / LINE_BYTES);
  return (lines | 1) * LINE_BYTES;
}
