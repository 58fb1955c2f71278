/** `gyrfalcon journal verify|show DIR`. */
import { journalCommand } from '../journal/journal-command.ts';

export function main(args: readonly string[]): number {
  return journalCommand(args, (text) => process.stdout.write(`${text}\n`));
}
