/**
 * HOT: one turn = what came in is stamped, journaled, applied, and what follows from it is journaled and
 * sent. Runs on whichever thread it is put on. Everything that waits or owns a socket is behind a port.
 */
import * as R from '../wasm/journal-ring-layout.ts';
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import type { AppInput, AppOutcome } from './app-input.ts';
import type { Core } from './core.ts';
import type { Command, SessionEvent } from './event/event.ts';
import { RecordKind } from './event/generated/record-kind.ts';
import { SessionEventKind } from './event/generated/session-event-kind.ts';
import { TimerKind } from './event/generated/timer-kind.ts';
import type { JournalRecorder } from './journal-recorder.ts';
import type { Breach, OrderOutcome } from './orders/order-outcome.ts';
import type { AppMessage, VenueLink } from './ports.ts';
import type { StageClock } from './stage-clock.ts';

/** Time of the loop: writes CTL_NOW_NS and counts elapsed time. */
export interface LoopClock {
  stamp(): void;
  /** Likewise for a moment of elapsedNs that has just been. */
  stampAt(elapsedNs: number): void;
  /** Nanoseconds from any fixed point; for measuring only. */
  elapsedNs(): number;
}

export interface LoopParts {
  readonly core: Core;
  readonly recorder: JournalRecorder;
  readonly clock: LoopClock;
  readonly input: AppInput;
  /** The venue waits for 35=U1 after each message. */
  readonly isLockStep: boolean;
  /** What the loop tells its owner. */
  readonly onOutcome: (outcome: AppOutcome, message: AppMessage) => void;
  readonly onBreach: (outcome: OrderOutcome) => void;
  readonly onActed: (command: Command, denied: readonly number[]) => void;
}

/** Position or fills may not be what we think. */
const PAUSING_BREACHES: ReadonlySet<Breach> = new Set<Breach>([
  'MISSED_FILL',
  'CUM_BEHIND',
  'OVERFILL',
  'TRADE_CHANGED',
  'MISMATCH',
]);

export class HotLoop {
  readonly #memory: Memory;
  readonly #parts: LoopParts;
  readonly #links: VenueLink[] = [];
  readonly #toAct: Command[] = [];
  /** How often each session's send lock is held. */
  readonly #locks = new Int32Array(L.SESSIONS_MAX);
  /** Breaker of each strategy as last seen. */
  readonly #tripped: Int32Array;
  /** Wall time of the first and last market data, clock.elapsedNs; 0 = none yet. */
  firstDataNs = 0;
  lastDataNs = 0;
  readonly #messagesBefore: number;
  #turnStartNs = 0;
  readonly #stages: StageClock;
  #doneThrough = 0;
  /** Since when nothing is read, clock.elapsedNs; 0 = it is. */
  #heldSinceNs = 0;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#memory = parts.core.memory;
    this.#stages = parts.core.stages;
    this.#stages.start(parts.clock);
    this.#messagesBefore = this.#memory.i64(L.CTL_MARKET_DATA_MESSAGES);
    this.#tripped = new Int32Array(this.#memory.i32(L.CTL_STRATEGY_COUNT));
  }

  /** Market data that this loop has worked off itself. */
  get dataMessages(): number {
    return this.#memory.i64(L.CTL_MARKET_DATA_MESSAGES) - this.#messagesBefore;
  }

  /** A loop that was ended may have held the session's send lock. */
  addLink(link: VenueLink): void {
    this.#parts.core.module.sessionUnlockOfLoop(this.#links.length);
    this.#links.push(link);
  }

  /** Bytes lie in the session's RX since SES_RECEIVED_NS (clock.elapsedNs). */
  onReadable(session: number): void {
    const { clock, recorder } = this.#parts;
    const block = L.SESSIONS + session * L.SESSION_BYTES;
    const receivedNs = this.#memory.f64(block + L.SES_RECEIVED_NS);
    for (let isFirst = true; ; isFirst = false) {
      const isRead =
        this.#memory.i32(block + L.SES_RX_START) === this.#memory.i32(block + L.SES_RX_END);
      if (isRead || this.holdsInputs()) return;
      if (isFirst) clock.stampAt(receivedNs);
      else clock.stamp();
      this.#turnStartNs = receivedNs;
      this.#stages.beginTick(receivedNs);
      const kind = this.#next(session);
      if (kind === L.DECODED_NOTHING) return;
      if (kind === L.DECODED_GARBLED) {
        this.#memory.addI64(L.CTL_GARBLED, 1);
        continue;
      }
      const address = this.#memory.i32(L.DECODED + L.DEC_MESSAGE);
      const length = this.#memory.i32(L.DECODED + L.DEC_MESSAGE_LENGTH);
      if (kind === L.DECODED_APPLIED) {
        this.#stages.framed(L.DECODED_MARKET_DATA, session, length);
        this.#decide(session);
        continue;
      }
      this.#stages.framed(kind, session, length);
      recorder.input(RecordKind.INBOUND, session, address, length);
      this.#stages.lap(S.STAGE_JOURNAL);
      this.#memory.addI64(block + L.SES_MESSAGES_IN, 1);
      this.#applyMessage(session, kind, address, length);
      this.endTurn();
    }
  }

  #next(session: number): number {
    const { core, recorder } = this.#parts;
    const inOne = recorder.isInMemory && !this.#stages.isNextSampled;
    return inOne ? core.module.tickNext(session) : core.module.fixNext(session);
  }

  /** The journal is nearly full: what it still takes is for cancels and kills, and nothing is read. */
  holdsInputs(): boolean {
    const { core, isLockStep } = this.#parts;
    const isHeld = isLockStep ? this.#holdsLockStep() : core.module.journalHoldsInputs() !== 0;
    if (isHeld && this.#heldSinceNs === 0) this.#heldSinceNs = this.#parts.clock.elapsedNs();
    return isHeld;
  }

  /** The outcome of a replayed day must not depend on the speed of a disk: no order is ever refused for it. */
  #holdsLockStep(): boolean {
    const waiting = this.#memory.i64(R.RING_HEAD) - this.#memory.i64(R.RING_TAIL);
    return waiting >= R.RING_LOCK_STEP_BYTES_MAX;
  }

  /** Works off what was left unread, once the journal has room again. */
  resume(): void {
    const sinceNs = this.#heldSinceNs;
    if (sinceNs === 0 || this.holdsInputs()) return;
    this.#heldSinceNs = 0;
    // What came before that waits since then, and its latency says so.
    for (let session = 0; session < this.#links.length; session++) {
      this.#memory.setF64(L.SESSIONS + session * L.SESSION_BYTES + L.SES_RECEIVED_NS, sinceNs);
      this.onReadable(session);
    }
  }

  /** A feed record lies at address (8-byte aligned); the caller has set CTL_NOW_NS to its receive time. */
  onFeed(feed: number, address: number, length: number): void {
    this.#turnStartNs = this.#parts.clock.elapsedNs();
    this.#stages.beginTick(this.#turnStartNs);
    this.#stages.framed(S.TICK_FEED, feed, length);
    this.#parts.recorder.input(RecordKind.FEED, feed, address, length);
    this.#stages.lap(S.STAGE_JOURNAL);
    this.#parts.core.pipeline.onFeed(address, length);
    this.#noteData();
    this.endTurn();
  }

  /** An application message from the session's slow path; its frame is journaled already. */
  deliver(session: number, message: AppMessage): void {
    this.#doneThrough = Number(message.get(34) ?? 0);
    const { input } = this.#parts;
    const outcome = input.deliver(session, message);
    if (outcome !== 'APPLIED') this.#parts.onOutcome(outcome, message);
    if (input.orderOutcome !== undefined) this.#afterOutcome(input.orderOutcome);
    // Once for each snapshot that it spoils, however many such messages come.
    if (input.needsSnapshot) this.#links[session]!.resubscribe();
    if (outcome === 'REFUSED') this.onRejected(message);
  }

  /** A message that was refused, by the session or by us: a report may have been a fill. */
  onRejected(message: AppMessage): void {
    if (message.msgType !== '8') return;
    const report = `report ${message.get(17) ?? '?'} of order ${message.get(11) ?? '?'}`;
    this.#pauseAll(`${report.slice(0, 150)} was not understood`);
  }

  /** From here to unlockSession nobody else numbers or writes for the session; nested calls count. */
  lockSession(session: number): void {
    if (this.#locks[session]!++ === 0) this.#parts.core.module.sessionLock(session);
  }

  unlockSession(session: number): void {
    if (--this.#locks[session]! === 0) this.#parts.core.module.sessionUnlock(session);
  }

  /**
   * What the session layer has sent: journaled here, leaves at the end of the turn. `journaled`: the
   * same without what a journal must not hold.
   */
  sendFromSession(session: number, bytes: Uint8Array, journaled = bytes): boolean {
    this.lockSession(session);
    try {
      return this.#append(session, bytes, journaled);
    } finally {
      this.unlockSession(session);
    }
  }

  #append(session: number, bytes: Uint8Array, journaled: Uint8Array): boolean {
    const block = L.SESSIONS + session * L.SESSION_BYTES;
    const end = this.#memory.i32(block + L.SES_TX_END);
    if (end + Math.max(bytes.length, journaled.length) > L.TX_BYTES) return false;
    const address = L.TX + session * L.TX_BYTES + end;
    this.#memory.bytes.set(journaled, address);
    this.#parts.recorder.outbound(session, address, journaled.length);
    this.#memory.bytes.set(bytes, address);
    this.#memory.setI32(block + L.SES_TX_END, end + bytes.length);
    this.#memory.addI64(block + L.SES_MESSAGES_OUT, 1);
    return true;
  }

  onSession(event: SessionEvent): void {
    this.#parts.clock.stamp();
    this.#parts.recorder.event(event, event.session);
    const { pipeline } = this.#parts.core;
    if (event.kind === SessionEventKind.CONNECTED) pipeline.onSessionConnected();
    if (event.kind === SessionEventKind.GAP_FILLED) pipeline.onUpdatesMissed(event.session);
    if (event.kind === SessionEventKind.DISCONNECTED) {
      this.lockSession(event.session);
      this.#memory.setI32(L.SESSIONS + event.session * L.SESSION_BYTES + L.SES_TX_END, 0);
      this.unlockSession(event.session);
      pipeline.onSessionLost(event.session);
      this.#doneThrough = 0;
    }
  }

  onStaleFeed(instrument: number): void {
    this.#parts.clock.stamp();
    const event = { type: 'TIMER', kind: TimerKind.STALE_FEED, subject: instrument } as const;
    this.#parts.recorder.event(event, 0);
    this.#parts.core.pipeline.onStaleFeed(instrument);
    this.endTurn();
  }

  /** Journals and applies a command; the orders that follow from it leave at the end of the turn. */
  command(command: Command): void {
    this.#stages.note(S.CAUSE_COMMAND);
    this.#parts.recorder.event(command, 0);
    this.#parts.core.commands.apply(command);
    if (command.kind === 'KILL') {
      this.#memory.setAtomicI32(L.CTL_KILL_APPLIED, command.generation);
    }
    this.#toAct.push(command);
  }

  /** Everything decided in this turn is written down, then sent. */
  endTurn(): void {
    this.#act();
    this.#cancelTripped();
    this.#tellDone();
    this.#stages.lap(S.STAGE_REST);
    this.#parts.recorder.flush();
    this.#stages.lap(S.STAGE_JOURNAL);
    let handedNs = 0;
    for (let session = 0; session < this.#links.length; session++) {
      handedNs = this.#send(session) || handedNs;
    }
    if (handedNs !== 0) this.#stages.handedOver(handedNs);
    this.#memory.setAtomicI32(L.CTL_HEARTBEAT, this.#memory.i32(L.CTL_HEARTBEAT) + 1);
    this.#stages.endTick();
  }

  /** What the strategies make of market data that are applied already. */
  #decide(session: number): void {
    this.#links[session]!.onFastMessage();
    this.#doneThrough = this.#memory.i64(L.DECODED + L.DEC_MSG_SEQ_NUM);
    this.#parts.core.pipeline.decide();
    this.#noteData();
    this.endTurn();
  }

  #noteData(): void {
    this.lastDataNs = this.#turnStartNs;
    if (this.firstDataNs === 0) this.firstDataNs = this.#turnStartNs;
  }

  #applyMessage(session: number, kind: number, address: number, length: number): void {
    const { core } = this.#parts;
    const link = this.#links[session]!;
    const received = L.SESSIONS + session * L.SESSION_BYTES + L.SES_LAST_RECEIVED_NS;
    this.#memory.setI32(received, this.#memory.i32(L.CTL_NOW_NS));
    this.#memory.setI32(received + 4, this.#memory.i32(L.CTL_NOW_NS + 4));
    if (kind === L.DECODED_SLOW) {
      link.onSlowMessage(this.#memory.bytes.slice(address, address + length));
      return;
    }
    link.onFastMessage();
    if (kind === L.DECODED_HEARTBEAT) return;
    this.#doneThrough = this.#memory.i64(L.DECODED + L.DEC_MSG_SEQ_NUM);
    if (kind === L.DECODED_MARKET_DATA) {
      core.pipeline.onMarketData(session);
      this.#noteData();
    } else if (kind === L.DECODED_EXECUTION) {
      this.#afterOutcome(core.pipeline.onExecution(session));
    } else this.#afterOutcome(core.pipeline.onCancelReject());
  }

  /** What the venue says does not fit what we know: the strategy trades no more until somebody has looked. */
  #afterOutcome(outcome: OrderOutcome): void {
    if (outcome.stateBefore === L.ORDER_PENDING_NEW) this.#stages.answered(outcome.orderNumber);
    if (outcome.breach === 'NONE') return;
    this.#parts.onBreach(outcome);
    if (outcome.breach === 'UNKNOWN_FILL')
      this.#pauseAll('a fill of an order that is not in this journal');
    if (!PAUSING_BREACHES.has(outcome.breach)) return;
    this.#pause(outcome.strategy, `order ${outcome.orderNumber}: ${outcome.breach}`);
  }

  /** A fill that nobody can be given: no position is sure. */
  #pauseAll(reason: string): void {
    const count = this.#memory.i32(L.CTL_STRATEGY_COUNT);
    for (let strategy = 0; strategy < count; strategy++) this.#pause(strategy, reason);
  }

  #pause(index: number, reason: string): void {
    const block = L.STRATEGIES + index * L.STRATEGY_BYTES;
    if (this.#memory.i32(block + L.STR_PAUSED) !== 0) return;
    const strategy = this.#memory.text(block + L.STR_NAME, 32);
    this.command({ type: 'COMMAND', kind: 'PAUSE_STRATEGY', strategy, reason, operator: 'engine' });
  }

  /** Lock-step: tells the venue how far its messages have been worked off, as soon as there is room. */
  #tellDone(): void {
    if (!this.#parts.isLockStep || this.#doneThrough === 0) return;
    this.lockSession(0);
    try {
      const start = this.#memory.i32(L.SESSIONS + L.SES_TX_END);
      const length = this.#parts.core.module.encodeDoneThrough(0, this.#doneThrough);
      if (length === 0) return;
      this.#parts.recorder.outbound(0, L.TX + start, length);
      this.#doneThrough = 0;
    } finally {
      this.unlockSession(0);
    }
  }

  /** A breaker that has tripped takes the strategy's orders out of the market. */
  #cancelTripped(): void {
    const { commands } = this.#parts.core;
    for (let strategy = 0; strategy < this.#tripped.length; strategy++) {
      const block = L.STRATEGIES + strategy * L.STRATEGY_BYTES;
      const breaker = this.#memory.i32(block + L.STR_BREAKER);
      if (breaker === this.#tripped[strategy]) continue;
      this.#tripped[strategy] = breaker;
      if (breaker !== 0) commands.cancelAll('STRATEGY', this.#memory.text(block + L.STR_NAME, 32));
    }
  }

  #act(): void {
    while (this.#toAct.length > 0) {
      const command = this.#toAct.shift()!;
      const isFirmKill = command.kind === 'KILL' && command.scope === 'FIRM';
      // One message takes everything out; whatever it leaves open is cancelled one by one (CancelRetry).
      if (isFirmKill && this.#links.every((link) => link.massCancel())) continue;
      const { denied } = this.#parts.core.commands.act(command);
      this.#parts.onActed(command, denied);
    }
  }

  /** When the bytes were handed to the socket, clock.elapsedNs; 0 = there were none. */
  #send(session: number): number {
    const block = L.SESSIONS + session * L.SESSION_BYTES;
    const length = this.#memory.i32(block + L.SES_TX_END);
    if (length === 0) return 0;
    const link = this.#links[session]!;
    let handedNs = 0;
    if (link.flush?.() === true) handedNs = this.#memory.f64(block + L.SES_SENT_NS);
    else {
      handedNs = this.#parts.clock.elapsedNs();
      const start = L.TX + session * L.TX_BYTES;
      const isTaken = link.send(this.#memory.bytes.slice(start, start + length));
      if (isTaken) this.#memory.setI32(block + L.SES_TX_END, 0);
    }
    if (this.#memory.i32(block + L.SES_TX_END) > 0) this.#stages.note(S.CAUSE_PEER_SLOW);
    // A peer that was slow before was not offered anything.
    return handedNs < this.#turnStartNs ? this.#parts.clock.elapsedNs() : handedNs;
  }
}
