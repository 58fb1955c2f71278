/** The hot loop with its journal and no socket: takes recorded input as if it had just come in, keeps what it sends. */
import { AppInput } from '../engine/app-input.ts';
import { buildCore } from '../engine/core.ts';
import { type CoreModule, loadCore } from '../engine/core-module.ts';
import { fixVenues } from '../engine/core-setup.ts';
import type { SessionEvent } from '../engine/event/event.ts';
import { decodeEvent } from '../engine/event/event-codec.ts';
import { RecordKind } from '../engine/event/generated/record-kind.ts';
import { SessionEventKind } from '../engine/event/generated/session-event-kind.ts';
import { HotLoop } from '../engine/hot-loop.ts';
import type { Journal } from '../engine/journal/journal.ts';
import { openJournal } from '../engine/journal/open-journal.ts';
import { SHM_DIRECTORY } from '../engine/journal/ring-file.ts';
import { JournalRecorder } from '../engine/journal-recorder.ts';
import { setOptimiserFlags } from '../engine/optimiser-flags.ts';
import { NO_RECORDER } from '../engine/recorder.ts';
import { prepareCore } from '../engine/recovery.ts';
import { StageClock } from '../engine/stage-clock.ts';
import { type LoadedStrategy, loadStrategies } from '../engine/strategy/strategy-loader.ts';
import { WallClock } from '../engine/supervisor/wall-clock.ts';
import { NS_PER_MS } from '../engine/units.ts';
import { ReplaySession } from '../gateways/fix/session/replay-session.ts';
import { loadNative } from '../native/index.ts';
import * as R from '../wasm/journal-ring-layout.ts';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import { SLOW_TICKS, SLT_TICKS } from '../wasm/stage-layout.ts';
import { type DayRecord, ordersHash, type RecordedDay } from './recorded-day.ts';

const NUMBER_FIELD = Buffer.from('\x0134=', 'latin1');
const WAIT_MS = 5;

type Change = (core: CoreModule, memory: Memory) => CoreModule;
type MakeStages = (memory: Memory) => StageClock;

const ownStages: MakeStages = (memory) => new StageClock(memory);

/** The time of day is the record's; what goes by is measured as live. */
class RecordedClock extends WallClock {
  override stamp(): void {}
  override stampAt(): void {}
}

export class ReplayedLoop {
  readonly #memory: Memory;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #clock: WallClock;
  readonly #loop: HotLoop;
  readonly #session: ReplaySession;
  readonly #writer: Journal;
  readonly #sent: Buffer[] = [];
  /** Of the turn in hand, as they lie in TX. */
  #sentBytes = 0;
  /** When they were handed to the socket, performance.now(). */
  #handedMs = 0;
  #nowNs = 0n;

  static async build(
    day: RecordedDay,
    directory: string,
    change: Change,
    stages = ownStages,
  ): Promise<ReplayedLoop> {
    const strategies = await loadStrategies(day.config.strategies);
    return new ReplayedLoop(day, directory, strategies, { change, stages });
  }

  private constructor(
    { config, recorded }: RecordedDay,
    directory: string,
    strategies: readonly LoadedStrategy[],
    make: { readonly change: Change; readonly stages: MakeStages },
  ) {
    const memory = new Memory();
    this.#memory = memory;
    this.#clock = new RecordedClock(memory, loadNative().module);
    setOptimiserFlags();
    this.#words = new Int32Array(memory.bytes.buffer);
    const kernels = make.change(loadCore(memory), memory);
    const stages = make.stages(memory);
    const core = buildCore({ memory, config, strategies, kernels, stages }, NO_RECORDER);
    const { segmentBytes, syncMs } = config.journal;
    this.#writer = openJournal({
      directory,
      segmentBytes,
      syncMs,
      ring: 'auto',
      shmDirectory: SHM_DIRECTORY,
      native: loadNative(),
      memory,
      core: kernels,
      notice: fail,
      onOutOfRoom: fail,
    });
    const recorder = new JournalRecorder(core, this.#writer, strategies, {
      takeCommands: fail,
      applyOwn: fail,
    });
    core.gate.recorder = recorder;
    prepareCore(core, recorded);
    this.#loop = new HotLoop({
      core,
      recorder,
      clock: this.#clock,
      input: new AppInput(core),
      isLockStep: false,
      onOutcome() {},
      onBreach: fail,
      onActed() {},
    });
    this.#session = new ReplaySession({
      memory,
      index: 0,
      venue: fixVenues(config)[0]!,
      deliver: (session, message) => this.#loop.deliver(session, message),
    });
    this.#loop.addLink({
      flush: () => {
        this.#handedMs = performance.now();
        memory.setF64(L.SESSIONS + L.SES_SENT_NS, this.#handedMs * NS_PER_MS);
        this.#sentBytes = memory.i32(L.SESSIONS + L.SES_TX_END);
        memory.setI32(L.SESSIONS + L.SES_TX_END, 0);
        return true;
      },
      send: fail,
      onSlowMessage: (frame) => this.#session.onMessage(frame, this.#nowNs),
      onFastMessage() {},
      requestStatus: fail,
      massCancel: () => false,
      resubscribe: fail,
    });
  }

  /** One record, whatever its kind. */
  apply(record: DayRecord): void {
    this.#setNow(record);
    if (record.kind === RecordKind.INBOUND) {
      this.place(record);
      this.receive();
      this.collect();
    } else if (record.kind === RecordKind.OUTBOUND) this.#skipNumber(record);
    else if (record.kind === RecordKind.SESSION) this.#onSession(record);
    else throw new Error(`record kind ${record.kind} is not expected in a recorded day`);
  }

  /** The bytes lie in RX, as the socket leaves them. */
  place(record: DayRecord): void {
    this.#waitForJournal();
    this.#setNow(record);
    this.#memory.bytes.set(record.payload, L.RX);
    this.#memory.setI32(L.SESSIONS + L.SES_RX_START, 0);
    this.#memory.setI32(L.SESSIONS + L.SES_RX_END, record.payload.length);
    this.#memory.setF64(L.SESSIONS + L.SES_RECEIVED_NS, this.#clock.elapsedNs());
  }

  receive(): void {
    this.#loop.onReadable(0);
  }

  /** When what the last message caused was handed to the socket, from whose TX it leaves: performance.now(). */
  get handedMs(): number {
    return this.#handedMs;
  }

  /** Keeps what the last message caused, for the hash. */
  collect(): void {
    if (this.#sentBytes === 0) return;
    this.#sent.push(Buffer.from(this.#memory.bytes.slice(L.TX, L.TX + this.#sentBytes)));
    this.#sentBytes = 0;
  }

  /** That the stage clock has counted. */
  get timedTicks(): number {
    return this.#memory.f64(SLOW_TICKS + SLT_TICKS);
  }

  /** Of the orders, whatever their numbers in the session (ordersHash). */
  sentHash(): string {
    return ordersHash(this.#sent);
  }

  close(): void {
    this.#writer.close();
  }

  /** What is decided must not depend on the disk: faster than that no day comes. */
  #waitForJournal(): void {
    const waiting = (): number => this.#memory.i64(R.RING_HEAD) - this.#memory.i64(R.RING_TAIL);
    while (waiting() >= R.RING_LOCK_STEP_BYTES_MAX) {
      Atomics.wait(this.#words, R.RING_TAIL >>> 2, this.#words[R.RING_TAIL >>> 2]!, WAIT_MS);
    }
  }

  #setNow({ timeNs }: DayRecord): void {
    this.#nowNs = timeNs;
    this.#memory.setAbsoluteNs(L.CTL_NOW_NS, timeNs);
  }

  /** A message of the session layer took this number. */
  #skipNumber({ payload }: DayRecord): void {
    const bytes = Buffer.from(payload);
    const at = bytes.indexOf(NUMBER_FIELD) + NUMBER_FIELD.length;
    const number = Number.parseInt(bytes.toString('latin1', at, at + 20), 10);
    const next = L.SESSIONS + L.SES_NEXT_OUT;
    if (number >= this.#memory.i64(next)) this.#memory.setI64(next, number + 1);
  }

  #onSession(record: DayRecord): void {
    const event = decodeEvent(record.kind, record.payload) as SessionEvent;
    const state = L.SESSIONS + L.SES_STATE;
    if (event.kind === SessionEventKind.CONNECTED) {
      this.#session.onConnected(record.timeNs);
      this.#memory.setI32(state, L.SESSION_LOGON_SENT);
    }
    if (event.kind === SessionEventKind.LOGGED_ON) this.#memory.setI32(state, L.SESSION_LIVE);
  }
}

function fail(): never {
  throw new Error('the bench did what the recorded day did not');
}
