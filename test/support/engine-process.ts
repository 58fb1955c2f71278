/** Starts `gyrfalcon` as a user would, in a folder of its own, and reads what it says. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunSummary } from '../../engine/summary.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const GOOG_DAY = join(ROOT, '../shared/data/lobster-fix/GOOG_2012-06-21_L10.fix.zst');
export const hasGoogDay = existsSync(GOOG_DAY);

/** Where the hot loop runs in tests that do not say it themselves: GYRFALCON_TEST_THREAD=main npm test. */
const THREAD = process.env.GYRFALCON_TEST_THREAD ?? 'worker';
export type LoopThread = 'worker' | 'main';

/** A folder with its own copy of the configuration: free port, own tokens, own journals. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'gyrfalcon-'));
  readonly config = join(this.path, 'config', 'default.yaml');

  constructor(change: (yaml: string) => string = (yaml) => yaml) {
    cpSync(join(ROOT, 'config'), join(this.path, 'config'), { recursive: true });
    const yaml = readFileSync(this.config, 'utf8')
      .replace('port: 8420', 'port: 0')
      .replace('thread: worker', `thread: ${THREAD}`)
      .replace('data/journal', join(this.path, 'journal'))
      .replace('data/operator.token', join(this.path, 'operator.token'))
      .replace('data/rearm.token', join(this.path, 'rearm.token'));
    writeFileSync(this.config, change(yaml));
  }

  change(edit: (yaml: string) => string): void {
    writeFileSync(this.config, edit(readFileSync(this.config, 'utf8')));
  }

  /** The hot loop runs there. */
  useThread(thread: LoopThread): void {
    this.change((yaml) => yaml.replace(/thread: (worker|main)/, `thread: ${thread}`));
  }

  /** The engine goes to a venue that was started apart. */
  useVenue(port: number): void {
    this.change((yaml) => yaml.replace(/port: 0 # 0 =/, `port: ${port} # 0 =`));
  }

  edit(name: string, change: (text: string) => string): void {
    writeFileSync(this.file(name), change(this.read(name)));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8').trim();
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const PARTS = 'build console engine gateways native risk scripts strategies wasm'.split(' ');

/** A copy of the program with a strategy file of the test's own, as a user would add one; its root. */
export function programWith(folder: TestFolder, name: string, code: string): string {
  const root = folder.file('program');
  for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  cpSync(join(ROOT, 'config'), join(root, 'config'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  for (const linked of ['node_modules', 'runtime'])
    symlinkSync(join(ROOT, linked), join(root, linked));
  writeFileSync(join(root, 'strategies', name), code);
  return root;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Gyrfalcon {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  stdout = '';
  stderr = '';

  /** `program`: engine/cli.ts, or what starts that. */
  constructor(args: readonly string[], root = ROOT, program = 'engine/cli.ts') {
    const cli = join(root, program);
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.process = child;
    child.stdout.on('data', (text) => {
      this.stdout += text;
    });
    child.stderr.on('data', (text) => {
      this.stderr += text;
    });
    this.finished = new Promise((resolve) => {
      child.on('close', (code, signal) =>
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr }),
      );
    });
  }

  /** Resolves with the match when the process has said it on stdout or stderr. */
  async says(pattern: RegExp, withinMs = 20_000): Promise<RegExpExecArray> {
    const until = Date.now() + withinMs;
    for (;;) {
      const match = pattern.exec(this.stderr) ?? pattern.exec(this.stdout);
      if (match !== null) return match;
      if (this.hasEnded || Date.now() > until) {
        throw new Error(`never said ${pattern}: ${this.stdout}\n${this.stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Finished> {
    // What passes other signals on cannot pass this one.
    if (signal === 'SIGKILL') for (const pid of this.#children()) process.kill(pid, signal);
    this.process.kill(signal);
    return this.finished;
  }

  /** Where the system tells them. */
  #children(): readonly number[] {
    const { pid } = this.process;
    if (pid === undefined || this.hasEnded) return [];
    try {
      const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
      return text
        .trim()
        .split(' ')
        .filter((word) => word !== '')
        .map(Number);
    } catch {
      return [];
    }
  }
}

/** Runs a command to its end. */
export function gyrfalcon(args: readonly string[]): Promise<Finished> {
  return new Gyrfalcon(args).finished;
}

/** A headless run to its end; what it came to. */
export async function runToEnd(args: readonly string[]): Promise<RunSummary> {
  const { code, stdout, stderr } = await gyrfalcon(['run', '--headless', '--json', ...args]);
  if (code !== 0) throw new Error(`the run ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as RunSummary;
}
