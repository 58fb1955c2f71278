/**
 * The session layer in a replay: the engine's own Session, fed with what came in and sending
 * nothing. It keeps the numbers and the order of what it delivers as they were.
 */
import type { FixVenueConfig } from '../../../config/schema.ts';
import type { AppMessage } from '../../../engine/ports.ts';
import type { Memory } from '../../../wasm/memory.ts';
import { initiatorConfig } from '../hot-link.ts';
import { Session } from './session.ts';
import { SharedCounters } from './session-counters.ts';

interface ReplaySessionParts {
  readonly memory: Memory;
  readonly index: number;
  readonly venue: FixVenueConfig;
  readonly deliver: (session: number, message: AppMessage) => void;
}

export class ReplaySession {
  /** A logon has succeeded: the numbers are agreed. */
  hasLoggedOn = false;
  readonly #session: Session;

  constructor({ memory, index, venue, deliver }: ReplaySessionParts) {
    this.#session = new Session({
      config: initiatorConfig(venue, () => this.hasLoggedOn),
      counters: new SharedCounters(memory, index),
      store: { sent: () => [], reset: () => {} },
      port: {
        canResend: () => true,
        send: () => {},
        deliver: (message) => deliver(index, message),
        event: (kind) => {
          if (kind === 'LOGGED_ON') this.hasLoggedOn = true;
        },
      },
    });
  }

  onConnected(nowNs: bigint): void {
    this.#session.start(nowNs);
  }

  onMessage(frame: Uint8Array, nowNs: bigint): void {
    this.#session.onMessage(frame, nowNs);
  }

  onDisconnected(): void {
    this.#session.onDisconnect();
  }
}
