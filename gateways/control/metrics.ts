/**
 * What GET /metrics says, for Prometheus. It needs no token and so says nothing about money: no position, no
 * P&L, no limit; those are in /api/v1/state. docs/METRICS.md lists the names; a test holds it to them.
 */
import type {
  ConsoleState,
  JournalRingState,
  SessionState,
  StrategyState,
} from './console-state.ts';
import { counter, gauge, histogram, one, type Sample, summary } from './prometheus.ts';
import { BREAKER_WORDS, SESSION_WORDS } from './state-names.ts';

export interface ServerFigures {
  readonly streamReaders: number;
  readonly framesSent: number;
  readonly framesSkipped: number;
}

const NS_PER_S = 1e9;
const BREAKERS = Object.values(BREAKER_WORDS).filter((word) => word !== '');
const flag = (yes: boolean): number => (yes ? 1 : 0);

export function metricsText(state: ConsoleState, server: ServerFigures): string {
  const lines = [
    ...engine(state),
    ...traffic(state),
    ...strategies(state.strategies),
    ...sessions(state.sessions),
    ...consoles(server),
    ...latencies(state),
  ];
  return `${lines.join('\n')}\n`;
}

function engine(state: ConsoleState): string[] {
  return [
    ...gauge(
      { name: 'gyrfalcon_up', help: '1 while the hot loop runs and its heartbeat moves.' },
      one(flag(state.engineState === 'RUNNING')),
    ),
    ...gauge(
      { name: 'gyrfalcon_killed', help: '1 while anything is killed.' },
      one(flag(state.killState !== 'ARMED')),
    ),
    ...gauge(
      { name: 'gyrfalcon_firm_halted', help: '1 while the firm is HALTED.' },
      one(flag(state.firmState === 'HALTED')),
    ),
  ];
}

function traffic(state: ConsoleState): string[] {
  const total = (name: string, help: string, value: number): string[] =>
    counter({ name: `gyrfalcon_${name}_total`, help }, one(value));
  return [
    ...total('market_data_messages', 'Market data messages applied.', state.marketDataMessages),
    ...total('orders', 'New orders sent.', state.orders),
    ...total('fills', 'Executions received.', state.fills),
    ...total('venue_rejects', 'Orders rejected by the venue.', state.rejects),
    ...counter(
      { name: 'gyrfalcon_denied_total', help: 'Requests refused by our own checks, by code.' },
      state.refusalCounts.map(({ code, count }) => ({ labels: { code }, value: count })),
    ),
    ...gauge({ name: 'gyrfalcon_open_orders', help: 'Orders now open.' }, one(state.openOrders)),
    ...total('journal_records', 'Journal records written.', state.journalRecords),
    ...total('journal_bytes', 'Journal bytes written.', state.journalBytes),
    ...journalRing(state.journalRing),
  ];
}

/** Without a ring there are no samples: the loop writes its records itself, and none ever waits. */
function journalRing(ring: JournalRingState | null): string[] {
  const bytes = (name: string, help: string, value: (of: JournalRingState) => number): string[] =>
    gauge(
      { name: `gyrfalcon_journal_ring_${name}_bytes`, help },
      ring === null ? [] : one(value(ring)),
    );
  return [
    ...bytes('capacity', 'Size of the journal ring.', (of) => of.capacityBytes),
    ...bytes('used', 'In the ring and not yet in the segments.', (of) => of.usedBytes),
    ...bytes(
      'undurable',
      'In the ring or the segments, not yet on the disk.',
      (of) => of.undurableBytes,
    ),
  ];
}

function strategies(rows: readonly StrategyState[]): string[] {
  const each = (value: (row: StrategyState) => boolean): Sample[] =>
    rows.map((row) => ({ labels: { strategy: row.name }, value: flag(value(row)) }));
  return [
    ...gauge(
      { name: 'gyrfalcon_strategy_halted', help: '1 while the strategy or the firm is HALTED.' },
      each(({ state }) => state === 'HALTED'),
    ),
    ...gauge(
      { name: 'gyrfalcon_strategy_paused', help: '1 while the strategy is paused.' },
      each(({ paused }) => paused),
    ),
    ...gauge(
      {
        name: 'gyrfalcon_breaker_tripped',
        help: '1 while this circuit breaker holds the strategy.',
      },
      rows.flatMap((row) =>
        BREAKERS.map((breaker) => ({
          labels: { strategy: row.name, breaker },
          value: flag(row.breaker === breaker),
        })),
      ),
    ),
  ];
}

function sessions(rows: readonly SessionState[]): string[] {
  const messages = rows.flatMap(({ name, messagesIn, messagesOut }) => [
    { labels: { session: name, direction: 'in' }, value: messagesIn },
    { labels: { session: name, direction: 'out' }, value: messagesOut },
  ]);
  return [
    ...gauge(
      { name: 'gyrfalcon_session_live', help: '1 while the session is LIVE.' },
      rows.map(({ name, state }) => ({ labels: { session: name }, value: flag(state === 'LIVE') })),
    ),
    ...gauge(
      {
        name: 'gyrfalcon_session_native_sockets',
        help: "1 while the session is connected over the addon's sockets.",
      },
      rows.map(({ name, sockets }) => ({
        labels: { session: name },
        value: flag(sockets === 'native'),
      })),
    ),
    ...gauge(
      { name: 'gyrfalcon_session_state', help: '1 for the state that the session is in.' },
      rows.flatMap(({ name, state }) =>
        Object.values(SESSION_WORDS).map((word) => ({
          labels: { session: name, state: word },
          value: flag(state === word),
        })),
      ),
    ),
    ...counter(
      {
        name: 'gyrfalcon_session_messages_total',
        help: 'FIX messages of the session, by direction.',
      },
      messages,
    ),
  ];
}

function consoles(server: ServerFigures): string[] {
  return [
    ...gauge(
      { name: 'gyrfalcon_stream_readers', help: 'Consoles connected.' },
      one(server.streamReaders),
    ),
    ...counter(
      { name: 'gyrfalcon_stream_frames_total', help: 'Frames sent to consoles.' },
      one(server.framesSent),
    ),
    ...counter(
      {
        name: 'gyrfalcon_stream_frames_skipped_total',
        help: 'Frames that a slow console missed.',
      },
      one(server.framesSkipped),
    ),
  ];
}

function latencies(state: ConsoleState): string[] {
  return [
    ...summary(
      { name: 'gyrfalcon_latency_seconds', help: 'Latency by path, quantiles since the start.' },
      'path',
      state.histograms,
    ),
    ...histogram(
      {
        name: 'gyrfalcon_stage_seconds',
        help: 'Time of a tick in each stage; wait and send of every tick, others of one in 64.',
      },
      'stage',
      state.stages,
    ),
    ...gauge(
      { name: 'gyrfalcon_slowest_tick_seconds', help: 'Slowest tick of the day, 0 = none yet.' },
      one((state.slowTicks[0]?.totalNs ?? 0) / NS_PER_S),
    ),
  ];
}
