/** The connecting side: which address, when, how long it waits, and how it stops. */
import net from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  afterTest,
  clock,
  Notes,
  startAcceptor,
  VENUE_SESSION,
} from '../../../test/support/acceptor-rig.ts';
import { sessionConfig } from '../../../test/support/session-config.ts';
import { BackOff } from './back-off.ts';
import { FixInitiator, type InitiatorOptions } from './initiator.ts';

const CONFIG = sessionConfig({ senderCompId: 'ENGINE', targetCompId: 'VENUE' });

/** A listener that closes what comes, or holds it without a word; counts connections. */
async function stub(act: (socket: net.Socket) => void) {
  const peers: (string | undefined)[] = [];
  const server = net.createServer((socket) => {
    peers.push(socket.remoteAddress);
    socket.on('error', () => {});
    act(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterTest(() => server.close());
  return {
    address: { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port },
    peers,
  };
}

async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function initiate(
  notes: Notes,
  changes: Partial<InitiatorOptions> & Pick<InitiatorOptions, 'addresses'>,
): FixInitiator {
  const initiator = new FixInitiator({
    reconnect: { minMs: 2, maxMs: 20 },
    random: () => 0,
    clock,
    handler: notes,
    onUnreachable: (reason) => notes.add(`unreachable: ${reason}`),
    config: CONFIG,
    pendingBytesMax: 1_000_000,
    resendMessagesMax: 100,
    ...changes,
  });
  afterTest(() => initiator.stop('test over'));
  initiator.start();
  return initiator;
}

const local = (port: number) => ({ host: '127.0.0.1', port });

test('the backups are tried in turn while the first does not let us in', async () => {
  const closing = await stub((socket) => socket.destroy());
  const nobody = await closedPort();
  const { port } = await startAcceptor(new Notes());
  const notes = new Notes();
  initiate(notes, { addresses: [local(nobody), closing.address, local(port)] });
  await notes.until(/LOGGED_ON/);
  expect(notes.lines.filter((line) => !line.startsWith('RESENT'))).toEqual([
    `unreachable: 127.0.0.1:${nobody} cannot be reached: connect ECONNREFUSED 127.0.0.1:${nobody}`,
    `unreachable: 127.0.0.1:${closing.address.port} closed the connection instead of a Logon`,
    'LOGGED_ON: test: heartbeat every 30 s',
  ]);
});

test('after a lost session the first address comes first again', async () => {
  const first = await stub((socket) => socket.destroy());
  const { port, connection } = await startAcceptor(new Notes());
  const notes = new Notes();
  initiate(notes, { addresses: [first.address, local(port)] });
  await notes.until(/LOGGED_ON/);
  notes.lines.length = 0;
  connection.disconnect();
  await notes.until(/LOGGED_ON/);
  expect(first.peers).toHaveLength(2);
});

test('the same reason is told once, however often it is tried', async () => {
  const closing = await stub((socket) => socket.destroy());
  const notes = new Notes();
  initiate(notes, { addresses: [closing.address] });
  while (closing.peers.length < 5) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(notes.lines).toHaveLength(1);
});

test('a peer that accepts and says nothing is given up', async () => {
  const silent = await stub(() => {});
  const notes = new Notes();
  const config = { ...CONFIG, logonWaitS: 0 };
  initiate(notes, { addresses: [silent.address], config });
  await notes.until(/DISCONNECT: /);
  while (silent.peers.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
});

test('a connection that does not come about is given up', async () => {
  // TEST-NET-1 is nobody's: packets to it are lost, or the machine says at once that it has no way.
  const notes = new Notes();
  initiate(notes, { addresses: [{ host: '192.0.2.1', port: 9 }], connectWaitS: 0 });
  expect(await notes.until(/unreachable/)).toMatch(/192\.0\.2\.1:9 cannot be reached: /);
});

test('our own address can be chosen', async () => {
  const closing = await stub((socket) => socket.destroy());
  initiate(new Notes(), { addresses: [closing.address], bindHost: '127.0.0.9' });
  while (closing.peers.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(closing.peers[0]).toBe('127.0.0.9');
});

test('outside the schedule nothing is connected; at its start it is', async () => {
  const acceptor = new Notes();
  const { port } = await startAcceptor(acceptor);
  const startNs = clock.nowNs() + 100_000_000n;
  const window = { startNs, endNs: startNs + 3_600_000_000_000n };
  const schedule = {
    windowAt: (ns: bigint) => (ns >= window.startNs && ns < window.endNs ? window : undefined),
    nextStartNs: () => startNs,
  };
  const notes = new Notes();
  initiate(notes, { addresses: [local(port)], config: { ...CONFIG, schedule } });
  await acceptor.until(/LOGGED_ON/);
  expect(clock.nowNs()).toBeGreaterThanOrEqual(startNs);
});

const moments: [string, (address: { host: string; port: number }) => Promise<FixInitiator>][] = [
  ['before it has begun', async (address) => initiate(new Notes(), { addresses: [address] })],
  [
    'while it connects',
    async (address) => {
      const initiator = initiate(new Notes(), { addresses: [address] });
      await new Promise((resolve) => setImmediate(resolve));
      return initiator;
    },
  ],
  [
    'while it waits for the next try',
    async () => {
      const notes = new Notes();
      const addresses = [local(await closedPort())];
      const initiator = initiate(notes, {
        addresses,
        reconnect: { minMs: 600_000, maxMs: 600_000 },
      });
      await notes.until(/unreachable/);
      return initiator;
    },
  ],
  [
    'while its Logon is not answered',
    async () => {
      const silent = await stub(() => {});
      const initiator = initiate(new Notes(), { addresses: [silent.address] });
      while (silent.peers.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      return initiator;
    },
  ],
];
test.each(moments)('a stop %s ends it', async (_, begin) => {
  const notes = new Notes();
  const { port } = await startAcceptor(notes, { sessions: [VENUE_SESSION] });
  const initiator = await begin(local(port));
  await initiator.stop('enough');
  expect(initiator.connection.isConnected).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(initiator.connection.isConnected).toBe(false);
});

test('a stop logs out, and the peer hears why', async () => {
  const venue = new Notes();
  const { port } = await startAcceptor(venue);
  const notes = new Notes();
  const initiator = initiate(notes, { addresses: [local(port)] });
  await notes.until(/LOGGED_ON/);
  await initiator.stop('end of day');
  expect(await venue.until(/LOGGED_OUT/)).toContain('end of day');
});

test('the pauses double up to the bound, are up to half shorter, and start again', () => {
  const backOff = new BackOff({ minMs: 100, maxMs: 1000 }, () => 0);
  const pauses = Array.from({ length: 6 }, () => {
    const pause = backOff.pauseMs();
    backOff.grow();
    return pause;
  });
  expect(pauses).toEqual([100, 200, 400, 800, 1000, 1000]);
  backOff.reset();
  expect(backOff.pauseMs()).toBe(100);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
      const pauseMs = new BackOff({ minMs: 100, maxMs: 1000 }, () => chance).pauseMs();
      expect(pauseMs).toBeGreaterThanOrEqual(50);
      expect(pauseMs).toBeLessThanOrEqual(100);
    }),
    { seed: 20_253 },
  );
});
