/**
 * HOT: a market-data message from the socket's bytes to books, signals and breakers in one call, journal
 * included. The same steps in the same order as engine/hot-loop.ts takes one by one where stages are timed,
 * where the journal is not in memory and where something has to be done in TypeScript on the way.
 */
import { isSameDay, timeToMessage } from './core-time';
import { fixNext } from './fix-decode';
import { RECORD_OF_INBOUND } from './journal-layout';
import { journalAppend } from './journal-ring';
import {
  CTL_NOW_NS,
  DEC_MESSAGE,
  DEC_MESSAGE_LENGTH,
  DECODED,
  DECODED_APPLIED,
  DECODED_MARKET_DATA,
  SES_LAST_RECEIVED_NS,
  SES_MESSAGES_IN,
  SESSION_BYTES,
  SESSIONS,
} from './layout';
import { marketApply } from './market-tick';

/** Over FIX the message says what becomes of the book's state. */
const BY_MESSAGE: i32 = -1;

/** As fixNext; DECODED_APPLIED: it was market data, is journaled and applied, only the strategies come still. */
export function tickNext(session: i32): i32 {
  const kind = fixNext(session);
  if (kind !== DECODED_MARKET_DATA || !isSameDay(session)) return kind;
  const message = load<i32>(DECODED + DEC_MESSAGE);
  const length = load<i32>(DECODED + DEC_MESSAGE_LENGTH);
  // Without room nothing was done: the caller waits for some and goes on by steps.
  if (journalAppend(RECORD_OF_INBOUND, session, message, length) === 0) return kind;
  const block = SESSIONS + session * SESSION_BYTES;
  store<i64>(block + SES_MESSAGES_IN, load<i64>(block + SES_MESSAGES_IN) + 1);
  store<i64>(block + SES_LAST_RECEIVED_NS, load<i64>(CTL_NOW_NS));
  timeToMessage(session);
  marketApply(BY_MESSAGE);
  return DECODED_APPLIED;
}
