/** The table of order states as a whole: what must hold for every state and event. */
import { describe, expect, test } from 'vitest';
import * as L from '../../wasm/layout.ts';
import {
  eventOfCancelReject,
  eventOfExecType,
  eventOfStatus,
  isExpected,
  isFinal,
  isOpen,
  nextState,
  type OrderEvent,
} from './order-state.ts';

const EVENTS: readonly OrderEvent[] = [
  'CANCEL_SENT',
  'REPLACE_SENT',
  'DISCONNECTED',
  'PENDING_NEW',
  'ACCEPTED',
  'PENDING_CANCEL',
  'PENDING_REPLACE',
  'WORKING',
  'REPLACED',
  'FILL',
  'FILL_COMPLETE',
  'CANCELED',
  'REJECTED',
  'EXPIRED',
  'REQUEST_REJECTED',
  'REQUEST_TOO_LATE',
];
const OURS: readonly OrderEvent[] = ['CANCEL_SENT', 'REPLACE_SENT', 'DISCONNECTED'];
const STATES = Array.from({ length: 12 }, (_, state) => state);
const open = STATES.filter(isOpen);
const code = (character: string) => character.charCodeAt(0);
const facts = (unknownFrom = L.ORDER_PENDING_CANCEL, cumLots = 0) => ({
  cumLots,
  ordStatus: code('0'),
  unknownFrom,
});

describe.each(EVENTS)('%s', (event) => {
  test.each(STATES)('from state %d leads to a state that exists', (state) => {
    expect(STATES).toContain(nextState(state, event, facts()));
  });

  test.each(STATES.filter(isFinal))('does not revive a final order (state %d)', (state) => {
    expect(nextState(state, event, facts())).toBe(state);
  });
});

test.each(OURS)('an unknown order is not settled by what we do: %s', (event) => {
  expect(nextState(L.ORDER_UNKNOWN, event, facts())).toBe(L.ORDER_UNKNOWN);
});

test.each(['CANCELED', 'REJECTED', 'EXPIRED', 'FILL_COMPLETE'] as const)(
  'the venue may end any open order: %s',
  (event) => {
    for (const state of open) {
      expect(isExpected(state, event)).toBe(true);
      expect(isFinal(nextState(state, event, facts()))).toBe(true);
    }
  },
);

test('an order rests as new or partially filled by its CumQty', () => {
  expect(nextState(L.ORDER_PENDING_NEW, 'ACCEPTED', facts(0, 0))).toBe(L.ORDER_NEW);
  expect(nextState(L.ORDER_PENDING_CANCEL, 'REQUEST_REJECTED', facts(0, 3))).toBe(
    L.ORDER_PARTIALLY_FILLED,
  );
});

test('an acknowledgement settles an unknown new order, and no unknown cancel', () => {
  const { ORDER_UNKNOWN, ORDER_PENDING_NEW, ORDER_PENDING_CANCEL } = L;
  expect(nextState(ORDER_UNKNOWN, 'ACCEPTED', facts(ORDER_PENDING_NEW))).toBe(L.ORDER_NEW);
  expect(nextState(ORDER_UNKNOWN, 'ACCEPTED', facts(ORDER_PENDING_CANCEL))).toBe(ORDER_UNKNOWN);
});

// biome-ignore format: a table
test.each([
  { value: '0', exec: 'ACCEPTED', status: 'WORKING', reject: 'REQUEST_REJECTED' },
  { value: '1', exec: undefined, status: 'WORKING', reject: 'REQUEST_REJECTED' },
  { value: '2', exec: undefined, status: 'FILL_COMPLETE', reject: 'REQUEST_TOO_LATE' },
  { value: '3', exec: 'EXPIRED', status: 'EXPIRED', reject: 'REQUEST_TOO_LATE' },
  { value: '4', exec: 'CANCELED', status: 'CANCELED', reject: 'REQUEST_TOO_LATE' },
  { value: '5', exec: 'REPLACED', status: 'WORKING', reject: 'REQUEST_REJECTED' },
  { value: '6', exec: 'PENDING_CANCEL', status: 'PENDING_CANCEL', reject: 'REQUEST_REJECTED' },
  { value: '8', exec: 'REJECTED', status: 'REJECTED', reject: 'REQUEST_TOO_LATE' },
  { value: 'A', exec: 'PENDING_NEW', status: 'PENDING_NEW', reject: 'REQUEST_REJECTED' },
  { value: 'C', exec: 'EXPIRED', status: 'EXPIRED', reject: 'REQUEST_TOO_LATE' },
  { value: 'E', exec: 'PENDING_REPLACE', status: 'PENDING_REPLACE', reject: 'REQUEST_REJECTED' },
  { value: 'Z', exec: undefined, status: undefined, reject: 'REQUEST_REJECTED' },
])('FIX $value says $exec as ExecType, $status as OrdStatus', ({ value, exec, status, reject }) => {
  expect(eventOfExecType(code(value))).toBe(exec);
  expect(eventOfStatus(code(value))).toBe(status);
  expect(eventOfCancelReject(code(value))).toBe(reject);
});
