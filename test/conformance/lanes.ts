/**
 * Plays many scenarios side by side, long ones first. A lane plays one at a time: that of an
 * acceptor under test is one of its sessions, of which it has one a version.
 */
import type { FixVersion } from '../../gateways/fix/version.ts';
import { Player, type Subject } from './player.ts';
import type { Scenario } from './step.ts';

/** One scenario in one version. */
export interface Play {
  readonly scenario: Scenario;
  readonly version: FixVersion;
}

export interface Lane {
  takes(play: Play): boolean;
  /** Why it failed; undefined = it passed. */
  play(play: Play): Promise<Error | undefined>;
}

/** Between two scenarios of a lane: the subject sees the end of one before the next begins. */
const PAUSE_MS = 20;

export function playsOf(scenarios: readonly Scenario[]): readonly Play[] {
  return scenarios.flatMap((scenario) =>
    scenario.versions.map((version) => ({ scenario, version })),
  );
}

/**
 * Calls `onEnd` once a play: with why it failed, or without. Resolves after the last. What has to do
 * with time and failed is played once more when nothing else runs: the machine may have been busy.
 */
export async function playAll(
  plays: readonly Play[],
  lanes: readonly Lane[],
  onEnd: (play: Play, failure: Error | undefined) => void,
): Promise<void> {
  const waiting = [...plays].sort((a, b) => lengthMs(b) - lengthMs(a));
  const again: { readonly play: Play; readonly lane: Lane }[] = [];
  const run = async (lane: Lane): Promise<void> => {
    for (;;) {
      const at = waiting.findIndex((play) => lane.takes(play));
      if (at < 0) return;
      const play = waiting.splice(at, 1)[0]!;
      const failure = await lane.play(play);
      if (failure !== undefined && isTimed(play)) again.push({ play, lane });
      else onEnd(play, failure);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  await Promise.all(lanes.map(run));
  for (const { play, lane } of again) onEnd(play, await lane.play(play));
}

/** An answer of it must come in a stretch of time. */
export function isTimed({ scenario, version }: Play): boolean {
  return scenario.steps
    .get(version)!
    .some(({ action }) => 'timing' in action && action.timing.withinMs !== undefined);
}

export async function failureOf(play: Play, subject: Subject): Promise<Error | undefined> {
  try {
    await new Player(play.scenario, play.version, subject).play();
    return undefined;
  } catch (failure) {
    return failure as Error;
  }
}

/** The time that the scenario takes at least. */
function lengthMs({ scenario, version }: Play): number {
  let ms = 0;
  for (const { action } of scenario.steps.get(version)!) {
    if (action.kind === 'wait') ms += action.ms;
    else if (action.kind === 'expect nothing') ms += action.forMs;
    else if ('timing' in action) ms += action.timing.notBeforeMs;
  }
  return ms;
}
