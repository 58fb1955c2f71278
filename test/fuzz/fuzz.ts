/**
 * Runs inputs through the targets, one target an input, in turn by their shares. Everything follows
 * from the seed. A failing input is made small before it is reported.
 */
import { SeededRandom } from '../support/seeded-random.ts';
import { randomInput } from './fuzz-input.ts';
import { complaintOf, type FuzzInput, type FuzzTarget } from './fuzz-target.ts';
import { shrunk } from './shrink.ts';

const FAILURES_MAX = 5;

export interface FuzzOptions {
  readonly targets: readonly FuzzTarget[];
  readonly inputs: number;
  readonly seed: number;
  /** Told of the inputs done so far, now and then. */
  readonly onProgress?: (done: number) => void;
}

export interface FuzzFailure {
  readonly target: string;
  readonly complaint: string;
  readonly input: FuzzInput;
  /** Which of the run's inputs it was, from 0. */
  readonly index: number;
}

export interface FuzzReport {
  readonly failures: readonly FuzzFailure[];
  readonly inputsOf: ReadonlyMap<string, number>;
}

const PROGRESS_EVERY = 100_000;

export function fuzz({ targets, inputs, seed, onProgress }: FuzzOptions): FuzzReport {
  const random = new SeededRandom(seed);
  const turns = targets.flatMap((target) => Array<FuzzTarget>(target.share).fill(target));
  const inputsOf = new Map(targets.map(({ name }) => [name, 0]));
  const failures: FuzzFailure[] = [];
  for (let index = 0; index < inputs && failures.length < FAILURES_MAX; index++) {
    const target = turns[index % turns.length]!;
    const input = randomInput(random);
    inputsOf.set(target.name, inputsOf.get(target.name)! + 1);
    const complaint = complaintOf(target, input);
    if (complaint !== undefined) failures.push(failureOf(target, input, complaint, index));
    if (index % PROGRESS_EVERY === PROGRESS_EVERY - 1) onProgress?.(index + 1);
  }
  return { failures, inputsOf };
}

function failureOf(
  target: FuzzTarget,
  input: FuzzInput,
  complaint: string,
  index: number,
): FuzzFailure {
  target.reset?.();
  const isAlone = complaintOf(target, input) !== undefined;
  const smallest = isAlone ? shrunk(target, input) : input;
  target.reset?.();
  const about = isAlone ? complaintOf(target, smallest) : `${complaint}\n(only after others)`;
  target.reset?.();
  return { target: target.name, complaint: about ?? complaint, input: smallest, index };
}

/** A failure as a person reads it and can repeat it. */
export function failureText({ target, complaint, input, index }: FuzzFailure): string {
  const text = JSON.stringify(input.text).replaceAll('\\u0001', '|');
  return `${target}, input ${index}: ${complaint}\n  seed ${input.seed}, text ${text}`;
}
