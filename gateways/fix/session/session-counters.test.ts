/**
 * The session's numbers and state in shared memory are those that the fast path reads and advances.
 */
import { expect, test } from 'vitest';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { sessionConfig } from '../../../test/support/session-config.ts';
import {
  SES_NEXT_IN,
  SES_NEXT_OUT,
  SES_STATE,
  SESSION_BYTES,
  SESSION_LIVE,
  SESSION_RECOVERING,
  SESSIONS,
} from '../../../wasm/layout.ts';
import { Memory } from '../../../wasm/memory.ts';
import { formatTimestamp } from '../timestamp.ts';
import { MemoryMessageStore } from './message-store.ts';
import { Session } from './session.ts';
import { SharedCounters } from './session-counters.ts';

const NOW_NS = 1_340_285_400_000_000_000n;
const SESSION = 2;
const BLOCK = SESSIONS + SESSION * SESSION_BYTES;

test('fast path and session advance the same numbers, in turn', () => {
  const memory = new Memory();
  memory.setI64(BLOCK + SES_NEXT_IN, 5);
  memory.setI64(BLOCK + SES_NEXT_OUT, 9);
  const delivered: string[] = [];
  const session = new Session({
    counters: new SharedCounters(memory, SESSION),
    store: new MemoryMessageStore(10),
    config: sessionConfig({}),
    port: {
      canResend: () => true,
      send: () => {},
      deliver: (message) => delivered.push(message.get(34) ?? ''),
      event: () => {},
    },
  });
  const receive = (msgType: string, msgSeqNum: number): void =>
    session.onMessage(
      encodeMessage('FIX.4.4', [
        [35, msgType],
        [34, msgSeqNum],
        [49, 'PEER'],
        [52, formatTimestamp(NOW_NS)],
        [56, 'US'],
        [98, 0],
        [108, 30],
      ]),
      NOW_NS,
    );
  session.start(NOW_NS);
  receive('A', 5);
  expect(memory.i32(BLOCK + SES_STATE)).toBe(SESSION_LIVE);
  expect(memory.i64(BLOCK + SES_NEXT_IN)).toBe(6);
  expect(memory.i64(BLOCK + SES_NEXT_OUT)).toBe(10);

  memory.addI64(BLOCK + SES_NEXT_IN, 3); // the fast path took messages 6 to 8
  session.onReceived(NOW_NS);
  receive('8', 9);
  expect(delivered).toEqual(['9']);
  memory.addI64(BLOCK + SES_NEXT_OUT, 1); // and sent message 10
  expect(session.sendApp('H', [[11, 'a']], NOW_NS)).toBe(11);

  receive('8', 12);
  expect(memory.i32(BLOCK + SES_STATE)).toBe(SESSION_RECOVERING);
});
