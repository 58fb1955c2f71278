/** Every fault and every refusal of ours, in one table: code, meaning, what to do, the rule behind it. */
import * as layout from '../wasm/layout.ts';

/** A fault: the world broke, or the user gave something that cannot be used. One line says what to do. */
export class GyrfalconError extends Error {
  readonly code: FaultCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: FaultCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GyrfalconError';
    this.code = code;
    this.details = details;
  }
}

/** Exit codes of the command line, by kind of fault. */
export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_INPUT = 3;
export const EXIT_ENVIRONMENT = 4;

export const FAULTS = {
  USAGE: EXIT_USAGE,
  CONFIG_INVALID: EXIT_INPUT,
  INPUT_INVALID: EXIT_INPUT,
  INPUT_MISSING: EXIT_INPUT,
  JOURNAL_CORRUPT: EXIT_INPUT,
  JOURNAL_WRITE_FAILED: EXIT_ENVIRONMENT,
  JOURNAL_LOCKED: EXIT_ENVIRONMENT,
  PORT_IN_USE: EXIT_ENVIRONMENT,
  VENUE_UNREACHABLE: EXIT_ENVIRONMENT,
  VENUE_EXITED: EXIT_ENVIRONMENT,
  REPLAY_DIVERGED: EXIT_FAILED,
  ENGINE_STOPPED: EXIT_FAILED,
} as const;
export type FaultCode = keyof typeof FAULTS;

/** A bug of ours: the process stops. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${what}`);
}

export interface Refusal {
  readonly code: number;
  readonly name: string;
  /** What a trader reads. */
  readonly text: string;
  /** The rule that asks for the check. */
  readonly clause: string;
}

const refusal = (code: number, name: string, text: string, clause: string): Refusal => ({
  code,
  name,
  text,
  clause,
});

/** Refusals of the limits gate, in the order in which the checks run. */
export const REFUSALS: readonly Refusal[] = [
  refusal(layout.DENY_KILLED, 'KILLED', 'the firm is halted by the kill switch', 'RTS 6 art. 12'),
  refusal(
    layout.DENY_STATE,
    'STATE',
    'strategy, account or instrument is halted, or reducing and the order would not reduce',
    'RTS 6 art. 15(5)',
  ),
  refusal(
    layout.DENY_NO_LIMIT_SET,
    'NO_LIMIT_SET',
    'no limit is set for this strategy and instrument',
    'FIA 2024 1.1',
  ),
  refusal(
    layout.DENY_NOT_PERMITTED,
    'NOT_PERMITTED',
    'the strategy has no permission for this instrument',
    'RTS 6 art. 15(5)',
  ),
  refusal(
    layout.DENY_CLOSED,
    'CLOSED',
    "outside the instrument's trading hours, or it has expired",
    '15c3-5(c)(2)(i)',
  ),
  refusal(
    layout.DENY_SESSION_DOWN,
    'SESSION_DOWN',
    'the order session is not live',
    '15c3-5(c)(1)',
  ),
  refusal(
    layout.DENY_BOOK_STATE,
    'BOOK_STATE',
    'the book is not live, one-sided or crossed',
    'FIA 2024 1.3',
  ),
  refusal(layout.DENY_STALE_BOOK, 'STALE_BOOK', 'the last book update is too old', 'FIA 2024 1.3'),
  refusal(
    layout.DENY_BAD_PRICE,
    'BAD_PRICE',
    'the price is off the increment, not positive, or too large',
    '15c3-5(c)(1)(ii)',
  ),
  refusal(
    layout.DENY_PRICE_COLLAR,
    'PRICE_COLLAR',
    'the price is outside the collar',
    'RTS 6 art. 15(1)(a)',
  ),
  refusal(
    layout.DENY_ORDER_QTY,
    'ORDER_QTY',
    'the quantity is above the maximum for one order',
    'RTS 6 art. 15(1)(c)',
  ),
  refusal(
    layout.DENY_ORDER_NOTIONAL,
    'ORDER_NOTIONAL',
    'the notional is above the maximum for one order',
    'RTS 6 art. 15(1)(b)',
  ),
  refusal(
    layout.DENY_POSITION,
    'POSITION',
    'position and working orders would pass the maximum',
    'FIA 2024 1.2',
  ),
  refusal(
    layout.DENY_MESSAGE_RATE,
    'MESSAGE_RATE',
    'too many messages in one second',
    'RTS 6 art. 15(1)(d)',
  ),
  refusal(
    layout.DENY_DUPLICATE,
    'DUPLICATE',
    'the same order was sent a moment ago',
    '15c3-5(c)(1)(ii)',
  ),
  refusal(
    layout.DENY_DAILY_LOSS,
    'DAILY_LOSS',
    'the loss of the day has reached its maximum',
    'RTS 6 art. 15(4)',
  ),
  refusal(layout.DENY_OPEN_ORDERS, 'OPEN_ORDERS', 'too many open orders', 'RTS 6 art. 15(3)'),
  refusal(
    layout.DENY_TOO_MANY_ORDERS,
    'TOO_MANY_ORDERS',
    'the order table is full',
    '15c3-5(c)(1)',
  ),
  refusal(
    layout.DENY_ORDER_STATE,
    'ORDER_STATE',
    'the order is done, or a request for it is on its way',
    'FIX 4.4 vol. 4',
  ),
  refusal(
    layout.DENY_BACK_PRESSURE,
    'BACK_PRESSURE',
    'the session cannot take more bytes now, or the journal waits for its disk',
    '15c3-5(c)(1)',
  ),
];

const refusalByCode = new Map(REFUSALS.map((row) => [row.code, row]));

/** The row of a DENY_* code; an unknown code is a bug. */
export function refusalOf(code: number): Refusal {
  const row = refusalByCode.get(code);
  assert(row !== undefined, `refusal code ${code} is in the table`);
  return row;
}
