/**
 * For tests and benches: many FIX clients in this process that send orders at a steady pace and
 * check that each comes back once, in order; what that took counts from when the order was due.
 */
import { encodeFields } from '../../gateways/fix/codec.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { FixInitiator } from '../../gateways/fix/transport/initiator.ts';
import { wallClock } from '../../gateways/sim/venue-parts.ts';
import { sessionConfig } from './session-config.ts';
import { versionAt } from './sessions-server.ts';

const NS_PER_MS = 1e6;
/** An echo that is this late will not come. */
const LATE_MS = 30_000;

interface LoadOptions {
  readonly port: number;
  readonly sessions: number;
  readonly heartbeatS: number;
}

export const peerName = (index: number): string => `CLIENT${index}`;

class Client {
  readonly initiator: FixInitiator;
  /** When each order was due, in ms. */
  readonly dueMs: number[] = [];
  echoed = 0;
  readonly #onEcho: (echoedMs: number) => void;

  constructor(index: number, options: LoadOptions, load: SessionsLoad) {
    this.#onEcho = (tookMs) => load.onEcho(tookMs);
    this.initiator = new FixInitiator({
      addresses: [{ host: '127.0.0.1', port: options.port }],
      reconnect: { minMs: 100, maxMs: 1000 },
      random: Math.random,
      clock,
      config: sessionConfig({
        version: versionAt(index),
        senderCompId: peerName(index),
        targetCompId: 'ECHO',
        heartbeatS: options.heartbeatS,
        resetSeqNum: true,
      }),
      handler: {
        onMessage: (_, message) => this.#onMessage(message.get(11), load),
        onEvent: (_, kind, reason) => load.onEvent(`${peerName(index)} ${kind}: ${reason}`),
        onWritable: () => {},
      },
      pendingBytesMax: 1 << 20,
      resendMessagesMax: 10,
    });
    this.initiator.start();
  }

  order(dueMs: number, stamp: string): void {
    const body = encodeFields([
      [11, this.dueMs.push(dueMs) - 1],
      [21, 1],
      [55, 'INTC'],
      [54, 1],
      [60, stamp],
      [38, 100],
      [40, 1],
    ]);
    this.initiator.connection.sendAppRaw('D', Buffer.from(body, 'latin1'));
  }

  #onMessage(clOrdId: string | undefined, load: SessionsLoad): void {
    const expected = this.echoed++;
    if (clOrdId !== String(expected)) load.onEvent(`order ${clOrdId} came, not ${expected}`);
    this.#onEcho(performance.now() - this.dueMs[expected]!);
  }
}

const clock = wallClock();

export class SessionsLoad {
  /** All that was not expected: whatever happened to a session after its logon. */
  readonly surprises: string[] = [];
  readonly #clients: readonly Client[];
  #logons = 0;
  #samplesNs: Float64Array = new Float64Array(0);
  #samples = 0;
  #wake: () => void = () => {};

  constructor(options: LoadOptions) {
    this.#clients = Array.from(
      { length: options.sessions },
      (_, index) => new Client(index, options, this),
    );
  }

  onEvent(text: string): void {
    if (text.includes('LOGGED_ON')) this.#logons += 1;
    else if (!text.includes('SEQUENCE_RESET')) this.surprises.push(text);
    this.#wake();
  }

  onEcho(tookMs: number): void {
    this.#samplesNs[this.#samples++] = tookMs * NS_PER_MS;
    if (this.#samples === this.#samplesNs.length) this.#wake();
  }

  async loggedOn(): Promise<void> {
    const startMs = performance.now();
    while (this.#logons < this.#clients.length) {
      if (this.surprises.length > 0 || performance.now() - startMs > LATE_MS) {
        const missing = `${this.#clients.length - this.#logons} sessions are not logged on`;
        throw new Error([missing, ...this.surprises].join('\n'));
      }
      await this.#nextTick();
    }
  }

  /** Sends an order for each sample, session after session, and waits for all of them. */
  async run(samplesNs: Float64Array, ordersPerS: number): Promise<void> {
    this.#samplesNs = samplesNs;
    this.#samples = 0;
    const startMs = performance.now();
    let sent = 0;
    while (this.#samples < samplesNs.length) {
      const nowMs = performance.now();
      const due = Math.min(((nowMs - startMs) / 1000) * ordersPerS, samplesNs.length);
      const stamp = formatTimestamp(clock.nowNs());
      for (; sent < due; sent++) {
        const dueMs = startMs + (sent / ordersPerS) * 1000;
        this.#clients[sent % this.#clients.length]!.order(dueMs, stamp);
      }
      const isLate = nowMs - startMs > (samplesNs.length / ordersPerS) * 1000 + LATE_MS;
      if (isLate || this.surprises.length > 0) throw new Error(this.#whatIsWrong());
      await this.#nextTick();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map(({ initiator }) => initiator.stop('done')));
  }

  #whatIsWrong(): string {
    const missing = `${this.#samplesNs.length - this.#samples} orders did not come back`;
    return [missing, ...this.surprises.slice(0, 10)].join('\n');
  }

  #nextTick(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
