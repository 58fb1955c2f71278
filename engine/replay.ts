/**
 * Feeds a journal to a core: crash recovery, `gyrfalcon replay`, and with `verify` the proof that the
 * strategies decide again what they decided then. Recorded intents are applied, and every message sent is
 * encoded again and compared byte by byte; whatever differs stops the replay with its place.
 */
import * as L from '../wasm/layout.ts';
import type { Core } from './core.ts';
import { GyrfalconError } from './errors.ts';
import type { Command, IntentEvent, SessionEvent, TimerEvent } from './event/event.ts';
import { decodeEvent } from './event/event-codec.ts';
import { RecordKind } from './event/generated/record-kind.ts';
import { SessionEventKind } from './event/generated/session-event-kind.ts';
import { loadIntent } from './event/intent-record.ts';
import type { JournalReader, JournalRecord } from './journal/journal-reader.ts';
import { isRestart } from './journal-crashes.ts';
import { type KillInForce, killsAfter } from './limits/kills-in-force.ts';
import type { Recorder } from './recorder.ts';

/** The session layer in a replay: gets what came in, sends nothing. */
export interface ReplaySession {
  onConnected(nowNs: bigint): void;
  onMessage(frame: Uint8Array, nowNs: bigint): void;
  onDisconnected(): void;
}

/** An order message whose intent is the journal's last record; it lies encoded in the session's TX. */
export interface UnwrittenMessage {
  readonly session: number;
  readonly address: number;
  readonly length: number;
}

const NS_PER_MS_BIG = 1_000_000n;
const FEED_PLACE = L.SCRATCH + 8192;
const NUMBER_FIELD = Buffer.from('\x0134=', 'latin1');
const ORDER_TYPES = new Set(['D', 'F', 'G']);
const SESSION_STATE: Readonly<Record<number, number>> = {
  [SessionEventKind.CONNECTED]: L.SESSION_LOGON_SENT,
  [SessionEventKind.LOGGED_ON]: L.SESSION_LIVE,
  [SessionEventKind.LOGGED_OUT]: L.SESSION_DISCONNECTED,
  [SessionEventKind.DISCONNECTED]: L.SESSION_DISCONNECTED,
};

export class Replay implements Recorder {
  readonly isInMemory = false;
  readonly #core: Core;
  readonly #reader: JournalReader;
  readonly #sessions: readonly ReplaySession[];
  /** The reader's record was looked at and not yet applied. */
  #isAhead = false;
  #isAtEnd = false;
  #isVerifying = false;
  #events = 0;
  #unwritten: UnwrittenMessage | undefined;
  #kills: readonly KillInForce[] = [];

  constructor(core: Core, reader: JournalReader, sessions: readonly ReplaySession[]) {
    this.#core = core;
    this.#reader = reader;
    this.#sessions = sessions;
  }

  /** The process died between an intent and its message, which has not left: its number is used all the same. */
  get unwritten(): UnwrittenMessage | undefined {
    return this.#unwritten;
  }

  /** Kills in force at the end, oldest first. */
  get kills(): readonly KillInForce[] {
    return this.#kills;
  }

  /**
   * Applies all that is left in the journal; `verify` runs the strategies, but not upon the inputs `diedOn`
   * (lastInputs) until the restart that follows. Returns the last sequence.
   */
  run(verify: boolean, diedOn: ReadonlySet<number> = new Set()): number {
    const { host } = this.#core;
    this.#isVerifying = verify;
    host.isDeciding = verify;
    for (let record = this.#next(); record !== undefined; record = this.#next()) {
      if (diedOn.has(record.sequence)) host.isDeciding = false;
      this.#apply(record);
    }
    // A record that was compared, not applied, may be the last: the next one to be written follows it.
    this.#core.memory.setI64(L.CTL_RECORD_SEQUENCE, this.#events);
    return this.#events;
  }

  // ---- Recorder: with `verify`, what the strategies do must be what the journal holds next.

  beforeDecision(): void {
    while (this.#peek()?.kind === RecordKind.COMMAND) this.#apply(this.#next()!);
    const next = this.#peek();
    if (next?.kind !== RecordKind.INTENT) return;
    // How full the socket was is known from the verdict alone.
    const then = decodeEvent(next.kind, next.payload) as IntentEvent;
    if (then.verdict === L.DENY_BACK_PRESSURE) this.#setUnsent(L.TX_BYTES);
  }

  intent(): void {
    const recorded = this.#expect(RecordKind.INTENT);
    const then = decodeEvent(recorded.kind, recorded.payload) as IntentEvent;
    if (then.verdict === L.DENY_BACK_PRESSURE) this.#setUnsent(0);
    const difference = this.#differenceFrom(then);
    if (difference !== undefined) throw this.#diverged(recorded, difference);
  }

  outbound(session: number, address: number, length: number): void {
    const recorded = this.#expect(RecordKind.OUTBOUND);
    this.#compare(recorded, this.#core.memory.bytes.subarray(address, address + length));
    this.#core.memory.setI32(L.SESSIONS + session * L.SESSION_BYTES + L.SES_TX_END, 0);
  }

  state(_strategy: number, _instrument: number, address: number, length: number): void {
    const recorded = this.#expect(RecordKind.STATE);
    const now = this.#core.memory.bytes.subarray(address, address + length);
    if (Buffer.compare(recorded.payload.subarray(8), now) !== 0) {
      throw this.#diverged(recorded, 'the strategy keeps another state now');
    }
  }

  strategyFault(): void {
    this.#apply(this.#expect(RecordKind.COMMAND));
  }

  // ---- Applying records

  #apply(record: JournalRecord): void {
    const { memory, pipeline } = this.#core;
    memory.setAbsoluteNs(L.CTL_NOW_NS, record.timeNs);
    memory.setI64(L.CTL_RECORD_SEQUENCE, record.sequence);
    switch (record.kind) {
      case RecordKind.INBOUND:
        return this.#applyInbound(record);
      case RecordKind.FEED:
        memory.bytes.set(record.payload, FEED_PLACE);
        return pipeline.onFeed(FEED_PLACE, record.payloadLength);
      case RecordKind.OUTBOUND:
        return this.#applySessionOutbound(record);
      case RecordKind.STATE:
        return this.#applyState(record);
      case RecordKind.CONFIG:
        return;
    }
    const event = decodeEvent(record.kind, record.payload);
    switch (event?.type) {
      case 'INTENT':
        return this.#applyIntent(record, event);
      case 'COMMAND':
        return this.#applyCommand(event, record.timeNs);
      case 'TIMER':
        return this.#applyTimer(event);
      case 'SESSION':
        return this.#applySession(event, record.timeNs);
      default:
        throw this.#diverged(record, `record kind ${record.kind} is not known to this version`);
    }
  }

  #applyInbound(record: JournalRecord): void {
    const { memory, module, pipeline } = this.#core;
    const session = record.source;
    const block = L.SESSIONS + session * L.SESSION_BYTES;
    memory.bytes.set(record.payload, L.RX + session * L.RX_BYTES);
    memory.setI32(block + L.SES_RX_START, 0);
    memory.setI32(block + L.SES_RX_END, record.payloadLength);
    const kind = module.fixNext(session);
    if (kind === L.DECODED_MARKET_DATA) return pipeline.onMarketData(session);
    if (kind === L.DECODED_EXECUTION) {
      pipeline.onExecution(session);
      return;
    }
    if (kind === L.DECODED_CANCEL_REJECT) {
      pipeline.onCancelReject();
      return;
    }
    if (kind === L.DECODED_HEARTBEAT) return;
    if (kind !== L.DECODED_SLOW) throw this.#diverged(record, 'the message is not whole any more');
    this.#sessions[session]!.onMessage(record.payload.slice(), record.timeNs);
  }

  /** An intent that no strategy made in this replay: recovery, or an operator's. */
  #applyIntent(record: JournalRecord, then: IntentEvent): void {
    const { memory, gate } = this.#core;
    const isOperators = (then.flags & L.INTENT_FLAG_OPERATOR) !== 0;
    if (this.#core.host.isDeciding && !isOperators) {
      throw this.#diverged(record, `${this.#nameOf(then)} did not ask for this order now`);
    }
    loadIntent(memory, then);
    const sequence = record.sequence;
    const verdict = gate.applyRecorded();
    if (verdict !== then.verdict) {
      throw this.#divergedAt(
        sequence,
        `the limits said ${then.verdict} then and say ${verdict} now`,
      );
    }
    if (verdict !== L.ALLOWED) return;
    const session = memory.i32(
      L.INSTRUMENTS + then.instrument * L.INSTRUMENT_BYTES + L.INS_SESSION,
    );
    const length = gate.encodeRecorded();
    const address = L.TX + session * L.TX_BYTES;
    if (this.#peek() !== undefined) this.outbound(session, address, length);
    else {
      memory.setI32(L.SESSIONS + session * L.SESSION_BYTES + L.SES_TX_END, 0);
      this.#unwritten = { session, address, length };
    }
  }

  /** A message of the session layer (or 35=U1): only its number matters. */
  #applySessionOutbound(record: JournalRecord): void {
    const bytes = Buffer.from(record.payload);
    const at = bytes.indexOf(NUMBER_FIELD);
    const number = Number.parseInt(bytes.toString('latin1', at + 4, at + 24), 10);
    const type = bytes.toString('latin1', bytes.indexOf('\x0135=') + 4).split('\x01')[0]!;
    const isResend = bytes.includes('\x0143=Y');
    if (ORDER_TYPES.has(type) && !isResend) {
      throw this.#diverged(record, `an order (35=${type}) without an intent`);
    }
    const block = L.SESSIONS + record.source * L.SESSION_BYTES;
    const next = block + L.SES_NEXT_OUT;
    // The twin has said it as well, and may have numbers anew since.
    const isOver = this.#core.memory.i32(block + L.SES_STATE) === L.SESSION_DISCONNECTED;
    if (type === '5' && isOver) return;
    if (type === 'A' && number === 1) this.#core.memory.setI64(next, 2);
    else if (number >= this.#core.memory.i64(next)) {
      this.#core.memory.setI64(next, number + 1);
      // Ours, not an answer: the twin must not answer the one that comes back.
      if (type === '5') this.#core.memory.setI32(block + L.SES_STATE, L.SESSION_LOGOUT_SENT);
    }
  }

  #applyState(record: JournalRecord): void {
    const { payload } = record;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const handle = this.#core.host.handle(view.getInt32(0, true), view.getInt32(4, true));
    if (handle === undefined || this.#core.host.isDeciding) {
      throw this.#diverged(record, 'declared state that no strategy has now');
    }
    this.#core.memory.bytes.set(payload.subarray(8), handle.place.stateAddress);
    handle.stateRestored();
  }

  #applyCommand(command: Command, timeNs: bigint): void {
    this.#core.commands.apply(command);
    this.#kills = killsAfter(this.#kills, command, Number(timeNs / NS_PER_MS_BIG));
    if (command.kind === 'KILL') {
      this.#core.memory.setAtomicI32(L.CTL_KILL_APPLIED, command.generation);
    }
  }

  #applyTimer(event: TimerEvent): void {
    this.#core.pipeline.onStaleFeed(event.subject);
  }

  #applySession(event: SessionEvent, nowNs: bigint): void {
    const { memory, pipeline } = this.#core;
    const session = this.#sessions[event.session]!;
    if (isRestart(event)) this.#core.host.isDeciding = this.#isVerifying;
    if (event.kind === SessionEventKind.CONNECTED) {
      pipeline.onSessionConnected();
      session.onConnected(nowNs);
    }
    if (event.kind === SessionEventKind.GAP_FILLED) pipeline.onUpdatesMissed(event.session);
    // The session here has no clock: that a peer was given up for its silence it learns from the record.
    const isOver =
      event.kind === SessionEventKind.LOGGED_OUT || event.kind === SessionEventKind.DISCONNECTED;
    if (isOver) session.onDisconnected();
    const state = SESSION_STATE[event.kind];
    const block = L.SESSIONS + event.session * L.SESSION_BYTES;
    // A Logon above the expected number has opened a gap before its record was written.
    const isRecovering = memory.i32(block + L.SES_STATE) === L.SESSION_RECOVERING;
    const isKept = isRecovering && event.kind === SessionEventKind.LOGGED_ON;
    if (state !== undefined && !isKept) memory.setI32(block + L.SES_STATE, state);
    if (event.kind !== SessionEventKind.DISCONNECTED) return;
    memory.setI64(block + L.SES_NEXT_IN, event.nextIn);
    memory.setI64(block + L.SES_NEXT_OUT, event.nextOut);
    pipeline.onSessionLost(event.session);
  }

  /** Bytes that wait in the TX of the session of INTENT. */
  #setUnsent(bytes: number): void {
    const { memory } = this.#core;
    const instrument = memory.i32(L.INTENT + L.INT_INSTRUMENT);
    const session = memory.i32(L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_SESSION);
    memory.setI32(L.SESSIONS + session * L.SESSION_BYTES + L.SES_TX_END, bytes);
  }

  // ---- Comparing

  #compare(recorded: JournalRecord, now: Uint8Array): void {
    if (Buffer.compare(recorded.payload, now) === 0) return;
    const then = Buffer.from(recorded.payload).toString('latin1').replaceAll('\x01', '|');
    const text = Buffer.from(now).toString('latin1').replaceAll('\x01', '|');
    throw this.#diverged(recorded, `sent then: ${then}; now: ${text}`);
  }

  #differenceFrom(then: IntentEvent): string | undefined {
    const { memory } = this.#core;
    const at = L.INTENT;
    const pairs: readonly (readonly [string, number, number])[] = [
      ['sequence', then.sequence, memory.i64(at + L.INT_SEQUENCE)],
      ['kind', then.kind, memory.i32(at + L.INT_KIND)],
      ['strategy', then.strategy, memory.i32(at + L.INT_STRATEGY)],
      ['instrument', then.instrument, memory.i32(at + L.INT_INSTRUMENT)],
      ['side', then.side, memory.i32(at + L.INT_SIDE)],
      ['ordType', then.ordType, memory.i32(at + L.INT_ORD_TYPE)],
      ['timeInForce', then.timeInForce, memory.i32(at + L.INT_TIME_IN_FORCE)],
      ['priceTicks', then.priceTicks, memory.i64(at + L.INT_PRICE_TICKS)],
      ['qtyLots', then.qtyLots, memory.i64(at + L.INT_QTY_LOTS)],
      ['verdict', then.verdict, memory.i32(at + L.INT_VERDICT)],
      ...then.features.map(
        (value, index) =>
          [`feature ${index}`, value, memory.f64(at + L.INT_FEATURES + index * 8)] as const,
      ),
    ];
    const wrong = pairs.find(([, was, is]) => !Object.is(was, is));
    return (
      wrong && `${this.#nameOf(then)}: ${wrong[0]} was ${wrong[1]} then and is ${wrong[2]} now`
    );
  }

  #nameOf(intent: IntentEvent): string {
    return `strategy ${this.#core.host.strategy(intent.strategy).config.name}`;
  }

  #expect(kind: number): JournalRecord {
    const record = this.#next();
    if (record?.kind === kind) return record;
    if (record === undefined)
      throw this.#divergedAt(this.#events, 'the journal ends here, the core goes on');
    throw this.#diverged(
      record,
      `record kind ${kind} follows now, kind ${record.kind} followed then`,
    );
  }

  #peek(): JournalRecord | undefined {
    if (!this.#isAhead && !this.#isAtEnd) {
      this.#isAhead = this.#reader.next();
      this.#isAtEnd = !this.#isAhead;
    }
    return this.#isAhead ? this.#reader.record : undefined;
  }

  /** The one record object of the reader: its fields change with the next call. */
  #next(): JournalRecord | undefined {
    const record = this.#peek();
    this.#isAhead = false;
    if (record !== undefined) this.#events = record.sequence;
    return record;
  }

  #diverged(record: JournalRecord, text: string): GyrfalconError {
    return this.#divergedAt(record.sequence, text);
  }

  #divergedAt(sequence: number, text: string): GyrfalconError {
    return new GyrfalconError('REPLAY_DIVERGED', `replay differs at record ${sequence}: ${text}`, {
      sequence,
    });
  }
}
