/**
 * A journal behind a ring for tests: with the addon over a file as in the engine, else in memory that no
 * file lies under.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCore } from '../../engine/core-module.ts';
import type { GyrfalconError } from '../../engine/errors.ts';
import type { Journal } from '../../engine/journal/journal.ts';
import { openJournal } from '../../engine/journal/open-journal.ts';
import { loadNative, type NativeLoad, type NativeModule } from '../../native/index.ts';
import { CTL_NOW_NS, SCRATCH } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';

/** Its pages are the memory's own: what is appended dies with the process. */
const ANONYMOUS = {
  module: {
    mapShared: () => {},
    unmapShared: (view, offset, bytes) => void view.fill(0, offset, offset + bytes),
  } as Pick<NativeModule, 'mapShared' | 'unmapShared'> as NativeModule,
  reason: undefined,
} satisfies NativeLoad;

export const hasAddon = loadNative().module !== undefined;

export interface RingRigOptions {
  readonly segmentBytes?: number;
  readonly syncMs?: number;
  readonly native?: NativeLoad;
}

export class RingRig {
  readonly memory = new Memory();
  readonly core = loadCore(this.memory);
  readonly base: string;
  readonly directory: string;
  /** Stands for /dev/shm. */
  readonly shm: string;
  readonly notices: string[] = [];
  readonly faults: GyrfalconError[] = [];

  constructor() {
    this.base = mkdtempSync(join(tmpdir(), 'gyrfalcon-ring-'));
    this.directory = join(this.base, 'journal');
    this.shm = this.base;
  }

  open(options: RingRigOptions = {}): Journal {
    const { segmentBytes = 1_048_576, syncMs = 10, native } = options;
    return openJournal({
      directory: this.directory,
      segmentBytes,
      syncMs,
      ring: 'auto',
      shmDirectory: this.shm,
      native: native ?? (hasAddon ? loadNative() : ANONYMOUS),
      memory: this.memory,
      core: this.core,
      notice: (text) => void this.notices.push(text),
      onOutOfRoom: (fault) => void this.faults.push(fault),
    });
  }

  /** Appends a payload that sequence and length make up. */
  append(journal: Journal, length: number): void {
    const sequence = journal.sequence + 1;
    this.memory.setAbsoluteNs(CTL_NOW_NS, BigInt(sequence));
    this.memory.bytes.fill(sequence & 255, SCRATCH, SCRATCH + length);
    journal.append(2, sequence % 4, SCRATCH, length);
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}
