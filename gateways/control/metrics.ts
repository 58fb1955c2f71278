/**
 * Prometheus text (exposition format 0.0.4), written by hand: a dozen lines need no library. It needs no
 * token and so says nothing about money: no position, no P&L, no limit; those are in /api/v1/state.
 */
import type { ConsoleState, HistogramFigure } from './console-state.ts';

type Labels = Readonly<Record<string, string>>;
interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function line(name: string, { labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

function family(kind: 'counter' | 'gauge', name: string, help: string, samples: readonly Sample[]) {
  const full = `gyrfalcon_${name}`;
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} ${kind}`,
    ...samples.map((sample) => line(full, sample)),
  ];
}

const one = (value: number): Sample[] => [{ labels: {}, value }];
const flag = (yes: boolean): number => (yes ? 1 : 0);

function latency(histograms: readonly HistogramFigure[]): string[] {
  const name = 'gyrfalcon_latency_seconds';
  const lines = [`# HELP ${name} Latency by path.`, `# TYPE ${name} summary`];
  for (const { name: path, count, p50Ns, p99Ns, p999Ns } of histograms) {
    const quantiles = { '0.5': p50Ns, '0.99': p99Ns, '0.999': p999Ns };
    for (const [quantile, ns] of Object.entries(quantiles)) {
      lines.push(line(name, { labels: { path, quantile }, value: ns / 1e9 }));
    }
    lines.push(line(`${name}_count`, { labels: { path }, value: count }));
  }
  return lines;
}

export interface ServerFigures {
  readonly streamReaders: number;
  readonly framesSent: number;
  readonly framesSkipped: number;
}

export function metricsText(state: ConsoleState, server: ServerFigures): string {
  const lines = [
    ...family(
      'gauge',
      'up',
      '1 while the hot loop runs and its heartbeat moves.',
      one(flag(state.engineState === 'RUNNING')),
    ),
    ...family(
      'gauge',
      'killed',
      '1 while anything is killed.',
      one(flag(state.killState !== 'ARMED')),
    ),
    ...family(
      'gauge',
      'firm_halted',
      '1 while the firm is HALTED.',
      one(flag(state.firmState === 'HALTED')),
    ),
    ...family(
      'counter',
      'market_data_messages_total',
      'Market data messages applied.',
      one(state.marketDataMessages),
    ),
    ...family('counter', 'orders_total', 'New orders sent.', one(state.orders)),
    ...family('counter', 'fills_total', 'Executions received.', one(state.fills)),
    ...family(
      'counter',
      'venue_rejects_total',
      'Orders rejected by the venue.',
      one(state.rejects),
    ),
    ...family(
      'counter',
      'denied_total',
      'Requests refused by our own checks, by code.',
      state.refusalCounts.map(({ code, count }) => ({ labels: { code }, value: count })),
    ),
    ...family('gauge', 'open_orders', 'Orders now open.', one(state.openOrders)),
    ...family(
      'counter',
      'journal_records_total',
      'Journal records written.',
      one(state.journalRecords),
    ),
    ...family('counter', 'journal_bytes_total', 'Journal bytes written.', one(state.journalBytes)),
    ...family(
      'gauge',
      'session_live',
      '1 while the session is LIVE.',
      state.sessions.map(({ name, state: word }) => ({
        labels: { session: name },
        value: flag(word === 'LIVE'),
      })),
    ),
    ...family('gauge', 'stream_readers', 'Consoles connected.', one(server.streamReaders)),
    ...family('counter', 'stream_frames_total', 'Frames sent to consoles.', one(server.framesSent)),
    ...family(
      'counter',
      'stream_frames_skipped_total',
      'Frames that a slow console missed.',
      one(server.framesSkipped),
    ),
    ...latency(state.histograms),
  ];
  return `${lines.join('\n')}\n`;
}
