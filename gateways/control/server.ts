/**
 * The operator's door: console, stream, REST and metrics on one loopback port, beside the supervisor on
 * the main thread, so that it answers while the hot loop is busy or hung. Everything it shows is read from
 * shared memory; everything it does goes through ControlActions.
 */

import { App, type HttpResponse, us_socket_local_port } from 'uWebSockets.js';
import { connect } from 'node:net';
import { GyrfalconError } from '../../engine/errors.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { ControlActions } from './actions.ts';
import { buildRoutes, Gate, type Routes } from './api.ts';
import { loadAssets } from './assets.ts';
import { isOwnHost, isOwnOrigin, TokenCheck, type Tokens } from './auth.ts';
import { ConsoleFrameEncoder } from './console-frame.ts';
import { type ConsoleContext, ConsoleReader } from './console-reader.ts';
import { frameOf } from './frame-contents.ts';
import { type Reply, RequestFault, replyOfError } from './reply.ts';
import { checkBodyHeaders, type Heading, headingOf, readJson, send } from './request.ts';
import { ConsoleStream, FRAME_EVERY_MS } from './stream.ts';

export interface ControlServerOptions {
  readonly host: '127.0.0.1' | '::1';
  /** 0 = any free one. */
  readonly port: number;
  readonly actions: ControlActions;
  readonly memory: Memory;
  readonly context: ConsoleContext;
  readonly tokens: Tokens;
}

export interface ControlServer {
  readonly port: number;
  /** Where a browser finds the console, without the token. */
  readonly url: string;
  /** Must be awaited before the process exits: uWebSockets.js aborts otherwise. */
  close(): Promise<void>;
}

export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { host, context, memory, actions } = options;
  const tokens = new TokenCheck(options.tokens);
  const reader = new ConsoleReader(memory, context, () => actions.killStatus());
  const encoder = new ConsoleFrameEncoder();
  let port = options.port;
  const stream = new ConsoleStream({
    tokens,
    port: () => port,
    frame: (watched) => encoder.encode(frameOf(reader, watched)),
  });
  const figures = () => ({
    streamReaders: stream.readers,
    framesSent: stream.framesSent,
    framesSkipped: stream.framesSkipped,
  });
  const nowMs = () => context.nowMs();
  const door = new Door({
    routes: buildRoutes({ actions, memory, reader, tokens, figures, nowMs }),
    assets: loadAssets(),
    gate: new Gate(tokens, nowMs),
    port: () => port,
  });
  const app = App();
  app.ws('/stream', stream.behaviour());
  app.any('/*', (response, request) => door.handle(response, headingOf(request)));
  port = await listen(app, host, options.port);
  const timer = setInterval(() => {
    reader.observe();
    stream.tick();
  }, FRAME_EVERY_MS);
  return {
    port,
    url: `http://${host === '::1' ? '[::1]' : host}:${port}/`,
    close: async () => {
      clearInterval(timer);
      stream.close();
      app.close();
      // The loop must turn once more for the sockets to be gone.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/**
 * uWebSockets.js may share a port with another listener unnoticed, so whether somebody answers is found by
 * calling first. It also cannot take a port back while connections of a stopped server fade (one minute).
 */
async function listen(app: ReturnType<typeof App>, host: string, port: number): Promise<number> {
  await requireFreePort(host, port);
  return new Promise((resolve, reject) => {
    app.listen(host, port, (socket) => {
      if (socket) {
        resolve(us_socket_local_port(socket));
        return;
      }
      app.close();
      const why = 'cannot be taken now: wait a minute after a stop, or set control.port';
      reject(portInUse(host, port, why));
    });
  });
}

/** Said before the engine trades, too: a console that cannot start must not cost an order. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0 || !(await isAnswered(host, port))) return;
  throw portInUse(host, port, 'is in use: stop the other program or set control.port');
}

const portInUse = (host: string, port: number, why: string): GyrfalconError =>
  new GyrfalconError('PORT_IN_USE', `port ${port} on ${host} ${why}`, { host, port });

function isAnswered(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = connect({ host, port });
    call.once('connect', () => {
      call.destroy();
      resolve(true);
    });
    call.once('error', () => resolve(false));
  });
}

interface DoorParts {
  readonly routes: Routes;
  readonly assets: ReadonlyMap<string, Reply>;
  readonly gate: Gate;
  port(): number;
}

/** Takes one request after another through the checks; what fails a check gets its reason and no more. */
class Door {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  handle(response: HttpResponse, heading: Heading): void {
    let aborted = false;
    response.onAborted(() => {
      aborted = true;
    });
    const finish = (reply: Reply) => {
      if (aborted) return;
      aborted = true; // answered: a second answer would be ill use
      send(response, reply, heading.method);
    };
    this.#answer(response, heading).then(finish, (error) => finish(replyOfError(error)));
  }

  async #answer(response: HttpResponse, heading: Heading): Promise<Reply> {
    const { routes, assets, gate } = this.#parts;
    this.#checkOrigin(heading);
    const asset = assets.get(heading.path);
    if (asset !== undefined) {
      if (heading.method === 'GET' || heading.method === 'HEAD') return asset;
      throw wrongMethod('GET, HEAD');
    }
    const methods = routes.get(heading.path);
    if (methods === undefined) throw notFound(heading.path);
    const method = heading.method === 'HEAD' ? 'GET' : heading.method;
    const route = methods.find((candidate) => candidate.method === method);
    if (route === undefined) throw wrongMethod(methods.map((known) => known.method).join(', '));
    gate.admit(route, heading.authorization);
    if (route.method === 'GET') return route.answer(undefined);
    checkBodyHeaders(heading);
    return route.answer(await readJson(response));
  }

  #checkOrigin({ host, origin }: Heading): void {
    const port = this.#parts.port();
    if (!isOwnHost(host, port)) {
      throw new RequestFault(
        421,
        'FOREIGN_HOST',
        'this server answers to its loopback address only',
      );
    }
    if (!isOwnOrigin(origin, port)) {
      throw new RequestFault(403, 'FOREIGN_ORIGIN', 'requests from other pages are refused');
    }
  }
}

function notFound(path: string): RequestFault {
  if (path === '/stream') {
    const headers = { Upgrade: 'websocket' };
    return new RequestFault(426, 'UPGRADE_REQUIRED', 'the stream is a WebSocket', { headers });
  }
  return new RequestFault(404, 'NOT_FOUND', 'there is nothing at this address');
}

const wrongMethod = (allowed: string): RequestFault =>
  new RequestFault(405, 'METHOD_NOT_ALLOWED', `use ${allowed}`, { headers: { Allow: allowed } });
