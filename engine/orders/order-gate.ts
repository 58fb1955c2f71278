/**
 * HOT: the only way out for an order. Takes the INTENT block, runs the limits, books the order, writes the
 * intent and the encoded message down. Nothing else in the engine can put an order into a session's TX.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import { assert } from '../errors.ts';
import type { RefusalLog } from '../limits/refusals.ts';
import type { Recorder } from '../recorder.ts';
import type { QuoteSlots } from '../strategy/quote-slots.ts';
import type { Side } from '../units.ts';
import type { OrderManager } from './order-manager.ts';

export interface GateParts {
  readonly memory: Memory;
  readonly core: CoreModule;
  readonly orders: OrderManager;
  readonly refusals: RefusalLog;
  readonly quotes: QuoteSlots;
}

export class OrderGate {
  readonly #memory: Memory;
  readonly #core: CoreModule;
  readonly #orders: OrderManager;
  readonly #refusals: RefusalLog;
  readonly #quotes: QuoteSlots;
  recorder: Recorder;

  constructor(parts: GateParts, recorder: Recorder) {
    this.#memory = parts.memory;
    this.#core = parts.core;
    this.#orders = parts.orders;
    this.#refusals = parts.refusals;
    this.#quotes = parts.quotes;
    this.recorder = recorder;
  }

  /** Decides about the INTENT block; 0 or the DENY_* code. */
  submit(): number {
    this.recorder.beforeDecision();
    const sequence = this.#memory.i64(L.CTL_INTENT_SEQUENCE) + 1;
    this.#memory.setI64(L.INTENT + L.INT_SEQUENCE, sequence);
    const verdict = this.#apply(this.#core.limitsCheck());
    this.recorder.intent();
    if (verdict === L.ALLOWED) this.#encode();
    return verdict;
  }

  /** Applies an INTENT block that was read from a journal; 0 or the DENY_* code it comes to now. */
  applyRecorded(): number {
    const recorded = this.#memory.i32(L.INTENT + L.INT_VERDICT);
    // How full the socket was is not in the journal: that one verdict is taken from the record.
    const verdict = recorded === L.DENY_BACK_PRESSURE ? recorded : this.#core.limitsCheck();
    return this.#apply(verdict);
  }

  /** Encodes the INTENT block in hand into TX; returns the length. */
  encodeRecorded(): number {
    return this.#core.encodeIntent(this.#session());
  }

  #apply(checked: number): number {
    const memory = this.#memory;
    memory.setI64(L.CTL_INTENT_SEQUENCE, memory.i64(L.INTENT + L.INT_SEQUENCE));
    const strategy = memory.i32(L.INTENT + L.INT_STRATEGY);
    memory.addI64(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_INTENTS, 1);
    let verdict = checked;
    if (verdict === L.ALLOWED && !this.#book(strategy)) verdict = L.DENY_TOO_MANY_ORDERS;
    memory.setI32(L.INTENT + L.INT_VERDICT, verdict);
    if (verdict !== L.ALLOWED) this.#refusals.record();
    return verdict;
  }

  /** Enters the allowed intent into the order table; false = no free slot. */
  #book(strategy: number): boolean {
    const memory = this.#memory;
    const kind = memory.i32(L.INTENT + L.INT_KIND);
    if (kind === L.INTENT_CANCEL) this.#orders.requestCancel();
    else if (kind === L.INTENT_REPLACE) this.#orders.requestReplace();
    else {
      const slot = this.#orders.open();
      if (slot < 0) return false;
      memory.setI32(L.INTENT + L.INT_ORDER_SLOT, slot);
      if ((memory.i32(L.INTENT + L.INT_FLAGS) & L.INTENT_FLAG_QUOTE) !== 0) {
        const side = memory.i32(L.INTENT + L.INT_SIDE) as Side;
        this.#quotes.note(strategy, memory.i32(L.INTENT + L.INT_INSTRUMENT), side, slot);
      }
    }
    return true;
  }

  #encode(): void {
    const session = this.#session();
    const block = L.SESSIONS + session * L.SESSION_BYTES;
    const start = L.TX + session * L.TX_BYTES + this.#memory.i32(block + L.SES_TX_END);
    const length = this.#core.encodeIntent(session);
    assert(length > 0, 'the limits gate left room in TX');
    this.recorder.outbound(session, start, length);
  }

  #session(): number {
    const instrument = this.#memory.i32(L.INTENT + L.INT_INSTRUMENT);
    return this.#memory.i32(L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_SESSION);
  }
}
