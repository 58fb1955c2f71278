/** Says what went wrong in one line a mistake, and which exit code that is. */
import { ConfigError } from '../../config/config-error.ts';
import { EXIT_FAILED, EXIT_INPUT, FAULTS, GyrfalconError } from '../errors.ts';

/** What a user typed may hold anything; a message is one line all the same. */
export const oneLine = (text: string): string => text.replaceAll(/\s*[\r\n]+\s*/g, ' ');

/** `say` takes lines for stderr. */
export function complain(error: unknown, say: (text: string) => void): number {
  if (error instanceof GyrfalconError) {
    say(`gyrfalcon: ${oneLine(error.message)}`);
    return FAULTS[error.code];
  }
  if (error instanceof ConfigError) {
    for (const line of error.lines) say(`gyrfalcon: ${line}`);
    return EXIT_INPUT;
  }
  // Anything else is a bug of ours: all that is known about it is worth having.
  const known = error instanceof Error ? error.stack : String(error);
  say(`gyrfalcon: internal error, please report it: ${known}`);
  return EXIT_FAILED;
}
