/** The trades' VWAP against its definition: by hand-worked days and by the plain twin on random ones. */
import { beforeEach, expect, test } from 'vitest';
import { SignalView } from '../engine/signal/signal-view.ts';
import { marketMemory, putDecoded } from '../test/support/market-memory.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import * as L from './layout.ts';
import { referenceVwap, type Trade } from './signal-reference.ts';

const { memory, core } = marketMemory([{ symbol: 'AAA', tickSize: '0.01', lotSize: '1' }]);
const view = new SignalView(memory, 0);
const SECOND = 1_000_000_000;
const HALF_LIFE_NS = 10 * SECOND;
const setHalfLife = (ns: number): void => memory.setF64(L.CTL_SIGNAL_PARAMS + 32, ns);

beforeEach(() => restart());

function restart(): void {
  memory.bytes.fill(0, L.SIGNALS, L.SIGNALS + L.SIGNAL_BYTES);
  memory.bytes.fill(0, L.INSTRUMENTS + L.INS_LAST_TRADE_SIDE, L.INSTRUMENTS + L.INS_TAKER_FEE);
  core.bookClear(0);
  setHalfLife(HALF_LIFE_NS);
}

/** As a message of the market brings it. */
function print({ timeNs, priceTicks, lots }: Trade, action: number = L.ACTION_NEW): void {
  memory.setI64(L.CTL_CORE_TIME_NS, timeNs);
  putDecoded(
    memory,
    [{ instrument: 0, action, type: L.ENTRY_TRADE, priceTicks, qtyLots: lots }],
    undefined,
  );
  core.bookApply();
}

/** "10s 5@100": time, lots, price. */
function trade(text: string): Trade {
  const [time, size] = text.split(' ');
  const [lots, priceTicks] = size!.split('@').map(Number);
  return { timeNs: Number.parseFloat(time!) * SECOND, lots: lots!, priceTicks: priceTicks! };
}

test.each([
  { name: 'no trade yet', trades: [], vwap: 0 },
  { name: 'the first trade is its price', trades: ['3s 7@101'], vwap: 101 },
  { name: 'trades at once count by their lots', trades: ['0s 1@100', '0s 3@104'], vwap: 103 },
  { name: 'after a half-life a lot is half a lot', trades: ['0s 2@100', '10s 1@104'], vwap: 102 },
  { name: 'after two it is a quarter', trades: ['0s 12@100', '20s 1@104'], vwap: 101 },
  { name: 'what is very old is forgotten', trades: ['0s 9@100', '99999s 1@7'], vwap: 7 },
  { name: 'a trade of no size says nothing', trades: ['0s 1@100', '1s 0@900'], vwap: 100 },
  { name: 'prices below zero', trades: ['0s 1@-4', '0s 1@2'], vwap: -1 },
])('VWAP: $name', ({ trades, vwap }) => {
  const parsed = trades.map(trade);
  for (const each of parsed) print(each);
  expect(view.vwap).toBeCloseTo(vwap, 12);
  expect(referenceVwap(parsed, HALF_LIFE_NS)).toBeCloseTo(vwap, 12);
});

test('time alone does not move it, nor does a correction of an earlier trade', () => {
  print(trade('0s 2@100'));
  print(trade('5s 4@103'));
  const before = view.vwap;
  print(trade('50s 9@9'), L.ACTION_CHANGE);
  expect(view.vwap).toBe(before);
});

test('the sign of the last trade is its aggressor', () => {
  expect(view.tradeSign).toBe(0);
  print(trade('0s 1@100'));
  expect(view.tradeSign, 'nothing to judge the first by').toBe(0);
  print(trade('1s 1@101'));
  expect(view.tradeSign).toBe(1);
  print(trade('2s 1@99'));
  expect(view.tradeSign).toBe(-1);
});

test('on 300,000 random trades the VWAP equals its definition to 1e-9', () => {
  const seed = 1867;
  const random = new SeededRandom(seed);
  for (let run = 0; run < 3000; run++) {
    restart();
    const trades: Trade[] = [];
    for (let i = 0; i < 100; i++) {
      const waitNs = random.pick([0, 1, 250_000, 90_000_000, 30 * SECOND]) * random.below(5);
      trades.push({
        timeNs: (trades.at(-1)?.timeNs ?? 0) + waitNs,
        priceTicks: 57_000 + random.below(200) - 100,
        lots: 1 + random.below(random.pick([9, 9000])),
      });
      print(trades.at(-1)!);
      if (i !== 99 && !random.oneIn(20)) continue;
      const expected = referenceVwap(trades, HALF_LIFE_NS);
      if (Math.abs(view.vwap - expected) <= 1e-9 * expected) continue;
      expect.fail(`seed ${seed}, run ${run}, trade ${i}: ${view.vwap}, not ${expected}`);
    }
  }
});

test.each([0, 1, 1e300])('VWAP is a number within the prices, half-life %d ns', (halfLifeNs) => {
  setHalfLife(halfLifeNs);
  const random = new SeededRandom(5);
  const far = 2 ** 52;
  for (let i = 0; i < 20_000; i++) {
    const timeNs = random.oneIn(2) ? random.below(2 ** 31) * 2 ** 21 : i;
    print({ timeNs, priceTicks: random.pick([-far, 0, 1, far]), lots: random.pick([1, 2 ** 53]) });
    if (!(Math.abs(view.vwap) <= far)) expect.fail(`trade ${i}: ${view.vwap}`);
  }
});
