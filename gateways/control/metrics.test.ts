/** What GET /metrics says: valid, as documented, and with figures that are right. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { LatencyFigureReader } from '../../engine/latency-figures.ts';
import { LatencyHistograms } from '../../engine/latency-histogram.ts';
import { SlowTicks } from '../../engine/slow-ticks.ts';
import { MovingMemory } from '../../test/support/moving-memory.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import * as L from '../../wasm/layout.ts';
import * as S from '../../wasm/stage-layout.ts';
import type { KillStatus } from './actions.ts';
import { ConsoleReader } from './console-reader.ts';
import { metricsText } from './metrics.ts';

const DOCUMENT = readFileSync(new URL('../../docs/METRICS.md', import.meta.url), 'utf8');
const SAMPLE = /^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\S+)$/;

/** Stage latencies with a place in each bucket that matters: at an edge, one past it, past them all. */
const BOOK_NS = [0, 255, 256, 1_000, 1_000, 500_000, 2 ** 36];

let text = '';

beforeAll(() => {
  const { memory } = new MovingMemory();
  const histograms = new LatencyHistograms(memory);
  for (const ns of BOOK_NS) histograms.record(S.HISTOGRAM_STAGES + S.STAGE_BOOK, ns);
  histograms.record(S.HISTOGRAM_TICK_TO_ORDER, 12_345);
  new SlowTicks(memory).offer({
    totalNs: 2_500_000,
    receivedNs: 1,
    record: 1,
    tick: 1,
    kind: S.TICK_MARKET_DATA,
    source: 0,
    bytes: 1,
    orders: 0,
    behindRecord: 0,
    behindNs: 0,
    causes: 0,
    timed: 1,
    stagesNs: new Float64Array(S.STAGES),
  });
  const strategy = L.STRATEGIES + L.STRATEGY_BYTES;
  memory.setI32(strategy + L.STR_BREAKER, L.BREAKER_REJECT_RATE);
  memory.setI32(strategy + L.STR_TRADING_STATE, L.TRADING_HALTED);
  memory.setI32(L.STRATEGIES + L.STR_PAUSED, 1);
  memory.setI32(L.SESSIONS + L.SES_STATE, L.SESSION_RECOVERING);
  memory.setI32(R.RING_MODE, R.JOURNAL_TO_RING);
  memory.setI64(R.RING_HEAD, 90_000);
  memory.setI64(R.RING_TAIL, 70_000);
  memory.setI64(R.RING_DURABLE, 40_000);
  memory.setText(L.SESSIONS + L.SES_NAME, 32, 'a "quoted" \\ name');
  const latencies = new LatencyFigureReader(memory);
  const context = {
    nowMs: () => 1_000,
    valueAtRisk: () => null,
    latencies: () => latencies.read(),
  };
  const reader = new ConsoleReader(memory, context, () => ({ state: 'ARMED' }) as KillStatus);
  text = metricsText(reader.read(), { streamReaders: 2, framesSent: 30, framesSkipped: 4 });
});

const lines = () => text.trimEnd().split('\n');
const familyOf = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
const figureOf = (series: string) =>
  lines()
    .find((line) => line.startsWith(`${series} `))
    ?.slice(series.length + 1);

test('every line is a sample of the family that was announced before it', () => {
  let family = '';
  const seen = new Set<string>();
  for (const line of lines()) {
    if (line.startsWith('# HELP ')) {
      family = line.split(' ')[2]!;
      expect(seen.has(family), `${family} stands once`).toBe(false);
      seen.add(family);
      continue;
    }
    if (line.startsWith('# TYPE ')) {
      expect(line).toMatch(new RegExp(`^# TYPE ${family} (counter|gauge|summary|histogram)$`));
      continue;
    }
    const match = SAMPLE.exec(line);
    expect(match, line).not.toBeNull();
    const [, name, , value] = match!;
    expect([name, familyOf(name!)], line).toContain(family);
    expect(Number.isFinite(Number(value)), line).toBe(true);
  }
});

test('the document names every family with its type, and no other', () => {
  const types = lines().flatMap((line) => {
    const match = /^# TYPE (\S+) (\S+)$/.exec(line);
    return match === null ? [] : [`${match[1]} ${match[2]}`];
  });
  const documented = [...DOCUMENT.matchAll(/^\| `(gyrfalcon_\w+)` \| (\w+) \|/gm)];
  expect(documented.map(([, name, type]) => `${name} ${type}`)).toEqual(types);
});

test('the document names every path and stage', () => {
  for (const label of ['path', 'stage'] as const) {
    const said = new Set(
      [...text.matchAll(new RegExp(`\\{${label}="([^"]+)"`, 'g'))].map(([, name]) => name),
    );
    const table = DOCUMENT.slice(DOCUMENT.indexOf(`| \`${label}\` |`)).split('\n\n')[0]!;
    expect([...said]).toEqual(
      [...table.matchAll(/^\| `([\w ]+)` \| [^|]+\|/gm)].map(([, name]) => name).slice(1),
    );
  }
});

describe('the histogram of a stage', () => {
  const buckets = () =>
    [...text.matchAll(/^gyrfalcon_stage_seconds_bucket\{stage="book",le="([^"]+)"\} (\d+)$/gm)].map(
      ([, le, count]) => ({ le: le === '+Inf' ? Infinity : Number(le), count: Number(count) }),
    );

  test('counts at each edge all that is not above it', () => {
    expect(buckets().length).toBeGreaterThan(20);
    for (const { le, count } of buckets()) {
      const exact = BOOK_NS.filter((ns) => ns <= Math.round(le * 1e9)).length;
      expect(count, `up to ${le} s`).toBe(exact);
    }
    expect(buckets().at(-1)).toEqual({ le: Infinity, count: BOOK_NS.length });
  });

  test('has edges that rise, a sum in seconds and a count', () => {
    const edges = buckets().map(({ le }) => le);
    expect(edges).toEqual(edges.toSorted((a, b) => a - b));
    expect(new Set(edges).size).toBe(edges.length);
    const sum = BOOK_NS.reduce((total, ns) => total + ns, 0) / 1e9;
    expect(Number(figureOf('gyrfalcon_stage_seconds_sum{stage="book"}'))).toBeCloseTo(sum, 12);
    expect(figureOf('gyrfalcon_stage_seconds_count{stage="book"}')).toBe('7');
    expect(figureOf('gyrfalcon_stage_seconds_count{stage="send"}')).toBe('0');
  });
});

test.each([
  ['gyrfalcon_latency_seconds{path="tick to order",quantile="0.5"}', '0.000012345'],
  ['gyrfalcon_latency_seconds_sum{path="tick to order"}', '0.000012345'],
  ['gyrfalcon_slowest_tick_seconds', '0.0025'],
  ['gyrfalcon_breaker_tripped{strategy="ofi-momentum",breaker="REJECT RATE"}', '1'],
  ['gyrfalcon_breaker_tripped{strategy="ofi-momentum",breaker="DRAWDOWN"}', '0'],
  ['gyrfalcon_breaker_tripped{strategy="microprice-maker",breaker="REJECT RATE"}', '0'],
  ['gyrfalcon_strategy_halted{strategy="ofi-momentum"}', '1'],
  ['gyrfalcon_strategy_halted{strategy="microprice-maker"}', '0'],
  ['gyrfalcon_strategy_paused{strategy="microprice-maker"}', '1'],
  ['gyrfalcon_session_live{session="a \\"quoted\\" \\\\ name"}', '0'],
  ['gyrfalcon_session_state{session="a \\"quoted\\" \\\\ name",state="RECOVERING"}', '1'],
  ['gyrfalcon_session_state{session="SIM market",state="RECOVERING"}', '0'],
  ['gyrfalcon_session_messages_total{session="SIM market",direction="in"}', String(60 * 37)],
  ['gyrfalcon_stream_frames_skipped_total', '4'],
  ['gyrfalcon_journal_ring_capacity_bytes', '16777216'],
  ['gyrfalcon_journal_ring_used_bytes', '20000'],
  ['gyrfalcon_journal_ring_undurable_bytes', '50000'],
])('%s is %s', (series, value) => {
  expect(figureOf(series)).toBe(value);
});

test('nothing is said about money', () => {
  expect(text).not.toMatch(/pnl|position_|limit_/i);
});
