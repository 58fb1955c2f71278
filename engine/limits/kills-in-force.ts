/** Which kills hold: each stands until a release of the very same scope. Known to the switch and to a replay. */
import type { Command, CommandScope } from '../event/event.ts';

export type KillCommand = Extract<Command, { readonly kind: 'KILL' }>;

export interface KillInForce {
  readonly command: KillCommand;
  /** Wall time. */
  readonly requestedMs: number;
}

interface Scoped {
  readonly scope: CommandScope;
  readonly target: string;
}

/** The kills in force once a command of this time was applied, oldest first. */
export function killsAfter(
  kills: readonly KillInForce[],
  command: Command,
  requestedMs: number,
): readonly KillInForce[] {
  if (command.kind === 'KILL') return [...kills, { command, requestedMs }];
  if (command.kind !== 'REARM') return kills;
  return kills.filter((kill) => !isReleased(kill.command, command));
}

/** A wider release does not end a narrower kill: who stopped one strategy wants to be asked about it. */
export function isReleased(kill: Scoped, release: Scoped): boolean {
  return kill.scope === release.scope && kill.target === release.target;
}
