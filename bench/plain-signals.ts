/** The signals as one would write them in JavaScript: the same recurrences as wasm/signal.ts, an object and Math.exp. */
import type { HalfLives, Quote, Signals } from '../wasm/signal-reference.ts';

const DEVIATION_MIN_TICKS = 0.5;
const NS_PER_SECOND = 1e9;

export class PlainSignals {
  readonly #halfLives: HalfLives;
  #last: Quote | undefined;
  #orderFlow = 0;
  #variance = 0;
  #mean = 0;
  #squares = 0;
  #weights = 0;

  constructor(halfLives: HalfLives) {
    this.#halfLives = halfLives;
  }

  update(quote: Quote): Signals {
    const mid = midOf(quote);
    if (this.#last === undefined) this.#mean = mid;
    else this.#advance(this.#last, quote);
    this.#last = quote;
    const { bidTicks, askTicks, bidLots, askLots } = quote;
    const deviation = this.#weights === 0 ? 0 : Math.sqrt(this.#squares / this.#weights);
    return {
      microprice: (bidTicks * askLots + askTicks * bidLots) / (bidLots + askLots),
      orderFlow: this.#orderFlow,
      volatility: Math.sqrt(this.#variance),
      zScore: (mid - this.#mean) / Math.max(deviation, DEVIATION_MIN_TICKS),
    };
  }

  #advance(before: Quote, quote: Quote): void {
    const { orderFlowNs, volatilityNs, meanNs, deviationNs } = this.#halfLives;
    const elapsedNs = quote.timeNs - before.timeNs;
    const kept = (halfLifeNs: number): number => Math.exp((-Math.LN2 * elapsedNs) / halfLifeNs);
    const gained = (halfLifeNs: number): number =>
      -Math.expm1((-Math.LN2 * elapsedNs) / halfLifeNs);
    this.#orderFlow = this.#orderFlow * kept(orderFlowNs) + flowOf(before, quote);
    const density = elapsedNs === 0 ? Math.LN2 / volatilityNs : gained(volatilityNs) / elapsedNs;
    const change = midOf(quote) - midOf(before);
    this.#variance = this.#variance * kept(volatilityNs) + change ** 2 * density * NS_PER_SECOND;
    this.#mean = this.#mean * kept(meanNs) + midOf(before) * gained(meanNs);
    const share = gained(deviationNs);
    this.#squares = this.#squares * kept(deviationNs) + share * (midOf(before) - this.#mean) ** 2;
    this.#weights = this.#weights * kept(deviationNs) + share;
  }
}

const midOf = ({ bidTicks, askTicks }: Quote): number => (bidTicks + askTicks) / 2;

function flowOf(before: Quote, quote: Quote): number {
  let flow = 0;
  if (quote.bidTicks >= before.bidTicks) flow += quote.bidLots;
  if (quote.bidTicks <= before.bidTicks) flow -= before.bidLots;
  if (quote.askTicks <= before.askTicks) flow -= quote.askLots;
  if (quote.askTicks >= before.askTicks) flow += before.askLots;
  return flow;
}
