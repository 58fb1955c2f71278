/**
 * Tick to order over the wire: a message of a recorded day into a loopback socket, the order's bytes out
 * of it, the hot loop with its journal in another process; against that process sending as many bytes
 * back at once, which is what Node.js and the kernel cost alone.
 */
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RecordKind } from '../engine/event/generated/record-kind.ts';
import type { PreparedBench, Variant } from './harness.ts';
import { type RecordedDay, recordDay } from './recorded-day.ts';

const OTHER_END = fileURLToPath(new URL('./wire-engine.ts', import.meta.url));
const MESSAGES = 20_000;
const ROUNDS = 3;
const NS_PER_MS = 1e6;

/** undefined where the recording is not at hand. */
export async function prepareWire(): Promise<PreparedBench | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-bench-'));
  const day = await recordDay(folder, MESSAGES);
  if (day === undefined) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const children: ChildProcess[] = [];
  const answers = new Map<string, Talk>();
  const variant = async (name: string, mode: string): Promise<Variant> => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', OTHER_END, mode, day.journal, String(MESSAGES)],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    children.push(child);
    const [port] = await once(child.stdout!, 'data');
    return {
      name,
      run: async (samplesNs) => void answers.set(name, await talk(day, Number(port), samplesNs)),
    };
  };
  return {
    operation:
      'message of a NASDAQ day that led to orders, from its bytes into a socket to theirs out',
    operationsPerRound: day.ticks.length,
    samplesPerRound: day.ticks.length,
    rounds: ROUNDS,
    seed: 0,
    variants: [await variant('engine', 'engine'), await variant('bare echo', 'echo')],
    check() {
      assert.equal(answers.get('engine')!.hash, day.sentHash);
      assert.equal(answers.get('bare echo')!.bytes, answers.get('engine')!.bytes);
    },
    async close() {
      for (const child of children) {
        child.stdin!.end();
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true });
    },
  };
}

/** All that came back. */
interface Talk {
  readonly bytes: number;
  readonly hash: string;
}

async function talk(day: RecordedDay, port: number, samplesNs: Float64Array): Promise<Talk> {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const hash = createHash('sha256');
  let bytes = 0;
  let wanted = 0;
  let answered: () => void = () => {};
  socket.on('data', (part) => {
    hash.update(part);
    bytes += part.length;
    if (bytes === wanted) answered();
  });
  await once(socket, 'connect');
  let sample = 0;
  for (const [index, { kind, payload, replyBytes }] of day.records.entries()) {
    if (kind !== RecordKind.INBOUND) continue;
    wanted += replyBytes;
    const start = performance.now();
    const reply = new Promise<void>((resolve) => {
      answered = resolve;
    });
    socket.write(payload);
    if (replyBytes > 0) await reply;
    if (day.ticks[sample] !== index) continue;
    samplesNs[sample++] = (performance.now() - start) * NS_PER_MS;
  }
  socket.destroy();
  return { bytes, hash: hash.digest('hex') };
}
