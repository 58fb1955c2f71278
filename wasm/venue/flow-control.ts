/**
 * HOT: whether the venue may go on before TypeScript has emptied TX and log. The bounds leave room
 * for what one step writes: the reports of BOOK_EVENTS events.
 */
import { SES_TX_END, SESSION_BYTES, SESSIONS } from '../layout';
import {
  LOG_PAUSE_BYTES,
  REQ_SESSION,
  REQUEST,
  VEN_LOG_HEAD,
  VEN_LOG_SAVED,
  VENUE_TX_PAUSE_BYTES,
} from '../venue-layout';

/** Whether the session of the request in hand may cause more messages. */
export function hasRoomToGoOn(): boolean {
  const session = load<i32>(REQUEST + REQ_SESSION);
  return session < 0 ? hasLogRoom() : hasRoom(session);
}

export function hasRoom(session: i32): boolean {
  const waiting = load<i32>(SESSIONS + session * SESSION_BYTES + SES_TX_END);
  return waiting < VENUE_TX_PAUSE_BYTES && hasLogRoom();
}

function hasLogRoom(): boolean {
  return load<i64>(VEN_LOG_HEAD) - load<i64>(VEN_LOG_SAVED) < LOG_PAUSE_BYTES;
}
