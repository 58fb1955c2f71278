/**
 * The seeded stream of orders that all order books of the bench get: made once by playing a simple
 * market against our kernel (it must know what is open to cancel it), written as the kernel's
 * 64-byte commands into build/bench, read by every peer. Parameters are the bench's public terms:
 * README.md beside this file repeats them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as M from '../../wasm/matching/matching-layout.ts';
import {
  loadMatching,
  type Matching,
  openInstrument,
} from '../../wasm/matching/matching-module.ts';
import { type MatchingCommand, writeCommand } from '../../wasm/matching/matching-text.ts';
import { PrngReference } from '../../wasm/prng-reference.ts';

export interface StreamTerms {
  readonly instruments: number;
  /** Open orders of an instrument before the timed part, and about as many all the way. */
  readonly openOrders: number;
  readonly events: number;
  readonly seed: number;
  /** Orders are placed and taken back as on the real day (HABITS), or with no regard to age or depth. */
  readonly isAsRecorded: boolean;
}

export interface EventFile {
  readonly path: string;
  /** Commands that fill the books; not timed. */
  readonly lead: number;
  readonly events: number;
  readonly instruments: number;
}

const FOLDER = new URL('../../build/bench/', import.meta.url);
/** Of 100 events; the rest, 5, are marketable limit orders. */
const CANCELS = 39;
const REDUCES = 4;
const REPLACES = 5;
const ADDS = 47;
const LOTS_MAX = 100;
const MARKETABLE_LOTS_MAX = 160;
const MARKETABLE_TICKS = 5; // past the best opposite price
const JOINS = 0.6; // of the day's new orders stand at the price of another that is open
const MARKETABLE_TICKS_OF_DAY = 200; // its levels lie apart
const MID_TICKS = 1 << 17;
const DEPTH_TICKS = 40; // mean distance from the mid where the day is not followed
const DISTANCE_MAX = 2000;
const LEVELS_LOG2 = 18;
const VERSION = 6; // of this generator: changes the file's name
const HEADER_BYTES = M.COMMAND_BYTES; // |lead u32|events u32|instruments u32|

/** A distribution by its quantiles: [share, value] from 0 to 1, straight between. */
type Quantiles = readonly (readonly [share: number, value: number])[];

/** How GOOG was traded on NASDAQ on 2012-06-21, by the 147,916 messages of LOBSTER's sample. */
const HABITS = {
  /** Ticks behind the best price of its side at which an order was placed. */
  distanceTicks: [
    [0, 0],
    [0.1, 0],
    [0.25, 19],
    [0.5, 62],
    [0.75, 445],
    [0.9, 845],
    [0.95, 1068],
    [0.99, 1172],
    [1, DISTANCE_MAX],
  ],
  /** Younger open orders of the instrument than the one that was deleted. */
  younger: [
    [0, 0],
    [0.1, 0],
    [0.25, 2],
    [0.5, 5],
    [0.75, 12],
    [0.9, 18],
    [0.95, 23],
    [0.99, 35],
    [0.999, 64],
    [1, 446],
  ],
} as const satisfies Readonly<Record<string, Quantiles>>;

interface OpenOrder {
  readonly id: number;
  readonly side: number;
  priceTicks: number;
  lots: number;
  place: number;
}

export function eventFile(terms: StreamTerms): EventFile {
  mkdirSync(FOLDER, { recursive: true });
  const { instruments, openOrders, events, seed, isAsRecorded } = terms;
  const habit = isAsRecorded ? 'day' : 'even';
  const name = `book-${VERSION}-${habit}-${instruments}-${openOrders}-${events}-${seed}.bin`;
  const path = fileURLToPath(new URL(name, FOLDER));
  if (!existsSync(path)) writeFileSync(path, new MarketPlay(terms).bytes());
  const lead = readFileSync(path).readUInt32LE(0);
  return { path, lead, events, instruments };
}

/** The market: a mid that drifts, orders around it, and our kernel that says what they did. */
class MarketPlay {
  readonly #terms: StreamTerms;
  readonly #prng: PrngReference;
  readonly #kernel: Matching;
  readonly #open: OpenOrder[][];
  readonly #byId = new Map<number, OpenOrder>();
  readonly #midTicks: number[];
  #nextId = 1;

  constructor(terms: StreamTerms) {
    const { instruments, openOrders, seed } = terms;
    this.#terms = terms;
    this.#prng = new PrngReference(seed, 0);
    this.#open = Array.from({ length: instruments }, () => []);
    this.#midTicks = new Array(instruments).fill(MID_TICKS);
    const orders = instruments * openOrders * 4;
    const bounds = { extras: 0, pages: instruments * 512, levelsLog2: LEVELS_LOG2 };
    const buffers = { commands: 1, events: 1024, isBboWanted: false };
    this.#kernel = loadMatching({ instruments, orders, ...bounds, ...buffers });
    for (let n = 0; n < instruments; n++) openInstrument(this.#kernel, n, 0, LOTS_MAX * 1000);
  }

  bytes(): Buffer {
    const { instruments, openOrders, events } = this.#terms;
    const lead = instruments * openOrders;
    const bytes = Buffer.alloc(HEADER_BYTES + (lead + events) * M.COMMAND_BYTES);
    for (const [n, value] of [lead, events, instruments].entries())
      bytes.writeUInt32LE(value, n * 4);
    for (let n = 0; n < lead + events; n++) {
      const instrument = n < lead ? n % instruments : this.#below(instruments);
      const command = n < lead ? this.#add(instrument) : this.#command(instrument);
      this.#apply(command);
      const from = this.#kernel.commands;
      const at = HEADER_BYTES + n * M.COMMAND_BYTES;
      bytes.set(this.#kernel.memory.bytes.subarray(from, from + M.COMMAND_BYTES), at);
    }
    return bytes;
  }

  #below(bound: number): number {
    return Math.floor(this.#prng.nextUnit() * bound);
  }

  #command(instrument: number): MatchingCommand {
    if (this.#below(50) === 0) this.#midTicks[instrument]! += this.#below(3) - 1;
    const open = this.#open[instrument]!;
    const draw = this.#below(100) + this.#tilt(open.length);
    if (draw < ADDS || open.length === 0) return this.#add(instrument);
    if (draw >= ADDS + CANCELS + REDUCES + REPLACES) return this.#marketable(instrument);
    const order = this.#oneOf(open);
    const about = { id: order.id, instrument, side: order.side };
    if (draw < ADDS + CANCELS) {
      return { kind: M.COMMAND_CANCEL, ...about, priceTicks: order.priceTicks };
    }
    if (draw < ADDS + CANCELS + REPLACES) {
      let priceTicks = this.#restingTicks(instrument, order.side);
      // Books differ on whether a replace at the same price keeps its place: there is none.
      if (priceTicks === order.priceTicks) priceTicks += order.side === M.SIDE_BUY ? -1 : 1;
      return { kind: M.COMMAND_REPLACE, ...about, priceTicks, lots: order.lots };
    }
    // An order of one lot cannot lose a part: it goes.
    if (order.lots === 1) return { kind: M.COMMAND_CANCEL, ...about, priceTicks: order.priceTicks };
    const lots = 1 + this.#below(order.lots - 1);
    return { kind: M.COMMAND_REDUCE, ...about, priceTicks: order.priceTicks, lots };
  }

  /** One event in a hundred more takes, or places, where more or fewer are open than should be. */
  #tilt(open: number): number {
    if (!this.#terms.isAsRecorded) return 0;
    return open > this.#terms.openOrders ? 1 : -1;
  }

  #quantile(quantiles: Quantiles): number {
    const share = this.#prng.nextUnit();
    const n = quantiles.findIndex(([end]) => share < end);
    const [from, low] = quantiles[n - 1]!;
    const [to, high] = quantiles[n]!;
    return Math.floor(low + ((share - from) / (to - from)) * (high - low));
  }

  #oneOf(open: readonly OpenOrder[]): OpenOrder {
    if (!this.#terms.isAsRecorded) return open[this.#below(open.length)]!;
    const younger = this.#quantile(HABITS.younger);
    return open[Math.max(0, open.length - 1 - younger)]!;
  }

  #limit(instrument: number, side: number, priceTicks: number, lots: number): MatchingCommand {
    const terms = { type: M.ORDER_LIMIT, timeInForce: M.TIF_GTC };
    const id = this.#nextId++;
    return { kind: M.COMMAND_NEW, id, instrument, side, ...terms, priceTicks, lots };
  }

  #add(instrument: number): MatchingCommand {
    const side = 1 + this.#below(2);
    const priceTicks = this.#joinedTicks(instrument, side) || this.#restingTicks(instrument, side);
    return this.#limit(instrument, side, priceTicks, 1 + this.#below(LOTS_MAX));
  }

  #marketable(instrument: number): MatchingCommand {
    const side = 1 + this.#below(2);
    const best = this.#best(instrument, 3 - side);
    if (best === 0) return this.#add(instrument);
    const reach = this.#terms.isAsRecorded ? MARKETABLE_TICKS_OF_DAY : MARKETABLE_TICKS;
    const priceTicks = best + (side === M.SIDE_BUY ? reach : -reach);
    return this.#limit(instrument, side, priceTicks, 1 + this.#below(MARKETABLE_LOTS_MAX));
  }

  /** The price of an open order of the side that the new one joins; 0 = it has a price of its own. */
  #joinedTicks(instrument: number, side: number): number {
    if (!this.#terms.isAsRecorded || this.#prng.nextUnit() >= JOINS) return 0;
    const open = this.#open[instrument]!;
    let place = open.length - 1 - this.#quantile(HABITS.younger);
    while (place >= 0 && open[place]!.side !== side) place--;
    return place < 0 ? 0 : open[place]!.priceTicks;
  }

  /** Near the mid on the own side, never through the opposite best. */
  #restingTicks(instrument: number, side: number): number {
    const distance = this.#terms.isAsRecorded
      ? this.#quantile(HABITS.distanceTicks)
      : Math.floor(-Math.log(1 - this.#prng.nextUnit()) * DEPTH_TICKS);
    const away = Math.min(DISTANCE_MAX, distance);
    const mid = this.#midTicks[instrument]!;
    const opposite = this.#best(instrument, 3 - side);
    if (side === M.SIDE_BUY) return Math.min(mid - 1 - away, opposite === 0 ? mid : opposite - 1);
    return Math.max(mid + 1 + away, opposite + 1);
  }

  #best(instrument: number, side: number): number {
    this.#kernel.matchingBbo(instrument);
    const field = side === M.SIDE_BUY ? M.RESULT_BID_TICKS : M.RESULT_ASK_TICKS;
    return this.#kernel.memory.i64(field);
  }

  #apply(command: MatchingCommand): void {
    const { memory, commands, events } = this.#kernel;
    writeCommand(memory, commands, command);
    const end = this.#kernel.matchingApply(commands);
    let taken = 0;
    for (let at = events; at < end; at += M.EVENT_BYTES) {
      const kind = memory.bytes[at + M.EVT_KIND];
      if (kind === M.EVENT_REJECTED) throw new Error('the stream of the bench was refused');
      if (kind !== M.EVENT_TRADE) continue;
      taken += memory.i64(at + M.EVT_LOTS);
      this.#setLots(memory.i64(at + M.EVT_ID), memory.i64(at + M.EVT_LEAVES_LOTS));
    }
    const { kind, id, instrument, side, priceTicks, lots } = command as Required<MatchingCommand>;
    const order = this.#byId.get(id);
    if (kind === M.COMMAND_CANCEL) this.#setLots(id, 0);
    else if (kind === M.COMMAND_REDUCE) this.#setLots(id, order!.lots - lots);
    else if (kind === M.COMMAND_REPLACE) order!.priceTicks = priceTicks;
    else if (lots > taken) {
      const open = this.#open[instrument]!;
      const rests = { id, side, priceTicks, lots: lots - taken, place: open.length };
      open.push(rests);
      this.#byId.set(id, rests);
    }
  }

  #setLots(id: number, lots: number): void {
    const order = this.#byId.get(id)!;
    order.lots = lots;
    if (lots > 0) return;
    this.#byId.delete(id);
    // Of which instrument is not kept with the order: at most one of them has it at this place.
    const open = this.#open.find((orders) => orders[order.place] === order)!;
    if (this.#terms.isAsRecorded) return closeUp(open, order.place);
    const last = open.pop()!;
    if (last === order) return;
    open[order.place] = last;
    last.place = order.place;
  }
}

/** Takes one order out and keeps the others in the order of their age. */
function closeUp(open: OpenOrder[], place: number): void {
  open.splice(place, 1);
  for (let n = place; n < open.length; n++) open[n]!.place = n;
}
