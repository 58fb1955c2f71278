/**
 * HOT: brings in what the next order will write to, while it is awaited: each place may lie where no
 * cache has it, and now nobody waits for them. Touches alone; nothing depends on them.
 */
import { SES_NEXT_OUT, SESSION_BYTES, SESSIONS } from '../layout';
import { CTL_FREE_ORDER } from '../matching/matching-layout';
import { homeOf } from '../matching/order-table';
import {
  LOG,
  LOG_BYTES,
  SENT,
  SENT_BYTES,
  SENT_KEPT,
  VEN_LOG_HEAD,
  VEN_TOUCHED,
} from '../venue-layout';
import { nextClientId } from './client-ids';
import { bookId, nextOrder } from './order-table';

const LINE_BYTES: i32 = 64;
/** What an order and its answer take in the log, nearly always. */
const LOG_AHEAD_BYTES: i32 = 640;

/** `session`: the one whose next order is awaited. */
export function touchNext(session: i32): void {
  const order = nextOrder();
  const inIndex = <i32>homeOf(<i64>bookId(order));
  const inBook = load<i32>(CTL_FREE_ORDER);
  let touched = load<i64>(nextClientId()) ^ load<i64>(order) ^ load<i64>(order + LINE_BYTES);
  touched ^= <i64>load<i32>(inIndex) ^ load<i64>(inBook);
  const number = load<i64>(SESSIONS + session * SESSION_BYTES + SES_NEXT_OUT);
  touched ^= load<i64>(SENT + <i32>(number & (SENT_KEPT - 1)) * SENT_BYTES);
  const head = load<i64>(VEN_LOG_HEAD);
  for (let ahead = 0; ahead < LOG_AHEAD_BYTES; ahead += LINE_BYTES) {
    touched ^= load<i64>(LOG + (<i32>(head + ahead) & (LOG_BYTES - 1)));
  }
  store<i64>(VEN_TOUCHED, touched);
}
