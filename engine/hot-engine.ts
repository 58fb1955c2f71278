/**
 * The hot loop with all that it drives: builds the core and its gateways, recovers from the journal, trades,
 * and stops. One of the files that put everything together (with main.ts). It does not know on which thread
 * it runs; nothing else lives there.
 */
import { stat } from 'node:fs/promises';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { configSchema, type GyrfalconConfig } from '../config/schema.ts';
import { HotLink } from '../gateways/fix/hot-link.ts';
import { JournalStore } from '../gateways/fix/session/journal-store.ts';
import { ReplaySession } from '../gateways/fix/session/replay-session.ts';
import { openHotSockets } from '../gateways/sockets/hot-sockets.ts';
import type { NativeSockets } from '../gateways/sockets/native-sockets.ts';
import { loadNative } from '../native/index.ts';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import { AppInput } from './app-input.ts';
import { CancelRetry } from './cancel-retry.ts';
import { buildCore, type Core } from './core.ts';
import { clOrdIdPrefix, fixVenues } from './core-setup.ts';
import type { GyrfalconError } from './errors.ts';
import type { Command } from './event/event.ts';
import { SessionEventKind } from './event/generated/session-event-kind.ts';
import { FeedInput } from './feed-input.ts';
import { HotLoop } from './hot-loop.ts';
import type { FromHotLoop, HotLoopInput, ToHotLoop } from './hot-messages.ts';
import type { Journal } from './journal/journal.ts';
import { JournalWriter } from './journal/journal-writer.ts';
import { openJournal } from './journal/open-journal.ts';
import { SHM_DIRECTORY } from './journal/ring-file.ts';
import { RESTART_REASON } from './journal-crashes.ts';
import { JournalRecorder } from './journal-recorder.ts';
import { LatencyFigureReader } from './latency-figures.ts';
import type { KillInForce } from './limits/kills-in-force.ts';
import { dropPendingKills, readPendingKills } from './limits/pending-kills.ts';
import type { AppMessage } from './ports.ts';
import { NO_RECORDER } from './recorder.ts';
import { recover } from './recovery.ts';
import { stateHashOf, strategyStateHashOf } from './state-hash.ts';
import { loadStrategies } from './strategy/strategy-loader.ts';
import { type RunSummary, summarise } from './summary.ts';
import { watchGarbageCollections } from './supervisor/gc-watch.ts';
import { WallClock } from './supervisor/wall-clock.ts';
import { NS_PER_MS } from './units.ts';
import { VenueWatch } from './venue-watch.ts';
import { ENGINE_VERSION } from './version.ts';

const STALE_CHECK_MS = 250;
const UNKNOWN_CHECK_MS = 1000;
/**
 * Of a loop that has nothing to do; the kill switch takes one that stands still for five of them for hung. Each
 * is a turn of Node's event loop in which no tick is taken: no more than it needs.
 */
const HEARTBEAT_MS = 50;
/** A venue that is slow to answer the last cancels; one that is gone is not waited for. */
const STOP_WAIT_MS = 10_000;

export class HotEngine {
  readonly #input: HotLoopInput;
  readonly #port: MessagePort;
  readonly #onEnd: () => void;
  readonly #config: GyrfalconConfig;
  readonly #memory: Memory;
  readonly #clock: WallClock;
  readonly #tell = (message: FromHotLoop): void => this.#port.postMessage(message);
  readonly #log = (text: string): void => this.#tell({ type: 'log', text });
  readonly #links: HotLink[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #core!: Core;
  #writer!: Journal;
  #recorder!: JournalRecorder;
  #loop!: HotLoop;
  #retry!: CancelRetry;
  #watch!: VenueWatch;
  #sockets: NativeSockets | undefined;
  #isStopping = false;

  /** `port` leads to the supervisor, which says `onEnd` where the loop is to end without a proper stop. */
  constructor(input: HotLoopInput, port: MessagePort, onEnd: () => void) {
    this.#input = input;
    this.#port = port;
    this.#onEnd = onEnd;
    this.#config = configSchema.parse(JSON.parse(input.configJson));
    this.#memory = new Memory(input.memory);
    this.#clock = new WallClock(this.#memory, loadNative().module);
  }

  async start(): Promise<void> {
    this.#memory.setI32(L.CTL_LOOP_STATE, L.LOOP_STARTING);
    // Makes libuv's threads, which stay where this one runs now: before it has a core of its own.
    await stat('.');
    const strategies = await loadStrategies(this.#config.strategies);
    const coreInput = { memory: this.#memory, config: this.#config, strategies };
    this.#core = buildCore(coreInput, NO_RECORDER);
    const { segmentBytes, ring, syncMs } = this.#config.journal;
    this.#writer = openJournal({
      directory: this.#input.journalDirectory,
      segmentBytes,
      ring,
      syncMs,
      shmDirectory: SHM_DIRECTORY,
      native: loadNative(),
      memory: this.#memory,
      core: this.#core.module,
      notice: this.#log,
      onOutOfRoom: (fault) => setImmediate(() => void this.#stop(fault.message, fault)),
      onSegment: () => this.#core.stages.note(S.CAUSE_SEGMENT),
    });
    this.#core.stages.slowTicks.watch(S.CAUSE_SEGMENT);
    const beganNs = this.#clock.elapsedNs();
    const app = new AppInput(this.#core);
    const stores = this.#stores();
    const sessions = this.#replaySessions(app, stores);
    const { journalDirectory: directory, configJson } = this.#input;
    const recovered = recover(this.#core, { directory, configJson, sessions });
    const recoveredEvents = recovered.events;
    this.#recorder = new JournalRecorder(this.#core, this.#writer, strategies, {
      takeCommands: () => this.#takeCommands(),
      applyOwn: (command) => {
        if (command.kind === 'PAUSE_STRATEGY')
          this.#log(`strategy ${command.strategy} paused: ${command.reason}`);
        this.#loop.command(command);
      },
    });
    this.#core.gate.recorder = this.#recorder;
    if (recoveredEvents === 0) this.#beginJournal();
    if (recovered.unwritten !== undefined) {
      const { session, address, length } = recovered.unwritten;
      this.#recorder.outbound(session, address, length);
    }
    this.#buildLoop(app);
    if (recoveredEvents > 0) this.#loseSessions();
    const pending = readPendingKills(directory);
    this.#connect(sessions, stores, pending);
    if (pending.length > 0) {
      await this.#writer.sync();
      dropPendingKills(directory);
    }
    const recoveryMs = (this.#clock.elapsedNs() - beganNs) / 1e6;
    this.#memory.setI32(L.CTL_LOOP_STATE, L.LOOP_RUNNING);
    const kills = [...recovered.kills, ...pending];
    this.#tell({ type: 'ready', recoveredEvents, recoveryMs, kills });
  }

  onMessage(message: ToHotLoop): void {
    if (message.type === 'stop') void this.#stop(message.reason);
    else if (message.type === 'end') this.#onEnd();
    else {
      this.#command(message.id, message.command);
      this.#loop.endTurn();
    }
  }

  /** At once, whatever has happened: sockets close, the journal is handed over. The thread does nothing more then. */
  halt(): void {
    this.#sockets?.dispose();
    this.#writer?.close();
  }

  #beginJournal(): void {
    const prefix = clOrdIdPrefix(this.#input.journalId);
    this.#memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, prefix);
    this.#clock.stamp();
    this.#recorder.event(
      {
        type: 'CONFIG',
        engineVersion: ENGINE_VERSION,
        configJson: this.#input.configJson,
        clOrdIdPrefix: prefix,
        lockStep: this.#input.isLockStep,
        journalId: this.#input.journalId,
      },
      0,
    );
  }

  #stores(): readonly JournalStore[] {
    const sequence = (): number => this.#memory.i64(L.CTL_RECORD_SEQUENCE);
    const handed = (): number => this.#writer.handedSequence;
    return fixVenues(this.#config).map(
      (_, index) => new JournalStore(this.#input.journalDirectory, index, { sequence, handed }),
    );
  }

  #replaySessions(app: AppInput, stores: readonly JournalStore[]): readonly ReplaySession[] {
    const deliver = (session: number, message: AppMessage): void => {
      app.deliver(session, message);
    };
    return fixVenues(this.#config).map(
      (venue, index) =>
        new ReplaySession({
          memory: this.#memory,
          index,
          venue,
          deliver,
          store: stores[index]!,
        }),
    );
  }

  /** The connections of the run before are gone: said once, in the journal, before anything else happens. */
  #loseSessions(): void {
    for (const [session] of fixVenues(this.#config).entries()) {
      const block = L.SESSIONS + session * L.SESSION_BYTES;
      this.#memory.setI32(block + L.SES_STATE, L.SESSION_DISCONNECTED);
      this.#loop.onSession({
        type: 'SESSION',
        kind: SessionEventKind.DISCONNECTED,
        session,
        nextIn: this.#memory.i64(block + L.SES_NEXT_IN),
        nextOut: this.#memory.i64(block + L.SES_NEXT_OUT),
        reason: RESTART_REASON,
      });
    }
  }

  #buildLoop(app: AppInput): void {
    this.#loop = new HotLoop({
      core: this.#core,
      recorder: this.#recorder,
      clock: this.#clock,
      input: app,
      isLockStep: this.#input.isLockStep,
      onOutcome: (outcome, message) => {
        if (outcome === 'END_OF_RECORDING') this.#tell({ type: 'end-of-recording' });
        else if (outcome !== 'IGNORED') {
          this.#log(
            `the venue's 35=${message.msgType} was ${outcome.toLowerCase()}: ${message.get(58) ?? 'no reason given'}`,
          );
        }
      },
      onBreach: (outcome) => {
        this.#log(
          `order ${outcome.orderNumber}: ${outcome.breach}, ${outcome.breachLots} lots: compare with the venue`,
        );
      },
      onActed: (command, denied) => {
        if (denied.length > 0)
          this.#log(`${command.kind}: ${denied.length} requests were refused by our limits`);
      },
    });
    this.#retry = new CancelRetry(this.#core.commands);
    this.#watch = new VenueWatch({
      memory: this.#memory,
      config: this.#config,
      clock: this.#clock,
      loop: this.#loop,
      links: this.#links,
    });
    const feeds = new FeedInput(this.#memory, this.#loop);
    watchGarbageCollections(this.#clock, this.#core.stages.slowTicks);
    this.#every(HEARTBEAT_MS, () => {
      this.#core.stages.timerRan(HEARTBEAT_MS * NS_PER_MS);
      this.#retry.run(this.#clock.elapsedNs());
      this.#loop.resume();
      feeds.drain();
      this.#loop.endTurn();
    });
    if (feeds.isUsed(this.#config)) feeds.listen();
    if (!this.#input.isLockStep) this.#every(STALE_CHECK_MS, () => this.#watch.checkFeeds());
    this.#every(UNKNOWN_CHECK_MS, () => this.#watch.askForUnknown());
    this.#syncJournal();
  }

  /** The ring's thread syncs by itself; what this loop writes is synced from here. */
  #syncJournal(): void {
    if (!(this.#writer instanceof JournalWriter)) return;
    const sync = (): void => void this.#writer.sync().catch(() => {}); // the next flush says what is wrong
    this.#every(this.#config.journal.syncMs, sync);
  }

  /** As long as the engine runs. */
  #every(ms: number, run: () => void): void {
    this.#timers.push(setInterval(run, ms));
  }

  #connect(
    sessions: readonly ReplaySession[],
    stores: readonly JournalStore[],
    kills: readonly KillInForce[],
  ): void {
    const { sockets, text } = openHotSockets(this.#config.hotLoop, this.#memory, this.#log);
    this.#sockets = sockets;
    this.#log(text);
    for (const { command } of kills) {
      this.#clock.stamp();
      this.#loop.command(command);
    }
    for (const [index, configured] of fixVenues(this.#config).entries()) {
      const venue = { ...configured, port: this.#input.ports[configured.name] ?? configured.port };
      const symbols = this.#config.instruments
        .filter((instrument) => instrument.venue === venue.name)
        .map((instrument) => instrument.symbol);
      const link = new HotLink(
        {
          memory: this.#memory,
          index,
          venue,
          symbols,
          sockets,
          log: this.#log,
          loop: this.#loop,
          clock: this.#clock,
          store: stores[index]!,
          openOrders: () => this.#watch.openOrders(index),
        },
        sessions[index]!.numbers,
      );
      this.#links.push(link);
      this.#loop.addLink(link);
    }
    for (const link of this.#links) link.start();
  }

  /** Commands that wait in the port, when the kill word says that one must not wait for its turn. */
  #takeCommands(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: ToHotLoop } | undefined;
      if (received === undefined) return;
      const { message } = received;
      if (message.type === 'command') this.#command(message.id, message.command);
      else setImmediate(() => this.onMessage(message));
    }
  }

  #command(id: number, command: Command): void {
    const wrong = this.#core.commands.check(command);
    if (wrong !== undefined) {
      this.#tell({ type: 'refused', id, text: wrong });
      return;
    }
    this.#clock.stamp();
    this.#loop.command(command);
    this.#retry.watch(command, this.#clock.elapsedNs());
    this.#tell({ type: 'accepted', id, sequence: this.#memory.i64(L.CTL_RECORD_SEQUENCE) });
  }

  /** Cancels what is open, waits for the answers, logs out, closes the journal, says what it came to. */
  async #stop(reason: string, fault?: GyrfalconError): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#memory.setI32(L.CTL_LOOP_STATE, L.LOOP_STOPPING);
    const stop: Command = { type: 'COMMAND', kind: 'STOP', reason, operator: 'engine' };
    this.#clock.stamp();
    this.#loop.command(stop);
    for (const link of this.#links) link.stopReconnecting();
    this.#loop.endTurn();
    await this.#waitForAnswers();
    for (const link of this.#links) await link.stop(reason);
    this.#recorder.flush();
    await this.#writer.sync();
    this.#writer.close();
    for (const timer of this.#timers) clearInterval(timer);
    this.#memory.setI32(L.CTL_LOOP_STATE, L.LOOP_STOPPED);
    if (fault !== undefined) this.#tell({ type: 'fault', code: fault.code, text: fault.message });
    else this.#tell({ type: 'stopped', summary: this.#summary() });
  }

  async #waitForAnswers(): Promise<void> {
    const until = this.#clock.elapsedNs() + STOP_WAIT_MS * 1e6;
    const isWaiting = (): boolean =>
      this.#memory.i32(L.CTL_OPEN_ORDERS) > 0 &&
      this.#clock.elapsedNs() < until &&
      this.#links.some((link) => link.isLoggedOn);
    while (isWaiting()) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      // What could not be cancelled at once, because a request for it was on its way, is asked for now.
      this.#clock.stamp();
      this.#core.commands.cancelAll('FIRM', '');
      this.#loop.endTurn();
    }
  }

  #summary(): RunSummary {
    return summarise({
      memory: this.#memory,
      baseCurrency: this.#config.baseCurrency,
      strategies: this.#config.strategies,
      accounts: this.#config.accounts,
      currencies: Object.keys(this.#config.currencies),
      positions: this.#core.positions,
      latencies: new LatencyFigureReader(this.#memory).read(),
      stateHash: stateHashOf(this.#memory, this.#core.module),
      strategyStateHash: strategyStateHashOf(this.#memory, this.#core.module),
      journalDirectory: this.#input.journalDirectory,
      messages: this.#loop.dataMessages,
      seconds: (this.#loop.lastDataNs - this.#loop.firstDataNs) / 1e9,
    });
  }
}
