/** The kill switch against a loop that is not there, hangs or has ended. */
import { expect, test } from 'vitest';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { KillSwitch } from './kill-switch.ts';

const REQUEST = { scope: 'FIRM', target: '', reason: 'a test', operator: 'tester' } as const;

function switchOver(loopState: number) {
  const memory = new Memory();
  memory.setI32(L.CTL_LOOP_STATE, loopState);
  const log: string[] = [];
  const restarts: number[][] = [];
  const killSwitch = new KillSwitch({
    memory,
    names: { strategies: [], symbols: [] },
    post: () => {},
    restart: async (kills) => {
      restarts.push(kills.map(({ command }) => command.generation));
      memory.setAtomicI32(L.CTL_KILL_APPLIED, kills.at(-1)!.command.generation);
      memory.setI32(L.CTL_LOOP_STATE, L.LOOP_RUNNING);
    },
    log: (text) => log.push(text),
    kills: [],
  });
  return { killSwitch, restarts, log };
}

test('a loop that hangs is ended and comes back killed', async () => {
  const { killSwitch, restarts } = switchOver(L.LOOP_RUNNING);
  expect((await killSwitch.kill(REQUEST)).wasFenced).toBe(true);
  expect(restarts).toEqual([[1]]);
});

test('kills that came while it hung all come back with it, and it is ended once', async () => {
  const { killSwitch, restarts } = switchOver(L.LOOP_RUNNING);
  const records = await Promise.all([
    killSwitch.kill(REQUEST),
    killSwitch.kill({ ...REQUEST, scope: 'STRATEGY', target: 'mm' }),
  ]);
  expect(restarts).toEqual([[1, 2]]);
  expect(records.filter(({ wasFenced }) => wasFenced)).toHaveLength(1);
});

test('an engine that has stopped is not started again by a kill; who gave it is told', async () => {
  const { killSwitch, restarts, log } = switchOver(L.LOOP_STOPPED);
  expect((await killSwitch.kill(REQUEST)).wasFenced).toBe(false);
  expect(restarts).toEqual([]);
  expect(log.join(' ')).toContain('stopped before');
});
