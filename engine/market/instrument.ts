/**
 * Turns configured instruments into INSTRUMENTS blocks and the symbol table: decimal text becomes
 * exact integers here, once, at start.
 */
import { decimalE8 } from '../../config/decimal.ts';
import type { GyrfalconConfig, InstrumentConfig } from '../../config/schema.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import { GyrfalconError } from '../errors.ts';

const SCALE_DIGITS = 8;
const SYMBOL_BYTES = 32;
/** Ticks and lots themselves stay exact numbers in every view. */
const STEP_E8_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Writes all instruments; currencies and sessions are referred to by their place in the
 * configuration.
 */
export function loadInstruments(
  memory: Memory,
  core: CoreModule,
  config: Pick<GyrfalconConfig, 'instruments' | 'currencies' | 'venues'>,
): void {
  if (config.instruments.length > L.INSTRUMENTS_MAX) {
    throw new GyrfalconError(
      'CONFIG_INVALID',
      `${config.instruments.length} instruments, at most ${L.INSTRUMENTS_MAX} fit: remove some`,
    );
  }
  const currencies = Object.keys(config.currencies);
  const sessions = config.venues
    .filter((venue) => venue.protocol === 'fix')
    .map(({ name }) => name);
  const seen = new Set<string>();
  for (const [index, instrument] of config.instruments.entries()) {
    if (seen.has(instrument.symbol)) throw invalid(instrument, 'symbol', 'is configured twice');
    seen.add(instrument.symbol);
    const currency = currencies.indexOf(instrument.currency);
    if (currency < 0) {
      throw invalid(instrument, 'currency', `${instrument.currency} is not among the currencies`);
    }
    const { decimals } = config.currencies[instrument.currency]!;
    writeGrid(memory, index, instrument);
    writeMoney(memory, index, instrument, decimals);
    const block = blockOf(index);
    memory.setI32(block + L.INS_CURRENCY, currency);
    memory.setI32(block + L.INS_SESSION, sessions.indexOf(instrument.venue));
    core.symbolAdd(index);
  }
  memory.setI32(L.CTL_INSTRUMENT_COUNT, config.instruments.length);
}

/** What places prices and quantities of an instrument on its grid. */
export type InstrumentGrid = Pick<
  InstrumentConfig,
  'symbol' | 'tickSize' | 'lotSize' | 'minPriceIncrement'
>;

/** Writes symbol and grid of one block; the caller adds the symbol to the table. */
export function writeGrid(memory: Memory, index: number, instrument: InstrumentGrid): void {
  const block = blockOf(index);
  const tickE8 = stepE8(instrument, 'tickSize');
  const lotE8 = stepE8(instrument, 'lotSize');
  const incrementE8 = stepE8(instrument, 'minPriceIncrement');
  if (incrementE8 % tickE8 !== 0n) {
    const { minPriceIncrement, tickSize } = instrument;
    throw invalid(
      instrument,
      'minPriceIncrement',
      `${minPriceIncrement} is not a multiple of tickSize ${tickSize}`,
    );
  }
  memory.setText(block + L.INS_SYMBOL, SYMBOL_BYTES, instrument.symbol);
  memory.setI32(block + L.INS_SYMBOL_LENGTH, instrument.symbol.length);
  memory.setI64(block + L.INS_TICK_E8, Number(tickE8));
  memory.setI64(block + L.INS_LOT_E8, Number(lotE8));
  memory.setI64(block + L.INS_MIN_INCREMENT_TICKS, Number(incrementE8 / tickE8));
  memory.setI32(block + L.INS_PRICE_DECIMALS, decimalsOf(tickE8));
  memory.setI32(block + L.INS_QTY_DECIMALS, decimalsOf(lotE8));
}

function writeMoney(
  memory: Memory,
  index: number,
  instrument: InstrumentConfig,
  currencyDecimals: number,
): void {
  const block = blockOf(index);
  const { tickSize, lotSize, multiplier, fees } = instrument;
  const product = decimalE8(tickSize) * decimalE8(lotSize) * decimalE8(multiplier);
  const minorPerTickLot = shifted(product, currencyDecimals - 3 * SCALE_DIGITS);
  const inMinor = (perLot: string) => shifted(decimalE8(perLot), currencyDecimals - SCALE_DIGITS);
  memory.setF64(block + L.INS_MINOR_PER_TICK_LOT, minorPerTickLot);
  memory.setF64(block + L.INS_TAKER_FEE, inMinor(fees.takerPerLot));
  memory.setF64(block + L.INS_TAKER_FEE_BPS, fees.takerBps);
  memory.setF64(block + L.INS_MAKER_FEE, inMinor(fees.makerPerLot));
  memory.setF64(block + L.INS_MAKER_FEE_BPS, fees.makerBps);
}

const blockOf = (instrument: number): number => L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;

function stepE8(
  instrument: InstrumentGrid,
  key: 'tickSize' | 'lotSize' | 'minPriceIncrement',
): bigint {
  const value = decimalE8(instrument[key]);
  if (value <= 0n) throw invalid(instrument, key, `${instrument[key]} is not positive`);
  if (value > STEP_E8_MAX) {
    throw invalid(instrument, key, `${instrument[key]} is too large, at most 90071992`);
  }
  return value;
}

/** How many decimals the value x 10^-8 needs. */
function decimalsOf(valueE8: bigint): number {
  let decimals = SCALE_DIGITS;
  let rest = valueE8;
  while (decimals > 0 && rest % 10n === 0n) {
    rest /= 10n;
    decimals--;
  }
  return decimals;
}

/** value x 10^exponent, rounded once, by the reader of decimal text. */
const shifted = (value: bigint, exponent: number): number => Number(`${value}e${exponent}`);

function invalid(
  instrument: { readonly symbol: string },
  key: string,
  what: string,
): GyrfalconError {
  return new GyrfalconError('CONFIG_INVALID', `instrument ${instrument.symbol}: ${key} ${what}`);
}
