/** Codes of the memory map as the words that the console and the API show; one table a code. */
import { REFUSALS } from '../../engine/errors.ts';
import * as layout from '../../wasm/layout.ts';

/** The word of a code; a code that a torn read made up is shown as UNKNOWN, never thrown at. */
export function wordOf(table: Readonly<Record<number, string>>, code: number): string {
  return table[code] ?? 'UNKNOWN';
}

export const LOOP_WORDS: Readonly<Record<number, string>> = {
  [layout.LOOP_STARTING]: 'STARTING',
  [layout.LOOP_RUNNING]: 'RUNNING',
  [layout.LOOP_STOPPING]: 'STOPPING',
  [layout.LOOP_STOPPED]: 'STOPPED',
};

export const TRADING_WORDS: Readonly<Record<number, string>> = {
  [layout.TRADING_ACTIVE]: 'ACTIVE',
  [layout.TRADING_REDUCING]: 'REDUCING',
  [layout.TRADING_HALTED]: 'HALTED',
};

export const SESSION_WORDS: Readonly<Record<number, string>> = {
  [layout.SESSION_DISCONNECTED]: 'DISCONNECTED',
  [layout.SESSION_LOGON_SENT]: 'LOGON SENT',
  [layout.SESSION_LIVE]: 'LIVE',
  [layout.SESSION_RECOVERING]: 'RECOVERING',
  [layout.SESSION_LOGOUT_SENT]: 'LOGOUT SENT',
};

export const BOOK_WORDS: Readonly<Record<number, string>> = {
  [layout.BOOK_INIT]: 'INIT',
  [layout.BOOK_SYNCING]: 'SYNCING',
  [layout.BOOK_LIVE]: 'LIVE',
  [layout.BOOK_GAP]: 'GAP',
  [layout.BOOK_STALE]: 'STALE',
};

export const ORDER_WORDS: Readonly<Record<number, string>> = {
  [layout.ORDER_PENDING_NEW]: 'PENDING NEW',
  [layout.ORDER_NEW]: 'NEW',
  [layout.ORDER_PARTIALLY_FILLED]: 'PARTIALLY FILLED',
  [layout.ORDER_PENDING_CANCEL]: 'PENDING CANCEL',
  [layout.ORDER_PENDING_REPLACE]: 'PENDING REPLACE',
  [layout.ORDER_UNKNOWN]: 'UNKNOWN',
  [layout.ORDER_FILLED]: 'FILLED',
  [layout.ORDER_CANCELED]: 'CANCELED',
  [layout.ORDER_REJECTED]: 'REJECTED',
  [layout.ORDER_EXPIRED]: 'EXPIRED',
  [layout.ORDER_DENIED]: 'DENIED',
};

export const BREAKER_WORDS: Readonly<Record<number, string>> = {
  0: '',
  [layout.BREAKER_DRAWDOWN]: 'DRAWDOWN',
  [layout.BREAKER_REJECT_RATE]: 'REJECT RATE',
  [layout.BREAKER_STALE_FEED]: 'STALE FEED',
};

/** FIX 4.4 OrdRejReason (103). */
const VENUE_REASONS: Readonly<Record<number, string>> = {
  0: 'venue option',
  1: 'unknown symbol',
  2: 'exchange closed',
  3: 'order exceeds limit',
  4: 'too late to enter',
  5: 'unknown order',
  6: 'duplicate order',
  11: 'unsupported order characteristic',
  13: 'incorrect quantity',
  99: 'other',
};

const refusals = new Map(REFUSALS.map((row) => [row.code, row]));

interface RefusalWords {
  readonly name: string;
  readonly text: string;
  readonly clause: string;
}

/** Like refusalOf of engine/errors.ts, but a code that a torn read made up must not end the reader. */
export function refusalWords(code: number): RefusalWords {
  return refusals.get(code) ?? { name: `CODE_${code}`, text: '', clause: '' };
}

/** Why an order is in the state that it is in; empty where the state says it all. */
export function orderReason(state: number, reason: number): string {
  if (state === layout.ORDER_DENIED) {
    const { name, text } = refusalWords(reason);
    return `${name}: ${text}`;
  }
  if (state === layout.ORDER_REJECTED)
    return `venue: ${VENUE_REASONS[reason] ?? `reason ${reason}`}`;
  return '';
}
