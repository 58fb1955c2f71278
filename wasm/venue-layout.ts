/**
 * The memory map of the matching venue, beside that of wasm/layout.ts, whose sessions, RX, symbols
 * and instruments it shares: the request in hand, orders, ClOrdIDs, names, TX and the log ring.
 * One shared WebAssembly.Memory of VENUE_MEMORY_PAGES pages holds both; the kernels of wasm/venue
 * alone write here, and TypeScript where it says so. Plain constants, compiled into both sides.
 *
 * |0 … 63 MiB as wasm/layout.ts|63 MiB static data|64 MiB control, request, names|65 MiB TX
 * |81 MiB log ring|113 MiB sent numbers|129 MiB ClOrdIDs|193 MiB their index|209 MiB orders|337 MiB book …|
 */

export const VENUE_MEMORY_PAGES = 12288; // 768 MiB, fixed; pages that are never touched cost nothing

// ---- Limits of every table. What happens at the limit stands beside the table.
export const VENUE_ORDERS_MAX = 1048576; // open or done and still known by a ClOrdID
export const VENUE_OPEN_ORDERS_MAX = 1000000; // the most that VEN_OPEN_MAX allows
export const VENUE_CLORDIDS_MAX = 1048576; // the most that VEN_CLORDIDS_MASK allows; the oldest that no open order has is forgotten first
export const VENUE_NAMES_MAX = 1024; // accounts and self-match ids; a further one is rejected
export const VENUE_TEXT_MAX = 32; // bytes of a ClOrdID, an account, a self-match id; longer ones are rejected

// ---- Control words
// |0 orders i64|8 executions i64|16 open orders i32|20 oldest open i32|24 newest open i32|28 free order i32
// |32 fresh orders i32|36 names i32|40 ClOrdIDs ever i64|48 log head i64|56 log floor i64|64 time ms i64|72 time text 24 bytes
// |96 too slow i32 x 4|112 log saved i64|120 sweep i32 x 2
// |128 open orders at most i32|132 want trades i32|136 prints i64|144 masks i32 x 2|152 touched i64
export const VENUE = 67108864;
export const VEN_ORDER_COUNT = VENUE; // OrderIDs ever given
export const VEN_EXEC_COUNT = VENUE + 8; // ExecIDs ever given
export const VEN_OPEN_ORDERS = VENUE + 16;
export const VEN_OPEN_OLDEST = VENUE + 20; // address of an order, 0 = none
export const VEN_OPEN_NEWEST = VENUE + 24;
export const VEN_FREE_ORDER = VENUE + 28; // address of the last that became free, 0 = none
export const VEN_FRESH_ORDERS = VENUE + 32; // slots that were ever used
export const VEN_NAMES = VENUE + 36;
export const VEN_CLORDIDS = VENUE + 40; // ClOrdIDs ever noted
export const VEN_LOG_HEAD = VENUE + 48; // bytes ever written to the log ring
export const VEN_LOG_FLOOR = VENUE + 56; // what was sent before this is never sent again: numbers were reset
export const VEN_TIME_MS = VENUE + 64; // of VEN_TIME_TEXT
export const VEN_TIME_TEXT = VENUE + 72; // CTL_NOW_NS as a UTCTimestamp, VEN_TIME_BYTES long
export const VEN_TIME_BYTES = 21; // with milliseconds
export const VEN_TOO_SLOW = VENUE + 96; // i32 a session: a message found no room in its TX, the log has it
export const VEN_LOG_SAVED = VENUE + 112; // i64: written by TypeScript: up to here the log is in its file, or wanted by nobody
export const VEN_SWEEP_NEXT = VENUE + 120; // i32: the order that a mass cancel or a mass status goes on with
export const VEN_SWEEP_COUNT = VENUE + 124; // i32
export const VEN_OPEN_MAX = VENUE + 128; // i32: open orders; written by TypeScript before the first request; a further one is rejected
export const VEN_WANT_TRADES = VENUE + 132; // i32: written by TypeScript: trades are noted in PRINTS
export const VEN_PRINTS = VENUE + 136; // i64: trades ever noted
export const VEN_CLORDIDS_MASK = VENUE + 144; // i32: ClOrdIDs that are kept - 1; written by TypeScript before the first request
export const VEN_CLORDID_SLOTS_MASK = VENUE + 148; // i32: slots of their index - 1, likewise
export const VEN_TOUCHED = VENUE + 152; // i64: nobody reads it

// ---- The request in hand: written by request-decode.ts, or by TypeScript where the session took the message
export const REQUEST = 67112960; // VENUE + 4096
export const REQ_TYPE = 0; // i32: ASCII code of 35
export const REQ_SESSION = 4; // i32: who is told
export const REQ_CLORDID = 8; // |at i32 |length i32
export const REQ_ORIG_CLORDID = 16; // |at i32 |length i32
export const REQ_ACCOUNT = 24; // |at i32 |length i32, length 0 = none
export const REQ_SYMBOL = 32; // |at i32 |length i32
export const REQ_SELF_MATCH_ID = 40; // |at i32 |length i32, length 0 = none
export const REQ_INSTRUMENT = 48; // i32, -1 = unknown
export const REQ_SIDE = 52; // i32: 1 buy, 2 sell
export const REQ_ORD_TYPE = 56; // i32: ASCII code of 40
export const REQ_TIME_IN_FORCE = 60; // i32: ASCII code of 59
export const REQ_PRICE_TICKS = 64; // i64, 0 = none, OFF_THE_GRID
export const REQ_STOP_TICKS = 72; // i64, likewise
export const REQ_QTY_LOTS = 80; // i64: of a replace the new total
export const REQ_DISPLAY_LOTS = 88; // i64, 0 = all of it is shown
export const REQ_POST_ONLY = 96; // i32
export const REQ_SELF_MATCH = 100; // i32 SELF_TRADE_* of wasm/matching: as 8000 has it
export const REQ_PROBLEM = 104; // i32 REFUSE_*: what TypeScript has found wrong, 0 = nothing
export const REQ_MASS_STATUS_ID = 112; // |at i32 |length i32: of the 35=AF that is answered
export const REQ_CLORDID_TAG = 120; // u32: of REQ_CLORDID as client-ids.ts has it, 0 = to be computed
export const REQUEST_BYTES = 128;
export const REQUEST_TEXTS = 67113216; // 2048 bytes: where TypeScript puts the texts of a request
export const OFF_THE_GRID = -1; // a price or quantity that no whole number of ticks or lots is

// ---- What the report to be written says, beside the order itself
export const REPORT = 67115280; // |0 exec type i32 |4 refusal i32 |8 last ticks i64 |16 last lots i64 |24 liquidity i32 |32 orig at i32 |36 orig length i32
export const REP_EXEC_TYPE = 0; // i32: ASCII code of 150
export const REP_REFUSAL = 4; // i32 REFUSE_*, 0 = none
export const REP_LAST_TICKS = 8; // i64
export const REP_LAST_LOTS = 16; // i64, 0 = no fill
export const REP_LIQUIDITY = 24; // i32: 851, 0 = none
export const REP_ORIG_CLORDID = 32; // |at i32 |length i32, length 0 = answers no cancel or replace
export const REPORT_BYTES = 48;
export const ORDER_OF_NONE = 67115392; // the order of a report about none: VENUE_ORDER_BYTES
export const REPORT_SCRATCH = 67115520; // a message is written here where TX has no room: REPORT_ROOM bytes
export const REPORT_ROOM = 2048; // longer than any message written by wasm/venue

// ---- What requestNext says
export const REQUEST_NOTHING = 0; // no complete message in RX
export const REQUEST_TAKEN = 1; // REQUEST holds one
export const REQUEST_SLOW = 2; // a whole frame for the session in TypeScript (DECODED says where)
export const REQUEST_GARBLED = 3; // bytes to be skipped
export const REQUEST_PAUSED = 4; // TX and log must be emptied first: call again

// ---- Why a request is refused: each has a row in venue/refusal.ts
export const REFUSE_SIDE = 1;
export const REFUSE_ORD_TYPE = 2;
export const REFUSE_TIME_IN_FORCE = 3;
export const REFUSE_SYMBOL = 4;
export const REFUSE_DUPLICATE = 5;
export const REFUSE_QUANTITY = 6;
export const REFUSE_PRICE = 7;
export const REFUSE_STOP_PRICE = 8;
export const REFUSE_DISPLAY = 9;
export const REFUSE_TERMS = 10;
export const REFUSE_POST_ONLY = 11;
export const REFUSE_OPEN_ORDERS = 12;
export const REFUSE_NAMES = 13;
export const REFUSE_UNKNOWN_ORDER = 14;
export const REFUSE_TOO_LATE = 15;
export const REFUSE_DUPLICATE_CHANGE = 16;
export const REFUSE_FILLED_QUANTITY = 17;
export const REFUSE_NO_SUCH_ORDER = 18;
export const REFUSE_RANGE = 19; // the book has no place for such a price
export const REFUSE_BOOK = 20;

// ---- Names: accounts and self-match ids, never forgotten
export const NAMES = 67117568; // |0 text 32 bytes |32 length i32|
export const NAME_BYTES = 64;
export const NAME_TABLE = 67183104; // open addressing: i32 name + 1 a slot
export const NAME_SLOTS = 2048;

// ---- TX of a session: what the socket has not taken yet (SES_TX_END bytes)
export const VENUE_TX = 68157440; // 65 MiB
export const VENUE_TX_BYTES = 4194304; // a session; a message without room is in the log alone
export const VENUE_TX_PAUSE_BYTES = 1048576; // so much waits for the socket: nothing further is taken in

// ---- Log ring: every order message that came in and every message that went out
// |0 kind i32 |4 payload bytes i32 |8 MsgSeqNum i64 |16 nextIn i64 after it |24 nextOut i64 after it |32 payload, padded to 8
export const LOG = 84934656; // 81 MiB
export const LOG_BYTES = 33554432;
export const LOG_KIND = 0; // LOG_*
export const LOG_PAYLOAD_BYTES = 4;
export const LOG_NUMBER = 8;
export const LOG_NEXT_IN = 16;
export const LOG_NEXT_OUT = 24;
export const LOG_PAYLOAD = 32;
export const LOG_PAUSE_BYTES = 16777216; // so much that is not in the file yet: nothing further is taken in
export const LOG_IN = 1229867348; // "TINI", so that a reader notices where it stands wrong
export const LOG_OUT = 1414877012; // "TOUT"
export const LOG_SKIP = 1346982740; // "TSIP": the ring's end; only padding follows
export const LOG_END = 1145980244; // "TEND": the venue closed; nothing was lost

// ---- Where a sent number stands in the log ring: number % VENUE_SENT_KEPT
export const SENT = 118489088; // 113 MiB: |0 number i64 |8 position i64 + 1 of its record
export const SENT_BYTES = 16;
export const SENT_KEPT = 262144; // older ones are gap-filled

// ---- ClOrdIDs: a ring of the newest, and where each stands by its hash
export const CLIENT_IDS = 135266304; // 129 MiB: |0 text 32 bytes |32 length i32 |36 order address i32 |40 tag u32
export const CLIENT_ID_BYTES = 64;
export const CID_LENGTH = 32; // i32, 0 = free
export const CID_ORDER = 36;
export const CID_TAG = 40;
export const CLIENT_ID_TABLE = 202375168; // 193 MiB: open addressing: |0 tag u32 |4 client id + 1 i32
export const CLIENT_ID_SLOTS_PER_ID = 2; // at most half full

// ---- Orders
export const VENUE_ORDERS = 219152384; // 209 MiB
export const VENUE_ORDER_BYTES = 128;
export const VOR_NUMBER = 0; // i64: of OrderID
export const VOR_PRICE_TICKS = 8; // i64
export const VOR_QTY_LOTS = 16; // i64
export const VOR_CUM_LOTS = 24; // i64
export const VOR_COST = 32; // i64 tick-lots
export const VOR_STOP_TICKS = 40; // i64, 0 = none
export const VOR_STATUS = 48; // i32: ASCII code of 39
export const VOR_SIDE = 52; // i32
export const VOR_ORD_TYPE = 56; // i32: ASCII code
export const VOR_TIME_IN_FORCE = 60; // i32: ASCII code
export const VOR_INSTRUMENT = 64; // i32
export const VOR_SESSION = 68; // i32, -1 = nobody is told: the generated flow
export const VOR_CLIENT_ID = 72; // i32: address of its ClOrdID as it is now
export const VOR_ACCOUNT = 76; // i32: name, -1 = none
export const VOR_IDS = 80; // i32: ClOrdIDs that lead to it
export const VOR_OLDER = 84; // i32: address, 0 = none; of a free slot the next free one
export const VOR_NEWER = 88; // i32
export const VOR_SELF_MATCH_ID = 92; // i32: name, -1 = none
export const VOR_DISPLAY_LOTS = 96; // i64, 0 = all of it is shown

// ---- The book (wasm/matching): its command, its events, then its tables from here on
export const VENUE_BOOK = 353370112; // 337 MiB
export const BOOK_LEVELS_LOG2 = 20; // prices from 0 to 2^20 - 1 increments; others are rejected
export const BOOK_PRICE_PAGES = 8192; // of 64 increments that hold orders; without one an order is rejected
export const BOOK_EXTRAS = 65536; // icebergs and stops, likewise
export const BOOK_EVENTS = 1024; // in one go; an order that trades with more goes on after a pause

// ---- Trades for market data, the last PRINTS_MAX
// |0 instrument i32 |4 taker's side i32 |8 priceTicks i64 |16 qtyLots i64|
export const PRINTS = 67207168; // VENUE + 96 KiB
export const PRINT_BYTES = 32;
export const PRINTS_MAX = 4096; // more in one turn: the oldest are not told

// ---- Which books have changed since TypeScript cleared the word
export const VEN_CHANGED = 67338240; // i32 an instrument (INSTRUMENTS_MAX), behind PRINTS
