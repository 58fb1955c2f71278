/**
 * The simulated venue: a FIX 4.4 acceptor on the engine's own session code that plays a market,
 * takes orders and fills them. It decides the pace. The market stands still while nobody has
 * subscribed; whoever subscribes again gets a snapshot of the book in hand first.
 */
import type { Clock } from '../../engine/ports.ts';
import { NS_PER_MS } from '../../engine/units.ts';
import { encodeFields, type Fields, type FixMessage } from '../fix/codec.ts';
import {
  endOfRecording,
  marketDataReject,
  parseMarketDataRequest,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from '../fix/market-data.ts';
import { BUSINESS_REASON_UNSUPPORTED_TYPE, businessReject } from '../fix/order-entry.ts';
import { NOT_SENT } from '../fix/session/session.ts';
import { SessionEncoder } from '../fix/session/session-encoder.ts';
import type { SessionEvent } from '../fix/session/session-types.ts';
import { MsgType, Tag } from '../fix/tags.ts';
import { FixAcceptor } from '../fix/transport/acceptor.ts';
import type { FixConnection } from '../fix/transport/fix-connection.ts';
import { ACCEPTOR_LIMITS, INITIATOR_TRAFFIC } from '../fix/transport/transport-limits.ts';
import { gridOf, type InstrumentGrid } from './instrument-grid.ts';
import { MarketPlayer } from './market-player.ts';
import { OrderGateway } from './order-gateway.ts';
import { VenueLog } from './venue-log.ts';
import type { VenueOptions } from './venue-options.ts';
import { sessionOf, sourceOf, wallClock } from './venue-parts.ts';

/** Messages in one go, before orders are read again. */
const BURST = 256;
/** A peer that leaves so much unread is waited for. */
const UNREAD_BYTES_MAX = 1 << 20;
const PENDING_BYTES_MAX = 64 << 20;
const RESEND_MESSAGES_MAX = 200_000;
/** In lock-step the engine says as much as it hears. */
const LIMITS = { ...ACCEPTOR_LIMITS, traffic: INITIATOR_TRAFFIC };
const TIMER_MS_MAX = 1000;

interface VenueStatus {
  readonly marketDataMessages: number;
  readonly openOrders: number;
  readonly marketNs: number;
  readonly isEnded: boolean;
}

export class Venue {
  /** The port that was given. */
  port = 0;
  readonly #options: VenueOptions;
  readonly #grids: readonly InstrumentGrid[];
  readonly #log: VenueLog;
  readonly #clock: Clock = wallClock();
  readonly #acceptor: FixAcceptor;
  readonly #connection: FixConnection;
  readonly #orders: OrderGateway;
  readonly #player: MarketPlayer;
  readonly #subscribed = new Set<number>();
  #doneThrough = 0;
  #lastSent = 0;
  #sentCount = 0;
  #isEndTold = false;
  #isLoading = false;
  #isPumping = false;
  #isClosed = false;
  /** Why there is no market any more; '' = there is. */
  #fault = '';
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  /** Pace: at this wall time (ms) the market time was this. */
  #anchorMs = 0;
  #anchorNs = 0;

  constructor(options: VenueOptions) {
    this.#options = options;
    this.#grids = options.instruments.map(gridOf);
    const source = sourceOf(options, this.#grids);
    this.#log = new VenueLog(options.logDir);
    this.#orders = new OrderGateway(
      this.#grids,
      options,
      {
        log: (event, fields) => this.#note(event, fields),
        send: (msgType, body) => this.#sendLogged(msgType, body),
        timeText: () => this.#player.timeText(),
      },
      this.#log.memory,
    );
    this.#player = new MarketPlayer(source, this.#grids, this.#orders.desk);
    this.#acceptor = new FixAcceptor({
      host: options.host,
      port: options.port,
      sessions: [sessionOf(options)],
      clock: this.#clock,
      handler: {
        onMessage: (_connection, message) => this.#onMessage(message),
        onEvent: (_connection, kind, reason) => this.#onEvent(kind, reason),
        onWritable: () => this.#pumpSoon(),
      },
      onRefused: (reason) => this.#tell(reason),
      pendingBytesMax: PENDING_BYTES_MAX,
      resendMessagesMax: RESEND_MESSAGES_MAX,
      limits: LIMITS,
    });
    this.#connection = this.#acceptor.connections[0]!;
    this.#recall();
  }

  /**
   * After an earlier run on the same log the market first goes on to where that run's last order
   * was.
   */
  async listen(): Promise<void> {
    const { marketNs, orders } = this.#log.memory;
    if (marketNs > 0) await this.#player.forwardTo(marketNs);
    this.#orders.restore(orders);
    this.port = await this.#acceptor.listen();
  }

  status(): VenueStatus {
    return {
      marketDataMessages: this.#player.count,
      openOrders: this.#orders.desk.openOrders().length,
      marketNs: this.#player.marketNs,
      isEnded: this.#player.isEnded,
    };
  }

  /** Drops the connection without a word, as a failing network does. */
  cutConnection(): void {
    this.#connection.disconnect();
  }

  /** Logs out and closes. */
  async close(reason = 'the venue closes'): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pause();
    await this.#acceptor.close(reason);
    this.#player.close();
    this.#log.close();
  }

  // ---- session

  /** Numbers and reports of an earlier run on the same directory. */
  #recall(): void {
    const { nextIn, nextOut, sent } = this.#log.memory;
    const { counters, config } = this.#connection;
    counters.nextIn = nextIn;
    counters.nextOut = nextOut;
    const encoder = new SessionEncoder(config);
    for (const { msgSeqNum, msgType, wallNs, body } of sent) {
      const bytes = encoder.compose(msgType, msgSeqNum, wallNs, body);
      this.#connection.keepForResend(msgSeqNum, msgType, bytes);
    }
  }

  #onEvent(kind: SessionEvent, reason: string): void {
    if (kind === 'SEQUENCE_RESET') {
      this.#log.reset();
      this.#doneThrough = 0;
      this.#lastSent = 0;
    } else if (kind === 'LOGGED_ON') {
      this.#log.claim(this.#connection.counters.nextOut);
      this.#note('loggedOn', { reason });
    } else if (kind === 'LOGGED_OUT') {
      this.#subscribed.clear();
      this.#pause();
      this.#note('loggedOut', { reason });
    } else {
      this.#tell(`${kind}: ${reason}`);
    }
  }

  #onMessage(message: FixMessage): void {
    if (message.msgType === MsgType.DoneThrough) {
      const done = message.getInt(Tag.DoneThroughSeqNum) ?? 0;
      this.#doneThrough = Math.max(this.#doneThrough, done);
      if (this.#isStepReady()) this.#pump();
      return;
    }
    this.#log.received(message.getInt(Tag.MsgSeqNum) ?? 0);
    if (message.msgType === MsgType.MarketDataRequest) this.#onMarketDataRequest(message);
    else if (!this.#orders.onMessage(message, this.#nowNs())) this.#refuseType(message);
    this.#pumpSoon();
  }

  #refuseType(message: FixMessage): void {
    const refused = { msgType: message.msgType, msgSeqNum: message.getInt(Tag.MsgSeqNum) ?? 0 };
    const text = 'this venue does not take messages of this type';
    const body = businessReject(refused, BUSINESS_REASON_UNSUPPORTED_TYPE, text);
    this.#connection.sendApp(MsgType.BusinessMessageReject, body);
  }

  #onMarketDataRequest(message: FixMessage): void {
    const { mdReqId, subscriptionType, symbols } = parseMarketDataRequest(message);
    const instruments = symbols.map((symbol) =>
      this.#grids.findIndex((grid) => grid.symbol === symbol),
    );
    const unknown = symbols[instruments.indexOf(-1)];
    if (symbols.length === 0 || unknown !== undefined || this.#fault !== '') {
      const body = marketDataReject(mdReqId, this.#fault || `unknown symbol ${unknown ?? ''}`);
      this.#connection.sendApp(MsgType.MarketDataRequestReject, body);
      return;
    }
    for (const instrument of instruments) {
      if (subscriptionType === UNSUBSCRIBE) this.#subscribed.delete(instrument);
      else if (this.#player.hasBook(instrument)) this.#sendSnapshot(instrument);
      if (subscriptionType === SUBSCRIBE) this.#subscribed.add(instrument);
    }
    this.#anchor();
    this.#isEndTold = false;
    if (this.#subscribed.size === 0) this.#pause();
  }

  #sendSnapshot(instrument: number): void {
    this.#send(MsgType.MarketDataSnapshotFullRefresh, this.#player.snapshot(instrument));
  }

  /** Answers about orders are kept for a later run, to be asked for again. */
  #sendLogged(msgType: string, body: Fields): void {
    const text = encodeFields(body);
    this.#send(msgType, Buffer.from(text, 'latin1'), text);
  }

  #send(msgType: string, body: Buffer, loggedBody = ''): void {
    const wallNs = this.#clock.nowNs();
    const { counters } = this.#connection;
    this.#log.claim(counters.nextOut);
    if (loggedBody !== '') {
      this.#log.sent({ msgSeqNum: counters.nextOut, msgType, wallNs, body: loggedBody });
    }
    const msgSeqNum = this.#connection.sendAppRaw(msgType, body, wallNs);
    if (msgSeqNum === NOT_SENT) return;
    this.#lastSent = msgSeqNum;
    this.#sentCount++;
    const every = this.#options.disconnectEvery;
    if (every > 0 && this.#sentCount % every === 0) this.#connection.disconnect();
  }

  // ---- pace

  /** Goes on once the messages in hand have been dealt with. */
  #pumpSoon(): void {
    if (this.#isClosed || this.#soon !== undefined) return;
    this.#soon = setImmediate(() => {
      this.#soon = undefined;
      this.#pump();
    });
  }

  #pause(): void {
    clearTimeout(this.#timer);
    if (this.#soon !== undefined) clearImmediate(this.#soon);
    this.#soon = undefined;
  }

  #anchor(): void {
    this.#anchorMs = performance.now();
    this.#anchorNs = this.#player.marketNs;
  }

  /** Market time now: between messages it runs on only where the pace is that of a clock. */
  #nowNs(): number {
    const { speed } = this.#options;
    const { marketNs } = this.#player;
    if (typeof speed !== 'number' || this.#subscribed.size === 0 || marketNs === 0) return marketNs;
    return Math.max(marketNs, this.#paceNs());
  }

  #paceNs(): number {
    const speed = this.#options.speed as number;
    return this.#anchorNs + Math.round((performance.now() - this.#anchorMs) * NS_PER_MS * speed);
  }

  /** Lock-step: the engine has dealt with everything that was sent. */
  #isStepReady(): boolean {
    return this.#options.speed !== 'max' || this.#doneThrough >= this.#lastSent;
  }

  #pump(): void {
    if (this.#isPumping || this.#isClosed || !this.#connection.isLoggedOn) return;
    this.#isPumping = true;
    this.#connection.cork();
    try {
      this.#playBurst();
    } catch (fault) {
      this.#fail(fault);
    } finally {
      this.#connection.uncork();
      this.#isPumping = false;
    }
  }

  #playBurst(): void {
    for (let played = 0; this.#connection.isLoggedOn; played++) {
      if (!this.#isStepReady()) return;
      if (this.#connection.pendingBytes > UNREAD_BYTES_MAX) return; // onWritable goes on
      if (played === BURST) {
        this.#pumpSoon();
        return;
      }
      if (!this.#step()) return;
    }
  }

  /** One request that takes effect, or one market message; false = nothing can happen now. */
  #step(): boolean {
    const dueNs = this.#orders.nextDueNs();
    if (this.#subscribed.size === 0) return dueNs !== undefined && this.#takeRequest(dueNs);
    const nextNs = this.#player.peekNs();
    if (nextNs === undefined && !this.#player.isEnded) {
      this.#load();
      return false;
    }
    const isRequest = dueNs !== undefined && (nextNs === undefined || dueNs <= nextNs);
    const atNs = isRequest ? dueNs : nextNs;
    if (atNs === undefined) {
      this.#tellEnd();
      return false;
    }
    if (nextNs !== undefined && this.#mustWait(atNs)) return false;
    return isRequest ? this.#takeRequest(dueNs) : this.#playMessage();
  }

  #takeRequest(dueNs: number): boolean {
    this.#player.advanceTo(dueNs);
    this.#orders.takeNext();
    return true;
  }

  #playMessage(): boolean {
    const { msgType, body, instrument } = this.#player.play();
    if (this.#subscribed.has(instrument)) this.#send(msgType, body);
    return true;
  }

  /** At a clock's pace: too early; a timer goes on. */
  #mustWait(atNs: number): boolean {
    const { speed } = this.#options;
    if (typeof speed !== 'number') return false;
    if (this.#player.marketNs === 0) this.#anchorNs = atNs;
    const earlyMs = (atNs - this.#paceNs()) / NS_PER_MS / speed;
    if (earlyMs <= 0) return false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pump(), Math.min(Math.ceil(earlyMs), TIMER_MS_MAX));
    return true;
  }

  #load(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#player.load().then(
      () => {
        this.#isLoading = false;
        this.#pumpSoon();
      },
      (fault: unknown) => this.#fail(fault),
    );
  }

  #tellEnd(): void {
    if (this.#isEndTold) return;
    this.#isEndTold = true;
    this.#note('endOfRecording', { messages: this.#player.count });
    const body = encodeFields(endOfRecording(this.#player.count));
    this.#send(MsgType.EndOfRecording, Buffer.from(body, 'latin1'));
  }

  #fail(fault: unknown): void {
    this.#pause();
    this.#fault = fault instanceof Error ? fault.message : 'the market cannot go on';
    this.#subscribed.clear(); // and nobody can subscribe again: there is no book to trust
    this.#connection.logout(this.#fault);
    this.#options.onFault?.(fault);
  }

  #note(event: string, fields: object): void {
    this.#log.event(this.#clock.nowNs(), this.#player.marketNs, event, fields);
  }

  #tell(text: string): void {
    this.#options.onNote?.(text);
  }
}

/** Starts a venue in this process; it listens when the promise resolves. */
export async function startVenue(options: VenueOptions): Promise<Venue> {
  const venue = new Venue(options);
  await venue.listen();
  return venue;
}
