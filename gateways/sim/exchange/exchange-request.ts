/**
 * A request that the session in TypeScript has taken, put where the desk finds it (REQUEST): the
 * slow path beside wasm/venue/request-decode.ts, which says the same of every message that both
 * understand. What is wrong with the terms is a refusal, never an error.
 */
import type { Memory } from '../../../wasm/memory.ts';
import * as V from '../../../wasm/venue-layout.ts';
import type { FixMessage } from '../../fix/codec.ts';
import type { OrderRequest } from '../../fix/order-entry.ts';
import { MsgType, Tag } from '../../fix/tags.ts';
import { decimalTextE8, type InstrumentGrid, stepsE8 } from '../instrument-grid.ts';

const NO_ID = 'NONE';
const LIMIT = '2';
const DAY = '0';
const ORD_TYPES = ['1', '2', '3', '4'];
const TIMES_IN_FORCE = ['0', '1', '3', '4'];
const SIDES = ['1', '2'];
const PARTICIPATE_DO_NOT_INITIATE = '6';

/** Texts that no place of the venue's is long enough for. */
export function tooLong(message: FixMessage): string | undefined {
  for (const [tag, name] of TEXTS) {
    if ((message.get(tag) ?? '').length <= V.VENUE_TEXT_MAX) continue;
    return `${name} (${tag}) is longer than ${V.VENUE_TEXT_MAX} characters`;
  }
  return undefined;
}

const TEXTS: readonly (readonly [tag: number, name: string])[] = [
  [Tag.ClOrdID, 'ClOrdID'],
  [Tag.OrigClOrdID, 'OrigClOrdID'],
  [Tag.Account, 'Account'],
  [Tag.Symbol, 'Symbol'],
  [Tag.SelfMatchID, 'SelfMatchID'],
  [Tag.MassStatusReqID, 'MassStatusReqID'],
];

export function writeRequest(
  memory: Memory,
  grids: readonly InstrumentGrid[],
  message: FixMessage,
  request: OrderRequest,
): void {
  const at = V.REQUEST;
  const { symbol, side } = request;
  const instrument = grids.findIndex((grid) => grid.symbol === symbol);
  const grid = grids[instrument];
  const ordType = request.ordType || LIMIT;
  const timeInForce = request.timeInForce || DAY;
  const text = (tag: number): string => message.get(tag) ?? '';
  memory.bytes.fill(0, at, at + V.REQUEST_BYTES);
  memory.setI32(at + V.REQ_TYPE, request.msgType.charCodeAt(0));
  memory.setI32(at + V.REQ_INSTRUMENT, instrument);
  memory.setI32(at + V.REQ_SIDE, side === '2' ? 2 : 1);
  memory.setI32(at + V.REQ_ORD_TYPE, listed(ordType, ORD_TYPES, LIMIT));
  memory.setI32(at + V.REQ_TIME_IN_FORCE, listed(timeInForce, TIMES_IN_FORCE, DAY));
  const hasPrice = ordType === '2' || ordType === '4';
  const hasStop = ordType === '3' || ordType === '4';
  const display = text(Tag.MaxFloor) || text(Tag.DisplayQty);
  memory.setI64(at + V.REQ_PRICE_TICKS, hasPrice ? steps(request.price, grid?.tickE8) : 0);
  memory.setI64(at + V.REQ_STOP_TICKS, hasStop ? steps(text(Tag.StopPx), grid?.tickE8) : 0);
  memory.setI64(at + V.REQ_QTY_LOTS, steps(request.orderQty, grid?.lotE8));
  memory.setI64(at + V.REQ_DISPLAY_LOTS, display === '' ? 0 : steps(display, grid?.lotE8));
  const isPostOnly = text(Tag.ExecInst).split(' ').includes(PARTICIPATE_DO_NOT_INITIATE);
  memory.setI32(at + V.REQ_POST_ONLY, isPostOnly ? 1 : 0);
  memory.setI32(at + V.REQ_SELF_MATCH, Number(text(Tag.SelfMatchInstruction)));
  memory.setI32(at + V.REQ_PROBLEM, problemOf(side, ordType, timeInForce));
  writeTexts(memory, [
    [V.REQ_CLORDID, request.clOrdId || NO_ID],
    [V.REQ_ORIG_CLORDID, request.origClOrdId || (isChange(request) ? NO_ID : '')],
    [V.REQ_ACCOUNT, request.account],
    [V.REQ_SYMBOL, symbol],
    [V.REQ_SELF_MATCH_ID, text(Tag.SelfMatchID)],
    [V.REQ_MASS_STATUS_ID, request.massStatusReqId],
  ]);
}

const isChange = ({ msgType }: OrderRequest): boolean =>
  msgType === MsgType.OrderCancelRequest || msgType === MsgType.OrderCancelReplaceRequest;

function problemOf(side: string, ordType: string, timeInForce: string): number {
  if (!SIDES.includes(side)) return V.REFUSE_SIDE;
  if (!ORD_TYPES.includes(ordType)) return V.REFUSE_ORD_TYPE;
  return TIMES_IN_FORCE.includes(timeInForce) ? 0 : V.REFUSE_TIME_IN_FORCE;
}

function listed(value: string, values: readonly string[], otherwise: string): number {
  return (values.includes(value) ? value : otherwise).charCodeAt(0);
}

function steps(text: string, stepE8: number | undefined): number {
  const count = stepE8 === undefined ? Number.NaN : stepsE8(decimalTextE8(text), stepE8);
  return Number.isNaN(count) ? V.OFF_THE_GRID : count;
}

function writeTexts(memory: Memory, texts: readonly (readonly [number, string])[]): void {
  let end = V.REQUEST_TEXTS;
  for (const [field, text] of texts) {
    memory.bytes.set(Buffer.from(text, 'latin1'), end);
    memory.setI32(V.REQUEST + field, end);
    memory.setI32(V.REQUEST + field + 4, text.length);
    end += text.length;
  }
}
