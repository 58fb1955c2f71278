/**
 * HOT: the venue's own record of what came in and what went out; no allocation. Written by the
 * kernels and, through logMessage, by the session in TypeScript; read by whoever writes the file
 * and by resends (gateways/sim/exchange). Old bytes are overwritten: the reader keeps pace.
 */
import { SES_NEXT_IN, SES_NEXT_OUT, SESSION_BYTES, SESSIONS } from '../layout';
import {
  LOG,
  LOG_BYTES,
  LOG_KIND,
  LOG_NEXT_IN,
  LOG_NEXT_OUT,
  LOG_NUMBER,
  LOG_OUT,
  LOG_PAYLOAD,
  LOG_PAYLOAD_BYTES,
  LOG_SKIP,
  SENT,
  SENT_BYTES,
  SENT_KEPT,
  VEN_LOG_HEAD,
} from '../venue-layout';

/** Records begin at multiples of this: what is left at the ring's end has room for a header. */
const ALIGNMENT: i32 = 32;

/**
 * Appends one message, `number` its MsgSeqNum; one that went out is found by it again. The
 * session's numbers are noted as they are now.
 */
export function logMessage(session: i32, kind: i32, number: f64, at: i32, length: i32): void {
  const bytes = LOG_PAYLOAD + ((length + ALIGNMENT - 1) & -ALIGNMENT);
  let head = load<i64>(VEN_LOG_HEAD);
  const left = LOG_BYTES - <i32>(head & (LOG_BYTES - 1));
  if (bytes > left) {
    writeHeader(head, LOG_SKIP, left - LOG_PAYLOAD);
    head += left;
  }
  const record = LOG + <i32>(head & (LOG_BYTES - 1));
  const block = SESSIONS + session * SESSION_BYTES;
  writeHeader(head, kind, length);
  store<i64>(record + LOG_NUMBER, <i64>number);
  store<i64>(record + LOG_NEXT_IN, load<i64>(block + SES_NEXT_IN));
  store<i64>(record + LOG_NEXT_OUT, load<i64>(block + SES_NEXT_OUT));
  copyWords(record + LOG_PAYLOAD, at, length);
  if (kind === LOG_OUT) noteSent(<i64>number, head);
  store<i64>(VEN_LOG_HEAD, head + bytes);
}

function writeHeader(position: i64, kind: i32, length: i32): void {
  const record = LOG + <i32>(position & (LOG_BYTES - 1));
  store<i32>(record + LOG_KIND, kind);
  store<i32>(record + LOG_PAYLOAD_BYTES, length);
}

function noteSent(number: i64, position: i64): void {
  const sent = SENT + <i32>(number & (SENT_KEPT - 1)) * SENT_BYTES;
  store<i64>(sent, number);
  store<i64>(sent + 8, position + 1);
}

/** In steps of 16 bytes: up to 15 behind the text are copied along, into the record's padding. */
function copyWords(to: i32, from: i32, length: i32): void {
  for (let at = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at));
}
