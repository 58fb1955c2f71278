/**
 * A whole engine as its user starts it, in a folder of its own, for benches of the process: when it said
 * what, what it costs the machine, and how it ends. Linux only: figures come from /proc.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const CLI = fileURLToPath(new URL('../engine/cli.ts', import.meta.url));
/** As scripts/gyrfalcon.mjs starts it. */
const NODE_ARGUMENTS = ['--disable-warning=ExperimentalWarning'];
const SAYS_WITHIN_MS = 60_000;
const POLL_MS = 5;
/** The kernel counts CPU time in these. */
const MS_PER_TICK = 10;

/** Milliseconds since 1970, finer than Date.now(). */
export const nowMs = (): number => performance.timeOrigin + performance.now();

export class EngineRun {
  readonly startedMs = nowMs();
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  /** All that it said so far on stderr, and when each piece came. */
  readonly #said: { readonly text: string; readonly atMs: number }[] = [];

  /** `args` are those of `gyrfalcon run`. */
  constructor(args: readonly string[], nodeArguments: readonly string[] = []) {
    const all = [...NODE_ARGUMENTS, ...nodeArguments, CLI, 'run', ...args];
    const child = spawn(process.execPath, all, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    this.#exited = once(child, 'exit');
    child.stderr!.on('data', (bytes) => {
      this.#said.push({ text: String(bytes), atMs: nowMs() });
    });
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** When it had said this, in ms since 1970. */
  async says(pattern: RegExp): Promise<number> {
    for (;;) {
      let text = '';
      for (const piece of this.#said) {
        text += piece.text;
        if (pattern.test(text)) return piece.atMs;
      }
      const late = nowMs() - this.startedMs > SAYS_WITHIN_MS;
      if (late || this.#process.exitCode !== null)
        throw new Error(`it never said ${pattern}: ${text}`);
      await sleep(POLL_MS);
    }
  }

  /** Resolves when it has ended by itself; throws where it failed. */
  async ended(): Promise<void> {
    await this.#exited;
    if (this.#process.exitCode === 0) return;
    throw new Error(`it failed: ${this.#said.map(({ text }) => text).join('')}`);
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGINT');
    await this.ended();
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** User and system time of all its threads so far. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    // The second field, a name in brackets, may hold spaces; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  }
}
