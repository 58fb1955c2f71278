/**
 * What is fuzzed: a piece of code with a rule that must hold for every input. An input is bytes, one
 * character each, and a seed for all else that a target needs (where bytes are cut, what time it
 * is): a target that is told the same input twice does the same.
 */
export interface FuzzInput {
  readonly text: string;
  readonly seed: number;
}

export interface FuzzTarget {
  readonly name: string;
  /** Of so many inputs in all this target gets these: quick ones more. */
  readonly share: number;
  /** What is wrong, undefined = nothing; anything thrown is wrong too. */
  run(input: FuzzInput): string | undefined;
  /** A target that keeps something from input to input starts anew. */
  reset?(): void;
}

/** What is wrong with the target for this input. */
export function complaintOf(target: FuzzTarget, input: FuzzInput): string | undefined {
  try {
    return target.run(input);
  } catch (error) {
    return `thrown: ${error instanceof Error ? error.stack : String(error)}`;
  }
}
