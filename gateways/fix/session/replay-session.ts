/**
 * The session layer in a replay: the engine's own Session, fed with what came in and sending
 * nothing. It keeps the numbers and the order of what it delivers as they were.
 */
import type { FixVenueConfig } from '../../../config/schema.ts';
import type { AppMessage } from '../../../engine/ports.ts';
import type { Memory } from '../../../wasm/memory.ts';
import type { AgreedNumbers } from '../hot-link.ts';
import { replayedVenueSession } from '../settings/venue-session.ts';
import type { JournalStore } from './journal-store.ts';
import { Session } from './session.ts';
import { SharedCounters } from './session-counters.ts';

interface ReplaySessionParts {
  readonly memory: Memory;
  readonly index: number;
  readonly venue: FixVenueConfig;
  readonly deliver: (session: number, message: AppMessage) => void;
  /** Where a recovered session will resend from: learns where its numbers stand in the journal. */
  readonly store?: JournalStore;
}

export class ReplaySession {
  /** A logon has succeeded: the numbers are agreed. */
  #hasLoggedOn = false;
  readonly #session: Session;
  readonly #store: JournalStore | undefined;

  constructor({ memory, index, venue, deliver, store }: ReplaySessionParts) {
    this.#store = store;
    this.#session = new Session({
      config: replayedVenueSession(venue, () => this.#hasLoggedOn),
      counters: new SharedCounters(memory, index),
      store: { sent: () => [], reset: () => store?.reset() },
      port: {
        canResend: () => true,
        send: () => {},
        deliver: (message) => deliver(index, message),
        event: (kind) => {
          if (kind === 'LOGGED_ON') this.#hasLoggedOn = true;
        },
      },
    });
  }

  /** What a link that takes the session over must know. */
  get numbers(): AgreedNumbers {
    return { hasLoggedOn: this.#hasLoggedOn, usedNs: this.#session.usedNs };
  }

  onConnected(nowNs: bigint): void {
    this.#session.start(nowNs);
  }

  onMessage(frame: Uint8Array, nowNs: bigint): void {
    this.#session.onMessage(frame, nowNs);
    this.#store?.note(this.#session.counters.nextOut);
  }

  onDisconnected(): void {
    this.#session.onDisconnect();
  }
}
