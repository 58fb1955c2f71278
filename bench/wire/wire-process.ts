/** A process of the wire bench: bound to a core where that is asked for, heard line by line, ended. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_MS = 60_000;
const STOP_MS = 10_000;
const ERROR_LINES_MAX = 40;

/** They end with the bench, however it is ended. */
const running = new Set<ChildProcess>();
const endAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};
process.once('exit', endAll);
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** What asks it to end by itself. */
  readonly stopSignal?: NodeJS.Signals;
}

export class WireProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #stopSignal: NodeJS.Signals;
  readonly #name: string;
  readonly #errors: string[] = [];
  readonly #lines: string[] = [];
  #onLine: () => void = () => {};

  /** `core`: undefined = wherever the system puts it. */
  constructor(name: string, command: Command, core: number | undefined) {
    const { program, args, stopSignal = 'SIGTERM' } = command;
    const bound = core === undefined ? [] : ['taskset', '-c', String(core)];
    const [first, ...rest] = [...bound, program, ...args];
    const child = spawn(first!, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#name = name;
    this.#child = child;
    this.#stopSignal = stopSignal;
    this.#exited = once(child, 'exit')
      .catch((cause: Error) => this.#note(cause.message))
      .then(() => running.delete(child));
    running.add(child);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      this.#lines.push(line);
      this.#onLine();
    });
    createInterface({ input: child.stderr! }).on('line', (line) => this.#note(line));
  }

  /** All lines on stdout so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The number behind "port" or "fixPort" in the first line that has one: it listens there. */
  async port(): Promise<number> {
    const deadline = AbortSignal.timeout(READY_MS);
    const ended = this.#exited.then(() => 'ended' as const);
    for (;;) {
      const said = this.#lines.map((line) => /"(?:port|fixPort)":(\d+)/.exec(line)?.[1]);
      const port = said.find((text) => text !== undefined);
      if (port !== undefined) return Number(port);
      const next = new Promise<'line'>((resolve) => {
        this.#onLine = () => resolve('line');
      });
      const late = once(deadline, 'abort').then(() => 'late' as const);
      const outcome = await Promise.race([next, ended, late]);
      if (outcome !== 'line') throw this.#fault(outcome === 'late' ? 'is not ready' : 'ended');
    }
  }

  /** Until it ends by itself; throws where it failed. */
  async ended(): Promise<void> {
    await this.#exited;
    if (this.#child.exitCode !== 0) throw this.#fault('failed');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    this.#child.kill(this.#stopSignal);
    await this.#exited;
    clearTimeout(late);
  }

  #note(line: string): void {
    this.#errors.push(line);
    if (this.#errors.length > ERROR_LINES_MAX) this.#errors.shift();
  }

  #fault(what: string): Error {
    const { exitCode, signalCode } = this.#child;
    const how = exitCode === null && signalCode === null ? '' : ` (${signalCode ?? exitCode})`;
    return new Error(
      `${this.#name} ${what}${how}: ${this.#errors.join(' | ') || 'no reason given'}`,
    );
  }
}

/** Whether there is such a program here. */
export function isInstalled(program: string, versionFlag = '--version'): boolean {
  try {
    execFileSync(program, [versionFlag], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
