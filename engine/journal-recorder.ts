/**
 * HOT: the live recorder. Everything that enters the core and everything that it decides is staged here
 * and written before it is applied (inputs) or sent (outputs).
 */
import { JOURNAL_TO_RING, RING_MODE } from '../wasm/journal-ring-layout.ts';
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import type { CoreModule } from './core-module.ts';
import type { Command, EngineEvent } from './event/event.ts';
import { encodeEvent } from './event/event-codec.ts';
import { RecordKind } from './event/generated/record-kind.ts';
import { writeIntentTemplate } from './event/intent-record.ts';
import type { Journal } from './journal/journal.ts';
import type { Recorder } from './recorder.ts';
import type { LoadedStrategy } from './strategy/strategy-loader.ts';

/** Where a payload that is not yet in shared memory is put for the writer. */
const PAYLOAD = L.SCRATCH + 4096;
const STATE_HEADER_BYTES = 8;

const KIND_OF_EVENT = {
  CONFIG: RecordKind.CONFIG,
  TIMER: RecordKind.TIMER,
  COMMAND: RecordKind.COMMAND,
  INTENT: RecordKind.INTENT,
  SESSION: RecordKind.SESSION,
} as const satisfies Record<EngineEvent['type'], number>;

export interface RecorderPorts {
  /** Journals and applies the commands that have come in since the last turn. */
  takeCommands(): void;
  /** Applies a command that the engine gives itself (a strategy's fault). */
  applyOwn(command: Command): void;
}

export class JournalRecorder implements Recorder {
  readonly isInMemory: boolean;
  readonly #memory: Memory;
  readonly #core: Pick<CoreModule, 'intentWrite'>;
  readonly #writer: Journal;
  readonly #ports: RecorderPorts;
  readonly #strategies: readonly LoadedStrategy[];

  constructor(
    core: { readonly memory: Memory; readonly module: Pick<CoreModule, 'intentWrite'> },
    writer: Journal,
    strategies: readonly LoadedStrategy[],
    ports: RecorderPorts,
  ) {
    this.#memory = core.memory;
    this.#core = core.module;
    this.#writer = writer;
    this.#ports = ports;
    this.isInMemory = core.memory.i32(RING_MODE) === JOURNAL_TO_RING;
    this.#strategies = strategies;
    for (const [index, { codeHash, configHash, modelHash }] of strategies.entries()) {
      writeIntentTemplate(core.memory, index, { codeHash, configHash, modelHash });
    }
  }

  beforeDecision(): void {
    const asked = this.#memory.atomicI32(L.CTL_KILL);
    if (asked !== this.#memory.atomicI32(L.CTL_KILL_APPLIED)) this.#ports.takeCommands();
  }

  /** Written before the call returns: the input may be applied. */
  input(kind: number, source: number, address: number, length: number): void {
    this.#writer.append(kind, source, address, length);
    this.#writer.flush();
  }

  /** An event that is not raw bytes; written before the call returns. */
  event(event: EngineEvent, source: number): void {
    const bytes = encodeEvent(event);
    this.#memory.bytes.set(bytes, PAYLOAD);
    this.input(KIND_OF_EVENT[event.type], source, PAYLOAD, bytes.length);
  }

  intent(): void {
    const strategy = this.#memory.i32(L.INTENT + L.INT_STRATEGY);
    const length = this.#core.intentWrite(strategy, PAYLOAD);
    this.#writer.append(RecordKind.INTENT, strategy, PAYLOAD, length);
  }

  outbound(session: number, address: number, length: number): void {
    this.#writer.append(RecordKind.OUTBOUND, session, address, length);
  }

  state(strategy: number, instrument: number, address: number, length: number): void {
    this.#memory.setI32(PAYLOAD, strategy);
    this.#memory.setI32(PAYLOAD + 4, instrument);
    const from = PAYLOAD + STATE_HEADER_BYTES;
    this.#memory.bytes.copyWithin(from, address, address + length);
    this.#writer.append(RecordKind.STATE, strategy, PAYLOAD, STATE_HEADER_BYTES + length);
  }

  strategyFault(strategy: number, reason: string): void {
    const { name } = this.#strategies[strategy]!.config;
    this.#ports.applyOwn({
      type: 'COMMAND',
      kind: 'PAUSE_STRATEGY',
      strategy: name,
      operator: 'engine',
      reason: reason.slice(0, 200),
    });
  }

  /** What was staged is in the file when the call returns: bytes may leave. */
  flush(): void {
    this.#writer.flush();
  }
}
