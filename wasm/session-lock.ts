/**
 * HOT: the send lock of a session, the word that native/src/session_lock.rs takes for each send: whoever holds it
 * may number, write to TX and journal. Held for microseconds, never while code of a strategy runs.
 */
import { LOCK_FREE, LOCK_LOOP, SOC_LOCK, SOCKET_ROW_BYTES, SOCKET_ROWS } from './native-layout';

const SPINS: i32 = 200;
const PAUSE_NS: i64 = 20000;

/** Waits until it is free: another thread sends, and finishes what it has begun. */
export function sessionLock(session: i32): void {
  const word = SOCKET_ROWS + session * SOCKET_ROW_BYTES + SOC_LOCK;
  for (let spins = 0; ; spins++) {
    const owner = atomic.cmpxchg<i32>(word, LOCK_FREE, LOCK_LOOP);
    if (owner === LOCK_FREE) return;
    if (spins >= SPINS) atomic.wait<i32>(word, owner, PAUSE_NS);
  }
}

export function sessionUnlock(session: i32): void {
  atomic.store<i32>(SOCKET_ROWS + session * SOCKET_ROW_BYTES + SOC_LOCK, LOCK_FREE);
}

/** Of a loop that is no more; what another thread holds stays held. */
export function sessionUnlockOfLoop(session: i32): void {
  const word = SOCKET_ROWS + session * SOCKET_ROW_BYTES + SOC_LOCK;
  atomic.cmpxchg<i32>(word, LOCK_LOOP, LOCK_FREE);
}
