/**
 * For tests: an engine's side of one FIX session without socket and journal: real hot loop, real
 * core, real session. Two of them, one with the fast path and one where every message is left to
 * the session in TypeScript, must do the same: see twin-rig.ts.
 */
import { loadConfig } from '../../config/load.ts';
import { AppInput } from '../../engine/app-input.ts';
import { buildCore, type Core } from '../../engine/core.ts';
import { type CoreModule, loadCore } from '../../engine/core-module.ts';
import { fixVenues } from '../../engine/core-setup.ts';
import { HotLoop } from '../../engine/hot-loop.ts';
import type { JournalRecorder } from '../../engine/journal-recorder.ts';
import { stateHashOf } from '../../engine/state-hash.ts';
import type { Market, Strategy } from '../../engine/strategy/strategy.ts';
import { parseMessage } from '../../gateways/fix/codec.ts';
import type { MessageCheck } from '../../gateways/fix/complaint.ts';
import { MemoryMessageStore } from '../../gateways/fix/session/message-store.ts';
import { Session } from '../../gateways/fix/session/session.ts';
import { SharedCounters } from '../../gateways/fix/session/session-counters.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { sessionConfig } from './session-config.ts';

const { config: CONFIG } = loadConfig('config/default.yaml');
const VENUE = fixVenues(CONFIG)[0]!;
/** As in every ClOrdID of ours; the corpus names orders by it. */
const PREFIX = 'AAAAAAA';
const KEPT_MESSAGES = 50;
const KEPT_FOR_RESEND = 1000;
const BUY = 1;

export interface SideOptions {
  readonly isFast: boolean;
  readonly check: MessageCheck;
}

export class EngineSide {
  readonly memory = new Memory();
  readonly session: Session;
  /** Messages that left, the last of them first to be forgotten; and all else that can be seen. */
  readonly told: string[] = [];
  /** Messages that the fast path took. */
  fastMessages = 0;
  nowNs = 0n;
  #isReset = true;
  #wasFast = false;
  readonly #core: Core;
  readonly #loop: HotLoop;
  readonly #store = new MemoryMessageStore(KEPT_FOR_RESEND);

  constructor({ isFast, check }: SideOptions) {
    const { memory } = this;
    const config = structuredClone(CONFIG);
    config.strategies.splice(1);
    config.limits.splice(1);
    config.strategies[0]!.instruments = ['AAPL', 'GOOG'];
    const strategy = { parameters: undefined as never, state: [], onBook: buyWhenNothingRests };
    const loaded = {
      config: config.strategies[0]!,
      code: strategy as Strategy<unknown, string>,
      parameters: {},
      codeHash: '0',
      configHash: '0',
      modelHash: '',
    };
    const module = loadCore(memory);
    const kernels = isFast ? module : leavingAllToTheSession(module, memory);
    const recorder = this.#recorder();
    this.#core = buildCore({ memory, config, strategies: [loaded], kernels }, recorder);
    memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, PREFIX);
    this.#loop = new HotLoop({
      core: this.#core,
      recorder,
      isLockStep: false,
      clock: {
        stamp: () => memory.setAbsoluteNs(L.CTL_NOW_NS, this.nowNs),
        stampAt: () => memory.setAbsoluteNs(L.CTL_NOW_NS, this.nowNs),
        elapsedNs: () => Number(this.nowNs % 1_000_000_000_000n),
      },
      input: new AppInput(this.#core),
      onOutcome: () => {},
      onBreach: ({ breach, orderNumber }) => this.#tell(`breach ${breach} of ${orderNumber}`),
      onActed: () => {},
    });
    this.session = this.#openSession(check);
    this.#loop.addLink({
      send: (bytes) => {
        this.#tell(Buffer.from(bytes).toString('latin1'));
        return true;
      },
      onSlowMessage: (frame) => this.session.onMessage(frame, this.nowNs),
      onFastMessage: () => {
        this.fastMessages++;
        this.#wasFast = true;
      },
      requestStatus: () => {},
      massCancel: () => false,
      resubscribe: () => this.#tell('resubscribe'),
    });
  }

  /**
   * A connection stands: the session logs on, `isReset`: asks for numbers from 1. What an earlier
   * one left of doubts is over.
   */
  connect({ isReset }: { readonly isReset: boolean }): void {
    this.#isReset = isReset;
    this.#startTheDayAnew();
    for (const field of [L.SES_RX_START, L.SES_RX_END, L.SES_SEARCHED, L.SES_TX_END]) {
      this.memory.setI32(L.SESSIONS + field, 0);
    }
    this.#loop.onSession({ ...this.#event(), kind: 0 });
    this.session.start(this.nowNs);
    this.#loop.endTurn();
  }

  disconnect(): void {
    this.session.onDisconnect();
    this.#loop.onSession({ ...this.#event(), kind: 3 });
  }

  /** Bytes come in, as the link's socket hands them over. */
  receive(bytes: Uint8Array): void {
    const { memory } = this;
    for (let taken = 0; taken < bytes.length; ) {
      const start = memory.i32(L.SESSIONS + L.SES_RX_START);
      const held = memory.i32(L.SESSIONS + L.SES_RX_END) - start;
      memory.bytes.copyWithin(L.RX, L.RX + start, L.RX + start + held);
      const count = Math.min(bytes.length - taken, L.RX_BYTES - held);
      memory.bytes.set(bytes.subarray(taken, taken + count), L.RX + held);
      memory.setI32(L.SESSIONS + L.SES_RX_START, 0);
      memory.setI32(L.SESSIONS + L.SES_RX_END, held + count);
      taken += count;
      this.#loop.onReadable(0);
    }
  }

  /** What the link's timer does. */
  tick(): void {
    if (this.#wasFast) this.session.onReceived(this.nowNs);
    this.#wasFast = false;
    this.session.onTimer(this.nowNs);
    this.#loop.endTurn();
  }

  /** Session numbers and state. */
  get numbers(): string {
    const { nextIn, nextOut, state } = this.session.counters;
    return `in ${nextIn} out ${nextOut} state ${state}`;
  }

  get stateHash(): string {
    return stateHashOf(this.memory, this.#core.module);
  }

  /** The number in the ClOrdID of the order that is open, or of the next. */
  get order(): number {
    const last = this.memory.i64(L.CTL_INTENT_SEQUENCE);
    return this.memory.i32(L.CTL_OPEN_ORDERS) > 0 ? last : last + 1;
  }

  /** Strategy, limits and position as they were before the first message; orders stay. */
  #startTheDayAnew(): void {
    const { memory } = this;
    memory.bytes.fill(0, L.POSITIONS, L.POSITIONS + L.INSTRUMENTS_MAX * L.POSITION_BYTES);
    for (const field of [L.STR_PAUSED, L.STR_BREAKER, L.STR_TRADING_STATE]) {
      memory.setI32(L.STRATEGIES + field, 0);
    }
  }

  #event() {
    const { nextIn, nextOut } = this.session.counters;
    return { type: 'SESSION', session: 0, nextIn, nextOut, reason: '' } as const;
  }

  #tell(what: string): void {
    this.told.push(what);
    if (this.told.length > KEPT_MESSAGES) this.told.shift();
  }

  #openSession(check: MessageCheck): Session {
    const isReset = (): boolean => this.#isReset;
    const config = sessionConfig({
      senderCompId: VENUE.senderCompId,
      targetCompId: VENUE.targetCompId,
      sendingTimeToleranceS: VENUE.sendingTimeToleranceS,
      check,
    });
    return new Session({
      config: Object.defineProperty(config, 'resetSeqNum', { get: isReset }),
      counters: new SharedCounters(this.memory, 0),
      store: this.#store,
      port: {
        canResend: () => true,
        send: (bytes) => void this.#loop.sendFromSession(0, bytes),
        deliver: (message) => this.#loop.deliver(0, message),
        event: (kind, reason) => this.#tell(`${kind}: ${reason}`),
      },
    });
  }

  #recorder(): JournalRecorder {
    const keep = (_session: number, address: number, length: number): void => {
      const bytes = this.memory.bytes.slice(address, address + length);
      const message = parseMessage(bytes)!;
      if (message.isYes(43)) return;
      this.#store.keep(message.getInt(34)!, message.msgType, bytes);
    };
    const nothing = (): void => {};
    const recorder = {
      beforeDecision: nothing,
      intent: nothing,
      outbound: keep,
      state: nothing,
      strategyFault: nothing,
      input: nothing,
      flush: nothing,
      event: nothing,
    };
    return recorder as unknown as JournalRecorder;
  }
}

/** The same kernels for a session that is never live: no message is fast. */
function leavingAllToTheSession(module: CoreModule, memory: Memory): CoreModule {
  return {
    ...module,
    fixNext(session) {
      const at = L.SESSIONS + session * L.SESSION_BYTES + L.SES_STATE;
      const state = memory.i32(at);
      memory.setI32(at, L.SESSION_RECOVERING);
      const kind = module.fixNext(session);
      memory.setI32(at, state);
      return kind;
    },
  };
}

/** Orders that executions may be about, one after the other. */
function buyWhenNothingRests(market: Market<unknown, string>): void {
  if (market.hasOpenOrders || market.symbol !== 'GOOG') return;
  market.limit(BUY, market.book.bestBidTicks - (market.book.bestBidTicks % 100), 100);
}
