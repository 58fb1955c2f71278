/**
 * Commands over many orders: mass cancel, expiry of DAY orders, clearing of a feed's book. They
 * walk instruments, ladders, levels and queues in order, so that the events have one order
 * whatever the table's. The cost is that of all orders walked; the place is kept when the events
 * need draining.
 */
import { emitBbo, emitCancelled, event, fill, hasRoom } from './events';
import { keyFrom, levelOf, unlinkOrder } from './ladder';
import {
  ACCEPTED,
  ALL_INSTRUMENTS,
  BOOK_BLOCK_BYTES,
  CANCELLED_DAY_OVER,
  CANCELLED_MASS,
  CMD_INSTRUMENT,
  CMD_KIND,
  CMD_OWNER,
  CMD_SIDE,
  COMMAND_EXPIRE_DAY,
  COMMAND_FEED_CLEAR,
  CTL_BOOKS,
  CTL_INSTRUMENTS,
  CTL_LEVELS_MASK,
  CTL_PHASE,
  CTL_WANT_BBO,
  EVENT_SWEPT,
  INSTRUMENT_HEADER_BYTES,
  LADDER_BYTES,
  LADDERS,
  LVL_HEAD,
  NO_LEVEL,
  ORD_NEXT,
  ORD_TAG,
  OWNER_MAX,
  PHASE_SWEEPING,
  REFUSED_INSTRUMENT,
  REFUSED_OWNER,
  REFUSED_SIDE,
  SIDE_SELL,
  SWEEP_COUNT,
  SWEEP_END,
  SWEEP_KEY,
  SWEEP_KIND,
  SWEEP_LADDER,
  SWEEP_NEXT,
  SWEEP_OWNER,
  SWEEP_SIDE,
  TAG_DAY,
} from './matching-layout';
import { ownerOf, removeOrder } from './order-table';

export function startSweep(command: usize): u32 {
  const instrument = <u32>load<u16>(command, CMD_INSTRUMENT);
  const books = load<u32>(CTL_BOOKS);
  if (instrument !== ALL_INSTRUMENTS && instrument >= books) return REFUSED_INSTRUMENT;
  const side = <u32>load<u8>(command, CMD_SIDE);
  if (side > <u32>SIDE_SELL) return REFUSED_SIDE;
  const owner = load<u32>(command, CMD_OWNER);
  if (owner > <u32>OWNER_MAX) return REFUSED_OWNER;
  const isAll = instrument === ALL_INSTRUMENTS;
  store<u32>(SWEEP_LADDER, isAll ? 0 : instrument * LADDERS);
  store<u32>(SWEEP_END, (isAll ? books : instrument + 1) * LADDERS);
  store<i32>(SWEEP_KEY, 0);
  store<u32>(SWEEP_OWNER, owner);
  store<u32>(SWEEP_SIDE, side);
  store<u32>(SWEEP_KIND, <u32>load<u8>(command, CMD_KIND));
  store<u32>(SWEEP_NEXT, 0);
  store<i32>(SWEEP_COUNT, 0);
  store<i32>(CTL_PHASE, PHASE_SWEEPING);
  return ACCEPTED;
}

/** Goes on with the sweep as far as there is room; false = call again when the events are drained. */
export function sweep(): bool {
  const end = load<u32>(SWEEP_END);
  const side = load<u32>(SWEEP_SIDE);
  for (let index = load<u32>(SWEEP_LADDER); index < end; index++) {
    store<u32>(SWEEP_LADDER, index);
    if (side === 0 || side === (index & 1) + 1) {
      if (!sweepLadder(ladderNumber(index))) return false;
    }
    if ((index & 3) !== LADDERS - 1 || load<i32>(CTL_WANT_BBO) === 0) continue;
    if (!hasRoom()) return false;
    emitBbo(index >> 2);
  }
  if (load<u32>(SWEEP_KIND) === COMMAND_FEED_CLEAR) return true;
  if (!hasRoom()) {
    store<u32>(SWEEP_LADDER, end);
    return false;
  }
  const lots = <i64>load<i32>(SWEEP_COUNT);
  fill(event(EVENT_SWEPT, 0, 0, 0), 0, lots, 0);
  return true;
}

function ladderNumber(index: u32): usize {
  const block = load<usize>(CTL_INSTRUMENTS) + <usize>(index >> 2) * BOOK_BLOCK_BYTES;
  return block + INSTRUMENT_HEADER_BYTES + <usize>(index & 3) * LADDER_BYTES;
}

function sweepLadder(ladder: usize): bool {
  const last = load<i32>(CTL_LEVELS_MASK);
  let key = load<i32>(SWEEP_KEY);
  while (key <= last) {
    key = keyFrom(ladder, key);
    if (key === NO_LEVEL) break;
    store<i32>(SWEEP_KEY, key);
    if (!sweepLevel(levelOf(ladder, key))) return false;
    key++;
  }
  store<i32>(SWEEP_KEY, 0);
  return true;
}

function sweepLevel(level: usize): bool {
  const isQuiet = load<u32>(SWEEP_KIND) === COMMAND_FEED_CLEAR;
  let order = load<usize>(SWEEP_NEXT);
  if (order === 0) order = load<usize>(level, LVL_HEAD);
  while (order !== level) {
    const next = load<usize>(order, ORD_NEXT);
    if (isSwept(order)) {
      if (!hasRoom() && !isQuiet) {
        store<u32>(SWEEP_NEXT, <u32>order);
        return false;
      }
      if (!isQuiet) emitCancelled(order, reasonOf(load<u32>(SWEEP_KIND)));
      unlinkOrder(order);
      removeOrder(order);
      store<i32>(SWEEP_COUNT, load<i32>(SWEEP_COUNT) + 1);
    }
    order = next;
  }
  store<u32>(SWEEP_NEXT, 0);
  return true;
}

function isSwept(order: usize): bool {
  const owner = load<u32>(SWEEP_OWNER);
  if (owner !== 0 && ownerOf(order) !== owner) return false;
  if (load<u32>(SWEEP_KIND) !== COMMAND_EXPIRE_DAY) return true;
  return (load<u32>(order, ORD_TAG) & TAG_DAY) !== 0;
}

function reasonOf(kind: u32): u32 {
  return kind === COMMAND_EXPIRE_DAY ? CANCELLED_DAY_OVER : CANCELLED_MASS;
}
