/**
 * Secrets of a session's settings, opened where they are first needed: a problem is told with the
 * place that names the secret, never with the secret.
 */
import { readSecret, Secret, type SecretReference } from '../../../config/secret.ts';

export interface SecretKeeper {
  /** The secret; where there is none, `problem` is told and the secret is empty text. */
  open(reference: SecretReference, path: readonly string[]): Secret;
  /** Something is wrong with what was opened under the path. */
  problem(path: readonly string[], text: string): void;
}

interface KeeperParts {
  /** Before the start: each problem ends it. */
  readonly onProblem: (path: readonly string[], text: string) => void;
  /** After the start: a file has become unusable. */
  readonly log: (text: string) => void;
}

export function secretKeeper({ onProblem, log }: KeeperParts): SecretKeeper {
  return {
    open(reference, path) {
      const reading = readSecret(reference);
      if ('problem' in reading) onProblem(path, `names ${reading.problem}`);
      return new Secret(reference, 'text' in reading ? reading.text : '', log);
    },
    problem: onProblem,
  };
}
