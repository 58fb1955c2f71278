/** Connections that are no session's yet: how many wait, how long, for how many bytes. */
import { once } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  logonOf,
  Notes,
  RawClient,
  startAcceptor,
  VENUE_SESSION,
} from '../../../test/support/acceptor-rig.ts';
import { sessionConfig } from '../../../test/support/session-config.ts';
import { AddressList } from './address-list.ts';
import { ACCEPTOR_LIMITS, type GateLimits } from './transport-limits.ts';

const NOTHING = new Uint8Array(0);
const withGate = (changes: Partial<GateLimits>) => ({
  limits: { ...ACCEPTOR_LIMITS, gate: { ...ACCEPTOR_LIMITS.gate, ...changes } },
});

test('who sends no Logon in time is closed without a word', async () => {
  const notes = new Notes();
  const { port } = await startAcceptor(notes, withGate({ logonWaitS: 0 }));
  const silent = new RawClient(port, NOTHING);
  const slow = new RawClient(port, logonOf('ENGINE').subarray(0, 30));
  await Promise.all([silent.closed, slow.closed]);
  const late = 'refused: a connection sent no Logon in 0 s (from 127.0.0.1)';
  expect(notes.lines).toEqual([late, late]);
  expect(silent.text + slow.text).toBe('');
});

test('who sends more than a Logon takes is closed', async () => {
  const notes = new Notes();
  const { port } = await startAcceptor(notes, withGate({ logonBytesMax: 1000 }));
  const start = Buffer.from('8=FIX.4.4\x019=9000\x0135=A\x01');
  await new RawClient(port, Buffer.concat([start, Buffer.alloc(2000, 'x')])).closed;
  expect(notes.lines[0]).toMatch(/refused: a connection sent 20\d\d bytes and no Logon/);
});

test('of one address so many may wait; the others are still let in', async () => {
  const notes = new Notes();
  const { port } = await startAcceptor(notes, withGate({ waitingPerAddressMax: 3 }));
  for (let i = 0; i < 3; i++) {
    const { socket } = new RawClient(port, NOTHING, '127.0.0.2');
    await new Promise((resolve) => socket.once('connect', resolve));
  }
  await new RawClient(port, logonOf('ENGINE'), '127.0.0.2').closed;
  expect(notes.lines).toEqual([
    'refused: 127.0.0.2 has 3 connections without a Logon, a further one was closed',
  ]);
  new RawClient(port, logonOf('ENGINE'), '127.0.0.3');
  await notes.until(/LOGGED_ON/);
});

test('when too many wait the one that has waited longest makes room', async () => {
  const notes = new Notes();
  const { port } = await startAcceptor(notes, withGate({ waitingMax: 2 }));
  const first = new RawClient(port, NOTHING);
  await new Promise((resolve) => first.socket.once('connect', resolve));
  const second = new RawClient(port, NOTHING);
  await new Promise((resolve) => second.socket.once('connect', resolve));
  new RawClient(port, logonOf('ENGINE'));
  await first.closed;
  expect(notes.lines[0]).toMatch(/2 connections wait for their Logon, the one that has waited/);
  await notes.until(/LOGGED_ON/);
  expect(second.socket.destroyed).toBe(false);
});

test('who has left or logged on waits no more', async () => {
  const notes = new Notes();
  const { port } = await startAcceptor(notes, withGate({ waitingPerAddressMax: 1 }));
  for (let i = 0; i < 5; i++) {
    const client = new RawClient(port, NOTHING);
    await new Promise((resolve) => client.socket.once('connect', resolve));
    client.socket.destroy();
    await client.closed;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  new RawClient(port, logonOf('ENGINE'));
  await notes.until(/LOGGED_ON/);
  await new RawClient(port, logonOf('ENGINE')).closed;
  expect(notes.lines.at(-1)).toMatch(/connected already/);
});

test('an address that is not on the list is closed before it says anything', async () => {
  const notes = new Notes();
  const addresses = new AddressList(['127.0.0.5', '127.0.1.0/24'], 'addresses');
  const { port } = await startAcceptor(notes, { addresses });
  await new RawClient(port, logonOf('ENGINE'), '127.0.0.6').closed;
  expect(notes.lines).toEqual([
    'refused: 127.0.0.6 is not on the list of addresses that may connect',
  ]);
  new RawClient(port, logonOf('ENGINE'), '127.0.1.77');
  await notes.until(/LOGGED_ON/);
});

test('a session may have its own list of addresses', async () => {
  const notes = new Notes();
  const other = sessionConfig({ role: 'acceptor', senderCompId: 'VENUE', targetCompId: 'OTHER' });
  const rules = { addresses: new AddressList(['127.0.0.5'], 'addresses') };
  const { port } = await startAcceptor(notes, {
    sessions: [VENUE_SESSION, other],
    peerRules: new Map([[other, rules]]),
  });
  await new RawClient(port, logonOf('OTHER')).closed;
  expect(notes.lines[0]).toMatch(/OTHER \(to VENUE, FIX.4.4\) may not connect from this address/);
  new RawClient(port, logonOf('OTHER'), '127.0.0.5');
  new RawClient(port, logonOf('ENGINE'));
  await notes.until(/LOGGED_ON/);
});

test('what a stranger says is one short line in the log', async () => {
  const notes = new Notes();
  const { port } = await startAcceptor(notes);
  await new RawClient(port, logonOf(`${'A'.repeat(500)}\nroot\x1b[2J`)).closed;
  expect(notes.lines[0]).toMatch(/^refused: A{64}… \(to VENUE, FIX.4.4\) is no session/);
  await new RawClient(port, logonOf('A\nroot\x1b[2J')).closed;
  expect(notes.lines[1]).toMatch(/^refused: A\?root\?\[2J \(to/);
});

test('sessions with the same CompIDs but another BeginString share a port', async () => {
  const notes = new Notes();
  const sessions = (['FIX.4.2', 'FIX.4.4', 'FIX.5.0SP2'] as const).map((version) =>
    sessionConfig({ role: 'acceptor', senderCompId: 'VENUE', targetCompId: 'ENGINE', version }),
  );
  const { port, acceptor } = await startAcceptor(notes, { sessions });
  const clients = [
    new RawClient(port, logonOf('ENGINE', 'FIX.4.2')),
    new RawClient(port, logonOf('ENGINE', 'FIX.4.4')),
    new RawClient(port, logonOf('ENGINE', 'FIXT.1.1', [1137, 9])),
  ];
  await Promise.all(clients.map(({ socket }) => once(socket, 'data')));
  expect(clients.map(({ text }) => text.slice(0, 10))).toEqual([
    '8=FIX.4.2|',
    '8=FIX.4.4|',
    '8=FIXT.1.1',
  ]);
  await new RawClient(port, logonOf('ENGINE', 'FIX.4.3')).closed;
  expect(acceptor.connections.map(({ isLoggedOn }) => isLoggedOn)).toEqual([true, true, true]);
});

test('whatever a stranger sends, the acceptor stands and lets the next one in', async () => {
  const notes = new Notes();
  const { port, connection } = await startAcceptor(notes);
  const logon = logonOf('ENGINE');
  const mangled = fc.array(
    fc.record({ at: fc.nat(logon.length - 1), byte: fc.nat(255), cut: fc.nat(3) }),
    { minLength: 1, maxLength: 5 },
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    mangled.map((edits) => {
      let text = Buffer.from(logon);
      for (const { at, byte, cut } of edits) {
        const place = Math.min(at, text.length);
        const middle = Buffer.from([byte]);
        text = Buffer.concat([text.subarray(0, place), middle, text.subarray(place + cut)]);
      }
      return new Uint8Array(text);
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 3 }), async (chunks) => {
      const client = new RawClient(port, Buffer.concat(chunks));
      client.socket.end();
      await client.closed;
    }),
    { numRuns: 300, seed: 20_254 },
  );
  connection.disconnect();
  new RawClient(port, logonOf('ENGINE'));
  while (!connection.isLoggedOn) await new Promise((resolve) => setTimeout(resolve, 2));
});
