/**
 * The plain twin of limits.ts: the same rules written for a reader, with message times and recent orders in
 * ordinary lists instead of rings. Tests run both on the same intents and demand the same verdicts. It reads
 * the shared memory and writes none of it.
 */
import * as R from './journal-ring-layout.ts';
import * as L from './layout.ts';
import type { Memory } from './memory.ts';

const SECOND_NS = 1e9;
const MARKET = '1';

interface Recent {
  readonly order: string;
  readonly timeNs: number;
}

/** Everything a rule may look at, read once. */
interface Case {
  readonly kind: number;
  readonly strategy: number;
  readonly instrument: number;
  readonly side: number;
  readonly ordType: string;
  readonly timeInForce: string;
  readonly priceTicks: number;
  readonly qtyLots: number;
  readonly account: number;
  readonly byHand: boolean;
  /** Addresses; order is 0 where the intent means none of its own. */
  readonly block: { strategy: number; instrument: number; book: number; limit: number };
  readonly order: number;
  readonly sameSideLots: number;
  /** Position seen from the order's side: positive = the order adds to it. */
  readonly heldLots: number;
  readonly addedLots: number;
}

export class LimitsReference {
  readonly #memory: Memory;
  readonly #messages: number[][] = Array.from({ length: L.STRATEGIES_MAX }, () => []);
  readonly #recent: Recent[][] = Array.from({ length: L.STRATEGIES_MAX }, () => []);

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** The verdict on INTENT; an allowed message is counted. */
  check(): number {
    const memory = this.#memory;
    const instrument = memory.i32(L.INTENT + L.INT_INSTRUMENT);
    const strategy = memory.i32(L.INTENT + L.INT_STRATEGY);
    const isCancel = memory.i32(L.INTENT + L.INT_KIND) === L.INTENT_CANCEL;
    const isHalted = memory.i32(L.CTL_FIRM_STATE) === L.TRADING_HALTED;
    if (!isCancel && isHalted) return L.DENY_KILLED;
    const hasInstrument = instrument >= 0 && instrument < memory.i32(L.CTL_INSTRUMENT_COUNT);
    const hasStrategy = strategy >= 0 && strategy < memory.i32(L.CTL_STRATEGY_COUNT);
    if (isCancel && !hasInstrument) return L.DENY_SESSION_DOWN;
    if (!hasInstrument || (!isCancel && !hasStrategy)) return L.DENY_NO_LIMIT_SET;
    const intent = this.#read();
    const rules: readonly [number, (intent: Case) => boolean][] = isCancel
      ? this.#cancelRules
      : this.#orderRules;
    const verdict = rules.find(([, refuses]) => refuses(intent))?.[0] ?? L.ALLOWED;
    if (verdict === L.ALLOWED) this.#count(intent);
    return verdict;
  }

  readonly #cancelRules: readonly [number, (intent: Case) => boolean][] = [
    [L.DENY_SESSION_DOWN, (intent) => this.#isSessionDown(intent)],
    [L.DENY_ORDER_STATE, (intent) => !this.#isCancellable(intent)],
    [L.DENY_BACK_PRESSURE, (intent) => this.#isTxFull(intent)],
  ];

  readonly #orderRules: readonly [number, (intent: Case) => boolean][] = [
    [L.DENY_STATE, (intent) => this.#isStateAgainst(intent)],
    [L.DENY_NO_LIMIT_SET, (intent) => this.#memory.i32(intent.block.limit + L.LIM_SET) === 0],
    [L.DENY_NOT_PERMITTED, (intent) => !this.#isPermitted(intent)],
    [L.DENY_CLOSED, (intent) => this.#isClosed(intent)],
    [L.DENY_SESSION_DOWN, (intent) => this.#isSessionDown(intent)],
    [L.DENY_BOOK_STATE, (intent) => !this.#isBookWhole(intent)],
    [L.DENY_STALE_BOOK, (intent) => this.#bookAgeNs(intent) > this.#limit(intent, L.LIM_STALE_NS)],
    [L.DENY_BAD_PRICE, (intent) => intent.ordType !== MARKET && !this.#isPriceSound(intent)],
    [L.DENY_PRICE_COLLAR, (intent) => this.#isOutsideCollar(intent)],
    [L.DENY_ORDER_QTY, (intent) => !this.#isQtySound(intent)],
    [L.DENY_ORDER_NOTIONAL, (intent) => this.#isNotionalTooLarge(intent)],
    [
      L.DENY_POSITION,
      ({ heldLots, sameSideLots, addedLots, ...intent }) =>
        heldLots + sameSideLots + addedLots >
        this.#memory.i64(intent.block.limit + L.LIM_POSITION_LOTS_MAX),
    ],
    [L.DENY_MESSAGE_RATE, (intent) => this.#isTooFast(intent)],
    [L.DENY_DUPLICATE, (intent) => this.#isDuplicate(intent)],
    [L.DENY_DAILY_LOSS, (intent) => this.#isLossReached(intent) && !reduces(intent)],
    [L.DENY_OPEN_ORDERS, (intent) => this.#hasTooManyOpen(intent)],
    [L.DENY_TOO_MANY_ORDERS, (intent) => isNew(intent) && this.#isTableFull()],
    [L.DENY_ORDER_STATE, (intent) => !isNew(intent) && !this.#isResting(intent)],
    [L.DENY_BACK_PRESSURE, (intent) => this.#isTxFull(intent) || this.#isJournalBehind()],
  ];

  #read(): Case {
    const memory = this.#memory;
    const int = (field: number) => memory.i32(L.INTENT + field);
    const kind = int(L.INT_KIND);
    const strategy = int(L.INT_STRATEGY);
    const instrument = int(L.INT_INSTRUMENT);
    const side = int(L.INT_SIDE);
    const qtyLots = memory.i64(L.INTENT + L.INT_QTY_LOTS);
    const row = strategy * L.INSTRUMENTS_MAX + instrument;
    const position = L.POSITIONS + row * L.POSITION_BYTES;
    const order = kind === L.INTENT_NEW ? 0 : this.#order(strategy, instrument, side);
    const heldLots = memory.i64(position + L.POS_LOTS);
    const sameSide = side === 1 ? L.POS_OPEN_BUY_LOTS : L.POS_OPEN_SELL_LOTS;
    const unfilledLots = order === 0 ? qtyLots : qtyLots - memory.i64(order + L.ORD_CUM_LOTS);
    const countedLots = order === 0 ? 0 : memory.i64(order + L.ORD_WORKING_LOTS);
    return {
      kind,
      strategy,
      instrument,
      side,
      ordType: String.fromCharCode(int(L.INT_ORD_TYPE)),
      timeInForce: String.fromCharCode(int(L.INT_TIME_IN_FORCE)),
      priceTicks: memory.i64(L.INTENT + L.INT_PRICE_TICKS),
      qtyLots,
      account: int(L.INT_ACCOUNT),
      byHand: (int(L.INT_FLAGS) & L.INTENT_FLAG_OPERATOR) !== 0,
      block: {
        strategy: L.STRATEGIES + strategy * L.STRATEGY_BYTES,
        instrument: L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES,
        book: L.BOOKS + instrument * L.BOOK_BYTES,
        limit: L.LIMITS + row * L.LIMIT_BYTES,
      },
      order,
      sameSideLots: memory.i64(position + sameSide),
      heldLots: side === 1 ? heldLots : -heldLots,
      addedLots: order === 0 ? qtyLots : Math.max(0, unfilledLots - countedLots),
    };
  }

  #order(strategy: number, instrument: number, side: number): number {
    const memory = this.#memory;
    const slot = memory.i32(L.INTENT + L.INT_ORDER_SLOT);
    if (slot < 0 || slot >= L.ORDERS_MAX) return 0;
    const order = L.ORDERS + slot * L.ORDER_BYTES;
    const isIt =
      memory.i64(order + L.ORD_NUMBER) !== 0 &&
      memory.i32(order + L.ORD_STRATEGY) === strategy &&
      memory.i32(order + L.ORD_INSTRUMENT) === instrument &&
      memory.i32(order + L.ORD_SIDE) === side;
    return isIt ? order : 0;
  }

  #isStateAgainst(intent: Case): boolean {
    const memory = this.#memory;
    const account = memory.i32(intent.block.strategy + L.STR_ACCOUNT);
    const states = [
      memory.i32(L.CTL_FIRM_STATE),
      memory.i32(intent.block.strategy + L.STR_TRADING_STATE),
      memory.i32(L.ACCOUNTS + account * L.ACCOUNT_BYTES + L.ACC_TRADING_STATE),
      memory.i32(intent.block.instrument + L.INS_TRADING_STATE),
    ];
    if (states.includes(L.TRADING_HALTED)) return true;
    if (intent.byHand) return !reduces(intent);
    if (memory.i32(intent.block.strategy + L.STR_PAUSED) !== 0) return true;
    return states.includes(L.TRADING_REDUCING) && !reduces(intent);
  }

  #isPermitted(intent: Case): boolean {
    return (
      (isNew(intent) || intent.kind === L.INTENT_REPLACE) &&
      [1, 2].includes(intent.side) &&
      ['1', '2'].includes(intent.ordType) &&
      ['0', '1', '3', '4'].includes(intent.timeInForce) &&
      intent.account === this.#memory.i32(intent.block.strategy + L.STR_ACCOUNT) &&
      this.#memory.i32(intent.block.limit + L.LIM_PERMITTED) !== 0
    );
  }

  #isClosed({ block }: Case): boolean {
    const closeNs = this.#memory.i64(block.instrument + L.INS_CLOSE_NS);
    const openNs = this.#memory.i64(block.instrument + L.INS_OPEN_NS);
    const nowNs = this.#memory.i64(L.CTL_CORE_TIME_NS);
    return closeNs !== 0 && !(nowNs >= openNs && nowNs < closeNs);
  }

  #isSessionDown(intent: Case): boolean {
    const session = this.#memory.i32(intent.block.instrument + L.INS_SESSION);
    if (session < 0) return true;
    const state = this.#memory.i32(L.SESSIONS + session * L.SESSION_BYTES + L.SES_STATE);
    if (intent.kind === L.INTENT_CANCEL && state === L.SESSION_RECOVERING) return false;
    return state !== L.SESSION_LIVE;
  }

  #isBookWhole({ block }: Case): boolean {
    const memory = this.#memory;
    const isTwoSided =
      memory.i32(block.book + L.BOOK_BID_COUNT) > 0 &&
      memory.i32(block.book + L.BOOK_ASK_COUNT) > 0;
    const spreadTicks =
      memory.i64(block.book + L.BOOK_ASK_TICKS) - memory.i64(block.book + L.BOOK_BID_TICKS);
    const isLive = memory.i32(block.instrument + L.INS_BOOK_STATE) === L.BOOK_LIVE;
    return isLive && isTwoSided && spreadTicks > 0;
  }

  #bookAgeNs({ block }: Case): number {
    const memory = this.#memory;
    return memory.i64(L.CTL_CORE_TIME_NS) - memory.i64(block.instrument + L.INS_LAST_UPDATE_NS);
  }

  #limit({ block }: Case, field: number): number {
    return this.#memory.i64(block.limit + field);
  }

  #isPriceSound({ priceTicks, block }: Case): boolean {
    const increment = this.#memory.i64(block.instrument + L.INS_MIN_INCREMENT_TICKS);
    return priceTicks > 0 && priceTicks <= 2 ** 48 && increment > 0 && priceTicks % increment === 0;
  }

  /** A market order would trade at the opposite touch. */
  #judgedPrice(intent: Case): number {
    if (intent.ordType !== MARKET) return intent.priceTicks;
    const touch = intent.side === 1 ? L.BOOK_ASK_TICKS : L.BOOK_BID_TICKS;
    return this.#memory.i64(intent.block.book + touch);
  }

  #isOutsideCollar(intent: Case): boolean {
    const memory = this.#memory;
    const mid2 =
      memory.i64(intent.block.book + L.BOOK_BID_TICKS) +
      memory.i64(intent.block.book + L.BOOK_ASK_TICKS);
    const bps = memory.i32(intent.block.limit + L.LIM_COLLAR_BPS);
    return Math.abs(2 * this.#judgedPrice(intent) - mid2) * 10_000 > mid2 * bps;
  }

  #isQtySound(intent: Case): boolean {
    const doneLots = intent.order === 0 ? 0 : this.#memory.i64(intent.order + L.ORD_CUM_LOTS);
    const { qtyLots } = intent;
    return qtyLots > doneLots && qtyLots <= this.#limit(intent, L.LIM_ORDER_LOTS_MAX);
  }

  #isNotionalTooLarge(intent: Case): boolean {
    const memory = this.#memory;
    const tickLots = this.#judgedPrice(intent) * intent.qtyLots;
    const currency = memory.i32(intent.block.instrument + L.INS_CURRENCY);
    const toBase = memory.f64(L.CURRENCIES + currency * L.CURRENCY_BYTES + L.CUR_TO_BASE);
    const minor = tickLots * memory.f64(intent.block.instrument + L.INS_MINOR_PER_TICK_LOT);
    const baseMinor = Math.floor(minor * toBase + 0.5);
    const isCountable = tickLots <= Number.MAX_SAFE_INTEGER && baseMinor <= Number.MAX_SAFE_INTEGER;
    return !isCountable || baseMinor > this.#limit(intent, L.LIM_ORDER_NOTIONAL_MINOR_MAX);
  }

  #isTooFast(intent: Case): boolean {
    const most = this.#memory.i32(intent.block.limit + L.LIM_MESSAGES_PER_S_MAX);
    if (most <= 0 || most > L.RATE_RING_SLOTS) return true;
    const now = this.#memory.i64(L.CTL_CORE_TIME_NS);
    const times = this.#messages[intent.strategy]!;
    let inLastSecond = 0;
    for (let at = times.length - 1; at >= 0 && now - times[at]! < SECOND_NS; at--) inLastSecond++;
    return inLastSecond >= most;
  }

  #isDuplicate(intent: Case): boolean {
    if (!isNew(intent)) return false;
    const now = this.#memory.i64(L.CTL_CORE_TIME_NS);
    const windowNs = this.#limit(intent, L.LIM_DUPLICATE_NS);
    return this.#recent[intent.strategy]!.some(
      ({ order, timeNs }) => order === nameOf(intent) && now - timeNs < windowNs,
    );
  }

  #isLossReached(intent: Case): boolean {
    const equityMinor = this.#memory.i64(intent.block.strategy + L.STR_EQUITY_MINOR);
    return -equityMinor >= this.#limit(intent, L.LIM_DAILY_LOSS_MINOR_MAX);
  }

  #hasTooManyOpen(intent: Case): boolean {
    const open = this.#memory.i32(intent.block.strategy + L.STR_OPEN_ORDERS);
    return isNew(intent) && open >= this.#memory.i32(intent.block.limit + L.LIM_OPEN_ORDERS_MAX);
  }

  #isTableFull(): boolean {
    return this.#memory.i32(L.CTL_OPEN_ORDERS) >= L.ORDERS_MAX;
  }

  #isResting({ order }: Case): boolean {
    const state = this.#memory.i32(order + L.ORD_STATE);
    return order !== 0 && [L.ORDER_NEW, L.ORDER_PARTIALLY_FILLED].includes(state as 2 | 3);
  }

  #isCancellable(intent: Case): boolean {
    const state = this.#memory.i32(intent.order + L.ORD_STATE);
    return this.#isResting(intent) || (intent.order !== 0 && state === L.ORDER_PENDING_NEW);
  }

  #isTxFull({ block }: Case): boolean {
    const session = this.#memory.i32(block.instrument + L.INS_SESSION);
    const used = this.#memory.i32(L.SESSIONS + session * L.SESSION_BYTES + L.SES_TX_END);
    return L.TX_BYTES - used < 1024;
  }

  #isJournalBehind(): boolean {
    const waiting = this.#memory.i64(R.RING_HEAD) - this.#memory.i64(R.RING_TAIL);
    const isWell = this.#memory.i32(R.RING_FAULT) === R.WRITER_WELL;
    return !isWell || waiting * 2 >= R.JOURNAL_RING_DATA_BYTES;
  }

  #count(intent: Case): void {
    const timeNs = this.#memory.i64(L.CTL_CORE_TIME_NS);
    this.#messages[intent.strategy]!.push(timeNs);
    if (!isNew(intent)) return;
    const recent = this.#recent[intent.strategy]!;
    recent.unshift({ order: nameOf(intent), timeNs });
    recent.length = Math.min(recent.length, L.DUPLICATE_SLOTS);
  }
}

const isNew = (intent: Case) => intent.kind === L.INTENT_NEW;

/** Even if all that works on its side trades first, the order only takes from the position. */
function reduces({ heldLots, sameSideLots, addedLots }: Case): boolean {
  return heldLots < 0 && sameSideLots + addedLots <= -heldLots;
}

function nameOf(intent: Case): string {
  const price = intent.ordType === MARKET ? 'market' : intent.priceTicks;
  return [intent.instrument, intent.side, price, intent.qtyLots].join(' ');
}
