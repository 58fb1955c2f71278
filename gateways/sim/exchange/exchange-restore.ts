/**
 * A matching venue that starts on the log of an earlier run: the session's numbers, what can be
 * asked for again, and the orders, open ones back in the book in the order in which they came. All
 * of it follows from the messages themselves. Terms that no report says (displayed quantity,
 * post-only, self-match id) are gone.
 */
import { existsSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { Memory } from '../../../wasm/memory.ts';
import * as V from '../../../wasm/venue-layout.ts';
import { type FixMessage, parseMessage } from '../../fix/codec.ts';
import { MsgType, Tag } from '../../fix/tags.ts';
import { decimalTextE8, type InstrumentGrid, stepsE8 } from '../instrument-grid.ts';
import { LOG_FILE } from './exchange-log.ts';
import { logRecords } from './exchange-log-reader.ts';
import type { ExchangeModule } from './exchange-module.ts';

const SESSION = 0;
const NO_ORDER = 'NONE';
const OPEN_STATUSES = ['0', '1'];
const STATUS_OF_NO_ORDER = 'I';
const TRADE = 'F';
/**
 * After a kill what was sent last may not be in the file: at most what the ring holds, and no
 * message with its header is shorter than 128 bytes. No number, OrderID or ExecID is used again.
 */
const NUMBERS_LOST_MAX = V.LOG_BYTES / 128;

interface RestoreParts {
  readonly memory: Memory;
  readonly module: ExchangeModule;
  readonly grids: readonly InstrumentGrid[];
  readonly logDir: string | undefined;
}

interface Restored {
  readonly nextIn: number;
  readonly nextOut: number;
}

/** An order as its reports have told it. */
interface ToldOrder {
  readonly clOrdIds: string[];
  cumLots: number;
  costTickLots: number;
  last: FixMessage;
}

export function restoreExchange(parts: RestoreParts): Restored {
  const file = path.join(parts.logDir ?? '', LOG_FILE);
  if (parts.logDir === undefined || !existsSync(file)) return { nextIn: 1, nextOut: 1 };
  const orders = new Map<string, ToldOrder>();
  const counts = { orders: 0, executions: 0 };
  let numbers: Restored = { nextIn: 1, nextOut: 1 };
  let isEnded = true;
  let lastOut = 0;
  let end = 0;
  for (const record of logRecords(file)) {
    const { kind, msgSeqNum, payload } = record;
    isEnded = kind === V.LOG_END;
    end = record.end;
    if (kind !== V.LOG_IN && kind !== V.LOG_OUT) continue;
    numbers = { nextIn: record.nextIn, nextOut: record.nextOut };
    if (kind === V.LOG_IN) continue;
    if (msgSeqNum <= lastOut) forgetSent(parts.memory);
    lastOut = msgSeqNum;
    keep(parts, msgSeqNum, payload);
    note(payload, orders, counts, parts.grids);
  }
  const isTorn = statSync(file).size > end;
  truncateSync(file, end);
  putOrders(parts, orders);
  const lost = isEnded && !isTorn ? 0 : NUMBERS_LOST_MAX;
  parts.memory.setI64(V.VEN_ORDER_COUNT, counts.orders + lost);
  parts.memory.setI64(V.VEN_EXEC_COUNT, counts.executions + lost);
  return { nextIn: numbers.nextIn, nextOut: numbers.nextOut + lost };
}

function noRoom(orderId: string): GyrfalconError {
  const text = `the book has no room for ${orderId}, which an earlier run left open: give more --open-orders`;
  return new GyrfalconError('CONFIG_INVALID', text);
}

/** The numbers began anew. */
function forgetSent(memory: Memory): void {
  memory.setI64(V.VEN_LOG_FLOOR, memory.i64(V.VEN_LOG_HEAD));
}

/** Back into the ring, where a resend finds it. */
function keep({ memory, module }: RestoreParts, number: number, payload: Buffer): void {
  memory.bytes.set(payload, V.VENUE_TX);
  module.logMessage(SESSION, V.LOG_OUT, number, V.VENUE_TX, payload.length);
}

/** What a report says of its order. */
function note(
  payload: Buffer,
  orders: Map<string, ToldOrder>,
  counts: { orders: number; executions: number },
  grids: readonly InstrumentGrid[],
): void {
  const message = parseMessage(payload);
  if (message?.msgType !== MsgType.ExecutionReport) return;
  const text = (tag: number): string => message.get(tag) ?? '';
  counts.executions = Math.max(counts.executions, Number(text(Tag.ExecID).slice(1)));
  const orderId = text(Tag.OrderID);
  if (orderId === NO_ORDER || text(Tag.ExecType) === STATUS_OF_NO_ORDER) return;
  counts.orders = Math.max(counts.orders, Number(orderId.slice(1)));
  const clOrdId = text(Tag.ClOrdID);
  const order = orders.get(orderId) ?? {
    clOrdIds: [],
    cumLots: 0,
    costTickLots: 0,
    last: message,
  };
  orders.set(orderId, order);
  order.last = message;
  if (order.clOrdIds.at(-1) !== clOrdId) order.clOrdIds.push(clOrdId);
  if (text(Tag.ExecType) !== TRADE) return;
  const grid = grids.find(({ symbol }) => symbol === text(Tag.Symbol));
  if (grid === undefined) return;
  const lots = stepsE8(decimalTextE8(text(Tag.LastQty)), grid.lotE8);
  order.cumLots += lots;
  order.costTickLots += lots * stepsE8(decimalTextE8(text(Tag.LastPx)), grid.tickE8);
}

/** All that are open, and the last done ones. */
function newestOf(
  orders: ReadonlyMap<string, ToldOrder>,
  doneMax: number,
): readonly (readonly [string, ToldOrder])[] {
  const entries = [...orders];
  const isOpen = ([, { last }]: readonly [string, ToldOrder]): boolean =>
    OPEN_STATUSES.includes(last.get(Tag.OrdStatus) ?? '');
  const done = entries.filter((entry) => !isOpen(entry));
  const forgotten = new Set(done.slice(0, Math.max(0, done.length - doneMax)));
  return entries.filter((entry) => !forgotten.has(entry));
}

function putOrders(parts: RestoreParts, orders: ReadonlyMap<string, ToldOrder>): void {
  const { memory, module } = parts;
  const newest = newestOf(orders, (memory.i32(V.VEN_CLORDIDS_MASK) + 1) / 2);
  for (const [orderId, told] of newest) {
    const address = module.takeOrder();
    fillOrder(parts, address, told);
    memory.setI64(address + V.VOR_NUMBER, Number(orderId.slice(1)));
    for (const clOrdId of told.clOrdIds) {
      module.addClientId(V.REQUEST_TEXTS, put(memory, clOrdId), address);
    }
    const status = told.last.get(Tag.OrdStatus) ?? '';
    const isKnown = memory.i32(address + V.VOR_INSTRUMENT) >= 0;
    if (!OPEN_STATUSES.includes(status) || !isKnown) continue;
    module.openOrder(address);
    memory.setI32(address + V.VOR_STATUS, status.charCodeAt(0));
    if (module.bookRestore(address) === 0) throw noRoom(orderId);
  }
}

function fillOrder({ memory, module, grids }: RestoreParts, at: number, told: ToldOrder): void {
  const text = (tag: number): string => told.last.get(tag) ?? '';
  const instrument = grids.findIndex(({ symbol }) => symbol === text(Tag.Symbol));
  const grid = grids[instrument];
  const steps = (tag: number, stepE8: number | undefined): number =>
    text(tag) === '' || stepE8 === undefined ? 0 : stepsE8(decimalTextE8(text(tag)), stepE8);
  const account = text(Tag.Account);
  memory.setI64(at + V.VOR_PRICE_TICKS, steps(Tag.Price, grid?.tickE8));
  memory.setI64(at + V.VOR_STOP_TICKS, steps(Tag.StopPx, grid?.tickE8));
  memory.setI64(at + V.VOR_QTY_LOTS, steps(Tag.OrderQty, grid?.lotE8));
  memory.setI64(at + V.VOR_CUM_LOTS, told.cumLots);
  memory.setI64(at + V.VOR_COST, told.costTickLots);
  memory.setI32(at + V.VOR_STATUS, text(Tag.OrdStatus).charCodeAt(0));
  memory.setI32(at + V.VOR_SIDE, Number(text(Tag.Side)));
  memory.setI32(at + V.VOR_ORD_TYPE, text(Tag.OrdType).charCodeAt(0));
  memory.setI32(at + V.VOR_TIME_IN_FORCE, text(Tag.TimeInForce).charCodeAt(0));
  memory.setI32(at + V.VOR_INSTRUMENT, instrument);
  memory.setI32(at + V.VOR_SESSION, SESSION);
  const name = account === '' ? -1 : module.nameOf(V.REQUEST_TEXTS, put(memory, account));
  memory.setI32(at + V.VOR_ACCOUNT, name);
  memory.setI32(at + V.VOR_SELF_MATCH_ID, -1);
}

/** Puts a text where the kernel reads it; its length. */
function put(memory: Memory, text: string): number {
  memory.bytes.set(Buffer.from(text, 'latin1'), V.REQUEST_TEXTS);
  return text.length;
}
