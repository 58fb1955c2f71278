/** Orders and reports for tests of the order manager: fills INTENT and DECODED as gate and decoder would. */
import { loadCore } from '../../engine/core-module.ts';
import { OrderManager } from '../../engine/orders/order-manager.ts';
import type { OrderOutcome } from '../../engine/orders/order-outcome.ts';
import { Positions } from '../../engine/orders/position.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import * as desk from './desk.ts';

export interface Report {
  /** 150; a trade is F. */
  readonly execType: string;
  /** 39 */
  readonly ordStatus: string;
  readonly clOrdId: number;
  readonly origClOrdId?: number;
  readonly cumLots: number;
  readonly lastLots?: number;
  readonly lastPxTicks?: number;
  readonly orderLots?: number;
  readonly priceTicks?: number;
  readonly side?: number;
  readonly instrument?: number;
  /** 851, 0 = absent */
  readonly liquidity?: number;
  /** The same number = the same ExecID; each report has its own if absent. */
  readonly execId?: number;
}

export class OrderDesk {
  readonly memory = new Memory();
  readonly core = loadCore(this.memory);
  readonly positions = new Positions(this.memory, this.core);
  readonly orders = new OrderManager(this.memory, this.core, this.positions);
  #execId = 1_000_000;

  constructor() {
    desk.openDesk(this.memory);
  }

  /** Books a new order; its slot. Its number is the intent's sequence. */
  open(change: Partial<desk.Intent> = {}): number {
    this.#intend({ ...desk.QUIET_BUY, ...change });
    const verdict = this.core.gateApply(L.ALLOWED);
    return verdict === L.ALLOWED ? this.memory.i32(L.INTENT + L.INT_ORDER_SLOT) : -1;
  }

  cancel(slot: number): number {
    const sequence = this.#intend({ ...desk.QUIET_BUY, kind: L.INTENT_CANCEL, orderSlot: slot });
    this.core.gateApply(L.ALLOWED);
    return sequence;
  }

  replace(slot: number, qtyLots: number, priceTicks: number): number {
    const kind = L.INTENT_REPLACE;
    const intent = { ...desk.QUIET_BUY, kind, orderSlot: slot, qtyLots, priceTicks };
    const sequence = this.#intend(intent);
    this.core.gateApply(L.ALLOWED);
    return sequence;
  }

  report(report: Report): OrderOutcome {
    const { memory } = this;
    const long = (field: number, value = 0) => memory.setI64(L.DECODED + field, value);
    const int = (field: number, value = 0) => memory.setI32(L.DECODED + field, value);
    int(L.DEC_EXEC_TYPE, report.execType.charCodeAt(0));
    int(L.DEC_ORD_STATUS, report.ordStatus.charCodeAt(0));
    long(L.DEC_CLORDID, report.clOrdId);
    long(L.DEC_ORIG_CLORDID, report.origClOrdId ?? -1);
    long(L.DEC_CUM_LOTS, report.cumLots);
    long(L.DEC_LAST_LOTS, report.lastLots);
    long(L.DEC_LAST_PX_TICKS, report.lastPxTicks);
    long(L.DEC_ORDER_LOTS, report.orderLots);
    long(L.DEC_PRICE_TICKS, report.priceTicks);
    int(L.DEC_SIDE, report.side ?? desk.BUY);
    int(L.DEC_INSTRUMENT, report.instrument ?? desk.AAPL);
    int(L.DEC_LIQUIDITY, report.liquidity);
    int(L.DEC_REJECT_REASON, -1);
    long(L.DEC_EXEC_ID_HASH, report.execId ?? this.#execId++);
    return this.orders.applyExecution();
  }

  state(slot: number): number {
    return this.memory.i32(desk.orderAt(slot) + L.ORD_STATE);
  }

  order(slot: number, field: number): number {
    return this.memory.i64(desk.orderAt(slot) + field);
  }

  position(field: number, instrument = desk.AAPL): number {
    return this.memory.i64(desk.positionAt(desk.MAKER, instrument) + field);
  }

  /** The sequence that the intent was given. */
  #intend(intent: desk.Intent): number {
    const sequence = this.memory.i64(L.CTL_INTENT_SEQUENCE) + 1;
    this.memory.setI64(L.CTL_INTENT_SEQUENCE, sequence);
    desk.setIntent(this.memory, intent);
    this.memory.setI64(L.INTENT + L.INT_SEQUENCE, sequence);
    return sequence;
  }
}
