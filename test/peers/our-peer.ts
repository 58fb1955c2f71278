/**
 * Our side of a peer test in a process of its own, acceptor or initiator: the product's session and
 * transport over the product's journal. It takes the arguments and says the lines that the other
 * peers do, so that the judge (judge.ts) treats both sides alike. The end of standard input stops it.
 */
import { type Field, type FixMessage, parseMessage } from '../../gateways/fix/codec.ts';
import { loadDictionary } from '../../gateways/fix/dictionary/dictionary.ts';
import { messageCheck, STRICT } from '../../gateways/fix/dictionary/message-check.ts';
import type {
  DeliveryFlags,
  SessionConfig,
  SessionEvent,
} from '../../gateways/fix/session/session-types.ts';
import { ADMIN_MSG_TYPES, MsgType, Tag } from '../../gateways/fix/tags.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { FixAcceptor } from '../../gateways/fix/transport/acceptor.ts';
import type {
  ConnectionMemory,
  FixConnection,
} from '../../gateways/fix/transport/fix-connection.ts';
import { FixInitiator } from '../../gateways/fix/transport/initiator.ts';
import { sessionConfig } from '../support/session-config.ts';
import { PeerJournal } from './peer-journal.ts';
import { peerOptions } from './peer-options.ts';
import { sayLine as say, sleepUs } from './say-line.ts';

const TICK_MS = 5;
const RECONNECT = { minMs: 50, maxMs: 50 };
const LIMITS = { pendingBytesMax: 16_777_216, resendMessagesMax: 0 };

const options = peerOptions(process.argv.slice(2));
const clock = { nowNs: () => BigInt(Date.now()) * 1_000_000n };
const HANDL_INST = 21;
const EXEC_TRANS_TYPE = 20;

function newOrder(clOrdId: number): Field[] {
  return [
    [Tag.ClOrdID, clOrdId],
    [HANDL_INST, 1],
    [Tag.Symbol, 'GOOG'],
    [Tag.Side, 1],
    [Tag.TransactTime, formatTimestamp(clock.nowNs())],
    [Tag.OrderQty, 100],
    [Tag.OrdType, 2],
    [Tag.Price, '580.23'],
    [Tag.TimeInForce, 0],
  ];
}

function execution(order: FixMessage, execId: string): Field[] {
  const qty = order.get(Tag.OrderQty)!;
  return [
    [Tag.OrderID, `V${execId}`],
    [Tag.ClOrdID, order.get(Tag.ClOrdID)!],
    [Tag.ExecID, execId],
    ...(options.version === 'FIX.4.2' ? ([[EXEC_TRANS_TYPE, 0]] as const) : []),
    [Tag.ExecType, 0],
    [Tag.OrdStatus, 0],
    [Tag.Symbol, order.get(Tag.Symbol)!],
    [Tag.Side, order.get(Tag.Side)!],
    [Tag.OrderQty, qty],
    [Tag.LeavesQty, qty],
    [Tag.CumQty, 0],
    [Tag.AvgPx, 0],
  ];
}

const IDLE_MSG_TYPES: ReadonlySet<string> = new Set([MsgType.Heartbeat, MsgType.TestRequest]);

const tell = (what: string, message: FixMessage, isRepeat: boolean): void =>
  say(
    [
      what,
      message.msgType,
      message.get(Tag.ClOrdID),
      message.get(Tag.MsgSeqNum),
      message.get(Tag.ExecID) ?? '-',
      isRepeat ? 'dup' : '-',
    ].join(' '),
  );

/** Between two steps of an order's way, so that many a kill falls there. */
const linger = (): void => sleepUs(options.lingerUs);

class OurPeer {
  readonly #journal = new PeerJournal(options.store, (text) => say(`event ${text}`));
  readonly #answered = new Set<string>();
  #nextOrder = 1;
  #executions = 0;
  #connection!: FixConnection;
  #stop!: () => Promise<void>;

  constructor() {
    for (const message of this.#journal.sent()) {
      const clOrdId = message.get(Tag.ClOrdID) ?? '';
      if (message.msgType === MsgType.ExecutionReport) this.#answered.add(clOrdId);
      if (message.msgType === MsgType.NewOrderSingle) this.#nextOrder = Number(clOrdId) + 1;
    }
  }

  async start(): Promise<void> {
    const parts = {
      ...LIMITS,
      clock,
      handler: {
        onMessage: (_: FixConnection, message: FixMessage, flags: DeliveryFlags) =>
          this.#onMessage(message, flags),
        onEvent: (_: FixConnection, kind: SessionEvent, reason: string) => tellEvent(kind, reason),
        onWritable: () => {},
      },
      memory: () => this.#memory(),
    };
    const { host, port } = options;
    if (options.role === 'acceptor') {
      const sessions = [configOf()];
      const onRefused = (reason: string): void => say(`event refused ${reason}`);
      const acceptor = new FixAcceptor({ ...parts, host, port, sessions, onRefused });
      await acceptor.listen();
      this.#connection = acceptor.connections[0]!;
      this.#stop = () => acceptor.close('');
    } else {
      const config = configOf();
      const addresses = [{ host, port }];
      const way = { addresses, reconnect: RECONNECT, random: Math.random };
      const initiator = new FixInitiator({ ...parts, ...way, config });
      this.#connection = initiator.connection;
      this.#stop = () => initiator.stop('');
      initiator.start();
    }
    say('ready');
    this.#sendOrders();
  }

  /** The journal, and the judge hears of what it keeps. */
  #memory(): ConnectionMemory {
    const journal = this.#journal;
    return {
      counters: journal.counters,
      store: journal.store,
      keep: (msgSeqNum, msgType, bytes) => {
        journal.keep(msgSeqNum, msgType, bytes);
        const message = parseMessage(bytes)!;
        if (!ADMIN_MSG_TYPES.has(msgType)) tell('sent', message, false);
        else if (!IDLE_MSG_TYPES.has(msgType)) say(`admin out ${message.text}`);
      },
    };
  }

  async stop(): Promise<void> {
    await this.#stop();
    for (const message of this.#journal.sent()) {
      if (ADMIN_MSG_TYPES.has(message.msgType)) continue;
      say(`stored ${message.msgType} ${message.get(Tag.ClOrdID)} ${message.get(Tag.MsgSeqNum)}`);
    }
    const { nextIn, nextOut } = this.#connection.counters;
    say(`numbers ${nextIn} ${nextOut}`);
    this.#journal.close();
    process.exit(0);
  }

  #sendOrders(): void {
    let due = 0;
    const timer = setInterval(() => {
      if (!this.#connection.isLoggedOn) return;
      due += (options.rate * TICK_MS) / 1000;
      for (; due >= 1 && this.#nextOrder <= options.orders; due--) {
        this.#connection.sendApp(MsgType.NewOrderSingle, newOrder(this.#nextOrder));
        this.#nextOrder += 1;
      }
      if (this.#nextOrder > options.orders) clearInterval(timer);
    }, TICK_MS);
  }

  #onMessage(message: FixMessage, flags: DeliveryFlags): void {
    tell('got', message, flags.possDup || flags.possResend);
    const clOrdId = message.get(Tag.ClOrdID)!;
    if (message.msgType === MsgType.NewOrderSingle && !this.#answered.has(clOrdId)) {
      this.#answered.add(clOrdId);
      this.#executions += 1;
      linger();
      const report = execution(message, `${process.pid}-${this.#executions}`);
      this.#connection.sendApp(MsgType.ExecutionReport, report);
      linger();
    }
    this.#journal.received(message);
  }
}

function tellEvent(kind: SessionEvent, reason: string): void {
  if (kind === 'LOGGED_ON') say('logon');
  else if (kind === 'LOGGED_OUT') say('logout');
  say(`event ${kind} ${reason}`);
}

function configOf(): SessionConfig {
  const { role, version } = options;
  return sessionConfig({
    role,
    version,
    check: messageCheck(loadDictionary(version), STRICT),
    senderCompId: options.sender,
    targetCompId: options.target,
    heartbeatS: options.heartbeatS,
    resend: { again: () => true, batchMessages: 100, messagesPerS: 20_000 },
  });
}

const peer = new OurPeer();
process.stdin.on('end', () => void peer.stop()).resume();
await peer.start();
