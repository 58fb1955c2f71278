/**
 * What the core asks of the world. The core has no clock, randomness or I/O but these; gateways implement
 * them, and a replay puts recorded values in their place.
 */

/** Wall clock of the process; a replay never reads it, it uses the recorded times. */
export interface Clock {
  /** Nanoseconds since 1970. */
  nowNs(): bigint;
}

/** Seeded random numbers (wasm/prng.ts is the one generator): the same seed gives the same stream. */
export interface Prng {
  /** Uniform in [0, 1), 53 bits. */
  nextDouble(): number;
  /** Uniform in [0, bound). */
  nextInt(bound: number): number;
}

/** Where encoded bytes leave; `false` = the peer is slow and the bytes are queued. */
export interface ByteSink {
  send(bytes: Uint8Array): boolean;
  close(): void;
}
