/**
 * Two peers trade while either is killed at random moments: the scenario of every peer test. Each
 * sends its orders and answers the other's; a killed side comes back at once, and now and then is
 * killed again while it logs on and asks for what it missed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { SeededRandom } from '../support/seeded-random.ts';
import { expectOneStory } from './judge.ts';
import { type PeerProgram, PeerSide } from './peer-side.ts';

const WAIT_MS_MAX = 90_000;
/** A second kill falls within this time of the restart. */
const AGAIN_MS_MAX = 400;
const SETTLE_MS = 500;

export interface Trade {
  readonly ourRole: 'acceptor' | 'initiator';
  readonly acceptor: PeerProgram;
  readonly initiator: PeerProgram;
  readonly orders: number;
  /** Moments at which something is killed. */
  readonly kills: number;
  readonly seed: number;
  readonly what: string;
}

export class TradeUnderKills {
  readonly #trade: Trade;
  readonly #acceptor: PeerSide;
  readonly #initiator: PeerSide;
  readonly #random: SeededRandom;
  #wake: () => void = () => {};

  constructor(trade: Trade) {
    this.#trade = trade;
    // Neighbouring seeds must not choose alike.
    this.#random = new SeededRandom(Math.imul(trade.seed + 1, 0x9e3779b1));
    const onLine = (): void => this.#wake();
    this.#acceptor = new PeerSide(trade.acceptor, onLine);
    this.#initiator = new PeerSide(trade.initiator, onLine);
  }

  /** Runs it to the end and judges; what happened, in a line. */
  async run(): Promise<string> {
    const { orders, kills, what } = this.#trade;
    const random = this.#random;
    const sides = [this.#acceptor, this.#initiator] as const;
    await this.#acceptor.launch();
    await this.#initiator.launch();
    const all = 4 * orders;
    for (let kill = 1; kill <= kills; kill++) {
      const from = (all * kill) / (kills + 1);
      await this.#until(from + random.below(all / (kills + 2)), `kill ${kill}`);
      await this.#killOnce();
    }
    await this.#until(all, 'the end');
    // A message acted upon above a gap is not counted until the next one shows it, and a Logout
    // shows nothing: without this the numbers would agree only at the next Logon.
    await this.#settle();
    for (const { record } of sides) record.isEnding = true;
    await this.#initiator.stop();
    await this.#acceptor.stop();
    try {
      expectOneStory(sides, orders, what);
    } catch (cause) {
      throw new Error(this.#tails((cause as Error).message), { cause });
    }
    return sides
      .map(
        ({ name, kills: killed, record }) =>
          `${name}: killed ${killed} times, ${record.logons} logons, ` +
          `${record.repeats} messages twice, all marked`,
      )
      .join('; ');
  }

  async #killOnce(): Promise<void> {
    const random = this.#random;
    const both = [this.#acceptor, this.#initiator];
    const victims = random.oneIn(4) ? both : [random.pick(both)];
    await Promise.all(victims.map((side) => side.kill()));
    for (const side of victims) void side.launch();
    if (!random.oneIn(3)) return;
    await pause(random.below(AGAIN_MS_MAX));
    const again = random.pick(victims);
    await again.kill();
    void again.launch();
  }

  /** Asked again and again: it may just be coming up. The last question is the one that counts. */
  async #settle(): Promise<void> {
    let asked = 0;
    const ask = (): void => {
      asked += 1;
      this.#other.settle(`settle-${asked}`);
    };
    const timer = setInterval(ask, SETTLE_MS);
    ask();
    const isSettled = (): boolean => this.#other.record.settled === `settle-${asked}`;
    await this.#untilTrue(isSettled, 'settled numbers').finally(() => clearInterval(timer));
  }

  get #other(): PeerSide {
    return this.#trade.ourRole === 'acceptor' ? this.#initiator : this.#acceptor;
  }

  /** Until so many orders and answers have come, both sides together. */
  #until(progress: number, what: string): Promise<void> {
    const { record: one } = this.#acceptor;
    const { record: two } = this.#initiator;
    const arrived = (): number => one.progress + two.progress;
    return this.#untilTrue(
      () => arrived() >= progress,
      () => `${what}: ${arrived()} of ${progress} came`,
    );
  }

  async #untilTrue(isTrue: () => boolean, what: string | (() => string)): Promise<void> {
    const deadline = Date.now() + WAIT_MS_MAX;
    while (!isTrue()) {
      const left = deadline - Date.now();
      if (left <= 0 || this.#hasFault()) {
        const why = typeof what === 'string' ? what : what();
        throw new Error(this.#tails(`${this.#trade.what}: not reached: ${why}`));
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** A program that has come down: nothing more is to be waited for. */
  #hasFault(): boolean {
    return [this.#acceptor, this.#initiator].some(({ record }) =>
      record.faults.some((line) => line.startsWith('fault')),
    );
  }

  #tails(why: string): string {
    const tails = [this.#acceptor, this.#initiator].map(
      ({ name, record }) => `--- ${name}, last lines:\n${record.last.join('\n')}`,
    );
    return `${why}\n${tails.join('\n')}`;
  }
}
