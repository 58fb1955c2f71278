/**
 * jspurefix as a counterparty in a process of its own, acceptor or initiator, with a memory that
 * survives a kill. It takes the arguments and says the lines that the other peers do (judge.ts). A
 * line on standard input asks it to settle, its end to stop.
 */
import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { IJsFixConfig, ISessionDescription, MsgView } from 'jspurefix';
import jspurefix from 'jspurefix';
import scopes from 'jspurefix/dist/runtime/session-scope.js';
import { JspurefixMemory, type MessageBody } from './jspurefix-memory.ts';
import { type PeerOptions, peerOptions } from './peer-options.ts';
import { sayLine as say, sleepUs } from './say-line.ts';

const { AsciiSession, DITokens, EmptyLogFactory, FixMsgAsciiStoreResend, MsgTransport } = jspurefix;
const { SessionContainer, SessionState, TcpDuplex } = jspurefix;

const TICK_MS = 5;
const RECONNECT_MS = 50;
const MSG_SEQ_NUM = 34;
const NEW_SEQ_NO = 36;
const TEXT = 58;
const TEST_REQ_ID = 112;

const newOrder = (clOrdId: number): MessageBody => ({
  ClOrdID: String(clOrdId),
  HandlInst: '1',
  Instrument: { Symbol: 'GOOG' },
  Side: '1',
  TransactTime: new Date(),
  OrderQtyData: { OrderQty: 100 },
  OrdType: '2',
  Price: 580.23,
  TimeInForce: '0',
});

const execution = (clOrdId: string, execId: string): MessageBody => ({
  OrderID: `V${execId}`,
  ClOrdID: clOrdId,
  ExecID: execId,
  ExecType: '0',
  OrdStatus: '0',
  Instrument: { Symbol: 'GOOG' },
  Side: '1',
  LeavesQty: 100,
  CumQty: 0,
  AvgPx: 0,
});

interface Received {
  readonly ClOrdID: string;
  readonly ExecID?: string;
  readonly StandardHeader: { readonly MsgSeqNum: number; readonly PossDupFlag?: boolean };
}

/** All that the process has besides its connection. */
class Desk {
  readonly options: PeerOptions;
  readonly memory: JspurefixMemory;
  readonly answered = new Set<string>();
  nextOrder = 1;
  #executions = 0;

  constructor(options: PeerOptions, memory: JspurefixMemory) {
    this.options = options;
    this.memory = memory;
    for (const { msgType, body } of memory.kept) {
      const { ClOrdID } = body as unknown as Received;
      if (msgType === '8') this.answered.add(ClOrdID);
      else this.nextOrder = Number(ClOrdID) + 1;
    }
  }

  nextExecId(): string {
    this.#executions += 1;
    return `${process.pid}-${this.#executions}`;
  }
}

class PeerSession extends AsciiSession {
  readonly #desk: Desk;
  readonly #onEnd: () => void;
  /** Given to the encoder and not yet encoded. */
  readonly #bodies: MessageBody[] = [];
  #given = 0;
  #encoded = 0;
  /** Numbers that count once so many messages are encoded. */
  readonly #uncounted: { readonly after: number; first: number; last: number }[] = [];
  #hasFailed = false;

  constructor(config: IJsFixConfig, desk: Desk, onEnd: () => void) {
    config.sessionStoreFactory = { create: () => desk.memory.numbers };
    super(config);
    this.#desk = desk;
    this.#onEnd = onEnd;
    const internals = this as unknown as Record<string, unknown>;
    internals.store = desk.memory.sent;
    internals.resender = new FixMsgAsciiStoreResend(desk.memory.sent, config);
  }

  get isActive(): boolean {
    return this.validStateApplicationMsg() && this.getState() !== SessionState.Stopped;
  }

  order(clOrdId: number): void {
    this.send('D', newOrder(clOrdId));
  }

  settle(question: string): void {
    this.send('1', { TestReqID: question });
  }

  protected override onMsg(msgType: string, view: MsgView): void {
    if (!'01'.includes(msgType) && !'D8'.includes(msgType)) {
      say(`admin in |35=${msgType}|58=${view.getString(TEXT) ?? ''}|`);
    }
    const first = view.getTyped(MSG_SEQ_NUM) as number;
    const isGapFill = msgType === '4';
    const last = isGapFill ? (view.getTyped(NEW_SEQ_NO) as number) - 1 : first;
    const answered = msgType === '0' ? (view.getString(TEST_REQ_ID) ?? '') : '';
    super.onMsg(msgType, view);
    if (this.#hasFailed) return;
    this.#uncounted.push({ after: this.#given, first, last });
    this.#count();
    if (answered !== '') say(`settled ${answered}`);
  }

  /** jspurefix ends the session over an application message behind a ResendRequest in one read. */
  protected override validStateApplicationMsg(): boolean {
    return this.getState() === SessionState.HandleResendRequest || super.validStateApplicationMsg();
  }

  protected override onApplicationMsg(msgType: string, view: MsgView): void {
    const { ClOrdID, ExecID = '-', StandardHeader } = view.toObject() as unknown as Received;
    const { MsgSeqNum, PossDupFlag } = StandardHeader;
    say(`got ${msgType} ${ClOrdID} ${MsgSeqNum} ${ExecID} ${PossDupFlag ? 'dup' : '-'}`);
    if (msgType !== 'D' || this.#desk.answered.has(ClOrdID)) return;
    this.#desk.answered.add(ClOrdID);
    this.#linger();
    this.send('8', execution(ClOrdID, this.#desk.nextExecId()));
    this.#linger();
  }

  /** Between two steps of an order's way, so that many a kill falls there. */
  #linger(): void {
    sleepUs(this.#desk.options.lingerUs);
  }

  protected override send(msgType: string, obj: MessageBody): void {
    this.#given += 1;
    this.#bodies.push(obj);
    super.send(msgType, obj);
  }

  protected override txOnEncoded(msgType: string, data: string, header: never): void {
    const { MsgSeqNum, PossDupFlag } = header as { MsgSeqNum: number; PossDupFlag?: boolean };
    const body = this.#bodies.shift()!;
    if (PossDupFlag !== true && 'D8'.includes(msgType)) {
      this.#desk.memory.keep(msgType, MsgSeqNum, body);
    } else if (!'01'.includes(msgType) && PossDupFlag !== true) {
      say(`admin out |35=${msgType}|`);
    }
    super.txOnEncoded(msgType, data, header);
    this.#encoded += 1;
    this.#count();
  }

  /** What a message caused is written: its number counts. */
  #count(): void {
    while (this.#uncounted.length > 0 && this.#uncounted[0]!.after <= this.#encoded) {
      const { first, last } = this.#uncounted.shift()!;
      this.#desk.memory.received(first, last);
    }
  }

  protected override onReady(): void {
    say('logon');
  }

  protected override onStopped(error?: Error): void {
    this.#hasFailed = error !== undefined;
    say('logout');
    if (error !== undefined) say(`event ${error.message}`);
    this.#onEnd();
  }

  protected override onLogon(): boolean {
    return true;
  }
  protected override onDecoded(): void {}
  protected override onEncoded(): void {}
}

/** Bytes leave once the encoder is done with them: by then they are written down. */
class LateDuplex extends TcpDuplex {
  constructor(socket: net.Socket) {
    super(socket);
    this.writable = new Writable({
      write: (chunk, encoding, done) =>
        queueMicrotask(() => socket.write(chunk, encoding, () => done())), // the socket tells of errors
    });
  }
}

class Peer {
  readonly #config: IJsFixConfig;
  readonly #desk: Desk;
  #session: PeerSession | undefined;
  #server: net.Server | undefined;
  #connections = 0;
  #isStopping = false;

  constructor(config: IJsFixConfig, desk: Desk) {
    this.#config = config;
    this.#desk = desk;
  }

  start(): void {
    const { role, host, port } = this.#desk.options;
    if (role === 'initiator') this.#connect();
    else this.#server = net.createServer((socket) => this.#onSocket(socket)).listen(port, host);
    this.#sendOrders();
    say('ready');
  }

  settle(question: string): void {
    this.#session?.settle(question);
  }

  stop(): void {
    this.#isStopping = true;
    this.#server?.close();
    if (this.#session === undefined) this.#tellEnd();
    else this.#session.done();
  }

  #connect(): void {
    const { host, port } = this.#desk.options;
    const socket = net.connect(port, host, () => this.#onSocket(socket));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (!this.#isStopping) setTimeout(() => this.#connect(), RECONNECT_MS);
    });
  }

  #onSocket(socket: net.Socket): void {
    this.#connections += 1;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    const config = scopes.makeSessionScope(this.#config);
    const transport = new MsgTransport(this.#connections, config, new LateDuplex(socket));
    const session = new PeerSession(config, this.#desk, () => {
      if (this.#session !== session) return;
      this.#session = undefined;
      // Not from within: the Logout that ended it is still to be counted.
      if (this.#isStopping) setImmediate(() => this.#tellEnd());
    });
    this.#session = session;
    session.run(transport).catch(() => socket.destroy()); // a lost connection is an error to it
  }

  #sendOrders(): void {
    const { options } = this.#desk;
    let due = 0;
    const timer = setInterval(() => {
      const session = this.#session;
      if (session?.isActive !== true) return;
      due += (options.rate * TICK_MS) / 1000;
      for (; due >= 1 && this.#desk.nextOrder <= options.orders; due--) {
        session.order(this.#desk.nextOrder);
        this.#desk.nextOrder += 1;
      }
      if (this.#desk.nextOrder > options.orders) clearInterval(timer);
    }, TICK_MS);
  }

  #tellEnd(): void {
    const { kept, numbers } = this.#desk.memory;
    for (const { msgType, msgSeqNum, body } of kept) {
      say(`stored ${msgType} ${(body as unknown as Received).ClOrdID} ${msgSeqNum}`);
    }
    say(`numbers ${numbers.nextIn} ${numbers.senderSeqNum}`);
    process.exit(0);
  }
}

const options = peerOptions(process.argv.slice(2));
const description = {
  application: {
    type: options.role,
    name: 'peer',
    protocol: 'ascii',
    dictionary: 'qf44',
    tcp: { host: options.host, port: options.port },
  },
  Name: 'peer',
  Username: '',
  Password: '',
  EncryptMethod: 0,
  ResetSeqNumFlag: false,
  HeartBtInt: options.heartbeatS,
  SenderCompId: options.sender,
  TargetCompID: options.target,
  SenderSubID: '',
  TargetSubID: '',
  BeginString: options.version,
  BodyLengthChars: 4,
} as unknown as ISessionDescription;

const container = new SessionContainer();
container.registerGlobal(new EmptyLogFactory());
const system = await container.makeSystem(description);
const config = system.resolve<IJsFixConfig>(DITokens.IJsFixConfig);
mkdirSync(options.store, { recursive: true });
const desk = new Desk(options, new JspurefixMemory(join(options.store, 'memory.jsonl'), config));
const peer = new Peer(config, desk);
peer.start();
process.stdin
  .setEncoding('utf8')
  .on('data', (question: string) => peer.settle(question.trim()))
  .on('end', () => peer.stop());
