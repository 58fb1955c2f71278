/**
 * One stock's order flow: which order comes next, given the book as it stands. Zero intelligence
 * with a memory and a few who know more: a hidden value wanders with the volatility of the stock's
 * real daily returns; trades lean towards it and repeat their sign, quotes on the threatened side
 * are pulled and those on the other improve, so the mid follows the value. Whoever rests at the
 * touch is filled most when the value is against him: adverse selection. All prices in increments
 * (cents), all chance from one stream.
 */
import { ENTRY_ASK, ENTRY_BID } from '../../wasm/layout.ts';
import { type FlowBook, type FlowSide, PlainFlowBook } from './flow-book.ts';
import type { Xoshiro } from './prng.ts';

/** What a trade took, level by level. */
export interface FlowTrade {
  readonly price: number;
  readonly lots: number;
}

const LEVELS_START = 15;
const LEVELS_MIN = 12;
const LEVELS_MAX = 30;
/** Of the first levels behind the touch none is farther from the one before it than this. */
const LEVELS_CLOSE = 4;
const GAP_MAX = 4;
const ROUND_LOT = 100;
const TRADING_SECONDS = 23_400; // of a day
/** Events a second while the value is at the mid. */
const TRADES_PER_S = 7;
const ADDS_PER_S = 44;
/** Cancels a second for each round lot in the book, so that depth finds its level. */
const CANCELS_PER_S_PER_ROUND_LOT = 0.19;
/** How strongly the hidden value draws trades, cancels and quotes. */
const PRESSURE_MAX = 2.5;
const TRADE_LEAN = 0.75;
const CANCEL_LEAN = 0.7;
const ADD_LEAN = 0.45;
/** Share of trades that go on in the direction of the last: large orders come in pieces. */
const REPEAT_SIGN = 0.35;
/** What the market learns from one trade of a round lot, in increments. */
const IMPACT = 0.03;
/**
 * A wider spread, in increments, draws a quote around the hidden value before anything else
 * happens.
 */
const SPREAD_WIDE = 5;
/** Share of trades that take no more than the touch shows. */
const TOUCH_ONLY = 0.75;

interface FlowParameters {
  /** Last close, in increments. */
  readonly price: number;
  /** Standard deviation of daily returns. */
  readonly dailyVolatility: number;
}

export class FlowModel {
  readonly book: FlowBook;
  readonly #random: Xoshiro;
  readonly #volatilityPerSqrtS: number;
  #value: number;
  #lastSide: FlowSide = ENTRY_BID;

  constructor(parameters: FlowParameters, random: Xoshiro, book: FlowBook = new PlainFlowBook()) {
    this.book = book;
    this.#random = random;
    this.#value = parameters.price + 0.5;
    this.#volatilityPerSqrtS =
      (parameters.price * parameters.dailyVolatility) / Math.sqrt(TRADING_SECONDS);
    for (let depth = 0; depth < LEVELS_START; depth++) {
      book.add(ENTRY_BID, parameters.price - depth, this.#size() * 2);
      book.add(ENTRY_ASK, parameters.price + 1 + depth, this.#size() * 2);
    }
  }

  /**
   * Seconds until the next event, and that event applied; `trades` gets what it took, if it was a
   * trade.
   */
  step(trades: FlowTrade[]): number {
    const random = this.#random;
    this.#mend(ENTRY_BID);
    this.#mend(ENTRY_ASK);
    const pressure = this.#pressure();
    const buys = (TRADES_PER_S / 2) * Math.exp(TRADE_LEAN * pressure);
    const sells = (TRADES_PER_S / 2) * Math.exp(-TRADE_LEAN * pressure);
    const cancels = (CANCELS_PER_S_PER_ROUND_LOT * this.book.lots) / ROUND_LOT;
    const rate = buys + sells + ADDS_PER_S + cancels;
    const seconds = random.nextExponential() / rate;
    this.#value += this.#volatilityPerSqrtS * Math.sqrt(seconds) * random.nextNormal();
    const draw = random.nextDouble() * rate;
    if (this.#best(ENTRY_ASK) - this.#best(ENTRY_BID) > SPREAD_WIDE) this.#narrow();
    else if (draw < buys + sells) this.#trade(buys / (buys + sells), trades);
    else if (draw < buys + sells + ADDS_PER_S) this.#quote(pressure);
    else this.#cancel(pressure);
    this.#keepDepth(ENTRY_BID);
    this.#keepDepth(ENTRY_ASK);
    return seconds;
  }

  /** Others may have taken a side away: quotes come in around the hidden value and behind it. */
  #mend(side: FlowSide): void {
    const levels = this.book.sides[side];
    const away = side === ENTRY_BID ? -1 : 1;
    for (let depth = 0; levels.length <= LEVELS_CLOSE && depth < LEVELS_MIN; depth++) {
      const first = side === ENTRY_BID ? Math.floor(this.#value) : Math.ceil(this.#value) + 1;
      const other = this.book.sides[side === ENTRY_BID ? ENTRY_ASK : ENTRY_BID][0]?.priceTicks;
      const inside = other === undefined ? first : other + away;
      const start = away > 0 ? Math.max(first, inside) : Math.min(first, inside);
      const price = (levels.at(-1)?.priceTicks ?? start - away) + away;
      this.book.add(side, Math.max(1, price), this.#size() + ROUND_LOT);
    }
  }

  #best(side: FlowSide): number {
    return this.book.sides[side][0]!.priceTicks;
  }

  /** Distance of the hidden value from the mid, in half spreads and a little; positive = above. */
  #pressure(): number {
    const bid = this.#best(ENTRY_BID);
    const ask = this.#best(ENTRY_ASK);
    const distance = (this.#value - (bid + ask) / 2) / ((ask - bid) / 2 + 0.5);
    return Math.max(-PRESSURE_MAX, Math.min(PRESSURE_MAX, distance));
  }

  #trade(buyShare: number, trades: FlowTrade[]): void {
    const random = this.#random;
    const repeats = random.nextDouble() < REPEAT_SIGN;
    const drawn = random.nextDouble() < buyShare ? ENTRY_ASK : ENTRY_BID;
    const hit: FlowSide = repeats ? this.#lastSide : drawn;
    this.#lastSide = hit;
    let left = this.#size();
    if (random.nextDouble() < TOUCH_ONLY) left = Math.min(left, this.book.sides[hit][0]!.lots);
    this.#value += ((hit === ENTRY_ASK ? IMPACT : -IMPACT) * left) / ROUND_LOT;
    while (left > 0 && this.book.sides[hit].length > LEVELS_CLOSE + 1) {
      const { priceTicks: price, lots: shown } = this.book.sides[hit][0]!;
      const lots = Math.min(left, shown);
      this.book.take(hit, price, lots);
      trades.push({ price, lots });
      left -= lots;
    }
  }

  /**
   * A limit order: inside a wide spread, else at a distance from the touch that few exceed by much.
   */
  #quote(pressure: number): void {
    const random = this.#random;
    const bidShare = 1 / (1 + Math.exp(-ADD_LEAN * pressure - this.#imbalance()));
    const side: FlowSide = random.nextDouble() < bidShare ? ENTRY_BID : ENTRY_ASK;
    const away = side === ENTRY_BID ? -1 : 1;
    const spread = this.#best(ENTRY_ASK) - this.#best(ENTRY_BID);
    const touch = this.#best(side);
    const improves = spread > 1 && random.nextDouble() < 1 - 0.55 ** (spread - 1);
    const distance = improves
      ? -1 - random.nextInt(Math.ceil((spread - 1) / 2))
      : Math.floor(random.nextExponential() * 2.2);
    const price = touch + away * distance;
    // Nobody who watches the market offers to trade at a price that is already wrong for him.
    const isWrong = away * (price - this.#value) < 0;
    this.book.add(side, isWrong ? touch + away * (1 + random.nextInt(4)) : price, this.#size());
  }

  /** Someone quotes next to the hidden value, on the side whose touch is farther from it. */
  #narrow(): void {
    const bid = this.#best(ENTRY_BID);
    const ask = this.#best(ENTRY_ASK);
    const side: FlowSide = this.#value - bid > ask - this.#value ? ENTRY_BID : ENTRY_ASK;
    const wanted = side === ENTRY_BID ? Math.floor(this.#value) - 1 : Math.ceil(this.#value) + 1;
    this.book.add(side, Math.max(bid + 1, Math.min(ask - 1, wanted)), this.#size());
  }

  /** The fuller side at the touch attracts a little more: sizes persist. */
  #imbalance(): number {
    const bid = this.book.sides[ENTRY_BID][0]!.lots;
    const ask = this.book.sides[ENTRY_ASK][0]!.lots;
    return (0.3 * (bid - ask)) / (bid + ask);
  }

  #cancel(pressure: number): void {
    const random = this.#random;
    const askShare = 1 / (1 + Math.exp(-CANCEL_LEAN * pressure));
    const side: FlowSide = random.nextDouble() < askShare ? ENTRY_ASK : ENTRY_BID;
    const levels = this.book.sides[side];
    const level = levels[Math.min(levels.length - 1, Math.floor(random.nextExponential() * 4))]!;
    if (levels.length > 1)
      this.book.cancel(side, level.priceTicks, Math.min(level.lots, this.#size()));
  }

  /** Mostly round lots, few of them large. */
  #size(): number {
    const random = this.#random;
    if (random.nextDouble() < 0.12) return 1 + random.nextInt(ROUND_LOT - 1);
    return ROUND_LOT * (1 + Math.floor(random.nextExponential() * 0.8));
  }

  #keepDepth(side: FlowSide): void {
    const levels = this.book.sides[side];
    const away = side === ENTRY_BID ? -1 : 1;
    for (let index = 0; index < Math.min(LEVELS_CLOSE, levels.length - 1); index++) {
      const price = levels[index]!.priceTicks;
      if (away * (levels[index + 1]!.priceTicks - price) <= GAP_MAX) continue;
      this.book.add(side, price + away * (1 + this.#random.nextInt(GAP_MAX)), this.#size());
    }
    for (let missing = LEVELS_MIN - levels.length; missing > 0; missing--) {
      this.book.add(side, levels.at(-1)!.priceTicks + away, this.#size() + ROUND_LOT);
    }
    if (levels.length > LEVELS_MAX)
      this.book.cancel(side, levels.at(-1)!.priceTicks, levels.at(-1)!.lots);
  }
}
