/**
 * Typed access to the shared memory by the offsets of wasm/layout.ts. An i64 is read as the exact
 * number it is (all counted integers stay below 2^53); BigInt never appears on the hot path.
 */
import { MEMORY_PAGES } from './layout.ts';

const TWO_32 = 4294967296;

export class Memory {
  readonly wasm: WebAssembly.Memory;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly #i32: Int32Array<SharedArrayBuffer>;
  readonly #u32: Uint32Array<SharedArrayBuffer>;
  readonly #f64: Float64Array<SharedArrayBuffer>;

  /** `wasm` is passed when a thread attaches to a memory that another thread made. */
  constructor(wasm = createSharedMemory()) {
    this.wasm = wasm;
    const buffer = wasm.buffer as unknown as SharedArrayBuffer;
    this.bytes = new Uint8Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#f64 = new Float64Array(buffer);
  }

  i32(offset: number): number {
    return this.#i32[offset >>> 2]!;
  }

  setI32(offset: number, value: number): void {
    this.#i32[offset >>> 2] = value;
  }

  /** Exact for |value| < 2^53. */
  i64(offset: number): number {
    const index = offset >>> 2;
    return this.#i32[index + 1]! * TWO_32 + this.#u32[index]!;
  }

  /** Exact for |value| < 2^53. */
  setI64(offset: number, value: number): void {
    const index = offset >>> 2;
    const high = Math.floor(value / TWO_32);
    this.#i32[index + 1] = high;
    this.#u32[index] = value - high * TWO_32;
  }

  addI64(offset: number, delta: number): void {
    this.setI64(offset, this.i64(offset) + delta);
  }

  f64(offset: number): number {
    return this.#f64[offset >>> 3]!;
  }

  setF64(offset: number, value: number): void {
    this.#f64[offset >>> 3] = value;
  }

  atomicI32(offset: number): number {
    return Atomics.load(this.#i32, offset >>> 2);
  }

  setAtomicI32(offset: number, value: number): void {
    Atomics.store(this.#i32, offset >>> 2, value);
  }

  /** Absolute nanoseconds; for cold code only (BigInt). */
  absoluteNs(offset: number): bigint {
    return BigInt.asIntN(
      64,
      (BigInt(this.#i32[(offset >>> 2) + 1]!) << 32n) | BigInt(this.#u32[offset >>> 2]!),
    );
  }

  setAbsoluteNs(offset: number, value: bigint): void {
    this.#i32[(offset >>> 2) + 1] = Number(BigInt.asIntN(32, value >> 32n));
    this.#u32[offset >>> 2] = Number(BigInt.asUintN(32, value));
  }

  /** Text in a NUL-padded field; cold. */
  text(offset: number, lengthMax: number): string {
    let end = offset;
    while (end < offset + lengthMax && this.bytes[end] !== 0) end++;
    return Buffer.from(this.bytes.slice(offset, end)).toString('latin1');
  }

  /** Writes NUL-padded text; the caller has checked that it fits. */
  setText(offset: number, lengthMax: number, text: string): void {
    this.bytes.fill(0, offset, offset + lengthMax);
    this.bytes.set(Buffer.from(text, 'latin1'), offset);
  }
}

function createSharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
}
