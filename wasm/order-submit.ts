/**
 * HOT: a decision to its end in one call: limits, order table, INTENT record, the order's bytes in TX and
 * their OUTBOUND record. The same steps in the same order as engine/orders/order-gate.ts takes one by one.
 */
import { intentWrite } from './intent-record';
import { RECORD_OF_INTENT, RECORD_OF_OUTBOUND } from './journal-layout';
import { journalAppend, journalHasRoom } from './journal-ring';
import {
  ALLOWED,
  CTL_KILL,
  CTL_KILL_APPLIED,
  INS_SESSION,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  INT_INSTRUMENT,
  INT_STRATEGY,
  INTENT,
  SCRATCH,
  SES_TX_END,
  SESSION_BYTES,
  SESSIONS,
  SUBMIT_BY_STEPS,
  TX,
  TX_BYTES,
} from './layout';
import { encodeIntent } from './order-encode';
import { gateSubmit } from './order-entry';
import { sessionLock, sessionUnlock } from './session-lock';

/** Where the INTENT record's payload is put together. */
const PAYLOAD: i32 = SCRATCH + 4096;
/** More than an INTENT and an OUTBOUND record take together. */
const RECORDS_BYTES_MAX: i32 = 4096;

/**
 * The INTENT block's verdict: ALLOWED or DENY_*. SUBMIT_BY_STEPS = nothing was done, because a command
 * comes first or the journal may not have the room.
 */
export function orderSubmit(): i32 {
  if (atomic.load<i32>(CTL_KILL) !== atomic.load<i32>(CTL_KILL_APPLIED)) return SUBMIT_BY_STEPS;
  if (!journalHasRoom(RECORDS_BYTES_MAX)) return SUBMIT_BY_STEPS;
  const verdict = gateSubmit();
  const strategy = load<i32>(INTENT + INT_STRATEGY);
  const intentBytes = intentWrite(strategy, PAYLOAD);
  const isNoted = journalAppend(RECORD_OF_INTENT, strategy, PAYLOAD, intentBytes) !== 0;
  assert(isNoted);
  if (verdict !== ALLOWED) return verdict;
  const instrument = load<i32>(INTENT + INT_INSTRUMENT);
  const session = load<i32>(INSTRUMENTS + instrument * INSTRUMENT_BYTES + INS_SESSION);
  sessionLock(session);
  const start = load<i32>(SESSIONS + session * SESSION_BYTES + SES_TX_END);
  const length = encodeIntent(session);
  const message = TX + session * TX_BYTES + start;
  const isAppended =
    length > 0 && journalAppend(RECORD_OF_OUTBOUND, session, message, length) !== 0;
  sessionUnlock(session);
  // Judged without the lock: a trap must not keep it. The limits gate left room in TX, and the ring has some.
  assert(isAppended);
  return ALLOWED;
}
