/**
 * For tests: a FIX acceptor that does only what the test tells it: it answers Logon, Logout and
 * ResendRequest, writes down all that it is told, and can send half a message, cut, or stop
 * reading.
 */
import net from 'node:net';
import tls from 'node:tls';
import {
  type Field,
  type Fields,
  type FixMessage,
  parseMessage,
} from '../../gateways/fix/codec.ts';
import { MsgType, Tag } from '../../gateways/fix/tags.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { FrameReader } from '../../gateways/fix/transport/frame-reader.ts';
import { encodeMessage } from './fix-message.ts';

interface Sent {
  readonly msgType: string;
  readonly body: Fields;
}

export class ScriptedVenue {
  port = 0;
  /** All application messages and ResendRequests of the peer. */
  readonly heard: FixMessage[] = [];
  logons = 0;
  logouts = 0;
  /** The peer's last Logon. */
  logon: FixMessage | undefined;
  readonly #compIds: { readonly ours: string; readonly theirs: string };
  readonly #sent = new Map<number, Sent>();
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #socket: net.Socket | undefined;
  #nextOut = 1;
  #isLoggingOut = false;

  constructor(
    compIds: { readonly ours: string; readonly theirs: string },
    secure?: tls.TlsOptions,
  ) {
    this.#compIds = compIds;
    const accept = (socket: net.Socket): void => this.#accept(socket);
    this.#server =
      secure === undefined ? net.createServer(accept) : tls.createServer(secure, accept);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as net.AddressInfo).port;
  }

  /** Nobody can connect until it listens again. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  /** A whole message under the next number, kept for resends. */
  message(msgType: string, body: Fields): Buffer {
    const msgSeqNum = this.#nextOut++;
    this.#sent.set(msgSeqNum, { msgType, body });
    return this.#encode(msgType, msgSeqNum, body);
  }

  send(msgType: string, body: Fields): void {
    if (msgType === MsgType.Logout) this.#isLoggingOut = true;
    this.write(this.message(msgType, body));
  }

  /** Resolves when the bytes were handed to the network. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#socket?.write(bytes, () => resolve()));
  }

  /** What was written before still arrives. */
  cut(): void {
    this.#socket?.end();
    this.#socket?.destroySoon();
    this.#socket = undefined;
  }

  /** As a process that is killed: TLS says nothing of an end. */
  break(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  stopReading(): void {
    this.#socket?.pause();
  }

  readOn(): void {
    this.#socket?.resume();
  }

  of(msgType: string): FixMessage[] {
    return this.heard.filter((message) => message.msgType === msgType);
  }

  #accept(socket: net.Socket): void {
    const reader = new FrameReader();
    this.#socket = socket;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => reader.push(bytes, (frame) => this.#onFrame(frame)));
  }

  #onFrame(frame: Uint8Array): void {
    const message = parseMessage(frame)!;
    switch (message.msgType) {
      case MsgType.Logon:
        this.#onLogon(message);
        break;
      case MsgType.ResendRequest:
        this.heard.push(message);
        this.#resend(message.getInt(Tag.BeginSeqNo)!);
        break;
      case MsgType.Logout:
        this.logouts++;
        if (!this.#isLoggingOut) this.send(MsgType.Logout, []);
        this.cut();
        break;
      default:
        this.heard.push(message);
    }
  }

  #onLogon(message: FixMessage): void {
    const isReset = message.isYes(Tag.ResetSeqNumFlag);
    if (isReset) this.#nextOut = 1; // what was kept under these numbers is overwritten
    this.logons++;
    this.logon = message;
    this.#isLoggingOut = false;
    const reset: Fields = isReset ? [[Tag.ResetSeqNumFlag, 'Y']] : [];
    this.send(MsgType.Logon, [[Tag.EncryptMethod, 0], [Tag.HeartBtInt, 30], ...reset]);
  }

  /** Executions again, everything else as a filled gap. */
  #resend(from: number): void {
    const end = this.#nextOut;
    for (let msgSeqNum = from; msgSeqNum < end; msgSeqNum++) {
      const sent = this.#sent.get(msgSeqNum)!;
      const isAgain = sent.msgType === MsgType.ExecutionReport;
      const fill: Fields = [
        [Tag.GapFillFlag, 'Y'],
        [Tag.NewSeqNo, msgSeqNum + 1],
      ];
      const bytes = isAgain
        ? this.#encode(sent.msgType, msgSeqNum, sent.body, { isAgain })
        : this.#encode(MsgType.SequenceReset, msgSeqNum, fill, { isAgain: true });
      this.write(bytes);
    }
  }

  #encode(msgType: string, msgSeqNum: number, body: Fields, { isAgain = false } = {}): Buffer {
    const time = formatTimestamp(BigInt(Date.now()) * 1_000_000n);
    const again: Field[] = isAgain
      ? [
          [Tag.PossDupFlag, 'Y'],
          [Tag.OrigSendingTime, time],
        ]
      : [];
    const header: Field[] = [
      [Tag.MsgType, msgType],
      [Tag.MsgSeqNum, msgSeqNum],
      [Tag.SenderCompID, this.#compIds.ours],
      [Tag.SendingTime, time],
      [Tag.TargetCompID, this.#compIds.theirs],
      ...again,
    ];
    return encodeMessage('FIX.4.4', [...header, ...body]);
  }
}
