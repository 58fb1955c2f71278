/**
 * Orders between the decimal text of a message (gateways/fix/order-entry.ts) and the ticks and lots
 * of the venue's desk. What is off the grid becomes NaN, which the desk refuses.
 */
import { SIDE_BUY, SIDE_SELL } from '../../engine/units.ts';
import {
  type ExecutionReportText,
  MASS_CANCEL_ALL,
  MASS_CANCEL_SECURITY,
  type OrderRequest,
} from '../fix/order-entry.ts';
import { decimalTextE8, type InstrumentGrid, stepsE8, stepsText } from './instrument-grid.ts';
import {
  type CancelOrder,
  EXEC_TRADE,
  type ExecutionReport,
  LIQUIDITY_NONE,
  type NewOrder,
  type OrdType,
  type ReplaceOrder,
  type TimeInForce,
} from './venue-order.ts';

const ORD_TYPES = ['1', '2'];
const TIMES_IN_FORCE = ['0', '1', '3', '4'];
const MARKET = '1';
const LIMIT = '2';
const DAY = '0';
const NO_ID = 'NONE';

interface ParsedOrder {
  readonly order: NewOrder;
  /** What this venue does not do with it; '' = nothing. */
  readonly problem: string;
}

/** A new order; also what a status request names, whose terms are then defaults. */
export function newOrderOf(request: OrderRequest, grids: readonly InstrumentGrid[]): ParsedOrder {
  const { symbol, side } = request;
  const instrument = grids.findIndex((grid) => grid.symbol === symbol);
  const ordType = request.ordType || LIMIT;
  const timeInForce = request.timeInForce || DAY;
  let problem = '';
  if (side !== String(SIDE_BUY) && side !== String(SIDE_SELL)) problem = 'Side (54) is not 1 or 2';
  else if (!ORD_TYPES.includes(ordType)) problem = 'OrdType (40) is not market or limit';
  else if (!TIMES_IN_FORCE.includes(timeInForce)) {
    problem = 'TimeInForce (59) is not DAY, GTC, IOC or FOK';
  }
  const order: NewOrder = {
    clOrdId: request.clOrdId || NO_ID,
    account: request.account,
    symbol,
    instrument,
    side: side === String(SIDE_SELL) ? SIDE_SELL : SIDE_BUY,
    ordType: (ORD_TYPES.includes(ordType) ? ordType : LIMIT) as OrdType,
    timeInForce: (TIMES_IN_FORCE.includes(timeInForce) ? timeInForce : DAY) as TimeInForce,
    priceTicks: ordType === MARKET ? 0 : steps(request.price, grids[instrument]?.tickE8),
    qtyLots: steps(request.orderQty, grids[instrument]?.lotE8),
  };
  return { order, problem };
}

export const cancelOf = (request: OrderRequest): CancelOrder => ({
  clOrdId: request.clOrdId || NO_ID,
  origClOrdId: request.origClOrdId || NO_ID,
});

export function replaceOf(request: OrderRequest, grids: readonly InstrumentGrid[]): ReplaceOrder {
  const grid = grids.find(({ symbol }) => symbol === request.symbol);
  return {
    ...cancelOf(request),
    priceTicks: steps(request.price, grid?.tickE8),
    qtyLots: steps(request.orderQty, grid?.lotE8),
  };
}

/** What a mass cancel asks for: one instrument, all, or something that this venue does not do. */
export function massCancelTarget(
  request: OrderRequest,
  grids: readonly InstrumentGrid[],
): number | 'all' | 'unsupported' {
  if (request.massCancelType === MASS_CANCEL_ALL) return 'all';
  const instrument = grids.findIndex(({ symbol }) => symbol === request.symbol);
  const isOne = request.massCancelType === MASS_CANCEL_SECURITY && instrument >= 0;
  return isOne ? instrument : 'unsupported';
}

/** A report in decimal text; without a grid (unknown symbol) no price can be said. */
export function executionText(
  report: ExecutionReport,
  grid: InstrumentGrid | undefined,
  context: { readonly transactTime: string; readonly massStatusReqId: string },
): ExecutionReportText {
  const price = (ticks: number): string => stepsText(ticks, grid?.tickE8 ?? 0);
  const qty = (lots: number): string => (lots > 0 ? stepsText(lots, grid?.lotE8 ?? 0) : '0');
  const isTrade = report.execType === EXEC_TRADE;
  return {
    ...context,
    orderId: report.orderId,
    clOrdId: report.clOrdId,
    origClOrdId: report.origClOrdId,
    execId: report.execId,
    execType: report.execType,
    ordStatus: report.ordStatus,
    account: report.account,
    symbol: report.symbol,
    side: report.side,
    orderQty: qty(report.qtyLots),
    ordType: report.ordType,
    price: report.priceTicks > 0 ? price(report.priceTicks) : '',
    timeInForce: report.timeInForce,
    lastQty: isTrade ? qty(report.lastLots) : '',
    lastPx: isTrade ? price(report.lastTicks) : '',
    lastLiquidityInd: report.liquidity === LIQUIDITY_NONE ? '' : report.liquidity,
    leavesQty: qty(report.leavesLots),
    cumQty: qty(report.cumLots),
    avgPx: averagePrice(report, grid),
    ordRejReason: report.rejectReason < 0 ? '' : report.rejectReason,
    text: report.text,
  };
}

function steps(text: string, stepE8: number | undefined): number {
  return stepE8 === undefined ? Number.NaN : stepsE8(decimalTextE8(text), stepE8);
}

function averagePrice(report: ExecutionReport, grid: InstrumentGrid | undefined): string {
  if (report.cumLots === 0) return '0';
  const priceE8 = (report.costTickLots / report.cumLots) * (grid?.tickE8 ?? 0);
  return stepsText(Math.round(priceE8), 1);
}
