/**
 * The one mapping of order entry between FIX fields and our own words: requests 35=D F G q H AF
 * read, those that the engine does not write in WASM (H, q) written, answers 35=8 9 r j written.
 * Prices and quantities stay decimal text here; who knows the instrument makes ticks and lots of
 * them. Read by the engine's link and by the simulated venue.
 */
import type { Side } from '../../engine/units.ts';
import type { Field, Fields, FixMessage } from './codec.ts';
import { MsgType, Tag } from './tags.ts';

/** MassCancelRequestType (530). */
export const MASS_CANCEL_SECURITY = '1';
export const MASS_CANCEL_ALL = '7';
const MASS_CANCEL_REJECTED = '0';
const MASS_CANCEL_REASON_OTHER = 99;

/** BusinessRejectReason (380). */
export const BUSINESS_REASON_OTHER = 0;
export const BUSINESS_REASON_UNSUPPORTED_TYPE = 3;

const REQUESTS: ReadonlySet<string> = new Set([
  MsgType.NewOrderSingle,
  MsgType.OrderCancelRequest,
  MsgType.OrderCancelReplaceRequest,
  MsgType.OrderMassCancelRequest,
  MsgType.OrderStatusRequest,
  MsgType.OrderMassStatusRequest,
]);

/**
 * A request as the message has it; '' where it says nothing. What of it makes sense the desk
 * judges.
 */
export interface OrderRequest {
  readonly msgType: string;
  readonly msgSeqNum: number;
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  readonly ordType: string;
  readonly timeInForce: string;
  readonly price: string;
  /** Of a replace: the new total, filled part included. */
  readonly orderQty: string;
  readonly massCancelType: string;
  readonly massStatusReqId: string;
}

/** undefined: no message type of order entry. */
export function parseOrderRequest(message: FixMessage): OrderRequest | undefined {
  if (!REQUESTS.has(message.msgType)) return undefined;
  const text = (tag: number): string => message.get(tag) ?? '';
  return {
    msgType: message.msgType,
    msgSeqNum: message.getInt(Tag.MsgSeqNum) ?? 0,
    clOrdId: text(Tag.ClOrdID),
    origClOrdId: text(Tag.OrigClOrdID),
    account: text(Tag.Account),
    symbol: text(Tag.Symbol),
    side: text(Tag.Side),
    ordType: text(Tag.OrdType),
    timeInForce: text(Tag.TimeInForce),
    price: text(Tag.Price),
    orderQty: text(Tag.OrderQty),
    massCancelType: text(Tag.MassCancelRequestType),
    massStatusReqId: text(Tag.MassStatusReqID),
  };
}

/** Body of 35=H. */
export function orderStatusRequest(order: {
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: number;
}): Fields {
  return [
    [Tag.ClOrdID, order.clOrdId],
    [Tag.Symbol, order.symbol],
    [Tag.Side, order.side],
  ];
}

/** Body of 35=q for all our orders. */
export function massCancelRequest(clOrdId: string, transactTime: string): Fields {
  return [
    [Tag.ClOrdID, clOrdId],
    [Tag.MassCancelRequestType, MASS_CANCEL_ALL],
    [Tag.TransactTime, transactTime],
  ];
}

/** One state of one order; '' = leave the field out. */
export interface ExecutionReportText {
  readonly orderId: string;
  readonly clOrdId: string;
  readonly origClOrdId: string;
  /** The 35=AF that it answers. */
  readonly massStatusReqId: string;
  readonly execId: string;
  readonly execType: string;
  readonly ordStatus: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: Side;
  readonly orderQty: string;
  readonly ordType: string;
  readonly price: string;
  readonly timeInForce: string;
  readonly lastQty: string;
  readonly lastPx: string;
  /** 851: 1 added, 2 removed. */
  readonly lastLiquidityInd: 1 | 2 | '';
  readonly leavesQty: string;
  readonly cumQty: string;
  readonly avgPx: string;
  readonly transactTime: string;
  readonly ordRejReason: number | '';
  readonly text: string;
}

/** Body of 35=8. */
export function executionReport(report: ExecutionReportText): Fields {
  const fields: Field[] = [
    [Tag.OrderID, report.orderId],
    [Tag.ClOrdID, report.clOrdId],
    [Tag.OrigClOrdID, report.origClOrdId],
    [Tag.MassStatusReqID, report.massStatusReqId],
    [Tag.ExecID, report.execId],
    [Tag.ExecType, report.execType],
    [Tag.OrdStatus, report.ordStatus],
    [Tag.Account, report.account],
    [Tag.Symbol, report.symbol],
    [Tag.Side, report.side],
    [Tag.OrderQty, report.orderQty],
    [Tag.OrdType, report.ordType],
    [Tag.Price, report.price],
    [Tag.TimeInForce, report.timeInForce],
    [Tag.LastQty, report.lastQty],
    [Tag.LastPx, report.lastPx],
    [Tag.LastLiquidityInd, report.lastLiquidityInd],
    [Tag.LeavesQty, report.leavesQty],
    [Tag.CumQty, report.cumQty],
    [Tag.AvgPx, report.avgPx],
    [Tag.TransactTime, report.transactTime],
    [Tag.OrdRejReason, report.ordRejReason],
    [Tag.Text, report.text],
  ];
  return said(fields);
}

export interface CancelReject {
  /** NONE where the order is not known. */
  readonly orderId: string;
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly ordStatus: string;
  /** 434: 1 = cancel, 2 = replace. */
  readonly responseTo: '1' | '2';
  /** 102. */
  readonly reason: number;
  readonly text: string;
}

/** Body of 35=9. */
export function orderCancelReject(reject: CancelReject, transactTime: string): Fields {
  return said([
    [Tag.OrderID, reject.orderId],
    [Tag.ClOrdID, reject.clOrdId],
    [Tag.OrigClOrdID, reject.origClOrdId],
    [Tag.OrdStatus, reject.ordStatus],
    [Tag.TransactTime, transactTime],
    [Tag.CxlRejResponseTo, reject.responseTo],
    [Tag.CxlRejReason, reject.reason],
    [Tag.Text, reject.text],
  ]);
}

/** Body of 35=r: how many orders the mass cancel took out, or why it is not done. */
export function massCancelReport(
  request: OrderRequest,
  outcome: { readonly canceled: number } | { readonly refusal: string },
  transactTime: string,
): Fields {
  const clOrdId = request.clOrdId || 'NONE';
  const type = request.massCancelType;
  const isDone = 'canceled' in outcome;
  return said([
    [Tag.ClOrdID, clOrdId],
    [Tag.OrderID, clOrdId],
    [Tag.MassCancelRequestType, type],
    [Tag.MassCancelResponse, isDone ? type : MASS_CANCEL_REJECTED],
    [Tag.MassCancelRejectReason, isDone ? '' : MASS_CANCEL_REASON_OTHER],
    [Tag.TotalAffectedOrders, isDone ? outcome.canceled : ''],
    [Tag.Symbol, request.symbol],
    [Tag.TransactTime, transactTime],
    [Tag.Text, isDone ? '' : outcome.refusal],
  ]);
}

/** Body of 35=j: the message is of the standard, and nothing comes of it here. */
export function businessReject(
  refused: { readonly msgType: string; readonly msgSeqNum: number },
  reason: number,
  text: string,
): Fields {
  return [
    [Tag.RefSeqNum, refused.msgSeqNum],
    [Tag.RefMsgType, refused.msgType],
    [Tag.BusinessRejectReason, reason],
    [Tag.Text, text],
  ];
}

const said = (fields: readonly Field[]): Fields => fields.filter(([, value]) => value !== '');
