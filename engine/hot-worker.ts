/**
 * The hot loop's thread: builds the core and its gateways, recovers from the journal, trades, and stops.
 * One of the files that put everything together (with main.ts); nothing else lives on this thread.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { configSchema, type GyrfalconConfig } from '../config/schema.ts';
import { HotLink } from '../gateways/fix/hot-link.ts';
import { JournalStore } from '../gateways/fix/session/journal-store.ts';
import { ReplaySession } from '../gateways/fix/session/replay-session.ts';
import { openHotSockets } from '../gateways/sockets/hot-sockets.ts';
import { loadNative } from '../native/index.ts';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import { AppInput } from './app-input.ts';
import { CancelRetry } from './cancel-retry.ts';
import { buildCore, type Core } from './core.ts';
import { clOrdIdPrefix, fixVenues } from './core-setup.ts';
import { GyrfalconError } from './errors.ts';
import type { Command } from './event/event.ts';
import { SessionEventKind } from './event/generated/session-event-kind.ts';
import { FeedInput } from './feed-input.ts';
import { HotLoop } from './hot-loop.ts';
import type { FromHotWorker, HotWorkerInput, ToHotWorker } from './hot-messages.ts';
import type { Journal } from './journal/journal.ts';
import { JournalWriter } from './journal/journal-writer.ts';
import { openJournal } from './journal/open-journal.ts';
import { SHM_DIRECTORY } from './journal/ring-file.ts';
import { RESTART_REASON } from './journal-crashes.ts';
import { JournalRecorder } from './journal-recorder.ts';
import { LatencyFigureReader } from './latency-figures.ts';
import { setOptimiserFlags } from './optimiser-flags.ts';
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
const HEARTBEAT_MS = 20;
/** A venue that is slow to answer the last cancels; one that is gone is not waited for. */
const STOP_WAIT_MS = 10_000;

const port = parentPort!;
const input = workerData as HotWorkerInput;
const tell = (message: FromHotWorker): void => port.postMessage(message);
const log = (text: string): void => tell({ type: 'log', text });

setOptimiserFlags();

class HotEngine {
  readonly #config: GyrfalconConfig = configSchema.parse(JSON.parse(input.configJson));
  readonly #memory = new Memory(input.memory);
  readonly #clock = new WallClock(this.#memory, loadNative().module);
  readonly #links: HotLink[] = [];
  #core!: Core;
  #writer!: Journal;
  #recorder!: JournalRecorder;
  #loop!: HotLoop;
  #retry!: CancelRetry;
  #watch!: VenueWatch;
  #isStopping = false;

  async start(): Promise<void> {
    this.#memory.setI32(L.CTL_LOOP_STATE, L.LOOP_STARTING);
    const strategies = await loadStrategies(this.#config.strategies);
    const coreInput = { memory: this.#memory, config: this.#config, strategies };
    this.#core = buildCore(coreInput, NO_RECORDER);
    const { segmentBytes, ring, syncMs } = this.#config.journal;
    this.#writer = openJournal({
      directory: input.journalDirectory,
      segmentBytes,
      ring,
      syncMs,
      shmDirectory: SHM_DIRECTORY,
      native: loadNative(),
      memory: this.#memory,
      core: this.#core.module,
      notice: log,
      onOutOfRoom: (fault) => setImmediate(() => void this.#stop(fault.message, fault)),
      onSegment: () => this.#core.stages.note(S.CAUSE_SEGMENT),
    });
    this.#core.stages.slowTicks.watch(S.CAUSE_SEGMENT);
    const beganNs = this.#clock.elapsedNs();
    const app = new AppInput(this.#core);
    const stores = this.#stores();
    const sessions = this.#replaySessions(app, stores);
    const { journalDirectory: directory, configJson } = input;
    const recovered = recover(this.#core, { directory, configJson, sessions });
    const recoveredEvents = recovered.events;
    this.#recorder = new JournalRecorder(this.#core, this.#writer, strategies, {
      takeCommands: () => this.#takeCommands(),
      applyOwn: (command) => {
        if (command.kind === 'PAUSE_STRATEGY')
          log(`strategy ${command.strategy} paused: ${command.reason}`);
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
    this.#connect(sessions, stores);
    const recoveryMs = (this.#clock.elapsedNs() - beganNs) / 1e6;
    this.#memory.setI32(L.CTL_LOOP_STATE, L.LOOP_RUNNING);
    tell({ type: 'ready', recoveredEvents, recoveryMs, kills: recovered.kills });
  }

  onMessage(message: ToHotWorker): void {
    if (message.type === 'stop') void this.#stop(message.reason);
    else {
      this.#command(message.id, message.command);
      this.#loop.endTurn();
    }
  }

  #beginJournal(): void {
    const prefix = clOrdIdPrefix(input.journalId);
    this.#memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, prefix);
    this.#clock.stamp();
    this.#recorder.event(
      {
        type: 'CONFIG',
        engineVersion: ENGINE_VERSION,
        configJson: input.configJson,
        clOrdIdPrefix: prefix,
        lockStep: input.isLockStep,
        journalId: input.journalId,
      },
      0,
    );
  }

  #stores(): readonly JournalStore[] {
    const sequence = (): number => this.#memory.i64(L.CTL_RECORD_SEQUENCE);
    const handed = (): number => this.#writer.handedSequence;
    return fixVenues(this.#config).map(
      (_, index) => new JournalStore(input.journalDirectory, index, { sequence, handed }),
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
      isLockStep: input.isLockStep,
      onOutcome: (outcome, message) => {
        if (outcome === 'END_OF_RECORDING') tell({ type: 'end-of-recording' });
        else if (outcome !== 'IGNORED') {
          log(
            `the venue's 35=${message.msgType} was ${outcome.toLowerCase()}: ${message.get(58) ?? 'no reason given'}`,
          );
        }
      },
      onBreach: (outcome) => {
        log(
          `order ${outcome.orderNumber}: ${outcome.breach}, ${outcome.breachLots} lots: compare with the venue`,
        );
      },
      onActed: (command, denied) => {
        if (denied.length > 0)
          log(`${command.kind}: ${denied.length} requests were refused by our limits`);
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
    setInterval(() => {
      this.#core.stages.timerRan(HEARTBEAT_MS * NS_PER_MS);
      this.#retry.run(this.#clock.elapsedNs());
      this.#loop.resume();
      feeds.drain();
      this.#loop.endTurn();
    }, HEARTBEAT_MS);
    if (feeds.isUsed(this.#config)) feeds.listen();
    if (!input.isLockStep) setInterval(() => this.#watch.checkFeeds(), STALE_CHECK_MS);
    setInterval(() => this.#watch.askForUnknown(), UNKNOWN_CHECK_MS);
    this.#syncJournal();
  }

  /** The ring's thread syncs by itself; what this loop writes is synced from here. */
  #syncJournal(): void {
    if (!(this.#writer instanceof JournalWriter)) return;
    const sync = (): void => void this.#writer.sync().catch(() => {}); // the next flush says what is wrong
    setInterval(sync, this.#config.journal.syncMs);
  }

  #connect(sessions: readonly ReplaySession[], stores: readonly JournalStore[]): void {
    const { sockets, text } = openHotSockets(this.#config.hotLoop, this.#memory, log);
    log(text);
    for (const command of input.firstCommands) {
      this.#clock.stamp();
      this.#loop.command(command);
    }
    for (const [index, configured] of fixVenues(this.#config).entries()) {
      const venue = { ...configured, port: input.ports[configured.name] ?? configured.port };
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
          log,
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
      const received = receiveMessageOnPort(port) as { message: ToHotWorker } | undefined;
      if (received === undefined) return;
      const { message } = received;
      if (message.type === 'command') this.#command(message.id, message.command);
      else setImmediate(() => this.onMessage(message));
    }
  }

  #command(id: number, command: Command): void {
    const wrong = this.#core.commands.check(command);
    if (wrong !== undefined) {
      tell({ type: 'refused', id, text: wrong });
      return;
    }
    this.#clock.stamp();
    this.#loop.command(command);
    this.#retry.watch(command, this.#clock.elapsedNs());
    tell({ type: 'accepted', id, sequence: this.#memory.i64(L.CTL_RECORD_SEQUENCE) });
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
    this.#memory.setI32(L.CTL_LOOP_STATE, L.LOOP_STOPPED);
    if (fault !== undefined) tell({ type: 'fault', code: fault.code, text: fault.message });
    else tell({ type: 'stopped', summary: this.#summary() });
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
      journalDirectory: input.journalDirectory,
      messages: this.#loop.dataMessages,
      seconds: (this.#loop.lastDataNs - this.#loop.firstDataNs) / 1e9,
    });
  }
}

function fault(error: unknown): void {
  const isOurs = error instanceof GyrfalconError;
  const code = isOurs ? error.code : 'ENGINE_STOPPED';
  const text = isOurs
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  tell({ type: 'fault', code, text });
}

process.on('uncaughtException', fault);
process.on('unhandledRejection', fault);
const engine = new HotEngine();
engine
  .start()
  .then(() => port.on('message', (message: ToHotWorker) => engine.onMessage(message)))
  .catch(fault);
