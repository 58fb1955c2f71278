/** The latencies of an engine as one screen of text. */
import type { SlowTick } from '../slow-tick-reader.ts';

export interface LatencyFigure {
  readonly name: string;
  readonly count: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}

export interface EngineLatency {
  readonly histograms: readonly LatencyFigure[];
  readonly stages: readonly LatencyFigure[];
  readonly slowTicks: readonly SlowTick[];
  readonly unknownCauses: readonly string[];
}

const NAME_WIDTH = 14;
const WIDTH = 11;
const TIME_AT = 'yyyy-mm-ddT'.length;

export function latencyScreen(latency: EngineLatency): string {
  const lines = [
    ...table('path', latency.histograms),
    '',
    ...table('stage', latency.stages),
    '',
    ...slowTicks(latency),
  ];
  return `${lines.join('\n')}\n`;
}

function table(heading: string, figures: readonly LatencyFigure[]): string[] {
  const titles = ['count', 'p50', 'p99', 'p99.9', 'max'].map((title) => title.padStart(WIDTH));
  return [
    `  ${heading.padEnd(NAME_WIDTH)}${titles.join('')}`,
    ...figures.map(({ name, count, p50Ns, p99Ns, p999Ns, maxNs }) => {
      const times = [p50Ns, p99Ns, p999Ns, maxNs].map((ns) => (count === 0 ? '–' : us(ns)));
      const cells = [count.toLocaleString('en'), ...times].map((text) => text.padStart(WIDTH));
      return `  ${name.padEnd(NAME_WIDTH)}${cells.join('')}`;
    }),
  ];
}

function slowTicks({ slowTicks: ticks, unknownCauses }: EngineLatency): string[] {
  const notes =
    unknownCauses.length === 0 ? [] : [`  not watched for: ${unknownCauses.join(', ')}`];
  if (ticks.length === 0) return ['  no tick is slow yet today, or none was asked for', ...notes];
  return [
    '  slowest ticks of the day; `gyrfalcon journal show` knows each by its record',
    ...ticks.flatMap((tick) => [
      `  ${utc(tick.wallMs)}  ${us(tick.totalNs).padStart(WIDTH)}  record ${tick.record}: ${what(tick)}`,
      `      ${tick.stages.map(({ stage, ns }) => `${stage} ${us(ns)}`).join(' · ')}`,
    ]),
    ...notes,
  ];
}

function what(tick: SlowTick): string {
  const facts = [
    `${tick.kind}, ${tick.bytes} bytes`,
    ...(tick.entries > 0 ? [many(tick.entries, 'entry', 'entries')] : []),
    ...(tick.orders > 0 ? [many(tick.orders, 'order', 'orders')] : []),
    ...(tick.backlogBytes > 0 ? [`${tick.backlogBytes} bytes behind it`] : []),
    ...tick.causes,
  ];
  return `${facts.join(', ')}; longest: ${tick.longest}`;
}

const many = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`;

/** Time of day of the receiving machine's clock, in UTC. */
const utc = (ms: number): string => new Date(ms).toISOString().slice(TIME_AT, -1);

const us = (ns: number): string => `${(ns / 1000).toFixed(1)} us`;
