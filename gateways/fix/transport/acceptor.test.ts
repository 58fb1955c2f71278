/**
 * Acceptor and initiator over TCP on this machine: who gets in, who is turned away, who is too
 * slow.
 */
import net from 'node:net';
import { expect, test } from 'vitest';
import {
  afterTest,
  clock,
  logonOf,
  Notes,
  RawClient,
  startAcceptor,
} from '../../../test/support/acceptor-rig.ts';
import { FixInitiator } from '../../../test/support/fix-initiator.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { sessionConfig } from '../../../test/support/session-config.ts';

function initiatorTo(port: number, notes: Notes): FixInitiator {
  const config = sessionConfig({ senderCompId: 'ENGINE', targetCompId: 'VENUE' });
  const initiator = new FixInitiator({
    port,
    reconnectMs: 5,
    clock,
    handler: notes,
    config,
    pendingBytesMax: 1_000_000,
    resendMessagesMax: 100,
  });
  afterTest(() => initiator.stop('test over'));
  initiator.start();
  return initiator;
}

test('messages go both ways, and a Logout ends the connection on both sides', async () => {
  const venue = new Notes();
  const engine = new Notes();
  const { port, connection } = await startAcceptor(venue);
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
  const { port, connection } = await startAcceptor(venue);
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
  logonOf('ENGINE').toString('latin1').replace(/9=\d+/, '9=500'),
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
  const { port } = await startAcceptor(venue);
  await new RawClient(port, bytes).closed;
  expect(venue.lines[0]).toMatch(why);
});

test('a second connection of a session that is connected is closed, the first is left alone', async () => {
  const venue = new Notes();
  const { port, connection } = await startAcceptor(venue);
  initiatorTo(port, new Notes());
  await venue.until(/LOGGED_ON/);
  await new RawClient(port, logonOf('ENGINE')).closed;
  expect(await venue.until(/refused/)).toMatch(/connected already/);
  expect(connection.isLoggedOn).toBe(true);
});

test('a peer that does not read is disconnected at the bound', async () => {
  const venue = new Notes();
  const { port, connection } = await startAcceptor(venue, { pendingBytesMax: 100_000 });
  const socket = net.connect(port, '127.0.0.1', () => socket.write(logonOf('ENGINE')));
  socket.on('error', () => {});
  afterTest(() => void socket.destroy());
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
  const { port } = await startAcceptor(new Notes());
  await expect(startAcceptor(new Notes(), { port })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: `port ${port} on 127.0.0.1 is in use: stop the process that holds it or choose another port`,
  });
});
