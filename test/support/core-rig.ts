/**
 * For tests: a whole core on a journal of its own, fed with a venue's messages, no socket. What was lived
 * through can be recovered from the journal into a second core, which must arrive at the same state.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import type { GyrfalconConfig } from '../../config/schema.ts';
import { AppInput } from '../../engine/app-input.ts';
import { replayJournal } from '../../engine/cli/replay.ts';
import { buildCore, type Core } from '../../engine/core.ts';
import { fixVenues } from '../../engine/core-setup.ts';
import { SessionEventKind } from '../../engine/event/generated/session-event-kind.ts';
import { HotLoop } from '../../engine/hot-loop.ts';
import { segmentName, segmentNumbers } from '../../engine/journal/journal-format.ts';
import { JournalWriter } from '../../engine/journal/journal-writer.ts';
import { JournalRecorder } from '../../engine/journal-recorder.ts';
import type { VenueLink } from '../../engine/ports.ts';
import { stateHashOf } from '../../engine/state-hash.ts';
import type { Market, Strategy } from '../../engine/strategy/strategy.ts';
import type { LoadedStrategy } from '../../engine/strategy/strategy-loader.ts';
import { Session } from '../../gateways/fix/session/session.ts';
import { SharedCounters } from '../../gateways/fix/session/session-counters.ts';
import { replayedVenueSession } from '../../gateways/fix/settings/venue-session.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { fixMessage } from './fix-message.ts';
import { MemoryJournal } from './memory-journal.ts';

export type OnBook = (market: Market<unknown, string>) => void;
/** What decides: a function without state, or a whole strategy with its parameters. */
export type Decider = OnBook | Pick<LoadedStrategy, 'code' | 'parameters'>;

/** Stands for every hash of code, config and model. */
export const RIG_HASH = '0123456789abcdef';
const PREFIX = '0ABCXYZ';
const START_NS = Date.UTC(2012, 5, 21, 14, 0) * 1e6;

export class CoreRig {
  readonly directory = mkdtempSync(join(tmpdir(), 'gyrfalcon-core-'));
  readonly memory = new Memory();
  readonly core: Core;
  readonly loop: HotLoop;
  /** What left, in order; | for SOH. */
  readonly sent: string[] = [];
  /** What the link would be asked for. */
  resubscriptions = 0;
  /** Whether the socket takes what is sent. */
  isReading = true;
  readonly #config: GyrfalconConfig;
  readonly #strategies: readonly LoadedStrategy[];
  readonly #writer: JournalWriter | MemoryJournal;
  readonly #session: Session;
  #venueNumber = 1;
  #hasNumbers = false;
  #clockNs = START_NS;

  constructor(
    decider: Decider,
    change: (config: GyrfalconConfig) => void = () => {},
    isLockStep = false,
    isInMemory = false,
  ) {
    this.#config = structuredClone(loadConfig('config/default.yaml').config);
    this.#config.strategies.splice(1);
    this.#config.limits.splice(1);
    this.#config.strategies[0]!.instruments = ['AAPL', 'MSFT'];
    change(this.#config);
    this.#strategies = [loaded(this.#config, decider)];
    const { memory } = this;
    const parts = { memory, config: this.#config, strategies: this.#strategies };
    const core = buildCore(parts, undefined as never);
    this.core = core;
    memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, PREFIX);
    this.#writer = isInMemory ? new MemoryJournal(memory, core.module) : this.#openWriter();
    const recorder = new JournalRecorder(core, this.#writer, this.#strategies, {
      takeCommands: () => {},
      applyOwn: (command) => this.loop.command(command),
    });
    core.gate.recorder = recorder;
    this.#stamp();
    recorder.event(
      {
        type: 'CONFIG',
        engineVersion: 'test',
        configJson: JSON.stringify(this.#config),
        clOrdIdPrefix: PREFIX,
        lockStep: isLockStep,
        journalId: 'test',
      },
      0,
    );
    this.loop = new HotLoop({
      core,
      recorder,
      isLockStep,
      clock: {
        stamp: () => this.#stamp(),
        stampAt: () => this.#stamp(),
        elapsedNs: () => this.#clockNs,
      },
      input: new AppInput(core),
      onOutcome: () => {},
      onBreach: () => {},
      onActed: () => {},
    });
    this.#session = this.#openSession();
    this.loop.addLink(this.#link());
  }

  /** A connection and its logon; the first starts both directions at 1. */
  connect(): void {
    const reset = this.#hasNumbers ? '' : '141=Y|';
    this.tell('CONNECTED');
    this.#session.start(this.#now());
    this.loop.endTurn();
    this.hear('A', `98=0|108=30|${reset}`);
  }

  /** The connection is gone. */
  disconnect(): void {
    this.#session.onDisconnect();
    this.tell('DISCONNECTED');
  }

  /** The session's own clock moves on. */
  wait(seconds: number): void {
    this.#clockNs += seconds * 1e9;
    this.#stamp();
    this.#session.onTimer(this.#now());
    this.loop.endTurn();
  }

  /** A message of the venue with its next number; `fields` after the header, | for SOH. */
  hear(msgType: string, fields: string): void {
    this.hearAs(this.#venueNumber++, msgType, fields);
  }

  /** The venue's next message is lost. */
  lose(): void {
    this.#venueNumber++;
  }

  hearAs(number: number, msgType: string, fields: string): void {
    const text = fixMessage(
      `35=${msgType}|49=SIM|56=GYRFALCON|34=${number}|52=${this.#time()}|${fields}`,
    );
    const bytes = Buffer.from(text, 'latin1');
    const block = L.SESSIONS;
    this.memory.bytes.set(bytes, L.RX);
    this.memory.setI32(block + L.SES_RX_START, 0);
    this.memory.setI32(block + L.SES_RX_END, bytes.length);
    this.memory.setF64(block + L.SES_RECEIVED_NS, this.#clockNs);
    this.loop.onReadable(0);
  }

  /** A book of one level a side. */
  snapshot(symbol: string, bid: string, ask: string): void {
    const sides = `268=2|269=0|270=${bid}|271=100|269=1|270=${ask}|271=100`;
    this.hear('W', `5060=${this.#time()}|55=${symbol}|${sides}`);
  }

  tell(kind: keyof typeof SessionEventKind, reason = 'test'): void {
    const { nextIn, nextOut } = this.#session.counters;
    const event = { type: 'SESSION', session: 0, nextIn, nextOut, reason } as const;
    this.loop.onSession({ ...event, kind: SessionEventKind[kind] });
  }

  get time(): string {
    return this.#time();
  }

  get strategyName(): string {
    return this.#config.strategies[0]!.name;
  }

  get sessionState(): number {
    return this.memory.i32(L.SESSIONS + L.SES_STATE);
  }

  get stateHash(): string {
    return stateHashOf(this.memory, this.core.module);
  }

  /** The journal so far, as it stands in its segments. */
  get journalBytes(): Buffer {
    if (this.#writer instanceof MemoryJournal) return this.#writer.bytes;
    const segments = segmentNumbers(this.directory).map((number) =>
      readFileSync(join(this.directory, segmentName(number))),
    );
    return Buffer.concat(segments);
  }

  /** State hash of a second core after the journal; `isVerifying`: the strategy, or another, decides again. */
  async replayed(isVerifying: boolean, decider?: Decider): Promise<string> {
    const strategies = decider === undefined ? this.#strategies : [loaded(this.#config, decider)];
    const { memory, core, damage } = await replayJournal(this.directory, isVerifying, {
      strategies,
    });
    if (damage !== undefined) throw new Error(damage);
    return stateHashOf(memory, core.module);
  }

  close(): void {
    this.#writer.close();
    rmSync(this.directory, { recursive: true });
  }

  #openWriter(): JournalWriter {
    return new JournalWriter({
      directory: this.directory,
      segmentBytes: this.#config.journal.segmentBytes,
      memory: this.memory,
      core: this.core.module,
      notice: () => {},
    });
  }

  #openSession(): Session {
    return new Session({
      config: replayedVenueSession(fixVenues(this.#config)[0]!, () => this.#hasNumbers),
      counters: new SharedCounters(this.memory, 0),
      store: { sent: () => [], reset: () => {} },
      port: {
        canResend: () => true,
        send: (bytes) => void this.loop.sendFromSession(0, bytes),
        deliver: (message) => this.loop.deliver(0, message),
        event: (kind) => {
          if (kind === 'LOGGED_ON') this.#hasNumbers = true;
          if (kind === 'LOGGED_ON' || kind === 'LOGGED_OUT' || kind === 'GAP_FILLED')
            this.tell(kind);
        },
      },
    });
  }

  #link(): VenueLink {
    return {
      send: (bytes) => {
        if (!this.isReading) return false;
        this.sent.push(
          ...Buffer.from(bytes)
            .toString('latin1')
            .replaceAll('\x01', '|')
            .split(/(?=8=FIX)/),
        );
        return true;
      },
      onSlowMessage: (frame) => this.#session.onMessage(frame, this.#now()),
      onFastMessage: () => {},
      requestStatus: () => {},
      massCancel: () => false,
      resubscribe: () => {
        this.resubscriptions++;
      },
    };
  }

  #now(): bigint {
    return this.memory.absoluteNs(L.CTL_NOW_NS);
  }

  #stamp(): void {
    this.#clockNs += 1_000_000;
    this.memory.setAbsoluteNs(L.CTL_NOW_NS, BigInt(this.#clockNs));
  }

  #time(): string {
    const text = new Date(this.#clockNs / 1e6).toISOString();
    return text
      .replace('T', '-')
      .replaceAll(/(\d{4})-(\d\d)-(\d\d)-/g, '$1$2$3-')
      .replace('Z', '');
  }
}

function loaded({ strategies }: GyrfalconConfig, decider: Decider): LoadedStrategy {
  const hashes = { codeHash: RIG_HASH, configHash: RIG_HASH, modelHash: RIG_HASH };
  const config = strategies[0]!;
  if (typeof decider !== 'function') return { config, ...decider, ...hashes };
  const code = { parameters: undefined as never, state: [], onBook: decider };
  return { config, code: code as Strategy<unknown, string>, parameters: {}, ...hashes };
}
