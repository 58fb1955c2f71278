/**
 * Seeded random numbers of the simulated venue (xoshiro128**, seeded through splitmix32): flow,
 * latency and rejects each draw from a stream of their own, so that more orders never change the
 * market.
 */
import type { Prng } from '../../engine/ports.ts';

const TWO_32 = 4294967296;
const TWO_21 = 2097152;

const rotateLeft = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

export class Xoshiro implements Prng {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** `stream` separates sequences that share one seed. */
  constructor(seed: number, stream: string) {
    let state = (seed ^ Math.floor(seed / TWO_32)) | 0;
    for (const char of stream) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193);
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) | 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next() | 1; // the state may not be all zero
  }

  #next(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result >>> 0;
  }

  nextDouble(): number {
    return (this.#next() * TWO_21 + (this.#next() >>> 11)) / (TWO_32 * TWO_21);
  }

  nextInt(bound: number): number {
    return Math.floor(this.nextDouble() * bound);
  }

  /** Exponential with mean 1. */
  nextExponential(): number {
    return -Math.log(1 - this.nextDouble());
  }

  /** Standard normal (Box-Muller, one of the pair). */
  nextNormal(): number {
    const radius = Math.sqrt(2 * this.nextExponential());
    return radius * Math.cos(2 * Math.PI * this.nextDouble());
  }
}
