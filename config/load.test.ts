/** What a trader reads when the configuration is wrong, and that the shipped files are right. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
// @ts-expect-error: a plain JavaScript script without types
import { configSchemas } from '../scripts/build-config-schema.mjs';
import { CURRENCIES_MAX, INSTRUMENTS_MAX } from '../wasm/layout.ts';
import { CONFIG_LINES_MAX, ConfigError } from './config-error.ts';
import { CURRENCY_COUNT_MAX } from './cross-checks.ts';
import { loadConfig } from './load.ts';
import { INSTRUMENT_COUNT_MAX } from './schema.ts';

const here = dirname(fileURLToPath(import.meta.url));
const shipped = (file: string) => readFileSync(join(here, file), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-config-'));
const file = join(folder, 'test.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

/** default.yaml with absolute includes, so that it can be changed in a folder of its own. */
const base = shipped('default.yaml').replace(/((?:strategies|limits|venues)\/)/g, `${here}/$1`);

function write(text: string): string {
  writeFileSync(file, text);
  return file;
}

function linesOf(text: string): readonly string[] {
  try {
    loadConfig(write(text));
  } catch (error) {
    if (error instanceof ConfigError) return error.lines.map((line) => line.replace(file, 'F'));
    throw error;
  }
  return [];
}

describe('the shipped configuration', () => {
  test('default.yaml loads with the strategies and limits that it names by file', () => {
    const { config, files } = loadConfig(join(here, 'default.yaml'));
    expect(config.strategies.map((strategy) => strategy.name)).toEqual(['mm', 'ofi']);
    expect(config.limits).toHaveLength(2);
    expect(config.instruments.map(({ symbol }) => symbol)).toEqual(['AAPL', 'MSFT', 'JPM', 'GOOG']);
    expect(files.map((name) => name.slice(here.length + 1))).toEqual([
      'default.yaml',
      'strategies/market-maker.yaml',
      'strategies/order-flow-momentum.yaml',
      'limits/default.yaml',
      'venues/sim-overlay.yaml',
    ]);
  });

  test('binance.yaml loads, with a venue that takes no orders', () => {
    expect(loadConfig(join(here, 'binance.yaml')).config.venues[0]?.protocol).toBe('binance');
  });

  test('the published JSON Schemas are those of schema.ts', () => {
    for (const { file: name, text } of configSchemas()) {
      const published = shipped(name.replace('config/', ''));
      const stale = `${name} is stale: run scripts/build-config-schema.mjs`;
      expect(JSON.parse(published), stale).toEqual(JSON.parse(text));
    }
  });

  test('as many currencies and instruments are allowed as memory has room for', () => {
    expect(CURRENCY_COUNT_MAX).toBe(CURRENCIES_MAX);
    expect(INSTRUMENT_COUNT_MAX).toBe(INSTRUMENTS_MAX);
  });
});

describe('the parameters of a strategy', () => {
  test('that is shipped are what its file accepts', async () => {
    for (const name of ['default.yaml', 'binance.yaml']) {
      const loaded = loadConfig(join(here, name));
      for (const [i, { file: code }] of loaded.config.strategies.entries()) {
        const { default: strategy } = await import(`../strategies/${code}`);
        expect(loaded.mistakesIn(['strategies', i, 'parameters'], strategy.parameters)).toEqual([]);
      }
    }
  });

  const schema = z.strictObject({ quoteLots: z.number().int().min(1).max(1000) });

  test('are checked by its own schema, in the file that holds them', () => {
    const loaded = loadConfig(join(here, 'default.yaml'));
    const path = ['strategies', 0, 'parameters'];
    expect(loaded.mistakesIn(path, z.looseObject(schema.shape))).toEqual([]);
    expect(loaded.mistakesIn(path, schema.extend({ quoteLotz: z.number() }))).toContain(
      `${here}/strategies/market-maker.yaml:8:3: strategies[0].parameters.quoteLotz is missing; ` +
        'it must be a number',
    );
    expect(loaded.mistakesIn(path, schema)[0]).toContain(
      'market-maker.yaml:9:3: strategies[0].parameters.halfSpreadIncrements: unknown key; ',
    );
    const small = z.looseObject({ quoteLots: z.number().max(10) });
    expect(loaded.mistakesIn(path, small)).toEqual([
      `${here}/strategies/market-maker.yaml:8:14: strategies[0].parameters.quoteLots is 100; ` +
        'it must be a number up to 10',
    ]);
  });
});

describe('the config hash', () => {
  test('does not depend on comments, blanks and the order of keys', () => {
    const plain = loadConfig(write(base));
    const reordered = base
      .replace('baseCurrency: USD\n', '')
      .concat('\n# moved to the end\nbaseCurrency:   USD\n');
    const other = loadConfig(write(reordered));
    expect(other.configHash).toBe(plain.configHash);
    expect(JSON.parse(other.canonicalJson)).toEqual(plain.config);
  });

  test('changes with any value', () => {
    const { configHash } = loadConfig(write(base));
    expect(loadConfig(write(base.replace('everyMs: 1000', 'everyMs: 1001'))).configHash).not.toBe(
      configHash,
    );
  });
});

describe('a mistake is named with file, line, column, path, value and what is allowed', () => {
  const cases: readonly [what: string, from: string | RegExp, to: string, line: string][] = [
    [
      'an unknown key, with the nearest known one',
      'baseCurrency: USD',
      'baseCurency: USD',
      'F:5:1: baseCurency: unknown key; did you mean "baseCurrency"?',
    ],
    [
      'a number outside its range',
      'port: 8420',
      'port: 84200',
      'F:23:9: control.port is 84200; it must be a whole number from 0 to 65535',
    ],
    [
      'a number where decimal text is due',
      'drawdownMax: "5000"',
      'drawdownMax: 5000',
      'breakers.drawdownMax is 5000; it must be a positive decimal number in quotes',
    ],
    [
      'a missing key',
      '  everyMs: 1000\n',
      '',
      'valueAtRisk.everyMs is missing; it must be a whole number from 100',
    ],
    [
      'an address that is not local',
      '127.0.0.1\n  port: 8420',
      '0.0.0.0\n  port: 8420',
      'F:22:9: ',
    ],
    ['an unknown protocol', 'protocol: fix', 'protocol: fox', 'it must be "fix" or "binance"'],
    ['a lower-case currency', '  EUR:', '  eur:', 'the key "eur" must be a currency code'],
    ['an unknown venue', '    venue: SIM', '    venue: SIN', 'no such venue; did you mean "SIM"?'],
    ['an unknown calendar', 'calendar: XNYS', 'calendar: XLON', 'there is no such calendar'],
    [
      'an increment off the tick grid',
      'minPriceIncrement: "0.01"',
      'minPriceIncrement: "0.00015"',
      'instruments[0].minPriceIncrement is "0.00015"; it must be a multiple of tickSize',
    ],
    ['a symbol twice', 'symbol: MSFT', 'symbol: AAPL', 'each symbol may stand only once'],
    [
      'a base currency that is not listed',
      'baseCurrency: USD',
      'baseCurrency: CHF',
      'no such currency',
    ],
    [
      'a base rate that is not 1',
      'USD: { decimals: 2, toBase: "1"',
      'USD: { decimals: 2, toBase: "2"',
      'must be "1"',
    ],
    [
      'hours that end before they begin',
      'close: "16:00"',
      'close: "09:00"',
      'must be later than open',
    ],
    ['an unknown time zone', 'America/New_York', 'America/New_Yorc', 'it must be an IANA zone'],
    [
      'an unknown instrument in a history column',
      '    JPM: JPM',
      '    JMP: JPM',
      'did you mean "JPM"?',
    ],
    [
      'a file that is not there',
      'limits/default.yaml',
      'limits/defualt.yaml',
      'there is no such file',
    ],
    [
      'a tick worth more digits than a double holds',
      'multiplier: "1"',
      'multiplier: "999999999.12345678"',
      'too many digits',
    ],
    ['broken YAML', 'accounts: [PROP-A, PROP-B]', 'accounts: [PROP-A, PROP-B', 'not valid YAML'],
    ['a key twice', 'baseCurrency: USD', 'baseCurrency: USD\nbaseCurrency: EUR', 'not valid YAML'],
  ];
  test.each(cases)('%s', (_what, from, to, expected) => {
    const broken = base.replace(from, to);
    expect(broken).not.toBe(base);
    expect(
      linesOf(broken).some((line) => line.includes(expected)),
      linesOf(broken).join('\n'),
    ).toBe(true);
  });

  test('a mistake in an included file points into that file', () => {
    const limits = join(folder, 'limits.yaml');
    writeFileSync(limits, shipped('limits/default.yaml').replace('collarBps: 200', 'collarBps: 0'));
    const text = base.replace(`${here}/limits/default.yaml`, 'limits.yaml');
    expect(linesOf(text)).toEqual([
      `${limits}:9:14: limits[0].collarBps is 0; it must be a whole number from 1 to 10000`,
    ]);
  });

  test('a group of keys cannot hold itself', () => {
    const text = base.replace('signals:\n', 'signals: &self\n  self: *self\n');
    expect(linesOf(text)[0]).toMatch(/^F:\d+:9: not valid YAML: \*self stands inside itself$/);
  });

  test('all mistakes are told at once', () => {
    const text = base.replace('port: 8420', 'port: -1').replace('everyMs: 1000', 'everyMs: 1');
    expect(linesOf(text)).toHaveLength(2);
  });

  test(`at most ${CONFIG_LINES_MAX} lines, then the count of the others`, () => {
    const lines = linesOf(
      'baseCurrency: USD\naccounts: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]\n',
    );
    expect(lines).toHaveLength(CONFIG_LINES_MAX + 1);
    expect(lines.at(-1)).toMatch(/^… and \d+ more$/);
  });

  test.each(['', 'just text', '[1, 2]', 'null'])('a file that holds %j is refused', (text) => {
    expect(linesOf(text)[0]).toContain('the file is');
  });
});
