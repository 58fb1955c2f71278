/**
 * What the core asks of the world. The core has no clock, randomness or I/O but these; gateways implement
 * them, and a replay puts recorded values in their place.
 */

/** Wall clock of the process; a replay never reads it, it uses the recorded times. */
export interface Clock {
  /** Nanoseconds since 1970. */
  nowNs(): bigint;
}

/** Seeded random numbers: the same seed gives the same stream. */
export interface Prng {
  /** Uniform in [0, 1), 53 bits. */
  nextDouble(): number;
  /** Uniform in [0, bound). */
  nextInt(bound: number): number;
}

/** A parsed application message as the session layer hands it over (cold path). */
export interface AppMessage {
  readonly msgType: string;
  /** The whole message, one character a byte. */
  readonly text: string;
  get(tag: number): string | undefined;
}

/** An order that is not final, as a venue knows it. */
export interface OpenOrder {
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: number;
  readonly isUnknown: boolean;
}

/** The connection of one FIX session as the hot loop sees it. */
export interface VenueLink {
  /**
   * Has what lies in the session's TX sent straight from there, and says when in SES_SENT_NS; what is not taken
   * yet stays and leaves later.
   * false, or no such function: this link wants the bytes (send).
   */
  flush?(): boolean;
  /** Hands the bytes to the socket; false = it is full, they stay in TX and are offered again. */
  send(bytes: Uint8Array): boolean;
  /** A whole frame that the fast path has left to the session. */
  onSlowMessage(frame: Uint8Array): void;
  /** The fast path has consumed a message: the peer is alive. */
  onFastMessage(): void;
  /** Asks the venue what became of an order (35=H). */
  requestStatus(order: OpenOrder): void;
  /** Cancels everything of the firm at the venue (35=q); false = the venue has no such message. */
  massCancel(): boolean;
  /** Asks for a fresh snapshot of every book. */
  resubscribe(): void;
}
