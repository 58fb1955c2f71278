/**
 * For tests and benches, a process of its own: peers that mean harm to a FIX acceptor, each of
 * which comes back as soon as it is thrown out. Tells how often each kind was.
 */
import net from 'node:net';
import { constants, setPriority } from 'node:os';
import type { Field } from '../../gateways/fix/codec.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { encodeMessage } from './fix-message.ts';

const AGAIN_MS = 50;
const TRICKLE_MS = 50;
const BLOCK_ORDERS = 200;
const HALF_OPEN = 40;
const { PRIORITY_LOW } = constants.priority;

const stamp = (): string => formatTimestamp(BigInt(Date.now()) * 1_000_000n);

/** What a kind sends; the socket is connected and, where it has a name, its Logon is written. */
type Act = (socket: net.Socket, name: string) => void;

const message = (name: string, msgType: string, msgSeqNum: number, fields: Field[]): Buffer =>
  encodeMessage('FIX.4.4', [
    [35, msgType],
    [34, msgSeqNum],
    [49, name],
    [52, stamp()],
    [56, 'ECHO'],
    ...fields,
  ]);

const logon = (name: string): Buffer =>
  message(name, 'A', 1, [
    [98, 0],
    [108, 30],
  ]);

const order = (name: string, msgSeqNum: number, text: string): Buffer =>
  message(name, 'D', msgSeqNum, [
    [11, msgSeqNum],
    [21, 1],
    [55, 'INTC'],
    [54, 1],
    [60, stamp()],
    [38, 100],
    [40, 1],
    [58, text],
  ]);

/** Writes blocks as fast as the socket takes them. */
function pour(socket: net.Socket, nextBlock: () => Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(nextBlock()));
  };
  socket.on('drain', more);
  more();
}

function pourMessages(socket: net.Socket, next: (msgSeqNum: number) => Buffer): void {
  let msgSeqNum = 1;
  pour(socket, () => Buffer.concat(Array.from({ length: BLOCK_ORDERS }, () => next(++msgSeqNum))));
}

function trickle(socket: net.Socket, bytes: Buffer): void {
  let at = 0;
  const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), TRICKLE_MS);
  socket.on('close', () => clearInterval(timer));
}

const padded = (size: number): string => 'x'.repeat(size);

/** Sessions of these names are known to the acceptor. */
const MEMBERS: Readonly<Record<string, Act>> = {
  FLOOD: (socket, name) => pourMessages(socket, (seq) => order(name, seq, 'flood')),
  TESTS: (socket, name) => pourMessages(socket, (seq) => message(name, '1', seq, [[112, seq]])),
  RESENDS: (socket, name) =>
    pourMessages(socket, (seq) =>
      message(name, '2', seq, [
        [7, 1],
        [16, 0],
      ]),
    ),
  LORIS: (socket, name) => trickle(socket, order(name, 2, padded(4000))),
  ENDLESS: (socket) => {
    socket.write('8=FIX.4.4\x019=130000\x0135=D\x0134=2\x0158=');
    pour(socket, () => Buffer.alloc(1000, 'x'));
  },
  UNBOUNDED: (socket) => {
    socket.write('8=FIX.4.4\x019=999999999\x0135=D\x0134=2\x0158=');
    pour(socket, () => Buffer.alloc(1000, 'x'));
  },
  GARBAGE: (socket) => pour(socket, () => Buffer.from('8=FIX.4.4\x01garbage 8=FIX'.repeat(50))),
  DEAF: (socket, name) => {
    socket.pause();
    pourMessages(socket, (seq) => order(name, seq, padded(8000)));
  },
};

const STRANGERS: Readonly<Record<string, Act>> = {
  'half open': () => {},
  'slow logon': (socket) => trickle(socket, logon('LORIS')),
  'web browser': (socket) => socket.write('GET / HTTP/1.1\r\n\r\n'),
  stranger: (socket) => socket.write(logon('STRANGER')),
  twin: (socket) => socket.write(logon('CLIENT1')),
};

export const HOSTILE_NAMES: readonly string[] = Object.keys(MEMBERS);
export const HOSTILE_KINDS: readonly string[] = [...HOSTILE_NAMES, ...Object.keys(STRANGERS)];

function come(kind: string, port: number, onThrownOut: (kind: string) => void): void {
  const member = MEMBERS[kind];
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true }, () => {
    if (member !== undefined) socket.write(logon(kind));
    (member ?? STRANGERS[kind]!)(socket, kind);
  });
  socket.on('error', () => {});
  if (kind !== 'DEAF') socket.resume();
  socket.on('close', () => {
    onThrownOut(kind);
    setTimeout(() => come(kind, port, onThrownOut), AGAIN_MS);
  });
}

function attack(port: number): void {
  setPriority(PRIORITY_LOW); // what is measured shares this machine's processor, the real ones do not
  const thrownOut: Record<string, number> = {};
  for (const kind of HOSTILE_KINDS) {
    const count = kind === 'half open' ? HALF_OPEN : 1;
    for (let i = 0; i < count; i++) {
      come(kind, port, () => {
        thrownOut[kind] = (thrownOut[kind] ?? 0) + 1;
      });
    }
  }
  process.on('message', () => process.send!(thrownOut));
  process.on('disconnect', () => process.exit());
}

if (process.argv[2] !== undefined && process.send !== undefined) attack(Number(process.argv[2]));
