/**
 * A core on a fresh memory with instruments on a given grid, for tests of the market-data kernels.
 */
import { type CoreModule, loadCore } from '../../engine/core-module.ts';
import { writeGrid } from '../../engine/market/instrument.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';

export interface MarketMemory {
  readonly memory: Memory;
  readonly core: CoreModule;
}

export interface GridOfTest {
  readonly symbol: string;
  readonly tickSize: string;
  readonly lotSize: string;
}

export function marketMemory(grids: readonly GridOfTest[]): MarketMemory {
  const memory = new Memory();
  const core = loadCore(memory);
  for (const [index, grid] of grids.entries()) {
    writeGrid(memory, index, { ...grid, minPriceIncrement: grid.tickSize });
    core.symbolAdd(index);
  }
  memory.setI32(L.CTL_INSTRUMENT_COUNT, grids.length);
  return { memory, core };
}

/** One market-data entry as DECODED holds it. */
export interface EntryOfTest {
  readonly instrument: number;
  readonly action: number;
  readonly type: number;
  readonly priceTicks: number;
  readonly qtyLots: number;
}

/**
 * Puts a decoded message into DECODED, as fixNext would. `snapshotOf`: the instrument of a 35=W.
 */
export function putDecoded(
  memory: Memory,
  entries: readonly EntryOfTest[],
  snapshotOf: number | undefined,
): void {
  memory.setI32(L.DECODED + L.DEC_ENTRY_COUNT, entries.length);
  memory.setI32(L.DECODED + L.DEC_IS_SNAPSHOT, snapshotOf === undefined ? 0 : 1);
  memory.setI32(L.DECODED + L.DEC_INSTRUMENT, snapshotOf ?? -1);
  for (const [index, entry] of entries.entries()) {
    const at = L.DECODED + L.DEC_ENTRIES + index * L.ENTRY_BYTES;
    memory.setI32(at + L.ENTRY_INSTRUMENT, entry.instrument);
    memory.setI32(at + L.ENTRY_ACTION, entry.action);
    memory.setI32(at + L.ENTRY_TYPE, entry.type);
    memory.setI64(at + L.ENTRY_PRICE_TICKS, entry.priceTicks);
    memory.setI64(at + L.ENTRY_QTY_LOTS, entry.qtyLots);
  }
}
