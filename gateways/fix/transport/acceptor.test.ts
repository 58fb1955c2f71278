/**
 * Acceptor and initiator over TCP on this machine: who gets in, who is turned away, who is too
 * slow.
 */
import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { FixInitiator } from '../../../test/support/fix-initiator.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { sessionConfig } from '../../../test/support/session-config.ts';
import type { Field } from '../codec.ts';
import { formatTimestamp } from '../timestamp.ts';
import { FixAcceptor } from './acceptor.ts';
import type { ConnectionHandler, FixConnection } from './fix-connection.ts';

const clock = { nowNs: () => BigInt(Date.now()) * 1_000_000n };
const SESSION = sessionConfig({ role: 'acceptor', senderCompId: 'VENUE', targetCompId: 'ENGINE' });
const LIMITS = { pendingBytesMax: 1_000_000, resendMessagesMax: 100 };

/** Notes what happens, and lets a test wait for it. */
class Notes implements ConnectionHandler {
  readonly lines: string[] = [];
  #wake: () => void = () => {};

  add(line: string): void {
    this.lines.push(line);
    this.#wake();
  }

  onMessage(_: FixConnection, message: { readonly msgType: string }): void {
    this.add(`35=${message.msgType}`);
  }

  onEvent(_: FixConnection, kind: string, reason: string): void {
    this.add(`${kind}: ${reason}`);
  }

  onWritable(): void {
    this.add('writable');
  }

  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function acceptorOn(port: number, notes: Notes, limits = LIMITS) {
  const acceptor = new FixAcceptor({
    host: '127.0.0.1',
    port,
    sessions: [SESSION],
    clock,
    handler: notes,
    onRefused: (reason) => notes.add(`refused: ${reason}`),
    ...limits,
  });
  const bound = await acceptor.listen();
  closers.push(() => acceptor.close('test over'));
  return { acceptor, port: bound, connection: acceptor.connections[0]! };
}

function initiatorTo(port: number, notes: Notes): FixInitiator {
  const config = sessionConfig({ senderCompId: 'ENGINE', targetCompId: 'VENUE' });
  const initiator = new FixInitiator({
    port,
    reconnectMs: 5,
    clock,
    handler: notes,
    config,
    ...LIMITS,
  });
  closers.push(() => initiator.stop('test over'));
  initiator.start();
  return initiator;
}

const logonOf = (sender: string, ...fields: Field[]): Uint8Array =>
  encodeMessage('FIX.4.4', [
    [35, 'A'],
    [34, 1],
    [49, sender],
    [52, formatTimestamp(clock.nowNs())],
    [56, 'VENUE'],
    [98, 0],
    [108, 30],
    ...fields,
  ]);

/** A raw client that sends the bytes; resolves when the acceptor has closed it. */
function refusedClient(port: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}

test('messages go both ways, and a Logout ends the connection on both sides', async () => {
  const venue = new Notes();
  const engine = new Notes();
  const { port, connection } = await acceptorOn(0, venue);
  const initiator = initiatorTo(port, engine);
  await Promise.all([venue.until(/LOGGED_ON/), engine.until(/LOGGED_ON/)]);
  connection.sendAppRaw('W', Buffer.from('55=GOOG\x01'));
  initiator.connection.sendApp('D', [[11, 'a']]);
  await Promise.all([engine.until(/35=W/), venue.until(/35=D/)]);
  await initiator.stop('end of day');
  expect(await venue.until(/LOGGED_OUT/)).toBe('LOGGED_OUT: ENGINE logged out: end of day');
  expect(initiator.connection.isConnected).toBe(false);
});

test('the initiator comes back after a lost connection, and executions sent meanwhile arrive', async () => {
  const venue = new Notes();
  const engine = new Notes();
  const { port, connection } = await acceptorOn(0, venue);
  initiatorTo(port, engine);
  await venue.until(/LOGGED_ON/);
  connection.cork();
  connection.sendApp('8', [[37, 'x']]);
  connection.disconnect(); // what was corked never left
  await engine.until(/LOGGED_OUT/);
  await engine.until(/GAP_FILLED/);
  expect(engine.lines).toContain('35=8');
});

const tooLong = Buffer.from(
  Buffer.from(logonOf('ENGINE')).toString('latin1').replace(/9=\d+/, '9=500'),
  'latin1',
);
const strangers: [string, Uint8Array, RegExp][] = [
  ['a wrong BodyLength in the Logon', tooLong, /no FIX message/],
  ['an unknown SenderCompID', logonOf('STRANGER'), /STRANGER .* is no session that is known here/],
  [
    'no Logon',
    encodeMessage('FIX.4.4', [
      [35, '0'],
      [34, 1],
    ]),
    /began with 35=0, not a Logon/,
  ],
  ['something else than FIX', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /no FIX message/],
];
test.each(strangers)('a connection with %s is closed', async (_, bytes, why) => {
  const venue = new Notes();
  const { port } = await acceptorOn(0, venue);
  await refusedClient(port, bytes);
  expect(venue.lines[0]).toMatch(why);
});

test('a second connection of a session that is connected is closed, the first is left alone', async () => {
  const venue = new Notes();
  const { port, connection } = await acceptorOn(0, venue);
  initiatorTo(port, new Notes());
  await venue.until(/LOGGED_ON/);
  await refusedClient(port, logonOf('ENGINE'));
  expect(await venue.until(/refused/)).toMatch(/connected already/);
  expect(connection.isLoggedOn).toBe(true);
});

test('a peer that does not read is disconnected at the bound', async () => {
  const venue = new Notes();
  const { port, connection } = await acceptorOn(0, venue, { ...LIMITS, pendingBytesMax: 100_000 });
  const socket = net.connect(port, '127.0.0.1', () => socket.write(logonOf('ENGINE')));
  socket.on('error', () => {});
  closers.push(() => void socket.destroy());
  await venue.until(/LOGGED_ON/);
  const body = Buffer.from(`58=${'x'.repeat(50_000)}\x01`);
  let sent = 0;
  while (connection.isLoggedOn && sent < 1000) {
    connection.sendAppRaw('W', body);
    sent += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await venue.until(/DISCONNECT/)).toMatch(
    /ENGINE left \d+ bytes unread, 100000 are allowed/,
  );
  expect(connection.isConnected).toBe(false);
});

test('a port in use is one line that says what to do', async () => {
  const { port } = await acceptorOn(0, new Notes());
  await expect(acceptorOn(port, new Notes())).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: `port ${port} on 127.0.0.1 is in use: stop the process that holds it or choose another port`,
  });
});
