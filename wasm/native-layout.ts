/**
 * What the hot loop and the addon say to each other in the shared memory, [24 MiB, 25 MiB): read by TypeScript,
 * and by native/build.rs, which wants each constant on a line of its own as a plain number. Times are
 * nanoseconds: "mono" of CLOCK_MONOTONIC, "real" since 1970.
 */

/** Grows whenever anything here changes: an addon that was built with another map is not loaded. */
export const NATIVE_LAYOUT_VERSION = 6;

// ---- The loop: |0 owner |64 wake, asleep, event |128 how long a turn waits, what it found, counts …
export const SOCKET_LOOP = 25165824;
export const SLO_OWNER = 25165824; // i32 atomic: 1 = a thread's loop has this memory's sockets
export const SLO_WAKE = 25165888; // i32 atomic: somebody wants the turn to end; the turn takes it back
export const SLO_ASLEEP = 25165892; // i32 atomic: the loop's thread blocks, or is about to: SLO_EVENT wakes it
export const SLO_EVENT = 25165896; // i32: its eventfd
export const SLO_WAIT_NS = 25165952; // i64, set by the owner: a turn that finds nothing ends after this time
export const SLO_SPIN_NS = 25165960; // i64, set by the owner: the turn polls this long after the last activity, then blocks
export const SLO_READY_LOW = 25165968; // i32: sockets 0-31 with something in SOC_EVENTS
export const SLO_READY_HIGH = 25165972; // i32: sockets 32-63
export const SLO_MONO_NS = 25165976; // i64: when the last turn ended
export const SLO_TURNS = 25165992; // i64
export const SLO_POLLS = 25166000; // i64: looks at the sockets
export const SLO_SLEEPS = 25166008; // i64: times that the thread blocked

export const SLO_YIELD_NS = 25166016; // i64, set by the owner: a thread that lost its core while it polled blocks at once for this time; 0 = it polls on
export const SLO_MAY_BLOCK = 25166032; // i32, set by the owner: 0 = the turn only polls, and not for long
export const SLO_LOST = 25166024; // i64: times that it lost its core so
export const CLOCK_MONO_NS = 25168000; // i64: CLOCK_MONOTONIC as clockFunction read it last
export const CLOCK_REAL_NS = 25168008; // i64: CLOCK_REALTIME, since 1970
export const CLOCK_OFFSET_NS = 25168016; // i64: real less mono when the two were compared last
export const CLOCK_SYNC_MONO_NS = 25168024; // i64: when they are compared again

// What turn() returns: bits.
export const TURN_READY = 1; // SLO_READY_* says which sockets
export const TURN_WOKEN = 2; // somebody called for the event loop
export const TURN_EVENT_LOOP = 4; // Node's own event loop has something to do

// ---- The sockets: one row each
export const SOCKETS_MAX = 64; // none free: the connection is refused with a text
export const SOCKET_ROWS = 25169920;
export const SOCKET_ROW_BYTES = 256;
export const SOC_STATE = 0; // i32 SOCKET_*
export const SOC_EVENTS = 4; // i32 SOCKET_EVENT_*: since the turn before
export const SOC_FD = 8; // i32 (for the addon)
export const SOC_ERRNO = 12; // i32: why it failed: errno or SOCKET_ERRNO_TLS
export const SOC_RX = 16; // i32: address of the bytes that it receives into
export const SOC_RX_BYTES = 20; // i32
export const SOC_RX_WORDS = 24; // i32: address of |start i32|end i32| of what is unread there
export const SOC_TX = 28; // i32: address of the bytes to be sent; what has left is no longer there
export const SOC_TX_BYTES = 32; // i32
export const SOC_TX_WORDS = 36; // i32: address of |end i32|
export const SOC_IS_PAUSED = 40; // i32, set by the owner: nothing is received
export const SOC_RECEIVED_MONO_NS = 48; // i64: of the last bytes
export const SOC_RECEIVED_REAL_NS = 56; // i64
export const SOC_SENT_MONO_NS = 64; // i64: when the last bytes were handed to the kernel
export const SOC_SENT_REAL_NS = 72; // i64
export const SOC_BYTES_IN = 80; // i64: as RX and TX have them, without what TLS adds
export const SOC_BYTES_OUT = 88; // i64
export const SOC_BLOCKED = 96; // i64: times that the kernel did not take all
export const SOC_LOCK = 192; // i32 atomic LOCK_*, alone on its cache line

export const SOCKET_FREE = 0;
export const SOCKET_CONNECTING = 1;
export const SOCKET_OPEN = 2;
export const SOCKET_ENDING = 3; // sends what it has, then says that nothing follows
export const SOCKET_OVER = 4; // ended or failed; to be closed by its owner
export const SOCKET_LISTENING = 5;
export const SOCKET_SECURING = 6; // in the handshake of TLS
export const SOCKET_SECURED = 7; // TLS stands; nothing is sent or received until the owner admits the peer

export const SOCKET_ERRNO_TLS = 65536; // tlsProblem() says what TLS has against it

export const SOCKET_EVENT_CONNECTED = 1;
export const SOCKET_EVENT_READABLE = 2; // bytes were added to RX
export const SOCKET_EVENT_SENT = 4; // what the kernel had not taken at first has left
export const SOCKET_EVENT_ENDED = 8; // the peer sends no more, or we have ended as was wished
export const SOCKET_EVENT_FAILED = 16; // SOC_ERRNO says why
export const SOCKET_EVENT_ACCEPTABLE = 32; // a listener has a connection to accept
export const SOCKET_EVENT_SECURING = 64; // connected; the handshake of TLS begins
export const SOCKET_EVENT_SECURED = 128; // it has ended well: who the peer is can be looked at

// Who may number, write and send what lies in TX.
export const LOCK_FREE = 0;
export const LOCK_LOOP = 1; // the hot loop's thread
export const LOCK_CONTROL = 2; // the control thread
