/**
 * Accounts and self-match ids as small numbers: open addressing over NAME_TABLE by FNV-1a, at most
 * half full, so that a probe always ends. A name is never forgotten.
 */
import { hash64 } from '../fix-value';
import { sameBytes } from '../fix-words';
import {
  NAME_BYTES,
  NAME_SLOTS,
  NAME_TABLE,
  NAMES,
  VEN_NAMES,
  VENUE_NAMES_MAX,
  VENUE_TEXT_MAX,
} from '../venue-layout';

/** What nameOf says where there is no room for a further name. */
export const NO_NAME: i32 = -1;

/** The number of a name of 1 to VENUE_TEXT_MAX bytes, which is noted if it is new. */
export function nameOf(at: i32, length: i32): i32 {
  let slot = <i32>hash64(at, at + length) & (NAME_SLOTS - 1);
  while (true) {
    const name = load<i32>(NAME_TABLE + (slot << 2)) - 1;
    if (name < 0) return newName(slot, at, length);
    const block = nameAt(name);
    if (nameLength(name) === length && sameBytes(block, at, length)) return name;
    slot = (slot + 1) & (NAME_SLOTS - 1);
  }
}

export function nameAt(name: i32): i32 {
  return NAMES + name * NAME_BYTES;
}

export function nameLength(name: i32): i32 {
  return load<i32>(nameAt(name) + VENUE_TEXT_MAX);
}

function newName(slot: i32, at: i32, length: i32): i32 {
  const name = load<i32>(VEN_NAMES);
  if (name === VENUE_NAMES_MAX) return NO_NAME;
  store<i32>(VEN_NAMES, name + 1);
  memory.copy(nameAt(name), at, length);
  store<i32>(nameAt(name) + VENUE_TEXT_MAX, length);
  store<i32>(NAME_TABLE + (slot << 2), name + 1);
  return name;
}
