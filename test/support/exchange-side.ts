/**
 * For tests: the matching venue without a socket, on a clock of the test's: bytes in, bytes out,
 * and all that can be seen of its state. With `isFast: false` every message is left to the session
 * in TypeScript; two sides of both kinds must do the same.
 */

import type { ExchangeLink } from '../../gateways/sim/exchange/exchange-link.ts';
import type { ExchangeLog } from '../../gateways/sim/exchange/exchange-log.ts';
import type { ExchangeModule } from '../../gateways/sim/exchange/exchange-module.ts';
import { buildExchange, EXCHANGE_SOCKETS } from '../../gateways/sim/exchange/exchange-parts.ts';
import { VENUE_DEFAULTS } from '../../gateways/sim/venue-options.ts';
import * as L from '../../wasm/layout.ts';
import { RESULT_HASH } from '../../wasm/matching/matching-layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import * as V from '../../wasm/venue-layout.ts';
import { testInstrument } from './venue-rig.ts';

const BLOCK = L.SESSIONS;

export interface ExchangeSideOptions {
  readonly isFast?: boolean;
  readonly symbols?: readonly string[];
  readonly version?: 'FIX.4.4' | 'FIX.5.0SP2';
  readonly openOrders?: number;
  readonly logDir?: string;
  readonly isLogSync?: boolean;
  readonly hasFlow?: boolean;
}

export class ExchangeSide {
  readonly memory: Memory;
  readonly link: ExchangeLink;
  readonly log: ExchangeLog;
  /** What has left, piece by piece, and the session's events. */
  readonly told: string[] = [];
  /** Messages that the kernel took. */
  fastMessages = 0;
  nowNs: bigint;
  module!: ExchangeModule;
  #isHearing = true;

  constructor(nowNs: bigint, options: ExchangeSideOptions = {}) {
    const { isFast = true, symbols = ['AAPL', 'JPM'], version = 'FIX.4.4' } = options;
    this.nowNs = nowNs;
    const parts = buildExchange(
      {
        ...VENUE_DEFAULTS,
        ...EXCHANGE_SOCKETS,
        version,
        instruments: symbols.map(testInstrument),
        openOrders: options.openOrders ?? 1000,
        isLogSync: options.isLogSync ?? false,
        hasFlow: options.hasFlow ?? false,
        onNote: (text) => this.told.push(text),
        ...(options.logDir === undefined ? {} : { logDir: options.logDir }),
      },
      { nowNs: () => this.nowNs },
      (module, memory) => {
        this.module = module;
        return isFast ? this.#counting(module) : leavingAll(module, memory);
      },
    );
    this.memory = parts.memory;
    this.link = parts.link;
    this.log = parts.log;
  }

  connect(): void {
    this.#isHearing = true;
    this.#stamp();
    const { memory } = this;
    this.link.connect({
      unreadBytes: 0,
      send: () => {
        const end = memory.i32(BLOCK + L.SES_TX_END);
        const sent = memory.bytes.slice(V.VENUE_TX, V.VENUE_TX + end);
        this.told.push(
          ...Buffer.from(sent)
            .toString('latin1')
            .split(/(?=8=FIX)/),
        );
        memory.setI32(BLOCK + L.SES_TX_END, 0);
      },
      sendWaiting: () => {},
      end: () => this.told.push('end'),
      destroy: () => this.told.push('destroy'),
    });
  }

  disconnect(): void {
    this.link.cut();
  }

  receive(...portions: Uint8Array[]): void {
    const { memory } = this;
    for (const portion of portions) {
      if (!this.#isHearing || !this.link.isConnected) return;
      this.#stamp();
      const start = memory.i32(BLOCK + L.SES_RX_START);
      const held = memory.i32(BLOCK + L.SES_RX_END) - start;
      memory.bytes.copyWithin(L.RX, L.RX + start, L.RX + start + held);
      memory.bytes.set(portion, L.RX + held);
      memory.setI32(BLOCK + L.SES_RX_START, 0);
      memory.setI32(BLOCK + L.SES_RX_END, held + portion.length);
      this.link.turn();
    }
  }

  pass(seconds: number): void {
    this.nowNs += BigInt(Math.round(seconds * 1e9));
    this.link.onTimer();
  }

  /** Numbers, orders, book: two sides with the same text are in the same state. */
  get state(): string {
    const { memory, module } = this;
    const { nextIn, nextOut, state } = this.link.session.counters;
    module.matchingHash();
    const counts = [V.VEN_ORDER_COUNT, V.VEN_EXEC_COUNT, V.VEN_CLORDIDS].map((at) =>
      memory.i64(at),
    );
    return [
      `in ${nextIn} out ${nextOut} state ${state}`,
      `counts ${counts} open ${memory.i32(V.VEN_OPEN_ORDERS)}`,
      `book ${memory.absoluteNs(RESULT_HASH)} trades told ${memory.i64(V.VEN_PRINTS)}`,
    ].join('; ');
  }

  #stamp(): void {
    this.memory.setAbsoluteNs(L.CTL_NOW_NS, this.nowNs);
  }

  /** The kernels, with the messages counted that they take. */
  #counting(module: ExchangeModule): ExchangeModule {
    return {
      ...module,
      venueTurn: (session) => {
        const before = this.memory.i64(BLOCK + L.SES_NEXT_IN);
        const found = module.venueTurn(session);
        this.fastMessages += this.memory.i64(BLOCK + L.SES_NEXT_IN) - before;
        return found;
      },
    };
  }
}

/** Kernels that find no message to be theirs. */
function leavingAll(module: ExchangeModule, memory: Memory): ExchangeModule {
  return {
    ...module,
    venueTurn: (session) => {
      const state = memory.i32(BLOCK + L.SES_STATE);
      if (state === L.SESSION_LIVE) memory.setI32(BLOCK + L.SES_STATE, L.SESSION_RECOVERING);
      const found = module.requestNext(session);
      memory.setI32(BLOCK + L.SES_STATE, state);
      return found;
    },
  };
}
