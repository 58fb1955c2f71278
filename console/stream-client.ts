/**
 * The live stream from the engine: token first, then frames; each is answered with the instrument of which
 * the next one is to have the whole book, so that a slow page gets fewer, never older ones. Connects again
 * for as long as the page is open, and says since when there has been nothing new: an old figure must never
 * pass for a current one.
 */
import { ByteBuffer } from 'flatbuffers';
import { ConsoleFrame } from '../engine/event/generated/console-frame.ts';

const RECONNECT_MS = 1000;
const STALE_AFTER_MS = 1500;
const CLOSE_UNAUTHORISED = 4401;

export interface StreamHandlers {
  frame(frame: ConsoleFrame): void;
  /** The instrument that is looked at. */
  watched(): string;
  /** `null`: live again. Else the wall time of the last frame, or of the page's start. */
  stale(sinceMs: number | null): void;
  unauthorised(): void;
}

export class StreamClient {
  readonly #handlers: StreamHandlers;
  readonly #token: () => string;
  #lastFrameMs = Date.now();
  #stale = false;

  constructor(token: () => string, handlers: StreamHandlers) {
    this.#token = token;
    this.#handlers = handlers;
    setInterval(() => this.#watch(), 250);
  }

  connect(): void {
    const socket = new WebSocket(`ws://${location.host}/stream`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send(this.#token());
    socket.onmessage = ({ data }) => {
      this.#take(new Uint8Array(data as ArrayBuffer));
      socket.send(this.#handlers.watched());
    };
    socket.onclose = ({ code }) => {
      if (code === CLOSE_UNAUTHORISED) this.#handlers.unauthorised();
      else setTimeout(() => this.connect(), RECONNECT_MS);
    };
  }

  #take(bytes: Uint8Array): void {
    this.#lastFrameMs = Date.now();
    if (this.#stale) {
      this.#stale = false;
      this.#handlers.stale(null);
    }
    this.#handlers.frame(ConsoleFrame.getRootAsConsoleFrame(new ByteBuffer(bytes)));
  }

  #watch(): void {
    if (Date.now() - this.#lastFrameMs < STALE_AFTER_MS) return;
    this.#stale = true;
    this.#handlers.stale(this.#lastFrameMs);
  }
}
