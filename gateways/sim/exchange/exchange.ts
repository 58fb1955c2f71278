/**
 * The matching venue: a FIX acceptor whose orders meet in the book by order of wasm/matching, with
 * price-time priority. Its order path is in WebAssembly, from received bytes to reports
 * (wasm/venue); the session in TypeScript takes what that leaves. Beside it the venue that plays a
 * recorded day (../venue.ts), whose market cannot react to our orders. This file adds sockets and
 * timer to the parts of exchange-parts.ts.
 */
import { wallClock } from '../venue-parts.ts';
import { ExchangeNet } from './exchange-net.ts';
import { buildExchange, type ExchangeOptions, type ExchangeParts } from './exchange-parts.ts';

/** Heartbeats, resends and the log's file are seen to this often. */
const TIMER_MS = 10;

export class Exchange {
  /** The port that was given. */
  port = 0;
  readonly #options: ExchangeOptions;
  readonly #parts: ExchangeParts;
  readonly #net: ExchangeNet;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ExchangeOptions) {
    const parts = buildExchange(options, wallClock());
    this.#options = options;
    this.#parts = parts;
    this.#net = new ExchangeNet({
      memory: parts.memory,
      link: parts.link,
      host: options.host,
      port: options.port,
      onRefused: (reason) => options.onNote?.(reason),
    });
  }

  async listen(): Promise<void> {
    this.port = await this.#net.listen();
    this.#timer = setInterval(() => this.#onTimer(), TIMER_MS);
  }

  /** Logs out and closes. */
  async close(reason = 'the venue closes'): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const closed = this.#net.close();
    this.#parts.link.logout(reason);
    await closed;
    clearInterval(this.#timer);
    this.#parts.log.close();
  }

  #onTimer(): void {
    try {
      this.#parts.link.onTimer();
    } catch (fault) {
      clearInterval(this.#timer);
      this.#parts.link.cut();
      this.#options.onFault?.(fault);
    }
  }
}

/** Starts a matching venue in this process; it listens when the promise resolves. */
export async function startExchange(options: ExchangeOptions): Promise<Exchange> {
  const exchange = new Exchange(options);
  await exchange.listen();
  return exchange;
}
