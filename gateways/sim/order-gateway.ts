/**
 * Between the venue's FIX session and its order desk: requests wait their latency in market time,
 * then take effect in the order in which they came; every report is logged, then sent.
 */
import type { Fields, FixMessage } from '../fix/codec.ts';
import {
  BUSINESS_REASON_OTHER,
  businessReject,
  type CancelReject,
  executionReport,
  massCancelReport,
  type OrderRequest,
  orderCancelReject,
  parseOrderRequest,
} from '../fix/order-entry.ts';
import { MsgType } from '../fix/tags.ts';
import { type InstrumentGrid, stepsText } from './instrument-grid.ts';
import { Latency, type LatencyOptions } from './latency.ts';
import { type DeskOutput, OrderDesk, REASON_OTHER } from './order-desk.ts';
import { cancelOf, executionText, massCancelTarget, newOrderOf, replaceOf } from './order-terms.ts';
import type { VenueMemory } from './venue-log.ts';
import type { ExecutionReport, RestingOrder } from './venue-order.ts';

/** What the log calls each ExecType (150). */
const EVENT_NAMES: Readonly<Record<string, string>> = {
  '0': 'new',
  '4': 'canceled',
  '5': 'replaced',
  '8': 'rejected',
  C: 'expired',
  F: 'trade',
  I: 'status',
};

interface GatewayPort {
  /** Writes the event to the venue's log. */
  log(event: string, fields: object): void;
  send(msgType: string, body: Fields): void;
  timeText(): string;
}

interface Pending {
  readonly dueNs: number;
  readonly take: () => void;
}

export class OrderGateway implements DeskOutput {
  readonly desk: OrderDesk;
  readonly #grids: readonly InstrumentGrid[];
  readonly #latency: Latency;
  readonly #port: GatewayPort;
  readonly #pending: Pending[] = [];
  #massStatusReqId = '';

  constructor(
    grids: readonly InstrumentGrid[],
    latency: LatencyOptions,
    port: GatewayPort,
    memory: VenueMemory,
  ) {
    this.#grids = grids;
    this.#latency = new Latency(latency);
    this.#port = port;
    this.desk = new OrderDesk(grids, this, memory.orderCount, memory.execCount);
  }

  /** Orders of an earlier run; each at the back of its queue. */
  restore(orders: readonly RestingOrder[]): void {
    for (const order of orders) {
      const instrument = this.#grids.findIndex(({ symbol }) => symbol === order.symbol);
      if (instrument >= 0) this.desk.restore({ ...order, instrument });
    }
  }

  /** Takes a request in; false = no message type of order entry. */
  onMessage(message: FixMessage, marketNs: number): boolean {
    const request = parseOrderRequest(message);
    if (request === undefined) return false;
    this.#port.log('request', loggedFields(request));
    const take = (): void => this.#take(request);
    this.#pending.push({ dueNs: this.#latency.effectiveNs(marketNs), take });
    return true;
  }

  /** Market time at which the next request takes effect; undefined = none waits. */
  nextDueNs(): number | undefined {
    return this.#pending[0]?.dueNs;
  }

  takeNext(): void {
    this.#pending.shift()?.take();
  }

  execution(report: ExecutionReport): void {
    const grid = this.#grids[report.instrument];
    const transactTime = this.#port.timeText();
    const price = grid === undefined ? '' : stepsText(report.priceTicks, grid.tickE8);
    const qty = grid === undefined ? '' : stepsText(report.qtyLots, grid.lotE8);
    this.#port.log(EVENT_NAMES[report.execType]!, { ...report, price, qty });
    const context = { transactTime, massStatusReqId: this.#massStatusReqId };
    const text = executionText(report, grid, context);
    this.#port.send(MsgType.ExecutionReport, executionReport(text));
  }

  cancelReject(reject: CancelReject): void {
    this.#port.log('cancelRejected', reject);
    const body = orderCancelReject(reject, this.#port.timeText());
    this.#port.send(MsgType.OrderCancelReject, body);
  }

  #take(request: OrderRequest): void {
    switch (request.msgType) {
      case MsgType.NewOrderSingle:
        this.#newOrder(request);
        break;
      case MsgType.OrderCancelRequest:
        this.desk.cancel(cancelOf(request));
        break;
      case MsgType.OrderCancelReplaceRequest:
        this.#replace(request);
        break;
      case MsgType.OrderMassCancelRequest:
        this.#massCancel(request);
        break;
      case MsgType.OrderStatusRequest:
        this.desk.status(newOrderOf(request, this.#grids).order);
        break;
      default:
        this.#massStatus(request);
    }
  }

  #newOrder(request: OrderRequest): void {
    const { order, problem } = newOrderOf(request, this.#grids);
    if (problem !== '') this.desk.refuse(order, REASON_OTHER, problem);
    else if (this.#latency.refuses()) this.desk.refuse(order, REASON_OTHER, 'refused by chance');
    else this.desk.newOrder(order);
  }

  #replace(request: OrderRequest): void {
    const order = replaceOf(request, this.#grids);
    if (this.#latency.refuses()) this.desk.refuseChange(order, '2', 'refused by chance');
    else this.desk.replace(order);
  }

  #massCancel(request: OrderRequest): void {
    const target = massCancelTarget(request, this.#grids);
    const canceled = target === 'unsupported' ? target : this.desk.massCancel(target);
    this.#port.log('massCanceled', { clOrdId: request.clOrdId, canceled });
    const refusal = 'only MassCancelRequestType (530) 7, or 1 with a known symbol';
    const outcome = canceled === 'unsupported' ? { refusal } : { canceled };
    const body = massCancelReport(request, outcome, this.#port.timeText());
    this.#port.send(MsgType.OrderMassCancelReport, body);
  }

  #massStatus(request: OrderRequest): void {
    this.#massStatusReqId = request.massStatusReqId;
    const reported = this.desk.massStatus();
    this.#massStatusReqId = '';
    if (reported > 0) return;
    const body = businessReject(request, BUSINESS_REASON_OTHER, 'no order is open');
    this.#port.send(MsgType.BusinessMessageReject, body);
  }
}

function loggedFields(request: OrderRequest): object {
  const { msgType, msgSeqNum, clOrdId, origClOrdId, symbol, side, orderQty, price } = request;
  const terms = { symbol, side: Number(side), qty: orderQty, price };
  return { msgType, msgSeqNum, clOrdId, origClOrdId, ...terms };
}
