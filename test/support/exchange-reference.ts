/**
 * For tests: the plain twin of the matching venue's desk and of its reports (wasm/venue/desk.ts,
 * book-port.ts, report-encode.ts): orders in maps, messages from lists of fields by the session's
 * own encoder. The book is the kernel of wasm/matching in a memory of its own, which has its own
 * twin.
 */
import { encodeFields, type Fields, type FixMessage } from '../../gateways/fix/codec.ts';
import {
  executionReport,
  type OrderRequest,
  orderCancelReject,
  parseOrderRequest,
} from '../../gateways/fix/order-entry.ts';
import { SessionEncoder } from '../../gateways/fix/session/session-encoder.ts';
import type { SessionConfig } from '../../gateways/fix/session/session-types.ts';
import { Tag } from '../../gateways/fix/tags.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import {
  decimalTextE8,
  type InstrumentGrid,
  stepsE8,
  stepsText,
} from '../../gateways/sim/instrument-grid.ts';
import * as M from '../../wasm/matching/matching-layout.ts';
import {
  loadMatching,
  type Matching,
  openInstrument,
} from '../../wasm/matching/matching-module.ts';

interface Order {
  readonly number: number;
  clOrdId: string;
  readonly request: OrderRequest;
  readonly grid: InstrumentGrid | undefined;
  readonly ordType: string;
  readonly timeInForce: string;
  priceTicks: number;
  stopTicks: number;
  qtyLots: number;
  cumLots: number;
  cost: number;
  status: string;
}

interface Said {
  readonly execType: string;
  readonly orig?: string;
  readonly lastTicks?: number;
  readonly lastLots?: number;
  readonly liquidity?: 1 | 2;
  readonly reason?: readonly [code: number, text: string];
}

const REASONS: Readonly<Record<number, readonly [code: number, text: string]>> = {
  [M.REFUSED_POST_ONLY]: [99, 'a post-only order would trade at once'],
  [M.REFUSED_TERMS]: [99, 'the terms of the order exclude each other'],
  [M.REFUSED_LOTS]: [13, 'the quantity is not a positive number of lots'],
  [M.REFUSED_DISPLAY]: [99, 'the displayed quantity is no part of the quantity'],
  [M.REFUSED_PRICE]: [99, 'the price is out of the range of the book'],
  [M.REFUSED_STOP_PRICE]: [99, 'the price is out of the range of the book'],
};
const OFF_INCREMENT = 'the price is off the price increment';
const STOP_OFF_INCREMENT = 'the stop price is off the price increment';

export class ReferenceExchange {
  /** Whole messages, in order. */
  readonly told: string[] = [];
  nextOut = 1;
  nowNs = 0n;
  readonly #grids: readonly InstrumentGrid[];
  readonly #encoder: SessionEncoder;
  readonly #isFixt: boolean;
  readonly #book: Matching;
  readonly #byClOrdId = new Map<string, Order>();
  readonly #byBookId = new Map<number, Order>();
  readonly #owners = new Map<string, number>();
  #orders = 0;
  #executions = 0;
  #bookIds = 0;
  #request: OrderRequest | undefined;

  constructor(grids: readonly InstrumentGrid[], config: SessionConfig) {
    this.#grids = grids;
    this.#encoder = new SessionEncoder(config);
    this.#isFixt = config.version === 'FIX.5.0SP2';
    this.#book = loadMatching({
      instruments: grids.length,
      orders: 100_000,
      extras: 10_000,
      pages: 8192,
      levelsLog2: 20,
      commands: 1,
      events: 10_000,
      isBboWanted: false,
    });
    for (let index = 0; index < grids.length; index++) openInstrument(this.#book, index, 0, 1e9);
  }

  /** A request that the session has taken: 35=D, F, G. */
  onMessage(message: FixMessage): void {
    const request = parseOrderRequest(message)!;
    this.#request = request;
    if (request.msgType === 'D') this.#newOrder(request, message);
    else this.#change(request, message);
  }

  #newOrder(request: OrderRequest, message: FixMessage): void {
    const text = (tag: number): string => message.get(tag) ?? '';
    const instrument = this.#grids.findIndex(({ symbol }) => symbol === request.symbol);
    const grid = this.#grids[instrument];
    const steps = (value: string, stepE8: number): number => stepsE8(decimalTextE8(value), stepE8);
    const ordType = request.ordType;
    const hasPrice = ordType === '2' || ordType === '4';
    const hasStop = ordType === '3' || ordType === '4';
    const order: Order = {
      number: 0,
      clOrdId: request.clOrdId,
      request,
      grid,
      ordType,
      timeInForce: request.timeInForce || '0',
      priceTicks: hasPrice ? steps(request.price, grid?.tickE8 ?? 1) : 0,
      stopTicks: hasStop ? steps(text(Tag.StopPx), grid?.tickE8 ?? 1) : 0,
      qtyLots: steps(request.orderQty, grid?.lotE8 ?? 1),
      cumLots: 0,
      cost: 0,
      status: '8',
    };
    const reason = this.#objection(order, instrument);
    if (!this.#byClOrdId.has(request.clOrdId)) this.#byClOrdId.set(request.clOrdId, order);
    if (reason !== undefined) {
      this.#report(order, { execType: '8', reason });
      return;
    }
    const id = ++this.#bookIds;
    this.#byBookId.set(id, order);
    const display = text(Tag.MaxFloor);
    this.#apply(id, {
      kind: M.COMMAND_NEW,
      instrument,
      side: Number(request.side),
      type: Number(ordType),
      timeInForce: Number(order.timeInForce),
      selfTrade: Number(text(Tag.SelfMatchInstruction)),
      flags: text(Tag.ExecInst) === '6' ? 1 : 0,
      price: order.priceTicks / grid!.incrementTicks,
      stop: order.stopTicks / grid!.incrementTicks,
      lots: order.qtyLots,
      display: display === '' ? 0 : steps(display, grid!.lotE8),
      owner: this.#ownerOf(text(Tag.SelfMatchID)),
    });
  }

  #objection(order: Order, instrument: number): readonly [number, string] | undefined {
    if (this.#byClOrdId.has(order.clOrdId)) return [6, 'ClOrdID was used before'];
    if (instrument < 0) return [1, 'unknown symbol'];
    if (!(order.qtyLots > 0)) return REASONS[M.REFUSED_LOTS];
    const { ordType, grid } = order;
    const isOn = (ticks: number): boolean => ticks > 0 && ticks % grid!.incrementTicks === 0;
    if ('24'.includes(ordType) && !isOn(order.priceTicks)) return [99, OFF_INCREMENT];
    if ('34'.includes(ordType) && !isOn(order.stopTicks)) return [99, STOP_OFF_INCREMENT];
    return undefined;
  }

  #change(request: OrderRequest, message: FixMessage): void {
    const order = this.#byClOrdId.get(request.origClOrdId);
    if (order === undefined) return this.#refuseChange(undefined, 1, 'no such order');
    if (!'01'.includes(order.status)) return this.#refuseChange(order, 0, 'the order is done');
    if (this.#byClOrdId.has(request.clOrdId)) {
      return this.#refuseChange(order, 6, 'ClOrdID was used before');
    }
    const id = [...this.#byBookId].find(([, other]) => other === order)![0];
    if (request.msgType === 'F') return this.#apply(id, { kind: M.COMMAND_CANCEL });
    const { incrementTicks, tickE8, lotE8 } = order.grid!;
    const qtyLots = stepsE8(decimalTextE8(request.orderQty), lotE8);
    if (!(qtyLots > order.cumLots)) {
      const text = 'the new quantity is not above the filled quantity';
      return this.#refuseChange(order, 99, text);
    }
    const ticks = (text: string): number => stepsE8(decimalTextE8(text), tickE8);
    const stopPx = message.get(Tag.StopPx);
    const hasStop = '34'.includes(order.ordType);
    const stop = hasStop ? (stopPx === undefined ? order.stopTicks : ticks(stopPx)) : 0;
    const price = order.ordType === '3' ? 0 : ticks(request.price);
    const isOn = (value: number): boolean => value > 0 && value % incrementTicks === 0;
    if (hasStop && !isOn(stop)) return this.#refuseChange(order, 99, STOP_OFF_INCREMENT);
    if (order.ordType !== '3' && !isOn(price)) return this.#refuseChange(order, 99, OFF_INCREMENT);
    this.#apply(id, {
      kind: M.COMMAND_REPLACE,
      price: price / incrementTicks,
      stop: stop / incrementTicks,
      lots: qtyLots - order.cumLots,
      onReplaced: () => {
        order.priceTicks = price;
        order.stopTicks = stop;
        order.qtyLots = qtyLots;
      },
    });
  }

  #ownerOf(id: string): number {
    if (id === '') return 0;
    if (!this.#owners.has(id)) this.#owners.set(id, this.#owners.size + 1);
    return this.#owners.get(id)!;
  }

  // ---- The book

  #apply(
    id: number,
    command: Readonly<Record<string, number>> | { kind: number; onReplaced: () => void },
  ): void {
    const { memory, commands, events } = this.#book;
    const fields = command as Readonly<Record<string, number | undefined>>;
    memory.bytes.fill(0, commands, commands + M.COMMAND_BYTES);
    const bytes = { kind: 0, side: 1, type: 2, timeInForce: 3, selfTrade: 4, flags: 5 };
    for (const [name, at] of Object.entries(bytes)) {
      memory.bytes[commands + at] = fields[name] ?? 0;
    }
    memory.bytes[commands + M.CMD_INSTRUMENT] = fields.instrument ?? 0;
    memory.setI64(commands + M.CMD_ID, id);
    memory.setI64(commands + M.CMD_PRICE_TICKS, fields.price ?? 0);
    memory.setI64(commands + M.CMD_STOP_TICKS, fields.stop ?? 0);
    memory.setI64(commands + M.CMD_LOTS, fields.lots ?? 0);
    memory.setI64(commands + M.CMD_DISPLAY_LOTS, fields.display ?? 0);
    memory.setI32(commands + M.CMD_OWNER, fields.owner ?? 0);
    const end = this.#book.matchingApply(commands);
    for (let at = events; at < end; at += M.EVENT_BYTES) {
      this.#onEvent(at, (command as { onReplaced?: () => void }).onReplaced);
    }
  }

  #onEvent(at: number, onReplaced?: () => void): void {
    const { memory } = this.#book;
    const order = this.#byBookId.get(memory.i64(at + M.EVT_ID))!;
    const reason = memory.bytes[at + M.EVT_REASON]!;
    const lots = memory.i64(at + M.EVT_LOTS);
    const other = memory.i64(at + M.EVT_OTHER_ID);
    const request = this.#request!;
    switch (memory.bytes[at + M.EVT_KIND]) {
      case M.EVENT_ACCEPTED:
        Object.assign(order, { number: ++this.#orders, status: '0' });
        return this.#report(order, { execType: '0' });
      case M.EVENT_REJECTED:
        if (other === M.COMMAND_NEW) {
          return this.#report(order, { execType: '8', reason: REASONS[reason]! });
        }
        return this.#refuseChange(order, 99, REASONS[reason]![1]);
      case M.EVENT_TRADE: {
        const ticks = memory.i64(at + M.EVT_PRICE_TICKS) * order.grid!.incrementTicks;
        this.#fill(order, ticks, lots, 1);
        return this.#fill(this.#byBookId.get(other)!, ticks, lots, 2);
      }
      case M.EVENT_CANCELLED: {
        const isAnswer = reason === M.CANCELLED_ON_REQUEST;
        order.status = reason === M.CANCELLED_IOC || reason === M.CANCELLED_FOK ? 'C' : '4';
        if (isAnswer) this.#rename(order, request);
        const orig = isAnswer ? request.origClOrdId : '';
        return this.#report(order, { execType: order.status, orig });
      }
      case M.EVENT_REPLACED:
        onReplaced?.();
        this.#rename(order, request);
        return this.#report(order, { execType: '5', orig: request.origClOrdId });
      case M.EVENT_TRIGGERED:
        if (this.#isFixt) this.#report(order, { execType: 'L' });
        return;
      case M.EVENT_DECREMENTED:
        for (const both of [order, this.#byBookId.get(other)!]) {
          both.qtyLots -= lots;
          if (both.qtyLots === both.cumLots) both.status = '4';
          this.#report(both, { execType: both.status === '4' ? '4' : 'D' });
        }
    }
  }

  #rename(order: Order, request: OrderRequest): void {
    order.clOrdId = request.clOrdId;
    this.#byClOrdId.set(request.clOrdId, order);
  }

  #fill(order: Order, lastTicks: number, lastLots: number, liquidity: 1 | 2): void {
    order.cumLots += lastLots;
    order.cost += lastTicks * lastLots;
    order.status = order.cumLots === order.qtyLots ? '2' : '1';
    this.#report(order, { execType: 'F', lastTicks, lastLots, liquidity });
  }

  // ---- What is said

  #report(order: Order, said: Said): void {
    const { grid, request } = order;
    const price = (ticks: number): string => (ticks > 0 ? stepsText(ticks, grid!.tickE8) : '');
    const qty = (lots: number): string => (lots > 0 ? stepsText(lots, grid?.lotE8 ?? 1e8) : '0');
    const isOpen = '01'.includes(order.status);
    const averageE8 = (order.cost / order.cumLots) * (grid?.tickE8 ?? 0);
    const fields = executionReport({
      orderId: order.number === 0 ? 'NONE' : `O${order.number}`,
      clOrdId: order.clOrdId,
      origClOrdId: said.orig ?? '',
      massStatusReqId: '',
      execId: `E${++this.#executions}`,
      execType: said.execType,
      ordStatus: order.status,
      account: request.account,
      symbol: request.symbol,
      side: request.side === '2' ? 2 : 1,
      orderQty: grid === undefined ? '0' : qty(order.qtyLots),
      ordType: order.ordType,
      price: grid === undefined ? '' : price(order.priceTicks),
      timeInForce: order.timeInForce,
      lastQty: said.lastLots === undefined ? '' : qty(said.lastLots),
      lastPx: said.lastTicks === undefined ? '' : price(said.lastTicks),
      lastLiquidityInd: said.liquidity ?? '',
      leavesQty: isOpen ? qty(order.qtyLots - order.cumLots) : '0',
      cumQty: qty(order.cumLots),
      avgPx: order.cumLots === 0 ? '0' : stepsText(Math.round(averageE8), 1),
      transactTime: formatTimestamp(this.nowNs),
      ordRejReason: said.reason?.[0] ?? '',
      text: said.reason?.[1] ?? '',
    });
    const at = fields.findIndex(([tag]) => tag === Tag.TimeInForce);
    const stop = grid === undefined ? '' : price(order.stopTicks);
    const withStop: Fields =
      stop === ''
        ? fields
        : [...fields.slice(0, at + 1), [Tag.StopPx, stop], ...fields.slice(at + 1)];
    this.#say('8', withStop);
  }

  #refuseChange(order: Order | undefined, reason: number, text: string): void {
    const { clOrdId, origClOrdId, msgType } = this.#request!;
    const orderId = order === undefined || order.number === 0 ? 'NONE' : `O${order.number}`;
    const ordStatus = order?.status ?? '8';
    const responseTo = msgType === 'G' ? '2' : '1';
    const reject = { clOrdId, origClOrdId, orderId, ordStatus, responseTo, reason, text } as const;
    this.#say('9', orderCancelReject(reject, formatTimestamp(this.nowNs)));
  }

  #say(msgType: string, fields: Fields): void {
    const body = encodeFields(fields);
    const bytes = this.#encoder.compose(msgType, this.nextOut++, this.nowNs, body);
    this.told.push(Buffer.from(bytes).toString('latin1'));
  }
}
