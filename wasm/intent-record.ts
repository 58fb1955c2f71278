/**
 * HOT: one call an intent. Writes the INTENT block as the bytes of event.fbs' Intent: the strategy's template,
 * made once by engine/event/intent-record.ts, with the numbers put in their places. Its twin is the
 * FlatBuffers library itself.
 */
import {
  FEATURES,
  INT_FEATURES,
  INTENT,
  INTENT_TEMPLATE_BYTES,
  INTENT_TEMPLATES,
  ITP_BYTE_COUNT,
  ITP_FEATURES,
  ITP_LENGTH,
  ITP_PLACES,
  ITP_TEMPLATE,
  ITP_WORD_COUNT,
} from './layout';

/** Puts the INTENT block as it now stands at the address; returns how many bytes. */
export function intentWrite(strategy: i32, address: i32): i32 {
  const template = INTENT_TEMPLATES + strategy * INTENT_TEMPLATE_BYTES;
  const length = load<i32>(template + ITP_LENGTH);
  for (let at = 0; at < length; at += 16) {
    v128.store(address + at, v128.load(template + ITP_TEMPLATE + at));
  }
  let place = template + ITP_PLACES;
  const wordsEnd = place + load<i32>(template + ITP_WORD_COUNT) * 4;
  for (; place < wordsEnd; place += 4) {
    store<i32>(address + load<u16>(place), load<i32>(INTENT + load<u16>(place, 2)));
  }
  const bytesEnd = wordsEnd + load<i32>(template + ITP_BYTE_COUNT) * 4;
  for (; place < bytesEnd; place += 4) {
    store<u8>(address + load<u16>(place), load<u8>(INTENT + load<u16>(place, 2)));
  }
  const features = address + load<i32>(template + ITP_FEATURES);
  for (let at = 0; at < FEATURES * 8; at += 16) {
    v128.store(features + at, v128.load(INTENT + INT_FEATURES + at));
  }
  return length;
}
