/**
 * The fields of 35=9 (OrderCancelReject) into DECODED, on the fast path alone: which request was refused,
 * what the order's state is now, and why. What else such a message may hold is the session's.
 */
import {
  haveAll,
  ORD_STATUSES,
  once,
  SEEN_1,
  SEEN_11,
  SEEN_37,
  SEEN_39,
  SEEN_41,
  SEEN_58,
  SEEN_60,
  SEEN_102,
  SEEN_434,
  SEEN_HEADER,
} from './fix-state';
import { isListed, parseClOrdId, parseTimestamp, parseUnsigned } from './fix-value';
import {
  DEC_CLORDID,
  DEC_ORD_STATUS,
  DEC_ORIG_CLORDID,
  DEC_REJECT_REASON,
  DECODED,
  FIX_BAD_VALUE,
  FIX_MISSING_TAG,
  FIX_UNKNOWN_TAG,
} from './layout';

// What FIX 4.4 lists, as isListed takes it; 102 has 99 beside these.
const RESPONSES_TO: i64 = 0x6; // 1 cancel, 2 replace
const REASONS: i64 = 0x7f; // 0 to 6
const REASON_OTHER: i64 = 99;

/** One body field; 0 or FIX_*. */
export function cancelRejectField(tag: i32, at: i32, end: i32): i32 {
  switch (tag) {
    case 11:
      store<i64>(DECODED + DEC_CLORDID, parseClOrdId(at, end));
      return once(SEEN_11);
    case 41:
      store<i64>(DECODED + DEC_ORIG_CLORDID, parseClOrdId(at, end));
      return once(SEEN_41);
    case 39:
      if (!isListed(at, end, ORD_STATUSES)) return FIX_BAD_VALUE;
      store<i32>(DECODED + DEC_ORD_STATUS, <i32>load<u8>(at));
      return once(SEEN_39);
    case 102:
      return rejectReason(at, end);
    case 434:
      return isListed(at, end, RESPONSES_TO) ? once(SEEN_434) : FIX_BAD_VALUE;
    case 37:
      return once(SEEN_37);
    case 1:
      return once(SEEN_1);
    case 58:
      return once(SEEN_58);
    case 60:
      return parseTimestamp(at, end) >= 0 ? once(SEEN_60) : FIX_BAD_VALUE;
    default:
      return FIX_UNKNOWN_TAG;
  }
}

/** After the last field: what is missing; 0 or FIX_*. */
export function cancelRejectEnd(): i32 {
  const required = SEEN_HEADER | SEEN_37 | SEEN_11 | SEEN_41 | SEEN_39 | SEEN_434;
  return haveAll(required) ? 0 : FIX_MISSING_TAG;
}

function rejectReason(at: i32, end: i32): i32 {
  const isOther = end - at === 2 && parseUnsigned(at, end) === REASON_OTHER;
  if (!isOther && !isListed(at, end, REASONS)) return FIX_BAD_VALUE;
  store<i32>(DECODED + DEC_REJECT_REASON, isOther ? <i32>REASON_OTHER : <i32>load<u8>(at) - 48);
  return once(SEEN_102);
}
