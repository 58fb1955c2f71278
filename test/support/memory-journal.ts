/** For tests: a journal that stays in the ring and is taken out of it at once, as its records stand in a segment. */
import type { CoreModule } from '../../engine/core-module.ts';
import type { Journal } from '../../engine/journal/journal.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import { CTL_RECORD_SEQUENCE, JOURNAL_STAGE, JOURNAL_STAGE_BYTES } from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

type Kernels = Pick<CoreModule, 'journalAppend' | 'journalTake' | 'journalSeal' | 'journalFree'>;

export class MemoryJournal implements Journal {
  readonly directory = '';
  readonly #memory: Memory;
  readonly #core: Kernels;
  readonly #taken: Buffer[] = [];

  constructor(memory: Memory, core: Kernels) {
    this.#memory = memory;
    this.#core = core;
    memory.setI32(R.RING_MODE, R.JOURNAL_TO_RING);
  }

  get sequence(): number {
    return this.#memory.i64(CTL_RECORD_SEQUENCE);
  }

  get handedSequence(): number {
    return this.sequence;
  }

  /** All records so far, one behind the other. */
  get bytes(): Buffer {
    return Buffer.concat(this.#taken);
  }

  append(kind: number, source: number, address: number, length: number): void {
    this.#core.journalAppend(kind, source, address, length);
  }

  flush(): void {
    const staged = this.#core.journalTake(JOURNAL_STAGE_BYTES);
    if (staged === 0) return;
    this.#core.journalSeal(staged);
    this.#taken.push(Buffer.from(this.#memory.bytes.slice(JOURNAL_STAGE, JOURNAL_STAGE + staged)));
    this.#core.journalFree();
  }

  async sync(): Promise<void> {}

  close(): void {}
}
