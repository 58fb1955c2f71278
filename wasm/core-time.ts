/**
 * HOT: the core's clock is the record in hand. Market time comes from the message's own tag where the
 * session has one (a replaying venue), else from the time of receipt; it never goes back.
 * Twin: market-tick-reference.ts.
 */
import {
  CTL_CORE_TIME_NS,
  CTL_MARKET_EPOCH_NS,
  CTL_NEXT_DAY_NS,
  CTL_NOW_NS,
  DEC_MARKET_TIME_NS,
  DECODED,
  SES_MARKET_TIME_TAG,
  SESSION_BYTES,
  SESSIONS,
} from './layout';

const DAY_NS: i64 = 86400000000000;

/** To the market time of the decoded message; a message without one moves nothing. */
export function timeToMessage(session: i32): void {
  const time = messageTime(session);
  if (time !== 0) timeTo(time);
}

/** Whether the decoded message leaves the trading hours as they were reckoned last. */
export function isSameDay(session: i32): bool {
  const epoch = load<i64>(CTL_MARKET_EPOCH_NS);
  return epoch !== 0 && messageTime(session) - epoch < load<i64>(CTL_NEXT_DAY_NS);
}

/** To CTL_NOW_NS. */
export function timeToReceipt(): void {
  timeTo(load<i64>(CTL_NOW_NS));
}

/** Since 1970; 0 = the message has none. */
function messageTime(session: i32): i64 {
  const tag = load<i32>(SESSIONS + session * SESSION_BYTES + SES_MARKET_TIME_TAG);
  return load<i64>(tag === 0 ? CTL_NOW_NS : DECODED + DEC_MARKET_TIME_NS);
}

function timeTo(absoluteNs: i64): void {
  let epoch = load<i64>(CTL_MARKET_EPOCH_NS);
  if (epoch === 0) {
    epoch = absoluteNs - (absoluteNs % DAY_NS);
    store<i64>(CTL_MARKET_EPOCH_NS, epoch);
  }
  const time = absoluteNs - epoch;
  if (time > load<i64>(CTL_CORE_TIME_NS)) store<i64>(CTL_CORE_TIME_NS, time);
}
