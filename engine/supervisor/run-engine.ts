/** One run of the engine: from its start until a signal, the end of a recording, its time or a fault. */
import { GyrfalconError } from '../errors.ts';
import { Engine } from '../main.ts';
import type { RunSummary } from '../summary.ts';
import type { LoopPlace } from './loop-place.ts';
import type { RunPlan } from './run-plan.ts';

/** Ctrl-C reaches us twice when a wrapper passes it on; within this time it is the same one. */
const SAME_SIGNAL_MS = 500;

export interface RunPorts {
  readonly place: LoopPlace;
  /** Takes one line for the person who started us. */
  readonly say: (text: string) => void;
  /** Calls back with each signal that asks the process to end. */
  readonly onSignal: (heard: (signal: NodeJS.Signals) => void) => void;
}

export async function runEngine(plan: RunPlan, ports: RunPorts): Promise<RunSummary> {
  const { say, place } = ports;
  const ending = new Ending();
  ports.onSignal((signal) => ending.hear(signal));
  const engine = new Engine(plan, place, {
    log: say,
    onEndOfRecording: () => ending.reach('the recording has ended'),
    onFault: (error) => ending.fail(error),
  });
  try {
    await Promise.race([engine.start(), ending.failed]);
    if (engine.consoleUrl !== '') say(`console: ${engine.consoleUrl}`);
    say(`journal: ${engine.journalDirectory}`);
    const { events, ms } = engine.recovered;
    if (events > 0) say(`recovered ${events} records in ${ms.toFixed(0)} ms`);
    const timer =
      plan.forMs === undefined
        ? undefined
        : setTimeout(() => ending.reach('the time is over'), plan.forMs);
    const reason = await ending.reached;
    clearTimeout(timer);
    say(`stopping: ${reason}`);
    return await Promise.race([engine.stop(reason), ending.failed]);
  } catch (error) {
    await engine.abandon();
    throw error;
  }
}

/** How a run can end: asked to, by itself, or by a fault. */
class Ending {
  readonly reached: Promise<string>;
  /** Never resolves; rejects with the fault. */
  readonly failed: Promise<never>;
  reach!: (reason: string) => void;
  fail!: (error: GyrfalconError) => void;
  #firstSignalMs = 0;

  constructor() {
    this.failed = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
    this.reached = new Promise((resolve, reject) => {
      this.reach = resolve;
      this.failed.catch(reject);
    });
    this.reached.catch(() => {});
  }

  hear(signal: NodeJS.Signals): void {
    if (this.#firstSignalMs === 0) {
      this.#firstSignalMs = Date.now();
      this.reach(signal === 'SIGINT' ? 'Ctrl-C' : signal);
    } else if (Date.now() - this.#firstSignalMs > SAME_SIGNAL_MS) {
      this.fail(
        new GyrfalconError(
          'ENGINE_STOPPED',
          'stopped at once: orders may be left at the venue; the journal is whole',
        ),
      );
    }
  }
}
