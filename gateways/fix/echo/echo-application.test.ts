/** What the echo sends back, and what it remembers of its peer. */
import { expect, test } from 'vitest';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { type Field, type FixMessage, parseMessage } from '../codec.ts';
import type { FixConnection } from '../transport/fix-connection.ts';
import { EchoApplication } from './echo-application.ts';

const FIRST = { possDup: false, possResend: false };
const AGAIN = { possDup: false, possResend: true };

function order(clOrdId: string): FixMessage {
  const fields: Field[] = [
    [35, 'D'],
    [34, 2],
    [11, clOrdId],
  ];
  return parseMessage(encodeMessage('FIX.4.4', fields))!;
}

test.each([
  ['a short ClOrdID', 'A1', 'A2'],
  ['a ClOrdID as long as a message may be', `${'x'.repeat(100_000)}1`, `${'x'.repeat(100_000)}2`],
])('an order with %s comes back once when it is sent again', (_, one, other) => {
  const sent: string[] = [];
  const session = { sendApp: (msgType: string) => sent.push(msgType) };
  const connection = { session } as unknown as FixConnection;
  const echo = new EchoApplication({ nowNs: () => 0n }, () => {});
  echo.onMessage(connection, order(one), FIRST);
  echo.onMessage(connection, order(one), AGAIN);
  expect(sent).toEqual(['D']);
  echo.onMessage(connection, order(other), AGAIN);
  expect(sent).toEqual(['D', 'D']);
});
