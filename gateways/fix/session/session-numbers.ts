/**
 * When the numbers of a session start at 1 again: by agreement in a Logon, by configuration after a
 * Logout or a lost connection, and with every new window of its schedule (start of day).
 */
import type { SessionCounters } from './session-counters.ts';
import type { MessageStore, SessionConfig, SessionParts, SessionPort } from './session-types.ts';

export class SessionNumbers {
  readonly #config: SessionConfig;
  readonly #counters: SessionCounters;
  readonly #store: MessageStore;
  readonly #port: SessionPort;
  /** When they were last in use, 0 = never. */
  #usedNs: bigint;

  constructor({ config, counters, store, port, usedNs = 0n }: SessionParts) {
    this.#config = config;
    this.#counters = counters;
    this.#store = store;
    this.#port = port;
    this.#usedNs = usedNs;
  }

  get usedNs(): bigint {
    return this.#usedNs;
  }

  /** Both directions start at 1 again. */
  reset(): void {
    this.#counters.nextIn = 1;
    this.#counters.nextOut = 1;
    this.#store.reset();
    this.#port.event('SEQUENCE_RESET', 'both directions start at 1 again');
  }

  /** Numbers of an earlier window are over; the end of the window in hand, undefined = no hours. */
  enter(nowNs: bigint): bigint | undefined {
    const window = this.#config.schedule?.windowAt(nowNs);
    const isNew = window !== undefined && this.#usedNs !== 0n && this.#usedNs < window.startNs;
    this.#usedNs = nowNs;
    if (isNew) this.reset();
    return window?.endNs;
  }

  /** The session is not logged on any more. */
  left(options: { readonly wasLogoutSaid: boolean }): void {
    const { resetOnLogout, resetOnDisconnect } = this.#config;
    if (resetOnDisconnect || (resetOnLogout && options.wasLogoutSaid)) this.reset();
  }
}
