/** DECODED before a message is decoded into it. */
import {
  DEC_CLORDID,
  DEC_ENTRIES,
  DEC_INSTRUMENT,
  DEC_MESSAGE,
  DEC_MESSAGE_LENGTH,
  DEC_ORIG_CLORDID,
  DEC_REJECT_REASON,
  DECODED,
} from './layout';

/** Nothing is known but where the message lies. */
export function clearDecoded(address: i32, length: i32): void {
  clear(DECODED, DEC_ENTRIES);
  store<i32>(DECODED + DEC_MESSAGE, address);
  store<i32>(DECODED + DEC_MESSAGE_LENGTH, length);
  store<i32>(DECODED + DEC_INSTRUMENT, -1);
  store<i32>(DECODED + DEC_REJECT_REASON, -1);
  store<i64>(DECODED + DEC_CLORDID, -1);
  store<i64>(DECODED + DEC_ORIG_CLORDID, -1);
}

/** For blocks this small much faster than memory.fill, which leaves the module. */
export function clear(address: i32, bytes: i32): void {
  for (let at = 0; at < bytes; at += 16) v128.store(address + at, i64x2.splat(0));
}
