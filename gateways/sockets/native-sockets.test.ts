/** The addon's sockets under Node: real peers, real threads, and Node's own event loop in between. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { loadNative, type TlsClient } from '../../native/index.ts';
import { type Issued, issue } from '../../test/support/certificates.ts';
import type { ControlThreadInput } from '../../test/support/control-thread.ts';
import {
  NativeRig,
  PlainServer,
  type RigSocket,
  until,
  writeNext,
} from '../../test/support/native-rig.ts';
import * as N from '../../wasm/native-layout.ts';

const { module: native, reason } = loadNative();
const HOUR_MS = 3_600_000;
/** A word of the memory that nothing else uses here. */
const RECEIVED_NS = 2048;
const CONTROL = new URL('../../test/support/control-thread.ts', import.meta.url);

const rigs: NativeRig[] = [];
const servers: PlainServer[] = [];
const workers: Worker[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) rig.sockets.dispose();
  for (const server of servers.splice(0)) server.close();
  for (const worker of workers.splice(0)) await worker.terminate();
});

function open(settings?: ConstructorParameters<typeof NativeRig>[0]): NativeRig {
  const rig = new NativeRig(settings);
  rigs.push(rig);
  return rig;
}

async function serve(...wish: Parameters<typeof PlainServer.open>): Promise<PlainServer> {
  const server = await PlainServer.open(...wish);
  servers.push(server);
  return server;
}

async function connected(
  rig: NativeRig,
  server: PlainServer,
  secure?: TlsClient,
): Promise<RigSocket> {
  const before = server.peers.length;
  const socket = rig.connect(0, server.port, secure);
  const event = secure === undefined ? N.SOCKET_EVENT_CONNECTED : N.SOCKET_EVENT_SECURED;
  await until(() => socket.has(event) && server.peers.length > before);
  return socket;
}

/** Believes this certificate. */
const trusting = (rig: NativeRig, { certificate }: Issued): TlsClient =>
  rig.sockets.tls!.clientFor(
    {
      ca: certificate,
      certificate: undefined,
      key: undefined,
      passphrase: undefined,
      serverName: undefined,
      requirePeerCertificate: false,
      peerNames: [],
      minVersion: 'TLSv1.2',
      ciphers: undefined,
    },
    'localhost',
  );

describe.skipIf(native === undefined)(`the addon's sockets (${reason ?? 'built'})`, () => {
  test('64 connections are held at once, a 65th is refused with a text', async () => {
    const server = await serve((peer) => peer.on('data', (bytes) => peer.write(bytes)));
    const rig = open();
    const sockets: RigSocket[] = [];
    for (let slot = 0; slot < N.SOCKETS_MAX; slot++) {
      expect(rig.sockets.freeSlot()).toBe(slot);
      sockets.push(rig.connect(slot, server.port));
    }
    await until(() => sockets.every((socket) => socket.has(N.SOCKET_EVENT_CONNECTED)));
    for (const socket of sockets) socket.send(`I am ${socket.slot}.`);
    await until(() => sockets.every((socket) => socket.heard.endsWith('.')));
    expect(sockets.map(({ heard }) => heard)).toEqual(sockets.map((_, n) => `I am ${n}.`));
    expect(() => rig.sockets.freeSlot()).toThrow('all 64 sockets are in use');
    expect(() => rig.connect(3, server.port)).toThrow('there is no free socket 3');
    rig.sockets.close(3);
    expect(rig.sockets.freeSlot()).toBe(3);
  });

  test('a peer that does not read gets all in order once it does, half a message first', async () => {
    const server = await serve((peer) => peer.pause());
    const rig = open();
    const socket = await connected(rig, server);
    const text = Array.from({ length: 2000 }, (_, n) => `${n};`).join('');
    let given = '';
    while (socket.unsent === 0) {
      socket.send(text);
      given += text;
    }
    expect(socket.unsent).not.toBe(text.length);
    let heard = '';
    server.peers[0]!.on('data', (bytes) => {
      heard += bytes.toString('latin1');
    });
    server.peers[0]!.resume();
    await until(() => heard.length === given.length);
    expect(heard === given).toBe(true);
    expect(socket.unsent).toBe(0);
    expect(socket.has(N.SOCKET_EVENT_SENT)).toBe(true);
  });

  test('a refusal and a reset are told by their names', async () => {
    const rig = open();
    const server = await serve();
    const socket = await connected(rig, server);
    server.peers[0]!.resetAndDestroy();
    await until(() => socket.has(N.SOCKET_EVENT_FAILED));
    expect(rig.sockets.errorOf(0)).toBe('ECONNRESET');
    server.server.close();
    const late = rig.connect(1, server.port);
    await until(() => late.has(N.SOCKET_EVENT_FAILED));
    expect(rig.sockets.errorOf(1)).toBe('ECONNREFUSED');
  });

  test.each([
    ['a name instead of an address', 'localhost', undefined, 'localhost is no numeric address'],
    ['an own address that is none', '127.0.0.1', 'here', 'here is no numeric address'],
  ])('%s is refused with a text', (_what, address, from, text) => {
    const rig = open();
    const owner = { onEvents: () => {} };
    const buffers = { rx: 0, rxBytes: 8, rxWords: 64, tx: 8, txBytes: 8, txWords: 72 };
    const wrong = { address, port: 1, from, secure: undefined };
    expect(() => rig.sockets.connect(0, owner, wrong, buffers)).toThrow(text);
    const outside = { ...buffers, txBytes: rig.memory.bytes.length };
    const to = { ...wrong, address: '127.0.0.1', from: undefined };
    expect(() => rig.sockets.connect(0, owner, to, outside)).toThrow('not inside the memory');
  });

  test('an acceptor on one loop and its peers on another talk, both in one process', async () => {
    const [venue, engine] = [open(), open()];
    const accepted: RigSocket[] = [];
    const onEvents = (): void => {
      for (;;) {
        const socket = venue.accept(0, venue.sockets.freeSlot());
        if (socket.refused === 'EAGAIN') return;
        accepted.push(socket);
      }
    };
    expect(venue.sockets.listen(0, { onEvents }, '127.0.0.1', 0, 16)).toBeUndefined();
    const port = venue.sockets.localPort(0);
    const sockets = [0, 1, 2].map((slot) => engine.connect(slot, port));
    await until(() => accepted.length === 3);
    await until(() => sockets.every((socket) => socket.has(N.SOCKET_EVENT_CONNECTED)));
    for (const socket of sockets) socket.send(`D${socket.slot}`);
    await until(() => accepted.every(({ heard }) => heard !== ''));
    for (const socket of accepted) socket.send(`8 for ${socket.heard}`);
    await until(() => sockets.every(({ heard }) => heard !== ''));
    expect(sockets.map(({ heard }) => heard)).toEqual(['8 for D0', '8 for D1', '8 for D2']);
    expect(() => new native!.SocketLoop(engine.memory.bytes)).toThrow('belong to another loop');
  });

  test('each byte that comes alone is told, with the time of its coming', async () => {
    const server = await serve();
    const rig = open();
    const socket = await connected(rig, server);
    for (const byte of 'one by one') {
      const read = socket.heard.length;
      const before = performance.now() * 1e6;
      server.peers[0]!.write(byte);
      await until(() => socket.heard.length > read);
      rig.sockets.noteReceived(0, RECEIVED_NS);
      expect(rig.memory.f64(RECEIVED_NS)).toBeGreaterThanOrEqual(before);
      expect(rig.memory.f64(RECEIVED_NS)).toBeLessThanOrEqual(performance.now() * 1e6);
    }
    expect(socket.heard).toBe('one by one');
  });
});

/** A thread of its own that does its job when it is told. */
async function controlThread(
  rig: NativeRig,
  job: Pick<ControlThreadInput, 'job' | 'messages' | 'at'>,
): Promise<Worker> {
  const workerData: ControlThreadInput = { memory: rig.memory.wasm, slot: 0, ...job };
  const worker = new Worker(CONTROL, { workerData });
  workers.push(worker);
  await once(worker, 'online');
  return worker;
}

const WAKES = { job: 'wake', messages: 0, at: { numberAt: 0, tx: 0, txWords: 0 } } as const;

describe.skipIf(native === undefined)(`a thread that waits (${reason ?? 'built'})`, () => {
  // The wait is an hour: whatever is missed here is missed for good.
  test.each([
    ['blocks', 0],
    ['polls', 1e9],
  ])('for an hour and %s misses none of its timers and messages', async (_what, spinUs) => {
    const rig = open({ spinUs, waitMs: HOUR_MS });
    const socket = await connected(rig, await serve());
    const worker = await controlThread(rig, WAKES);
    for (let n = 0; n < 5; n++) await new Promise((resolve) => setTimeout(resolve, 3));
    await new Promise((resolve) => setImmediate(resolve));
    worker.postMessage('go');
    expect(await once(worker, 'message')).toEqual(['done']);
    rig.sockets.close(socket.slot);
  });

  test('sleeps while there is nothing to do', async () => {
    const rig = open({ spinUs: 50, waitMs: HOUR_MS });
    await connected(rig, await serve());
    const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    await rest();
    const turns = rig.memory.i64(N.SLO_TURNS);
    for (let n = 0; n < 20; n++) await rest();
    expect(rig.memory.i64(N.SLO_SLEEPS)).toBeGreaterThanOrEqual(20);
    expect(rig.memory.i64(N.SLO_TURNS) - turns).toBeLessThan(200);
  });

  test('is woken by another thread in its turn', async () => {
    const rig = open({ waitMs: HOUR_MS });
    rig.sockets.dispose();
    const worker = await controlThread(rig, WAKES);
    const loop = new native!.SocketLoop(rig.memory.bytes);
    const turn = loop.turnFunction();
    worker.postMessage('go');
    // Nothing but the wake-up ends a turn, unless Node's event loop wants something; it gets nothing here.
    let flags = 0;
    while ((flags & N.TURN_WOKEN) === 0) flags = turn();
    expect(rig.memory.i32(N.SLO_WAKE)).toBe(0);
    loop.dispose();
  });
});

describe.skipIf(native === undefined)(`the send lock (${reason ?? 'built'})`, () => {
  test.each([
    ['in the clear', false],
    ...(native?.TlsClient === undefined ? [] : [['with TLS', true] as const]),
  ] as const)(
    '%s lets two threads number, write and send for one session: no number is lost or doubled',
    async (_, isSecure) => {
      let heard = '';
      const own = issue({ name: 'venue', dnsNames: ['localhost'] });
      const server = await serve(
        (peer) =>
          peer.on('data', (bytes) => {
            heard += bytes.toString('latin1');
          }),
        isSecure ? { cert: own.certificate, key: own.key } : undefined,
      );
      const rig = open();
      const messages = 3000;
      const socket = await connected(rig, server, isSecure ? trusting(rig, own) : undefined);
      const at = { numberAt: 1024, ...socket.buffers };
      const worker = await controlThread(rig, { job: 'send', messages, at });
      const words = new Int32Array(rig.memory.wasm.buffer);
      const lock = (N.SOCKET_ROWS + N.SOC_LOCK) >>> 2;
      worker.postMessage('go');
      const done = once(worker, 'message');
      for (let sent = 0; sent < messages; ) {
        if (Atomics.compareExchange(words, lock, N.LOCK_FREE, N.LOCK_LOOP) !== N.LOCK_FREE)
          continue;
        writeNext(rig.memory, at, 'h');
        Atomics.store(words, lock, N.LOCK_FREE);
        rig.sockets.flush(0);
        if (++sent % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await done;
      await until(() => heard.split(';').length > 2 * messages);
      const numbers = heard.split(';').slice(0, -1);
      expect(numbers.map((text) => Number(text.slice(1)))).toEqual(
        Array.from({ length: 2 * messages }, (_, n) => n),
      );
      expect(new Set(numbers.map((text) => text[0]))).toEqual(new Set(['c', 'h']));
    },
  );

  test('is refused where another thread has it, and to a caller that does not hold it', () => {
    const { memory } = open();
    const lock = N.SOCKET_ROWS + 5 * N.SOCKET_ROW_BYTES + N.SOC_LOCK;
    memory.setAtomicI32(lock, N.LOCK_LOOP);
    expect(native!.lockSession(memory.bytes, 5, 1)).toBe(false);
    expect(() => native!.sendLocked(memory.bytes, 5, 1)).toThrow('does not hold the lock');
    expect(() => native!.unlockSession(memory.bytes, 5)).toThrow('does not hold the lock');
    memory.setAtomicI32(lock, N.LOCK_FREE);
    expect(native!.lockSession(memory.bytes, 5, 1)).toBe(true);
    expect(memory.i32(lock)).toBe(N.LOCK_CONTROL);
    expect(native!.sendLocked(memory.bytes, 5, 1)).toBe(0);
    native!.unlockSession(memory.bytes, 5);
    expect(memory.i32(lock)).toBe(N.LOCK_FREE);
    expect(() => native!.lockSession(memory.bytes, 64, 1)).toThrow('there is no such socket');
  });
});

describe.skipIf(native === undefined)(`a core (${reason ?? 'built'})`, () => {
  test('is taken by a thread alone, and must be one of those there are', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      const native = require(workerData.file);
      const before = native.coresAvailable();
      native.pinThread(before[0]);
      parentPort.postMessage([before, native.coresAvailable()]);`;
    const file = new URL('../../build/native.node', import.meta.url).pathname;
    const worker = new Worker(code, { eval: true, workerData: { file } });
    const [[before, after]] = await once(worker, 'message');
    expect(after).toEqual([before[0]]);
    expect(native!.coresAvailable(), 'the other threads stay where they are').toEqual(before);
    expect(() => native!.pinThread(1023)).toThrow('core 1023 is none of those');
  });

  const hasTwo = (native?.coresAvailable().length ?? 0) > 1;
  test.skipIf(!hasTwo)('is left by the other threads of the process, also those of libuv', () => {
    const file = new URL('../../build/native.node', import.meta.url).pathname;
    const code = `
      const { readdirSync, readFileSync, stat } = require('node:fs');
      const native = require(${JSON.stringify(file)});
      const [core] = native.coresAvailable();
      stat('.', () => {
        native.pinThread(core);
        const moved = native.keepCore(core);
        const others = readdirSync('/proc/self/task').filter((id) => id !== String(process.pid));
        const cores = others.map((id) =>
          /^Cpus_allowed_list:\\s*(.*)$/m.exec(readFileSync('/proc/self/task/' + id + '/status', 'utf8'))[1]);
        const again = native.keepCore(core);
        console.log(JSON.stringify({ core, own: native.coresAvailable(), moved, cores, again }));
      });`;
    const { core, own, moved, cores, again } = JSON.parse(
      execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }),
    );
    expect(own).toEqual([core]);
    expect(moved).toBe(cores.length);
    expect(moved).toBeGreaterThan(4);
    // The first core begins the list where it is in it.
    expect(cores.filter((list: string) => Number.parseInt(list, 10) === core)).toEqual([]);
    expect(again).toBe(0);
  });
});
