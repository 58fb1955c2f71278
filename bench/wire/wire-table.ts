/**
 * How the wire suite is shown: one table a part and placement, all loads in one row an engine. A time is told
 * as a multiple of the floor's in the same round, 1 = as fast as the floor, with the median of the rounds
 * and their range; the floor itself in microseconds.
 */
import type { BenchResult, Statistic, VariantResult } from '../bench-result.ts';
import { count, duration, NONE, table } from '../report.ts';
import { spreadOf } from '../spread.ts';

const CLOSED = 'closed';
const OPEN = /^open-(\d+)$/;
const WINDOW = /^window-(\d+)$/;

/** wire order round trip, closed, pinned. */
interface Named {
  readonly part: string;
  readonly load: string;
  readonly placement: string;
  readonly result: BenchResult;
}

export function wireTable(results: readonly BenchResult[]): string {
  const groups = new Map<string, Named[]>();
  for (const result of results) {
    const [part, load, placement] = result.bench.split(', ') as [string, string, string];
    const title = `${part}, ${placement}`;
    groups.set(title, [...(groups.get(title) ?? []), { part, load, placement, result }]);
  }
  const tables = [...groups].map(([title, loads]) => groupTable(title, loads));
  return [...tables, ...notes(results)].join('\n\n');
}

function groupTable(title: string, loads: readonly Named[]): string {
  const columns = loads.flatMap(({ load, result }) => columnsOf(load, result));
  const names = [
    ...new Set(loads.flatMap(({ result }) => result.variants.map(({ name }) => name))),
  ];
  // The floor is the last wherever it is.
  const rows = names.map((name) => [name, ...columns.map(({ cell }) => cell(name))]);
  return table([title, ...columns.map(({ head }) => head)], ['', ...columns.map(() => ':')], rows);
}

interface Column {
  readonly head: string;
  cell(name: string): string;
}

function columnsOf(load: string, result: BenchResult): readonly Column[] {
  const variantOf = (name: string): VariantResult | undefined =>
    result.variants.find((each) => each.name === name);
  const floor = result.variants.at(-1)?.name;
  const time = (head: string, of: Statistic): Column => ({
    head,
    cell(name) {
      const variant = variantOf(name);
      if (variant === undefined) return NONE;
      return `${absolute(variant, of)}${name === floor ? '' : timesTheFloor(variant, of)}`;
    },
  });
  if (load === CLOSED) return [time('p50', 'p50'), time('p99', 'p99'), time('p99.9', 'p999')];
  const window = WINDOW.exec(load);
  if (window !== null) {
    const cell = (name: string): string => {
      const variant = variantOf(name);
      return variant === undefined ? NONE : count(variant.operationsPerS);
    };
    const inWindow = `${window[1]} on the way`;
    return [{ head: `${inWindow}, a second`, cell }, time(`${inWindow}, p50`, 'p50')];
  }
  const perS = count(Number(OPEN.exec(load)?.[1]));
  return [time(`${perS}/s p50`, 'p50'), time(`${perS}/s p99`, 'p99')];
}

function absolute({ p50Ns, p99Ns, p999Ns }: VariantResult, of: Statistic): string {
  const ns = of === 'p50' ? p50Ns : of === 'p99' ? p99Ns : p999Ns;
  return ns === null ? NONE : duration(ns);
}

/** ` 1.06x (1.02–1.11)`; nothing where no round has both. */
function timesTheFloor({ ratios }: VariantResult, of: Statistic): string {
  const ratio = ratios.find((each) => each.of === of);
  if (ratio === undefined) return '';
  // A ratio of the harness says how much better; here it is how many times as long.
  const { median, min, max } = spreadOf(ratio.rounds.map((better) => 1 / better));
  return ` ${median.toFixed(2)}x (${min.toFixed(2)}–${max.toFixed(2)})`;
}

/** What holds for all, and what is particular to one. */
function notes(results: readonly BenchResult[]): readonly string[] {
  const [first] = results;
  if (first === undefined) return [];
  const { machine, versions, rounds, seed, revision } = first;
  const load = `load ${first.loadBefore.toFixed(1)} before, ${first.loadAfter.toFixed(1)} after`;
  const others = Object.entries(versions).filter(([name]) => !OWN_VERSIONS.has(name));
  const peers = others.map(([name, version]) => `${name} ${version}`).join(', ');
  const particular = results.flatMap(({ bench, remarks, leftOut }) => [
    ...remarks.map((remark) => `${bench}: ${remark}`),
    // The same for all loads and placements, as a rule: said once.
    ...leftOut.map((text) => `${bench.split(', ', 1)[0]}: without ${text}`),
  ]);
  const lines = [
    `wire: a time is the engine's and, behind it, how many times as long as the floor took in the same ` +
      `round (median, range); ${rounds} rounds, seeds ${seed} to ${seed + rounds - 1}; ${machine.cpu}, ` +
      `${machine.cores} cores, Node.js ${versions.node}, ${peers}, ${load}, ${revision}.`,
    ...new Set(particular),
  ];
  return [lines.map((line) => `- ${line}`).join('\n')];
}

const OWN_VERSIONS: ReadonlySet<string> = new Set(['gyrfalcon', 'node', 'v8']);
