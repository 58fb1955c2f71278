/**
 * The memory of the matching kernel: control words at a fixed place where wasm/layout.ts has
 * nothing, so that the kernel can live in a memory of its own or beside other kernels, and tables
 * where matching-memory.ts puts them. Plain constants, compiled into both sides.
 *
 * |16384 control |taker |sweep |result … rows |commands |events |instruments |ladder tables |pages |extras |index |orders|
 *
 * A ladder is one sorted side: bids, asks, buy stops, sell stops of an instrument. Its levels are
 * addressed by a key that rises away from the touch on every ladder: the price in ticks above the
 * instrument's base, with all bits flipped on bids and sell stops. So one code serves both sides,
 * and the best level is always the lowest key. 64 levels make a page; three levels of 64-bit words
 * over the pages find the next occupied one. Orders are records of a pool; an index finds their
 * addresses by id (order-table.ts), and FIFO links are addresses.
 */

export const MATCHING_PAGE_BYTES = 65536; // of a WebAssembly.Memory
export const MATCHING_MEMORY_PAGES_MAX = 65536; // 4 GiB; asconfig.json says the same

// ---- Bounds. What happens at a bound: the command is refused with the code that names it.
export const BOOKS_MAX = 1000; // instruments
export const ORDERS_CAPACITY_MAX = 8388608; // live orders, stops included
export const LEVELS_LOG2_MIN = 12; // an instrument's prices span 2^levelsLog2 ticks
export const LEVELS_LOG2_MAX = 24;
export const OWNER_MAX = 16777215; // 0 = no owner, never a self trade
export const LOTS_MAX = 9007199254740991; // of an order and of the sum of a level: 2^53 - 1
export const ORDER_ID_MAX = 9007199254740991;
export const NO_LEVEL = 2147483647; // best key of an empty ladder

// ---- Control words, i32 unless said otherwise. (set) = written by matching-memory.ts before reset().
export const CTL = 16384; // these and RESULT lie where wasm/layout.ts has nothing: the venue has both in one memory
export const CTL_BOOKS = CTL; // (set) instruments
export const CTL_ORDERS_CAPACITY = CTL + 4; // (set)
export const CTL_EXTRAS_CAPACITY = CTL + 8; // (set) icebergs and stops
export const CTL_PAGES_CAPACITY = CTL + 12; // (set) price pages of all ladders
export const CTL_LEVELS_LOG2 = CTL + 16; // (set)
export const CTL_LEVELS_MASK = CTL + 20; // (set) levels of a ladder - 1
export const CTL_WANT_BBO = CTL + 24; // (set) not 0: an EVENT_BBO after each command that touched a best level
export const CTL_IN = CTL + 28; // (set) first command
export const CTL_IN_END = CTL + 32; // (set)
export const CTL_OUT = CTL + 36; // (set) first event
export const CTL_OUT_LIMIT = CTL + 40; // (set) from here on no step is begun: EVENTS_RESERVE before the end
export const CTL_INSTRUMENTS = CTL + 44; // (set) instrument blocks
export const CTL_LADDERS = CTL + 48; // (set) tables of the ladders
export const CTL_LADDER_BYTES = CTL + 52; // (set) tables of one ladder
export const CTL_PAGES = CTL + 56; // (set)
export const CTL_EXTRAS = CTL + 60; // (set)
export const CTL_INDEX = CTL + 64; // (set) addresses of orders, u32 each
export const CTL_INDEX_REACH = CTL + 68; // steps that the farthest order ever was away
export const CTL_INDEX_MASK = CTL + 72; // (set) offsets of its blocks: bytes of the index - bytes of a block
export const CTL_INDEX_SHIFT = CTL + 76; // (set) hash >> shift & mask = offset of the block
export const CTL_OUT_AT = CTL + 80; // behind the last event of this call
export const CTL_SEQUENCE = CTL + 84; // commands ever begun, modulo 2^32
export const CTL_PHASE = CTL + 88; // PHASE_*; not idle: drain the events, then call matchingResume
export const CTL_FREE_PAGE = CTL + 96; // address of the first free page, 0 = none
export const CTL_FREE_EXTRA = CTL + 100; // likewise
export const CTL_ROWS = CTL + 108; // (set) rows of the last query: RESULT_ROWS_MAX * ORDER_ROW_BYTES
export const CTL_TOUCHED = CTL + 104; // ladder of the last change of a level
export const CTL_ORDERS = CTL + 112; // (set) behind the index
export const CTL_ORDERS_END = CTL + 116; // (set)
export const CTL_FREE_ORDER = CTL + 120; // address of the first free order, 0 = none
export const CTL_BYTES = 256;

export const PHASE_IDLE = 0;
export const PHASE_MATCHING = 1; // the taker waits for room
export const PHASE_SWEEPING = 2; // a mass cancel waits for room

// ---- The order that is matching just now; one at a time.
export const TAKER = CTL + CTL_BYTES;
export const TAKER_ID = TAKER; // i64
export const TAKER_LEAVES = TAKER + 8; // i64
export const TAKER_DISPLAY = TAKER + 16; // i64, 0 = all of it is shown
export const TAKER_BLOCK = TAKER + 24; // its instrument
export const TAKER_OWN = TAKER + 28; // ladder on which it would rest
export const TAKER_OPPOSITE = TAKER + 32; // ladder from which it takes
export const TAKER_LIMIT_KEY = TAKER + 36; // takes levels up to here
export const TAKER_KEY = TAKER + 40; // rests here
export const TAKER_TAG = TAKER + 44; // as an order's
export const TAKER_REMAINDER = TAKER + 48; // REMAINDER_*
export const TAKER_BYTES = 64;
export const REMAINDER_RESTS = 0;
export const REMAINDER_CANCELLED = 1;

// ---- A mass cancel on its way.
export const SWEEP = TAKER + TAKER_BYTES;
export const SWEEP_LADDER = SWEEP; // index over all instruments: instrument * LADDERS + ladder
export const SWEEP_END = SWEEP + 4; // first ladder not to visit
export const SWEEP_KEY = SWEEP + 8; // level to look at next
export const SWEEP_OWNER = SWEEP + 12; // 0 = all
export const SWEEP_KIND = SWEEP + 16; // the command
export const SWEEP_NEXT = SWEEP + 24; // order to go on with, 0 = the level's first
export const SWEEP_COUNT = SWEEP + 32; // orders cancelled
export const SWEEP_SIDE = SWEEP + 36; // 0 = both

// ---- Answers of queries; rows lie at CTL_ROWS.
export const RESULT = 17408;
export const RESULT_BID_TICKS = RESULT; // i64; of an empty side 0, with 0 lots
export const RESULT_BID_LOTS = RESULT + 8;
export const RESULT_ASK_TICKS = RESULT + 16;
export const RESULT_ASK_LOTS = RESULT + 24;
export const RESULT_LOTS = RESULT + 32; // i64: lots found or ahead
export const RESULT_ORDERS = RESULT + 40; // i64: orders found or ahead
export const RESULT_VWAP_TICKS = RESULT + 48; // f64
export const RESULT_HASH = RESULT + 56; // u64
export const DEPTH_ROW_BYTES = 24; // |ticks i64 |lots i64 (shown) |orders i64|
export const ORDER_ROW_BYTES = 32; // |id i64 |ticks i64 |shown lots i64 |hidden lots i64|
export const RESULT_ROWS_MAX = 1024; // more are left out
export const MATCHING_FIXED_END = RESULT + 64;

// ---- A command, 64 bytes.
// |0 kind u8 |1 side u8 |2 type u8 |3 timeInForce u8 |4 selfTrade u8 |5 flags u8 |6 instrument u16
// |8 id i64 |16 priceTicks i64 |24 lots i64 |32 owner u32 |40 stopTicks or newId i64 |48 displayLots i64 |56 free
export const COMMAND_BYTES = 64;
export const CMD_KIND = 0;
export const CMD_SIDE = 1; // SIDE_BUY, SIDE_SELL of engine/units.ts: FIX tag 54
export const CMD_TYPE = 2; // ORDER_*
export const CMD_TIME_IN_FORCE = 3; // TIF_*
export const CMD_SELF_TRADE = 4; // SELF_TRADE_*
export const CMD_FLAGS = 5; // FLAG_POST_ONLY
export const CMD_INSTRUMENT = 6;
export const CMD_ID = 8;
export const CMD_PRICE_TICKS = 16; // 0 where the type has none
export const CMD_LOTS = 24;
export const CMD_OWNER = 32;
export const CMD_STOP_TICKS = 40; // 0 where the type has none
export const CMD_NEW_ID = 40; // of COMMAND_FEED_REPLACE
export const CMD_DISPLAY_LOTS = 48; // 0 = all

export const COMMAND_NEW = 1;
export const COMMAND_CANCEL = 2; // id
export const COMMAND_REDUCE = 3; // id, lots to take off; all of them or more: cancelled
export const COMMAND_REPLACE = 4; // id, price, lots = new leaves, stop; keeps its place if only lots go down
export const COMMAND_MASS_CANCEL = 5; // owner (0 = all), instrument or ALL_INSTRUMENTS, side (0 = both)
export const COMMAND_EXPIRE_DAY = 6; // likewise, DAY orders only
// Building a book from a feed by order: nothing matches, no event but refusals.
export const COMMAND_FEED_ADD = 16; // id, instrument, side, price, lots
export const COMMAND_FEED_EXECUTE = 17; // id, lots
export const COMMAND_FEED_REDUCE = 18; // id, lots to take off
export const COMMAND_FEED_DELETE = 19; // id
export const COMMAND_FEED_REPLACE = 20; // id, newId, price, lots: to the back of the queue
export const COMMAND_FEED_CLEAR = 21; // instrument or ALL_INSTRUMENTS
export const ALL_INSTRUMENTS = 65535;

export const SIDE_BUY = 1;
export const SIDE_SELL = 2;
export const ORDER_MARKET = 1; // FIX tag 40
export const ORDER_LIMIT = 2;
export const ORDER_STOP = 3;
export const ORDER_STOP_LIMIT = 4;
export const TIF_DAY = 0; // FIX tag 59
export const TIF_GTC = 1;
export const TIF_IOC = 3;
export const TIF_FOK = 4;
// What happens when an order meets one of its own owner; the arriving order decides.
export const SELF_TRADE_ALLOWED = 0;
export const SELF_TRADE_CANCEL_NEWEST = 1; // the arriving one
export const SELF_TRADE_CANCEL_OLDEST = 2; // the resting one
export const SELF_TRADE_CANCEL_BOTH = 3;
export const SELF_TRADE_DECREMENT = 4; // both lose the smaller quantity, without a trade
export const FLAG_POST_ONLY = 1;

// ---- An event, 48 bytes.
// |0 kind u8 |1 reason u8 |2 instrument u16 |4 sequence u32 |8 id i64 |16 otherId i64 |24 priceTicks i64 |32 lots i64 |40 leavesLots i64
export const EVENT_BYTES = 48;
export const EVT_KIND = 0;
export const EVT_REASON = 1;
export const EVT_INSTRUMENT = 2;
export const EVT_SEQUENCE = 4; // of the command that caused it
export const EVT_ID = 8;
export const EVT_OTHER_ID = 16;
export const EVT_PRICE_TICKS = 24;
export const EVT_LOTS = 32;
export const EVT_LEAVES_LOTS = 40;
export const EVENTS_RESERVE = 8; // a step writes fewer

export const EVENT_ACCEPTED = 1; // reason side; lots = leaves = the order's
export const EVENT_REJECTED = 2; // reason REFUSED_*, other = the command's kind; nothing has changed
export const EVENT_TRADE = 3; // id maker, other taker, reason the taker's side; leaves = the maker's
export const EVENT_CANCELLED = 4; // reason CANCELLED_*; lots = what was open
export const EVENT_REDUCED = 5; // lots taken off, leaves; price
export const EVENT_REPLACED = 6; // reason 1 = kept its place; price, lots = leaves = the new
export const EVENT_TRIGGERED = 7; // a stop becomes a taker: price = its stop price, lots
export const EVENT_REPLENISHED = 8; // an iceberg shows `lots` more, at the back; leaves = shown and hidden
export const EVENT_DECREMENTED = 9; // self-trade: as a trade, but both only lose lots
export const EVENT_SWEPT = 10; // end of a mass cancel or expiry: lots = orders cancelled
export const EVENT_BBO = 11; // id, other = bid ticks, lots; price, lots = ask ticks, lots

export const CANCELLED_ON_REQUEST = 0;
export const CANCELLED_IOC = 1; // remainder of an IOC or market order
export const CANCELLED_FOK = 2; // could not be filled at once
export const CANCELLED_SELF_TRADE = 3;
export const CANCELLED_MASS = 4;
export const CANCELLED_DAY_OVER = 5;
export const CANCELLED_NO_ROOM = 6; // a triggered stop found no price page or no room in its level

// ---- Refusals, in the order of the checks.
export const ACCEPTED = 0;
export const REFUSED_KIND = 1;
export const REFUSED_INSTRUMENT = 2; // not there, or not opened
export const REFUSED_ID = 3; // not in 1 to ORDER_ID_MAX
export const REFUSED_UNKNOWN_ID = 4;
export const REFUSED_SIDE = 5;
export const REFUSED_TERMS = 6; // type, time in force, self-trade mode, flags that do not go together
export const REFUSED_LOTS = 7; // not in 1 to the instrument's maximum
export const REFUSED_DISPLAY = 8; // display above lots, or on an order that cannot rest
export const REFUSED_PRICE = 9; // outside the instrument's range, or a price where none belongs
export const REFUSED_STOP_PRICE = 10; // likewise
export const REFUSED_OWNER = 11; // above OWNER_MAX
export const REFUSED_DUPLICATE_ID = 12; // an order with this id is live
export const REFUSED_ORDERS_FULL = 13;
export const REFUSED_EXTRAS_FULL = 14; // icebergs and stops
export const REFUSED_POST_ONLY = 15; // would take
export const REFUSED_PAGES_FULL = 16; // no price page left
export const REFUSED_LEVEL_FULL = 17; // the level's sum would pass LOTS_MAX

// ---- An instrument block: |header |4 ladders|
export const LADDERS = 4; // bids, asks, buy stops, sell stops
export const INSTRUMENT_HEADER_BYTES = 64;
export const LADDER_BYTES = 32;
export const BOOK_BLOCK_BYTES = 192;
export const INS_BASE_TICKS = 0; // i64 (set): lowest price
export const INS_LOTS_MAX = 8; // i64 (set): 0 = not opened
export const INS_LAST_TICKS = 16; // i64: last trade
export const INS_TRADE_LOW = 24; // i32, in ticks above base: since stops were last looked at
export const INS_TRADE_HIGH = 28; // i32
export const INS_TRADES = 32; // i64: ever
export const INS_VOLUME_LOTS = 40; // i64: ever, modulo 2^64
export const INS_TOUCHES = 48; // i32: touches of best levels when EVENT_BBO was last written
export const NO_TRADE_LOW = 2147483647;
export const NO_TRADE_HIGH = -1;

// A ladder: |0 best i32 |4 flip i32 |8 top u64 |16 pageTable u32 |20 words u32 |24 instrument * 4 + ladder i32 |28 touches i32|
export const LAD_BEST = 0; // key of the best level, NO_LEVEL = none
export const LAD_FLIP = 4; // key = ticks above base ^ flip
export const LAD_TOP = 8; // bit n: word n of the middle words is not 0
export const LAD_PAGE_TABLE = 16; // address of its pages' addresses, 0 = none
export const LAD_WORDS = 20; // address of the middle words; the low words follow
export const LAD_INDEX = 24; // instrument << 2 | ladder
export const LAD_TOUCHES = 28; // counts changes at the best level
export const LAD_LOW_WORDS = 512; // offset from LAD_WORDS: bit n of word m: page 64 m + n holds an order

// A page: |0 bits u64 |8 firstKey i32 |12 ladder u32 |16 next free u32 |20 flip u32 |24 firstTicks i64 |32 instrument u32 |64 levels|
export const PAGE_BYTES = 1088;
export const PAGE_BITS = 0; // bit n: level n holds an order
export const PAGE_FIRST_KEY = 8;
export const PAGE_LADDER = 12;
export const PAGE_NEXT_FREE = 16;
export const PAGE_FLIP = 20; // its ladder's, of the six bits inside a page
export const PAGE_FIRST_TICKS = 24; // lowest price of its levels
export const PAGE_INSTRUMENT = 32;
export const PAGE_LEVELS = 48; // a level's address is 16 bytes before its fields: see there
// A level: |16 head u32 |20 tail u32 |24 lots i64, shown|. Head and tail lie where an order has next and prev,
// so a queue is a ring through its level: no link is ever 0, and none needs a branch. Empty: both are the level.
export const LVL_HEAD = 16;
export const LVL_TAIL = 20;
export const LVL_LOTS = 24;

// An order: |0 id i64 |8 lots i64, shown |16 next u32 |20 prev u32 |24 place u32 |28 tag u32|
export const ORDER_BYTES = 32;
export const ORD_ID = 0;
export const ORD_LOTS = 8;
export const ORD_NEXT = 16; // younger order of the level; the level behind the youngest. Of a free record: the next free one
export const ORD_PREV = 20; // older; the level before the oldest
export const ORD_PLACE = 24; // address of the page + level in the page (pages are 64-byte aligned)
export const ORD_TAG = 28; // flags, and from bit 8 the owner, or with TAG_EXTRA the number of the extra
export const TAG_DAY = 1;
export const TAG_POST_ONLY = 2;
export const TAG_EXTRA = 4;
export const TAG_SELF_TRADE_SHIFT = 3; // SELF_TRADE_*, 3 bits
export const TAG_FLAGS = 255;

// The index of orders: slots in blocks. A slot: address of an order + orders away from here (a record is 32-byte aligned)
export const INDEX_SLOTS_PER_ORDER = 8; // at least half of it, by the power of two
export const INDEX_SLOT_BYTES = 4;
export const INDEX_BLOCK_LOG2 = 9;
export const SLOT_AWAY = 31;

// What only icebergs and stops have: |0 hiddenLots i64 |8 displayLots i64 |16 owner u32 |20 type u8 + tif u8 << 8 |24 limitTicks i32 |28 next free u32|
export const EXTRA_BYTES = 32;
export const EXT_HIDDEN = 0;
export const EXT_DISPLAY = 8;
export const EXT_OWNER = 16;
export const EXT_TERMS = 20; // type | timeInForce << 8, of stops
export const EXT_LIMIT = 24; // i32: limit price above base, of stop-limit orders
export const EXT_NEXT_FREE = 28;
