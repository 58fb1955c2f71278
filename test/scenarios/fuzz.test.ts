/**
 * Nonsense from both sides: random command lines, and a venue that sends thousands of mutated messages and
 * vanishes in the middle of one. The command line answers in one line; the engine stays up, reconnects, and
 * its journal verifies. Seeds are printed on failure.
 */
import net from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { type Fields, parseMessage } from '../../gateways/fix/codec.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { FrameReader } from '../../gateways/fix/transport/frame-reader.ts';
import { Gyrfalcon, gyrfalcon, TestFolder } from '../support/engine-process.ts';
import { encodeMessage } from '../support/fix-message.ts';
import { SeededRandom } from '../support/seeded-random.ts';

const folders: TestFolder[] = [];
const running: Gyrfalcon[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) if (!each.hasEnded) await each.stop('SIGKILL');
  for (const each of folders.splice(0)) each.remove();
});

const WORDS = [
  'run',
  'venue',
  'replay',
  'journal',
  'book',
  'kill',
  'latency',
  'bench',
  'verify',
  'show',
  '--json',
  '--speed',
  '--for',
  '--levels',
  '--fix',
  '--venue',
  '--file',
  '--bbo',
  '--replay',
  '--config',
  '--port',
  '--seed',
  '--from',
  '--limit',
  '--kind',
  '--reason',
  '--scope',
  '--',
  '-',
  '--=',
  '-x',
  '0',
  '-1',
  '1e9',
  'max',
  'NaN',
  '/nowhere',
  '',
  ' ',
  '\n',
  '💥',
  '__proto__',
  'constructor',
  '--__proto__',
];

test('any command line that cannot be right is answered in one line', {
  timeout: 120_000,
}, async () => {
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.string() },
  );
  // A word that no command takes makes sure that nothing is really started.
  const line = fc
    .array(word, { maxLength: 6 })
    .map((words) => [...words, '--no-such-option'].map((text) => text.replaceAll('\0', '0')));
  await fc.assert(
    fc.asyncProperty(line, async (args) => {
      fc.pre(
        !args.includes('--help') &&
          !args.includes('--version') &&
          args[0] !== 'help' &&
          args[0] !== '-h',
      );
      const { code, stdout, stderr } = await gyrfalcon(args);
      expect(stdout).toBe('');
      expect([2, 3]).toContain(code);
      expect(stderr).toMatch(/^gyrfalcon: [^\n]+\n$/);
      expect(stderr).not.toMatch(/internal error| at .*:\d+:\d+/);
    }),
    { numRuns: 40 },
  );
});

/** Every byte that a venue might get wrong, and some that only noise produces. */
function mutated(bytes: Buffer, random: SeededRandom): Buffer {
  const out = Buffer.from(bytes);
  switch (random.below(6)) {
    case 0:
      out[random.below(out.length)] = random.below(256);
      return out;
    case 1:
      return out.subarray(0, random.below(out.length));
    case 2:
      return Buffer.concat([out.subarray(random.below(out.length)), out]);
    case 3: {
      const at = random.below(out.length);
      return Buffer.concat([out.subarray(0, at), out.subarray(random.below(out.length))]);
    }
    case 4:
      return Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)));
    default:
      return out;
  }
}

/** A venue that logs on as it should and then says whatever `talk` gives it. */
class NonsenseVenue {
  logons = 0;
  sent = 0;
  readonly #server = net.createServer((socket) => this.#accept(socket));
  readonly #talk: (nextOut: () => number) => Buffer;
  #next = 1;

  constructor(talk: (nextOut: () => number) => Buffer) {
    this.#talk = talk;
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as net.AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }

  #accept(socket: net.Socket): void {
    const reader = new FrameReader();
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) =>
      reader.push(bytes, (frame) => {
        const message = parseMessage(frame);
        if (message?.msgType !== 'A') return;
        this.logons++;
        this.#next = message.isYes(141) ? 1 : this.#next;
        const reset: Fields = message.isYes(141) ? [[141, 'Y']] : [];
        socket.write(encode('A', this.#next++, [[98, 0], [108, 30], ...reset]));
        void this.#speak(socket);
      }),
    );
  }

  /** Until the peer has had enough of it, at most a hundred messages; then it vanishes in mid-message. */
  async #speak(socket: net.Socket): Promise<void> {
    for (let i = 0; i < 100 && !socket.destroyed; i++) {
      this.sent++;
      socket.write(this.#talk(() => this.#next++));
      if (i % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const last = encode('0', this.#next, []);
    socket.write(last.subarray(0, last.length >> 1), () => socket.destroy());
  }
}

function encode(msgType: string, msgSeqNum: number, body: Fields): Buffer {
  const time = formatTimestamp(BigInt(Date.now()) * 1_000_000n);
  const head: Fields = [
    [35, msgType],
    [34, msgSeqNum],
    [49, 'SIM'],
    [52, time],
    [56, 'GYRFALCON'],
  ];
  return encodeMessage('FIX.4.4', [...head, ...body]);
}

const BODIES: readonly (readonly [string, Fields])[] = [
  [
    'W',
    [
      [55, 'AAPL'],
      [268, 2],
      [269, 0],
      [270, '125.4'],
      [271, 5],
      [269, 1],
      [270, '125.5'],
      [271, 6],
    ],
  ],
  [
    'X',
    [
      [268, 1],
      [279, 0],
      [269, 0],
      [55, 'AAPL'],
      [270, '125.3'],
      [271, 4],
    ],
  ],
  [
    '8',
    [
      [37, 'O1'],
      [11, 'XX1'],
      [17, 'E1'],
      [150, 'F'],
      [39, '2'],
      [55, 'AAPL'],
      [54, 1],
      [38, 1],
      [151, 0],
      [14, 1],
      [6, 1],
      [31, 1],
      [32, 1],
    ],
  ],
  [
    '9',
    [
      [37, 'O1'],
      [11, 'XX2'],
      [41, 'XX1'],
      [39, '0'],
      [434, 1],
    ],
  ],
  ['0', []],
  ['1', [[112, 'T']]],
  [
    '2',
    [
      [7, 1],
      [16, 0],
    ],
  ],
  [
    '4',
    [
      [123, 'Y'],
      [36, 50],
    ],
  ],
  [
    '3',
    [
      [45, 1],
      [58, 'no'],
    ],
  ],
  ['ZZ', [[58, 'unknown']]],
];

test('an engine outlives thousands of mutated messages and a venue that vanishes in mid-message', {
  timeout: 120_000,
}, async () => {
  const seed = 4711;
  const random = new SeededRandom(seed);
  const venue = new NonsenseVenue((nextOut) => {
    const [msgType, body] = random.pick(BODIES);
    return mutated(
      encode(msgType, random.oneIn(20) ? random.below(1000) : nextOut(), body),
      random,
    );
  });
  const folder = new TestFolder();
  folders.push(folder);
  folder.useVenue(await venue.listen());
  folder.change((yaml) => yaml.replaceAll(/(min|max)Ms: \d+/g, '$1Ms: 20'));
  const journal = folder.file('journal');
  const engine = new Gyrfalcon([
    'run',
    '--config',
    folder.config,
    '--journal',
    journal,
    '--headless',
    '--json',
  ]);
  running.push(engine);
  const until = Date.now() + 60_000;
  while (venue.sent < 5000 && !engine.hasEnded && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log(`seed ${seed}: ${venue.sent} messages in ${venue.logons} connections`);
  expect(engine.hasEnded, `seed ${seed}: ${engine.stderr.slice(-2000)}`).toBe(false);
  venue.close();
  const { code, stderr, stdout } = await engine.stop();
  expect(code, `seed ${seed}: ${stderr.slice(-2000)}`).toBe(0);
  expect(stderr).not.toMatch(/^\s*at |internal error/m);
  expect(venue.sent).toBeGreaterThanOrEqual(5000);
  expect(venue.logons).toBeGreaterThan(10);
  const { stateHash } = JSON.parse(stdout) as { stateHash: string };
  expect((await gyrfalcon(['journal', 'verify', journal])).stdout).toMatch(/\nwhole\n$/);
  expect(JSON.parse((await gyrfalcon(['replay', journal, '--json'])).stdout)).toMatchObject({
    stateHash,
  });
});
