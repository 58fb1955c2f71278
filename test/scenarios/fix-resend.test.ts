/**
 * A resend of everything that a journal holds, from a real process over a real socket: live orders
 * are answered between its batches and its memory stays flat. 20,000 messages here;
 * GYRFALCON_RESEND_MESSAGES=1000000 for a day's worth.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Field, parseMessage } from '../../gateways/fix/codec.ts';
import { MsgType, Tag } from '../../gateways/fix/tags.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { FrameReader } from '../../gateways/fix/transport/frame-reader.ts';
import { encodeMessage } from '../support/fix-message.ts';

const MESSAGES = Number(process.env.GYRFALCON_RESEND_MESSAGES ?? 20_000);
const BATCH = 100;
const PER_S = 20_000;
const ORDER_EVERY_MS = 10;
const LOGON_NUMBER = MESSAGES + 1;
/** Of a heap that is collected before each look. */
const HEAP_SLACK_BYTES = 8 * 1024 * 1024;

interface Figures {
  readonly heapUsed: number;
  /** Messages sent again in one turn of the event loop, at most. */
  readonly inTurnMax: number;
}

async function figuresOf(child: ChildProcess): Promise<Figures> {
  child.send('figures');
  const [figures] = (await once(child, 'message')) as [Figures];
  return figures;
}

/** Asks for everything again and trades on meanwhile. */
class Peer {
  readonly #socket: net.Socket;
  readonly #reader = new FrameReader();
  #nextOut = 1;
  /** The next resent message must have this number. */
  next = 1;
  wrong = 0;
  readonly #resentWhenSent = new Map<string, { resent: number; sentMs: number }>();
  /** Resent messages that came between an order and its answer; how long that took. */
  readonly between: number[] = [];
  readonly answerMs: number[] = [];

  constructor(port: number) {
    this.#socket = net.connect({ port, noDelay: true });
    this.#socket.on('data', (chunk) => this.#reader.push(chunk, (frame) => this.#onFrame(frame)));
  }

  send(msgType: string, ...body: Field[]): void {
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    const header: Field[] = [
      [Tag.MsgType, msgType],
      [Tag.MsgSeqNum, this.#nextOut++],
      [Tag.SenderCompID, 'PEER'],
      [Tag.SendingTime, formatTimestamp(nowNs)],
      [Tag.TargetCompID, 'US'],
    ];
    this.#socket.write(encodeMessage('FIX.4.4', [...header, ...body]));
  }

  order(): void {
    const clOrdId = `live-${this.#nextOut}`;
    this.#resentWhenSent.set(clOrdId, { resent: this.next, sentMs: performance.now() });
    this.send(MsgType.NewOrderSingle, [Tag.ClOrdID, clOrdId]);
  }

  close(): void {
    this.#socket.destroy();
  }

  #onFrame(frame: Uint8Array): void {
    const message = parseMessage(frame)!;
    if (message.msgType === MsgType.TestRequest) {
      this.send(MsgType.Heartbeat, [Tag.TestReqID, message.get(Tag.TestReqID)!]);
    }
    if (message.isYes(Tag.PossDupFlag)) {
      if (message.getInt(Tag.MsgSeqNum) !== this.next) this.wrong++;
      this.next += 1;
      return;
    }
    const asked = this.#resentWhenSent.get(message.get(Tag.ClOrdID) ?? '');
    if (asked === undefined) return;
    this.between.push(this.next - asked.resent);
    this.answerMs.push(performance.now() - asked.sentMs);
  }
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)]!;

test(`a resend of ${MESSAGES} messages lets live orders through and grows no memory`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'resend-'));
  const child = fork(
    'test/support/resend-acceptor.ts',
    [join(directory, 'journal'), MESSAGES, BATCH, PER_S].map(String),
    { execArgv: ['--expose-gc'] },
  );
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    const peer = new Peer(port);
    peer.send(MsgType.Logon, [Tag.EncryptMethod, 0], [Tag.HeartBtInt, 30]);
    for (let n = 0; n < 50; n++) peer.order(); // warm
    const before = await figuresOf(child);
    peer.between.length = 0;
    peer.answerMs.length = 0;
    peer.send(MsgType.ResendRequest, [Tag.BeginSeqNo, 1], [Tag.EndSeqNo, MESSAGES]);
    let most = before;
    for (let tick = 1; peer.next <= MESSAGES; tick++) {
      peer.order();
      if (tick % 50 === 0) {
        const now = await figuresOf(child);
        if (now.heapUsed > most.heapUsed) most = now;
      }
      await new Promise((resolve) => setTimeout(resolve, ORDER_EVERY_MS));
    }
    console.log(
      `${MESSAGES} messages resent, ${peer.between.length} orders answered meanwhile: ` +
        `resent messages in between p50 ${quantile(peer.between, 0.5)}, p99 ${quantile(peer.between, 0.99)}; ` +
        `answer p50 ${quantile(peer.answerMs, 0.5).toFixed(2)} ms, p99 ${quantile(peer.answerMs, 0.99).toFixed(2)} ms; ` +
        `heap ${(before.heapUsed / 2 ** 20).toFixed(1)} to ${(most.heapUsed / 2 ** 20).toFixed(1)} MiB`,
    );
    expect(peer.wrong).toBe(0);
    expect(peer.next).toBe(LOGON_NUMBER);
    expect(peer.between.length).toBeGreaterThan(20);
    // An order is read in the next turn, and answered at once.
    expect((await figuresOf(child)).inTurnMax).toBe(BATCH);
    expect(most.heapUsed - before.heapUsed).toBeLessThan(HEAP_SLACK_BYTES);
    peer.close();
  } finally {
    child.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}, 600_000);
