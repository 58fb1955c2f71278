/** The codecs side by side: a row a codec, a column an operation, each with its ratio to the plain twin. */
import type { BenchResult } from '../bench-result.ts';
import { duration, footnote, NONE, span, table, timesAs } from '../report.ts';

const PREFIX = 'codec: ';

export function codecTable(results: readonly BenchResult[]): string {
  const names = [...new Set(results.flatMap(({ variants }) => variants.map(({ name }) => name)))];
  const head = ['codec', ...results.map(({ bench }) => `${bench.slice(PREFIX.length)}, p50`)];
  const rows = names.map((name) => [name, ...results.map((result) => cell(result, name))]);
  const notes = results.map(footnote).join('\n');
  return `${table(head, ['', ...results.map(() => ':')], rows)}\n\n${notes}`;
}

function cell({ variants, operationsPerSample }: BenchResult, name: string): string {
  const variant = variants.find((each) => each.name === name);
  const ratio = variant?.ratios[0];
  if (variant === undefined || variant.p50Ns === null || ratio === undefined) return NONE;
  const time = duration(variant.p50Ns / operationsPerSample);
  return `${time}, ${timesAs(ratio.median)} (${span(ratio)})`;
}
