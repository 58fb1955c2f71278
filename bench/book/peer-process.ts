/**
 * One order book of the bench in a process of its own. The protocol, the same for all: the process
 * reads its event file, writes "ready", then answers each line on its input with a line of JSON.
 * "run N" fills fresh books with the lead of the file and then times the next N events; "check N"
 * does the same and follows the trades. Times are of the CPU, of the whole process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

export interface PeerAnswer {
  readonly cpuNs: number;
  readonly trades?: number;
  /** Over maker, taker, price and lots of each trade. */
  readonly tradeHash?: string;
  /** Over every order of every level. */
  readonly ordersHash?: string;
  /** Over the sums of the levels. */
  readonly levelsHash?: string;
}

export class PeerProcess {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #isReady = false;
  #stderr = '';

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-500);
    });
    this.#reader = createInterface({ input: this.#process.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async ask(kind: 'run' | 'check', events: number): Promise<PeerAnswer> {
    if (!this.#isReady) await this.#nextLine();
    this.#isReady = true;
    this.#process.stdin!.write(`${kind} ${events}\n`);
    return JSON.parse(await this.#nextLine());
  }

  async #nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done !== true) return value;
    throw new Error(`a peer of the bench ended: ${this.#stderr.trim()}`);
  }

  close(): void {
    this.#process.stdin!.end();
    this.#reader.close();
    this.#process.kill();
  }
}
