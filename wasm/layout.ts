/**
 * The memory map: every byte of hot state, its place and its meaning. Plain constants, compiled into
 * AssemblyScript and TypeScript alike, so no offset is written twice. One shared WebAssembly.Memory of
 * MEMORY_PAGES pages holds it; AssemblyScript's own static data starts at STATIC_DATA (asconfig.json).
 *
 * Integers that count money, ticks, lots or nanoseconds are i64. "rel ns" is nanoseconds since
 * CTL_MARKET_EPOCH_NS (midnight UTC of the first market time); "abs ns" is since 1970. Fields marked
 * (wall) hold wall-clock facts and are outside the state hash.
 */

export const MEMORY_PAGES = 3136; // 196 MiB, fixed; pages that are never touched cost nothing
export const STATIC_DATA = 66060288; // = --memoryBase: 63 MiB

// ---- Limits of every table. What happens at the limit stands beside the table.
export const SESSIONS_MAX = 4;
export const INSTRUMENTS_MAX = 1024; // more are refused with the configuration
export const STRATEGIES_MAX = 16;
export const ACCOUNTS_MAX = 16;
export const CURRENCIES_MAX = 16;
export const LEVELS_MAX = 4096; // per side; the level farthest from the touch is dropped and counted
export const ORDERS_MAX = 16384; // live or recently closed; none free: DENY_TOO_MANY_ORDERS
export const CLORDIDS_MAX = 131072; // a request older than this many intents is no longer found
export const DECODED_ENTRIES_MAX = 8192; // a larger message is refused: BAD_GROUP_COUNT
export const RATE_RING_SLOTS = 4096; // the largest messages-per-second limit that config accepts
export const DUPLICATE_SLOTS = 8;
export const EXEC_IDS_KEPT = 8; // per order, to recognise a repeated execution

// ---- Control words: |control thread and hot loop meet here|
// |0 kill i32 |4 killApplied i32 |8 heartbeat i32 |12 loopState i32 |24 marketEpochNs i64 |32 coreTimeNs i64 rel
// |40 nowNs i64 abs (wall) |48 recordSequence i64 |56 intentSequence i64 |64 clOrdIdPrefix 8 bytes |72 firmState i32 |76 clockMode i32
// |80 counts: i32 instruments, strategies, accounts, sessions |96 baseCurrency i32 |104 ring heads …
export const CONTROL = 1024;
export const CTL_KILL = CONTROL; // atomic: kill generation asked for by the control thread, 0 = never
export const CTL_KILL_APPLIED = CONTROL + 4; // atomic: last generation the loop has applied
export const CTL_HEARTBEAT = CONTROL + 8; // atomic: the loop adds one a turn; unchanged for 250 ms = hung
export const CTL_LOOP_STATE = CONTROL + 12; // LOOP_*
export const CTL_MARKET_EPOCH_NS = CONTROL + 24; // 0 until the first market time was seen
export const CTL_CORE_TIME_NS = CONTROL + 32; // never goes back
export const CTL_NOW_NS = CONTROL + 40; // receive time of the record in hand
export const CTL_RECORD_SEQUENCE = CONTROL + 48;
export const CTL_INTENT_SEQUENCE = CONTROL + 56;
export const CTL_CLORDID_PREFIX = CONTROL + 64; // CLORDID_PREFIX_BYTES of [0-9A-Z]
export const CLORDID_PREFIX_BYTES = 7;
export const CTL_FIRM_STATE = CONTROL + 72; // TRADING_*
export const CTL_INSTRUMENT_COUNT = CONTROL + 80;
export const CTL_STRATEGY_COUNT = CONTROL + 84;
export const CTL_ACCOUNT_COUNT = CONTROL + 88;
export const CTL_SESSION_COUNT = CONTROL + 92;
export const CTL_BASE_CURRENCY = CONTROL + 96;
export const CTL_CURRENCY_COUNT = CONTROL + 100;
export const CTL_TRADE_HEAD = CONTROL + 104; // i64: trades ever written to the TRADES ring
export const CTL_REFUSAL_HEAD = CONTROL + 112; // i64
export const CTL_FILL_HEAD = CONTROL + 120; // i64
export const CTL_ORDER_CURSOR = CONTROL + 128; // i32: where the search for a free order slot starts
export const CTL_OPEN_ORDERS = CONTROL + 132; // i32
export const CTL_MARKET_DATA_MESSAGES = CONTROL + 136; // i64
export const CTL_ORDERS_SENT = CONTROL + 144; // i64: NewOrderSingle only
export const CTL_FILLS = CONTROL + 152; // i64
export const CTL_VENUE_REJECTS = CONTROL + 160; // i64
export const CTL_DENIED = CONTROL + 168; // i64
export const CTL_JOURNAL_BYTES = CONTROL + 176; // i64 (wall)
export const CTL_GARBLED = CONTROL + 184; // i64 (wall)
export const CTL_SIGNAL_PARAMS = CONTROL + 192; // f64 x 5: half-lives in ns of ofi, volatility, mean, z deviation, VWAP
export const CTL_ORDER_BY_STATE = CONTROL + 256; // i32 x 16: orders now in each ORDER_* state
export const CTL_DRAWDOWN_MINOR_MAX = CONTROL + 320; // i64, base currency: a strategy that has lost so much from its peak is halted
export const CTL_NEXT_DAY_NS = CONTROL + 328; // i64 rel: the trading hours are reckoned anew then

export const LOOP_STARTING = 0;
export const LOOP_RUNNING = 1;
export const LOOP_STOPPING = 2;
export const LOOP_STOPPED = 3;

export const TRADING_ACTIVE = 0;
export const TRADING_REDUCING = 1;
export const TRADING_HALTED = 2;

// ---- FIX sessions. nextIn/nextOut are the one pair of counters that fast and slow path share.
export const SESSIONS = 8192;
export const SESSION_BYTES = 1024;
export const SES_STATE = 0; // i32 SESSION_*
export const SES_MARKET_TIME_TAG = 4; // i32: tag with the recorded market time, in 35=W and X; 0 = receive time is market time
export const SES_NEXT_IN = 8; // i64
export const SES_NEXT_OUT = 16; // i64
export const SES_RX_START = 24; // i32: first unread byte, relative to the session's RX
export const SES_RX_END = 28; // i32: one past the last byte
export const SES_TX_END = 32; // i32: bytes waiting in the session's TX
export const SES_SENDER_LENGTH = 36; // i32
export const SES_TARGET_LENGTH = 40; // i32
export const SES_BEGIN_LENGTH = 44; // i32
export const SES_LAST_RECEIVED_NS = 48; // i64 abs (wall)
export const SES_LAST_SENT_NS = 56; // i64 abs (wall)
export const SES_MESSAGES_IN = 64; // i64 (wall)
export const SES_MESSAGES_OUT = 72; // i64 (wall)
export const SES_MAX_LATENCY_NS = 80; // i64: SendingTime may differ from nowNs by this much
export const SES_SEARCHED = 88; // i32: the search for the CheckSum of the message at SES_RX_START goes on here; of one to be dropped its length
export const SES_HEADER_LENGTH = 92; // i32
export const SES_TIME_BYTES = 96; // i32: of the times that we write: 21 with milliseconds, 24, 27 with nanoseconds
export const SES_RECEIVED_NS = 104; // f64 (wall): when the last bytes in RX came, of the loop's elapsed time
export const SES_SENT_NS = 112; // f64 (wall): when bytes of TX were handed to the socket last, of the loop's elapsed time
export const SES_SENDER = 128; // 64 bytes: our SenderCompID (49 out, 56 in)
export const SES_TARGET = 192; // 64 bytes: the peer's CompID (56 out, 49 in)
export const SES_BEGIN = 256; // 16 bytes: BeginString
export const SES_NAME = 288; // 32 bytes, NUL padded
export const SES_HEADER = 320; // 304 bytes: further header fields of every message of ours, as they stand in it
export const SES_HEADER_BYTES_MAX = 304;
export const SESSION_DISCONNECTED = 0;
export const SESSION_LOGON_SENT = 1;
export const SESSION_LIVE = 2;
export const SESSION_RECOVERING = 3; // a gap is being filled: no fast path
export const SESSION_LOGOUT_SENT = 4;

export const RX = 65536; // SESSIONS_MAX receive buffers
export const RX_BYTES = 262144;
export const TX = 1114112; // RX + SESSIONS_MAX * RX_BYTES
export const TX_BYTES = 262144;
export const MESSAGE_BYTES_MAX = 131072; // a longer BodyLength is refused

// ---- One decoded message
export const DECODED = 2162688; // TX + SESSIONS_MAX * TX_BYTES
export const DEC_KIND = 0; // i32 DECODED_*
export const DEC_ENTRY_COUNT = 4; // i32
export const DEC_MSG_SEQ_NUM = 8; // i64
export const DEC_SENDING_TIME_NS = 16; // i64 abs
export const DEC_MARKET_TIME_NS = 24; // i64 abs: the tag's time, or 0 where the message has none
export const DEC_IS_SNAPSHOT = 32; // i32
export const DEC_MESSAGE = 40; // i32: address of the message's first byte
export const DEC_MESSAGE_LENGTH = 44; // i32
export const DEC_ERROR = 48; // i32 FIX_*: why the message is not on the fast path
export const DEC_INSTRUMENT = 52; // i32: of the snapshot or execution, -1 = unknown
export const DEC_UPDATE_ID = 56; // i64: the feed's own number, 0 = none
export const DEC_CLORDID = 64; // i64: intent sequence in ClOrdID (11), -1 = not ours
export const DEC_ORIG_CLORDID = 72; // i64: likewise OrigClOrdID (41)
export const DEC_EXEC_TYPE = 80; // i32: the ASCII code of 150
export const DEC_ORD_STATUS = 84; // i32: the ASCII code of 39
export const DEC_SIDE = 88; // i32
export const DEC_REJECT_REASON = 92; // i32: 103, -1 = absent
export const DEC_PRICE_TICKS = 96; // i64: 44
export const DEC_ORDER_LOTS = 104; // i64: 38
export const DEC_LAST_PX_TICKS = 112; // i64: 31
export const DEC_LAST_LOTS = 120; // i64: 32
export const DEC_LEAVES_LOTS = 128; // i64: 151
export const DEC_CUM_LOTS = 136; // i64: 14
export const DEC_EXEC_ID_HASH = 144; // i64: FNV-1a 64 of 17
export const DEC_ORDER_ID = 152; // i32 address, 37
export const DEC_ORDER_ID_LENGTH = 156; // i32
export const DEC_LIQUIDITY = 160; // i32: 851 LastLiquidityInd, 1 added, 2 removed, 0 absent
export const DEC_ENTRIES = 256; // entries follow
export const ENTRY_BYTES = 32; // |0 instrument i32 |4 action i32 |8 type i32 |12 flags i32 |16 priceTicks i64 |24 qtyLots i64
export const ENTRY_INSTRUMENT = 0;
export const ENTRY_ACTION = 4; // FIX 279
export const ENTRY_TYPE = 8; // ENTRY_BID …
export const ENTRY_PRICE_TICKS = 16;
export const ENTRY_QTY_LOTS = 24;
export const DECODED_NOTHING = 0; // no complete message in RX
export const DECODED_MARKET_DATA = 1; // 35=W, X
export const DECODED_EXECUTION = 2; // 35=8
export const DECODED_SLOW = 3; // a whole, well-formed frame for the session in TypeScript; DEC_ERROR says why
export const DECODED_GARBLED = 4; // bytes to be skipped (DEC_MESSAGE, DEC_MESSAGE_LENGTH), no number used up
export const DECODED_CANCEL_REJECT = 5; // 35=9
export const DECODED_HEARTBEAT = 6; // 35=0 that answers no TestRequest
export const DECODED_APPLIED = 7; // market data that is journaled and applied already (tickNext)
export const ACTION_NEW = 0;
export const ACTION_CHANGE = 1;
export const ACTION_DELETE = 2;
export const ENTRY_BID = 0;
export const ENTRY_ASK = 1;
export const ENTRY_TRADE = 2;
export const ENTRY_EMPTY_BOOK = 3; // 269=J
// Why a message left the fast path (DEC_ERROR); 0 on the fast path.
export const FIX_NOT_FAST_TYPE = 1;
export const FIX_NOT_LIVE = 2;
export const FIX_COMP_ID = 3;
export const FIX_SEQUENCE = 4;
export const FIX_SENDING_TIME = 5;
export const FIX_UNKNOWN_TAG = 6;
export const FIX_MISSING_TAG = 7;
export const FIX_BAD_VALUE = 8;
export const FIX_OFF_GRID = 9; // price off the tick grid or quantity off the lot grid, or past 2^53
export const FIX_UNKNOWN_SYMBOL = 10;
export const FIX_BAD_GROUP_COUNT = 11;
export const FIX_POSS_DUP = 12;
export const FIX_BODY_LENGTH = 13; // garbled: CheckSum is not where it says
export const FIX_CHECKSUM = 14; // garbled
export const FIX_FIRST_FIELDS = 15; // garbled: 8, 9, 35 are not the first three, or the message has no end
export const FIX_BEGIN_STRING = 16;

// ---- What a strategy asks for: one intent at a time
export const INTENT = 2428928; // DECODED + 256 + DECODED_ENTRIES_MAX * ENTRY_BYTES + slack
export const INT_KIND = 0; // i32 INTENT_*
export const INT_STRATEGY = 4;
export const INT_INSTRUMENT = 8;
export const INT_SIDE = 12; // 1 buy, 2 sell (FIX 54)
export const INT_ORD_TYPE = 16; // ASCII code of FIX 40: '1' market, '2' limit
export const INT_TIME_IN_FORCE = 20; // ASCII code of FIX 59: '0' DAY '1' GTC '3' IOC '4' FOK
export const INT_PRICE_TICKS = 24; // i64
export const INT_QTY_LOTS = 32; // i64: for a replace the new total quantity
export const INT_ORDER_SLOT = 40; // i32: target of cancel and replace; for NEW the slot that was given
export const INT_ACCOUNT = 44;
export const INT_SEQUENCE = 48; // i64
export const INT_VERDICT = 56; // i32: 0 allowed, DENY_*
export const INT_FLAGS = 60; // i32: INTENT_FLAG_*
export const INT_FEATURES = 64; // f64 x FEATURES: what the strategy saw
export const FEATURES = 8; // bidTicks askTicks midTicks2 microprice ofi ewmaVol zScore positionLots
export const INTENT_BYTES = 128;
export const INTENT_NEW = 1;
export const INTENT_CANCEL = 2;
export const INTENT_REPLACE = 3;
export const INTENT_FLAG_OPERATOR = 1; // asked by hand (flatten): allowed to reduce while HALTED is not set
export const INTENT_FLAG_QUOTE = 2; // the order that Market.quote keeps on this side

// ---- Where a journal record is put together before it is written
export const JOURNAL_STAGE = 2430976;
export const JOURNAL_STAGE_BYTES = 1048576;

// ---- Input ring: feed workers write, the loop polls (engine/ring)
export const INPUT_RING = 3481600; // |0 head i32 |4 tail i32 (atomic) |64 data …
export const INPUT_RING_DATA = 64;
export const INPUT_RING_BYTES = 4194304; // data bytes, a power of two

// ---- Instruments
export const INSTRUMENTS = 7680000;
export const INSTRUMENT_BYTES = 256;
export const INS_SYMBOL = 0; // 32 bytes
export const INS_SYMBOL_LENGTH = 32; // i32
export const INS_TRADING_STATE = 36; // i32 TRADING_*
export const INS_CURRENCY = 40; // i32
export const INS_SESSION = 44; // i32: where its orders go, -1 = not tradable
export const INS_TICK_E8 = 48; // i64: tick size x 1e8
export const INS_LOT_E8 = 56; // i64: lot size x 1e8
export const INS_MIN_INCREMENT_TICKS = 64; // i64: orders must be a multiple (FIX 969)
export const INS_MINOR_PER_TICK_LOT = 72; // f64: minor currency units that one tick on one lot is worth
export const INS_BOOK_STATE = 80; // i32 BOOK_*
export const INS_LAST_TRADE_SIDE = 84; // i32: aggressor by the tick and quote rule, 0 unknown
export const INS_LAST_TRADE_TICKS = 88; // i64
export const INS_LAST_TRADE_LOTS = 96; // i64
export const INS_LAST_TRADE_NS = 104; // i64 rel
export const INS_LAST_UPDATE_NS = 112; // i64 rel: last book update
export const INS_LAST_RECEIVE_NS = 120; // i64 abs (wall)
export const INS_TRADE_COUNT = 128; // i64
export const INS_VOLUME_LOTS = 136; // i64
export const INS_BOOK_UPDATES = 144; // i64
export const INS_TAKER_FEE = 152; // f64: minor units a lot, plus
export const INS_TAKER_FEE_BPS = 160; // f64: basis points of notional
export const INS_MAKER_FEE = 168; // f64 (negative = rebate)
export const INS_MAKER_FEE_BPS = 176; // f64
export const INS_PRICE_DECIMALS = 184; // i32
export const INS_QTY_DECIMALS = 188; // i32
export const INS_OPEN_NS = 192; // i64 rel: the day's first and …
export const INS_CLOSE_NS = 200; // i64 rel: … one past its last moment; 0 = hours are not known yet
export const BOOK_INIT = 0;
export const BOOK_SYNCING = 1;
export const BOOK_LIVE = 2;
export const BOOK_GAP = 3;
export const BOOK_STALE = 4;

export const SYMBOL_TABLE = 7942144; // open addressing, i32 instrument + 1 a slot, by FNV-1a 32 of the symbol
export const SYMBOL_SLOTS = 4096;

// ---- Signals, one block an instrument
export const SIGNALS = 7958528;
export const SIGNAL_BYTES = 256;
export const SIG_MICROPRICE = 0; // f64 ticks
export const SIG_OFI = 8; // f64 lots, decayed
export const SIG_EWMA_VOL = 16; // f64 ticks per sqrt(second)
export const SIG_Z_SCORE = 24; // f64
export const SIG_VWAP = 32; // f64 ticks, 0 until the first trade
export const SIG_PRIVATE = 64; // the kernel's own fields

// ---- Positions and static limits: row = strategy * INSTRUMENTS_MAX + instrument
export const POSITIONS = 8220672;
export const POSITION_BYTES = 128;
export const POS_LOTS = 0; // i64 signed
export const POS_OPEN_BUY_LOTS = 8; // i64: sent and not yet done, all of it counts at once
export const POS_OPEN_SELL_LOTS = 16; // i64
export const POS_OPEN_COST = 24; // i64 tick-lots: signed cost of the open position (average cost)
export const POS_REALISED = 32; // i64 tick-lots, before fees
export const POS_FEES_E6 = 40; // i64: minor units x 1e6, positive = paid
export const POS_BOUGHT_LOTS = 48; // i64
export const POS_SOLD_LOTS = 56; // i64
export const POS_FILLS = 64; // i64
export const POS_VOLUME = 72; // i64 tick-lots
export const POS_ADJUSTED_LOTS = 80; // i64: sum of adjustments by hand
export const POS_TOTAL_MINOR = 88; // i64 base currency: realised + unrealised - fees at the last mark

export const LIMITS = 10317824; // POSITIONS + STRATEGIES_MAX * INSTRUMENTS_MAX * POSITION_BYTES
export const LIMIT_BYTES = 128;
export const LIM_SET = 0; // i32: 0 = DENY_NO_LIMIT_SET
export const LIM_PERMITTED = 4; // i32: 0 = DENY_NOT_PERMITTED
export const LIM_ORDER_LOTS_MAX = 8; // i64
export const LIM_ORDER_NOTIONAL_MINOR_MAX = 16; // i64
export const LIM_POSITION_LOTS_MAX = 24; // i64: |position + working| after the order
export const LIM_COLLAR_BPS = 32; // i32: from the opposite touch's mid
export const LIM_MESSAGES_PER_S_MAX = 36; // i32: new + replace + cancel, per strategy
export const LIM_STALE_NS = 40; // i64: book older than this is stale
export const LIM_DUPLICATE_NS = 48; // i64: same side, price, quantity within this time
export const LIM_DAILY_LOSS_MINOR_MAX = 56; // i64, base currency, per strategy
export const LIM_OPEN_ORDERS_MAX = 64; // i32, per strategy

// ---- Strategies
export const STRATEGIES = 12414976;
export const STRATEGY_BYTES = 512;
export const STR_TRADING_STATE = 0; // i32 TRADING_*
export const STR_PAUSED = 4; // i32: an operator's pause; no decisions are asked for
export const STR_ACCOUNT = 8; // i32
export const STR_OPEN_ORDERS = 12; // i32
export const STR_ORDERS = 16; // i64
export const STR_DENIED = 24; // i64
export const STR_REJECTS = 32; // i64: by the venue
export const STR_FILLS = 40; // i64
export const STR_INTENTS = 48; // i64
export const STR_EQUITY_MINOR = 56; // i64 base currency: realised + unrealised - fees, now
export const STR_PEAK_MINOR = 64; // i64: highest equity of the day
export const STR_MESSAGES = 72; // i64: messages ever counted into the rate ring
export const STR_NAME = 80; // 32 bytes, NUL padded
export const STR_BREAKER = 112; // i32 BREAKER_*: why its state is HALTED, 0 = none
export const STR_REJECT_WINDOW = 120; // breaker's own fields to 255
export const STR_DUPLICATES = 256; // DUPLICATE_SLOTS x |signature i64 |timeNs i64
export const BREAKER_DRAWDOWN = 1;
export const BREAKER_REJECT_RATE = 2;
export const BREAKER_STALE_FEED = 3;

export const STRATEGY_STATE = 12423168; // declared by the strategies themselves; hashed apart
export const STRATEGY_STATE_BYTES = 8192;

export const RATE_RINGS = 12554240; // per strategy RATE_RING_SLOTS x i64 rel ns

// ---- Accounts (states only; P&L by account is summed from positions), currencies
export const ACCOUNTS = 13078528;
export const ACCOUNT_BYTES = 64;
export const ACC_TRADING_STATE = 0; // i32
export const ACC_NAME = 16; // 32 bytes
export const CURRENCIES = 13079552;
export const CURRENCY_BYTES = 32;
export const CUR_CODE = 0; // 4 bytes, NUL padded
export const CUR_DECIMALS = 4; // i32: 2 for USD
export const CUR_TO_BASE = 8; // f64: one minor unit in minor units of the base currency

// ---- Orders
export const CLORDIDS = 13080576; // slot = intent sequence % CLORDIDS_MAX: |0 sequence i64 |8 order slot i32 |12 intent kind i32
export const CLORDID_BYTES = 16;
export const ORDERS = 15177728;
export const ORDER_BYTES = 256;
export const ORD_NUMBER = 0; // i64: intent sequence of the NEW; 0 = slot never used
export const ORD_STRATEGY = 8; // i32
export const ORD_ACCOUNT = 12; // i32
export const ORD_INSTRUMENT = 16; // i32
export const ORD_SIDE = 20; // i32
export const ORD_ORD_TYPE = 24; // i32
export const ORD_TIME_IN_FORCE = 28; // i32
export const ORD_STATE = 32; // i32 ORDER_*
export const ORD_SESSION = 36; // i32
export const ORD_PRICE_TICKS = 40; // i64
export const ORD_QTY_LOTS = 48; // i64
export const ORD_CUM_LOTS = 56; // i64
export const ORD_LEAVES_LOTS = 64; // i64
export const ORD_FILLED_COST = 72; // i64 tick-lots
export const ORD_CLORDID = 80; // i64: intent sequence of the ClOrdID the venue knows it by
export const ORD_PENDING_CLORDID = 88; // i64: of the cancel or replace on its way, 0 = none
export const ORD_PENDING_PRICE_TICKS = 96; // i64
export const ORD_PENDING_QTY_LOTS = 104; // i64
export const ORD_CREATED_NS = 112; // i64 rel
export const ORD_UPDATED_NS = 120; // i64 rel
export const ORD_ARRIVAL_MID_TICKS2 = 128; // i64
export const ORD_REASON = 136; // i32: DENY_* or the venue's reason
export const ORD_UNKNOWN_FROM = 140; // i32: the state it had when it became UNKNOWN
export const ORD_ORDER_ID_LENGTH = 144; // i32
export const ORD_ORDER_ID = 148; // 36 bytes: the venue's OrderID
export const ORD_WORKING_LOTS = 184; // i64: what it still counts for in POS_OPEN_*
export const ORD_EXEC_IDS = 192; // EXEC_IDS_KEPT x i64
export const ORDER_FREE = 0;
export const ORDER_PENDING_NEW = 1;
export const ORDER_NEW = 2;
export const ORDER_PARTIALLY_FILLED = 3;
export const ORDER_PENDING_CANCEL = 4;
export const ORDER_PENDING_REPLACE = 5;
export const ORDER_UNKNOWN = 6; // outcome not known until the venue says
export const ORDER_FILLED = 7; // the states from here on are final
export const ORDER_CANCELED = 8;
export const ORDER_REJECTED = 9;
export const ORDER_EXPIRED = 10;
export const ORDER_DENIED = 11; // refused by our own checks

// ---- What the console shows: rings of the last RECORDS_KEPT, heads in CONTROL
export const RECORDS_KEPT = 1024;
export const TRADES = 19372032; // |0 timeNs i64 rel |8 priceTicks i64 |16 qtyLots i64 |24 instrument i32 |28 side i32
export const TRADE_BYTES = 32;
export const REFUSALS = 19404800; // |0 timeNs i64 rel |8 code i32 |12 strategy i32 |16 instrument i32 |20 side i32 |24 priceTicks i64 |32 qtyLots i64 |40 count i64
export const REFUSAL_BYTES = 48;
export const FILLS = 19453952; // |0 timeNs i64 rel |8 priceTicks i64 |16 qtyLots i64 |24 instrument i32 |28 side i32 |32 strategy i32 |36 liquidity i32 |40 orderNumber i64
export const FILL_BYTES = 48;
export const REFUSAL_COUNTS = 19503104; // i64 x 64: refusals by DENY_* code

// ---- Books
export const BOOKS = 67108864; // 64 MiB, behind all else: a book of few levels touches three pages of its 128 KiB
export const LEVEL_BYTES = 16; // |0 priceTicks i64 |8 qtyLots i64; a side is sorted worst first, its best level is the last
export const BOOK_BYTES = 131200; // header + 2 * LEVELS_MAX * LEVEL_BYTES
export const BOOK_BID_COUNT = 0; // i32
export const BOOK_ASK_COUNT = 4; // i32
export const BOOK_BID_TICKS = 8; // i64: best, valid when the count is not 0
export const BOOK_BID_LOTS = 16; // i64
export const BOOK_ASK_TICKS = 24; // i64
export const BOOK_ASK_LOTS = 32; // i64
export const BOOK_DROPPED = 40; // i64: levels dropped at LEVELS_MAX
export const BOOK_BIDS = 128;
export const BOOK_ASKS = 65664; // BOOK_BIDS + LEVELS_MAX * LEVEL_BYTES

// ---- Scratch for kernels, never hashed
export const SCRATCH = 23601152;
export const SCRATCH_BYTES = 1048576;
// Kept from call to call, each a pure function of its key:
export const WRITTEN_SECOND = 23601664; // SCRATCH + 512, i64: 1 + the second since 1970 whose text is WRITTEN_TEXT
export const WRITTEN_TEXT = 23601680; // 18 bytes: yyyymmdd-hh:mm:ss.
export const READ_DATE = 23601712; // 8 bytes: the yyyymmdd that was read last
export const READ_DAY_NS = 23601720; // i64: its midnight, since 1970
export const READ_INSTRUMENT = 23601728; // i32: of the entry that was read last

// ---- Templates of INTENT records, one a strategy: |0 length i32 |4 words i32 |8 bytes i32 |12 features i32
// |16 places: |in the record u16 |in INTENT u16| of each word, then of each byte |256 the record
export const INTENT_TEMPLATES = 48234496;
export const INTENT_TEMPLATE_BYTES = 1024;
export const ITP_LENGTH = 0;
export const ITP_WORD_COUNT = 4;
export const ITP_BYTE_COUNT = 8;
export const ITP_FEATURES = 12; // where the features stand in the record
export const ITP_PLACES = 16;
export const ITP_TEMPLATE = 256;

// ---- What a kernel leaves for its caller beside its result; never hashed
export const BOOK_VWAP_LOTS = 48250880; // INTENT_TEMPLATES + STRATEGIES_MAX * INTENT_TEMPLATE_BYTES, f64: how much bookVwap found

// ---- Threshold strategies, one block a strategy; their state is one declared field, |0 sinceNs f64|
export const THRESHOLDS = 48250944;
export const THRESHOLD_BYTES = 64;
export const THR_SIGNAL = 0; // i32 THRESHOLD_ON_*
export const THR_SIGN = 4; // i32: 1 buys when the signal is high, -1 sells then
export const THR_ENTRY = 8; // f64
export const THR_EXIT = 16; // f64
export const THR_QTY_LOTS = 24; // i64
export const THR_HOLD_NS = 32; // i64
export const THR_REST_NS = 40; // i64
export const THRESHOLD_ON_Z_SCORE = 0;
export const THRESHOLD_ON_ORDER_FLOW = 1;
export const THRESHOLD_ON_MICROPRICE_DISTANCE = 2;
export const THRESHOLD_ON_VWAP_DISTANCE = 3;
export const THRESHOLD_ON_SCORE = 4;

// ---- Tree models, one a strategy (engine/signal/model-score.ts writes them at start, wasm/tree-score.ts reads)
export const FEATURE_VALUES = 48251968; // f64 x MODEL_FEATURES_MAX: what the model in hand is asked about; NaN = missing
export const MODEL_FEATURES_MAX = 16;
export const FEATURE_SPREAD = 0;
export const FEATURE_BID_LOTS = 1;
export const FEATURE_ASK_LOTS = 2;
export const FEATURE_IMBALANCE = 3;
export const FEATURE_MICROPRICE_DISTANCE = 4;
export const FEATURE_ORDER_FLOW = 5;
export const FEATURE_VOLATILITY = 6;
export const FEATURE_Z_SCORE = 7;
export const FEATURE_VWAP_DISTANCE = 8;
export const FEATURE_TRADE_SIGN = 9;
export const FEATURE_POSITION_LOTS = 10;
// |0 trees i32 |4 link i32 |8 base score f64 |64 MODEL_TREES_MAX x (root i32, depth i32) |2112 nodes|; places from the model's start
export const MODELS = 49283072; // 47 MiB
export const MODEL_BYTES = 65536;
export const MODEL_TREES_MAX = 256; // more is refused with the configuration
export const MODEL_NODES_MAX = 2048; // likewise
export const MOD_TREE_COUNT = 0; // i32, 0 = the strategy has no model
export const MOD_LINK = 4; // i32 LINK_*
export const MOD_BASE_SCORE = 8; // f64
export const MOD_ROOTS = 64;
export const ROOT_BYTES = 8;
export const ROOT_DEPTH = 4; // questions on the longest way to a leaf
export const MOD_NODES = 2112;
export const NODE_BYTES = 24; // |0 threshold or leaf f64 |8 feature i32 |12 left i32 |16 right i32|; both of a leaf lead to itself
export const NODE_VALUE = 0;
export const NODE_FEATURE = 8;
export const NODE_LEFT = 12;
export const NODE_RIGHT = 16;
export const LINK_IDENTITY = 0;
export const LINK_LOGISTIC = 1;

// ---- Refusal codes of the limits gate, in the order of the checks; clause and text in engine/errors.ts
export const ALLOWED = 0;
export const SUBMIT_BY_STEPS = -1; // no verdict: orderSubmit has left the order to the gate's own steps
export const DENY_KILLED = 1; // firm HALTED
export const DENY_STATE = 2; // strategy, account or instrument HALTED, or REDUCING and the order would not reduce
export const DENY_NO_LIMIT_SET = 3;
export const DENY_NOT_PERMITTED = 4;
export const DENY_SESSION_DOWN = 5;
export const DENY_BOOK_STATE = 6; // not LIVE, one-sided, crossed or locked
export const DENY_STALE_BOOK = 7;
export const DENY_BAD_PRICE = 8; // off the increment, not positive, or overflow
export const DENY_PRICE_COLLAR = 9;
export const DENY_ORDER_QTY = 10;
export const DENY_ORDER_NOTIONAL = 11;
export const DENY_POSITION = 12;
export const DENY_MESSAGE_RATE = 13;
export const DENY_DUPLICATE = 14;
export const DENY_DAILY_LOSS = 15;
export const DENY_OPEN_ORDERS = 16;
export const DENY_TOO_MANY_ORDERS = 17;
export const DENY_ORDER_STATE = 18; // cancel or replace of an order that is done or already pending
export const DENY_BACK_PRESSURE = 19; // TX of the session is full
export const DENY_CLOSED = 20; // outside the instrument's hours, or expired; runs after DENY_NOT_PERMITTED
