/**
 * For tests: the engine's link to a venue on the real hot loop and the real WASM decode, with
 * everything behind them (books, orders, journal) replaced by a list of what arrived there.
 */
import type { TlsOptions } from 'node:tls';
import { loadConfig } from '../../config/load.ts';
import type { FixVenueConfig } from '../../config/schema.ts';
import type { AppInput } from '../../engine/app-input.ts';
import type { Core } from '../../engine/core.ts';
import { loadCore } from '../../engine/core-module.ts';
import { fixVenues, writeConfig } from '../../engine/core-setup.ts';
import type { SessionEvent } from '../../engine/event/event.ts';
import { SessionEventKind } from '../../engine/event/generated/session-event-kind.ts';
import { HotLoop, type LoopParts } from '../../engine/hot-loop.ts';
import type { JournalRecorder } from '../../engine/journal-recorder.ts';
import type { OpenOrder } from '../../engine/ports.ts';
import { StageClock } from '../../engine/stage-clock.ts';
import { parseMessage } from '../../gateways/fix/codec.ts';
import { HotLink } from '../../gateways/fix/hot-link.ts';
import { MemoryMessageStore } from '../../gateways/fix/session/message-store.ts';
import { Tag } from '../../gateways/fix/tags.ts';
import { NativeSockets } from '../../gateways/sockets/native-sockets.ts';
import { loadNative } from '../../native/index.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { ScriptedVenue } from './scripted-venue.ts';

const { config: CONFIG } = loadConfig('config/default.yaml');
const SESSION = 0;
const WAIT_MS = 5_000;
const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n;

interface RigWish {
  /** What the venue's settings say besides, by the port that it listens on. */
  readonly settings?: (port: number) => Partial<FixVenueConfig>;
  /** The venue speaks TLS so. */
  readonly secure?: TlsOptions;
  /** The link runs over the addon's sockets; else over Node's own. */
  readonly isNative?: boolean;
}

export class HotLinkRig {
  readonly memory = new Memory();
  readonly venue: ScriptedVenue;
  readonly loop: HotLoop;
  readonly link: HotLink;
  /** "5 X fast" = message number 5, of type X, over the fast path. */
  readonly arrived: string[] = [];
  readonly sessions: string[] = [];
  /** What left, as the journal has it. */
  readonly journaled: string[] = [];
  readonly log: string[] = [];
  readonly openOrders: OpenOrder[] = [];

  readonly #sockets: NativeSockets | undefined;

  private constructor(venue: ScriptedVenue, settings: Partial<FixVenueConfig>, wish: RigWish) {
    const native = wish.isNative === true ? loadNative().module : undefined;
    this.#sockets =
      native &&
      new NativeSockets(native, this.memory, {
        spinUs: 0,
        yieldMs: 0,
        // With TLS, Node.js at the other end finishes its writes in its own lap, which nothing shows the addon.
        waitMs: wish.secure === undefined ? 20 : 1,
        busyPollUs: 0,
        log: () => {},
      });
    const core = loadCore(this.memory);
    writeConfig(this.memory, core, CONFIG);
    this.venue = venue;
    const fast = (): void => {
      const address = this.memory.i32(L.DECODED + L.DEC_MESSAGE);
      const length = this.memory.i32(L.DECODED + L.DEC_MESSAGE_LENGTH);
      this.#arrive(this.memory.bytes.slice(address, address + length), 'fast');
    };
    const pipeline = {
      onMarketData: fast,
      onExecution: () => {
        fast();
        return { breach: 'NONE' };
      },
      onSessionConnected: () => {},
      onSessionLost: () => {},
      onUpdatesMissed: () => false,
    };
    const parts: LoopParts = {
      core: {
        memory: this.memory,
        module: core,
        pipeline,
        stages: new StageClock(this.memory),
      } as unknown as Core,
      recorder: this.#recorder(),
      clock: {
        stamp: () => this.memory.setAbsoluteNs(L.CTL_NOW_NS, nowNs()),
        stampAt: () => this.memory.setAbsoluteNs(L.CTL_NOW_NS, nowNs()),
        elapsedNs: () => performance.now() * 1e6,
      },
      input: {
        deliver: (_session: number, { text }: { text: string }) => {
          this.#arrive(Buffer.from(text, 'latin1'), 'slow');
          return 'APPLIED';
        },
      } as unknown as AppInput,
      isLockStep: false,
      onOutcome: () => {},
      onBreach: () => {},
      onActed: () => {},
    };
    this.memory.setI32(L.CTL_STRATEGY_COUNT, 0);
    this.loop = new HotLoop(parts);
    const configured = fixVenues(CONFIG)[0]!;
    this.link = new HotLink(
      {
        memory: this.memory,
        index: SESSION,
        venue: {
          ...configured,
          host: '127.0.0.1',
          port: venue.port,
          reconnect: { minMs: 10, maxMs: 10 },
          ...settings,
        },
        sockets: this.#sockets,
        loop: this.loop,
        clock: { elapsedNs: parts.clock.elapsedNs, nowNs },
        store: new MemoryMessageStore(100),
        symbols: ['GOOG', 'AAPL'],
        openOrders: () => this.openOrders,
        log: (text) => this.log.push(text),
      },
      { hasLoggedOn: false, usedNs: 0n },
    );
    this.loop.addLink(this.link);
  }

  /** A link that is about to connect to a venue that listens. */
  static async open(wish: RigWish = {}): Promise<HotLinkRig> {
    const { senderCompId, targetCompId } = fixVenues(CONFIG)[0]!;
    const venue = new ScriptedVenue({ ours: targetCompId, theirs: senderCompId }, wish.secure);
    await venue.listen();
    return new HotLinkRig(venue, wish.settings?.(venue.port) ?? {}, wish);
  }

  async close(): Promise<void> {
    this.link.stopReconnecting();
    this.venue.close();
    await this.link.stop('test over');
    this.#sockets?.dispose();
  }

  async until(isReached: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + WAIT_MS;
    while (!isReached()) {
      if (performance.now() > deadline) {
        throw new Error(`${what}: not reached; ${[...this.sessions, ...this.log].join(' / ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #recorder(): JournalRecorder {
    const recorder = {
      input: () => {},
      outbound: (_session: number, address: number, length: number) => {
        const bytes = this.memory.bytes.slice(address, address + length);
        this.journaled.push(Buffer.from(bytes).toString('latin1').replaceAll('\x01', '|'));
      },
      flush: () => {},
      event: ({ kind }: SessionEvent) => {
        const names = Object.entries(SessionEventKind);
        this.sessions.push(names.find(([, value]) => value === kind)![0]);
      },
    };
    return recorder as unknown as JournalRecorder;
  }

  #arrive(frame: Uint8Array, way: 'fast' | 'slow'): void {
    const message = parseMessage(frame)!;
    this.arrived.push(`${message.get(Tag.MsgSeqNum)} ${message.msgType} ${way}`);
  }
}
