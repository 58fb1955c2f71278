/**
 * HOT. The door of the kernel: commands one by one or as a batch. A command is applied whole; only
 * matching and mass cancels may stop on the way, when the out buffer is full, and go on at the next
 * call. Nothing is thrown, nothing allocated; what is wrong is refused with its code.
 */
import { emitLastBbo, event, fill, hasRoom } from './events';
import { feedAdd, feedDelete, feedExecute, feedReduce, feedReplace } from './feed';
import {
  ACCEPTED,
  CMD_ID,
  CMD_INSTRUMENT,
  CMD_KIND,
  COMMAND_BYTES,
  COMMAND_CANCEL,
  COMMAND_EXPIRE_DAY,
  COMMAND_FEED_ADD,
  COMMAND_FEED_CLEAR,
  COMMAND_FEED_DELETE,
  COMMAND_FEED_EXECUTE,
  COMMAND_FEED_REDUCE,
  COMMAND_FEED_REPLACE,
  COMMAND_MASS_CANCEL,
  COMMAND_NEW,
  COMMAND_REDUCE,
  COMMAND_REPLACE,
  CTL_IN,
  CTL_IN_END,
  CTL_OUT,
  CTL_OUT_AT,
  CTL_PHASE,
  CTL_SEQUENCE,
  CTL_WANT_BBO,
  EVENT_REJECTED,
  EVT_OTHER_ID,
  PHASE_IDLE,
  PHASE_MATCHING,
  REFUSED_KIND,
  TAKER_BLOCK,
} from './matching-layout';
import { leavesAtOnce, movesAtOnce, restsAtOnce, shrinksAtOnce } from './order-at-once';
import { cancelOrder, reduceOrder, replaceOrder } from './order-change';
import { newOrder } from './order-entry';
import { nextTriggered } from './stops';
import { startSweep, sweep } from './sweep';
import { matchTaker } from './taker';

/**
 * Applies commands from `address` on; returns how many were begun, -1 = not all of them lie in the
 * command buffer. Events of this call stand from CTL_OUT to CTL_OUT_AT. Fewer than `count` or
 * CTL_PHASE not idle: drain them and call again for the rest.
 */
export function matchingRun(address: usize, count: i32): i32 {
  const start = load<usize>(CTL_IN);
  const room = (load<usize>(CTL_IN_END) - start) / COMMAND_BYTES;
  if (address < start || (address & 7) !== 0 || <u32>count > <u32>room) return -1;
  if (address > load<usize>(CTL_IN_END) - <usize>count * COMMAND_BYTES) return -1;
  store<u32>(CTL_OUT_AT, load<u32>(CTL_OUT));
  if (load<i32>(CTL_PHASE) !== PHASE_IDLE) advance();
  const end = address + <usize>count * COMMAND_BYTES;
  let command = address;
  while ((u32(command !== end) & u32(hasRoom()) & u32(load<i32>(CTL_PHASE) === PHASE_IDLE)) !== 0) {
    step(command);
    command += COMMAND_BYTES;
  }
  return <i32>((command - address) / COMMAND_BYTES);
}

/**
 * Applies one command; returns the end of its events. Only to be called when CTL_PHASE is idle, with
 * an address in the command buffer: a host that cannot promise that calls matchingRun.
 */
export function matchingApply(address: usize): usize {
  store<u32>(CTL_OUT_AT, load<u32>(CTL_OUT));
  step(address);
  return load<usize>(CTL_OUT_AT);
}

/** Goes on with a command that waits for room; returns the end of its events. */
export function matchingResume(): usize {
  store<u32>(CTL_OUT_AT, load<u32>(CTL_OUT));
  if (load<i32>(CTL_PHASE) !== PHASE_IDLE) advance();
  return load<usize>(CTL_OUT_AT);
}

function step(command: usize): void {
  store<u32>(CTL_SEQUENCE, load<u32>(CTL_SEQUENCE) + 1);
  const kind = <u32>load<u8>(command, CMD_KIND);
  if (load<i32>(CTL_WANT_BBO) !== 0 || !isDoneAtOnce(kind, command)) apply(kind, command);
}

/** What may be done at once and is; who wants to know of best prices goes the way of all commands. */
function isDoneAtOnce(kind: u32, command: usize): bool {
  if (kind === COMMAND_NEW) return restsAtOnce(command, false);
  if (kind === COMMAND_CANCEL) return leavesAtOnce(command, false);
  if (kind === COMMAND_REPLACE) return movesAtOnce(command);
  if (kind === COMMAND_REDUCE) return shrinksAtOnce(command);
  if (kind === COMMAND_FEED_ADD) return restsAtOnce(command, true);
  if (kind === COMMAND_FEED_DELETE) return leavesAtOnce(command, true);
  return false;
}

function apply(kind: u32, command: usize): void {
  const refusal = execute(kind, command);
  if (refusal !== ACCEPTED) {
    const instrument = <u32>load<u16>(command, CMD_INSTRUMENT);
    const at = event(EVENT_REJECTED, refusal, instrument, load<i64>(command, CMD_ID));
    fill(at, 0, 0, 0);
    store<i64>(at, <i64>kind, EVT_OTHER_ID);
  } else if (load<i32>(CTL_PHASE) !== PHASE_IDLE) advance();
  else if (load<i32>(CTL_WANT_BBO) !== 0) emitLastBbo();
}

function execute(kind: u32, command: usize): u32 {
  switch (kind) {
    case COMMAND_NEW:
      return newOrder(command);
    case COMMAND_CANCEL:
      return cancelOrder(command);
    case COMMAND_REDUCE:
      return reduceOrder(command);
    case COMMAND_REPLACE:
      return replaceOrder(command);
    case COMMAND_MASS_CANCEL:
    case COMMAND_EXPIRE_DAY:
    case COMMAND_FEED_CLEAR:
      return startSweep(command);
    case COMMAND_FEED_ADD:
      return feedAdd(command);
    case COMMAND_FEED_EXECUTE:
      return feedExecute(command);
    case COMMAND_FEED_REDUCE:
      return feedReduce(command);
    case COMMAND_FEED_DELETE:
      return feedDelete(command);
    case COMMAND_FEED_REPLACE:
      return feedReplace(command);
    default:
      return REFUSED_KIND;
  }
}

/** Goes on with the phase; idle again when the command is done. */
function advance(): void {
  if (load<i32>(CTL_PHASE) === PHASE_MATCHING) {
    do {
      if (!matchTaker() || !hasRoom()) return;
    } while (nextTriggered(load<usize>(TAKER_BLOCK)));
    if (load<i32>(CTL_WANT_BBO) !== 0) emitLastBbo();
  } else if (!sweep()) return;
  store<i32>(CTL_PHASE, PHASE_IDLE);
}
