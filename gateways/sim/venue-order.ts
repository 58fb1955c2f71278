/**
 * The orders of the simulated venue and what it says about them: requests as parsed from FIX, the
 * state of an order, and the report of one change. Shared by the desk, the matching, the log and
 * the FIX mapping.
 */
import type { Side } from '../../engine/units.ts';
import type { QueuePosition } from './queue-position.ts';

/** FIX 40 and 59, as they stand in the message. */
export type OrdType = '1' | '2';
export type TimeInForce = '0' | '1' | '3' | '4';

export interface NewOrder {
  readonly clOrdId: string;
  readonly account: string;
  readonly symbol: string;
  /** -1 where the symbol is not known. */
  readonly instrument: number;
  readonly side: Side;
  readonly ordType: OrdType;
  readonly timeInForce: TimeInForce;
  /** 0 for a market order. */
  readonly priceTicks: number;
  readonly qtyLots: number;
}

export interface CancelOrder {
  readonly clOrdId: string;
  readonly origClOrdId: string;
}

export interface ReplaceOrder extends CancelOrder {
  readonly priceTicks: number;
  /** New total quantity, filled part included. */
  readonly qtyLots: number;
}

export interface RestingOrder extends NewOrder {
  clOrdId: string;
  origClOrdId: string;
  priceTicks: number;
  qtyLots: number;
  readonly orderId: string;
  cumLots: number;
  /** Sum of price x quantity over its fills. */
  costTickLots: number;
  ordStatus: OrdStatus;
  queue: QueuePosition;
}

/** FIX 39 and 150 as this venue uses them. */
export const STATUS_NEW = '0';
export const STATUS_PARTIAL = '1';
export const STATUS_FILLED = '2';
export const STATUS_CANCELED = '4';
export const STATUS_REJECTED = '8';
export const STATUS_EXPIRED = 'C';
type OrdStatus = '0' | '1' | '2' | '4' | '8' | 'C';
export const EXEC_NEW = '0';
export const EXEC_CANCELED = '4';
export const EXEC_REPLACED = '5';
export const EXEC_REJECTED = '8';
export const EXEC_EXPIRED = 'C';
export const EXEC_TRADE = 'F';
export const EXEC_STATUS = 'I';
export type ExecType = '0' | '4' | '5' | '8' | 'C' | 'F' | 'I';

/** FIX 851; 0 = no fill. */
export const LIQUIDITY_NONE = 0;
export const LIQUIDITY_MAKER = 1;
export const LIQUIDITY_TAKER = 2;

/** One ExecutionReport (35=8): the order as it was just after the change. */
export interface ExecutionReport extends NewOrder {
  readonly execId: string;
  readonly execType: ExecType;
  readonly ordStatus: OrdStatus;
  /** '' where the report answers no cancel or replace. */
  readonly origClOrdId: string;
  readonly orderId: string;
  readonly cumLots: number;
  readonly leavesLots: number;
  readonly costTickLots: number;
  readonly lastTicks: number;
  readonly lastLots: number;
  readonly liquidity: 0 | 1 | 2;
  /** FIX 103, -1 = none. */
  readonly rejectReason: number;
  readonly text: string;
}

export const isOpen = (order: RestingOrder): boolean =>
  order.ordStatus === STATUS_NEW || order.ordStatus === STATUS_PARTIAL;

export const leavesLotsOf = (order: RestingOrder): number =>
  isOpen(order) ? order.qtyLots - order.cumLots : 0;
