/** One session on a socket: limits are told and end the connection, a lost one is free at once. */
import { once } from 'node:events';
import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import {
  clock,
  logonOf,
  Notes,
  RawClient,
  startAcceptor,
} from '../../../test/support/acceptor-rig.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { formatTimestamp } from '../timestamp.ts';
import type { FixConnection } from './fix-connection.ts';
import { ACCEPTOR_LIMITS, type TrafficLimits } from './transport-limits.ts';

const withTraffic = (changes: Partial<TrafficLimits>) => ({
  limits: { ...ACCEPTOR_LIMITS, traffic: { ...ACCEPTOR_LIMITS.traffic, ...changes } },
});

const message = (msgSeqNum: number, msgType = '0', text = ''): Buffer =>
  encodeMessage('FIX.4.4', [
    [35, msgType],
    [34, msgSeqNum],
    [49, 'ENGINE'],
    [52, formatTimestamp(clock.nowNs())],
    [56, 'VENUE'],
    ...(text === '' ? [] : ([[58, text]] as const)),
  ]);

/** Messages from the second on. */
const messages = (count: number, msgType: string): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => message(index + 2, msgType)));

async function loggedOn(port: number, notes: Notes): Promise<RawClient> {
  const client = new RawClient(port, logonOf('ENGINE'));
  await notes.until(/LOGGED_ON/);
  return client;
}

const breaches: [string, Partial<TrafficLimits>, Buffer, RegExp][] = [
  [
    'a message that is too long',
    { messageBytesMax: 500 },
    message(2, '0', 'x'.repeat(1000)),
    /a message is longer than 500 bytes/,
  ],
  [
    'a message that never ends',
    { messageS: 0 },
    message(2).subarray(0, 40),
    /a message was not complete after 0 s/,
  ],
  [
    'nothing but garbage',
    { garbledRunsMax: 3 },
    Buffer.from('8=FIX.4.4\x01junk'.repeat(10)),
    /pieces of garbage, \d+ bytes, came in a row; 3 and/,
  ],
  [
    'a flood',
    { messages: { perS: 100, burst: 10 }, aheadS: 0 },
    messages(100, '0'),
    /more than 100 messages a second for 0 s/,
  ],
  [
    'a flood of ResendRequests',
    { resendRequests: { perS: 1, burst: 2 }, aheadS: 0 },
    messages(100, '2'),
    /more than 1 ResendRequests a second for 0 s/,
  ],
];
test.each(breaches)('%s is answered by a Logout that says so, and a close', async (...row) => {
  const [, traffic, bytes, why] = row;
  const notes = new Notes();
  const { port, connection } = await startAcceptor(notes, withTraffic(traffic));
  const client = await loggedOn(port, notes);
  client.socket.write(bytes);
  await client.closed;
  expect(client.text).toMatch(new RegExp(`35=5\\|.*58=.*${why.source}`));
  const told = await notes.until(/DISCONNECT/);
  expect(told).toMatch(new RegExp(`ENGINE was disconnected: .*${why.source}`));
  expect(notes.lines.join()).toMatch(/LOGGED_OUT/);
  expect(connection.counts.breaches).toBe(1);
  expect(connection.isConnected).toBe(false);
});

const losses: [string, (client: RawClient) => void][] = [
  ['that is reset', ({ socket }) => socket.resetAndDestroy()],
  ['that is closed', ({ socket }) => socket.destroy()],
  ['whose peer says nothing more', ({ socket }) => socket.end()],
];
test.each(losses)('a connection %s frees the session at once', async (_, lose) => {
  const notes = new Notes();
  const { port, connection } = await startAcceptor(notes);
  for (let i = 1; i <= 3; i++) {
    notes.lines.length = 0;
    const client = await loggedOn(port, notes);
    lose(client);
    await notes.until(/LOGGED_OUT/);
    expect(connection.isConnected).toBe(false);
    expect(connection.counts).toMatchObject({ connections: i, logons: i });
    connection.counters.nextIn = 1;
  }
});

test('the system asks after a peer that says nothing, since 108=0 lets it', async () => {
  const asked = vi.spyOn(Socket.prototype, 'setKeepAlive');
  const notes = new Notes();
  const { port } = await startAcceptor(notes);
  await loggedOn(port, notes);
  expect(asked).toHaveBeenCalledExactlyOnceWith(true, 60_000);
  asked.mockRestore();
});

test('what came before the peer closed its end is still dealt with', async () => {
  const notes = new Notes();
  const { port, connection } = await startAcceptor(notes, withTraffic({ turnMessages: 3 }));
  const client = await loggedOn(port, notes);
  client.socket.end(messages(50, '0'));
  await notes.until(/LOGGED_OUT/);
  expect(connection.counters.nextIn).toBe(52);
});

test('one connection counts what goes in and out', async () => {
  const notes = new Notes();
  const { port, connection } = await startAcceptor(notes);
  const client = await loggedOn(port, notes);
  const test = message(2, '1', 'x');
  client.socket.write(test);
  await once(client.socket, 'data');
  expect(connection.counts).toMatchObject({
    messagesIn: 2,
    messagesOut: 2,
    bytesIn: logonOf('ENGINE').length + test.length,
    rejectsOut: 1, // the TestRequest without a TestReqID
    garbledIn: 0,
  });
  expect(connection.counts.bytesOut).toBe(client.text.length);
  expect(connection.counts.lastInNs).toBeGreaterThanOrEqual(connection.counts.lastLogonNs);
});

test('a heartbeat leaves on time with no timer of the session itself', async () => {
  const notes = new Notes();
  const { port } = await startAcceptor(notes);
  const logon = encodeMessage('FIX.4.4', [
    [35, 'A'],
    [34, 1],
    [49, 'ENGINE'],
    [52, formatTimestamp(clock.nowNs())],
    [56, 'VENUE'],
    [98, 0],
    [108, 1],
  ]);
  const client = new RawClient(port, logon);
  await once(client.socket, 'data');
  await once(client.socket, 'data');
  expect(client.text).toMatch(/\|35=0\|34=2\|/);
});

test('a session that floods leaves the others their turns', async () => {
  const notes = new Notes();
  const order: string[] = [];
  const handler = {
    onMessage: (connection: FixConnection) => order.push(connection.config.targetCompId),
    onEvent: (_: FixConnection, kind: string, reason: string) => notes.add(`${kind}: ${reason}`),
    onWritable: () => {},
  };
  const { port, acceptor } = await startAcceptor(notes, { handler });
  const client = await loggedOn(port, notes);
  const orders = Array.from({ length: 500 }, (_, index) => message(index + 2, 'D', 'order'));
  client.socket.write(Buffer.concat(orders));
  while (order.length < 500) {
    const before = order.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(order.length - before).toBeLessThanOrEqual(3 * ACCEPTOR_LIMITS.traffic.turnMessages);
  }
  expect(acceptor.connections[0]!.counts.slowdowns).toBe(0);
});
