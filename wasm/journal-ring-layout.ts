/**
 * The journal ring, [26 MiB, 43 MiB) of the shared memory: a header of one large page, then data. The hot
 * loop appends (wasm/journal-ring.ts), the journal writer's thread hands over to the segments
 * (engine/journal/ring-writer-worker.ts). With the addon a file in /dev/shm lies under the whole range, so
 * that what was appended outlives the process.
 */

// Positions count bytes ever appended, padding of the ring included; a position's place in the data is its
// remainder by JOURNAL_RING_DATA_BYTES. A record never wraps: where it would, a word of zeros says that the
// next one begins at the beginning. In the ring RECORD_CRC32C holds ringCheck (journal-ring.ts) instead of
// the CRC-32C, which the writer's thread puts in when it hands the record over.
export const JOURNAL_RING = 27262976; // whole pages up to 64 KiB
export const JOURNAL_RING_HEADER_BYTES = 65536;
export const JOURNAL_RING_DATA = 27328512;
export const JOURNAL_RING_DATA_BYTES = 16777216; // a power of two
export const JOURNAL_RING_BYTES = 16842752; // header and data: the size of the file
/** "GFRING01" as a little-endian i64 in two halves; another format gets another number. Stored last. */
export const JOURNAL_RING_MAGIC_LOW = 0x49524647;
export const JOURNAL_RING_MAGIC_HIGH = 0x3130474e;

// ---- Written once, when the ring is opened: |0 magic i64 |8 mode i32 |16 journalId 16 bytes |32 capacity i64
// |40 openedSequence i64
export const RING_MAGIC = JOURNAL_RING;
export const RING_MODE = JOURNAL_RING + 8; // JOURNAL_TO_*
export const RING_JOURNAL_ID = JOURNAL_RING + 16;
export const RING_JOURNAL_ID_BYTES = 16;
export const RING_CAPACITY = JOURNAL_RING + 32;
export const RING_OPENED_SEQUENCE = JOURNAL_RING + 40; // last record of the segments when the ring was opened

// |1024 deviceId i64 |1032 directory 4096 bytes, NUL-padded: whose ring the file is
export const RING_DIRECTORY_DEVICE = JOURNAL_RING + 1024;
export const RING_DIRECTORY = JOURNAL_RING + 1032;
export const RING_DIRECTORY_BYTES = 4096;

export const JOURNAL_TO_STAGE = 0; // records wait at JOURNAL_STAGE until the loop itself writes them
export const JOURNAL_TO_RING = 1;

// ---- The hot loop's line: |64 head i64 |72 lastSequence i64 |80 staged i32
export const RING_HEAD = JOURNAL_RING + 64; // the commit word, stored last
export const RING_LAST_SEQUENCE = JOURNAL_RING + 72;
export const RING_STAGED = JOURNAL_RING + 80; // JOURNAL_TO_STAGE: bytes at JOURNAL_STAGE

// ---- The writer's line that the loop reads, written once a batch: |128 tail i64 |136 durable i64
export const RING_TAIL = JOURNAL_RING + 128; // all before is in the segments: free
export const RING_DURABLE = JOURNAL_RING + 136; // all before is on the disk

// ---- The writer's own line, written with every record: |320 taken i64 |328 takenSequence i64 |336 takenChain i32
// |340 takeResult i32
export const RING_TAKEN = JOURNAL_RING + 320; // all before was copied out, RING_TAIL follows when it is written
export const RING_TAKEN_SEQUENCE = JOURNAL_RING + 328;
export const RING_TAKEN_CHAIN = JOURNAL_RING + 336;
export const RING_TAKE_RESULT = JOURNAL_RING + 340; // TAKE_*

export const TAKE_ALL = 0; // nothing committed is left
export const TAKE_NO_ROOM = 1; // the next record does not fit the room given
export const TAKE_BAD_RECORD = 2; // the next record is not what was appended

// ---- What was handed over, twice, so that a killed writer leaves one that is whole: the index says which
export const RING_HANDED_INDEX = JOURNAL_RING + 192; // i32, stored last
export const RING_HANDED = JOURNAL_RING + 200; // |0 position i64 |8 sequence i64 |16 chain i32
export const RING_HANDED_BYTES = 24;
export const HANDED_POSITION = 0;
export const HANDED_SEQUENCE = 8;
export const HANDED_CHAIN = 16; // CRC-32C of (chain before, record's CRC-32C), over all records since the opening

// ---- What loop and writer say to each other: |256 wake i32 |260 request i32 |264 state i32 |268 fault i32
// |272 faultText 32 bytes
export const RING_WAKE = JOURNAL_RING + 256; // the writer sleeps on it
export const RING_REQUEST = JOURNAL_RING + 260; // RING_ASK_*
export const RING_WRITER_STATE = JOURNAL_RING + 264; // WRITER_*; the loop waits on it at the end
export const RING_FAULT = JOURNAL_RING + 268; // WRITER_FAULT_*
export const RING_FAULT_TEXT = JOURNAL_RING + 272; // the system's word for it: ENOSPC
export const RING_FAULT_TEXT_BYTES = 32;

export const RING_ASK_NOTHING = 0;
export const RING_ASK_SYNC = 1;
export const RING_ASK_CLOSE = 2;

export const WRITER_STARTING = 0;
export const WRITER_RUNNING = 1;
export const WRITER_CLOSED = 2; // all is on the disk
export const WRITER_FAILED = 3;

export const WRITER_WELL = 0;
export const WRITER_FAULT_NO_ROOM = 1; // the disk is full: the reserve is being used up
export const WRITER_FAULT_FAILED = 2; // nothing is handed over any more

// ---- Marks of back-pressure, in bytes that are not handed over yet
export const RING_WAKE_BYTES = 2097152; // an eighth: the writer is woken from its sleep
export const RING_LOCK_STEP_BYTES_MAX = 4194304; // a quarter: in lock step the venue waits, so that no order ever has to
export const RING_ORDERS_BYTES_MAX = 8388608; // half: new orders and replaces get DENY_BACK_PRESSURE
export const RING_INPUTS_BYTES_MAX = 15099488; // nine tenths: venues are not read; the rest is for cancels and kills
