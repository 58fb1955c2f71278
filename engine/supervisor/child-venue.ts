/** Starts the simulated venue as a process of its own and waits until it listens. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EXIT_INPUT, type FaultCode, GyrfalconError } from '../errors.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const READY_MS = 20_000;
const STOP_MS = 10_000;

export interface ReadyVenue {
  readonly fixPort: number;
  readonly wsUrl?: string;
  readonly wsSnapshotUrl?: string;
}

export class ChildVenue {
  readonly ready: ReadyVenue;
  readonly #process: ChildProcess;
  #isStopping = false;

  constructor(child: ChildProcess, ready: ReadyVenue) {
    this.#process = child;
    this.ready = ready;
  }

  /** `args` are those of `gyrfalcon venue`; `onExit` is told when it ends unasked. */
  static async start(args: readonly string[], onExit: OnExit): Promise<ChildVenue> {
    // In a group of its own: Ctrl-C must reach the engine alone, which then logs out from a living venue.
    const child = spawn(
      process.execPath,
      [...process.execArgv, CLI, 'venue', '--with-parent', ...args],
      {
        // Not what was open for us alone: the command that started us waits for the end of it.
        stdio: ['pipe', 'pipe', 'pipe', 'ignore'],
        detached: true,
      },
    );
    const errors: string[] = [];
    createInterface({ input: child.stderr! }).on('line', (line) => {
      errors.push(line);
      if (errors.length > 20) errors.shift();
    });
    const ready = await firstLine(child, errors);
    const venue = new ChildVenue(child, ready);
    child.on('exit', (code, signal) => {
      if (!venue.#isStopping)
        onExit(
          `the venue ended (${signal ?? `exit ${code}`}): ${said(errors) ?? 'no reason given'}`,
          faultOf(code),
        );
    });
    return venue;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
      this.#process.on('exit', () => {
        clearTimeout(late);
        resolve();
      });
      this.#process.kill('SIGTERM');
    });
  }
}

/** Told when the venue ends unasked: what it said, and what kind of fault that is. */
type OnExit = (text: string, code: FaultCode) => void;

/** What the process said of its end: its own complaint, else its last line. */
function said(errors: readonly string[]): string | undefined {
  const line = errors.findLast((text) => text.startsWith('gyrfalcon')) ?? errors.at(-1);
  return line?.replace(/^gyrfalcon( venue)?: /, '');
}

/** A recording that is wrong is bad input for us too; all else is the venue's. */
const faultOf = (code: number | null): FaultCode =>
  code === EXIT_INPUT ? 'INPUT_INVALID' : 'VENUE_EXITED';

function firstLine(child: ChildProcess, errors: readonly string[]): Promise<ReadyVenue> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, code: number | null): void => {
      child.kill('SIGKILL');
      const text = said(errors) ?? why;
      reject(new GyrfalconError(faultOf(code), `the venue did not start: ${text}`));
    };
    const late = setTimeout(
      () => fail(`it was not ready within ${READY_MS / 1000} s`, null),
      READY_MS,
    );
    child.on('exit', (code) => {
      clearTimeout(late);
      setImmediate(() => fail(`it ended with exit code ${code}`, code));
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (!line.startsWith('{"ready":true')) return;
      clearTimeout(late);
      resolve(JSON.parse(line) as ReadyVenue);
    });
  });
}
