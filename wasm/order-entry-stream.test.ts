/**
 * Order table and gate against their plain twin on random trading: intents through the limits, decided ones
 * as a replay has them, and whatever the venue may make of an order. After every step both memories are the
 * same; every so often the figures are what plain sums over the table say.
 */
import { expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import * as desk from '../test/support/desk.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { type Region, TwoMemories } from '../test/support/two-memories.ts';
import * as L from './layout.ts';
import { LimitsReference } from './limits-reference.ts';
import type { Memory } from './memory.ts';
import { OrderEntryReference } from './order-entry-reference.ts';

const STEPS = 100_000;
/** Steps between two looks at the whole tables. */
const WHOLE_EVERY = 2_000;
/** Slots behind the cursor that the stream goes on with. */
const RECENT = 48;
const SCOPES = [desk.MAKER, desk.TAKER];
const { AAPL, SAP, BUY, SELL, MARKET, LIMIT } = desk;
const memories = new TwoMemories();
const { kernel } = memories;
const core = loadCore(kernel);

/**
 * All that the kernels write but the rings of the limits, of which the limits' twin keeps lists of its own.
 * Of a strategy's block they are STR_MESSAGES and STR_DUPLICATES.
 */
const FIGURES: readonly Region[] = [
  { name: 'control', from: L.CONTROL, bytes: L.SESSIONS - L.CONTROL },
  { name: 'intent', from: L.INTENT, bytes: L.INTENT_BYTES },
  ...SCOPES.flatMap((each) => [
    { name: `strategy ${each}`, from: desk.strategyAt(each), bytes: L.STR_MESSAGES },
    {
      name: `strategy ${each} from its name`,
      from: desk.strategyAt(each) + L.STR_NAME,
      bytes: L.STR_DUPLICATES - L.STR_NAME,
    },
    {
      name: `positions of ${each}`,
      from: desk.positionAt(each, 0),
      bytes: L.INSTRUMENTS_MAX * L.POSITION_BYTES,
    },
  ]),
];
const TABLES: readonly Region[] = [
  { name: 'orders', from: L.ORDERS, bytes: L.ORDERS_MAX * L.ORDER_BYTES },
  { name: 'requests', from: L.CLORDIDS, bytes: L.CLORDIDS_MAX * L.CLORDID_BYTES },
];

class Stream {
  readonly #random: SeededRandom;
  readonly #twin: OrderEntryReference;
  /** Verdict and kind of intent, or the state moved to: how often. */
  readonly seen = new Map<string, number>();
  /** The order touched last. */
  slot = 0;
  readonly #taken: number;
  /** Slots that were freed, and may have been given since. */
  readonly #done: number[] = [];

  /** `taken`: so many slots, the first ones, hold an open order when the stream begins. */
  constructor(random: SeededRandom, taken: number) {
    this.#random = random;
    this.#taken = taken;
    const limits = new LimitsReference(memories.twin);
    this.#twin = new OrderEntryReference(memories.twin, () => limits.check());
    memories.both((memory) => {
      desk.openDesk(memory);
      for (const { from, bytes } of TABLES) memory.bytes.fill(0, from, from + bytes);
      for (const strategy of SCOPES) {
        for (const instrument of [AAPL, SAP]) widen(memory, desk.limitAt(strategy, instrument));
      }
      // The request table wraps within the stream.
      memory.setI64(L.CTL_INTENT_SEQUENCE, L.CLORDIDS_MAX - taken - STEPS / 4);
    });
    for (let order = 0; order < taken; order++) this.#apply(desk.QUIET_BUY, L.ALLOWED);
  }

  step(): void {
    const random = this.#random;
    const wait = random.below(random.pick([1, 1000, 1e6, 1e7]));
    memories.both((memory) => memory.addI64(L.CTL_CORE_TIME_NS, wait));
    if (random.oneIn(9)) this.#nudge();
    // Now and then the search goes through all that is taken; a stream of such searches would take minutes.
    if (this.#taken > 0 && !random.oneIn(50)) this.#seekFree();
    const steps = [
      () => this.#submit(this.#intent()),
      () => this.#submit(this.#intent()),
      () => this.#decided(),
      () => this.#answer(),
      () => this.#answer(),
    ];
    random.pick(steps)();
  }

  /** Puts the cursor on a slot whose order is done, if it is known. */
  #seekFree(): void {
    const isDone = (slot: number) => kernel.i32(desk.orderAt(slot) + L.ORD_STATE) >= L.ORDER_FILLED;
    while (this.#done.length > 0 && !isDone(this.#done.at(-1)!)) this.#done.pop();
    const slot = this.#done.at(-1);
    if (slot !== undefined) memories.both((memory) => memory.setI32(L.CTL_ORDER_CURSOR, slot));
  }

  #submit(intent: desk.Intent): void {
    memories.both((memory) => desk.setIntent(memory, intent));
    this.#agree(intent, core.gateSubmit(), this.#twin.gateSubmit());
  }

  /** As a replay has it: the verdict stands in the record. */
  #decided(): void {
    const checked = this.#random.oneIn(9) ? L.DENY_BACK_PRESSURE : L.ALLOWED;
    this.#apply(this.#allowedIntent(), checked);
  }

  #apply(intent: desk.Intent, checked: number): void {
    memories.both((memory) => {
      desk.setIntent(memory, intent);
      memory.setI64(L.INTENT + L.INT_SEQUENCE, memory.i64(L.CTL_INTENT_SEQUENCE) + 1);
    });
    this.#agree(intent, core.gateApply(checked), this.#twin.gateApply(checked));
  }

  #agree(intent: desk.Intent, verdict: number, expected: number): void {
    if (verdict !== expected) expect.fail(`verdict ${verdict}, twin ${expected}`);
    this.slot = Math.max(0, kernel.i32(L.INTENT + L.INT_ORDER_SLOT));
    this.#count(`intent ${intent.kind}: ${verdict}`);
  }

  /** The venue's word: any state, any quantities, and the request may be settled. */
  #answer(): void {
    const random = this.#random;
    const slot = this.#recentSlot();
    const order = desk.orderAt(slot);
    if (kernel.i64(order + L.ORD_NUMBER) === 0) return;
    const state = 1 + random.below(L.ORDER_DENIED);
    const qtyLots = random.oneIn(4) ? 1 + random.below(60) : kernel.i64(order + L.ORD_QTY_LOTS);
    const cumLots = random.oneIn(2) ? random.below(qtyLots + 3) : 0;
    const isSettled = random.oneIn(2);
    memories.both((memory) => {
      memory.setI64(order + L.ORD_QTY_LOTS, qtyLots);
      memory.setI64(order + L.ORD_CUM_LOTS, cumLots);
      if (isSettled) memory.setI64(order + L.ORD_PENDING_QTY_LOTS, 0);
      // What else it says stands in the slot until another order has it.
      memory.bytes.fill(state, order + L.ORD_ORDER_ID, order + L.ORD_WORKING_LOTS);
      memory.bytes.fill(state, order + L.ORD_EXEC_IDS, order + L.ORDER_BYTES);
    });
    core.orderMove(order, state);
    this.#twin.orderMove(order, state);
    this.slot = slot;
    if (state >= L.ORDER_FILLED) this.#done.push(slot);
    this.#count(`moved to ${state}`);
  }

  #nudge(): void {
    const random = this.#random;
    const instrument = random.below(2);
    const bidTicks = instrument === AAPL ? 9_990 + random.below(20) : 20_000;
    const touch = {
      bidTicks: random.oneIn(9) ? 0 : bidTicks,
      askTicks: random.oneIn(9) ? 0 : bidTicks + 1 + random.below(9),
    };
    const lastTicks = random.below(3) * 5_000;
    const halted = random.oneIn(9) ? L.TRADING_HALTED : L.TRADING_ACTIVE;
    memories.both((memory) => {
      const block = desk.instrumentAt(instrument);
      desk.setTouch(memory, instrument, touch);
      memory.setI64(block + L.INS_LAST_TRADE_TICKS, lastTicks);
      memory.setI64(block + L.INS_LAST_UPDATE_NS, memory.i64(L.CTL_CORE_TIME_NS));
      memory.setI32(L.CTL_FIRM_STATE, halted);
    });
  }

  #intent(): desk.Intent {
    const random = this.#random;
    const kind = random.pick([L.INTENT_NEW, L.INTENT_NEW, L.INTENT_CANCEL, L.INTENT_REPLACE]);
    const orderSlot = kind === L.INTENT_NEW ? -1 : this.#recentSlot();
    const order = desk.orderAt(Math.max(0, orderSlot));
    const isUsed = kernel.i64(order + L.ORD_NUMBER) !== 0;
    const own = kind !== L.INTENT_NEW && isUsed && !random.oneIn(9);
    const strategy = own ? kernel.i32(order + L.ORD_STRATEGY) : random.below(2);
    const instrument = own ? kernel.i32(order + L.ORD_INSTRUMENT) : random.below(2);
    return {
      kind,
      strategy,
      instrument,
      side: own ? kernel.i32(order + L.ORD_SIDE) : random.pick([BUY, SELL]),
      ordType: random.pick([LIMIT, LIMIT, LIMIT, MARKET]),
      timeInForce: random.pick([desk.DAY, desk.IOC]),
      priceTicks: (instrument === AAPL ? 9_980 : 19_980) + random.below(40),
      qtyLots: 1 + random.below(60),
      orderSlot,
      account: strategy,
      flags: 0,
    };
  }

  /** One that the limits would let through: its order is open. */
  #allowedIntent(): desk.Intent {
    const intent = this.#intent();
    const state = kernel.i32(desk.orderAt(Math.max(0, intent.orderSlot)) + L.ORD_STATE);
    const isOpen = state > L.ORDER_FREE && state < L.ORDER_FILLED;
    return isOpen ? intent : { ...intent, kind: L.INTENT_NEW, orderSlot: -1 };
  }

  #recentSlot(): number {
    const cursor = kernel.i32(L.CTL_ORDER_CURSOR) + L.ORDERS_MAX;
    return (cursor - 1 - this.#random.below(RECENT)) % L.ORDERS_MAX;
  }

  #count(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }
}

/** Limits that rarely refuse: their own stream is limits-stream.test.ts. */
function widen(memory: Memory, row: number): void {
  memory.setI64(row + L.LIM_POSITION_LOTS_MAX, 2 ** 40);
  memory.setI64(row + L.LIM_ORDER_NOTIONAL_MINOR_MAX, 2 ** 40);
  memory.setI64(row + L.LIM_STALE_NS, 2 ** 52);
  memory.setI64(row + L.LIM_DUPLICATE_NS, 1000);
  memory.setI32(row + L.LIM_MESSAGES_PER_S_MAX, L.RATE_RING_SLOTS);
  memory.setI32(row + L.LIM_OPEN_ORDERS_MAX, 2 ** 30);
}

function expectSame(step: number, slot: number): void {
  const sequence = kernel.i64(L.CTL_INTENT_SEQUENCE) % L.CLORDIDS_MAX;
  const touched = [
    { name: `order ${slot}`, from: desk.orderAt(slot), bytes: L.ORDER_BYTES },
    { name: 'request', from: L.CLORDIDS + sequence * L.CLORDID_BYTES, bytes: L.CLORDID_BYTES },
  ];
  const isWhole = step % WHOLE_EVERY === 0;
  const regions = [...FIGURES, ...touched, ...(isWhole ? TABLES : [])];
  const difference = memories.difference(regions);
  if (difference !== undefined) expect.fail(`step ${step}: ${difference}`);
  if (isWhole) expect(figures(), `step ${step}`).toEqual(sums());
}

/** What memory says: orders by state, open ones, working lots by position and side. */
function figures(): Record<string, number> {
  const found: Record<string, number> = { open: kernel.i32(L.CTL_OPEN_ORDERS) };
  for (let state = 1; state <= L.ORDER_DENIED; state++) {
    found[`state ${state}`] = kernel.i32(L.CTL_ORDER_BY_STATE + state * 4);
  }
  for (const strategy of SCOPES) {
    found[`open of ${strategy}`] = kernel.i32(desk.strategyAt(strategy) + L.STR_OPEN_ORDERS);
    for (const instrument of [AAPL, SAP]) {
      const row = desk.positionAt(strategy, instrument);
      found[`${strategy} ${instrument} ${BUY}`] = kernel.i64(row + L.POS_OPEN_BUY_LOTS);
      found[`${strategy} ${instrument} ${SELL}`] = kernel.i64(row + L.POS_OPEN_SELL_LOTS);
    }
  }
  return found;
}

/** The same as sums over the order table. */
function sums(): Record<string, number> {
  const sum = Object.fromEntries(Object.keys(figures()).map((name) => [name, 0]));
  const add = (name: string, value: number) => {
    sum[name] = sum[name]! + value;
  };
  for (let slot = 0; slot < L.ORDERS_MAX; slot++) {
    const order = desk.orderAt(slot);
    const state = kernel.i32(order + L.ORD_STATE);
    if (state === L.ORDER_FREE) continue;
    const int = (field: number) => kernel.i32(order + field);
    const strategy = int(L.ORD_STRATEGY);
    const side = int(L.ORD_SIDE);
    add(`state ${state}`, 1);
    add(`${strategy} ${int(L.ORD_INSTRUMENT)} ${side}`, kernel.i64(order + L.ORD_WORKING_LOTS));
    if (state >= L.ORDER_FILLED) continue;
    add('open', 1);
    add(`open of ${strategy}`, 1);
  }
  return sum;
}

test.each([
  { seed: 1, taken: 0 },
  { seed: 20_120_621, taken: L.ORDERS_MAX - 40 },
])('kernel and twin leave the same memory after every step: $taken slots taken', (given) => {
  const random = new SeededRandom(given.seed);
  const stream = new Stream(random, given.taken);
  for (let step = 0; step < STEPS; step++) {
    stream.step();
    expectSame(step, stream.slot);
  }
  // A stream that never does something proves nothing about it.
  const seen = (what: string) => stream.seen.get(what) ?? 0;
  for (const kind of [L.INTENT_NEW, L.INTENT_CANCEL, L.INTENT_REPLACE]) {
    expect(seen(`intent ${kind}: ${L.ALLOWED}`), `kind ${kind}`).toBeGreaterThan(500);
    expect(seen(`intent ${kind}: ${L.DENY_BACK_PRESSURE}`), `kind ${kind}`).toBeGreaterThan(50);
  }
  for (let state = 1; state <= L.ORDER_DENIED; state++) {
    expect(seen(`moved to ${state}`), `state ${state}`).toBeGreaterThan(300);
  }
  const full = seen(`intent ${L.INTENT_NEW}: ${L.DENY_TOO_MANY_ORDERS}`);
  if (given.taken > 0) expect(full).toBeGreaterThan(500);
});
