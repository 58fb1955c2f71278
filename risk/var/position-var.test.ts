/** The VaR of what we hold: stand-ins and gaps are named, wrong histories are refused by place. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { GyrfalconError } from '../../engine/errors.ts';
import type { VarPool } from './monte-carlo.ts';
import { positionVar, prepareVarModel } from './position-var.ts';
import { readPriceHistory } from './price-history.ts';
import runVarTask from './var-worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-var-'));
afterAll(() => rmSync(folder, { recursive: true }));
const here: VarPool = { run: async (task) => runVarTask(task) };

const configFolder = join(dirname(fileURLToPath(import.meta.url)), '../../config');
const { config } = loadConfig(join(configFolder, 'default.yaml'));
const model = prepareVarModel(config, configFolder);
const figureOf = (exposures: { symbol: string; valueBase: number }[]) =>
  positionVar(model, exposures, here, 1);

/** Standard deviation of a day's return of a column of the shipped history. */
function dailySigma(column: string): number {
  const i = model.moments.names.indexOf(column);
  return Math.sqrt(model.moments.covariance[i]![i]!);
}

describe('live positions', () => {
  test('one stock: 2.326 daily standard deviations of its value', async () => {
    const figure = await figureOf([{ symbol: 'AAPL', valueBase: 1_000_000 }]);
    const exact = 2.3263478740408408 * dailySigma('AAPL') * 1_000_000;
    expect(Math.abs(figure.var - exact)).toBeLessThan(4 * figure.standardError);
    expect(figure).toMatchObject({ currency: 'USD', confidence: 0.99, horizonDays: 1, note: '' });
    expect(figure.days).toBe(model.history.dates.length - 1);
  });

  test('positions of two strategies in one stock are one exposure', async () => {
    const split = await figureOf([
      { symbol: 'JPM', valueBase: 700_000 },
      { symbol: 'JPM', valueBase: -200_000 },
    ]);
    expect(split).toEqual(await figureOf([{ symbol: 'JPM', valueBase: 500_000 }]));
  });

  test('a hedge lowers the figure', async () => {
    const long = await figureOf([{ symbol: 'AAPL', valueBase: 1_000_000 }]);
    const hedged = await figureOf([
      { symbol: 'AAPL', valueBase: 1_000_000 },
      { symbol: 'MSFT', valueBase: -1_000_000 },
    ]);
    expect(hedged.var).toBeLessThan(long.var);
  });

  test('a stand-in column is named', async () => {
    const figure = await figureOf([{ symbol: 'GOOG', valueBase: 100_000 }]);
    expect(figure.note).toBe('GOOG as MSFT');
  });

  test('an instrument without history is named and not counted as safe', async () => {
    const mixed = await figureOf([
      { symbol: 'AAPL', valueBase: 1000 },
      { symbol: 'BTCUSDT', valueBase: 5000 },
    ]);
    expect(mixed.uncovered).toEqual(['BTCUSDT']);
    expect(mixed.note).toBe('BTCUSDT (5000 USD) left out: no history');
    expect((await figureOf([{ symbol: 'BTCUSDT', valueBase: 5000 }])).var).toBeNaN();
  });

  test('a configuration without any history column leaves everything uncovered', async () => {
    const binance = loadConfig(join(configFolder, 'binance.yaml')).config;
    const bare = prepareVarModel(binance, configFolder);
    const figure = await positionVar(bare, [{ symbol: 'BTCUSDT', valueBase: 60_000 }], here, 2);
    expect(figure).toMatchObject({ var: Number.NaN, cvar: Number.NaN, uncovered: ['BTCUSDT'] });
  });

  test('nothing held is no risk', async () => {
    expect(await figureOf([{ symbol: 'AAPL', valueBase: 0 }])).toMatchObject({ var: 0, note: '' });
  });
});

describe('a price history', () => {
  const good = 'Date,A,B\n2024-01-02,1,10\n2024-01-03,1.1,11\n2024-01-04,1.05,10.5\n';

  test('reads the same plain and compressed', () => {
    writeFileSync(join(folder, 'a.csv'), good);
    writeFileSync(join(folder, 'a.csv.zst'), zstdCompressSync(good));
    const plain = readPriceHistory(join(folder, 'a.csv'), ['B']);
    const packed = readPriceHistory(join(folder, 'a.csv.zst'), ['B']);
    expect(packed).toEqual({ ...plain, file: packed.file });
    expect(plain.columns[0]?.closes).toEqual([10, 11, 10.5]);
  });

  test.each([
    ['a missing close', good.replace('1.1,', ','), 'F:3: column A is ""; it must be a positive'],
    ['a word for a price', good.replace('1.1,', 'n/a,'), 'F:3: column A is "n/a"'],
    ['a price of zero', good.replace('1.1,', '0,'), 'F:3: column A is "0"'],
    ['a row cut short', good.replace(',10.5', ''), 'F:4: 2 cells; the header has 3'],
    ['a day twice', good.replace('01-03', '01-02'), 'F:3: 2024-01-02 does not come after'],
    ['a date in another form', good.replace('2024-01-03', '03/01/2024'), 'F:3: the date is "03/'],
    ['no such column', good.replace('Date,A', 'Date,C'), 'F:1: there is no column A; '],
    ['an empty file', '', 'F:1: there is no column A'],
  ])('with %s is refused by place', (_what, text, expected) => {
    const file = join(folder, 'bad.csv');
    writeFileSync(file, text);
    expect(messageOf(() => readPriceHistory(file, ['A'])).replace(file, 'F')).toContain(expected);
  });

  test('that is not there, is cut off or is not packed as it says, is refused', () => {
    const file = join(folder, 'cut.csv');
    writeFileSync(file, good.slice(0, -3));
    expect(messageOf(() => readPriceHistory(file, ['A']))).toContain('cut off');
    writeFileSync(`${file}.zst`, good);
    expect(messageOf(() => readPriceHistory(`${file}.zst`, ['A']))).toContain(
      'the compressed file is damaged',
    );
    expect(messageOf(() => readPriceHistory(join(folder, 'no.csv'), ['A']))).toContain(
      'no such file',
    );
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof GyrfalconError) return error.message;
    throw error;
  }
  return 'nothing was refused';
}
