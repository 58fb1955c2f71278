/**
 * HOT: the slowest ticks of the day in shared memory. The loop offers every tick; only one slower than the
 * fastest that is kept costs more than a comparison. The control thread reads whole rows while the loop
 * writes: a version that is odd during a write tells it to read again.
 */
import {
  JOURNAL_TO_RING,
  RING_HEAD,
  RING_MODE,
  RING_ORDERS_BYTES_MAX,
  RING_TAIL,
} from '../wasm/journal-ring-layout.ts';
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';

const DAY_NS = 86_400_000_000_000;
const VERSION_INDEX = (S.SLOW_TICKS + S.SLT_VERSION) >>> 2;

/** A tick that is over, as the stage clock found it. */
export interface FinishedTick {
  readonly totalNs: number;
  readonly receivedNs: number;
  readonly record: number;
  readonly tick: number;
  readonly kind: number;
  readonly source: number;
  readonly bytes: number;
  readonly orders: number;
  /** The longest tick that it waited behind: its record (0 = none) and its time without its own wait. */
  readonly behindRecord: number;
  readonly behindNs: number;
  readonly causes: number;
  /** Bit of each STAGE_* whose time is known; what stagesNs holds of the others means nothing. */
  readonly timed: number;
  readonly stagesNs: Float64Array;
}

export class SlowTicks {
  readonly #memory: Memory;
  readonly #versions: Int32Array;
  /** Time and place of the fastest that is kept; nothing gives way until the table is full. */
  #floorNs = -1;
  #floorRow = 0;
  #dayEndNs = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#versions = new Int32Array(memory.bytes.buffer);
  }

  /** Of causes that nobody watches for, a reader knows that they are unknown. */
  watch(cause: number): void {
    const at = S.SLOW_TICKS + S.SLT_KNOWN_CAUSES;
    this.#memory.setI32(at, this.#memory.i32(at) | cause);
  }

  /** Every tick, once it is over. */
  offer(tick: FinishedTick): void {
    const marketNs = this.#memory.i64(L.CTL_CORE_TIME_NS);
    if (marketNs >= this.#dayEndNs) this.#beginDay(marketNs);
    this.#memory.setF64(S.SLOW_TICKS + S.SLT_TICKS, tick.tick);
    if (tick.totalNs > this.#floorNs) this.#keep(tick, marketNs);
  }

  /** Cold. Garbage was collected from `startNs` to `endNs` (LoopClock.elapsedNs): known only afterwards. */
  addGarbageCollection(startNs: number, endNs: number): void {
    const count = this.#memory.i32(S.SLOW_TICKS + S.SLT_COUNT);
    for (let row = 0; row < count; row++) {
      const at = rowAt(row);
      const receivedNs = this.#memory.f64(at + S.TCK_RECEIVED_NS);
      const tickEndNs = receivedNs + this.#memory.f64(at + S.TCK_TOTAL_NS);
      const sharedNs = Math.min(endNs, tickEndNs) - Math.max(startNs, receivedNs);
      if (sharedNs <= 0) continue;
      this.#beginWrite();
      this.#memory.setI32(at + S.TCK_CAUSES, this.#memory.i32(at + S.TCK_CAUSES) | S.CAUSE_GC);
      this.#memory.setF64(at + S.TCK_GC_NS, this.#memory.f64(at + S.TCK_GC_NS) + sharedNs);
      this.#endWrite();
    }
  }

  #beginDay(marketNs: number): void {
    this.#dayEndNs = (Math.floor(marketNs / DAY_NS) + 1) * DAY_NS;
    this.#floorNs = -1;
    this.#beginWrite();
    this.#memory.setI32(S.SLOW_TICKS + S.SLT_COUNT, 0);
    this.#memory.setI64(S.SLOW_TICKS + S.SLT_DAY_END_NS, this.#dayEndNs);
    this.#endWrite();
  }

  #keep(tick: FinishedTick, marketNs: number): void {
    const countAt = S.SLOW_TICKS + S.SLT_COUNT;
    const count = this.#memory.i32(countAt);
    const isFull = count === S.SLOW_TICKS_MAX;
    this.#beginWrite();
    this.#write(rowAt(isFull ? this.#floorRow : count), tick, marketNs);
    if (!isFull) this.#memory.setI32(countAt, count + 1);
    this.#endWrite();
    if (count >= S.SLOW_TICKS_MAX - 1) this.#findFloor();
  }

  #write(at: number, tick: FinishedTick, marketNs: number): void {
    const memory = this.#memory;
    const isMarketData = tick.kind === S.TICK_MARKET_DATA;
    memory.setF64(at + S.TCK_TOTAL_NS, tick.totalNs);
    memory.setF64(at + S.TCK_RECEIVED_NS, tick.receivedNs);
    memory.setI64(at + S.TCK_MARKET_NS, marketNs);
    memory.setI32(at + S.TCK_WALL_NS, memory.i32(L.CTL_NOW_NS));
    memory.setI32(at + S.TCK_WALL_NS + 4, memory.i32(L.CTL_NOW_NS + 4));
    memory.setI64(at + S.TCK_RECORD, tick.record);
    memory.setI64(at + S.TCK_TICK, tick.tick);
    memory.setI32(at + S.TCK_KIND, tick.kind);
    memory.setI32(at + S.TCK_SOURCE, tick.source);
    memory.setI32(at + S.TCK_BYTES, tick.bytes);
    const entries = isMarketData ? memory.i32(L.DECODED + L.DEC_ENTRY_COUNT) : 0;
    memory.setI32(at + S.TCK_ENTRIES, entries);
    memory.setI32(at + S.TCK_ORDERS, tick.orders);
    memory.setI32(at + S.TCK_BACKLOG_BYTES, this.#backlogBytes(tick));
    const journalBytes = this.#journalBytes();
    const isFull = journalBytes >= RING_ORDERS_BYTES_MAX;
    memory.setI32(at + S.TCK_CAUSES, tick.causes | (isFull ? S.CAUSE_JOURNAL_FULL : 0));
    memory.setF64(at + S.TCK_JOURNAL_BYTES, journalBytes);
    memory.setI32(at + S.TCK_TIMED, tick.timed);
    memory.setI64(at + S.TCK_BEHIND_RECORD, tick.behindRecord);
    memory.setF64(at + S.TCK_BEHIND_NS, tick.behindNs);
    memory.setF64(at + S.TCK_GC_NS, 0);
    for (let stage = 0; stage < S.STAGES; stage++) {
      memory.setF64(at + S.TCK_STAGES + stage * 8, tick.stagesNs[stage]!);
    }
  }

  /** Unread behind the message that is worked off; a feed's records wait in a ring of their own. */
  #backlogBytes({ kind, source }: FinishedTick): number {
    if (kind === S.TICK_FEED) return 0;
    const session = L.SESSIONS + source * L.SESSION_BYTES;
    return this.#memory.i32(session + L.SES_RX_END) - this.#memory.i32(session + L.SES_RX_START);
  }

  /** Handed over by nobody yet; without a ring nothing ever waits. */
  #journalBytes(): number {
    if (this.#memory.i32(RING_MODE) !== JOURNAL_TO_RING) return 0;
    return this.#memory.i64(RING_HEAD) - this.#memory.i64(RING_TAIL);
  }

  #findFloor(): void {
    let floorNs = Number.POSITIVE_INFINITY;
    for (let row = 0; row < S.SLOW_TICKS_MAX; row++) {
      const totalNs = this.#memory.f64(rowAt(row) + S.TCK_TOTAL_NS);
      if (totalNs >= floorNs) continue;
      floorNs = totalNs;
      this.#floorRow = row;
    }
    this.#floorNs = floorNs;
  }

  #beginWrite(): void {
    Atomics.add(this.#versions, VERSION_INDEX, 1);
  }

  #endWrite(): void {
    Atomics.add(this.#versions, VERSION_INDEX, 1);
  }
}

function rowAt(row: number): number {
  return S.SLOW_TICKS + S.SLT_ROWS + row * S.SLOW_TICK_BYTES;
}
