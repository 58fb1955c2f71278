/** One side of a peer test over its lives: each is a process that can be killed and comes back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Side, SideRecord } from './judge.ts';

const STOP_MS_MAX = 20_000;

export interface PeerProgram {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly isOrdered: boolean;
}

export class PeerSide implements Side {
  readonly name: string;
  readonly isOrdered: boolean;
  readonly record = new SideRecord();
  kills = 0;
  readonly #program: PeerProgram;
  readonly #onLine: () => void;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #onReady: () => void = () => {};

  constructor(program: PeerProgram, onLine: () => void) {
    this.name = program.name;
    this.isOrdered = program.isOrdered;
    this.#program = program;
    this.#onLine = onLine;
  }

  /** Resolves once it is ready, or has ended. */
  launch(): Promise<void> {
    const { command, args } = this.#program;
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    let text = '';
    child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop()!;
      for (const line of lines) this.#add(line);
      this.#onLine();
    });
    child.stderr.setEncoding('utf8').on('data', (complaint: string) => {
      this.#add(`fault ${complaint}`);
      this.#onLine();
    });
    child.stdin.on('error', () => {}); // killed before it was told to stop
    this.#ended = new Promise((resolve) => child.on('close', () => resolve()));
    const ready = new Promise<void>((resolve) => {
      this.#onReady = resolve;
    });
    return Promise.race([ready, this.#ended]);
  }

  async kill(): Promise<void> {
    this.kills += 1;
    this.#child!.kill('SIGKILL');
    await this.#ended;
  }

  /** It sends a TestRequest: the answer brings to light what number is not counted on either side. */
  settle(question: string): void {
    this.#child!.stdin!.write(`${question}\n`);
  }

  /** Ends it in good order: it logs out if nobody has, and says what it holds. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child!.kill('SIGKILL'), STOP_MS_MAX);
    this.#child!.stdin!.end();
    await this.#ended;
    clearTimeout(timer);
  }

  #add(line: string): void {
    if (line === 'ready') this.#onReady();
    this.record.add(line);
  }
}
