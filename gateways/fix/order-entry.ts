/**
 * Order entry between FIX fields and our own words, on the side that takes orders: requests 35=D, F, G, q,
 * H, AF are parsed once into a type that cannot be wrong, answers 35=8, 9, r and j are written. Prices and
 * quantities stay decimal text here; who knows the instrument makes ticks and lots of them.
 */
import type { Field, Fields, FixMessage } from './codec.ts';
import { type Complaint, valueIncorrect } from './session-checks.ts';
import { MsgType, RejectReason, Tag } from './tags.ts';

type SideText = '1' | '2';

export interface NewOrderRequest {
  readonly type: 'NEW';
  readonly clOrdId: string;
  /** '' where the message names none. */
  readonly account: string;
  readonly symbol: string;
  readonly side: SideText;
  readonly ordType: string;
  /** '' for a market order. */
  readonly price: string;
  readonly orderQty: string;
  readonly timeInForce: string;
}

export interface CancelRequest {
  readonly type: 'CANCEL';
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly symbol: string;
  readonly side: SideText;
}

export interface ReplaceRequest {
  readonly type: 'REPLACE';
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly symbol: string;
  readonly side: SideText;
  readonly ordType: string;
  readonly price: string;
  /** The new total quantity, filled part included. */
  readonly orderQty: string;
}

export interface MassCancelRequest {
  readonly type: 'MASS_CANCEL';
  readonly clOrdId: string;
  /** 530: 1 = one security, 7 = all orders. */
  readonly requestType: string;
  /** '' for all. */
  readonly symbol: string;
}

export interface StatusRequest {
  readonly type: 'STATUS';
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: SideText;
}

export interface MassStatusRequest {
  readonly type: 'MASS_STATUS';
  readonly massStatusReqId: string;
  readonly requestType: string;
}

export type OrderEntryRequest =
  | NewOrderRequest
  | CancelRequest
  | ReplaceRequest
  | MassCancelRequest
  | StatusRequest
  | MassStatusRequest;

/** What a request came to: the request, or what is wrong with it (for Session.reject). */
export type ParsedRequest =
  | { readonly request: OrderEntryRequest; readonly complaint?: undefined }
  | { readonly request?: undefined; readonly complaint: Complaint };

const ACCOUNT = 1;
const DAY = '0';
const LIMIT = '2';
const POSITIVE_DECIMAL = /^(?=.*[1-9])\d{1,15}(\.\d{1,9})?$/;
const DECIMAL = /^-?\d{1,15}(\.\d{1,9})?$/;

/** A message that is no order entry gives undefined: answer it with businessReject. */
export function parseOrderEntry(message: FixMessage): ParsedRequest | undefined {
  const read = READERS[message.msgType];
  if (read === undefined) return undefined;
  for (const tag of REQUIRED[message.msgType]!) {
    if ((message.get(tag) ?? '') !== '') continue;
    const text = `required tag ${tag} is missing`;
    return {
      complaint: { refTag: tag, reason: RejectReason.RequiredTagMissing, text, isFatal: false },
    };
  }
  const complaint = checkValues(message);
  return complaint === undefined ? { request: read(message) } : { complaint };
}

function checkValues(message: FixMessage): Complaint | undefined {
  const side = message.get(Tag.Side);
  if (side !== undefined && side !== '1' && side !== '2') {
    return valueIncorrect(Tag.Side, `Side (54) is ${side}, 1 and 2 are traded here`);
  }
  const orderQty = message.get(Tag.OrderQty);
  if (orderQty !== undefined && !POSITIVE_DECIMAL.test(orderQty)) {
    return badFormat(Tag.OrderQty, `OrderQty (38) is ${orderQty}, not a positive number`);
  }
  const price = message.get(Tag.Price);
  if (price !== undefined && !DECIMAL.test(price)) {
    return badFormat(Tag.Price, `Price (44) is ${price}, not a number`);
  }
  if (message.get(Tag.OrdType) !== LIMIT || price !== undefined) return undefined;
  const text = 'Price (44) of a limit order is missing';
  return { refTag: Tag.Price, reason: RejectReason.RequiredTagMissing, text, isFatal: false };
}

const badFormat = (refTag: number, text: string): Complaint => ({
  refTag,
  reason: RejectReason.IncorrectDataFormat,
  text,
  isFatal: false,
});

const { ClOrdID, OrigClOrdID, Symbol: SymbolTag, Side, TransactTime, OrderQty, OrdType } = Tag;
const REQUIRED: Readonly<Record<string, readonly number[]>> = {
  [MsgType.NewOrderSingle]: [ClOrdID, SymbolTag, Side, TransactTime, OrderQty, OrdType],
  [MsgType.OrderCancelRequest]: [ClOrdID, OrigClOrdID, SymbolTag, Side, TransactTime],
  [MsgType.OrderCancelReplaceRequest]: [
    ClOrdID,
    OrigClOrdID,
    SymbolTag,
    Side,
    TransactTime,
    OrderQty,
    OrdType,
  ],
  [MsgType.OrderMassCancelRequest]: [ClOrdID, Tag.MassCancelRequestType, TransactTime],
  [MsgType.OrderStatusRequest]: [ClOrdID, SymbolTag, Side],
  [MsgType.OrderMassStatusRequest]: [Tag.MassStatusReqID, Tag.MassStatusReqType],
};

const textOf = (message: FixMessage, tag: number): string => message.get(tag) ?? '';
const sideOf = (message: FixMessage): SideText => (message.get(Side) === '2' ? '2' : '1');

const READERS: Readonly<Record<string, (message: FixMessage) => OrderEntryRequest>> = {
  [MsgType.NewOrderSingle]: (message) => ({
    type: 'NEW',
    clOrdId: textOf(message, ClOrdID),
    account: textOf(message, ACCOUNT),
    symbol: textOf(message, SymbolTag),
    side: sideOf(message),
    ordType: textOf(message, OrdType),
    price: textOf(message, Tag.Price),
    orderQty: textOf(message, OrderQty),
    timeInForce: message.get(Tag.TimeInForce) ?? DAY,
  }),
  [MsgType.OrderCancelRequest]: (message) => ({
    type: 'CANCEL',
    clOrdId: textOf(message, ClOrdID),
    origClOrdId: textOf(message, OrigClOrdID),
    symbol: textOf(message, SymbolTag),
    side: sideOf(message),
  }),
  [MsgType.OrderCancelReplaceRequest]: (message) => ({
    type: 'REPLACE',
    clOrdId: textOf(message, ClOrdID),
    origClOrdId: textOf(message, OrigClOrdID),
    symbol: textOf(message, SymbolTag),
    side: sideOf(message),
    ordType: textOf(message, OrdType),
    price: textOf(message, Tag.Price),
    orderQty: textOf(message, OrderQty),
  }),
  [MsgType.OrderMassCancelRequest]: (message) => ({
    type: 'MASS_CANCEL',
    clOrdId: textOf(message, ClOrdID),
    requestType: textOf(message, Tag.MassCancelRequestType),
    symbol: textOf(message, SymbolTag),
  }),
  [MsgType.OrderStatusRequest]: (message) => ({
    type: 'STATUS',
    clOrdId: textOf(message, ClOrdID),
    symbol: textOf(message, SymbolTag),
    side: sideOf(message),
  }),
  [MsgType.OrderMassStatusRequest]: (message) => ({
    type: 'MASS_STATUS',
    massStatusReqId: textOf(message, Tag.MassStatusReqID),
    requestType: textOf(message, Tag.MassStatusReqType),
  }),
};

/** One state of one order; '' and -1 = leave the field out. */
export interface ExecutionReportText {
  readonly orderId: string;
  readonly execId: string;
  readonly execType: string;
  readonly ordStatus: string;
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: SideText;
  readonly ordType: string;
  readonly timeInForce: string;
  readonly price: string;
  readonly orderQty: string;
  readonly lastPx: string;
  readonly lastQty: string;
  readonly leavesQty: string;
  readonly cumQty: string;
  readonly avgPx: string;
  readonly ordRejReason: number;
  /** 851: 1 added, 2 removed, 0 = no fill. */
  readonly lastLiquidityInd: number;
  readonly massStatusReqId: string;
  /** UTCTimestamp. */
  readonly transactTime: string;
  readonly text: string;
}

/** Body of 35=8. */
export function executionReport(report: ExecutionReportText): Fields {
  const fields: Field[] = [
    [Tag.OrderID, report.orderId],
    [ClOrdID, report.clOrdId],
    [OrigClOrdID, report.origClOrdId],
    [Tag.MassStatusReqID, report.massStatusReqId],
    [Tag.ExecID, report.execId],
    [Tag.ExecType, report.execType],
    [Tag.OrdStatus, report.ordStatus],
    [Tag.OrdRejReason, report.ordRejReason < 0 ? '' : report.ordRejReason],
    [ACCOUNT, report.account],
    [SymbolTag, report.symbol],
    [Side, report.side],
    [OrderQty, report.orderQty],
    [OrdType, report.ordType],
    [Tag.Price, report.price],
    [Tag.TimeInForce, report.timeInForce],
    [Tag.LastQty, report.lastQty],
    [Tag.LastPx, report.lastPx],
    [Tag.LeavesQty, report.leavesQty],
    [Tag.CumQty, report.cumQty],
    [Tag.AvgPx, report.avgPx],
    [TransactTime, report.transactTime],
    [Tag.Text, report.text],
    [Tag.LastLiquidityInd, report.lastLiquidityInd === 0 ? '' : report.lastLiquidityInd],
  ];
  return fields.filter(([, value]) => value !== '');
}

export interface CancelRejectText {
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
export function orderCancelReject(reject: CancelRejectText): Fields {
  return [
    [Tag.OrderID, reject.orderId],
    [ClOrdID, reject.clOrdId],
    [OrigClOrdID, reject.origClOrdId],
    [Tag.OrdStatus, reject.ordStatus],
    [Tag.CxlRejResponseTo, reject.responseTo],
    [Tag.CxlRejReason, reject.reason],
    [Tag.Text, reject.text],
  ];
}

/** Body of 35=r for a mass cancel that was carried out. */
export function massCancelReport(
  request: MassCancelRequest,
  orderId: string,
  affectedOrders: number,
): Fields {
  return [
    [ClOrdID, request.clOrdId],
    [Tag.OrderID, orderId],
    [Tag.MassCancelRequestType, request.requestType],
    [Tag.MassCancelResponse, request.requestType],
    [Tag.TotalAffectedOrders, affectedOrders],
  ];
}

const UNSUPPORTED_MESSAGE_TYPE = 3;

/** Body of 35=j: the message is of the standard, and nobody here acts on it. */
export function businessReject(message: FixMessage): Fields {
  return [
    [Tag.RefSeqNum, message.get(Tag.MsgSeqNum) ?? ''],
    [Tag.RefMsgType, message.msgType],
    [Tag.BusinessRejectReason, UNSUPPORTED_MESSAGE_TYPE],
    [Tag.Text, `MsgType ${message.msgType} is not supported here`],
  ];
}
