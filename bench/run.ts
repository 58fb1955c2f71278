/**
 * `gyrfalcon bench [SUITE]`: runs the suites, prints tables or JSON, compares with the accepted figures
 * or accepts new ones. Every claim of speed in the README is one of these.
 */
import { acceptBaseline, readBaseline } from './baseline.ts';
import type { BenchResult } from './bench-result.ts';
import { type Change, compareWithAccepted } from './comparison.ts';
import { measure, type PreparedBench } from './harness.ts';
import { writeReadmeTable } from './readme-table.ts';
import { changeLine, reportTable } from './report.ts';
import type { SuiteOptions } from './suite.ts';
import { SUITE_NAMES, suiteOf } from './suites.ts';

export interface BenchOptions extends SuiteOptions {
  /** Results as JSON on stdout; progress stays on stderr. */
  readonly json: boolean;
  /** Fail when a variant got slower against the plain one than the accepted figures. */
  readonly compare: boolean;
  /** Write the figures to baseline/ and the README. */
  readonly accept: boolean;
}

interface SuiteRun {
  readonly suite: string;
  readonly results: readonly BenchResult[];
}

/** `suite` is one of SUITE_NAMES, undefined = all. Resolves to false when something got slower. */
export async function runBench(suite: string | undefined, options: BenchOptions): Promise<boolean> {
  const runs: SuiteRun[] = [];
  for (const name of suite === undefined ? SUITE_NAMES : [suite]) {
    const results = await runSuite(name, options);
    if (results.length > 0) runs.push({ suite: name, results });
  }
  // Before accepting, which would make them their own measure.
  const changes = options.compare ? runs.flatMap(changesOf) : [];
  process.stdout.write(`${options.json ? asJson(runs, changes, options) : tablesOf(runs)}\n`);
  for (const change of changes) process.stderr.write(`${changeLine(change)}\n`);
  if (options.accept) accept(runs);
  return changes.every(({ fails }) => !fails);
}

async function runSuite(name: string, options: BenchOptions): Promise<readonly BenchResult[]> {
  process.stderr.write(`bench ${name} …\n`);
  const prepared = await suiteOf(name).prepare(options);
  if ('leftOut' in prepared) {
    process.stderr.write(`bench ${name}: left out, ${prepared.leftOut}\n`);
    return [];
  }
  const results: BenchResult[] = [];
  const benches = prepared.filter((each): each is PreparedBench => 'check' in each);
  try {
    for (const each of prepared) {
      results.push('check' in each ? await measure(name, each, options.rounds) : each);
    }
  } finally {
    for (const bench of benches) await bench.close?.();
  }
  return results;
}

function changesOf({ suite, results }: SuiteRun): readonly Change[] {
  const accepted = readBaseline(suite);
  return results.flatMap((result) => {
    const before = accepted.find(({ bench }) => bench === result.bench);
    if (before !== undefined) return compareWithAccepted(result, before);
    process.stderr.write(`bench ${result.bench}: no accepted figures to compare with\n`);
    return [];
  });
}

function asJson(runs: readonly SuiteRun[], changes: readonly Change[], options: BenchOptions) {
  const results = runs.flatMap((run) => run.results);
  return JSON.stringify({ results, ...(options.compare ? { changes } : {}) }, null, 2);
}

/** The common table first, then the suites that have one of their own. */
function tablesOf(runs: readonly SuiteRun[]): string {
  const common = runs.filter(({ suite }) => suiteOf(suite).table === undefined);
  const own = runs.flatMap(({ suite, results }) => suiteOf(suite).table?.(results) ?? []);
  const shared = reportTable(common.flatMap(({ results }) => results));
  return [shared, ...own].filter((text) => text !== '').join('\n\n');
}

function accept(runs: readonly SuiteRun[]): void {
  for (const { suite, results } of runs) acceptBaseline(suite, results);
  const accepted = SUITE_NAMES.map((suite) => ({ suite, results: readBaseline(suite) }));
  writeReadmeTable(tablesOf(accepted.filter(({ results }) => results.length > 0)));
}
