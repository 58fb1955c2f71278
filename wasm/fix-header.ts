/**
 * HOT: the standard header of a message against the session that it came in on, for every decoder
 * of a fast path (fix-decode.ts, venue/order-decode.ts). What it finds lies in DECODED and in the
 * state of fix-state.ts.
 */
import {
  firstTime,
  SEEN_34,
  SEEN_43,
  SEEN_49,
  SEEN_52,
  SEEN_56,
  ST_COMP_IDS,
  ST_MARKET_TIME_TAG,
  ST_POSS_DUP,
  ST_SESSION_CHECKS,
} from './fix-state';
import { parseTimestamp, parseUnsigned } from './fix-value';
import { sameBytes } from './fix-words';
import {
  CTL_NOW_NS,
  DEC_MARKET_TIME_NS,
  DEC_MSG_SEQ_NUM,
  DEC_SENDING_TIME_NS,
  DECODED,
  FIX_BAD_VALUE,
  FIX_COMP_ID,
  FIX_POSS_DUP,
  FIX_SENDING_TIME,
  FIX_SEQUENCE,
  FIX_UNKNOWN_TAG,
  SES_BEGIN,
  SES_BEGIN_LENGTH,
  SES_MAX_LATENCY_NS,
  SES_NEXT_IN,
  SES_SENDER,
  SES_SENDER_LENGTH,
  SES_TARGET,
  SES_TARGET_LENGTH,
} from './layout';

/** What headerField says of a field of the body. */
export const NOT_A_HEADER_FIELD: i32 = -1;
export const TAG_SENDING_TIME: i32 = 52;
const SOH: i32 = 1;
const YES: i32 = 89;
const NO: i32 = 78;
const SEQ_NUM_DIGITS_MAX: i32 = 15; // as the session in TypeScript reads it
const HEADER_TAG_MAX: i32 = 145; // of the header fields that we know, but for one
/** A bit for each of them, by tag. */
const HEADER_TAGS: i32 = <i32>(
  memory.data<u32>([0x00000000, 0x03160804, 0x00000000, 0x04180002, 0x0003c003])
);
const TAG_LAST_PROCESSED: i32 = 369;
const BOTH_COMP_IDS: i32 = 3;

/** Whether the message at `at` has the session's BeginString. */
export function isBeginString(block: i32, at: i32): boolean {
  const length = load<i32>(block + SES_BEGIN_LENGTH);
  return load<u8>(at + 2 + length) === SOH && sameBytes(at + 2, block + SES_BEGIN, length);
}

/**
 * A field of the standard header, which must stand before all others; 0, FIX_* or
 * NOT_A_HEADER_FIELD.
 */
export function headerField(block: i32, tag: i32, at: i32, end: i32): i32 {
  if (!isHeaderTag(tag)) return NOT_A_HEADER_FIELD;
  switch (tag) {
    case 34:
      store<i64>(DECODED + DEC_MSG_SEQ_NUM, parseUnsigned(at, end));
      if (load<i64>(DECODED + DEC_MSG_SEQ_NUM) < 0) return FIX_BAD_VALUE;
      if (end - at > SEQ_NUM_DIGITS_MAX) return FIX_BAD_VALUE;
      return firstTime(SEEN_34) ? 0 : FIX_BAD_VALUE;
    case 49:
      if (sameText(at, end, block + SES_TARGET, load<i32>(block + SES_TARGET_LENGTH))) {
        store<i32>(ST_COMP_IDS, load<i32>(ST_COMP_IDS) | 1);
      }
      return firstTime(SEEN_49) ? 0 : FIX_BAD_VALUE;
    case 56:
      if (sameText(at, end, block + SES_SENDER, load<i32>(block + SES_SENDER_LENGTH))) {
        store<i32>(ST_COMP_IDS, load<i32>(ST_COMP_IDS) | 2);
      }
      return firstTime(SEEN_56) ? 0 : FIX_BAD_VALUE;
    case 52:
      return sendingTime(at, end);
    case 43:
      if (end - at !== 1 || (load<u8>(at) !== YES && load<u8>(at) !== NO)) return FIX_BAD_VALUE;
      store<i32>(ST_POSS_DUP, load<u8>(at) === YES ? 1 : 0);
      return firstTime(SEEN_43) ? 0 : FIX_BAD_VALUE;
    default:
      return rareHeaderField(tag);
  }
}

function isHeaderTag(tag: i32): bool {
  if (tag > HEADER_TAG_MAX) return tag === TAG_LAST_PROCESSED;
  return ((load<u32>(HEADER_TAGS + ((tag >> 5) << 2)) >> (tag & 31)) & 1) !== 0;
}

/**
 * Header fields that only the session in TypeScript can judge: sub and location ids, resend times.
 */
function rareHeaderField(tag: i32): i32 {
  switch (tag) {
    case 50:
    case 57:
    case 97:
    case 115:
    case 116:
    case 122:
    case 128:
    case 129:
    case 142:
    case 143:
    case 144:
    case 145:
    case TAG_LAST_PROCESSED:
      return load<i32>(ST_SESSION_CHECKS) !== 0 ? FIX_UNKNOWN_TAG : 0;
    default:
      return NOT_A_HEADER_FIELD;
  }
}

function sendingTime(at: i32, end: i32): i32 {
  const time = parseTimestamp(at, end);
  if (time < 0 || !firstTime(SEEN_52)) return FIX_BAD_VALUE;
  store<i64>(DECODED + DEC_SENDING_TIME_NS, time);
  if (load<i32>(ST_MARKET_TIME_TAG) === TAG_SENDING_TIME)
    store<i64>(DECODED + DEC_MARKET_TIME_NS, time);
  return 0;
}

function sameText(at: i32, end: i32, text: i32, length: i32): boolean {
  return end - at === length && sameBytes(at, text, length);
}

/** Whether the header is the one that this session awaits; 0 or FIX_*. */
export function sessionError(block: i32): i32 {
  if (load<i32>(ST_COMP_IDS) !== BOTH_COMP_IDS) return FIX_COMP_ID;
  if (load<i32>(ST_POSS_DUP) !== 0) return FIX_POSS_DUP;
  if (load<i64>(DECODED + DEC_MSG_SEQ_NUM) !== load<i64>(block + SES_NEXT_IN)) return FIX_SEQUENCE;
  const late = load<i64>(CTL_NOW_NS) - load<i64>(DECODED + DEC_SENDING_TIME_NS);
  return abs(late) > load<i64>(block + SES_MAX_LATENCY_NS) ? FIX_SENDING_TIME : 0;
}
