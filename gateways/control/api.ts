/** The routes: which address takes which method, who may use it, and what answers. Reads like the manual. */
import type { Memory } from '../../wasm/memory.ts';
import type { ControlActions } from './actions.ts';
import type { Role, TokenCheck } from './auth.ts';
import type { ConsoleReader } from './console-reader.ts';
import { type KnownNames, kill, rearm } from './kill.ts';
import { metricsText, type ServerFigures } from './metrics.ts';
import {
  operate,
  parseAdjust,
  parseCancel,
  parseFlatten,
  parsePause,
  parseResume,
} from './operate.ts';
import { RateLimit } from './rate-limit.ts';
import { json, type Reply, RequestFault } from './reply.ts';
import { readScales, type Scales } from './scales.ts';
import { SteadyMemory } from './steady-memory.ts';

const REQUESTS_PER_S_MAX = 50; // the kill switch and its release are not counted
const WRONG_TOKENS_PER_S_MAX = 5;

export interface ApiParts {
  readonly actions: ControlActions;
  readonly memory: Memory;
  readonly reader: ConsoleReader;
  readonly tokens: TokenCheck;
  readonly figures: () => ServerFigures;
  readonly nowMs: () => number;
}

type Answer = (body: unknown) => Reply | Promise<Reply>;

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Whose token it takes; nobody = open. */
  readonly needs: Role;
  /** The kill switch must work while everything else is being refused. */
  readonly counted: boolean;
  readonly answer: Answer;
}

export type Routes = ReadonlyMap<string, readonly Route[]>;

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

const namesOf = (scales: Scales): KnownNames => ({
  strategies: scales.strategies,
  instruments: scales.instruments.map(({ symbol }) => symbol),
});

export function buildRoutes(parts: ApiParts): Routes {
  const { actions, reader } = parts;
  const steady = new SteadyMemory(parts.memory);
  const scales = () => readScales(steady);
  const names = () => namesOf(scales());
  const open = (answer: Answer): Route => ({
    method: 'GET',
    needs: 'nobody',
    counted: true,
    answer,
  });
  const read = (answer: Answer): Route => ({
    method: 'GET',
    needs: 'control',
    counted: true,
    answer,
  });
  const act = (answer: Answer): Route => ({
    method: 'POST',
    needs: 'control',
    counted: true,
    answer,
  });
  const command = (parse: typeof parseFlatten) =>
    act((body) => operate(actions, parse(body, scales())));
  return new Map<string, readonly Route[]>([
    ['/healthz', [open(() => health(reader))]],
    ['/metrics', [open(() => metrics(parts))]],
    ['/api/v1/state', [read(() => json(200, reader.read()))]],
    ['/api/v1/latency', [read(() => json(200, reader.latency()))]],
    [
      '/api/v1/kill',
      [
        { ...read(() => json(200, actions.killStatus())), counted: false },
        { ...act((body) => kill(actions, body, names())), counted: false },
      ],
    ],
    [
      '/api/v1/rearm',
      [{ ...act((body) => rearm(actions, body, names())), needs: 'rearm', counted: false }],
    ],
    ['/api/v1/flatten', [command(parseFlatten)]],
    ['/api/v1/orders/cancel', [command(parseCancel)]],
    ['/api/v1/strategies/pause', [command(parsePause)]],
    ['/api/v1/strategies/resume', [command(parseResume)]],
    ['/api/v1/positions/adjust', [command(parseAdjust)]],
  ]);
}

function health(reader: ConsoleReader): Reply {
  reader.observe();
  const engineState = reader.engineState();
  const healthy = engineState === 'RUNNING';
  return json(healthy ? 200 : 503, { status: healthy ? 'ok' : 'not ok', engine: engineState });
}

function metrics(parts: ApiParts): Reply {
  const body = metricsText(parts.reader.read(), parts.figures());
  return { status: 200, type: TEXT, body, headers: {} };
}

type Holder = Exclude<Role, 'nobody'>;

/** Said to whoever asks, so it names the settings, not the files. */
const TOKEN_NEEDED: Readonly<Record<Holder, string>> = {
  control: 'the operator token, kept in the file that control.tokenFile names',
  rearm: 'the re-arm token, kept in the file that control.rearmTokenFile names',
};
const WRONG_ROLE: Readonly<Record<Holder, string>> = {
  control: `the re-arm token does nothing but re-arm: use ${TOKEN_NEEDED.control}`,
  rearm: `the operator token does not re-arm, a second person does: use ${TOKEN_NEEDED.rearm}`,
};

function unauthorised(needs: Holder, isGiven: boolean): RequestFault {
  const message = isGiven
    ? `the Authorization header holds a wrong token: send Bearer and ${TOKEN_NEEDED[needs]}`
    : `no token came: send the header Authorization with Bearer and ${TOKEN_NEEDED[needs]}`;
  const challenge = `Bearer realm="gyrfalcon"${isGiven ? ', error="invalid_token"' : ''}`;
  return new RequestFault(401, 'UNAUTHORISED', message, {
    headers: { 'WWW-Authenticate': challenge },
  });
}

/** Lets a request through or says why not; the order of the checks is the order of the codes below. */
export class Gate {
  readonly #tokens: TokenCheck;
  readonly #requests: RateLimit;
  readonly #wrongTokens: RateLimit;

  constructor(tokens: TokenCheck, nowMs: () => number) {
    this.#tokens = tokens;
    this.#requests = new RateLimit(REQUESTS_PER_S_MAX, nowMs);
    this.#wrongTokens = new RateLimit(WRONG_TOKENS_PER_S_MAX, nowMs);
  }

  admit(route: Route, authorization: string): void {
    if (route.needs !== 'nobody') this.#authorise(route, authorization);
    if (route.counted && !this.#requests.take()) {
      throw new RequestFault(429, 'TOO_MANY_REQUESTS', 'too many requests: wait a second', {
        headers: { 'Retry-After': '1' },
      });
    }
  }

  /** A right token is never held up by the wrong ones of somebody else. */
  #authorise(route: Route, authorization: string): void {
    const role = this.#tokens.roleOfHeader(authorization);
    if (role === route.needs) return;
    const needs = route.needs === 'rearm' ? 'rearm' : 'control';
    if (role !== 'nobody') throw new RequestFault(403, 'WRONG_ROLE', WRONG_ROLE[needs]);
    if (!this.#wrongTokens.take()) {
      throw new RequestFault(429, 'TOO_MANY_REQUESTS', 'too many wrong tokens: wait a second', {
        headers: { 'Retry-After': '1' },
      });
    }
    throw unauthorised(needs, authorization !== '');
  }
}
