/**
 * The supervisor: builds all parts from the configuration, starts them, stops them. The only file (with
 * hot-engine.ts) that knows them all. It executes kills and outlives the hot loop.
 */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Piscina } from 'piscina';
import { decimalE8 } from '../config/decimal.ts';
import type { FixVenueConfig, GyrfalconConfig } from '../config/schema.ts';
import { loadTokens } from '../gateways/control/auth.ts';
import {
  type ControlServer,
  requireFreePort,
  startControlServer,
} from '../gateways/control/server.ts';
import { type Feed, startFeed } from '../gateways/ws/start-feed.ts';
import { positionVar, prepareVarModel } from '../risk/var/position-var.ts';
import { JOURNAL_RING, JOURNAL_RING_BYTES } from '../wasm/journal-ring-layout.ts';
import { Memory } from '../wasm/memory.ts';
import { fixVenues } from './core-setup.ts';
import { GyrfalconError } from './errors.ts';
import { journalWriteFault } from './journal/journal-fault.ts';
import { requireUnlockedJournal } from './journal/journal-lock.ts';
import { requireJournalRoom } from './journal/journal-room.ts';
import { settleRing } from './journal/settle-ring.ts';
import { LatencyFigureReader } from './latency-figures.ts';
import type { KillInForce } from './limits/kills-in-force.ts';
import { keepPendingKills } from './limits/pending-kills.ts';
import type { RunSummary } from './summary.ts';
import { ChildVenue } from './supervisor/child-venue.ts';
import { EngineActions } from './supervisor/control-actions.ts';
import { HotThread, type Recovered } from './supervisor/hot-thread.ts';
import { KillSwitch } from './supervisor/kill-switch.ts';
import type { LoopPlace } from './supervisor/loop-place.ts';
import { positionValues, RiskMonitor } from './supervisor/risk-monitor.ts';
import type { RunPlan } from './supervisor/run-plan.ts';

export interface EngineEvents {
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
  readonly #plan: RunPlan;
  readonly #place: LoopPlace;
  readonly #events: EngineEvents;
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

  /** `place`: where the hot loop runs. What the plan's files say has been checked. */
  constructor(plan: RunPlan, place: LoopPlace, events: EngineEvents) {
    this.#plan = plan;
    this.#place = place;
    this.#events = events;
    this.#config = plan.config;
  }

  async start(): Promise<void> {
    const config = this.#config;
    const tokens = this.#plan.isHeadless ? undefined : loadTokens(config.control);
    this.journalDirectory = resolve(this.#plan.journalDirectory ?? newJournal(config));
    requireJournalRoom(this.journalDirectory, config.journal.segmentBytes);
    requireUnlockedJournal(this.journalDirectory);
    if (tokens !== undefined) await requireFreePort(config.control.host, config.control.port);
    const ports = await this.#startVenues();
    this.#thread = new HotThread(
      this.#place,
      this.#memory,
      {
        configJson: this.#plan.configJson,
        journalDirectory: this.journalDirectory,
        journalId: randomUUID(),
        isLockStep: this.#plan.isLockStep,
        ports,
      },
      {
        onLog: this.#events.log,
        onEndOfRecording: this.#events.onEndOfRecording,
        onFault: this.#events.onFault,
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
      settleRing({ directory, segmentBytes, notice: this.#events.log });
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
      const args = [...venueIdentity(venue), ...this.#plan.venueArguments];
      // Beside the journal: a run that goes on from it finds the venue as it left it.
      if (!args.includes('--log'))
        args.push('--log', join(this.journalDirectory, `venue-${venue.name}`));
      const child = await ChildVenue.start(args, (text, code) =>
        this.#events.onFault(new GyrfalconError(code, `${venue.name}: ${text}`)),
      );
      this.#children.push(child);
      ports[venue.name] = child.ready.fixPort;
    }
    if (this.#plan.isFeedReplayed) await this.#startReplayedFeed();
    return ports;
  }

  async #startReplayedFeed(): Promise<void> {
    const child = await ChildVenue.start(this.#plan.venueArguments, (text, code) =>
      this.#events.onFault(new GyrfalconError(code, `the WebSocket venue: ${text}`)),
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
          onError: this.#events.log,
        }),
      );
    }
  }

  #startRisk(): void {
    const { valueAtRisk, instruments } = this.#config;
    const model = prepareVarModel(this.#config, this.#plan.configDirectory);
    const symbols = instruments.map((instrument) => instrument.symbol);
    const pool = new Piscina({ maxThreads: POOL_THREADS, minThreads: 0, idleTimeout: 60_000 });
    this.#pool = pool;
    if (this.#plan.isLockStep) return;
    this.#risk = new RiskMonitor(
      valueAtRisk.everyMs,
      () => positionVar(model, positionValues(this.#memory, symbols), pool, POOL_THREADS),
      this.#events.log,
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
      restart: (kills) => this.#restart(kills),
      log: this.#events.log,
      kills: this.recovered.kills,
    });
    return new EngineActions(killSwitch, { command: (command) => this.#thread.command(command) });
  }

  /** The hung loop is ended; a new one recovers from the journal, halted before it connects. */
  async #restart(kills: readonly KillInForce[]): Promise<void> {
    const notKept = this.#keep(kills);
    await this.#thread.fence(notKept === undefined);
    if (notKept !== undefined) {
      this.#events.onFault(notKept);
      throw notKept;
    }
    for (const feed of this.#feeds.splice(0)) await feed.stop();
    // But for the ring: what the ended loop has left there is in no segment yet.
    this.#memory.bytes.fill(0, 0, JOURNAL_RING);
    this.#memory.bytes.fill(0, JOURNAL_RING + JOURNAL_RING_BYTES);
    await this.#thread.start();
    this.#startFeeds();
  }

  /** For the loop that comes next; why it cannot be, else. */
  #keep(kills: readonly KillInForce[]): GyrfalconError | undefined {
    try {
      keepPendingKills(this.journalDirectory, kills);
      return undefined;
    } catch (cause) {
      return journalWriteFault(this.journalDirectory, cause as NodeJS.ErrnoException);
    }
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
