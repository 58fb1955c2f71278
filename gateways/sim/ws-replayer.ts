/**
 * A WebSocket venue on this machine that serves a recording the way Binance does: combined streams,
 * and depth snapshots over HTTP from its own book. For tests and demonstrations; it can lose diffs
 * and cut lines on purpose. The recording waits while no client is connected.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { GyrfalconError } from '../../engine/errors.ts';
import { NS_PER_MS } from '../../engine/units.ts';
import { readRecording } from '../ws/recording.ts';
import { type DepthAnswer, PlainBook, type TextLevel } from './plain-book.ts';

export interface WsReplayerOptions {
  readonly file: string;
  /** Times the recorded pace; 'max' = as fast as the clients read. */
  readonly speed: number | 'max';
  /** Every so many diffs one is lost on the way to the clients; 0 = none. */
  readonly dropEvery: number;
  /** On 127.0.0.1; 0 = any free port. */
  readonly port: number;
}

export interface WsReplayer {
  readonly port: number;
  /** For venue.url and venue.snapshotUrl of a configuration. */
  readonly url: string;
  readonly snapshotUrl: string;
  readonly symbol: string;
  /** The true book at the place that the recording has reached. */
  readonly book: PlainBook;
  /** The whole recording has been sent. */
  readonly finished: Promise<void>;
  /** Diffs lost on purpose so far. */
  dropped(): number;
  /** Cuts every line, as a failing network does. */
  cutLines(): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const LIMIT_DEFAULT = 500;
const LIMIT_MAX = 5000;
/** A client that has not read so much yet holds the recording up. */
const UNREAD_BYTES_MAX = 1_048_576;
/**
 * At full speed clients must have read all but so many messages: else snapshots run far ahead of
 * them.
 */
const SENDS_UNREAD_MAX = 64;
const WAIT_MS = 1;

interface ReplayMessage {
  readonly atMs: number;
  readonly text: string;
  /** symbol@kind, without the speed. */
  readonly stream: string;
  readonly diff: { finalId: number; bids: TextLevel[]; asks: TextLevel[] } | null;
}

interface Client {
  readonly socket: WebSocket;
  readonly streams: ReadonlySet<string>;
}

export async function startWsReplayer(options: WsReplayerOptions): Promise<WsReplayer> {
  const { messages, start, symbol } = await load(options.file);
  const replay = new Replay(messages, new PlainBook(start), options);
  const http = createServer((request, response) => answer(request, response, symbol, replay.book));
  await new Promise<void>((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      const what = `cannot listen on ${HOST}:${options.port} (${cause.code}): choose another port`;
      reject(new GyrfalconError('PORT_IN_USE', what, {}, cause));
    });
    http.listen(options.port, HOST, resolve);
  });
  const sockets = new WebSocketServer({ server: http, path: '/stream' });
  sockets.on('connection', (socket, request) => replay.join(socket, request.url ?? ''));
  const { port } = http.address() as AddressInfo;
  return {
    port,
    url: `ws://${HOST}:${port}`,
    snapshotUrl: `http://${HOST}:${port}/fapi/v1/depth`,
    symbol,
    book: replay.book,
    finished: replay.run(),
    dropped: () => replay.dropped,
    cutLines: () => replay.cutLines(),
    close: async () => {
      replay.stop();
      sockets.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

class Replay {
  readonly book: PlainBook;
  readonly #messages: readonly ReplayMessage[];
  readonly #options: WsReplayerOptions;
  readonly #clients = new Set<Client>();
  #isStopped = false;
  #diffs = 0;
  dropped = 0;

  constructor(messages: readonly ReplayMessage[], book: PlainBook, options: WsReplayerOptions) {
    this.#messages = messages;
    this.book = book;
    this.#options = options;
  }

  join(socket: WebSocket, url: string): void {
    const names = new URL(url, 'ws://localhost').searchParams.get('streams') ?? '';
    const client = { socket, streams: new Set(names.split('/').map(streamKey)) };
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
    socket.on('error', () => socket.terminate());
  }

  cutLines(): void {
    for (const { socket } of this.#clients) socket.terminate();
  }

  stop(): void {
    this.#isStopped = true;
    this.cutLines();
  }

  async run(): Promise<void> {
    const { speed } = this.#options;
    let waitedMs = 0; // for clients, which moves the rest of the recording back
    const startMs = performance.now();
    const firstMs = this.#messages[0]?.atMs ?? 0;
    let sends = 0;
    for (const message of this.#messages) {
      const waitFrom = performance.now();
      while (!this.#isStopped && this.#mustWait()) await sleep(WAIT_MS);
      waitedMs += performance.now() - waitFrom;
      if (this.#isStopped) return;
      if (speed !== 'max') {
        const dueMs = startMs + waitedMs + (message.atMs - firstMs) / speed;
        const leftMs = dueMs - performance.now();
        if (leftMs >= 1) await sleep(leftMs);
      } else if (++sends % SENDS_UNREAD_MAX === 0) {
        for (const { socket } of this.#clients) await caughtUp(socket);
      }
      this.#send(message);
    }
  }

  #mustWait(): boolean {
    if (this.#clients.size === 0) return true;
    for (const { socket } of this.#clients) {
      if (socket.bufferedAmount > UNREAD_BYTES_MAX) return true;
    }
    return false;
  }

  #send({ diff, stream, text }: ReplayMessage): void {
    if (diff !== null) {
      this.book.apply(diff.finalId, diff.bids, diff.asks);
      this.#diffs++;
      const { dropEvery } = this.#options;
      if (dropEvery > 0 && this.#diffs % dropEvery === 0) {
        this.dropped++;
        return;
      }
    }
    for (const { socket, streams } of this.#clients) if (streams.has(stream)) socket.send(text);
  }
}

/** btcusdt@depth@100ms and btcusdt@depth@0ms are the same stream here: the recorded one. */
const streamKey = (name: string): string => name.split('@').slice(0, 2).join('@');

/** The client has read all that was sent, as its answer to a ping shows, or is gone. */
function caughtUp(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('pong', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('pong', done);
    socket.on('close', done);
    socket.ping();
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  symbol: string,
  book: PlainBook,
): void {
  const { status, body } = depthAnswer(request, symbol, book);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function depthAnswer(request: IncomingMessage, symbol: string, book: PlainBook) {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const isDepth = url.pathname === '/fapi/v1/depth' || url.pathname === '/api/v3/depth';
  if (request.method !== 'GET' || !isDepth) {
    return { status: 404, body: { code: -1, msg: 'Not found.' } };
  }
  if (url.searchParams.get('symbol') !== symbol) {
    return { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } };
  }
  const limit = Number(url.searchParams.get('limit') ?? LIMIT_DEFAULT);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    return { status: 400, body: { code: -4021, msg: 'Invalid depth limit.' } };
  }
  return { status: 200, body: book.depth(limit) };
}

async function load(file: string) {
  const messages: ReplayMessage[] = [];
  let start: DepthAnswer | undefined;
  let symbol = '';
  for await (const { line, receiveTimeNs, text } of readRecording(file)) {
    const { stream, data, lastUpdateId, bids, asks } = parsed(file, line, text);
    if (lastUpdateId !== undefined) {
      start ??= { lastUpdateId, bids, asks };
      continue;
    }
    const isDiff = data.e === 'depthUpdate';
    if (isDiff) symbol = data.s;
    const diff = isDiff ? { finalId: data.u, bids: data.b, asks: data.a } : null;
    const atMs = Number(receiveTimeNs) / NS_PER_MS;
    messages.push({ atMs, text, stream: streamKey(stream), diff });
  }
  if (start === undefined || symbol === '') {
    const what = `${file}: has no depth snapshot or no diffs, it cannot be replayed`;
    throw new GyrfalconError('INPUT_INVALID', what, { file });
  }
  return { messages, start, symbol };
}

/** The fields of a recorded line that a replay needs. */
interface RecordedFields extends DepthAnswer {
  readonly stream: string;
  readonly data: { e?: string; s: string; u: number; b: TextLevel[]; a: TextLevel[] };
}

function parsed(file: string, line: number, text: string): RecordedFields {
  try {
    const fields = JSON.parse(text) as RecordedFields;
    if (fields.lastUpdateId !== undefined || typeof fields.data?.s === 'string') return fields;
  } catch {
    // said below, with the line
  }
  const what = `${file}:${line}: is no message of a combined stream and no depth snapshot`;
  throw new GyrfalconError('INPUT_INVALID', what, { file, line });
}
