/**
 * What a peer may do to us, known or not, and where that ends: every limit of the transport with
 * its name. The settings show them; the defaults fit a broker's clients.
 */
import { MESSAGE_BYTES_MAX } from '../../../wasm/layout.ts';
import type { Pace } from './token-bucket.ts';

/** Of one session, over all its connections. */
export interface TrafficLimits {
  /** A longer message, whole or not: disconnected. */
  readonly messageBytesMax: number;
  /** From the first byte of a message to its last; longer: disconnected. */
  readonly messageS: number;
  /** Messages, garbled ones too; a long one counts once for each MESSAGE_UNIT_BYTES. */
  readonly messages: Pace;
  readonly resendRequests: Pace;
  readonly testRequests: Pace;
  /**
   * Who is ahead of a pace is read from more slowly; who keeps that up for this long, never in time
   * for a second: disconnected.
   */
  readonly aheadS: number;
  /** Pieces of garbage, and their bytes, with no message between them; more: disconnected. */
  readonly garbledRunsMax: number;
  readonly garbledBytesMax: number;
  /** What one session is read in one go, before the others get their turn. */
  readonly turnMessages: number;
  readonly turnBytes: number;
}

/** Of the connections that are no session's yet. */
export interface GateLimits {
  /** At the bound the connection that has waited longest is closed. */
  readonly waitingMax: number;
  /** Of one address; at the bound a further one is closed. */
  readonly waitingPerAddressMax: number;
  /** From the connection to its whole Logon, the TLS handshake included; later: closed. */
  readonly logonWaitS: number;
  /** The TLS handshake alone. */
  readonly handshakeS: number;
  /** Up to the end of the Logon; more: closed. */
  readonly logonBytesMax: number;
}

export interface AcceptorLimits {
  readonly traffic: TrafficLimits;
  readonly gate: GateLimits;
}

/** A message counts for each started piece of this size. */
export const MESSAGE_UNIT_BYTES = 4096;

export const ACCEPTOR_LIMITS: AcceptorLimits = {
  traffic: {
    messageBytesMax: MESSAGE_BYTES_MAX,
    messageS: 10,
    messages: { perS: 5_000, burst: 20_000 },
    resendRequests: { perS: 10, burst: 50 },
    testRequests: { perS: 20, burst: 100 },
    aheadS: 10,
    garbledRunsMax: 20,
    garbledBytesMax: MESSAGE_BYTES_MAX,
    turnMessages: 64,
    turnBytes: 16_384,
  },
  gate: {
    waitingMax: 1_000,
    waitingPerAddressMax: 200,
    logonWaitS: 10,
    handshakeS: 5,
    logonBytesMax: 16_384,
  },
};

/** For a peer that we chose: a venue may send its market as fast as it is read. */
export const INITIATOR_TRAFFIC: TrafficLimits = {
  ...ACCEPTOR_LIMITS.traffic,
  messages: { perS: 1_000_000, burst: 1_000_000 },
  resendRequests: { perS: 1_000, burst: 10_000 },
  testRequests: { perS: 1_000, burst: 10_000 },
  turnMessages: 1_024,
  turnBytes: 262_144,
};
