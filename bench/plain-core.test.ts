/** An engine on the plain twins of its kernels: slower, but what it sends and how it ends is the same. */
import { afterAll, expect, test } from 'vitest';
import type { CoreModule } from '../engine/core-module.ts';
import { runToEnd, TestFolder } from '../test/support/engine-process.ts';
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import { plainCore } from './plain-core.ts';
import { openDay, type RecordedDay } from './recorded-day.ts';
import { ReplayedLoop } from './replayed-loop.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

/** What the loop sent, and what then stood in memory. */
async function play(
  day: RecordedDay,
  name: string,
  change: (core: CoreModule, memory: Memory) => CoreModule,
) {
  let memory: Memory | undefined;
  const loop = await ReplayedLoop.build(day, folder.file(name), (core, its) => {
    memory = its;
    return change(core, its);
  });
  for (const record of day.records) loop.apply(record);
  loop.close();
  const part = (from: number, end: number) => Buffer.from(memory!.bytes.slice(from, end));
  return {
    sent: loop.sentHash(),
    instruments: part(L.INSTRUMENTS, L.SYMBOL_TABLE),
    signals: part(L.SIGNALS, L.POSITIONS),
    positions: part(L.POSITIONS, L.LIMITS),
    orders: part(L.CLORDIDS, L.TRADES),
  };
}

test('a generated market makes the twins send the kernels’ orders and leave their state', async () => {
  const journal = folder.file('recorded');
  const flow = ['--flow', '20s', '--speed', 'max'];
  await runToEnd(['--config', folder.config, '--journal', journal, ...flow]);
  const day = openDay(journal, Number.POSITIVE_INFINITY);
  expect(day.ticks.length).toBeGreaterThan(100);
  const kernels = await play(day, 'kernels', (core) => core);
  const twins = await play(day, 'twins', plainCore);
  expect(twins.sent).toBe(kernels.sent);
  for (const part of ['instruments', 'signals', 'positions', 'orders'] as const) {
    expect(twins[part].equals(kernels[part]), part).toBe(true);
  }
});
