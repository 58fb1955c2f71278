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
const COMMAND = fileURLToPath(new URL('../scripts/gyrfalcon.mjs', import.meta.url));
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

  /** `args` are those of `gyrfalcon run`; `nodeOptions` reach every Node.js process of the run. */
  constructor(args: readonly string[], nodeOptions: readonly string[] = []) {
    const child = spawn(process.execPath, [COMMAND, 'run', ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: nodeOptions.join(' ') },
    });
    this.#process = child;
    this.#exited = once(child, 'exit');
    child.stderr!.on('data', (bytes) => {
      this.#said.push({ text: String(bytes), atMs: nowMs() });
    });
  }

  /** Of the engine itself, which the command has started. */
  get pid(): number {
    const command = this.#process.pid!;
    const children = readFileSync(`/proc/${command}/task/${command}/children`, 'utf8');
    return Number(children.trim().split(' ', 1)[0]);
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
    process.kill(this.pid, name);
  }

  /** User and system time of all its threads so far. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    // The second field, a name in brackets, may hold spaces; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  }
}
