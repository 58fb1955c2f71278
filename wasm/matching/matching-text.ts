/**
 * Commands and events as objects: for tests and for code off the hot path. Hot code writes and
 * reads the fields at the offsets of matching-layout.ts.
 */
import type { Memory } from '../memory.ts';
import * as M from './matching-layout.ts';
import type { Matching } from './matching-module.ts';

export interface MatchingCommand {
  readonly kind: number;
  readonly id?: number;
  readonly instrument?: number;
  readonly side?: number;
  readonly type?: number;
  readonly timeInForce?: number;
  readonly selfTrade?: number;
  readonly flags?: number;
  readonly priceTicks?: number;
  readonly lots?: number;
  readonly owner?: number;
  readonly stopTicks?: number;
  readonly newId?: number;
  readonly displayLots?: number;
}

export interface MatchingEvent {
  readonly kind: number;
  readonly reason: number;
  readonly instrument: number;
  readonly sequence: number;
  readonly id: number;
  readonly otherId: number;
  readonly priceTicks: number;
  readonly lots: number;
  readonly leavesLots: number;
}

/** Fields that are left out are 0. */
export function writeCommand(memory: Memory, at: number, command: MatchingCommand): void {
  const { bytes } = memory;
  bytes.fill(0, at, at + M.COMMAND_BYTES);
  bytes[at + M.CMD_KIND] = command.kind;
  bytes[at + M.CMD_SIDE] = command.side ?? 0;
  bytes[at + M.CMD_TYPE] = command.type ?? 0;
  bytes[at + M.CMD_TIME_IN_FORCE] = command.timeInForce ?? 0;
  bytes[at + M.CMD_SELF_TRADE] = command.selfTrade ?? 0;
  bytes[at + M.CMD_FLAGS] = command.flags ?? 0;
  bytes[at + M.CMD_INSTRUMENT] = (command.instrument ?? 0) & 255;
  bytes[at + M.CMD_INSTRUMENT + 1] = (command.instrument ?? 0) >> 8;
  memory.setI64(at + M.CMD_ID, command.id ?? 0);
  memory.setI64(at + M.CMD_PRICE_TICKS, command.priceTicks ?? 0);
  memory.setI64(at + M.CMD_LOTS, command.lots ?? 0);
  memory.setI32(at + M.CMD_OWNER, command.owner ?? 0);
  memory.setI64(at + M.CMD_STOP_TICKS, command.stopTicks ?? command.newId ?? 0);
  memory.setI64(at + M.CMD_DISPLAY_LOTS, command.displayLots ?? 0);
}

/** The events of the last call, in order. */
export function readEvents({ memory, events }: Matching): MatchingEvent[] {
  const end = memory.i32(M.CTL_OUT_AT) >>> 0;
  const found: MatchingEvent[] = [];
  for (let at = events; at < end; at += M.EVENT_BYTES) found.push(readEvent(memory, at));
  return found;
}

function readEvent(memory: Memory, at: number): MatchingEvent {
  const { bytes } = memory;
  return {
    kind: bytes[at + M.EVT_KIND]!,
    reason: bytes[at + M.EVT_REASON]!,
    instrument: bytes[at + M.EVT_INSTRUMENT]! | (bytes[at + M.EVT_INSTRUMENT + 1]! << 8),
    sequence: memory.i32(at + M.EVT_SEQUENCE) >>> 0,
    id: memory.i64(at + M.EVT_ID),
    otherId: memory.i64(at + M.EVT_OTHER_ID),
    priceTicks: memory.i64(at + M.EVT_PRICE_TICKS),
    lots: memory.i64(at + M.EVT_LOTS),
    leavesLots: memory.i64(at + M.EVT_LEAVES_LOTS),
  };
}

/** Applies commands in batches of what the buffers hold; all their events, in order. */
export function applyAll(
  matching: Matching,
  commands: readonly MatchingCommand[],
): MatchingEvent[] {
  const { memory } = matching;
  const capacity = ((memory.i32(M.CTL_IN_END) >>> 0) - matching.commands) / M.COMMAND_BYTES;
  const found: MatchingEvent[] = [];
  for (let start = 0; start < commands.length; start += capacity) {
    const batch = commands.slice(start, start + capacity);
    for (const [n, command] of batch.entries()) {
      writeCommand(memory, matching.commands + n * M.COMMAND_BYTES, command);
    }
    found.push(...runAll(matching, batch.length));
  }
  return found;
}

/** Applies the first `count` commands of the command buffer to the end; all their events, in order. */
export function runAll(matching: Matching, count: number): MatchingEvent[] {
  const { memory } = matching;
  const found: MatchingEvent[] = [];
  let done = 0;
  do {
    const at = matching.commands + done * M.COMMAND_BYTES;
    done += matching.matchingRun(at, count - done);
    for (const event of readEvents(matching)) found.push(event);
  } while (done < count || memory.i32(M.CTL_PHASE) !== M.PHASE_IDLE);
  return found;
}
