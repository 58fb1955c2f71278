import { request } from 'node:http';
import fc from 'fast-check';
import { ByteBuffer } from 'flatbuffers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ConsoleFrame } from '../../engine/event/generated/console-frame.ts';
import { startFakeControl, TEST_TOKENS } from '../../test/support/fake-control.ts';
import type { LatencyState } from './console-state.ts';

interface Asked {
  readonly method?: string;
  readonly token?: string;
  readonly type?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly body?: string | Buffer;
}
interface Answered {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

const KILL = { scope: 'firm', reason: 'test' };
const ADJUST = {
  strategy: 'ofi-momentum',
  instrument: 'GOOG',
  quantity: '-100',
  price: '571.25',
  reason: 'booked by phone',
};
const { control: CONTROL, rearm: REARM } = TEST_TOKENS;

let control: Awaited<ReturnType<typeof startFakeControl>>;

beforeAll(async () => {
  control = await startFakeControl();
});
beforeEach(() => {
  control.actions.kills.length = 0;
  control.actions.rearms.length = 0;
  control.actions.commands.length = 0;
});
afterAll(() => control.server.close());

/** node:http, because fetch does not let a test lie about Host and Origin. */
function ask(path: string, asked: Asked = {}): Promise<Answered> {
  const { port } = control.server;
  const headers: Record<string, string> = { host: asked.host ?? `127.0.0.1:${port}` };
  if (asked.token !== undefined) headers.authorization = `Bearer ${asked.token}`;
  if (asked.type !== undefined) headers['content-type'] = asked.type;
  if (asked.origin !== undefined) headers.origin = asked.origin;
  const method = asked.method ?? 'GET';
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode!, headers: response.headers, body });
      });
    });
    sent.on('error', reject);
    sent.end(asked.body);
  });
}

const post = (path: string, body: unknown, token = CONTROL) =>
  ask(path, { method: 'POST', token, type: 'application/json', body: JSON.stringify(body) });

/** The server counts requests a second; a test that sends many must not be told to wait. */
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const error = (answer: Answered): { code: string; path: string; message: string } =>
  JSON.parse(answer.body).error;

describe('who may ask', () => {
  test.for([
    ['no token', {}, 401, 'UNAUTHORISED'],
    ['a wrong token', { token: 'e'.repeat(64) }, 401, 'UNAUTHORISED'],
    ['a prefix of the token', { token: CONTROL.slice(0, 63) }, 401, 'UNAUTHORISED'],
    ['the rearm token', { token: REARM }, 403, 'WRONG_ROLE'],
    ['a rebound DNS name', { token: CONTROL, host: 'evil.example' }, 421, 'FOREIGN_HOST'],
    ['another page', { token: CONTROL, origin: 'http://evil.example' }, 403, 'FOREIGN_ORIGIN'],
    ['an opaque page', { token: CONTROL, origin: 'null' }, 403, 'FOREIGN_ORIGIN'],
  ] as const)('%s cannot kill', async ([, asked, status, code]) => {
    const body = JSON.stringify(KILL);
    const answer = await ask('/api/v1/kill', {
      method: 'POST',
      type: 'application/json',
      body,
      ...asked,
    });
    expect(answer.status).toBe(status);
    expect(error(answer).code).toBe(code);
    expect(control.actions.kills).toEqual([]);
  });

  test.for([
    ['no token', '/api/v1/kill', undefined, /^no token came.*operator token.*control\.tokenFile/],
    ['no token', '/api/v1/rearm', undefined, /^no token came.*re-arm token.*rearmTokenFile/],
    ['a wrong token', '/api/v1/kill', 'e'.repeat(64), /wrong token.*operator.*control\.tokenFile/],
    ['a wrong token', '/api/v1/rearm', 'e'.repeat(64), /wrong token.*re-arm.*rearmTokenFile/],
    [
      'the operator token',
      '/api/v1/rearm',
      CONTROL,
      /^the operator token does not re-arm.*rearmTo/,
    ],
    ['the re-arm token', '/api/v1/kill', REARM, /does nothing but re-arm.*control\.tokenFile/],
  ] as const)('%s at %s is told which token and where it is', async ([, path, token, says]) => {
    await pause(250); // wrong tokens are slowed down
    const asked = { method: 'POST', type: 'application/json', body: JSON.stringify(KILL) };
    const answer = await ask(path, token === undefined ? asked : { ...asked, token });
    expect(error(answer).message).toMatch(says);
    const isWrong = token === 'e'.repeat(64);
    const challenge = String(answer.headers['www-authenticate'] ?? '');
    expect(challenge.includes('invalid_token')).toBe(isWrong);
  });

  test('the control token does not re-arm, the rearm token does', async () => {
    expect((await post('/api/v1/rearm', KILL, CONTROL)).status).toBe(403);
    expect(control.actions.rearms).toEqual([]);
    expect((await post('/api/v1/rearm', KILL, REARM)).status).toBe(200);
    expect(control.actions.rearms).toHaveLength(1);
  });

  test('wrong tokens are slowed down, a right one never', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => post('/api/v1/kill', KILL, 'e'.repeat(64))),
    );
    expect(answers.some(({ status }) => status === 429)).toBe(true);
    expect((await post('/api/v1/kill', KILL)).status).toBe(200);
  });

  test('requests are limited, the kill switch is not', async () => {
    const states = await Promise.all(
      Array.from({ length: 80 }, () => ask('/healthz', { token: CONTROL })),
    );
    expect(states.some(({ status }) => status === 429)).toBe(true);
    const kills = await Promise.all(Array.from({ length: 80 }, () => post('/api/v1/kill', KILL)));
    expect(kills.every(({ status }) => status === 200)).toBe(true);
    await pause(1100);
  });
});

describe('requests that are not whole', () => {
  test.for([
    ['GET of a POST address', '/api/v1/flatten', { token: CONTROL }, 405, 'METHOD_NOT_ALLOWED'],
    ['PUT of the console', '/', { method: 'PUT', body: 'x' }, 405, 'METHOD_NOT_ALLOWED'],
    ['an address without anything', '/api/v2/kill', { token: CONTROL }, 404, 'NOT_FOUND'],
    ['a walk out of the folder', '/console/../package.json', {}, 404, 'NOT_FOUND'],
    ['an encoded walk', '/console/%2e%2e/package.json', {}, 404, 'NOT_FOUND'],
    ['a test file', '/console/console.test.ts', {}, 404, 'NOT_FOUND'],
    ['the stream without upgrade', '/stream', {}, 426, 'UPGRADE_REQUIRED'],
    [
      'a form',
      '/api/v1/kill',
      {
        method: 'POST',
        token: CONTROL,
        type: 'application/x-www-form-urlencoded',
        body: 'scope=firm',
      },
      415,
      'NOT_JSON',
    ],
    ['no type', '/api/v1/kill', { method: 'POST', token: CONTROL, body: '{}' }, 415, 'NOT_JSON'],
    [
      'a body that is too large',
      '/api/v1/kill',
      { method: 'POST', token: CONTROL, type: 'application/json', body: 'x'.repeat(16_385) },
      413,
      'BODY_TOO_LARGE',
    ],
    [
      'no JSON',
      '/api/v1/kill',
      { method: 'POST', token: CONTROL, type: 'application/json', body: '{' },
      400,
      'BAD_JSON',
    ],
    [
      'no body',
      '/api/v1/kill',
      { method: 'POST', token: CONTROL, type: 'application/json' },
      400,
      'BAD_JSON',
    ],
    [
      'no UTF-8',
      '/api/v1/kill',
      {
        method: 'POST',
        token: CONTROL,
        type: 'application/json',
        body: Buffer.from([0x22, 0xff, 0x22]),
      },
      400,
      'BAD_JSON',
    ],
  ] as const)('%s is refused', async ([, path, asked, status, code]) => {
    const answer = await ask(path, asked);
    expect(answer.status).toBe(status);
    expect(error(answer).code).toBe(code);
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
  });

  test('a large body without a length is cut off', async () => {
    const { port } = control.server;
    const answer = await new Promise<number>((resolve, reject) => {
      const headers = {
        host: `127.0.0.1:${port}`,
        authorization: `Bearer ${CONTROL}`,
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
      };
      const options = { port, host: '127.0.0.1', path: '/api/v1/kill', method: 'POST', headers };
      const sent = request(options, (response) => resolve(response.statusCode!));
      sent.on('error', reject);
      for (let chunk = 0; chunk < 5; chunk++) sent.write('x'.repeat(4096));
      sent.end();
    });
    expect(answer).toBe(413);
  });

  test.for([
    ['/api/v1/kill', { reason: 'x' }, 'scope'],
    ['/api/v1/kill', { scope: 'desk', reason: 'x' }, 'scope'],
    ['/api/v1/kill', { scope: 'firm' }, 'reason'],
    ['/api/v1/kill', { scope: 'firm', reason: '  ' }, 'reason'],
    ['/api/v1/kill', { scope: 'firm', reason: 'a\u0000b' }, 'reason'],
    ['/api/v1/kill', { scope: 'firm', reason: 'x'.repeat(201) }, 'reason'],
    ['/api/v1/kill', { scope: 'firm', target: 'GOOG', reason: 'x' }, 'target'],
    ['/api/v1/kill', { scope: 'strategy', reason: 'x' }, 'target'],
    ['/api/v1/kill', { scope: 'instrument', target: 'MSFT', reason: 'x' }, 'target'],
    ['/api/v1/kill', { ...KILL, extra: 1 }, ''],
    ['/api/v1/kill', [KILL], ''],
    ['/api/v1/kill', null, ''],
    ['/api/v1/orders/cancel', { orderNumber: 0 }, 'orderNumber'],
    ['/api/v1/orders/cancel', { orderNumber: 1.5 }, 'orderNumber'],
    ['/api/v1/orders/cancel', { orderNumber: '7' }, 'orderNumber'],
    ['/api/v1/strategies/pause', { strategy: 'nobody' }, 'strategy'],
    ['/api/v1/strategies/resume', {}, 'strategy'],
    ['/api/v1/positions/adjust', { ...ADJUST, quantity: 100 }, 'quantity'],
    ['/api/v1/positions/adjust', { ...ADJUST, quantity: '0' }, 'quantity'],
    ['/api/v1/positions/adjust', { ...ADJUST, quantity: '0.5' }, 'quantity'],
    ['/api/v1/positions/adjust', { ...ADJUST, price: '571.255' }, 'price'],
    ['/api/v1/positions/adjust', { ...ADJUST, price: '-1' }, 'price'],
    ['/api/v1/positions/adjust', { ...ADJUST, price: '1e3' }, 'price'],
    ['/api/v1/positions/adjust', { ...ADJUST, reason: '' }, 'reason'],
    ['/api/v1/flatten', { scope: 'strategy', target: '', reason: 'x' }, 'target'],
  ] as const)('%s %j is refused at %s', async ([path, body, at]) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(error(answer).path).toBe(at);
    expect(error(answer).message).not.toBe('');
    expect(control.actions.kills).toEqual([]);
    expect(control.actions.commands).toEqual([]);
    await pause(25);
  });
});

describe('what is done', () => {
  const by = { operator: 'operator' };
  test.for([
    [
      'flatten',
      { scope: 'instrument', target: 'GOOG', reason: 'close' },
      { kind: 'FLATTEN', scope: 'INSTRUMENT', target: 'GOOG', reason: 'close', ...by },
    ],
    [
      'orders/cancel',
      { orderNumber: 17 },
      { kind: 'CANCEL_ORDER', orderNumber: 17, reason: 'cancelled by hand', ...by },
    ],
    [
      'strategies/pause',
      { strategy: 'ofi-momentum', reason: 'noon' },
      { kind: 'PAUSE_STRATEGY', strategy: 'ofi-momentum', reason: 'noon', ...by },
    ],
    [
      'strategies/resume',
      { strategy: 'ofi-momentum', operator: 'ann' },
      { kind: 'RESUME_STRATEGY', strategy: 'ofi-momentum', operator: 'ann' },
    ],
    [
      'positions/adjust',
      ADJUST,
      { kind: 'ADJUST_POSITION', quantityLots: -100, priceTicks: 57_125, instrument: 'GOOG' },
    ],
    [
      'positions/adjust',
      { ...ADJUST, instrument: 'BTCUSDT', quantity: '0.123', price: '60123.4' },
      { kind: 'ADJUST_POSITION', quantityLots: 123, priceTicks: 601_234 },
    ],
  ] as const)('%s reaches the engine in ticks and lots', async ([path, body, command]) => {
    const answer = await post(`/api/v1/${path}`, body);
    expect(answer.status).toBe(202);
    expect(control.actions.commands).toEqual([
      expect.objectContaining({ type: 'COMMAND', ...command }),
    ]);
  });

  test('what the engine refuses is a conflict with its code', async () => {
    const answer = await post('/api/v1/orders/cancel', { orderNumber: 999_999 });
    expect(answer.status).toBe(409);
    expect(error(answer)).toEqual({
      code: 'ORDER_STATE',
      message: 'there is no such order',
      path: '',
    });
  });

  test('kill answers with the status, which can be asked for again', async () => {
    const body = { scope: 'strategy', target: 'ofi-momentum', reason: 'runaway', operator: 'ann' };
    const answer = JSON.parse((await post('/api/v1/kill', body)).body);
    expect(answer).toMatchObject({
      state: 'KILLED',
      scope: 'STRATEGY',
      target: 'ofi-momentum',
      operator: 'ann',
    });
    const status = await ask('/api/v1/kill', { token: CONTROL });
    expect(JSON.parse(status.body)).toEqual(answer);
    await post('/api/v1/rearm', KILL, REARM);
  });

  test('a body of any shape is answered, and only a whole one acts', async () => {
    const paths = ['kill', 'flatten', 'orders/cancel', 'strategies/pause', 'positions/adjust'];
    const body = fc.oneof(
      fc.json(),
      fc.string({ maxLength: 300 }),
      fc
        .record(
          {
            scope: fc.constantFrom('firm', 'strategy', '__proto__'),
            target: fc.string(),
            reason: fc.string(),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    );
    const property = fc.asyncProperty(fc.constantFrom(...paths), body, async (path, text) => {
      const answer = await ask(`/api/v1/${path}`, {
        method: 'POST',
        token: CONTROL,
        type: 'application/json',
        body: text,
      });
      expect([200, 202, 400, 429]).toContain(answer.status);
      expect(JSON.parse(answer.body)).toBeTypeOf('object');
    });
    await fc.assert(property, { numRuns: 400 });
    await pause(1100);
    expect(
      control.actions.kills.every(({ reason, target }) => reason.trim() !== '' && target === ''),
    ).toBe(true);
  });
});

describe('what can be read', () => {
  test('health and metrics are open, and say nothing about money', async () => {
    control.moving.step();
    expect(JSON.parse((await ask('/healthz')).body)).toEqual({ status: 'ok', engine: 'RUNNING' });
    const { body, headers } = await ask('/metrics');
    expect(headers['content-type']).toContain('version=0.0.4');
    expect(body).toMatch(/^gyrfalcon_denied_total\{code="POSITION"\} \d+$/m);
    expect(body).toMatch(
      /^gyrfalcon_latency_seconds\{path="tick to order",quantile="0.99"\} 0\.0000\d+$/m,
    );
    expect(body).not.toMatch(/pnl|position_/i);
  });

  test('stages and all slow ticks are read with the token, by nobody without', async () => {
    expect((await ask('/api/v1/latency')).status).toBe(401);
    const { status, body } = await ask('/api/v1/latency', { token: CONTROL });
    expect(status).toBe(200);
    const { histograms, stages, slowTicks, unknownCauses } = JSON.parse(body) as LatencyState;
    expect(histograms.map(({ name }) => name)).toContain('tick to order');
    expect(stages.map(({ count }) => count)).toEqual(Array(10).fill(3_999));
    expect(slowTicks).toHaveLength(30);
    expect(slowTicks[0]).toMatchObject({ record: 1_230, longest: 'send' });
    expect(unknownCauses).toContain('context switch');
  });

  test('a loop whose heartbeat stands still is reported as hung', async () => {
    await pause(400);
    expect((await ask('/healthz')).status).toBe(503);
    control.moving.step();
    expect((await ask('/healthz')).status).toBe(200);
  });

  test('the console and every module it imports are served', async () => {
    const seen = new Set<string>();
    const follow = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const answer = await ask(path);
      expect(`${path} ${answer.status}`).toBe(`${path} 200`);
      for (const [, module] of answer.body.matchAll(/(?:from\s+|import\s+)['"]([./][^'"]+)['"]/g)) {
        await follow(new URL(module!, `http://x${path}`).pathname);
      }
    };
    await follow('/');
    await follow('/console/main.ts');
    expect(seen.size).toBeGreaterThan(30);
  });
});

describe('the stream', () => {
  const connect = (token: string, options = {}) =>
    new Promise<{ closed: number } | { frame: ConsoleFrame }>((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${control.server.port}/stream`, options);
      socket.on('open', () => socket.send(token));
      socket.on('message', (bytes: Buffer) => {
        socket.terminate();
        resolve({ frame: ConsoleFrame.getRootAsConsoleFrame(new ByteBuffer(bytes)) });
      });
      socket.on('close', (closed) => resolve({ closed }));
      socket.on('error', reject);
    });

  test('opens with the control token as first message', async () => {
    const got = await connect(CONTROL);
    expect('frame' in got && got.frame.instruments(0)?.symbol()).toBe('GOOG');
  });

  test('sends a reader no further frame until it has answered the last', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${control.server.port}/stream`);
    const sequences: number[] = [];
    const frames = async (count: number) => {
      await expect.poll(() => sequences.length).toBeGreaterThanOrEqual(count);
      return sequences.length;
    };
    socket.on('open', () => socket.send(CONTROL));
    socket.on('message', (bytes: Buffer) => {
      sequences.push(ConsoleFrame.getRootAsConsoleFrame(new ByteBuffer(bytes)).sequence());
    });
    await frames(1);
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(sequences).toHaveLength(1);
    socket.send('GOOG');
    await frames(2);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(sequences).toHaveLength(2);
    socket.terminate();
  });

  test.for([
    ['a wrong token', 'e'.repeat(64)],
    ['the rearm token', REARM],
    ['an empty one', ''],
  ])('closes on %s', async ([, token]) => {
    expect(await connect(token!)).toEqual({ closed: 4401 });
  });

  test('refuses another page and another host', async () => {
    await expect(connect(CONTROL, { origin: 'http://evil.example' })).rejects.toThrow('403');
    await expect(connect(CONTROL, { headers: { host: 'evil.example' } })).rejects.toThrow('403');
  });

  test('refuses the seventeenth reader', async () => {
    const url = `ws://127.0.0.1:${control.server.port}/stream`;
    const sockets = Array.from({ length: 16 }, () => new WebSocket(url));
    await Promise.all(
      sockets.map((socket) => new Promise((resolve) => socket.on('open', resolve))),
    );
    await expect(connect(CONTROL)).rejects.toThrow('503');
    for (const socket of sockets) socket.terminate();
  });
});

test('a port in use is one line that says what to do', async () => {
  await expect(startFakeControl(control.server.port)).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: `port ${control.server.port} on 127.0.0.1 is in use: stop the other program or set control.port`,
  });
});

test('the port can be taken again at once after a stop with a console connected', async () => {
  const first = await startFakeControl();
  const { port } = first.server;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/stream`);
  await new Promise((resolve) => socket.on('open', resolve));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await first.server.close();
  expect(await closed).toBe(1001);
  const second = await startFakeControl(port);
  expect(second.server.port).toBe(port);
  await second.server.close();
});
