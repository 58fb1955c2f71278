/**
 * Kills that a hung loop could not take, kept in the journal's directory while the loop is ended: written by
 * the control thread, which must not write to the journal; journaled and applied by the next loop before its
 * first connection, whoever starts it. So a kill is not lost with the loop, nor with the process. Cold.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseCommand } from '../commands.ts';
import { GyrfalconError } from '../errors.ts';
import type { KillInForce } from './kills-in-force.ts';

const NAME = 'journal.kills';

/** Whole or not at all, and on the disk. */
export function keepPendingKills(directory: string, kills: readonly KillInForce[]): void {
  const file = join(directory, NAME);
  const fresh = `${file}.new`;
  const fd = openSync(fresh, 'w', 0o600);
  try {
    writeFileSync(fd, JSON.stringify(kills));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(fresh, file);
}

/** None where there is no such file; one that was changed is not passed over. */
export function readPendingKills(directory: string): readonly KillInForce[] {
  const file = join(directory, NAME);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
  try {
    return (JSON.parse(text) as readonly unknown[]).map(killOf);
  } catch (cause) {
    const told = 'holds kills that cannot be read: whoever removes it gives them again';
    throw new GyrfalconError('JOURNAL_CORRUPT', `${file} ${told}`, { file }, cause);
  }
}

/** They are in the journal. */
export function dropPendingKills(directory: string): void {
  rmSync(join(directory, NAME), { force: true });
}

function killOf(kept: unknown): KillInForce {
  const { command: written, requestedMs } = kept as Partial<Record<keyof KillInForce, unknown>>;
  const command = parseCommand(written);
  if (command.kind !== 'KILL' || !Number.isSafeInteger(requestedMs)) throw new Error('no kill');
  return { command, requestedMs: requestedMs as number };
}
