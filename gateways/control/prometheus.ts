/** Prometheus text, exposition format 0.0.4, written by hand: a few lines need no library. */
import type { HistogramFigure } from './console-state.ts';

type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface Family {
  readonly name: string;
  /** What it counts, and its unit. */
  readonly help: string;
}

const NS_PER_S = 1e9;
/** Edges of the histograms' octaves, 255 ns to 17 s: counts at them are exact. */
const EDGES_NS = Array.from({ length: 27 }, (_, octave) => 2 ** (octave + 8) - 1);
const QUANTILES = [
  ['0.5', (figure: HistogramFigure) => figure.p50Ns],
  ['0.99', (figure: HistogramFigure) => figure.p99Ns],
  ['0.999', (figure: HistogramFigure) => figure.p999Ns],
] as const;

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function line(name: string, { labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

const head = ({ name, help }: Family, type: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

/** A sample without labels. */
export const one = (value: number): readonly Sample[] => [{ labels: {}, value }];

export function counter(family: Family, samples: readonly Sample[]): string[] {
  return [...head(family, 'counter'), ...samples.map((sample) => line(family.name, sample))];
}

export function gauge(family: Family, samples: readonly Sample[]): string[] {
  return [...head(family, 'gauge'), ...samples.map((sample) => line(family.name, sample))];
}

/** Quantiles since the start, in seconds; `label` holds the figure's name. */
export function summary(
  family: Family,
  label: string,
  figures: readonly HistogramFigure[],
): string[] {
  return [
    ...head(family, 'summary'),
    ...figures.flatMap((figure) => [
      ...QUANTILES.map(([quantile, read]) =>
        line(family.name, {
          labels: { [label]: figure.name, quantile },
          value: read(figure) / NS_PER_S,
        }),
      ),
      ...totals(family.name, label, figure),
    ]),
  ];
}

/** Cumulative counts by upper edge, in seconds; a server can add them up over engines and time. */
export function histogram(
  family: Family,
  label: string,
  figures: readonly HistogramFigure[],
): string[] {
  return [
    ...head(family, 'histogram'),
    ...figures.flatMap((figure) => [
      ...EDGES_NS.map((edgeNs) => bucket(family.name, label, figure, edgeNs)),
      line(`${family.name}_bucket`, {
        labels: { [label]: figure.name, le: '+Inf' },
        value: figure.count,
      }),
      ...totals(family.name, label, figure),
    ]),
  ];
}

function bucket(name: string, label: string, figure: HistogramFigure, edgeNs: number): string {
  let count = 0;
  for (const [index, upToNs] of figure.bucketNs.entries()) {
    if (upToNs <= edgeNs) count += figure.bucketCount[index]!;
  }
  const labels = { [label]: figure.name, le: String(edgeNs / NS_PER_S) };
  return line(`${name}_bucket`, { labels, value: count });
}

function totals(name: string, label: string, figure: HistogramFigure): string[] {
  const labels = { [label]: figure.name };
  return [
    line(`${name}_sum`, { labels, value: figure.sumNs / NS_PER_S }),
    line(`${name}_count`, { labels, value: figure.count }),
  ];
}
