/** What every peer process is told on its command line, as name=value, whatever it is written in. */
import type { FixVersion } from '../../gateways/fix/version.ts';

export interface PeerOptions {
  readonly role: 'acceptor' | 'initiator';
  readonly host: string;
  readonly port: number;
  readonly version: FixVersion;
  readonly sender: string;
  readonly target: string;
  /** A folder of its own: all that outlives the process lies there. */
  readonly store: string;
  /** Orders that it sends in all its lives. */
  readonly orders: number;
  /** Orders a second. */
  readonly rate: number;
  /** What an order takes before and after its answer, so that many a kill falls between them. */
  readonly lingerUs: number;
  readonly heartbeatS: number;
}

export const peerArguments = (options: object): string[] =>
  Object.entries(options).map(([name, value]) => `${name}=${value}`);

/** The other way round, in the process itself. */
export function peerOptions(given: readonly string[]): PeerOptions {
  const text = Object.fromEntries(
    given.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const { port, orders, rate, lingerUs, heartbeatS } = text;
  return {
    ...text,
    port: Number(port),
    orders: Number(orders),
    rate: Number(rate),
    lingerUs: Number(lingerUs),
    heartbeatS: Number(heartbeatS),
  } as PeerOptions;
}
