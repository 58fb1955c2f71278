/**
 * The simulated venue as a process of its own (`gyrfalcon venue`): one line of JSON on stdout when
 * it listens, a clean logout on SIGTERM and Ctrl-C, an exit code at the end.
 */
import { EXIT_FAILED, EXIT_OK, FAULTS, GyrfalconError } from '../../engine/errors.ts';
import { startExchange } from './exchange/exchange.ts';
import type { ExchangeOptions } from './exchange/exchange-parts.ts';
import { startVenue } from './venue.ts';
import type { VenueOptions, VenueSpeed } from './venue-options.ts';
import { startWsReplayer, type WsReplayer } from './ws-replayer.ts';

export interface WebSocketOptions {
  readonly wsFile: string;
  readonly wsPort: number;
  /** Every so many diffs one is lost on the way; 0 = none. */
  readonly wsDrop: number;
  readonly speed: VenueSpeed;
}

/**
 * Runs until it is told to stop or the market cannot go on; returns the exit code. Without
 * `options` there is no FIX side, only the WebSocket one.
 */
export async function runVenue(
  options: VenueOptions | ExchangeOptions | undefined,
  webSocket: WebSocketOptions | undefined = undefined,
): Promise<number> {
  let stop: (exitCode: number) => void = () => {};
  const stopped = new Promise<number>((resolve) => {
    stop = resolve;
  });
  const onFault = (fault: unknown): void => {
    process.stderr.write(`gyrfalcon: ${fault instanceof Error ? fault.message : fault}\n`);
    stop(fault instanceof GyrfalconError ? FAULTS[fault.code] : EXIT_FAILED);
  };
  const onNote = (text: string): void => {
    process.stderr.write(`gyrfalcon venue: ${text}\n`);
  };
  const venue = options && (await startFix({ onNote, ...options, onFault }));
  const replayer = webSocket === undefined ? undefined : await startFeed(webSocket);
  const onSignal = (): void => stop(EXIT_OK);
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  process.stdout.write(`${JSON.stringify(readyLine(venue?.port, replayer))}\n`);
  const exitCode = await stopped;
  process.off('SIGTERM', onSignal);
  process.off('SIGINT', onSignal);
  await Promise.all([venue?.close('the venue was stopped'), replayer?.close()]);
  return exitCode;
}

/** One that plays a market, or one whose orders meet in its book. */
function startFix(
  options: VenueOptions | ExchangeOptions,
): Promise<{ readonly port: number; close(reason: string): Promise<void> }> {
  return 'openOrders' in options ? startExchange(options) : startVenue(options);
}

function startFeed(webSocket: WebSocketOptions): Promise<WsReplayer> {
  return startWsReplayer({
    file: webSocket.wsFile,
    port: webSocket.wsPort,
    dropEvery: webSocket.wsDrop,
    speed: typeof webSocket.speed === 'number' ? webSocket.speed : 'max',
  });
}

/** What a parent process waits for. */
function readyLine(fixPort: number | undefined, replayer: WsReplayer | undefined): object {
  const line = { ready: true, fixPort, pid: process.pid };
  if (replayer === undefined) return line;
  return {
    ...line,
    wsPort: replayer.port,
    wsUrl: replayer.url,
    wsSnapshotUrl: replayer.snapshotUrl,
  };
}
