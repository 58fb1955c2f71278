/** The charts (uPlot): price and P&L over market time, latency on logarithmic axes. */
import uPlot from 'uplot';
import type { HistogramFrame } from '../engine/event/generated/histogram-frame.ts';
import { nanoseconds, number } from './format.ts';

const POINTS_MAX = 3000; // five minutes at ten frames a second; the oldest goes
const REDRAW_MS = 250;
const INK = '#9aa7b8';
const GRID = { stroke: '#1e2732', width: 1 };
const FONT = '11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';

const axis = { stroke: INK, grid: GRID, ticks: GRID, font: FONT };

const LEGEND_HEIGHT = 24;

/** Whole seconds only: shorter steps would write one label twice. */
const TIME_STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
];
const TIME_LABEL_PX = 76; // eight digits and colons, and a gap

/** uPlot's height is that of the canvas alone; a legend stands below it. */
function sizeOf(place: HTMLElement, below: number): { width: number; height: number } {
  const height = Math.max(place.clientHeight - below - 4, 80);
  return { width: Math.max(place.clientWidth - 4, 120), height };
}

/** Follows its panel's size, so that the chart never widens the page. */
function followSize(chart: uPlot, place: HTMLElement, below: number): uPlot {
  new ResizeObserver(() => chart.setSize(sizeOf(place, below))).observe(place);
  return chart;
}

interface Line {
  readonly label: string;
  readonly stroke: string;
}

/** Lines over market time; the newest values stand in the legend. */
export class TimeChart {
  readonly #chart: uPlot;
  readonly #data: number[][];
  #drawnMs = 0;

  constructor(place: HTMLElement, lines: readonly Line[], decimals: () => number) {
    this.#data = [[], ...lines.map(() => [])];
    const value = (_: uPlot, raw: number | null) => (raw == null ? '–' : number(raw, decimals()));
    const options: uPlot.Options = {
      ...sizeOf(place, LEGEND_HEIGHT),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      legend: { live: true },
      cursor: { points: { show: false } },
      axes: [
        {
          ...axis,
          size: 28,
          incrs: TIME_STEPS_S,
          space: TIME_LABEL_PX,
          values: [[1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 0]],
        },
        { ...axis, size: 74, values: (_, ticks) => ticks.map((tick) => number(tick, decimals())) },
      ],
      series: [
        { label: 'UTC', value: '{HH}:{mm}:{ss}' },
        ...lines.map((line) => ({ ...line, value, width: 1.5, points: { show: false } })),
      ],
    };
    this.#chart = followSize(
      new uPlot(options, this.#data as uPlot.AlignedData, place),
      place,
      LEGEND_HEIGHT,
    );
  }

  add(ms: number, values: readonly number[]): void {
    const [times] = this.#data as [number[]];
    const seconds = ms / 1000;
    if (!Number.isFinite(seconds) || values.some((value) => !Number.isFinite(value))) return;
    if (times.length > 0 && seconds < times.at(-1)!) this.clear(); // another day was begun
    if (seconds === times.at(-1)) return;
    times.push(seconds);
    values.forEach((value, line) => {
      this.#data[line + 1]!.push(value);
    });
    if (times.length > POINTS_MAX) for (const column of this.#data) column.shift();
    const now = performance.now();
    if (now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    this.#chart.setData(this.#data as uPlot.AlignedData);
    if (this.#chart.cursor.idx == null) this.#chart.setLegend({ idx: times.length - 1 });
  }

  /** At once, on the screen too: no further point may come to replace the old line. */
  clear(): void {
    for (const column of this.#data) column.length = 0;
    this.#drawnMs = 0;
    this.#chart.setData(this.#data as uPlot.AlignedData);
    this.#chart.setLegend({ idxs: this.#data.map(() => null) });
  }
}

const MARKS = [
  ['p50', (row: HistogramFrame) => row.p50Ns()],
  ['p99', (row: HistogramFrame) => row.p99Ns()],
  ['p99.9', (row: HistogramFrame) => row.p999Ns()],
  ['max', (row: HistogramFrame) => row.maxNs()],
] as const;

export class LatencyChart {
  readonly #chart: uPlot;
  #marks: { readonly label: string; readonly ns: number }[] = [];
  #drawnMs = 0;

  constructor(place: HTMLElement) {
    const options: uPlot.Options = {
      ...sizeOf(place, 0),
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, distr: 3 }, y: { distr: 3 } },
      axes: [
        {
          ...axis,
          size: 28,
          values: (_, ticks) => ticks.map((ns) => (ns === null ? '' : nanoseconds(ns))),
        },
        {
          ...axis,
          size: 58,
          values: (_, ticks) => ticks.map((n) => (n === null ? '' : number(n))),
        },
      ],
      series: [
        {},
        {
          label: 'count',
          stroke: '#7fb4ff',
          fill: '#7fb4ff33',
          paths: uPlot.paths.stepped!({ align: -1 }),
          points: { show: false },
        },
      ],
      hooks: { draw: [(chart) => this.#drawMarks(chart)] },
    };
    this.#chart = followSize(new uPlot(options, [[], []], place), place, 0);
  }

  update(histogram: HistogramFrame): void {
    const now = performance.now();
    const length = histogram.bucketNsLength();
    if (length < 2 || now - this.#drawnMs < REDRAW_MS * 4) return;
    this.#drawnMs = now;
    const ns = Array.from({ length }, (_, i) => Math.max(histogram.bucketNs(i) ?? 1, 1));
    const counts = Array.from({ length }, (_, i) => histogram.bucketCount(i) ?? 0);
    this.#marks = MARKS.map(([label, read]) => ({ label, ns: read(histogram) }));
    this.#chart.setData([ns, counts]);
  }

  #drawMarks({ ctx, bbox, valToPos }: uPlot): void {
    ctx.save();
    ctx.font = FONT;
    ctx.strokeStyle = '#f2c14e';
    ctx.fillStyle = '#f2c14e';
    ctx.setLineDash([3, 3]);
    this.#marks.forEach(({ label, ns }, index) => {
      const x = Math.round(valToPos.call(this.#chart, ns, 'x', true));
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.textAlign = x > bbox.left + bbox.width - 50 ? 'right' : 'left';
      ctx.fillText(label, x + (ctx.textAlign === 'right' ? -4 : 4), bbox.top + 12 + index * 13);
    });
    ctx.restore();
  }
}
