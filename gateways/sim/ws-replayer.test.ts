/**
 * The replaying venue as a client sees it: streams, pace, losses on purpose, depth answers, faults.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startWsReplayer, type WsReplayer, type WsReplayerOptions } from './ws-replayer.ts';

const folder = mkdtempSync(join(tmpdir(), 'ws-replayer-'));
const open: { replayer?: WsReplayer } = {};
afterEach(async () => {
  await open.replayer?.close();
  delete open.replayer;
});
afterAll(() => rmSync(folder, { recursive: true }));

const MS = 1_000_000;
const message = (ms: number, stream: string, data: object) =>
  `${ms * MS} ${JSON.stringify({ stream, data })}`;
const diff = (ms: number, u: number, b: string[][]) =>
  message(ms, 'xusd@depth@0ms', {
    e: 'depthUpdate',
    E: 1,
    s: 'XUSD',
    U: u,
    u,
    pu: u - 1,
    b,
    a: [],
  });

const SNAPSHOT = {
  lastUpdateId: 10,
  bids: [
    ['9.0', '1'],
    ['10.0', '2'],
    ['8.5', '3'],
  ],
  asks: [['11.0', '4']],
};
const LINES = [
  diff(1, 10, [['1.0', '99']]),
  `${2 * MS} ${JSON.stringify(SNAPSHOT)}`,
  diff(20, 11, [['10.0', '0']]),
  message(40, 'xusd@trade', { e: 'trade', s: 'XUSD', t: 1, T: 1, p: '9.0', q: '1' }),
  diff(60, 12, [['10.5', '7']]),
  diff(81, 13, [['9.0', '5']]),
];

function recording(lines: readonly string[] = LINES): string {
  const file = join(folder, 'recording.jsonl');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

async function start(options: Partial<WsReplayerOptions> = {}): Promise<WsReplayer> {
  const all = { file: recording(), speed: 'max' as const, dropEvery: 0, port: 0, ...options };
  open.replayer = await startWsReplayer(all);
  return open.replayer;
}

/** All that a client of these streams gets until the recording ends. */
async function received(replayer: WsReplayer, streams: string): Promise<string[]> {
  const texts: string[] = [];
  const client = new WebSocket(`${replayer.url}/stream?streams=${streams}`);
  client.on('message', (data) => texts.push(String(data)));
  await new Promise((resolve) => client.once('open', resolve));
  await replayer.finished;
  const answered = new Promise((resolve) => client.once('pong', resolve));
  client.ping();
  await answered;
  return texts;
}

const depth = async ({ snapshotUrl }: WsReplayer, query: string) => {
  const response = await fetch(`${snapshotUrl}?${query}`);
  return { status: response.status, body: await response.json() };
};

const bodies = (at: readonly number[]) =>
  at.map((line) => LINES[line]!.slice(LINES[line]!.indexOf(' ') + 1));

test('a client gets the messages of its streams as they were recorded', async () => {
  const both = await received(await start(), 'xusd@depth@100ms/xusd@trade');
  expect(both).toEqual(bodies([0, 2, 3, 4, 5]));
  await open.replayer!.close();
  expect(await received(await start(), 'xusd@trade')).toEqual(bodies([3]));
});

test('every K-th diff is lost on the way, and the book of the venue keeps it', async () => {
  const replayer = await start({ dropEvery: 2 });
  expect(await received(replayer, 'xusd@depth')).toEqual(bodies([0, 4]));
  expect(replayer.dropped()).toBe(2);
  expect(replayer.book.depth(5)).toEqual({
    lastUpdateId: 13,
    bids: [
      ['10.5', '7'],
      ['9.0', '5'],
      ['8.5', '3'],
    ],
    asks: [['11.0', '4']],
  });
});

test('the recorded pace is kept, times the speed', async () => {
  for (const [speed, atLeastMs] of [
    [1, 79],
    [4, 19],
  ] as const) {
    const replayer = await start({ speed });
    const from = performance.now();
    await received(replayer, 'xusd@depth');
    expect(performance.now() - from).toBeGreaterThanOrEqual(atLeastMs);
    await replayer.close();
  }
});

test('depth is served best first, cut to the limit, at the update reached', async () => {
  const replayer = await start();
  const first = {
    lastUpdateId: 10,
    bids: [
      ['10.0', '2'],
      ['9.0', '1'],
    ],
    asks: [['11.0', '4']],
  };
  expect(await depth(replayer, 'symbol=XUSD&limit=2')).toEqual({ status: 200, body: first });
  await received(replayer, 'xusd@depth');
  const last = { lastUpdateId: 13, bids: [['10.5', '7']], asks: [['11.0', '4']] };
  expect(await depth(replayer, 'symbol=XUSD&limit=1')).toEqual({ status: 200, body: last });
});

test('an unknown symbol, limit or address is refused as the venue does', async () => {
  const replayer = await start();
  expect(await depth(replayer, 'symbol=YUSD')).toMatchObject({
    status: 400,
    body: { code: -1121 },
  });
  expect(await depth(replayer, 'symbol=XUSD&limit=0')).toMatchObject({ body: { code: -4021 } });
  expect((await fetch(`http://127.0.0.1:${replayer.port}/other`)).status).toBe(404);
});

test('no snapshot, a line that is no message, a port in use: one plain line', async () => {
  const start0 = (file: string, port = 0) =>
    startWsReplayer({ file, speed: 'max', dropEvery: 0, port });
  await expect(start0(recording([LINES[0]!]))).rejects.toThrow(/has no depth snapshot/);
  await expect(start0(recording([...LINES, '5 {"x":1}']))).rejects.toThrow(
    /jsonl:7: is no message/,
  );
  const { port } = await start();
  await expect(start0(recording(), port)).rejects.toThrow(/EADDRINUSE.*choose another port/);
});
