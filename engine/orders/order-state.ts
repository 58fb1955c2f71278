/**
 * The order state machine: what each event makes of each state, as one table. Events are ours (a request
 * left, the connection is gone) or the venue's (FIX 4.4 ExecType 150, OrdStatus 39, OrderCancelReject).
 * An UNKNOWN order is left by the venue's word alone: no time-out stands in this table.
 */
import * as L from '../../wasm/layout.ts';

export type OrderEvent =
  | 'CANCEL_SENT'
  | 'REPLACE_SENT'
  | 'DISCONNECTED'
  | 'PENDING_NEW'
  | 'ACCEPTED'
  | 'PENDING_CANCEL'
  | 'PENDING_REPLACE'
  | 'WORKING'
  | 'REPLACED'
  | 'FILL'
  | 'FILL_COMPLETE'
  | 'CANCELED'
  | 'REJECTED'
  | 'EXPIRED'
  | 'REQUEST_REJECTED'
  | 'REQUEST_TOO_LATE';

/** Rests in the book: NEW or PARTIALLY_FILLED by its CumQty (or what OrdStatus adds, see restingState). */
const REST = -1;
/** Stays what it is. */
const KEEP = -2;
/** Stays what it is, and the event is reported: it does not belong to this state. */
const ODD = -3;
/** Proves that the venue took the order: REST if only that was not known, else KEEP. */
const TOOK = -4;

const PNEW = L.ORDER_PENDING_NEW;
const PCXL = L.ORDER_PENDING_CANCEL;
const PRPL = L.ORDER_PENDING_REPLACE;
const UNKN = L.ORDER_UNKNOWN;
const FILD = L.ORDER_FILLED;
const CNCL = L.ORDER_CANCELED;
const RJCT = L.ORDER_REJECTED;
const EXPD = L.ORDER_EXPIRED;

// biome-ignore format: a table
const TRANSITIONS: Readonly<Record<OrderEvent, readonly number[]>> = {
  // from            FREE PNEW  NEW   PART  PCXL  PRPL  UNKN | FILD CNCL RJCT EXPD DENIED
  CANCEL_SENT:      [ODD, PCXL, PCXL, PCXL, ODD,  ODD,  ODD,   ODD, ODD, ODD, ODD, ODD],
  REPLACE_SENT:     [ODD, ODD,  PRPL, PRPL, ODD,  ODD,  ODD,   ODD, ODD, ODD, ODD, ODD],
  DISCONNECTED:     [ODD, UNKN, KEEP, KEEP, UNKN, UNKN, KEEP,  ODD, ODD, ODD, ODD, ODD],
  PENDING_NEW:      [ODD, KEEP, KEEP, KEEP, KEEP, KEEP, PNEW,  ODD, ODD, ODD, ODD, ODD],
  ACCEPTED:         [ODD, REST, KEEP, KEEP, KEEP, KEEP, TOOK,  ODD, ODD, ODD, ODD, ODD],
  PENDING_CANCEL:   [ODD, PCXL, PCXL, PCXL, KEEP, KEEP, PCXL,  ODD, ODD, ODD, ODD, ODD],
  PENDING_REPLACE:  [ODD, KEEP, KEEP, KEEP, KEEP, KEEP, PRPL,  ODD, ODD, ODD, ODD, ODD],
  WORKING:          [ODD, REST, REST, REST, KEEP, KEEP, REST,  ODD, ODD, ODD, ODD, ODD],
  REPLACED:         [ODD, REST, REST, REST, KEEP, REST, REST,  ODD, ODD, ODD, ODD, ODD],
  FILL:             [ODD, REST, REST, REST, KEEP, KEEP, TOOK,  ODD, ODD, ODD, ODD, ODD],
  FILL_COMPLETE:    [ODD, FILD, FILD, FILD, FILD, FILD, FILD,  KEEP, ODD, ODD, ODD, ODD],
  CANCELED:         [ODD, CNCL, CNCL, CNCL, CNCL, CNCL, CNCL,  ODD, KEEP, ODD, ODD, ODD],
  REJECTED:         [ODD, RJCT, RJCT, RJCT, RJCT, RJCT, RJCT,  ODD, ODD, KEEP, ODD, ODD],
  EXPIRED:          [ODD, EXPD, EXPD, EXPD, EXPD, EXPD, EXPD,  ODD, ODD, ODD, KEEP, ODD],
  // 35=9: the order lives on …
  REQUEST_REJECTED: [ODD, ODD,  ODD,  ODD,  REST, REST, REST,  KEEP, KEEP, KEEP, KEEP, ODD],
  // … or OrdStatus says that it is done, of which no report has come: to be asked for.
  REQUEST_TOO_LATE: [ODD, UNKN, UNKN, UNKN, UNKN, UNKN, KEEP,  KEEP, KEEP, KEEP, KEEP, ODD],
};

const code = (character: string) => character.charCodeAt(0);

// Values of ExecType (150) and OrdStatus (39); 5 to 8, A to E mean the same in both.
export const EXEC_TRADE = code('F');
export const EXEC_TRADE_CORRECT = code('G');
export const EXEC_TRADE_CANCEL = code('H');
export const EXEC_ORDER_STATUS = code('I');
export const EXEC_RESTATED = code('D');
const STATUS_FILLED = code('2');
const STATUS_PENDING_NEW = code('A');

const EVENT_BY_CODE = new Map<number, OrderEvent>([
  [code('0'), 'ACCEPTED'],
  [code('3'), 'EXPIRED'], // done for day
  [code('4'), 'CANCELED'],
  [code('5'), 'REPLACED'],
  [code('6'), 'PENDING_CANCEL'],
  [code('7'), 'WORKING'], // stopped
  [code('8'), 'REJECTED'],
  [code('9'), 'WORKING'], // suspended
  [code('A'), 'PENDING_NEW'],
  [code('B'), 'WORKING'], // calculated
  [code('C'), 'EXPIRED'],
  [code('D'), 'WORKING'], // restated
  [code('E'), 'PENDING_REPLACE'],
]);

/** What an ExecType other than a trade says; undefined where FIX 4.4 has no such value. */
export function eventOfExecType(execType: number): OrderEvent | undefined {
  return EVENT_BY_CODE.get(execType);
}

/** What an order status report (150=I) says. */
export function eventOfStatus(ordStatus: number): OrderEvent | undefined {
  if (ordStatus === code('0') || ordStatus === code('1')) return 'WORKING';
  if (ordStatus === STATUS_FILLED) return 'FILL_COMPLETE';
  return ordStatus === code('5') ? 'WORKING' : EVENT_BY_CODE.get(ordStatus);
}

export function isFilled(ordStatus: number): boolean {
  return ordStatus === STATUS_FILLED;
}

/** What an OrderCancelReject says, by the OrdStatus in it. */
export function eventOfCancelReject(ordStatus: number): OrderEvent {
  const event = eventOfStatus(ordStatus);
  const isDone =
    event === 'FILL_COMPLETE' ||
    event === 'CANCELED' ||
    event === 'REJECTED' ||
    event === 'EXPIRED';
  return isDone ? 'REQUEST_TOO_LATE' : 'REQUEST_REJECTED';
}

export const isFinal = (state: number): boolean => state >= L.ORDER_FILLED;
export const isOpen = (state: number): boolean => state !== L.ORDER_FREE && !isFinal(state);

/** Whether the event belongs to the state at all. */
export function isExpected(state: number, event: OrderEvent): boolean {
  return TRANSITIONS[event][state] !== ODD;
}

export interface OrderFacts {
  readonly cumLots: number;
  readonly ordStatus: number;
  /** The state it had when it became UNKNOWN. */
  readonly unknownFrom: number;
}

/** The state after the event. */
export function nextState(state: number, event: OrderEvent, facts: OrderFacts): number {
  const next = TRANSITIONS[event][state]!;
  if (next >= 0) return next;
  if (next === REST) return restingState(facts);
  return next === TOOK && facts.unknownFrom === PNEW ? restingState(facts) : state;
}

function restingState({ cumLots, ordStatus }: OrderFacts): number {
  if (ordStatus === STATUS_FILLED) return L.ORDER_FILLED;
  if (ordStatus === STATUS_PENDING_NEW) return L.ORDER_PENDING_NEW;
  return cumLots > 0 ? L.ORDER_PARTIALLY_FILLED : L.ORDER_NEW;
}
