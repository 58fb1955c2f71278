/** Limits beside their use, and the refusals of the limits gate with the rule behind each. */
import { NS_PER_SECOND } from '../../engine/units.ts';
import * as layout from '../../wasm/layout.ts';
import type { ConsoleState, LimitState, RefusalState } from './console-state.ts';
import { type InstrumentScale, quantityOf, type Scales } from './scales.ts';
import { refusalWords } from './state-names.ts';
import type { SteadyMemory } from './steady-memory.ts';

const REFUSALS_SHOWN = 100;
const REFUSAL_CODES = 64;

const limitAt = (strategy: number, instrument: number): number =>
  layout.LIMITS + (strategy * layout.INSTRUMENTS_MAX + instrument) * layout.LIMIT_BYTES;

/** The strictest value over the instruments for which a limit is set; null where none is. */
function strictest(count: number, read: (instrument: number) => number | null): number | null {
  let least: number | null = null;
  for (let instrument = 0; instrument < count; instrument++) {
    const value = read(instrument);
    if (value !== null && (least === null || value < least)) least = value;
  }
  return least;
}

/** Base currency, major units. */
export function lossLimit(memory: SteadyMemory, scales: Scales, strategy: number): number | null {
  return strictest(scales.instruments.length, (instrument) => {
    const at = limitAt(strategy, instrument);
    if (memory.i32(at + layout.LIM_SET) === 0) return null;
    return memory.i64(at + layout.LIM_DAILY_LOSS_MINOR_MAX) / scales.base.minorPerMajor;
  });
}

function strictestI32(memory: SteadyMemory, scales: Scales, strategy: number, field: number) {
  return strictest(scales.instruments.length, (instrument) => {
    const at = limitAt(strategy, instrument);
    return memory.i32(at + layout.LIM_SET) === 0 ? null : memory.i32(at + field);
  });
}

/** Messages that the strategy has counted into its rate ring in the last second of market time. */
function messagesInLastSecond(memory: SteadyMemory, strategy: number): number {
  const head = memory.head(
    layout.STRATEGIES + strategy * layout.STRATEGY_BYTES + layout.STR_MESSAGES,
  );
  const ring = layout.RATE_RINGS + strategy * layout.RATE_RING_SLOTS * 8;
  const since = memory.i64(layout.CTL_CORE_TIME_NS) - NS_PER_SECOND;
  let count = 0;
  for (let n = head - 1; n >= Math.max(0, head - layout.RATE_RING_SLOTS); n--) {
    if (memory.i64(ring + (n % layout.RATE_RING_SLOTS) * 8) <= since) break;
    count++;
  }
  return count;
}

function strategyLimits(memory: SteadyMemory, scales: Scales, strategy: number): LimitState[] {
  const at = layout.STRATEGIES + strategy * layout.STRATEGY_BYTES;
  const name = scales.strategies[strategy]!;
  const equity = memory.i64(at + layout.STR_EQUITY_MINOR) / scales.base.minorPerMajor;
  const rows = [
    {
      name: 'daily loss',
      used: Math.max(0, -equity),
      limit: lossLimit(memory, scales, strategy),
      unit: scales.base.code,
    },
    {
      name: 'open orders',
      used: memory.i32(at + layout.STR_OPEN_ORDERS),
      limit: strictestI32(memory, scales, strategy, layout.LIM_OPEN_ORDERS_MAX),
      unit: 'orders',
    },
    {
      name: 'message rate',
      used: messagesInLastSecond(memory, strategy),
      limit: strictestI32(memory, scales, strategy, layout.LIM_MESSAGES_PER_S_MAX),
      unit: '/s',
    },
  ];
  return rows.flatMap((row) =>
    row.limit === null ? [] : [{ ...row, limit: row.limit, strategy: name, symbol: '' }],
  );
}

/** What counts is the worst case: the position after all working orders of one side are filled. */
function positionLimit(
  memory: SteadyMemory,
  scale: InstrumentScale,
  row: { readonly strategy: string; readonly index: number },
): LimitState[] {
  const limit = layout.LIMITS + row.index * layout.LIMIT_BYTES;
  const position = layout.POSITIONS + row.index * layout.POSITION_BYTES;
  const set = memory.i32(limit + layout.LIM_SET) !== 0;
  if (!set || memory.i32(limit + layout.LIM_PERMITTED) === 0) return [];
  const lots = memory.i64(position + layout.POS_LOTS);
  const long = Math.abs(lots + memory.i64(position + layout.POS_OPEN_BUY_LOTS));
  const short = Math.abs(lots - memory.i64(position + layout.POS_OPEN_SELL_LOTS));
  return [
    {
      strategy: row.strategy,
      symbol: scale.symbol,
      name: 'position',
      used: quantityOf(scale, Math.max(long, short)),
      limit: quantityOf(scale, memory.i64(limit + layout.LIM_POSITION_LOTS_MAX)),
      unit: scale.symbol,
    },
  ];
}

export function readLimits(memory: SteadyMemory, scales: Scales): LimitState[] {
  return scales.strategies.flatMap((strategy, s) => [
    ...strategyLimits(memory, scales, s),
    ...scales.instruments.flatMap((scale, instrument) =>
      positionLimit(memory, scale, { strategy, index: s * layout.INSTRUMENTS_MAX + instrument }),
    ),
  ]);
}

export function readRefusals(memory: SteadyMemory, scales: Scales): RefusalState[] {
  const head = memory.head(layout.CTL_REFUSAL_HEAD);
  const shown: RefusalState[] = [];
  for (let n = head - 1; n >= Math.max(0, head - REFUSALS_SHOWN); n--) {
    const at = layout.REFUSALS + (n % layout.RECORDS_KEPT) * layout.REFUSAL_BYTES;
    const { name, text, clause } = refusalWords(memory.i32(at + 8));
    shown.push({
      timeMs: memory.marketMs(memory.i64(at)) ?? 0,
      code: name,
      text,
      clause,
      strategy: scales.strategies[memory.i32(at + 12)] ?? '',
      symbol: scales.instruments[memory.i32(at + 16)]?.symbol ?? '',
      count: memory.i64(at + 40),
    });
  }
  return shown;
}

export function readRefusalCounts(memory: SteadyMemory): ConsoleState['refusalCounts'] {
  const counts = [];
  for (let code = 1; code < REFUSAL_CODES; code++) {
    const count = memory.i64(layout.REFUSAL_COUNTS + code * 8);
    if (count !== 0) counts.push({ code: refusalWords(code).name, count });
  }
  return counts;
}
