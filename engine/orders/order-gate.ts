/**
 * HOT: the only way out for an order. Takes the INTENT block, runs the limits, books the order, writes the
 * intent and the encoded message down. Nothing else in the engine can put an order into a session's TX.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import * as S from '../../wasm/stage-layout.ts';
import type { CoreModule } from '../core-module.ts';
import { assert } from '../errors.ts';
import type { RefusalLog } from '../limits/refusals.ts';
import type { Recorder } from '../recorder.ts';
import type { StageClock } from '../stage-clock.ts';
import type { QuoteSlots } from '../strategy/quote-slots.ts';
import type { Side } from '../units.ts';

export interface GateParts {
  readonly memory: Memory;
  readonly core: CoreModule;
  readonly refusals: RefusalLog;
  readonly quotes: QuoteSlots;
  readonly stages: StageClock;
}

export class OrderGate {
  readonly #memory: Memory;
  readonly #core: CoreModule;
  readonly #refusals: RefusalLog;
  readonly #quotes: QuoteSlots;
  readonly #stages: StageClock;
  recorder: Recorder;

  constructor(parts: GateParts, recorder: Recorder) {
    this.#memory = parts.memory;
    this.#core = parts.core;
    this.#refusals = parts.refusals;
    this.#quotes = parts.quotes;
    this.#stages = parts.stages;
    this.recorder = recorder;
  }

  /** Decides about the INTENT block; 0 or the DENY_* code. */
  submit(): number {
    if (this.recorder.isInMemory && !this.#stages.isSampled) {
      const verdict = this.#core.orderSubmit();
      if (verdict !== L.SUBMIT_BY_STEPS) return this.#note(verdict);
    }
    return this.#submitBySteps();
  }

  #submitBySteps(): number {
    this.#stages.lap(S.STAGE_STRATEGY);
    this.recorder.beforeDecision();
    const verdict = this.#note(this.#core.gateSubmit());
    this.#stages.lap(S.STAGE_LIMITS);
    this.recorder.intent();
    if (verdict === L.ALLOWED) this.#encode();
    this.#stages.lap(S.STAGE_ENCODE);
    return verdict;
  }

  /** Applies an INTENT block that was read from a journal; 0 or the DENY_* code it comes to now. */
  applyRecorded(): number {
    const recorded = this.#memory.i32(L.INTENT + L.INT_VERDICT);
    // How full the socket was is not in the journal: that one verdict is taken from the record.
    const verdict = recorded === L.DENY_BACK_PRESSURE ? recorded : this.#core.limitsCheck();
    return this.#note(this.#core.gateApply(verdict));
  }

  /** Encodes the INTENT block in hand into TX; returns the length. */
  encodeRecorded(): number {
    return this.#core.encodeIntent(this.#session());
  }

  /** What the console shows of refusals, and which order is a strategy's quote. */
  #note(verdict: number): number {
    const memory = this.#memory;
    if (verdict !== L.ALLOWED) this.#refusals.record();
    else if ((memory.i32(L.INTENT + L.INT_FLAGS) & L.INTENT_FLAG_QUOTE) !== 0) {
      this.#quotes.note(
        memory.i32(L.INTENT + L.INT_STRATEGY),
        memory.i32(L.INTENT + L.INT_INSTRUMENT),
        memory.i32(L.INTENT + L.INT_SIDE) as Side,
        memory.i32(L.INTENT + L.INT_ORDER_SLOT),
      );
    }
    return verdict;
  }

  #encode(): void {
    const session = this.#session();
    this.#core.sessionLock(session);
    try {
      this.#encodeLocked(session);
    } finally {
      this.#core.sessionUnlock(session);
    }
  }

  #encodeLocked(session: number): void {
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
