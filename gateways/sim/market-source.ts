/**
 * Where the simulated venue's market comes from: a recorded day (recording.ts) or the seeded
 * generator (flow-generator.ts). Pulled one message at a time, so that the venue alone decides the
 * pace.
 */

export interface MarketMessage {
  /** 35=W or 35=X. */
  isSnapshot: boolean;
  /** Market time, nanoseconds since midnight UTC of the source's first day. */
  timeNs: number;
  /**
   * The message's body is bytes[bodyStart, bodyEnd): the market time as tag 5060, then the body's
   * fields.
   */
  bytes: Buffer;
  bodyStart: number;
  bodyEnd: number;
  /** The body without tag 5060 starts here. */
  fieldsStart: number;
}

export interface MarketSource {
  /** What errors name: the file and line, or the generator. */
  where(): string;
  /** The next message, valid until the next call; undefined: call `more`. */
  next(): MarketMessage | undefined;
  /** Waits for more input; false at the end. */
  more(): Promise<boolean>;
  /** Midnight UTC of the first day, in ms since 1970; known with the first message. */
  epochMs(): number;
  close(): void;
}
