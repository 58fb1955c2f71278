/**
 * `gyrfalcon bench [SUITE]`: runs the benches, prints a table or JSON, compares with the accepted
 * figures or accepts new ones. Every claim of speed in the README is one of these.
 */
import { acceptBaseline, readBaseline, slowerThanBaseline } from './baseline.ts';
import { prepareBook } from './book.ts';
import { prepareFixSessions } from './fix-sessions.ts';
import { type BenchResult, measure, type PreparedBench } from './harness.ts';
import { prepareJournal } from './journal.ts';
import { reportTable, writeReadmeTable } from './report.ts';
import { prepareTickToOrder } from './tick-to-order.ts';
import { prepareValueAtRisk } from './value-at-risk.ts';
import { prepareWire } from './wire.ts';

type Prepare = (
  options: BenchOptions,
) => PreparedBench | undefined | Promise<PreparedBench | undefined>;
const BENCHES: Readonly<Record<string, Prepare>> = {
  'tick-to-order': prepareTickToOrder,
  wire: prepareWire,
  book: prepareBook,
  journal: prepareJournal,
  'value-at-risk': prepareValueAtRisk,
  'fix-sessions': prepareFixSessions,
};

/** What may follow `gyrfalcon bench`. */
export const BENCH_NAMES: readonly string[] = Object.keys(BENCHES);

export interface BenchOptions {
  /** Results as JSON on stdout; progress stays on stderr. */
  readonly json: boolean;
  /** Fail when a variant got slower against the plain one than the accepted figures. */
  readonly compare: boolean;
  /** Write the figures to baseline/ and the README. */
  readonly accept: boolean;
  /** Of fix-sessions. */
  readonly sessions: number;
}

/** `suite` is one of BENCH_NAMES, undefined = all. Resolves to false when something got slower. */
export async function runBench(suite: string | undefined, options: BenchOptions): Promise<boolean> {
  const results: BenchResult[] = [];
  for (const name of suite === undefined ? BENCH_NAMES : [suite]) {
    const result = await runOne(name, options);
    if (result !== undefined) results.push(result);
  }
  const output = options.json ? JSON.stringify(results, null, 2) : reportTable(results);
  process.stdout.write(`${output}\n`);
  if (options.accept) {
    for (const result of results) acceptBaseline(result);
    writeReadmeTable(BENCH_NAMES.flatMap((name) => readBaseline(name) ?? []));
  }
  return options.compare ? compare(results) : true;
}

async function runOne(name: string, options: BenchOptions): Promise<BenchResult | undefined> {
  const prepared = await BENCHES[name]!(options);
  if (prepared === undefined) {
    process.stderr.write(`bench ${name}: left out, its recording is not in ../shared/data\n`);
    return undefined;
  }
  process.stderr.write(`bench ${name} …\n`);
  try {
    return await measure(name, prepared);
  } finally {
    await prepared.close?.();
  }
}

function compare(results: readonly BenchResult[]): boolean {
  const slower = results.flatMap((result) => {
    const baseline = readBaseline(result.bench);
    if (baseline !== undefined) return slowerThanBaseline(result, baseline);
    process.stderr.write(`bench ${result.bench}: no accepted figures to compare with\n`);
    return [];
  });
  for (const line of slower) process.stderr.write(`${line}\n`);
  return slower.length === 0;
}
