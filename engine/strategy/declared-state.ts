/**
 * HOT: the fields that a strategy declares, as properties over shared memory. One class a strategy, one
 * object an instrument: the code of a strategy sees one shape however many instruments it trades. Accessors
 * on each object would be a shape each, and every number read through them a box on the heap.
 */
import type { Memory } from '../../wasm/memory.ts';

export type DeclaredState = Record<string, number>;
type StateClass = new (memory: Memory, address: number) => DeclaredState;

const FIELD_BYTES = 8;

/** `address`: where the fields of one instrument stand, in the order in which they were declared. */
export function stateClassOf(fields: readonly string[]): StateClass {
  class State {
    readonly #memory: Memory;
    readonly #address: number;

    constructor(memory: Memory, address: number) {
      this.#memory = memory;
      this.#address = address;
      Object.seal(this); // a field that was not declared would be lost with the process
    }

    static declare(field: string, offset: number): void {
      Object.defineProperty(State.prototype, field, {
        enumerable: true,
        get(this: State): number {
          return this.#memory.f64(this.#address + offset);
        },
        set(this: State, value: number) {
          this.#memory.setF64(this.#address + offset, value);
        },
      });
    }
  }
  for (const [index, field] of fields.entries()) State.declare(field, index * FIELD_BYTES);
  return State as unknown as StateClass;
}
