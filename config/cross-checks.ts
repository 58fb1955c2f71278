/**
 * What no single value can show: names that must exist, grids that must fit, things that may
 * stand only once. Runs on a config whose shape is right; returns every mistake with the path it
 * belongs to.
 */
import { decimalE8 } from './decimal.ts';
import { checkFixSession } from './fix-cross-checks.ts';
import { isTimeZone } from './local-time.ts';
import { nearest } from './nearest.ts';
import type { GyrfalconConfig, InstrumentConfig } from './schema.ts';
import { checkStrategyKinds } from './strategy-cross-checks.ts';
import type { Path } from './yaml-source.ts';

export interface Mistake {
  readonly path: Path;
  readonly text: string;
}
type Report = (path: Path, text: string) => void;

/** = CURRENCIES_MAX of wasm/layout.ts, which config may not import; a test compares the two. */
export const CURRENCY_COUNT_MAX = 16;
const ANY = '*';
const E8 = 10n ** 8n;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

export function crossCheck(config: GyrfalconConfig): Mistake[] {
  const mistakes: Mistake[] = [];
  const report: Report = (path, text) => mistakes.push({ path, text });
  checkCurrencies(config, report);
  checkCalendars(config, report);
  checkVenues(config, report);
  checkInstruments(config, report);
  checkStrategies(config, report);
  checkStrategyKinds(config.strategies, report);
  checkLimits(config, report);
  checkValueAtRisk(config, report);
  checkDuplicates(config, report);
  return mistakes;
}

function checkCurrencies({ baseCurrency, currencies }: GyrfalconConfig, report: Report): void {
  const base = currencies[baseCurrency];
  mustBeKnown(baseCurrency, Object.keys(currencies), 'currency', ['baseCurrency'], report);
  if (base !== undefined && decimalE8(base.toBase) !== E8) {
    report(
      ['currencies', baseCurrency, 'toBase'],
      `is "${base.toBase}"; the base currency's must be "1"`,
    );
  }
  const count = Object.keys(currencies).length;
  if (count > CURRENCY_COUNT_MAX) {
    report(['currencies'], `has ${count} entries; it must have at most ${CURRENCY_COUNT_MAX}`);
  }
}

function checkCalendars({ calendars }: GyrfalconConfig, report: Report): void {
  for (const [name, calendar] of Object.entries(calendars)) {
    if (calendar.open >= calendar.close) {
      report(
        ['calendars', name, 'close'],
        `is "${calendar.close}"; it must be later than open "${calendar.open}"`,
      );
    }
    if (!isTimeZone(calendar.timeZone)) {
      report(
        ['calendars', name, 'timeZone'],
        `is "${calendar.timeZone}"; it must be an IANA zone such as America/New_York or UTC`,
      );
    }
  }
}

function checkVenues({ venues }: GyrfalconConfig, report: Report): void {
  for (const [i, venue] of venues.entries()) {
    if (venue.protocol !== 'fix') continue;
    checkFixSession({ ...venue, role: 'initiator' }, ['venues', i], report);
  }
}

function checkInstruments(config: GyrfalconConfig, report: Report): void {
  const venues = config.venues.map((venue) => venue.name);
  for (const [i, instrument] of config.instruments.entries()) {
    const at = ['instruments', i];
    mustBeKnown(instrument.venue, venues, 'venue', [...at, 'venue'], report);
    mustBeKnown(
      instrument.currency,
      Object.keys(config.currencies),
      'currency',
      [...at, 'currency'],
      report,
    );
    mustBeKnown(
      instrument.calendar,
      Object.keys(config.calendars),
      'calendar',
      [...at, 'calendar'],
      report,
    );
    if (decimalE8(instrument.minPriceIncrement) % decimalE8(instrument.tickSize) !== 0n) {
      report(
        [...at, 'minPriceIncrement'],
        `is "${instrument.minPriceIncrement}"; it must be a multiple of tickSize`,
      );
    }
    checkTickValue(config, instrument, [...at, 'tickSize'], report);
  }
}

/**
 * One tick on one lot, in minor units, is held as a double: it must be one exactly, or P&L would
 * drift.
 */
function checkTickValue(
  config: GyrfalconConfig,
  instrument: InstrumentConfig,
  path: Path,
  report: Report,
): void {
  const decimals = config.currencies[instrument.currency]?.decimals;
  if (decimals === undefined) return; // already reported as an unknown currency
  const product =
    decimalE8(instrument.tickSize) *
    decimalE8(instrument.lotSize) *
    decimalE8(instrument.multiplier) *
    10n ** BigInt(decimals);
  const digits = product.toString().replace(/0+$/, '');
  if (BigInt(digits) > SAFE || product / E8 ** 3n > SAFE) {
    report(
      path,
      `is "${instrument.tickSize}"; tickSize x lotSize x multiplier has too many digits`,
    );
  }
}

function checkStrategies(config: GyrfalconConfig, report: Report): void {
  const symbols = config.instruments.map((instrument) => instrument.symbol);
  for (const [i, strategy] of config.strategies.entries()) {
    const at = ['strategies', i];
    mustBeKnown(strategy.account, config.accounts, 'account', [...at, 'account'], report);
    for (const [j, symbol] of strategy.instruments.entries()) {
      mustBeKnown(symbol, symbols, 'instrument', [...at, 'instruments', j], report);
    }
    once(strategy.instruments, 'instrument', (j) => [...at, 'instruments', j], report);
  }
}

function checkLimits(config: GyrfalconConfig, report: Report): void {
  const known = {
    strategy: config.strategies.map((strategy) => strategy.name),
    account: config.accounts,
    instrument: config.instruments.map((instrument) => instrument.symbol),
  };
  const scopes = ['strategy', 'account', 'instrument'] as const;
  for (const [i, limit] of config.limits.entries()) {
    for (const scope of scopes) {
      if (limit[scope] !== ANY)
        mustBeKnown(limit[scope], known[scope], scope, ['limits', i, scope], report);
    }
  }
  const rows = config.limits.map((limit) => scopes.map((scope) => limit[scope]).join(' / '));
  once(rows, 'scope (strategy / account / instrument)', (i) => ['limits', i], report);
}

function checkValueAtRisk({ valueAtRisk, instruments }: GyrfalconConfig, report: Report): void {
  const symbols = instruments.map((instrument) => instrument.symbol);
  for (const symbol of Object.keys(valueAtRisk.columns)) {
    mustBeKnown(symbol, symbols, 'instrument', ['valueAtRisk', 'columns', symbol], report);
  }
}

function checkDuplicates(config: GyrfalconConfig, report: Report): void {
  once(config.accounts, 'account', (i) => ['accounts', i], report);
  once(
    config.venues.map(({ name }) => name),
    'venue',
    (i) => ['venues', i, 'name'],
    report,
  );
  once(
    config.instruments.map(({ symbol }) => symbol),
    'symbol',
    (i) => ['instruments', i, 'symbol'],
    report,
  );
  once(
    config.strategies.map(({ name }) => name),
    'strategy',
    (i) => ['strategies', i, 'name'],
    report,
  );
}

function mustBeKnown(
  name: string,
  known: readonly string[],
  kind: string,
  path: Path,
  report: Report,
): void {
  if (known.includes(name)) return;
  const guess = nearest(name, known);
  const advice =
    guess === undefined ? `known: ${known.join(', ') || 'none'}` : `did you mean "${guess}"?`;
  report(path, `is "${name}"; there is no such ${kind}; ${advice}`);
}

function once(
  names: readonly string[],
  kind: string,
  path: (index: number) => Path,
  report: Report,
): void {
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    if (seen.has(name)) report(path(i), `is "${name}"; each ${kind} may stand only once`);
    seen.add(name);
  }
}
