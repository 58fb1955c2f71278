/**
 * For tests: an independent FIX 4.4 acceptor, jspurefix, over real TCP, with a cutter in front that
 * drops the connection after an exact number of bytes. jspurefix keeps no messages of its own
 * accord and, after a resend, stores the resent number as its last one; PeerStore and the overrides
 * below give it a memory.
 */
import 'reflect-metadata';
import net from 'node:net';
import type { IFixMsgStoreRecord, IJsFixConfig, ISessionDescription, MsgView } from 'jspurefix';
import jspurefix from 'jspurefix';
import scopes from 'jspurefix/dist/runtime/session-scope.js';

const { AsciiSession, DITokens, EmptyLogFactory, FixMsgAsciiStoreResend, FixMsgMemoryStore } =
  jspurefix;
const {
  FixMsgStoreRecord,
  MemorySessionStore,
  MsgTransport,
  SessionContainer,
  SessionId,
  TcpDuplex,
} = jspurefix;

const DESCRIPTION = {
  application: {
    type: 'acceptor',
    name: 'peer',
    protocol: 'ascii',
    dictionary: 'qf44',
    tcp: { host: '127.0.0.1', port: 0 },
  },
  Name: 'peer',
  Username: '',
  Password: '',
  EncryptMethod: 0,
  ResetSeqNumFlag: false,
  HeartBtInt: 30,
  SenderCompId: 'PEER',
  TargetCompID: 'US',
  SenderSubID: '',
  TargetSubID: '',
  BeginString: 'FIX.4.4',
  BodyLengthChars: 4,
} as unknown as ISessionDescription;

/** The highest number stays: jspurefix puts the number of a resent message in its place. */
class PeerStore extends MemorySessionStore {
  override async setSenderSeqNum(value: number): Promise<void> {
    await super.setSenderSeqNum(Math.max(value, this.senderSeqNum));
  }
}

/** What outlives the peer's connections. */
export class PeerMemory {
  readonly numbers = new PeerStore(new SessionId('FIX.4.4', 'PEER', 'US'));
  readonly sent: InstanceType<typeof FixMsgMemoryStore>;
  /** ClOrdIDs in the order in which they came. */
  readonly orders: string[] = [];
  /** Orders that came more than once, always marked PossDup. */
  repeats = 0;
  /** Orders that came again without being marked: always 0. */
  unmarkedRepeats = 0;
  readonly errors: string[] = [];

  constructor(config: IJsFixConfig) {
    this.sent = new FixMsgMemoryStore('peer', config);
  }
}

class PeerSession extends AsciiSession {
  readonly #memory: PeerMemory;
  #lastSent: Record<string, unknown> = {};

  constructor(config: IJsFixConfig, memory: PeerMemory) {
    config.sessionStoreFactory = { create: () => memory.numbers };
    super(config);
    this.#memory = memory;
    const internals = this as unknown as Record<string, unknown>;
    internals.store = memory.sent;
    internals.resender = new FixMsgAsciiStoreResend(memory.sent, config);
  }

  protected override onApplicationMsg(_: string, view: MsgView): void {
    const order = view.toObject() as { ClOrdID: string; StandardHeader: { PossDupFlag?: boolean } };
    const memory = this.#memory;
    if (memory.orders.includes(order.ClOrdID)) {
      memory.repeats += 1;
      if (order.StandardHeader.PossDupFlag !== true) memory.unmarkedRepeats += 1;
      return;
    }
    memory.orders.push(order.ClOrdID);
    this.#lastSent = execution(order.ClOrdID);
    this.send('8', this.#lastSent);
  }

  protected override txOnEncoded(msgType: string, data: string, header: never): void {
    super.txOnEncoded(msgType, data, header);
    const { MsgSeqNum, PossDupFlag } = header as { MsgSeqNum: number; PossDupFlag?: boolean };
    if (msgType !== '8' || PossDupFlag === true) return;
    const record = new FixMsgStoreRecord(msgType, new Date(), MsgSeqNum, this.#lastSent);
    this.#memory.sent
      .put(record as IFixMsgStoreRecord)
      .catch((error: Error) => this.#memory.errors.push(error.message));
  }

  protected override onReady(): void {}
  protected override onStopped(): void {}
  protected override onLogon(): boolean {
    return true;
  }
  protected override onDecoded(): void {}
  protected override onEncoded(): void {}
}

const execution = (clOrdId: string): Record<string, unknown> => ({
  OrderID: `V-${clOrdId}`,
  ClOrdID: clOrdId,
  ExecID: `E-${clOrdId}`,
  ExecType: '0',
  OrdStatus: '0',
  Instrument: { Symbol: 'GOOG' },
  Side: '1',
  LeavesQty: 100,
  CumQty: 0,
  AvgPx: 0,
});

export class JspurefixPeer {
  memory: PeerMemory;
  readonly #config: IJsFixConfig;
  readonly #server: net.Server;
  #connections = 0;

  static async start(): Promise<JspurefixPeer> {
    const container = new SessionContainer();
    container.registerGlobal(new EmptyLogFactory());
    const system = await container.makeSystem(DESCRIPTION);
    return new JspurefixPeer(system.resolve<IJsFixConfig>(DITokens.IJsFixConfig));
  }

  constructor(config: IJsFixConfig) {
    this.#config = config;
    this.memory = new PeerMemory(config);
    this.#server = net.createServer((socket) => this.#onSocket(socket));
  }

  listen(): Promise<number> {
    return listenOnLoopback(this.#server);
  }

  /** A new session that starts at 1 in both directions. */
  forget(): void {
    this.memory = new PeerMemory(this.#config);
  }

  close(): void {
    this.#server.close();
  }

  #onSocket(socket: net.Socket): void {
    this.#connections += 1;
    socket.setNoDelay(true);
    const config = scopes.makeSessionScope(this.#config);
    const transport = new MsgTransport(this.#connections, config, new TcpDuplex(socket));
    // A cut connection ends the session with an error: expected here.
    new PeerSession(config, this.memory).run(transport).catch(() => socket.destroy());
    socket.on('error', () => socket.destroy());
  }
}

/** Passes bytes between us and the peer; drops both connections after an exact byte, once armed. */
export class Cutter {
  cuts = 0;
  readonly #peerPort: number;
  readonly #server: net.Server;
  #armed: { readonly direction: Direction; left: number } | undefined;
  #peerGone: Promise<void> = Promise.resolve();

  constructor(peerPort: number) {
    this.#peerPort = peerPort;
    this.#server = net.createServer({ noDelay: true }, (ours) => void this.#join(ours));
  }

  listen(): Promise<number> {
    return listenOnLoopback(this.#server);
  }

  close(): void {
    this.#server.close();
  }

  /**
   * The next `bytes` in that direction still pass; if the write is longer, the connection is cut
   * there.
   */
  arm(direction: Direction, bytes: number): void {
    this.#armed = { direction, left: bytes };
  }

  disarm(): void {
    this.#armed = undefined;
  }

  async #join(ours: net.Socket): Promise<void> {
    ours.on('error', () => ours.destroy());
    ours.pause();
    await this.#peerGone;
    const peer = net.connect({ host: '127.0.0.1', port: this.#peerPort, noDelay: true });
    this.#peerGone = new Promise((resolve) => peer.on('close', () => resolve()));
    peer.on('error', () => peer.destroy());
    ours.on('data', (chunk) => this.#pass('to peer', chunk, peer, ours));
    peer.on('data', (chunk) => this.#pass('to us', chunk, ours, peer));
    ours.resume();
    ours.on('close', () => peer.end());
    peer.on('close', () => ours.end());
  }

  #pass(direction: Direction, chunk: Buffer, to: net.Socket, from: net.Socket): void {
    const armed = this.#armed;
    if (to.writableEnded) return;
    if (armed?.direction !== direction || armed.left > chunk.length) {
      to.write(chunk);
      return;
    }
    this.#armed = undefined;
    this.cuts += 1;
    to.end(chunk.subarray(0, armed.left));
    from.destroy();
  }
}

export type Direction = 'to peer' | 'to us';

function listenOnLoopback(server: net.Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
  });
}
