/**
 * The real NASDAQ day of GOOG as a feed by order: LOBSTER's message file turned into the kernel's
 * FEED commands, DAYS times over, each time into a book of its own with ids of its own. Hidden
 * executions and halts are no events of a book; events of orders that stood before the recording
 * begins are left out.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import * as M from '../../wasm/matching/matching-layout.ts';
import type { EventFile } from './event-file.ts';

const DAY = new URL(
  '../../../shared/data/lobster/GOOG_2012-06-21_34200000_57600000_message_10.csv.zst',
  import.meta.url,
);
const FOLDER = new URL('../../build/bench/', import.meta.url);
const FILE = new URL('book-goog-2.bin', FOLDER);
const DAYS = 8;
/** Apart from each other, inside the kernel's ids. */
const IDS_A_DAY = 2 ** 40;
const PRICE_UNITS_A_TICK = 100; // LOBSTER counts 1/100 of a cent
const SUBMISSION = 1;
const PARTIAL_CANCELLATION = 2;
const DELETION = 3;
const VISIBLE_EXECUTION = 4;
const LOBSTER_BUY = 1;

interface FeedEvent {
  readonly kind: number;
  readonly id: number;
  readonly side: number;
  readonly priceTicks: number;
  readonly lots: number;
  readonly leavesLots: number;
}

/** undefined where the recording is not at hand. */
export function recordedFile(): EventFile | undefined {
  if (!existsSync(DAY)) return undefined;
  const day = feedEvents(zstdDecompressSync(readFileSync(DAY)).toString('latin1'));
  if (!existsSync(FILE)) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(FILE, commandBytes(day));
  }
  return { path: fileURLToPath(FILE), lead: 0, events: day.length * DAYS, instruments: DAYS };
}

function feedEvents(text: string): readonly FeedEvent[] {
  const leaves = new Map<number, number>();
  const events: FeedEvent[] = [];
  for (const line of text.split('\n')) {
    const [, type, id, size, price, direction] = line.split(',').map(Number);
    if (id === undefined || size === undefined) continue;
    const side = direction === LOBSTER_BUY ? M.SIDE_BUY : M.SIDE_SELL;
    const about = { id, side, priceTicks: price! / PRICE_UNITS_A_TICK };
    const open = leaves.get(id);
    if (type === SUBMISSION && open === undefined) {
      leaves.set(id, size);
      events.push({ ...about, kind: M.COMMAND_FEED_ADD, lots: size, leavesLots: size });
      continue;
    }
    const kind = kindOf(type!);
    if (kind === undefined || open === undefined) continue;
    const lots = kind === M.COMMAND_FEED_DELETE ? open : size;
    const leavesLots = open - lots;
    events.push({ ...about, kind, lots, leavesLots });
    if (leavesLots === 0) leaves.delete(id);
    else leaves.set(id, leavesLots);
  }
  return events;
}

function kindOf(type: number): number | undefined {
  if (type === PARTIAL_CANCELLATION) return M.COMMAND_FEED_REDUCE;
  if (type === DELETION) return M.COMMAND_FEED_DELETE;
  return type === VISIBLE_EXECUTION ? M.COMMAND_FEED_EXECUTE : undefined;
}

/** What is left of the order stands in a field that the kernel does not read, for books that ask. */
function commandBytes(day: readonly FeedEvent[]): Buffer {
  const bytes = Buffer.alloc((1 + day.length * DAYS) * M.COMMAND_BYTES);
  for (const [n, value] of [0, day.length * DAYS, DAYS].entries())
    bytes.writeUInt32LE(value, n * 4);
  let at = M.COMMAND_BYTES;
  for (let instrument = 0; instrument < DAYS; instrument++) {
    for (const { kind, id, side, priceTicks, lots, leavesLots } of day) {
      bytes[at + M.CMD_KIND] = kind;
      bytes[at + M.CMD_SIDE] = side;
      bytes.writeUInt16LE(instrument, at + M.CMD_INSTRUMENT);
      bytes.writeBigInt64LE(BigInt(instrument * IDS_A_DAY + id), at + M.CMD_ID);
      bytes.writeBigInt64LE(BigInt(priceTicks), at + M.CMD_PRICE_TICKS);
      bytes.writeBigInt64LE(BigInt(lots), at + M.CMD_LOTS);
      bytes.writeBigInt64LE(BigInt(leavesLots), at + M.CMD_DISPLAY_LOTS);
      at += M.COMMAND_BYTES;
    }
  }
  return bytes;
}
