/**
 * Builds the console's state from shared memory alone, so it works while the hot loop is hung. Read-only.
 * Keeps just two things between readings: the message rate, and whether the loop's heartbeat moves.
 */
import * as layout from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { KillStatus } from './actions.ts';
import type {
  ConsoleState,
  HistogramFigure,
  LatencyState,
  SlowTickState,
  ValueAtRiskFigure,
} from './console-state.ts';
import { readJournalRing } from './read-journal.ts';
import { lossLimit, readLimits, readRefusalCounts, readRefusals } from './read-limits.ts';
import { readInstruments, readSessions, readTrades } from './read-market.ts';
import { readFills, readOrders, readPositions, readStrategies } from './read-trading.ts';
import { readScales } from './scales.ts';
import { LOOP_WORDS, TRADING_WORDS, wordOf } from './state-names.ts';
import { SteadyMemory } from './steady-memory.ts';

/** What the console shows beside the shared memory. */
export interface ConsoleContext {
  /** Wall clock, milliseconds since 1970. */
  nowMs(): number;
  /** The last figure that the compute pool gave; null until there is one. */
  valueAtRisk(): ValueAtRiskFigure | null;
  /** What the engine measures of itself. */
  latencies(): MeasuredLatencies;
}

/** Nanoseconds. */
interface MeasuredLatency {
  readonly name: string;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly sum: number;
  /** Those that are not empty, ascending. */
  readonly buckets: readonly { readonly upToNs: number; readonly count: number }[];
}

interface MeasuredLatencies {
  readonly paths: readonly MeasuredLatency[];
  readonly stages: readonly MeasuredLatency[];
  readonly slowTicks: {
    readonly ticks: readonly SlowTickState[];
    readonly unknownCauses: readonly string[];
  };
}

const HUNG_AFTER_MS = 250;
const RATE_WINDOW_MS = 1000;

interface RateSample {
  readonly ms: number;
  readonly messages: number;
}

export class ConsoleReader {
  readonly #memory: SteadyMemory;
  readonly #context: ConsoleContext;
  readonly #killStatus: () => KillStatus;
  #sequence = 0;
  #samples: RateSample[] = [];
  #heartbeat = -1;
  #heartbeatMovedMs = 0;

  constructor(memory: Memory, context: ConsoleContext, killStatus: () => KillStatus) {
    this.#memory = new SteadyMemory(memory);
    this.#context = context;
    this.#killStatus = killStatus;
  }

  /** To be called a few times a second, whoever looks: a rate and a heartbeat need a past. */
  observe(): void {
    const ms = this.#context.nowMs();
    const heartbeat = this.#memory.i32(layout.CTL_HEARTBEAT);
    if (heartbeat !== this.#heartbeat) {
      this.#heartbeat = heartbeat;
      this.#heartbeatMovedMs = ms;
    }
    this.#samples.push({ ms, messages: this.#memory.i64(layout.CTL_MARKET_DATA_MESSAGES) });
    while (this.#samples.length > 2 && this.#samples[1]!.ms <= ms - RATE_WINDOW_MS) {
      this.#samples.shift();
    }
  }

  instrumentCount(): number {
    return this.#memory.count(layout.CTL_INSTRUMENT_COUNT, layout.INSTRUMENTS_MAX);
  }

  engineState(): string {
    const state = this.#memory.i32(layout.CTL_LOOP_STATE);
    const still = this.#context.nowMs() - this.#heartbeatMovedMs > HUNG_AFTER_MS;
    return state === layout.LOOP_RUNNING && still ? 'HUNG' : wordOf(LOOP_WORDS, state);
  }

  /** `isWatched`: whose whole book is wanted; of the others the best levels alone. */
  read(isWatched: (symbol: string) => boolean = () => true): ConsoleState {
    this.observe();
    const memory = this.#memory;
    const wallMs = this.#context.nowMs();
    const scales = readScales(memory);
    const orders = readOrders(memory, scales);
    const positions = readPositions(memory, scales);
    const coreNs = memory.i64(layout.CTL_CORE_TIME_NS);
    return {
      sequence: ++this.#sequence,
      wallMs,
      marketMs: memory.marketMs(coreNs),
      engineState: this.engineState(),
      firmState: wordOf(TRADING_WORDS, memory.i32(layout.CTL_FIRM_STATE)),
      killState: killLine(this.#killStatus()),
      marketDataMessages: memory.i64(layout.CTL_MARKET_DATA_MESSAGES),
      messagesPerS: this.#messagesPerS(),
      orders: memory.i64(layout.CTL_ORDERS_SENT),
      fills: memory.i64(layout.CTL_FILLS),
      rejects: memory.i64(layout.CTL_VENUE_REJECTS),
      denied: memory.i64(layout.CTL_DENIED),
      openOrders: memory.i32(layout.CTL_OPEN_ORDERS),
      journalRecords: memory.i64(layout.CTL_RECORD_SEQUENCE),
      journalBytes: memory.i64(layout.CTL_JOURNAL_BYTES),
      journalRing: readJournalRing(memory),
      baseCurrency: scales.base.code,
      totalPnl: positions.reduce((sum, position) => sum + position.totalBase, 0),
      instruments: readInstruments(memory, scales, orders.own, isWatched),
      trades: readTrades(memory, scales),
      fillList: readFills(memory, scales),
      positions,
      strategies: readStrategies(memory, scales, (s) => lossLimit(memory, scales, s)),
      orderList: orders.list,
      refusals: readRefusals(memory, scales),
      refusalCounts: readRefusalCounts(memory),
      limits: readLimits(memory, scales),
      sessions: readSessions(memory),
      valueAtRisk: this.#context.valueAtRisk(),
      ...this.latency(),
    };
  }

  latency(): LatencyState {
    const { paths, stages, slowTicks } = this.#context.latencies();
    return {
      histograms: paths.map(histogramFigure),
      stages: stages.map(histogramFigure),
      slowTicks: slowTicks.ticks,
      unknownCauses: slowTicks.unknownCauses,
    };
  }

  /** Mean over the last second of observations. */
  #messagesPerS(): number {
    const first = this.#samples[0]!;
    const last = this.#samples.at(-1)!;
    const ms = last.ms - first.ms;
    return ms > 0 ? ((last.messages - first.messages) * 1000) / ms : 0;
  }
}

function histogramFigure(measured: MeasuredLatency): HistogramFigure {
  const { name, count, p50, p99, p999, max, sum, buckets } = measured;
  return {
    name,
    count,
    p50Ns: p50,
    p99Ns: p99,
    p999Ns: p999,
    maxNs: max,
    sumNs: sum,
    bucketNs: buckets.map(({ upToNs }) => upToNs),
    bucketCount: buckets.map((bucket) => bucket.count),
  };
}

/** One line: the state first, then what is killed, by whom and why. */
function killLine(status: KillStatus): string {
  if (status.state === 'ARMED') return 'ARMED';
  const scope = status.scope === 'FIRM' ? 'whole firm' : status.target;
  const open = status.openOrders > 0 ? `, ${status.openOrders} orders still open` : '';
  return `${status.state} ${scope} by ${status.operator}: ${status.reason}${open}`;
}
