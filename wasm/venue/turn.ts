/**
 * HOT: one turn of the venue: every order message that is whole in a session's RX is decoded,
 * noted, matched and answered into TX in one call, without an allocation. It stops at the first
 * message that only the session in TypeScript may judge.
 */
import {
  DEC_MESSAGE,
  DEC_MESSAGE_LENGTH,
  DEC_MSG_SEQ_NUM,
  DECODED,
  SES_RX_END,
  SES_RX_START,
  SESSION_BYTES,
  SESSIONS,
} from '../layout';
import { LOG_IN, REQUEST_PAUSED, REQUEST_TAKEN } from '../venue-layout';
import { bookGoOn } from './book-port';
import { takeRequest } from './desk';
import { hasRoom } from './flow-control';
import { logMessage } from './log-ring';
import { requestNext } from './request-decode';
import { touchNext } from './touch';

/** Takes what it can; REQUEST_* but REQUEST_TAKEN: why it stopped. */
export function venueTurn(session: i32): i32 {
  if (!bookGoOn()) return REQUEST_PAUSED;
  while (true) {
    if (!hasRoom(session)) return REQUEST_PAUSED;
    const found = requestNext(session);
    if (found !== REQUEST_TAKEN) return found;
    logMessage(
      session,
      LOG_IN,
      f64(load<i64>(DECODED + DEC_MSG_SEQ_NUM)),
      load<i32>(DECODED + DEC_MESSAGE),
      load<i32>(DECODED + DEC_MESSAGE_LENGTH),
    );
    takeRequest();
    if (!bookGoOn()) return REQUEST_PAUSED;
    if (hasMore(session)) touchNext(session);
  }
}

/** Whether further bytes are there: then their answers follow before what is in TX can leave. */
function hasMore(session: i32): boolean {
  const block = SESSIONS + session * SESSION_BYTES;
  return load<i32>(block + SES_RX_START) < load<i32>(block + SES_RX_END);
}
