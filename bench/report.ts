/**
 * How figures are shown: a table for the terminal and the README, written there by the script
 * alone.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { GyrfalconError } from '../engine/errors.ts';
import type { BenchResult, VariantResult } from './harness.ts';

const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

export function reportTable(results: readonly BenchResult[]): string {
  const rows = results.flatMap((result) => result.variants.map((variant) => row(result, variant)));
  return [
    '| bench | variant | per second | p50 | p99 | p99.9 | max | vs plain |',
    '|---|---|---:|---:|---:|---:|---:|---:|',
    ...rows,
    '',
    ...results.map(footnote),
  ].join('\n');
}

function row({ bench }: BenchResult, variant: VariantResult): string {
  const { name, operationsPerS, p50Ns, p99Ns, p999Ns, maxNs, ratioToPlain } = variant;
  const times = [p50Ns, p99Ns, p999Ns, maxNs].map(duration);
  const cells = [bench, name, count(operationsPerS), ...times, `${ratioToPlain.toFixed(2)}x`];
  return `| ${cells.join(' | ')} |`;
}

function footnote(result: BenchResult): string {
  const { bench, operation, operationsPerSample, rounds, seed, machine, versions } = result;
  const sample = operationsPerSample === 1 ? 'each timed' : `timed by ${operationsPerSample}`;
  const remarks = (result.remarks ?? []).map((remark) => ` ${capitalised(remark)}.`).join('');
  const load = `load ${result.loadBefore.toFixed(1)} before, ${result.loadAfter.toFixed(1)} after`;
  return (
    `- ${bench}: one operation is one ${operation}, ${sample}; ${rounds} rounds, seed ${seed}; ` +
    `${machine.cpu}, ${machine.cores} cores, Node.js ${versions.node}, ${load}.${remarks}`
  );
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function count(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(2)} M`;
  return perSecond >= 1e3 ? `${(perSecond / 1e3).toFixed(1)} k` : perSecond.toFixed(1);
}

function duration(ns: number | null): string {
  if (ns === null) return '–';
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  return ns < 1e6 ? `${(ns / 1e3).toFixed(2)} µs` : `${(ns / 1e6).toFixed(2)} ms`;
}

/** Puts the table between the README's markers. */
export function writeReadmeTable(results: readonly BenchResult[]): void {
  const text = existsSync(README) ? readFileSync(README, 'utf8') : '';
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new GyrfalconError('INPUT_INVALID', `README.md has no ${BEGIN} … ${END}: put both in`);
  }
  const head = text.slice(0, begin + BEGIN.length);
  writeFileSync(README, `${head}\n${reportTable(results)}\n${text.slice(end)}`);
}
