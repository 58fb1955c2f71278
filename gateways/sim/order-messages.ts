/**
 * The simulated venue's one mapping between FIX and its order desk: 35=D F G q H AF in, 35=8 9 r
 * out. Decimal text becomes ticks and lots here; what is off the grid becomes NaN, which the desk
 * refuses.
 */
import { SIDE_BUY, SIDE_SELL } from '../../engine/units.ts';
import type { FixMessage } from '../fix/codec.ts';
import { Tag } from '../fix/tags.ts';
import { decimalTextE8, type InstrumentGrid, stepsE8, stepsText } from './instrument-grid.ts';
import type {
  CancelOrder,
  CancelReject,
  ExecutionReport,
  NewOrder,
  OrdType,
  ReplaceOrder,
  TimeInForce,
} from './venue-order.ts';
import { EXEC_TRADE } from './venue-order.ts';

const SOH = '\x01';
const ORD_TYPES = ['1', '2'];
const TIMES_IN_FORCE = ['0', '1', '3', '4'];
const LIMIT = '2';
/** FIX 530. */
const MASS_CANCEL_SYMBOL = '1';
const MASS_CANCEL_ALL = '7';

export interface ParsedOrder {
  readonly request: NewOrder;
  /** What this venue does not do with it; '' = nothing. */
  readonly problem: string;
}

/** 35=D; also what 35=H names, whose terms are then defaults. */
export function parseNewOrder(message: FixMessage, grids: readonly InstrumentGrid[]): ParsedOrder {
  const symbol = message.get(Tag.Symbol) ?? '';
  const instrument = grids.findIndex((grid) => grid.symbol === symbol);
  const side = message.get(Tag.Side);
  const ordType = message.get(Tag.OrdType) ?? LIMIT;
  const timeInForce = message.get(Tag.TimeInForce) ?? '0';
  let problem = '';
  if (side !== String(SIDE_BUY) && side !== String(SIDE_SELL)) problem = 'Side (54) is not 1 or 2';
  else if (!ORD_TYPES.includes(ordType)) problem = 'OrdType (40) is not market or limit';
  else if (!TIMES_IN_FORCE.includes(timeInForce)) {
    problem = 'TimeInForce (59) is not DAY, GTC, IOC or FOK';
  }
  const request: NewOrder = {
    clOrdId: message.get(Tag.ClOrdID) ?? 'NONE',
    account: message.get(1) ?? '',
    symbol,
    instrument,
    side: side === String(SIDE_SELL) ? SIDE_SELL : SIDE_BUY,
    ordType: (ORD_TYPES.includes(ordType) ? ordType : LIMIT) as OrdType,
    timeInForce: (TIMES_IN_FORCE.includes(timeInForce) ? timeInForce : '0') as TimeInForce,
    priceTicks: ordType === '1' ? 0 : steps(message.get(Tag.Price), grids[instrument]?.tickE8),
    qtyLots: steps(message.get(Tag.OrderQty), grids[instrument]?.lotE8),
  };
  return { request, problem };
}

export function parseCancel(message: FixMessage): CancelOrder {
  return {
    clOrdId: message.get(Tag.ClOrdID) ?? 'NONE',
    origClOrdId: message.get(Tag.OrigClOrdID) ?? 'NONE',
  };
}

export function parseReplace(message: FixMessage, grids: readonly InstrumentGrid[]): ReplaceOrder {
  const grid = grids.find(({ symbol }) => symbol === message.get(Tag.Symbol));
  return {
    ...parseCancel(message),
    priceTicks: steps(message.get(Tag.Price), grid?.tickE8),
    qtyLots: steps(message.get(Tag.OrderQty), grid?.lotE8),
  };
}

/** What a 35=q asks for: one instrument, all, or something that this venue does not do. */
export function massCancelTarget(
  message: FixMessage,
  grids: readonly InstrumentGrid[],
): number | 'all' | 'unsupported' {
  const type = message.get(Tag.MassCancelRequestType);
  if (type === MASS_CANCEL_ALL) return 'all';
  const instrument = grids.findIndex(({ symbol }) => symbol === message.get(Tag.Symbol));
  return type === MASS_CANCEL_SYMBOL && instrument >= 0 ? instrument : 'unsupported';
}

/** Body of a 35=8. `massStatusId`: the 35=AF that it answers, '' = none. */
export function executionBody(
  report: ExecutionReport,
  grid: InstrumentGrid | undefined,
  context: { readonly timeText: string; readonly massStatusId: string },
): string {
  const price = (ticks: number): string => stepsText(ticks, grid?.tickE8 ?? 0);
  const qty = (lots: number): string => (lots > 0 ? stepsText(lots, grid?.lotE8 ?? 0) : '0');
  let body = field(37, report.orderId) + field(11, report.clOrdId);
  body += optional(41, report.origClOrdId) + optional(584, context.massStatusId);
  body += field(17, report.execId) + field(150, report.execType) + field(39, report.ordStatus);
  body += optional(1, report.account) + field(55, report.symbol) + field(54, report.side);
  body += field(38, qty(report.qtyLots)) + field(40, report.ordType);
  if (report.priceTicks > 0) body += field(44, price(report.priceTicks));
  body += field(59, report.timeInForce);
  if (report.execType === EXEC_TRADE) {
    body += field(32, qty(report.lastLots)) + field(31, price(report.lastTicks));
    body += field(851, report.liquidity);
  }
  body += field(151, qty(report.leavesLots)) + field(14, qty(report.cumLots));
  body += field(6, averagePrice(report, grid)) + field(60, context.timeText);
  if (report.rejectReason >= 0) body += field(103, report.rejectReason);
  return body + optional(58, report.text);
}

/** Body of a 35=9. */
export function cancelRejectBody(reject: CancelReject, timeText: string): string {
  return (
    field(37, reject.orderId) +
    field(11, reject.clOrdId) +
    field(41, reject.origClOrdId) +
    field(39, reject.ordStatus) +
    field(60, timeText) +
    field(434, reject.responseTo) +
    field(102, reject.reason) +
    optional(58, reject.text)
  );
}

/**
 * Body of a 35=r: what was asked for, and how many orders it took out, or that it is not done here.
 */
export function massCancelBody(
  message: FixMessage,
  canceled: number | 'unsupported',
  timeText: string,
): string {
  const type = message.get(Tag.MassCancelRequestType) ?? '';
  const clOrdId = message.get(Tag.ClOrdID) ?? 'NONE';
  const head = field(11, clOrdId) + field(37, clOrdId) + field(530, type);
  const symbol = optional(55, message.get(Tag.Symbol) ?? '');
  if (canceled === 'unsupported') {
    const text = 'only MassCancelRequestType (530) 7, or 1 with a known symbol';
    const refusal = field(531, 0) + field(532, 99);
    return head + refusal + symbol + field(60, timeText) + field(58, text);
  }
  return `${head}${field(531, type)}${field(533, canceled)}${symbol}${field(60, timeText)}`;
}

/** Body of the 35=j that answers a 35=AF when no order is open. */
export function nothingToReportBody(message: FixMessage): string {
  const reference = field(45, message.get(Tag.MsgSeqNum) ?? '') + field(372, message.msgType);
  return reference + field(380, 0) + field(58, 'no order is open');
}

const field = (tag: number, value: string | number): string => `${tag}=${value}${SOH}`;
const optional = (tag: number, value: string): string => (value === '' ? '' : field(tag, value));

function steps(text: string | undefined, stepE8: number | undefined): number {
  if (text === undefined || stepE8 === undefined) return Number.NaN;
  return stepsE8(decimalTextE8(text), stepE8);
}

function averagePrice(report: ExecutionReport, grid: InstrumentGrid | undefined): string {
  if (report.cumLots === 0) return '0';
  const priceE8 = (report.costTickLots / report.cumLots) * (grid?.tickE8 ?? 0);
  return stepsText(Math.round(priceE8), 1);
}
