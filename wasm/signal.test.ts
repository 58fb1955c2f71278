/**
 * The signals against their definitions, by hand-worked cases and by the plain twin on random
 * markets.
 */
import { beforeEach, expect, test } from 'vitest';
import { SignalView } from '../engine/signal/signal-view.ts';
import { marketMemory } from '../test/support/market-memory.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import * as L from './layout.ts';
import { type HalfLives, type Quote, referenceSignals, type Signals } from './signal-reference.ts';

const { memory, core } = marketMemory([{ symbol: 'AAA', tickSize: '0.01', lotSize: '1' }]);
const view = new SignalView(memory, 0);
const SECOND = 1_000_000_000;
const HALF_LIVES: HalfLives = {
  orderFlowNs: SECOND,
  volatilityNs: 10 * SECOND,
  meanNs: 20 * SECOND,
  deviationNs: 40 * SECOND,
};

function setHalfLives(lives: HalfLives): void {
  const values = [lives.orderFlowNs, lives.volatilityNs, lives.meanNs, lives.deviationNs];
  for (const [index, value] of values.entries())
    memory.setF64(L.CTL_SIGNAL_PARAMS + index * 8, value);
}

function restart(): void {
  memory.bytes.fill(0, L.SIGNALS, L.SIGNALS + L.SIGNAL_BYTES);
  memory.setI64(L.CTL_CORE_TIME_NS, 0);
  core.bookClear(0);
}

beforeEach(() => {
  restart();
  setHalfLives(HALF_LIVES);
});

function show(quote: Quote): void {
  memory.setI64(L.CTL_CORE_TIME_NS, quote.timeNs);
  core.bookClear(0);
  core.bookSet(0, L.ENTRY_BID, BigInt(quote.bidTicks), BigInt(quote.bidLots));
  core.bookSet(0, L.ENTRY_ASK, BigInt(quote.askTicks), BigInt(quote.askLots));
  core.signalUpdate(0);
}

/** "1s 5@100 7@101": time, bid, ask. */
function quote(text: string): Quote {
  const [time, bid, ask] = text.split(' ');
  const [bidLots, bidTicks] = bid!.split('@').map(Number);
  const [askLots, askTicks] = ask!.split('@').map(Number);
  const timeNs = Number.parseFloat(time!) * SECOND;
  return { timeNs, bidTicks: bidTicks!, bidLots: bidLots!, askTicks: askTicks!, askLots: askLots! };
}

const now = (): Signals => ({
  microprice: view.microprice,
  orderFlow: view.orderFlow,
  volatility: view.volatility,
  zScore: view.zScore,
});

const cases: readonly { name: string; quotes: readonly string[]; expected: Partial<Signals> }[] = [
  {
    name: 'the microprice of equal sizes is the mid',
    quotes: ['0s 5@100 5@102'],
    expected: { microprice: 101 },
  },
  {
    name: 'a heavy bid pulls the microprice to the ask',
    quotes: ['0s 30@100 10@104'],
    expected: { microprice: 103 },
  },
  {
    name: 'the first quote has no flow, no volatility and no deviation',
    quotes: ['0s 5@100 9@102'],
    expected: { orderFlow: 0, volatility: 0, zScore: 0 },
  },
  {
    name: 'more at the bid is buying pressure',
    quotes: ['0s 5@100 5@102', '0s 8@100 5@102'],
    expected: { orderFlow: 3 },
  },
  {
    name: 'more at the ask is selling pressure',
    quotes: ['0s 5@100 5@102', '0s 5@100 9@102'],
    expected: { orderFlow: -4 },
  },
  {
    name: 'a better bid adds its whole size',
    quotes: ['0s 5@100 5@102', '0s 7@101 5@102'],
    expected: { orderFlow: 7 },
  },
  {
    name: 'a bid that leaves takes its old size away',
    quotes: ['0s 5@100 5@102', '0s 7@99 5@102'],
    expected: { orderFlow: -5 },
  },
  {
    name: 'an ask that leaves is buying pressure',
    quotes: ['0s 5@100 6@102', '0s 5@100 7@103'],
    expected: { orderFlow: 6 },
  },
  {
    name: 'flow halves in a half-life',
    quotes: ['0s 5@100 5@102', '0s 13@100 5@102', '1s 13@100 5@102'],
    expected: { orderFlow: 4 },
  },
  {
    name: 'one step of two ticks over a half-life is half of its variance a second',
    quotes: ['0s 5@100 5@102', '10s 5@102 5@104'],
    expected: { volatility: Math.sqrt((4 / 10) * 0.5) },
  },
  {
    name: 'volatility fades by the square root of one half in a half-life',
    quotes: ['0s 5@100 5@102', '10s 5@102 5@104', '20s 5@102 5@104'],
    expected: { volatility: Math.sqrt((4 / 10) * 0.25) },
  },
  {
    name: 'a mid that never moves has no deviation',
    quotes: ['0s 5@100 5@102', '9s 5@100 6@102', '99s 5@100 5@102'],
    expected: { zScore: 0, volatility: 0 },
  },
  {
    name: 'a jump from a steady mid is measured in half ticks',
    quotes: ['0s 5@100 5@102', '50s 5@103 5@105'],
    expected: { zScore: 6 },
  },
];

test.each(cases)('$name', ({ quotes, expected }) => {
  const parsed = quotes.map(quote);
  for (const each of parsed) show(each);
  const twin = referenceSignals(parsed, HALF_LIVES);
  for (const [name, value] of Object.entries(expected) as [keyof Signals, number][]) {
    expect(now()[name]).toBeCloseTo(value, 12);
    expect(twin[name]).toBeCloseTo(value, 12);
  }
});

test('while the book has one side all signals stay as they are', () => {
  show(quote('0s 5@100 5@102'));
  show(quote('1s 9@101 3@104'));
  const before = now();
  memory.setI64(L.CTL_CORE_TIME_NS, 9 * SECOND);
  core.bookSet(0, L.ENTRY_ASK, 104n, 0n);
  core.signalUpdate(0);
  expect(now()).toEqual(before);
  core.bookClear(0);
  core.signalUpdate(0);
  expect(now()).toEqual(before);
});

/** |a - b| in units of what is being compared, 1 at least. */
const apart = (a: number, b: number): number =>
  Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
const TOLERANCE = 1e-9;

test('on 1,000,000 random quotes the signals equal their definitions to 1e-9', () => {
  const seed = 4711;
  const random = new SeededRandom(seed);
  let worst = 0;
  for (let run = 0; run < 10_000; run++) {
    restart();
    const quotes: Quote[] = [];
    for (let i = 0; i < 100; i++) {
      const next = randomQuote(random, quotes.at(-1));
      quotes.push(next);
      show(next);
      if (i !== 99 && !random.oneIn(200)) continue;
      const expected = referenceSignals(quotes, HALF_LIVES);
      const found = now();
      for (const name of ['microprice', 'orderFlow', 'volatility', 'zScore'] as const) {
        const distance = apart(found[name], expected[name]);
        if (!(distance <= TOLERANCE)) {
          expect.fail(
            `seed ${seed}, run ${run}, quote ${i}: ${name} ${found[name]}, not ${expected[name]}`,
          );
        }
        worst = Math.max(worst, distance);
      }
    }
  }
  expect(worst).toBeLessThanOrEqual(TOLERANCE);
});

function randomQuote(random: SeededRandom, before: Quote | undefined): Quote {
  const waits = [0, 1, 1000, 250_000, 90_000_000, 3 * SECOND];
  const timeNs = (before?.timeNs ?? 0) + random.pick(waits) * (1 + random.below(5));
  const bidTicks = (before?.bidTicks ?? 57_000) + random.below(5) - 2;
  return {
    timeNs,
    bidTicks,
    bidLots: 1 + random.below(900),
    askTicks: bidTicks + 1 + random.below(6),
    askLots: 1 + random.below(900),
  };
}

test.each([
  {
    name: 'half-lives of nothing',
    lives: { orderFlowNs: 0, volatilityNs: 0, meanNs: 0, deviationNs: 0 },
  },
  {
    name: 'half-lives of a nanosecond',
    lives: { orderFlowNs: 1, volatilityNs: 1, meanNs: 1, deviationNs: 1 },
  },
  {
    name: 'half-lives of an age',
    lives: { orderFlowNs: 1e300, volatilityNs: 1e300, meanNs: 1e300, deviationNs: 1e300 },
  },
])('no signal is ever NaN or infinite: $name, extreme prices and times', ({ lives }) => {
  setHalfLives(lives);
  const random = new SeededRandom(99);
  const far = 2 ** 52;
  for (let i = 0; i < 20_000; i++) {
    const timeNs = random.oneIn(2) ? random.below(2 ** 31) * 2 ** 21 : i;
    const bidTicks = random.pick([-far, 0, 1, far]);
    const lots = random.pick([1, 5, 2 ** 53]);
    show({
      timeNs,
      bidTicks,
      bidLots: lots,
      askTicks: bidTicks + random.pick([-7, 0, 1, 9]),
      askLots: 3,
    });
    for (const value of Object.values(now())) {
      if (!Number.isFinite(value)) expect.fail(`update ${i}: ${JSON.stringify(now())}`);
    }
  }
});

/** Where the kernel keeps the mean of the mid. */
const MEAN = L.SIGNALS + L.SIG_PRIVATE + 64;

/** Share of an estimate that is forgotten, as exp.ts and the series give it one by one. */
function forgotten(elapsedNs: number, halfLifeNs: number): number {
  const x = halfLifeNs > 0 ? (Math.LN2 * elapsedNs) / halfLifeNs : Number.POSITIVE_INFINITY;
  if (x >= 0.001) return 1 - core.exp(-x);
  return x * (1 - x * (0.5 - x * (1 / 6 - x * (1 / 24 - x * (1 / 120)))));
}

test('two estimates worked out side by side forget to the last bit as one by one', () => {
  const random = new SeededRandom(11);
  const lives = (): number => random.pick([0, 1, 1e3, 1e6, 1e9, 1e12]) * (1 + random.below(999));
  for (let round = 0; round < 20_000; round++) {
    const [orderFlowNs, meanNs] = [lives(), lives()];
    restart();
    setHalfLives({ orderFlowNs, volatilityNs: lives(), meanNs, deviationNs: lives() });
    show({ ...quote('0s 5@100 5@102'), timeNs: 0 });
    show({ ...quote('0s 7@100 5@102'), timeNs: 0 });
    const timeNs = random.below(random.pick([2, 1e3, 1e6, 1e9, 1e12]));
    show({ ...quote('0s 7@100 5@104'), timeNs });
    const before = 2 * (1 - forgotten(0, orderFlowNs));
    const kept = before * (1 - forgotten(timeNs, orderFlowNs));
    expect(view.orderFlow).toBe(kept + (0 - -5));
    show({ ...quote('0s 7@100 5@104'), timeNs: timeNs + round });
    expect(memory.f64(MEAN)).toBe(101 + forgotten(round, meanNs));
  }
});
