/**
 * The slow plain twin of signal.ts: it keeps every quote it ever saw and computes each signal anew
 * as a weighted sum over all of them, straight from the definition. Tests compare it with the
 * recursive kernel.
 */
export interface Quote {
  readonly timeNs: number;
  readonly bidTicks: number;
  readonly bidLots: number;
  readonly askTicks: number;
  readonly askLots: number;
}

export interface Trade {
  readonly timeNs: number;
  readonly priceTicks: number;
  readonly lots: number;
}

export interface HalfLives {
  readonly orderFlowNs: number;
  readonly volatilityNs: number;
  readonly meanNs: number;
  readonly deviationNs: number;
}

export interface Signals {
  readonly microprice: number;
  readonly orderFlow: number;
  readonly volatility: number;
  readonly zScore: number;
}

const DEVIATION_MIN_TICKS = 0.5;
const NS_PER_SECOND = 1e9;

const midOf = (quote: Quote): number => (quote.bidTicks + quote.askTicks) / 2;
/** Weight now of what happened at an earlier time. */
const weight = (ageNs: number, halfLifeNs: number): number => 2 ** (-ageNs / halfLifeNs);
/** The weight of the time between two moments, both seen from now; 1 is all time. */
const weightBetween = (fromNs: number, toNs: number, nowNs: number, halfLifeNs: number): number =>
  weight(nowNs - toNs, halfLifeNs) * -Math.expm1((-Math.LN2 * (toNs - fromNs)) / halfLifeNs);

/** The signals after the last of these two-sided quotes (oldest first, at least one). */
export function referenceSignals(quotes: readonly Quote[], halfLives: HalfLives): Signals {
  const last = quotes.at(-1)!;
  const size = last.bidLots + last.askLots;
  return {
    microprice: (last.bidTicks * last.askLots + last.askTicks * last.bidLots) / size,
    orderFlow: orderFlow(quotes, halfLives.orderFlowNs),
    volatility: volatility(quotes, halfLives.volatilityNs),
    zScore: zScore(quotes, halfLives),
  };
}

function orderFlow(quotes: readonly Quote[], halfLifeNs: number): number {
  const now = quotes.at(-1)!.timeNs;
  let sum = 0;
  for (const [index, quote] of quotes.entries()) {
    const before = quotes[index - 1];
    if (before === undefined) continue;
    let flow = 0;
    if (quote.bidTicks >= before.bidTicks) flow += quote.bidLots;
    if (quote.bidTicks <= before.bidTicks) flow -= before.bidLots;
    if (quote.askTicks <= before.askTicks) flow -= quote.askLots;
    if (quote.askTicks >= before.askTicks) flow += before.askLots;
    sum += flow * weight(now - quote.timeNs, halfLifeNs);
  }
  return sum;
}

/** Each squared change times the mean weight density over its own interval. */
function volatility(quotes: readonly Quote[], halfLifeNs: number): number {
  const now = quotes.at(-1)!.timeNs;
  let variance = 0;
  for (const [index, quote] of quotes.entries()) {
    const before = quotes[index - 1];
    if (before === undefined) continue;
    const change = midOf(quote) - midOf(before);
    const elapsedNs = quote.timeNs - before.timeNs;
    const density =
      elapsedNs === 0
        ? (Math.LN2 / halfLifeNs) * weight(now - quote.timeNs, halfLifeNs)
        : weightBetween(before.timeNs, quote.timeNs, now, halfLifeNs) / elapsedNs;
    variance += change ** 2 * density * NS_PER_SECOND;
  }
  return Math.sqrt(variance);
}

/**
 * The mean of the mids by the time they stood; all time before the first quote counts as its mid.
 */
function meanBefore(quotes: readonly Quote[], index: number, halfLifeNs: number): number {
  const now = quotes[index]!.timeNs;
  const first = quotes[0]!;
  let mean = midOf(first) * weight(now - first.timeNs, halfLifeNs);
  for (let i = 1; i <= index; i++) {
    const stood = quotes[i - 1]!;
    mean += midOf(stood) * weightBetween(stood.timeNs, quotes[i]!.timeNs, now, halfLifeNs);
  }
  return mean;
}

function zScore(quotes: readonly Quote[], { meanNs, deviationNs }: HalfLives): number {
  const now = quotes.at(-1)!.timeNs;
  let squares = 0;
  let weights = 0;
  for (let i = 1; i < quotes.length; i++) {
    const share = weightBetween(quotes[i - 1]!.timeNs, quotes[i]!.timeNs, now, deviationNs);
    squares += share * (midOf(quotes[i - 1]!) - meanBefore(quotes, i, meanNs)) ** 2;
    weights += share;
  }
  const deviation = weights === 0 ? 0 : Math.sqrt(squares / weights);
  const distance = midOf(quotes.at(-1)!) - meanBefore(quotes, quotes.length - 1, meanNs);
  return distance / Math.max(deviation, DEVIATION_MIN_TICKS);
}

/** Mean price of these trades (oldest first) by lots and age; 0 without a trade. */
export function referenceVwap(trades: readonly Trade[], halfLifeNs: number): number {
  const now = trades.at(-1)?.timeNs ?? 0;
  let money = 0;
  let volume = 0;
  for (const { timeNs, priceTicks, lots } of trades) {
    money += priceTicks * lots * weight(now - timeNs, halfLifeNs);
    volume += lots * weight(now - timeNs, halfLifeNs);
  }
  return volume === 0 ? 0 : money / volume;
}
