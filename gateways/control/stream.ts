/**
 * The console's live stream: one FlatBuffers frame about ten times a second to every reader that has
 * shown the control token. The token is the first message, because a browser cannot set headers on a
 * WebSocket and an address would end up in logs. Any further one says that the last frame was taken in, and
 * names the instrument that is looked at. A slow reader misses frames; it never gets old ones.
 */
import type {
  HttpRequest,
  HttpResponse,
  us_socket_context_t,
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';
import { isOwnHost, isOwnOrigin, type TokenCheck } from './auth.ts';

export const FRAME_EVERY_MS = 100;
const READERS_MAX = 16; // further ones are refused: 503
const TOKEN_WITHIN_MS = 3000;
const CLOSE_UNAUTHORISED = 4401;
const CLOSE_GOING_AWAY = 1001;

interface Reader {
  authorised: boolean;
  deadline: NodeJS.Timeout | undefined;
  /** The instrument that it looks at, '' until it has said so. */
  watched: string;
  /** It has answered the last frame. */
  isReady: boolean;
}
type Socket = WebSocket<Reader>;

export interface StreamParts {
  readonly tokens: TokenCheck;
  /** Known only once the server listens. */
  port(): number;
  /** For readers that look at these instruments. */
  frame(watched: ReadonlySet<string>): Uint8Array;
}

export class ConsoleStream {
  readonly #parts: StreamParts;
  readonly #sockets = new Set<Socket>();
  framesSent = 0;
  framesSkipped = 0;

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  get readers(): number {
    return this.#sockets.size;
  }

  /** The route's behaviour for uWebSockets.js. */
  behaviour(): WebSocketBehavior<Reader> {
    return {
      maxPayloadLength: 256,
      maxBackpressure: 4 * 1024 * 1024,
      idleTimeout: 60,
      sendPingsAutomatically: true,
      upgrade: (response, request, context) => this.#upgrade(response, request, context),
      open: (socket) => this.#open(socket),
      message: (socket, message) => this.#message(socket, message),
      close: (socket) => this.#forget(socket),
    };
  }

  /** Called ten times a second. */
  tick(): void {
    const authorised = [...this.#sockets].filter((socket) => socket.getUserData().authorised);
    if (authorised.length === 0) return;
    const frame = this.#frame();
    for (const socket of authorised) this.#send(socket, frame);
  }

  #frame(): Uint8Array {
    return this.#parts.frame(
      new Set([...this.#sockets].map((socket) => socket.getUserData().watched)),
    );
  }

  close(): void {
    for (const socket of [...this.#sockets]) socket.end(CLOSE_GOING_AWAY, 'the engine stops');
  }

  #upgrade(response: HttpResponse, request: HttpRequest, context: us_socket_context_t): void {
    const port = this.#parts.port();
    const own =
      isOwnHost(request.getHeader('host'), port) && isOwnOrigin(request.getHeader('origin'), port);
    if (!own) {
      response.writeStatus('403 Forbidden').end('', true);
      return;
    }
    if (this.#sockets.size >= READERS_MAX) {
      response.writeStatus('503 Service Unavailable').end('', true);
      return;
    }
    response.upgrade<Reader>(
      { authorised: false, deadline: undefined, watched: '', isReady: true },
      request.getHeader('sec-websocket-key'),
      request.getHeader('sec-websocket-protocol'),
      request.getHeader('sec-websocket-extensions'),
      context,
    );
  }

  #open(socket: Socket): void {
    this.#sockets.add(socket);
    const refuse = () => socket.end(CLOSE_UNAUTHORISED, 'no token came');
    socket.getUserData().deadline = setTimeout(refuse, TOKEN_WITHIN_MS);
  }

  #message(socket: Socket, message: ArrayBuffer): void {
    const reader = socket.getUserData();
    const text = Buffer.from(message).toString('latin1');
    if (reader.authorised) {
      reader.watched = text;
      reader.isReady = true;
      return;
    }
    clearTimeout(reader.deadline);
    if (this.#parts.tokens.role(text) !== 'control') {
      socket.end(CLOSE_UNAUTHORISED, 'wrong token');
      return;
    }
    reader.authorised = true;
    this.#send(socket, this.#frame());
  }

  #send(socket: Socket, frame: Uint8Array): void {
    const reader = socket.getUserData();
    // What the system would keep for a slow reader is seconds of old frames.
    if (!reader.isReady) {
      this.framesSkipped++;
      return;
    }
    reader.isReady = false;
    socket.send(frame, true);
    this.framesSent++;
  }

  #forget(socket: Socket): void {
    clearTimeout(socket.getUserData().deadline);
    this.#sockets.delete(socket);
  }
}
