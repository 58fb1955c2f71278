/**
 * The memory map of what the engine measures of itself: [44 MiB, 46 MiB) of the shared memory. Histograms of
 * latencies (engine/latency-histogram.ts), and the slowest ticks of the day (engine/slow-ticks.ts). All of
 * it is wall time, outside the state hash, and read by the control thread while the hot loop writes.
 */

// ---- Histograms, each with one writing thread: |0 counters u32 x 7680 |30720 maximum f64 |30728 sum f64 |
export const HISTOGRAMS = 46137344; // 44 MiB
export const HISTOGRAM_BYTES = 32768;
export const HISTOGRAMS_MAX = 16;
export const HISTOGRAM_TICK_TO_ORDER = 0; // last byte of a message received to its order handed to the socket
export const HISTOGRAM_TICK_TO_DONE = 1; // market data received to the end of its turn, system calls included
export const HISTOGRAM_ORDER_TO_ACK = 2; // order handed over to first execution report
export const HISTOGRAM_LOOP_DELAY = 3; // how much later than asked the loop's own timer ran
export const HISTOGRAM_STAGES = 4; // + STAGE_*

// ---- Stages of a tick, in the order of the path. WAIT and SEND are timed on every tick, the others on one
// in STAGE_SAMPLE_TICKS. A stage that a tick passes several times counts once, with the sum.
export const STAGE_SAMPLE_TICKS = 64;
export const STAGE_WAIT = 0; // received to taken in hand: behind other messages of the same read
export const STAGE_FRAME = 1; // framed, checked, decoded
export const STAGE_JOURNAL = 2; // the input, then what was decided, written down
export const STAGE_BOOK = 3; // books
export const STAGE_SIGNAL = 4; // what follows from the books: signals, equity, breakers
export const STAGE_STRATEGY = 5; // the strategies' code, without the two stages below
export const STAGE_LIMITS = 6; // the limits, and the order entered into its table
export const STAGE_ENCODE = 7; // intent and order put into bytes
export const STAGE_REST = 8; // what else the turn does: execution reports, the session in TypeScript, commands, lock-step
export const STAGE_SEND = 9; // bytes handed to the sockets; only of ticks that send
export const STAGES = 10;

// ---- The slowest ticks of the day, in no order
// |0 version i32 (atomic; odd while written) |4 count i32 |8 dayEndNs i64 rel |16 ticks f64 |24 knownCauses i32 |64 rows …
export const SLOW_TICKS = 46661632; // HISTOGRAMS + HISTOGRAMS_MAX * HISTOGRAM_BYTES
export const SLOW_TICKS_MAX = 100; // the fastest of them gives way to a slower one
export const SLT_VERSION = 0;
export const SLT_COUNT = 4;
export const SLT_DAY_END_NS = 8; // midnight UTC that ends the day of CTL_CORE_TIME_NS
export const SLT_TICKS = 16; // f64: ticks since the start
export const SLT_KNOWN_CAUSES = 24; // CAUSE_* that somebody watches for; of the others nothing is known
export const SLT_ROWS = 64;
export const SLOW_TICK_BYTES = 192;
export const TCK_TOTAL_NS = 0; // f64: received to the end of its turn
export const TCK_RECEIVED_NS = 8; // f64: LoopClock.elapsedNs
export const TCK_MARKET_NS = 16; // i64 rel: CTL_CORE_TIME_NS
export const TCK_WALL_NS = 24; // i64 abs: CTL_NOW_NS
export const TCK_RECORD = 32; // i64: sequence of its record in the journal
export const TCK_TICK = 40; // i64: its number since the start, 1, 2, 3 …
export const TCK_KIND = 48; // i32 TICK_*
export const TCK_SOURCE = 52; // i32: session or feed
export const TCK_BYTES = 56; // i32: length of the message
export const TCK_ENTRIES = 60; // i32: of 35=W and X, else 0
export const TCK_ORDERS = 64; // i32: new orders sent
export const TCK_BACKLOG_BYTES = 68; // i32: unread in RX behind the message
export const TCK_CAUSES = 72; // i32: CAUSE_* together
export const TCK_TIMED = 76; // i32: bit of each STAGE_* whose time is known
export const TCK_GC_NS = 80; // f64: how much of it garbage collection took
export const TCK_JOURNAL_BYTES = 88; // f64: in the journal's ring and not yet in its segments
export const TCK_BEHIND_RECORD = 96; // i64: the longest of those that it waited behind, by its record; 0 = none
export const TCK_BEHIND_NS = 104; // f64: what that one took, without its own wait
export const TCK_STAGES = 112; // f64 x STAGES, ns

export const TICK_MARKET_DATA = 1; // = DECODED_MARKET_DATA
export const TICK_EXECUTION = 2; // = DECODED_EXECUTION
export const TICK_SLOW = 3; // = DECODED_SLOW: the session in TypeScript took it
export const TICK_FEED = 4; // a record of a feed worker; DECODED_GARBLED is no tick
export const TICK_CANCEL_REJECT = 5; // = DECODED_CANCEL_REJECT
export const TICK_HEARTBEAT = 6; // = DECODED_HEARTBEAT

export const CAUSE_GC = 1; // garbage collection ran within it
export const CAUSE_SEGMENT = 2; // the loop itself began a segment of the journal
export const CAUSE_COMMAND = 4; // a command was applied
export const CAUSE_PEER_SLOW = 8; // a socket took no more bytes
export const CAUSE_JOURNAL_FULL = 16; // the journal's ring was so full that new orders, or inputs, had to wait
export const CAUSE_SWITCH = 32; // the thread lost its core: only the system knows, nobody asks it yet
export const CAUSE_PAGE_FAULT = 64; // likewise
