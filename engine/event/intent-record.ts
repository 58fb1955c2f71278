/**
 * HOT: one call an intent; no allocation. Writes the INTENT block as the bytes of event.fbs'
 * Intent: a template is encoded once a strategy (its hashes never change), then only the numbers
 * are put in place. `loadIntent` is the way back, for a replay.
 */
import { Builder, ByteBuffer } from 'flatbuffers';
import * as layout from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { IntentEvent } from './event.ts';
import { encodeIntent } from './event-codec.ts';
import { Intent } from './generated/intent.ts';

/** What identifies the code and data behind a decision. */
export interface IntentHashes {
  readonly codeHash: string;
  readonly configHash: string;
  readonly modelHash: string;
}

/** FlatBuffers numbers its fields 4, 6, 8 … in the order of event.fbs. */
const vtableEntry = (field: number) => 4 + field * 2;

const I64_FIELDS = [
  [0, layout.INT_SEQUENCE],
  [8, layout.INT_PRICE_TICKS],
  [9, layout.INT_QTY_LOTS],
] as const;
const I32_FIELDS = [
  [2, layout.INT_STRATEGY],
  [3, layout.INT_INSTRUMENT],
  [7, layout.INT_FLAGS],
  [10, layout.INT_ORDER_SLOT],
  [11, layout.INT_VERDICT],
] as const;
const U8_FIELDS = [
  [1, layout.INT_KIND],
  [4, layout.INT_SIDE],
  [5, layout.INT_ORD_TYPE],
  [6, layout.INT_TIME_IN_FORCE],
] as const;

export class IntentRecord {
  /** Bytes that `write` puts down, always the same number. */
  readonly length: number;
  readonly #template: Uint8Array;
  /** Pairs: place in the record, address in the INTENT block. An i64 or f64 is two words. */
  readonly #words: Int32Array;
  readonly #bytes: Int32Array;

  constructor(hashes: IntentHashes) {
    const builder = new Builder(512);
    builder.forceDefaults(true); // every field has a place, whatever its value
    builder.finish(encodeIntent(builder, { ...EMPTY, ...hashes }));
    this.#template = builder.asUint8Array().slice();
    this.length = this.#template.length;
    const buffer = new ByteBuffer(this.#template);
    const table = Intent.getRootAsIntent(buffer);
    const place = (field: number) =>
      table.bb_pos + buffer.__offset(table.bb_pos, vtableEntry(field));
    const words: number[] = [];
    for (const [field, from] of I32_FIELDS) words.push(place(field), layout.INTENT + from);
    for (const [field, from] of I64_FIELDS) pushLong(words, place(field), layout.INTENT + from);
    const features = buffer.__vector(place(12));
    for (let i = 0; i < layout.FEATURES; i++) {
      pushLong(words, features + i * 8, layout.INTENT + layout.INT_FEATURES + i * 8);
    }
    this.#words = Int32Array.from(words);
    this.#bytes = Int32Array.from(
      U8_FIELDS.flatMap(([field, from]) => [place(field), layout.INTENT + from]),
    );
  }

  /** Puts the INTENT block as it now stands at `address` (a multiple of 8). */
  write(memory: Memory, address: number): void {
    memory.bytes.set(this.#template, address);
    const words = this.#words;
    for (let i = 0; i < words.length; i += 2) {
      memory.setI32(address + words[i]!, memory.i32(words[i + 1]!));
    }
    const bytes = this.#bytes;
    for (let i = 0; i < bytes.length; i += 2) {
      memory.bytes[address + bytes[i]!] = memory.i32(bytes[i + 1]!);
    }
  }
}

function pushLong(words: number[], place: number, from: number): void {
  words.push(place, from, place + 4, from + 4);
}

const EMPTY: IntentEvent = {
  type: 'INTENT',
  sequence: 0,
  kind: 0,
  strategy: 0,
  instrument: 0,
  side: 0,
  ordType: 0,
  timeInForce: 0,
  flags: 0,
  priceTicks: 0,
  qtyLots: 0,
  orderSlot: 0,
  verdict: 0,
  features: new Array<number>(layout.FEATURES).fill(0),
  codeHash: '',
  configHash: '',
  modelHash: '',
};

/** Sets the INTENT block to a journaled intent; the account is the strategy's. */
export function loadIntent(memory: Memory, event: IntentEvent): void {
  const at = layout.INTENT;
  const strategy = layout.STRATEGIES + event.strategy * layout.STRATEGY_BYTES;
  memory.setI32(at + layout.INT_KIND, event.kind);
  memory.setI32(at + layout.INT_STRATEGY, event.strategy);
  memory.setI32(at + layout.INT_INSTRUMENT, event.instrument);
  memory.setI32(at + layout.INT_SIDE, event.side);
  memory.setI32(at + layout.INT_ORD_TYPE, event.ordType);
  memory.setI32(at + layout.INT_TIME_IN_FORCE, event.timeInForce);
  memory.setI64(at + layout.INT_PRICE_TICKS, event.priceTicks);
  memory.setI64(at + layout.INT_QTY_LOTS, event.qtyLots);
  memory.setI32(at + layout.INT_ORDER_SLOT, event.orderSlot);
  memory.setI32(at + layout.INT_ACCOUNT, memory.i32(strategy + layout.STR_ACCOUNT));
  memory.setI64(at + layout.INT_SEQUENCE, event.sequence);
  memory.setI32(at + layout.INT_VERDICT, event.verdict);
  memory.setI32(at + layout.INT_FLAGS, event.flags);
  for (let i = 0; i < layout.FEATURES; i++) {
    memory.setF64(at + layout.INT_FEATURES + i * 8, event.features[i]!);
  }
}
