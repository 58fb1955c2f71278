/**
 * For tests: a trader at the other end of the simulated venue, who writes down all that he is told.
 */
import type { InstrumentConfig } from '../../config/schema.ts';
import type { Fields, FixMessage } from '../../gateways/fix/codec.ts';
import { marketDataRequest } from '../../gateways/fix/market-data.ts';
import { MsgType, Tag } from '../../gateways/fix/tags.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { wallClock } from '../../gateways/sim/venue-parts.ts';
import { FixInitiator } from './fix-initiator.ts';
import { sessionConfig } from './session-config.ts';

export function testInstrument(symbol: string): InstrumentConfig {
  return {
    symbol,
    venue: 'SIM',
    currency: 'USD',
    multiplier: '1',
    tickSize: '0.0001',
    minPriceIncrement: '0.01',
    lotSize: '1',
    expiry: null,
    calendar: 'XNAS',
    fees: { makerPerLot: '0', takerPerLot: '0', makerBps: 0, takerBps: 0 },
  };
}

const CLOCK = wallClock();
const SESSION = sessionConfig({ senderCompId: 'GYRFALCON', targetCompId: 'SIM' });

export class Trader {
  /** Bodies of everything that came, with | for SOH: session fields and wall times left out. */
  readonly told: string[] = [];
  readonly messages: FixMessage[] = [];
  /** What became of the session. */
  readonly events: string[] = [];
  readonly #initiator: FixInitiator;
  readonly #symbols: readonly string[];
  readonly #act: (message: FixMessage, trader: Trader) => void;
  readonly #isLockStep: boolean;
  #waiting: { test: () => boolean; resolve: () => void } | undefined;
  #requests = 0;
  isLoggedOn = false;
  /** The venue has said that its market is over. */
  isEnded = false;

  constructor(
    port: number,
    symbols: readonly string[],
    options: { isLockStep: boolean; act?: (message: FixMessage, trader: Trader) => void },
  ) {
    this.#symbols = symbols;
    this.#act = options.act ?? (() => {});
    this.#isLockStep = options.isLockStep;
    this.#initiator = new FixInitiator({
      port,
      reconnectMs: 20,
      config: SESSION,
      clock: CLOCK,
      pendingBytesMax: 1 << 24,
      resendMessagesMax: 100_000,
      handler: {
        onMessage: (_connection, message) => this.#onMessage(message),
        onEvent: (_connection, kind, reason) => {
          this.events.push(`${kind}: ${reason}`);
          if (kind === 'LOGGED_ON') this.#onLogon();
          if (kind === 'LOGGED_OUT') this.isLoggedOn = false;
        },
        onWritable: () => {},
      },
    });
    this.#initiator.start();
  }

  send(msgType: string, fields: Fields): void {
    this.#initiator.connection.sendApp(msgType, fields);
  }

  order(clOrdId: string, symbol: string, terms: Fields): void {
    const time = formatTimestamp(CLOCK.nowNs());
    this.send(MsgType.NewOrderSingle, [
      [Tag.ClOrdID, clOrdId],
      [Tag.Symbol, symbol],
      [Tag.TransactTime, time],
      ...terms,
    ]);
  }

  /** Messages of one type, in order. */
  of(msgType: string): FixMessage[] {
    return this.messages.filter((message) => message.msgType === msgType);
  }

  until(test: () => boolean): Promise<void> {
    if (test()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = { test, resolve };
    });
  }

  stop(): Promise<void> {
    return this.#initiator.stop('done');
  }

  #onLogon(): void {
    this.isLoggedOn = true;
    setImmediate(() => this.subscribe());
  }

  subscribe(): void {
    const mdReqId = `MD${++this.#requests}`;
    const body = marketDataRequest({ mdReqId, marketDepth: 10, symbols: this.#symbols });
    this.send(MsgType.MarketDataRequest, body);
  }

  #onMessage(message: FixMessage): void {
    this.messages.push(message);
    const body = message.bodyFields().map(([tag, value]) => `${tag}=${value}`);
    this.told.push(`35=${message.msgType}|${body.join('|')}`);
    if (message.msgType === MsgType.EndOfRecording) this.isEnded = true;
    this.#act(message, this);
    if (this.#isLockStep) {
      this.send(MsgType.DoneThrough, [[Tag.DoneThroughSeqNum, message.get(Tag.MsgSeqNum) ?? 0]]);
    }
    if (this.#waiting?.test() === true) {
      this.#waiting.resolve();
      this.#waiting = undefined;
    }
  }
}
