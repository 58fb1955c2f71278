/**
 * A proxy between runner and acceptor that spoils answers on their way: proof that the suite sees
 * what it should see. What the runner sends goes through as it is.
 */
import net from 'node:net';
import type { WireField } from './compose.ts';
import { WireReader } from './wire.ts';

const HOST = '127.0.0.1';
const SOH = '\x01';

/** One message of the acceptor. */
export interface Answer {
  readonly raw: string;
  readonly msgType: string;
  readonly fields: readonly WireField[];
}

export type Delivery =
  /** `afterMs` holds back what comes behind it, too. */
  | { readonly raw: string; readonly afterMs?: number; readonly on?: 'other connection' }
  | { readonly close: true };

/** What becomes of each answer; made anew for every connection. */
export type Spoil = () => (answer: Answer) => readonly Delivery[];

export interface Spoiling {
  readonly spoil: Spoil;
  /** The acceptor's end of a connection is kept from the runner. */
  readonly neverCloses: boolean;
}

export class Spoiler {
  readonly #upstreamPort: number;
  readonly #spoiling: Spoiling;
  readonly #dataTags: ReadonlyMap<number, number>;
  readonly #server = net.createServer({ noDelay: true }, (socket) => this.#onSocket(socket));
  readonly #sockets = new Set<net.Socket>();

  constructor(upstreamPort: number, spoiling: Spoiling, dataTags: ReadonlyMap<number, number>) {
    this.#upstreamPort = upstreamPort;
    this.#spoiling = spoiling;
    this.#dataTags = dataTags;
  }

  /** The port. */
  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, HOST, () => resolve((this.#server.address() as net.AddressInfo).port));
    });
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #onSocket(socket: net.Socket): void {
    const upstream = net.connect({ host: HOST, port: this.#upstreamPort, noDelay: true });
    const reader = new WireReader(this.#dataTags);
    const spoil = this.#spoiling.spoil();
    let delivered = Promise.resolve();
    this.#sockets.add(socket);
    socket.on('data', (chunk) => upstream.write(chunk));
    socket.on('close', () => {
      this.#sockets.delete(socket);
      upstream.destroy();
    });
    upstream.on('data', (chunk) => {
      for (const cut of reader.push(chunk)) {
        if (cut.kind !== 'message') continue;
        const msgType = cut.fields.find(({ tag }) => tag === '35')!.value;
        const deliveries = spoil({ raw: cut.raw, msgType, fields: cut.fields });
        delivered = delivered.then(() => this.#deliver(deliveries, socket));
      }
    });
    upstream.on('close', () => {
      if (!this.#spoiling.neverCloses) void delivered.then(() => socket.end());
    });
    for (const end of [socket, upstream]) end.on('error', () => end.destroy());
  }

  async #deliver(deliveries: readonly Delivery[], socket: net.Socket): Promise<void> {
    for (const delivery of deliveries) {
      if ('close' in delivery) {
        socket.end();
        return;
      }
      if (delivery.afterMs !== undefined) await sleep(delivery.afterMs);
      const isElsewhere = delivery.on === 'other connection';
      const other = [...this.#sockets].find((candidate) => candidate !== socket);
      const to = isElsewhere ? other : socket;
      if (to?.writable === true) to.write(Buffer.from(delivery.raw, 'latin1'));
    }
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The fields as a message whose BodyLength and CheckSum are right. */
export function framed(fields: readonly WireField[]): string {
  const text = (some: readonly WireField[]): string =>
    some.map(({ tag, value }) => `${tag}=${value}${SOH}`).join('');
  const inner = fields.filter(({ tag }) => tag !== '8' && tag !== '9' && tag !== '10');
  const begin = fields.find(({ tag }) => tag === '8')!;
  const body = text(inner);
  const head = text([begin, { tag: '9', value: String(body.length) }]);
  return `${head}${body}10=${checkSum(head + body)}${SOH}`;
}

function checkSum(text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  return String(sum % 256).padStart(3, '0');
}
