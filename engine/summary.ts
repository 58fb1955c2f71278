/** What a run came to: counted from the shared memory, for the screen at the end and for `--json`. */
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import { SLO_OWNER } from '../wasm/native-layout.ts';
import { REFUSALS } from './errors.ts';
import { type LatencyFigures, TICK_TO_ORDER } from './latency-figures.ts';
import type { LatencyReading } from './latency-histogram.ts';
import type { Positions } from './orders/position.ts';
import type { SlowTick } from './slow-tick-reader.ts';

export interface StrategyPnl {
  readonly strategy: string;
  readonly account: string;
  /** Base currency, after fees, marked at mid. */
  readonly total: number;
  readonly fees: number;
  readonly orders: number;
  readonly fills: number;
  readonly denied: number;
}

export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface RunSummary {
  readonly marketDataMessages: number;
  readonly orders: number;
  readonly fills: number;
  /** By the venue. */
  readonly rejects: number;
  /** By our own limits. */
  readonly denied: number;
  /** The same by the check that refused. */
  readonly deniedBy: Readonly<Record<string, number>>;
  readonly openOrders: number;
  readonly pnl: {
    readonly currency: string;
    readonly total: number;
    readonly byStrategy: readonly StrategyPnl[];
    readonly byAccount: Readonly<Record<string, number>>;
    readonly byCurrency: Readonly<Record<string, number>>;
  };
  /** Market data received to order handed to the socket; null when no order was sent. */
  readonly latencyNs: LatencySummary | null;
  /** Where the ticks' time went, by stage; of those stages that were passed. */
  readonly stagesNs: Readonly<Record<string, LatencySummary>>;
  /** The slowest of the last day. */
  readonly slowestTick: SlowTick | null;
  readonly stateHash: string;
  /** Of the state that the strategies declare, alone. */
  readonly strategyStateHash: string;
  readonly journal: { readonly directory: string; readonly records: number };
  /** Whose sockets the sessions ran over: the addon's or Node's. */
  readonly sockets: 'native' | 'node';
  /** From the first to the last market data. */
  readonly seconds: number;
  readonly messagesPerSecond: number;
}

export interface SummaryInput {
  readonly memory: Memory;
  readonly baseCurrency: string;
  readonly strategies: readonly { readonly name: string; readonly account: string }[];
  readonly accounts: readonly string[];
  readonly currencies: readonly string[];
  readonly positions: Positions;
  readonly latencies: LatencyFigures;
  readonly stateHash: string;
  readonly strategyStateHash: string;
  readonly journalDirectory: string;
  readonly seconds: number;
  /** Market data within that time. */
  readonly messages: number;
}

export function summarise(input: SummaryInput): RunSummary {
  const { memory, latencies, seconds } = input;
  const tickToOrder = latencies.paths.find(({ name }) => name === TICK_TO_ORDER)!;
  const byStrategy = input.strategies.map((strategy, index) => strategyPnl(input, strategy, index));
  const baseUnit = unitOf(memory, memory.i32(L.CTL_BASE_CURRENCY));
  const byAccount: Record<string, number> = {};
  for (const [index, account] of input.accounts.entries()) {
    byAccount[account] = round(input.positions.accountPnl(index).totalMinor / baseUnit);
  }
  const byCurrency: Record<string, number> = {};
  for (const [index, code] of input.currencies.entries()) {
    const { totalMinor } = input.positions.currencyPnl(index);
    byCurrency[code] = round(totalMinor / unitOf(memory, index));
  }
  return {
    marketDataMessages: memory.i64(L.CTL_MARKET_DATA_MESSAGES),
    orders: memory.i64(L.CTL_ORDERS_SENT),
    fills: memory.i64(L.CTL_FILLS),
    rejects: memory.i64(L.CTL_VENUE_REJECTS),
    denied: memory.i64(L.CTL_DENIED),
    deniedBy: deniedBy(memory),
    openOrders: memory.i32(L.CTL_OPEN_ORDERS),
    pnl: {
      currency: input.baseCurrency,
      total: round(byStrategy.reduce((sum, row) => sum + row.total, 0)),
      byStrategy,
      byAccount,
      byCurrency,
    },
    latencyNs: tickToOrder.count === 0 ? null : latencySummary(tickToOrder),
    stagesNs: Object.fromEntries(
      latencies.stages
        .filter(({ count }) => count > 0)
        .map((stage) => [stage.name, latencySummary(stage)]),
    ),
    slowestTick: latencies.slowTicks.ticks[0] ?? null,
    stateHash: input.stateHash,
    strategyStateHash: input.strategyStateHash,
    journal: { directory: input.journalDirectory, records: memory.i64(L.CTL_RECORD_SEQUENCE) },
    sockets: memory.i32(SLO_OWNER) === 1 ? 'native' : 'node',
    seconds: round(seconds),
    messagesPerSecond: seconds > 0 ? Math.round(input.messages / seconds) : 0,
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;

function latencySummary({ count, p50, p99, p999, max }: LatencyReading): LatencySummary {
  return { count, p50, p99, p999, max };
}

function deniedBy(memory: Memory): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code, name } of REFUSALS) {
    const count = memory.i64(L.REFUSAL_COUNTS + code * 8);
    if (count > 0) counts[name] = count;
  }
  return counts;
}

function strategyPnl(
  { memory, positions }: SummaryInput,
  strategy: { readonly name: string; readonly account: string },
  index: number,
): StrategyPnl {
  const block = L.STRATEGIES + index * L.STRATEGY_BYTES;
  const unit = unitOf(memory, memory.i32(L.CTL_BASE_CURRENCY));
  const pnl = positions.strategyPnl(index);
  return {
    strategy: strategy.name,
    account: strategy.account,
    total: round(pnl.totalMinor / unit),
    fees: round(pnl.feesMinor / unit),
    orders: memory.i64(block + L.STR_ORDERS),
    fills: memory.i64(block + L.STR_FILLS),
    denied: memory.i64(block + L.STR_DENIED),
  };
}

/** Minor units in one unit of the currency. */
function unitOf(memory: Memory, currency: number): number {
  return 10 ** memory.i32(L.CURRENCIES + currency * L.CURRENCY_BYTES + L.CUR_DECIMALS);
}
