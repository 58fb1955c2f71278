/**
 * The matching venue: a FIX acceptor whose orders meet in the book by order of wasm/matching, with
 * price-time priority. Its order path is in WebAssembly, from received bytes to reports
 * (wasm/venue); the session in TypeScript takes what that leaves. Beside it the venue that plays a
 * recorded day (../venue.ts), whose market cannot react to our orders. This file adds sockets and
 * timer to the parts of exchange-parts.ts.
 */
import { wallClock } from '../venue-parts.ts';
import { buildExchange, type ExchangeOptions, type ExchangeParts } from './exchange-parts.ts';
import { type ExchangePort, openExchangePort } from './exchange-port.ts';

/** Heartbeats, resends and the log's file are seen to this often. */
const TIMER_MS = 10;

export class Exchange {
  /** The port that was given. */
  port = 0;
  readonly #parts: ExchangeParts;
  readonly #port: ExchangePort;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ExchangeOptions) {
    const parts = buildExchange(options, wallClock());
    this.#parts = parts;
    const { port, text } = openExchangePort(options, {
      memory: parts.memory,
      link: parts.link,
      host: options.host,
      port: options.port,
      onRefused: (reason) => options.onNote?.(reason),
    });
    this.#port = port;
    options.onNote?.(text);
  }

  async listen(): Promise<void> {
    this.port = await this.#port.listen();
    this.#timer = setInterval(() => this.#parts.link.onTimer(), TIMER_MS);
  }

  /** Logs out and closes. */
  async close(reason = 'the venue closes'): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const closed = this.#port.close();
    this.#parts.link.logout(reason);
    await closed;
    clearInterval(this.#timer);
    this.#port.dispose();
    this.#parts.log.close();
  }
}

/** Starts a matching venue in this process; it listens when the promise resolves. */
export async function startExchange(options: ExchangeOptions): Promise<Exchange> {
  const exchange = new Exchange(options);
  await exchange.listen();
  return exchange;
}
