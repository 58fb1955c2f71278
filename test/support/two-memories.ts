/**
 * For tests: one memory for the kernels, one for their plain twins. Whatever happens to the world happens to
 * both; after each step the two must hold the same bytes wherever a kernel writes.
 */
import { Memory } from '../../wasm/memory.ts';

export interface Region {
  readonly name: string;
  readonly from: number;
  readonly bytes: number;
}

export class TwoMemories {
  readonly kernel = new Memory();
  readonly twin = new Memory();
  readonly #kernelBytes = Buffer.from(this.kernel.bytes.buffer);
  readonly #twinBytes = Buffer.from(this.twin.bytes.buffer);

  both(change: (memory: Memory) => void): void {
    change(this.kernel);
    change(this.twin);
  }

  /** The first word that differs, in words; undefined = all is the same. */
  difference(regions: readonly Region[]): string | undefined {
    for (const { name, from, bytes } of regions) {
      const end = from + bytes;
      if (this.#kernelBytes.compare(this.#twinBytes, from, end, from, end) === 0) continue;
      let at = from;
      while (this.kernel.i32(at) === this.twin.i32(at)) at += 4;
      const [kernel, twin] = [this.kernel.i32(at), this.twin.i32(at)];
      return `${name} + ${at - from}: kernel ${kernel}, twin ${twin}`;
    }
    return undefined;
  }
}
