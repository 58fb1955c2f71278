/**
 * A shared memory that looks like a trading day and moves: what the engine would write, written by hand.
 * For tests of those who only read it (console, state, metrics). `step` brings everything one turn on.
 */
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';

const EPOCH_NS = 1_340_236_800_000_000_000n; // 21 June 2012
const OPEN_NS = 48_600_000_000_000; // 13:30 UTC
const STEP_NS = 25_000_000;

interface FakeInstrument {
  readonly symbol: string;
  readonly tickE8: number;
  readonly lotE8: number;
  readonly decimals: number;
  readonly midTicks: number;
  readonly currency: number;
}
const FAKE_INSTRUMENTS: readonly FakeInstrument[] = [
  {
    symbol: 'GOOG',
    tickE8: 1_000_000,
    lotE8: 100_000_000,
    decimals: 2,
    midTicks: 57_125,
    currency: 0,
  },
  {
    symbol: 'AAPL',
    tickE8: 1_000_000,
    lotE8: 100_000_000,
    decimals: 2,
    midTicks: 58_590,
    currency: 0,
  },
  {
    symbol: 'BTCUSDT',
    tickE8: 10_000_000,
    lotE8: 100_000,
    decimals: 1,
    midTicks: 601_234,
    currency: 1,
  },
];
const FAKE_STRATEGIES = ['microprice-maker', 'ofi-momentum'];

function setUp(memory: Memory): void {
  memory.setAbsoluteNs(L.CTL_MARKET_EPOCH_NS, EPOCH_NS);
  memory.setI64(L.CTL_CORE_TIME_NS, OPEN_NS);
  memory.setI32(L.CTL_LOOP_STATE, L.LOOP_RUNNING);
  memory.setI32(L.CTL_INSTRUMENT_COUNT, FAKE_INSTRUMENTS.length);
  memory.setI32(L.CTL_STRATEGY_COUNT, FAKE_STRATEGIES.length);
  memory.setI32(L.CTL_ACCOUNT_COUNT, 1);
  memory.setI32(L.CTL_SESSION_COUNT, 2);
  memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, 'GF7K2Q0');
  memory.setText(L.ACCOUNTS + L.ACC_NAME, 32, 'house');
  ['USD', 'USDT'].forEach((code, currency) => {
    const at = L.CURRENCIES + currency * L.CURRENCY_BYTES;
    memory.setText(at + L.CUR_CODE, 4, code);
    memory.setI32(at + L.CUR_DECIMALS, 2);
    memory.setF64(at + L.CUR_TO_BASE, 1);
  });
  ['SIM orders', 'SIM market'].forEach((name, session) => {
    const at = L.SESSIONS + session * L.SESSION_BYTES;
    memory.setText(at + L.SES_NAME, 32, name);
    memory.setI32(at + L.SES_STATE, L.SESSION_LIVE);
  });
}

function setUpInstruments(memory: Memory): void {
  FAKE_INSTRUMENTS.forEach((fake, instrument) => {
    const at = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    memory.setText(at + L.INS_SYMBOL, 32, fake.symbol);
    memory.setI32(at + L.INS_CURRENCY, fake.currency);
    memory.setI64(at + L.INS_TICK_E8, fake.tickE8);
    memory.setI64(at + L.INS_LOT_E8, fake.lotE8);
    memory.setI32(at + L.INS_PRICE_DECIMALS, fake.decimals);
    memory.setF64(at + L.INS_MINOR_PER_TICK_LOT, (fake.tickE8 * fake.lotE8) / 1e14);
    memory.setI32(at + L.INS_BOOK_STATE, L.BOOK_LIVE);
  });
}

function setUpStrategies(memory: Memory): void {
  FAKE_STRATEGIES.forEach((name, strategy) => {
    memory.setText(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_NAME, 32, name);
    FAKE_INSTRUMENTS.forEach((_, instrument) => {
      const at = L.LIMITS + (strategy * L.INSTRUMENTS_MAX + instrument) * L.LIMIT_BYTES;
      memory.setI32(at + L.LIM_SET, 1);
      memory.setI32(at + L.LIM_PERMITTED, 1);
      memory.setI64(at + L.LIM_POSITION_LOTS_MAX, 1000);
      memory.setI32(at + L.LIM_MESSAGES_PER_S_MAX, 50);
      memory.setI64(at + L.LIM_DAILY_LOSS_MINOR_MAX, 500_000);
      memory.setI32(at + L.LIM_OPEN_ORDERS_MAX, 20);
    });
  });
}

export class MovingMemory {
  readonly memory = new Memory();
  #turn = 0;
  #orderNumber = 0;

  constructor() {
    setUp(this.memory);
    setUpInstruments(this.memory);
    setUpStrategies(this.memory);
    for (let turn = 0; turn < 60; turn++) this.step();
  }

  /** One turn: books move, a trade prints, an order is sent, another one fills. */
  step(): void {
    const { memory } = this;
    const turn = ++this.#turn;
    memory.addI64(L.CTL_CORE_TIME_NS, STEP_NS);
    memory.setI32(L.CTL_HEARTBEAT, turn);
    memory.addI64(L.CTL_MARKET_DATA_MESSAGES, 37);
    memory.addI64(L.CTL_RECORD_SEQUENCE, 41);
    memory.addI64(L.CTL_JOURNAL_BYTES, 9_870);
    FAKE_INSTRUMENTS.forEach((_, instrument) => {
      this.#moveBook(instrument);
    });
    this.#trade();
    this.#order();
    if (turn % 7 === 0) this.#refusal();
    this.#sessions();
  }

  #midTicks(instrument: number): number {
    const swing = Math.sin(this.#turn / 23 + instrument) * 14 + Math.sin(this.#turn / 5) * 4;
    return FAKE_INSTRUMENTS[instrument]!.midTicks + Math.round(swing);
  }

  #moveBook(instrument: number): void {
    const { memory } = this;
    const mid = this.#midTicks(instrument);
    const book = L.BOOKS + instrument * L.BOOK_BYTES;
    for (let level = 0; level < 12; level++) {
      const lots = 100 + ((this.#turn * 31 + level * 73 + instrument * 17) % 900);
      const at = (11 - level) * L.LEVEL_BYTES; // worst first
      memory.setI64(book + L.BOOK_BIDS + at, mid - 3 - level * 2);
      memory.setI64(book + L.BOOK_BIDS + at + 8, lots);
      memory.setI64(book + L.BOOK_ASKS + at, mid + 3 + level * 2);
      memory.setI64(book + L.BOOK_ASKS + at + 8, lots + 40);
    }
    memory.setI32(book + L.BOOK_BID_COUNT, 12);
    memory.setI32(book + L.BOOK_ASK_COUNT, 12);
    memory.setI64(book + L.BOOK_BID_TICKS, mid - 3);
    memory.setI64(book + L.BOOK_ASK_TICKS, mid + 3);
    const at = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    memory.addI64(at + L.INS_BOOK_UPDATES, 12);
    memory.setI64(at + L.INS_LAST_UPDATE_NS, memory.i64(L.CTL_CORE_TIME_NS) - 3_000_000);
    const signals = L.SIGNALS + instrument * L.SIGNAL_BYTES;
    memory.setF64(signals + L.SIG_MICROPRICE, mid + Math.sin(this.#turn / 3) * 0.8);
    memory.setF64(signals + L.SIG_OFI, Math.round(Math.sin(this.#turn / 9) * 400));
    memory.setF64(signals + L.SIG_EWMA_VOL, 2.4 + Math.sin(this.#turn / 40) * 0.6);
    memory.setF64(signals + L.SIG_Z_SCORE, Math.sin(this.#turn / 11) * 1.9);
  }

  #trade(): void {
    const { memory } = this;
    const instrument = this.#turn % FAKE_INSTRUMENTS.length;
    const side = (this.#turn * 7) % 5 < 3 ? 1 : 2;
    const ticks = this.#midTicks(instrument) + (side === 1 ? 3 : -3);
    const lots = 10 + ((this.#turn * 13) % 290);
    const head = memory.i64(L.CTL_TRADE_HEAD);
    const at = L.TRADES + (head % L.RECORDS_KEPT) * L.TRADE_BYTES;
    memory.setI64(at, memory.i64(L.CTL_CORE_TIME_NS));
    memory.setI64(at + 8, ticks);
    memory.setI64(at + 16, lots);
    memory.setI32(at + 24, instrument);
    memory.setI32(at + 28, side);
    memory.setI64(L.CTL_TRADE_HEAD, head + 1);
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    memory.addI64(block + L.INS_TRADE_COUNT, 1);
    memory.addI64(block + L.INS_VOLUME_LOTS, lots);
    memory.setI64(block + L.INS_LAST_TRADE_TICKS, ticks);
  }

  /** Sends one order a turn; the one sent eight turns ago comes to its end. */
  #order(): void {
    const { memory } = this;
    const number = ++this.#orderNumber;
    const at = L.ORDERS + (number % 512) * L.ORDER_BYTES;
    const instrument = number % FAKE_INSTRUMENTS.length;
    const side = (number * 7) % 11 < 6 ? 1 : 2;
    memory.setI64(at + L.ORD_NUMBER, number);
    memory.setI64(at + L.ORD_CLORDID, number);
    memory.setI32(at + L.ORD_STRATEGY, number % 2);
    memory.setI32(at + L.ORD_INSTRUMENT, instrument);
    memory.setI32(at + L.ORD_SIDE, side);
    memory.setI64(at + L.ORD_PRICE_TICKS, this.#midTicks(instrument) + (side === 1 ? -5 : 5));
    memory.setI64(at + L.ORD_QTY_LOTS, 100);
    memory.setI64(at + L.ORD_CUM_LOTS, 0);
    memory.setI64(at + L.ORD_LEAVES_LOTS, 100);
    memory.setI64(at + L.ORD_UPDATED_NS, memory.i64(L.CTL_CORE_TIME_NS));
    memory.setI32(at + L.ORD_STATE, L.ORDER_NEW);
    memory.addI64(L.CTL_ORDERS_SENT, 1);
    memory.addI64(L.STRATEGIES + (number % 2) * L.STRATEGY_BYTES + L.STR_ORDERS, 1);
    if (number > 8) this.#finish(number - 8);
    memory.setI32(L.CTL_OPEN_ORDERS, Math.min(number, 8));
    for (const strategy of [0, 1]) {
      const block = L.STRATEGIES + strategy * L.STRATEGY_BYTES;
      memory.setI32(block + L.STR_OPEN_ORDERS, Math.min(number, 8) / 2);
    }
  }

  #finish(number: number): void {
    const { memory } = this;
    const at = L.ORDERS + (number % 512) * L.ORDER_BYTES;
    memory.setI64(at + L.ORD_LEAVES_LOTS, 0);
    memory.setI64(at + L.ORD_UPDATED_NS, memory.i64(L.CTL_CORE_TIME_NS));
    const states = [L.ORDER_FILLED, L.ORDER_CANCELED, L.ORDER_FILLED, L.ORDER_REJECTED];
    const state = states[((number * 5) % 7) % states.length]!;
    memory.setI32(at + L.ORD_STATE, state);
    memory.setI32(at + L.ORD_REASON, state === L.ORDER_REJECTED ? 3 : 0);
    if (state === L.ORDER_FILLED) this.#fill(at, number);
  }

  #fill(order: number, number: number): void {
    const { memory } = this;
    const strategy = memory.i32(order + L.ORD_STRATEGY);
    const instrument = memory.i32(order + L.ORD_INSTRUMENT);
    const side = memory.i32(order + L.ORD_SIDE);
    const ticks = memory.i64(order + L.ORD_PRICE_TICKS);
    const sign = side === 1 ? 1 : -1;
    memory.setI64(order + L.ORD_CUM_LOTS, 100);
    const head = memory.i64(L.CTL_FILL_HEAD);
    const at = L.FILLS + (head % L.RECORDS_KEPT) * L.FILL_BYTES;
    memory.setI64(at, memory.i64(L.CTL_CORE_TIME_NS));
    memory.setI64(at + 8, ticks);
    memory.setI64(at + 16, 100);
    memory.setI32(at + 24, instrument);
    memory.setI32(at + 28, side);
    memory.setI32(at + 32, strategy);
    memory.setI64(at + 40, number);
    memory.setI64(L.CTL_FILL_HEAD, head + 1);
    memory.addI64(L.CTL_FILLS, 1);
    const row = L.POSITIONS + (strategy * L.INSTRUMENTS_MAX + instrument) * L.POSITION_BYTES;
    this.#book(row, sign * 100, ticks);
    memory.addI64(row + L.POS_FILLS, 1);
    memory.addI64(row + L.POS_FEES_E6, 3_500_000);
    const block = L.STRATEGIES + strategy * L.STRATEGY_BYTES;
    memory.addI64(block + L.STR_FILLS, 1);
    memory.addI64(block + L.STR_EQUITY_MINOR, ((number * 7) % 90) - 38);
  }

  /** Average cost: what reduces a position is realised against its average. */
  #book(row: number, lots: number, ticks: number): void {
    const { memory } = this;
    const held = memory.i64(row + L.POS_LOTS);
    const cost = memory.i64(row + L.POS_OPEN_COST);
    const closes = held !== 0 && Math.sign(held) !== Math.sign(lots);
    const released = closes ? Math.round((cost * lots) / held) : 0;
    if (closes) memory.addI64(row + L.POS_REALISED, released - lots * ticks);
    memory.addI64(row + L.POS_OPEN_COST, closes ? released : lots * ticks);
    memory.addI64(row + L.POS_LOTS, lots);
  }

  #refusal(): void {
    const { memory } = this;
    const codes = [L.DENY_POSITION, L.DENY_PRICE_COLLAR, L.DENY_MESSAGE_RATE, L.DENY_STALE_BOOK];
    const head = memory.i64(L.CTL_REFUSAL_HEAD);
    const code = codes[head % codes.length]!;
    const at = L.REFUSALS + (head % L.RECORDS_KEPT) * L.REFUSAL_BYTES;
    memory.setI64(at, memory.i64(L.CTL_CORE_TIME_NS));
    memory.setI32(at + 8, code);
    memory.setI32(at + 12, head % 2);
    memory.setI32(at + 16, head % FAKE_INSTRUMENTS.length);
    memory.setI64(at + 40, 1 + (head % 5));
    memory.setI64(L.CTL_REFUSAL_HEAD, head + 1);
    memory.addI64(L.REFUSAL_COUNTS + code * 8, 1);
    memory.addI64(L.CTL_DENIED, 1);
    memory.addI64(L.STRATEGIES + (head % 2) * L.STRATEGY_BYTES + L.STR_DENIED, 1);
  }

  #sessions(): void {
    const { memory } = this;
    for (const session of [0, 1]) {
      const at = L.SESSIONS + session * L.SESSION_BYTES;
      memory.addI64(at + L.SES_NEXT_IN, session === 0 ? 2 : 37);
      memory.addI64(at + L.SES_NEXT_OUT, session === 0 ? 1 : 0);
      memory.addI64(at + L.SES_MESSAGES_IN, session === 0 ? 2 : 37);
      memory.addI64(at + L.SES_MESSAGES_OUT, session === 0 ? 1 : 0);
      memory.setAbsoluteNs(at + L.SES_LAST_RECEIVED_NS, BigInt(Date.now()) * 1_000_000n);
    }
  }
}
