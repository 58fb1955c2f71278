/** The FIX_* reasons of wasm/layout.ts in words, for whoever reads a complaint about a message. */
import * as L from '../../wasm/layout.ts';

const WORDS: Readonly<Record<number, string>> = {
  [L.FIX_NOT_FAST_TYPE]: 'the message type is none of 35=W, 35=X, 35=8',
  [L.FIX_UNKNOWN_TAG]: 'a tag is unknown in this message type',
  [L.FIX_MISSING_TAG]: 'a required tag is missing',
  [L.FIX_BAD_VALUE]: 'a field is empty, repeated, out of place or not in its format',
  [L.FIX_OFF_GRID]: 'a price or quantity is off the grid of ticks and lots',
  [L.FIX_UNKNOWN_SYMBOL]: 'the symbol (55) is unknown',
  [L.FIX_BAD_GROUP_COUNT]: 'the entries do not match their number (268)',
  [L.FIX_BODY_LENGTH]: 'BodyLength (9) is wrong',
  [L.FIX_CHECKSUM]: 'CheckSum (10) is wrong',
  [L.FIX_FIRST_FIELDS]: 'it does not begin with 8=FIX, 9= and 35=',
};

export const fixFaultText = (fault: number): string => WORDS[fault] ?? `reason ${fault}`;
