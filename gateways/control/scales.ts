/** From ticks, lots and minor units to the prices, quantities and money that people read. */
import * as layout from '../../wasm/layout.ts';
import type { SteadyMemory } from './steady-memory.ts';

const E8 = 100_000_000;
const NAME_BYTES = 32;

export interface CurrencyScale {
  readonly code: string;
  readonly minorPerMajor: number;
  /** One minor unit in minor units of the base currency. */
  readonly toBase: number;
}

export interface InstrumentScale {
  readonly symbol: string;
  readonly tickE8: number;
  readonly lotE8: number;
  readonly minorPerTickLot: number;
  readonly currency: CurrencyScale;
}

/** One read of all names and scales, shared by the readers of one frame. */
export interface Scales {
  readonly instruments: readonly InstrumentScale[];
  readonly strategies: readonly string[];
  readonly base: CurrencyScale;
}

const NO_CURRENCY: CurrencyScale = { code: '', minorPerMajor: 1, toBase: 0 };

function currencyScale(memory: SteadyMemory, currency: number): CurrencyScale {
  if (currency < 0 || currency >= layout.CURRENCIES_MAX) return NO_CURRENCY;
  const at = layout.CURRENCIES + currency * layout.CURRENCY_BYTES;
  return {
    code: memory.text(at + layout.CUR_CODE, 4),
    minorPerMajor: 10 ** memory.count(at + layout.CUR_DECIMALS, 8),
    toBase: memory.f64(at + layout.CUR_TO_BASE),
  };
}

function instrumentScale(memory: SteadyMemory, instrument: number): InstrumentScale {
  const at = layout.INSTRUMENTS + instrument * layout.INSTRUMENT_BYTES;
  return {
    symbol: memory.text(at + layout.INS_SYMBOL, 32),
    tickE8: memory.i64(at + layout.INS_TICK_E8),
    lotE8: memory.i64(at + layout.INS_LOT_E8),
    minorPerTickLot: memory.f64(at + layout.INS_MINOR_PER_TICK_LOT),
    currency: currencyScale(memory, memory.i32(at + layout.INS_CURRENCY)),
  };
}

export function readScales(memory: SteadyMemory): Scales {
  const instruments = memory.count(layout.CTL_INSTRUMENT_COUNT, layout.INSTRUMENTS_MAX);
  const strategies = memory.count(layout.CTL_STRATEGY_COUNT, layout.STRATEGIES_MAX);
  return {
    instruments: Array.from({ length: instruments }, (_, index) => instrumentScale(memory, index)),
    strategies: Array.from({ length: strategies }, (_, index) =>
      memory.text(layout.STRATEGIES + index * layout.STRATEGY_BYTES + layout.STR_NAME, NAME_BYTES),
    ),
    base: currencyScale(memory, memory.i32(layout.CTL_BASE_CURRENCY)),
  };
}

// The product is an exact integer and the division rounds once: 57125 ticks of 0.01 are 571.25.
export const priceOf = (scale: InstrumentScale, ticks: number): number =>
  (ticks * scale.tickE8) / E8;

export const quantityOf = (scale: InstrumentScale, lots: number): number =>
  (lots * scale.lotE8) / E8;

/** Major units of the instrument's own currency. */
export const moneyOf = (scale: InstrumentScale, tickLots: number): number =>
  (tickLots * scale.minorPerTickLot) / scale.currency.minorPerMajor;
