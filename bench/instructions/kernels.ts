/**
 * The kernels of a tick, each with inputs made from a seed: what instructions.ts counts. A kernel that
 * leaves its usual way (an order refused, a message handed to the session) would count the wrong thing,
 * so each says what it must return.
 */
import { strict as assert } from 'node:assert';
import type { CoreModule } from '../../engine/core-module.ts';
import { DecodeHarness } from '../../test/support/decode-harness.ts';
import * as desk from '../../test/support/desk.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { BATCH, type DecodedKind, messagesOf } from '../codec/messages.ts';

/** Does the kernel's work BATCH times. */
type RunBatch = (core: CoreModule) => void;

export interface Kernel {
  readonly name: string;
  /** The memory that it works on, filled, and the work. */
  prepare(seed: number): { readonly memory: Memory; readonly run: RunBatch };
}

export const KERNELS: readonly Kernel[] = [
  { name: 'decode 35=X of 4 entries', prepare: (seed) => decode('35=X', seed) },
  { name: 'decode 35=8', prepare: (seed) => decode('35=8', seed) },
  { name: 'decode 35=X and apply it to books and signals', prepare: decodeAndApply },
  { name: 'signals of a book change', prepare: signals },
  { name: 'limits of an order', prepare: limits },
  { name: 'order through the gate', prepare: gate },
  { name: 'encode 35=D', prepare: encode },
  { name: 'journal append of 152 bytes', prepare: journal },
];

/** The session of DecodeHarness. */
const SESSION = 1;
const BLOCK = L.SESSIONS + SESSION * L.SESSION_BYTES;
const MARKET_OVER_FIX = -1;
const SECOND_NS = 1e9;

function decode(kind: DecodedKind, seed: number) {
  const expected = kind === '35=X' ? L.DECODED_MARKET_DATA : L.DECODED_EXECUTION;
  return decoding(kind, seed, (core) => assert.equal(core.fixNext(SESSION), expected));
}

function decodeAndApply(seed: number) {
  return decoding('35=X', seed, (core) => {
    assert.equal(core.fixNext(SESSION), L.DECODED_MARKET_DATA);
    core.timeToMessage(SESSION);
    core.marketApply(MARKET_OVER_FIX);
  });
}

function decoding(kind: DecodedKind, seed: number, take: RunBatch) {
  const { memory } = new DecodeHarness();
  const bytes = Buffer.concat(messagesOf(kind, seed));
  memory.bytes.set(bytes, L.RX + SESSION * L.RX_BYTES);
  memory.setI32(BLOCK + L.SES_RX_END, bytes.length);
  setHalfLives(memory);
  const run: RunBatch = (core) => {
    for (let i = 0; i < BATCH; i++) take(core);
  };
  return { memory, run };
}

/** Of order flow, volatility, mean and deviation. */
function setHalfLives(memory: Memory): void {
  for (let index = 0; index < 4; index++)
    memory.setF64(L.CTL_SIGNAL_PARAMS + index * 8, (index + 1) * SECOND_NS);
}

function signals(seed: number) {
  const memory = new Memory();
  const random = new SeededRandom(seed);
  setHalfLives(memory);
  const run: RunBatch = (core) => {
    for (let i = 1; i <= BATCH; i++) {
      const bidTicks = 57_000 + random.below(5);
      memory.setI64(L.CTL_CORE_TIME_NS, i * 9_000_000 + random.below(1000));
      desk.setTouch(memory, 0, { bidTicks, askTicks: bidTicks + 1 + random.below(5) });
      memory.setI64(L.BOOKS + L.BOOK_BID_LOTS, 1 + random.below(900));
      memory.setI64(L.BOOKS + L.BOOK_ASK_LOTS, 1 + random.below(900));
      core.signalUpdate(0);
    }
  };
  return { memory, run };
}

function limits(seed: number) {
  const { memory, random } = openDesk(seed);
  const run: RunBatch = (core) => {
    for (let i = 1; i <= BATCH; i++) {
      putTime(memory, i);
      desk.setIntent(memory, randomOrder(random));
      assert.equal(core.limitsCheck(), L.ALLOWED);
    }
  };
  return { memory, run };
}

/** Numbered, checked and booked. */
function gate(seed: number) {
  const { memory, random } = openDesk(seed);
  const row = desk.limitAt(desk.MAKER, desk.AAPL);
  memory.setI32(row + L.LIM_OPEN_ORDERS_MAX, 2 * BATCH);
  memory.setI64(row + L.LIM_POSITION_LOTS_MAX, 100 * BATCH);
  const run: RunBatch = (core) => {
    for (let i = 1; i <= BATCH; i++) {
      putTime(memory, i);
      desk.setIntent(memory, randomOrder(random));
      assert.equal(core.gateSubmit(), L.ALLOWED);
    }
  };
  return { memory, run };
}

function encode(seed: number) {
  const { memory, random } = openDesk(seed);
  memory.setAbsoluteNs(L.CTL_NOW_NS, 1_340_285_400_123_456_789n);
  const run: RunBatch = (core) => {
    for (let i = 0; i < BATCH; i++) {
      desk.setIntent(memory, randomOrder(random));
      memory.setI64(L.INTENT + L.INT_SEQUENCE, 100_000 + random.below(100_000));
      assert.ok(core.encodeIntent(0) > 0);
    }
  };
  return { memory, run };
}

function openDesk(seed: number) {
  const memory = new Memory();
  desk.openDesk(memory);
  return { memory, random: new SeededRandom(seed) };
}

/** A second apart from order to order: neither too many nor duplicates, and the book is fresh. */
function putTime(memory: Memory, order: number): void {
  const nowNs = desk.NOON_NS + order * SECOND_NS;
  memory.setI64(L.CTL_CORE_TIME_NS, nowNs);
  memory.setI64(desk.instrumentAt(desk.AAPL) + L.INS_LAST_UPDATE_NS, nowNs);
}

const randomOrder = (random: SeededRandom): desk.Intent => ({
  ...desk.QUIET_BUY,
  side: 1 + random.below(2),
  priceTicks: 9_950 + random.below(100),
  qtyLots: 1 + random.below(99),
});

const PAYLOAD_BYTES = 152;
const KIND_INBOUND = 2;

function journal(seed: number) {
  const memory = new Memory();
  const random = new SeededRandom(seed);
  for (let i = 0; i < PAYLOAD_BYTES; i++) memory.bytes[L.RX + i] = random.below(256);
  memory.setI32(R.RING_MODE, R.JOURNAL_TO_RING);
  const run: RunBatch = (core) => {
    for (let i = 0; i < BATCH; i++)
      assert.equal(core.journalAppend(KIND_INBOUND, 0, L.RX, PAYLOAD_BYTES), 1);
  };
  return { memory, run };
}
