/**
 * Between the venue's FIX session and its order desk: requests wait their latency in market time,
 * then take effect in the order in which they came; every report is logged, then sent.
 */
import type { FixMessage } from '../fix/codec.ts';
import { MsgType, Tag } from '../fix/tags.ts';
import { type InstrumentGrid, stepsText } from './instrument-grid.ts';
import { Latency, type LatencyOptions } from './latency.ts';
import { type DeskOutput, OrderDesk, REASON_OTHER } from './order-desk.ts';
import {
  cancelRejectBody,
  executionBody,
  massCancelBody,
  massCancelTarget,
  nothingToReportBody,
  parseCancel,
  parseNewOrder,
  parseReplace,
} from './order-messages.ts';
import type { VenueMemory } from './venue-log.ts';
import type { CancelReject, ExecutionReport, RestingOrder } from './venue-order.ts';

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

export interface GatewayPort {
  /** Writes the event to the venue's log. */
  log(event: string, fields: object): void;
  send(msgType: string, body: string): void;
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
  #massStatusId = '';

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
    const take = this.#effectOf(message);
    if (take === undefined) return false;
    this.#port.log('request', requestFields(message));
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
    const context = { timeText: this.#port.timeText(), massStatusId: this.#massStatusId };
    const price = grid === undefined ? '' : stepsText(report.priceTicks, grid.tickE8);
    const qty = grid === undefined ? '' : stepsText(report.qtyLots, grid.lotE8);
    this.#port.log(EVENT_NAMES[report.execType]!, { ...report, price, qty });
    this.#port.send(MsgType.ExecutionReport, executionBody(report, grid, context));
  }

  cancelReject(reject: CancelReject): void {
    this.#port.log('cancelRejected', reject);
    this.#port.send(MsgType.OrderCancelReject, cancelRejectBody(reject, this.#port.timeText()));
  }

  #effectOf(message: FixMessage): (() => void) | undefined {
    switch (message.msgType) {
      case MsgType.NewOrderSingle:
        return () => this.#newOrder(message);
      case MsgType.OrderCancelRequest:
        return () => this.desk.cancel(parseCancel(message));
      case MsgType.OrderCancelReplaceRequest:
        return () => this.#replace(message);
      case MsgType.OrderMassCancelRequest:
        return () => this.#massCancel(message);
      case MsgType.OrderStatusRequest:
        return () => this.desk.status(parseNewOrder(message, this.#grids).request);
      case MsgType.OrderMassStatusRequest:
        return () => this.#massStatus(message);
      default:
        return undefined;
    }
  }

  #newOrder(message: FixMessage): void {
    const { request, problem } = parseNewOrder(message, this.#grids);
    if (problem !== '') this.desk.refuse(request, REASON_OTHER, problem);
    else if (this.#latency.refuses()) this.desk.refuse(request, REASON_OTHER, 'refused by chance');
    else this.desk.newOrder(request);
  }

  #replace(message: FixMessage): void {
    const request = parseReplace(message, this.#grids);
    if (this.#latency.refuses()) this.desk.refuseChange(request, '2', 'refused by chance');
    else this.desk.replace(request);
  }

  #massCancel(message: FixMessage): void {
    const target = massCancelTarget(message, this.#grids);
    const canceled = target === 'unsupported' ? target : this.desk.massCancel(target);
    this.#port.log('massCanceled', { clOrdId: message.get(Tag.ClOrdID) ?? '', canceled });
    const body = massCancelBody(message, canceled, this.#port.timeText());
    this.#port.send(MsgType.OrderMassCancelReport, body);
  }

  #massStatus(message: FixMessage): void {
    this.#massStatusId = message.get(Tag.MassStatusReqID) ?? '';
    const reported = this.desk.massStatus();
    this.#massStatusId = '';
    if (reported > 0) return;
    this.#port.send(MsgType.BusinessMessageReject, nothingToReportBody(message));
  }
}

function requestFields(message: FixMessage): object {
  return {
    msgType: message.msgType,
    msgSeqNum: message.getInt(Tag.MsgSeqNum) ?? 0,
    clOrdId: message.get(Tag.ClOrdID) ?? '',
    origClOrdId: message.get(Tag.OrigClOrdID) ?? '',
    symbol: message.get(Tag.Symbol) ?? '',
    side: Number(message.get(Tag.Side) ?? 0),
    qty: message.get(Tag.OrderQty) ?? '',
    price: message.get(Tag.Price) ?? '',
  };
}
