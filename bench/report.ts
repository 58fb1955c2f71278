/** How figures are shown, in the terminal and in the README: tables in Markdown. */
import type { BenchResult, Figure, Ratio, Statistic, VariantResult } from './bench-result.ts';
import type { Change } from './comparison.ts';
import { spreadOf } from './spread.ts';

export const NONE = '–';

export function reportTable(results: readonly BenchResult[]): string {
  const timed = results.filter(({ variants }) => variants.length > 0);
  const sized = results.filter(({ figures }) => figures.length > 0);
  const blocks = [
    table(TIME_HEAD, TIME_ALIGN, timed.flatMap(timeRows)),
    table(FIGURE_HEAD, FIGURE_ALIGN, sized.flatMap(figureRows)),
    results.map(footnote).join('\n'),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

const TIME_HEAD = [
  'bench',
  'variant',
  'per second',
  'p50',
  'p99',
  'p99.9',
  'max',
  'vs plain',
  'min–max',
];
const TIME_ALIGN = ['', '', ':', ':', ':', ':', ':', ':', ':'];
const FIGURE_HEAD = ['bench', 'figure', 'median', 'min–max'];
const FIGURE_ALIGN = ['', '', ':', ':'];

/** Empty without rows. */
export function table(
  head: readonly string[],
  align: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = `|${align.map((side) => `---${side}`).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function timeRows(result: BenchResult): readonly (readonly string[])[] {
  return result.variants.map((variant) => {
    const ratio = variant.ratios[0];
    return [
      result.bench,
      variant.name,
      count(variant.operationsPerS),
      ...times(result, variant),
      ratio === undefined ? NONE : timesAs(ratio.median),
      ratio === undefined ? NONE : span(ratio),
    ];
  });
}

/** Of one operation. */
function times({ operationsPerSample }: BenchResult, variant: VariantResult): readonly string[] {
  const { p50Ns, p99Ns, p999Ns, maxNs } = variant;
  return [p50Ns, p99Ns, p999Ns, maxNs].map((ns) =>
    ns === null ? NONE : duration(ns / operationsPerSample),
  );
}

export const timesAs = (ratio: number): string => `${digits(ratio)}x`;
export const span = ({ min, max }: Ratio): string => `${digits(min)}–${digits(max)}`;
const digits = (ratio: number): string => ratio.toFixed(ratio < 0.1 ? 4 : 2);

function figureRows({ bench, figures }: BenchResult): readonly (readonly string[])[] {
  return figures.map(({ name, unit, rounds }) => {
    const { median, min, max } = spreadOf(rounds);
    const same = min === max;
    return [
      bench,
      name,
      quantity(median, unit),
      same ? NONE : `${quantity(min, unit)}–${quantity(max, unit)}`,
    ];
  });
}

export function footnote(result: BenchResult): string {
  const { bench, rounds, seed, machine, versions, revision } = result;
  const remarks = result.remarks.map((remark) => ` ${capitalised(remark)}.`).join('');
  const leftOut = result.leftOut.length === 0 ? '' : ` Left out: ${result.leftOut.join('; ')}.`;
  const load = `load ${result.loadBefore.toFixed(1)} before, ${result.loadAfter.toFixed(1)} after`;
  return (
    `- ${bench}: ${measured(result)}; ${rounds} rounds, seed ${seed}; ${machine.cpu}, ` +
    `${machine.cores} cores, Node.js ${versions.node}, ${load}, ${revision}.${remarks}${leftOut}`
  );
}

function measured({ operation, operationsPerSample, variants }: BenchResult): string {
  if (variants.length === 0) return operation;
  const sample =
    operationsPerSample === 1 ? 'each timed' : `a time is the mean of ${operationsPerSample}`;
  const of = variants[0]?.ratios[0]?.of ?? 'throughput';
  const ratios = of === 'throughput' ? '' : `, ratios are of ${STATISTIC_NAMES[of]}`;
  return `one operation is one ${operation}, ${sample}${ratios}`;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One line a compared figure. */
export function changeLine(change: Change): string {
  const { bench, variant, of, accepted, now, low, high, verdict, fails } = change;
  const what = of === 'figure' ? variant : `${variant}, ${STATISTIC_NAMES[of]} vs plain`;
  const value = (ratio: number): string =>
    of === 'figure' ? String(Math.round(ratio)) : timesAs(ratio);
  const interval =
    low === null || high === null
      ? 'too few rounds for an interval'
      : `change ${low.toFixed(3)}–${high.toFixed(3)}`;
  const end = fails ? `${verdict}, beyond what is tolerated` : verdict;
  return `${bench}: ${what}: ${value(accepted)} -> ${value(now)}, ${interval}: ${end}`;
}

const STATISTIC_NAMES: Readonly<Record<Statistic, string>> = {
  throughput: 'throughput',
  p50: 'p50',
  p99: 'p99',
  p999: 'p99.9',
};

export function count(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(2)} M`;
  return perSecond >= 1e3 ? `${(perSecond / 1e3).toFixed(1)} k` : perSecond.toFixed(1);
}

export function duration(ns: number): string {
  if (ns < 100) return `${ns.toFixed(1)} ns`;
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(2)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toFixed(2)} ms` : `${(ns / 1e9).toFixed(2)} s`;
}

function quantity(value: number, unit: Figure['unit']): string {
  if (unit === 'bytes') return `${(value / 1e6).toFixed(1)} MB`;
  return unit === 'instructions' ? value.toFixed(1) : `${value.toFixed(2)} %`;
}
