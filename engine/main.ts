/**
 * The supervisor: builds all parts from the configuration on the main thread, starts them, stops them. The
 * only file (with hot-worker.ts) that knows them all. It executes kills and outlives the hot loop.
 */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Piscina } from 'piscina';
import { decimalE8 } from '../config/decimal.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { FixVenueConfig, GyrfalconConfig } from '../config/schema.ts';
import { loadTokens } from '../gateways/control/auth.ts';
import {
  type ControlServer,
  requireFreePort,
  startControlServer,
} from '../gateways/control/server.ts';
import { requireVenueSessions } from '../gateways/fix/settings/venue-session.ts';
import { type Feed, startFeed } from '../gateways/ws/start-feed.ts';
import { positionVar, prepareVarModel } from '../risk/var/position-var.ts';
import { JOURNAL_RING, JOURNAL_RING_BYTES } from '../wasm/journal-ring-layout.ts';
import { Memory } from '../wasm/memory.ts';
import { fixVenues } from './core-setup.ts';
import { GyrfalconError } from './errors.ts';
import type { Command } from './event/event.ts';
import { requireUnlockedJournal } from './journal/journal-lock.ts';
import { requireJournalRoom } from './journal/journal-room.ts';
import { settleRing } from './journal/settle-ring.ts';
import { LatencyFigureReader } from './latency-figures.ts';
import { loadStrategies } from './strategy/strategy-loader.ts';
import type { RunSummary } from './summary.ts';
import { ChildVenue } from './supervisor/child-venue.ts';
import { EngineActions } from './supervisor/control-actions.ts';
import { HotThread, type Recovered } from './supervisor/hot-thread.ts';
import { KillSwitch } from './supervisor/kill-switch.ts';
import { positionValues, RiskMonitor } from './supervisor/risk-monitor.ts';

export interface EngineOptions {
  readonly loaded: LoadedConfig;
  /** Recovered from when it exists; undefined = a new one in the configured directory. */
  readonly journalDirectory: string | undefined;
  /** The venue sends the next message only when this one is worked off. */
  readonly isLockStep: boolean;
  /** Options for the venue that we start ourselves. */
  readonly venueArguments: readonly string[];
  /** The WebSocket venue is played from a recording by the venue that we start (--ws-file in the arguments). */
  readonly isFeedReplayed: boolean;
  /** No console and no control port. */
  readonly isHeadless: boolean;
  readonly log: (text: string) => void;
  readonly onEndOfRecording: () => void;
  /** A part that trading cannot do without is gone. */
  readonly onFault: (error: GyrfalconError) => void;
}

/**
 * A VaR of 100,000 scenarios takes 16 ms of each second: a thread more costs 20 MB, and is one more
 * that wants the hot loop's core.
 */
const POOL_THREADS = 1;

export class Engine {
  readonly #options: EngineOptions;
  readonly #config: GyrfalconConfig;
  readonly #memory = new Memory();
  readonly #children: ChildVenue[] = [];
  readonly #feeds: Feed[] = [];
  /** Where a replayed WebSocket venue is found, instead of the configured addresses. */
  #replayedFeed: { readonly url: string; readonly snapshotUrl: string } | undefined;
  #thread!: HotThread;
  #control: ControlServer | undefined;
  #pool: Piscina | undefined;
  #risk: RiskMonitor<Awaited<ReturnType<typeof positionVar>>> | undefined;
  /** Address with the operator's token, for the person who started us. */
  consoleUrl = '';
  journalDirectory = '';
  recovered: Recovered = { events: 0, ms: 0, kills: [] };

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#config = options.loaded.config;
  }

  async start(): Promise<void> {
    const config = this.#config;
    // What a user got wrong is said before anything is started.
    const { loaded } = this.#options;
    await loadStrategies(config.strategies, (path, schema) => loaded.mistakesIn(path, schema));
    requireVenueSessions(config, loaded);
    const tokens = this.#options.isHeadless ? undefined : loadTokens(config.control);
    this.journalDirectory = resolve(this.#options.journalDirectory ?? newJournal(config));
    requireJournalRoom(this.journalDirectory, config.journal.segmentBytes);
    requireUnlockedJournal(this.journalDirectory);
    if (tokens !== undefined) await requireFreePort(config.control.host, config.control.port);
    const ports = await this.#startVenues();
    this.#thread = new HotThread(
      this.#memory,
      {
        configJson: this.#options.loaded.canonicalJson,
        journalDirectory: this.journalDirectory,
        journalId: randomUUID(),
        isLockStep: this.#options.isLockStep,
        ports,
      },
      {
        onLog: this.#options.log,
        onEndOfRecording: this.#options.onEndOfRecording,
        onFault: this.#options.onFault,
      },
    );
    this.recovered = await this.#thread.start();
    this.#startFeeds();
    this.#startRisk();
    if (tokens === undefined) return;
    const latencies = new LatencyFigureReader(this.#memory);
    this.#control = await startControlServer({
      host: config.control.host,
      port: config.control.port,
      actions: this.#actions(),
      memory: this.#memory,
      context: {
        nowMs: () => Date.now(),
        valueAtRisk: () => this.#valueAtRisk(),
        latencies: () => latencies.read(),
      },
      tokens,
    });
    this.consoleUrl = `${this.#control.url}#token=${tokens.control}`;
  }

  /** Orders out of the market, sessions logged out, journal closed. */
  async stop(reason: string): Promise<RunSummary> {
    this.#risk?.stop();
    for (const feed of this.#feeds) await feed.stop();
    const summary = await this.#thread.stop(reason);
    await this.#closeRest();
    return summary;
  }

  /** After a fault: closes what still runs. */
  async abandon(): Promise<void> {
    this.#risk?.stop();
    for (const feed of this.#feeds) await feed.stop();
    if (this.#thread !== undefined) {
      await this.#thread.end();
      const { segmentBytes } = this.#config.journal;
      const { journalDirectory: directory } = this;
      settleRing({ directory, segmentBytes, notice: this.#options.log });
    }
    await this.#closeRest();
  }

  async #closeRest(): Promise<void> {
    await this.#control?.close();
    await this.#pool?.destroy();
    for (const child of this.#children) await child.stop();
  }

  /** FIX venues with port 0 are simulated by us; their ports by name. */
  async #startVenues(): Promise<Record<string, number>> {
    const ports: Record<string, number> = {};
    for (const venue of fixVenues(this.#config)) {
      if (venue.port !== 0) continue;
      const args = [...venueIdentity(venue), ...this.#options.venueArguments];
      // Beside the journal: a run that goes on from it finds the venue as it left it.
      if (!args.includes('--log'))
        args.push('--log', join(this.journalDirectory, `venue-${venue.name}`));
      const child = await ChildVenue.start(args, (text, code) =>
        this.#options.onFault(new GyrfalconError(code, `${venue.name}: ${text}`)),
      );
      this.#children.push(child);
      ports[venue.name] = child.ready.fixPort;
    }
    if (this.#options.isFeedReplayed) await this.#startReplayedFeed();
    return ports;
  }

  async #startReplayedFeed(): Promise<void> {
    const child = await ChildVenue.start(this.#options.venueArguments, (text, code) =>
      this.#options.onFault(new GyrfalconError(code, `the WebSocket venue: ${text}`)),
    );
    this.#children.push(child);
    const { wsUrl, wsSnapshotUrl } = child.ready;
    this.#replayedFeed = { url: wsUrl!, snapshotUrl: wsSnapshotUrl! };
  }

  #startFeeds(): void {
    const { venues, instruments, breakers } = this.#config;
    for (const venue of venues) {
      if (venue.protocol !== 'binance') continue;
      this.#feeds.push(
        startFeed({
          memory: this.#memory,
          venue: { ...venue, ...this.#replayedFeed },
          instruments: instruments.flatMap(
            ({ symbol, venue: its, tickSize, lotSize }, instrument) =>
              its === venue.name
                ? [
                    {
                      symbol,
                      instrument,
                      tickE8: Number(decimalE8(tickSize)),
                      lotE8: Number(decimalE8(lotSize)),
                    },
                  ]
                : [],
          ),
          staleMs: breakers.staleFeedMs,
          onError: this.#options.log,
        }),
      );
    }
  }

  #startRisk(): void {
    const { valueAtRisk, instruments } = this.#config;
    const model = prepareVarModel(this.#config, this.#options.loaded.directory);
    const symbols = instruments.map((instrument) => instrument.symbol);
    const pool = new Piscina({ maxThreads: POOL_THREADS, minThreads: 0, idleTimeout: 60_000 });
    this.#pool = pool;
    if (this.#options.isLockStep) return;
    this.#risk = new RiskMonitor(
      valueAtRisk.everyMs,
      () => positionVar(model, positionValues(this.#memory, symbols), pool, POOL_THREADS),
      this.#options.log,
    );
  }

  #valueAtRisk() {
    const latest = this.#risk?.latest;
    if (latest === undefined || Number.isNaN(latest.figure.var)) return null;
    const { figure, computedMs } = latest;
    return { ...figure, value: figure.var, computedMs };
  }

  #actions(): EngineActions {
    const names = {
      strategies: this.#config.strategies.map((strategy) => strategy.name),
      symbols: this.#config.instruments.map((instrument) => instrument.symbol),
    };
    const killSwitch = new KillSwitch({
      memory: this.#memory,
      names,
      post: (command) => this.#thread.post(command),
      restart: (command) => this.#restart(command),
      log: this.#options.log,
      kills: this.recovered.kills,
    });
    return new EngineActions(killSwitch, { command: (command) => this.#thread.command(command) });
  }

  /** The hung loop is ended; a new one recovers from the journal, halted before it connects. */
  async #restart(command: Command): Promise<void> {
    for (const feed of this.#feeds.splice(0)) await feed.stop();
    await this.#thread.end();
    // But for the ring: what the ended loop has left there is in no segment yet.
    this.#memory.bytes.fill(0, 0, JOURNAL_RING);
    this.#memory.bytes.fill(0, JOURNAL_RING + JOURNAL_RING_BYTES);
    await this.#thread.start([command]);
    this.#startFeeds();
  }
}

/** A directory that sorts by time and that no other run shares. */
function newJournal(config: GyrfalconConfig): string {
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, '').replace('.', '-');
  return join(config.journal.directory, `${stamp}-${process.pid}`);
}

function venueIdentity(venue: FixVenueConfig): readonly string[] {
  const identity = ['--sender', venue.targetCompId, '--target', venue.senderCompId];
  return [...identity, '--fix', venue.version, '--port', '0'];
}
