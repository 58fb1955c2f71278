/**
 * Cold: reads the slowest ticks of the day out of shared memory, in words that people read. A row is taken
 * only when the loop has not written the table meanwhile.
 */
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import { NS_PER_MS } from './units.ts';

export interface StageTime {
  readonly stage: string;
  readonly ns: number;
}

export interface SlowTick {
  /** Its number since the start: the first thousands run in code that is not compiled yet. */
  readonly tick: number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  readonly marketMs: number;
  /** Sequence of its record in the journal. */
  readonly record: number;
  readonly kind: string;
  /** Session or feed that it came from. */
  readonly source: number;
  readonly bytes: number;
  readonly entries: number;
  readonly orders: number;
  /** Unread behind it in the receive buffer. */
  readonly backlogBytes: number;
  /** In the journal's ring and not yet in its segments. */
  readonly journalBytes: number;
  readonly totalNs: number;
  /** In the order of the path. `inside` stands for all that was not timed one by one. */
  readonly stages: readonly StageTime[];
  /** The stage that took the longest. */
  readonly longest: string;
  readonly causes: readonly string[];
}

export interface SlowTicksReading {
  /** Slowest first. */
  readonly ticks: readonly SlowTick[];
  /** Causes that nobody watches for here: of them a tick says nothing. */
  readonly unknownCauses: readonly string[];
}

export const STAGE_NAMES: readonly string[] = [
  'wait',
  'frame',
  'journal',
  'book',
  'signal',
  'strategy',
  'limits',
  'encode',
  'rest',
  'send',
];
const WAIT = STAGE_NAMES[S.STAGE_WAIT]!;
/** All of a tick between its first and last stage, where these were not timed. */
const INSIDE = 'inside';
const KIND_NAMES: Readonly<Record<number, string>> = {
  [S.TICK_MARKET_DATA]: 'market data',
  [S.TICK_EXECUTION]: 'execution report',
  [S.TICK_SLOW]: 'session message',
  [S.TICK_FEED]: 'feed',
  [S.TICK_CANCEL_REJECT]: 'cancel reject',
  [S.TICK_HEARTBEAT]: 'heartbeat',
};
const CAUSE_NAMES: readonly (readonly [number, string])[] = [
  [S.CAUSE_GC, 'garbage collection'],
  [S.CAUSE_SEGMENT, 'new journal segment'],
  [S.CAUSE_COMMAND, 'command'],
  [S.CAUSE_PEER_SLOW, 'peer reads too slowly'],
  [S.CAUSE_JOURNAL_FULL, 'journal ring half full'],
  [S.CAUSE_SWITCH, 'context switch'],
  [S.CAUSE_PAGE_FAULT, 'page fault'],
];
const READINGS_MAX = 8; // the loop would have to keep a slow tick during each of them
const TABLE_BYTES = S.SLT_ROWS + S.SLOW_TICKS_MAX * S.SLOW_TICK_BYTES;

export class SlowTickReader {
  readonly #memory: Memory;
  #last: SlowTicksReading = { ticks: [], unknownCauses: [] };

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** The last whole reading, where the loop would not pause for a new one. */
  read(): SlowTicksReading {
    for (let reading = 0; reading < READINGS_MAX; reading++) {
      const version = this.#memory.atomicI32(S.SLOW_TICKS + S.SLT_VERSION);
      if (version % 2 !== 0) continue;
      const table = this.#memory.bytes.slice(S.SLOW_TICKS, S.SLOW_TICKS + TABLE_BYTES);
      if (this.#memory.atomicI32(S.SLOW_TICKS + S.SLT_VERSION) !== version) continue;
      this.#last = this.#understand(new DataView(table.buffer));
      break;
    }
    return this.#last;
  }

  #understand(table: DataView): SlowTicksReading {
    const epochNs = this.#memory.absoluteNs(L.CTL_MARKET_EPOCH_NS);
    const epochMs = Number(epochNs / BigInt(NS_PER_MS));
    const known = table.getInt32(S.SLT_KNOWN_CAUSES, true);
    const ticks = Array.from({ length: table.getInt32(S.SLT_COUNT, true) }, (_, row) =>
      tickOf(new DataView(table.buffer, S.SLT_ROWS + row * S.SLOW_TICK_BYTES), epochMs),
    );
    return {
      ticks: ticks.sort((a, b) => b.totalNs - a.totalNs || a.tick - b.tick),
      unknownCauses: CAUSE_NAMES.flatMap(([bit, name]) => ((known & bit) === 0 ? [name] : [])),
    };
  }
}

function tickOf(row: DataView, epochMs: number): SlowTick {
  const i64 = (at: number): number => Number(row.getBigInt64(at, true));
  const i32 = (at: number): number => row.getInt32(at, true);
  const stages = stagesOf(row);
  const { stage: longest } = stages.reduce((most, one) => (one.ns > most.ns ? one : most));
  return {
    tick: i64(S.TCK_TICK),
    wallMs: i64(S.TCK_WALL_NS) / NS_PER_MS,
    marketMs: epochMs + i64(S.TCK_MARKET_NS) / NS_PER_MS,
    record: i64(S.TCK_RECORD),
    kind: KIND_NAMES[i32(S.TCK_KIND)] ?? 'message',
    source: i32(S.TCK_SOURCE),
    bytes: i32(S.TCK_BYTES),
    entries: i32(S.TCK_ENTRIES),
    orders: i32(S.TCK_ORDERS),
    backlogBytes: i32(S.TCK_BACKLOG_BYTES),
    journalBytes: row.getFloat64(S.TCK_JOURNAL_BYTES, true),
    totalNs: row.getFloat64(S.TCK_TOTAL_NS, true),
    stages,
    longest,
    causes: [...(longest === WAIT ? behindOf(row) : []), ...causesOf(row)],
  };
}

function stagesOf(row: DataView): StageTime[] {
  const timed = row.getInt32(S.TCK_TIMED, true);
  const stages = STAGE_NAMES.flatMap((stage, index) =>
    (timed & (1 << index)) === 0
      ? []
      : [{ stage, ns: row.getFloat64(S.TCK_STAGES + index * 8, true) }],
  );
  const known = stages.reduce((sum, { ns }) => sum + ns, 0);
  const inside = { stage: INSIDE, ns: row.getFloat64(S.TCK_TOTAL_NS, true) - known };
  if ((timed & (1 << S.STAGE_FRAME)) === 0) stages.splice(1, 0, inside);
  return stages;
}

/** Who has waited longest of all waits behind others: behind whom says more than its own time. */
function behindOf(row: DataView): string[] {
  const record = Number(row.getBigInt64(S.TCK_BEHIND_RECORD, true));
  if (record === 0) return [];
  return [`behind record ${record}, ${ms(row.getFloat64(S.TCK_BEHIND_NS, true))}`];
}

const ms = (ns: number): string => `${(ns / NS_PER_MS).toFixed(3)} ms`;

function causesOf(row: DataView): string[] {
  const causes = row.getInt32(S.TCK_CAUSES, true);
  const gcNs = row.getFloat64(S.TCK_GC_NS, true);
  return CAUSE_NAMES.flatMap(([bit, name]) => {
    if ((causes & bit) === 0) return [];
    return [bit === S.CAUSE_GC ? `${name} ${ms(gcNs)}` : name];
  });
}
