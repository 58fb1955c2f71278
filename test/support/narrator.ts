/** For tests: a venue's side of a trading day on a core without sockets, out of a seed. */
import type { CoreRig } from './core-rig.ts';
import { SeededRandom } from './seeded-random.ts';

/** Tells the venue's side of the story to one core; two narrators of one seed say the same. */
export class Narrator {
  readonly rig: CoreRig;
  readonly #random: SeededRandom;
  /** In cents. */
  readonly #bids = { AAPL: 10_000, MSFT: 3_000 };
  #answered = 0;
  #reports = 0;

  constructor(rig: CoreRig, seed: number) {
    this.rig = rig;
    this.#random = new SeededRandom(seed);
  }

  step(): void {
    const random = this.#random;
    const symbol = random.pick(['AAPL', 'MSFT'] as const);
    if (random.oneIn(3)) this.#trade(symbol);
    else this.#quotes(symbol);
    this.#answerOrders();
    if (random.oneIn(50)) this.rig.wait(random.below(3) / 10);
  }

  /** Now and then between the increments of orders, and rarely of one side only. */
  #quotes(symbol: 'AAPL' | 'MSFT'): void {
    const random = this.#random;
    this.#bids[symbol] += random.below(5) - 2;
    const away = random.oneIn(4) ? random.below(100) : 0;
    const bid = (this.#bids[symbol] + away / 100) / 100;
    const ask = (this.#bids[symbol] + 1 + random.below(3) + away / 100) / 100;
    const level = (type: number, price: number): string =>
      `269=${type}|270=${price.toFixed(4)}|271=${1 + random.below(900)}|`;
    const sides = [level(0, bid), level(1, ask)].slice(random.oneIn(30) ? 1 : 0);
    this.rig.hear('W', `5060=${this.rig.time}|55=${symbol}|268=${sides.length}|${sides.join('')}`);
  }

  #trade(symbol: 'AAPL' | 'MSFT'): void {
    const price = (this.#bids[symbol] + this.#random.below(4) - 1) / 100;
    const size = `270=${price.toFixed(2)}|271=${1 + this.#random.below(500)}|`;
    this.rig.hear('X', `5060=${this.rig.time}|268=1|279=0|269=2|55=${symbol}|${size}`);
  }

  /** Fills most, some in part before the rest is cancelled, refuses a few. */
  #answerOrders(): void {
    const orders = this.rig.sent.filter((text) => text.includes('|35=D|'));
    for (const text of orders.slice(this.#answered)) this.#answer(text);
    this.#answered = orders.length;
  }

  #answer(order: string): void {
    const field = (tag: number): string => order.match(`\\|${tag}=([^|]*)`)![1]!;
    const lots = Number(field(38));
    const report = (rest: string): void => {
      const ids = `37=V${field(11)}|11=${field(11)}|17=E${++this.#reports}|54=${field(54)}`;
      this.rig.hear('8', `5060=${this.rig.time}|${ids}|55=${field(55)}|${rest}`);
    };
    const random = this.#random;
    const outcome = random.below(10);
    // Few enough for the breaker that counts them.
    if (outcome === 0 && random.oneIn(8)) report('150=8|39=8|151=0|14=0|103=0|');
    else if (outcome === 1 && lots > 1) {
      report(`150=F|39=1|151=${lots - 1}|14=1|31=${field(44)}|32=1|`);
      report('150=4|39=4|151=0|14=1|');
    } else report(`150=F|39=2|151=0|14=${lots}|31=${field(44)}|32=${lots}|`);
  }
}
