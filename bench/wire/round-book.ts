/**
 * The measurements of one part (orders or ticks) in one placement, round by round: which engine did what
 * under which load. A variant counts for a load only where every round has it; what is missing has a reason.
 */
import type { BenchResult, Environment } from '../bench-result.ts';
import { buildResult } from '../result-builder.ts';
import { VariantTimings } from '../variant-timings.ts';
import { isOurs } from './engines.ts';
import type { LoadOutcome } from './loads.ts';

/** What went wrong in a round. */
type Round = readonly LoadOutcome[] | Error;

export interface PartHead {
  /** wire orders, wire ticks. */
  readonly bench: string;
  readonly placement: string;
  readonly operation: string;
  readonly seed: number;
  readonly leftOut: readonly string[];
}

export class RoundBook {
  readonly #names: readonly string[];
  readonly #rounds = new Map<string, Round[]>();

  /** The last of the names is the floor. */
  constructor(names: readonly string[]) {
    this.#names = names;
    for (const name of names) this.#rounds.set(name, []);
  }

  add(name: string, round: Round): void {
    this.#rounds.get(name)!.push(round);
  }

  /** One result a load. */
  results(
    head: PartHead,
    loads: readonly string[],
    environment: Environment,
  ): readonly BenchResult[] {
    return loads.map((load) => this.#result(head, load, environment));
  }

  #result(head: PartHead, load: string, environment: Environment): BenchResult {
    const timings: VariantTimings[] = [];
    const leftOut = [...head.leftOut];
    const remarks: string[] = [];
    for (const name of this.#names) {
      const rounds = this.#rounds.get(name)!;
      const outcomes = rounds.map((round) => outcomeIn(round, load));
      const missing = outcomes.find((outcome) => typeof outcome === 'string');
      if (missing !== undefined) {
        leftOut.push(`${name}: ${missing}`);
        continue;
      }
      const whole = outcomes as readonly LoadOutcome[];
      timings.push(timingsOf(name, whole));
      remarks.push(...overrunRemark(name, whole));
    }
    const { bench, placement, operation, seed } = head;
    const rounds = this.#rounds.get(this.#names.at(-1)!)!.length;
    return buildResult(
      {
        bench: `${bench}, ${load}, ${placement}`,
        ...{ operation, operationsPerSample: 1, rounds, seed, remarks, leftOut },
        ratiosOf: ['p50', 'p99', 'p999', 'throughput'],
        rivals: this.#names.filter((name) => !isOurs(name)),
      },
      timings,
      environment,
    );
  }
}

/** The load's outcome, or why there is none. */
function outcomeIn(round: Round, load: string): LoadOutcome | string {
  if (round instanceof Error) return round.message;
  const outcome = round.find((each) => each.load === load);
  const last = round.at(-1);
  return outcome ?? `not driven any harder: at ${last?.load} it did not keep up`;
}

function timingsOf(name: string, outcomes: readonly LoadOutcome[]): VariantTimings {
  const timings = new VariantTimings(name);
  for (const { load, sent, answered, elapsedNs, histogramNs } of outcomes) {
    // A closed loop has pauses that are not the engine's.
    const busyNs = histogramNs.reduce((sum, [ns, count]) => sum + ns * count, 0);
    const tookNs = load === 'closed' ? busyNs : elapsedNs;
    // What was not answered took at least as long as the whole run.
    const late = answered < sent ? [[elapsedNs, sent - answered] as const] : [];
    timings.addBuckets([...histogramNs, ...late], answered, tookNs);
  }
  return timings;
}

function overrunRemark(name: string, outcomes: readonly LoadOutcome[]): readonly string[] {
  const overrun = outcomes.filter(({ sent, answered }) => answered < sent).length;
  if (overrun === 0) return [];
  return [`${name} did not keep up in ${overrun} of ${outcomes.length} rounds`];
}
