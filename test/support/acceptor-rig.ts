/**
 * For tests: a FIX acceptor in this process with everything that it tells written down, and raw
 * clients that say what a test gives them.
 */
import net from 'node:net';
import { afterEach } from 'vitest';
import type { Field } from '../../gateways/fix/codec.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { type AcceptorOptions, FixAcceptor } from '../../gateways/fix/transport/acceptor.ts';
import type {
  ConnectionHandler,
  FixConnection,
} from '../../gateways/fix/transport/fix-connection.ts';
import { encodeMessage } from './fix-message.ts';
import { sessionConfig } from './session-config.ts';

export const clock = { nowNs: () => BigInt(Date.now()) * 1_000_000n };
export const VENUE_SESSION = sessionConfig({
  role: 'acceptor',
  senderCompId: 'VENUE',
  targetCompId: 'ENGINE',
});
const BOUNDS = { pendingBytesMax: 1_000_000, resendMessagesMax: 100 };

/** Notes what happens, and lets a test wait for it. */
export class Notes implements ConnectionHandler {
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

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Done after the test that is running, the last first. */
export function afterTest(close: () => unknown): void {
  closers.push(close);
}

export async function startAcceptor(notes: Notes, changes: Partial<AcceptorOptions> = {}) {
  const acceptor = new FixAcceptor({
    host: '127.0.0.1',
    port: 0,
    sessions: [VENUE_SESSION],
    clock,
    handler: notes,
    onRefused: (reason) => notes.add(`refused: ${reason}`),
    ...BOUNDS,
    ...changes,
  });
  const port = await acceptor.listen();
  afterTest(() => acceptor.close('test over'));
  return { acceptor, port, connection: acceptor.connections[0]! };
}

/** A Logon to VENUE. */
export const logonOf = (sender: string, begin = 'FIX.4.4', ...fields: Field[]): Buffer =>
  encodeMessage(begin, [
    [35, 'A'],
    [34, 1],
    [49, sender],
    [52, formatTimestamp(clock.nowNs())],
    [56, 'VENUE'],
    ...fields,
    [98, 0],
    [108, 30],
  ]);

/** A socket that says what it is told; what comes back is kept as text. */
export class RawClient {
  text = '';
  readonly socket: net.Socket;
  /** Resolves when the acceptor has closed it. */
  readonly closed: Promise<void>;

  constructor(port: number, bytes: Uint8Array, localAddress = '127.0.0.1') {
    this.socket = net.connect({ port, host: '127.0.0.1', localAddress });
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1').replaceAll('\x01', '|');
    });
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
    if (bytes.length > 0) this.socket.write(bytes);
    afterTest(() => this.socket.destroy());
  }
}
