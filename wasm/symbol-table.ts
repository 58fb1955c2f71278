/**
 * Symbol to instrument: open addressing over SYMBOL_TABLE by FNV-1a 32, four slots an instrument,
 * so that a probe always ends. Written at load, read by every decode.
 */
import { sameBytes } from './fix-words';
import {
  INS_SYMBOL,
  INS_SYMBOL_LENGTH,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  SYMBOL_SLOTS,
  SYMBOL_TABLE,
} from './layout';

function hash32(address: i32, length: i32): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = (hash ^ load<u8>(address + i)) * 0x01000193;
  return hash;
}

/** The slot that holds the symbol, or the free one where it would go. */
function symbolSlot(address: i32, length: i32): i32 {
  let slot = <i32>(hash32(address, length) & (SYMBOL_SLOTS - 1));
  while (true) {
    const instrument = load<i32>(SYMBOL_TABLE + (slot << 2)) - 1;
    if (instrument < 0) return slot;
    const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
    if (
      load<i32>(block + INS_SYMBOL_LENGTH) === length &&
      sameBytes(block + INS_SYMBOL, address, length)
    ) {
      return slot;
    }
    slot = (slot + 1) & (SYMBOL_SLOTS - 1);
  }
}

/** Adds the symbol of the instrument's block to the table. */
export function symbolAdd(instrument: i32): void {
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  const slot = symbolSlot(block + INS_SYMBOL, load<i32>(block + INS_SYMBOL_LENGTH));
  store<i32>(SYMBOL_TABLE + (slot << 2), instrument + 1);
}

/** The instrument whose symbol stands at address, -1 = none. */
export function symbolFind(address: i32, length: i32): i32 {
  return load<i32>(SYMBOL_TABLE + (symbolSlot(address, length) << 2)) - 1;
}
