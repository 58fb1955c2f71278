/** Which sockets a configuration gets on which machine, and what is said about it. */
import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { loadNative } from '../../native/index.ts';
import { Memory } from '../../wasm/memory.ts';
import { openHotSockets } from './hot-sockets.ts';

const { hotLoop } = loadConfig('config/default.yaml').config;
const log = (): void => {};
const { module: native, reason } = loadNative();

describe.skipIf(native === undefined)(`with the addon (${reason ?? 'built'})`, () => {
  test.each([
    ['auto', 50],
    ['native', 50],
    ['native', 0],
  ] as const)('%s sockets that poll for %i us are its own', (kind, spinUs) => {
    const { sockets, text } = openHotSockets(
      { ...hotLoop, sockets: kind, spinUs },
      new Memory(),
      log,
    );
    const polls = spinUs > 0 && availableParallelism() > 2;
    const wait = polls ? 'polls for 50 us, then blocks' : 'blocks at once';
    expect(text).toBe(`sockets: native, ${wait}`);
    sockets!.dispose();
  });

  test("node sockets are Node's, and a core that there is not is refused", () => {
    const memory = new Memory();
    const plain = openHotSockets({ ...hotLoop, sockets: 'node' }, memory, log);
    expect(plain).toEqual({ sockets: undefined, text: 'sockets: node' });
    expect(() => openHotSockets({ ...hotLoop, core: 1023 }, memory, log)).toThrow(
      /^hotLoop.core: core 1023 is none of those that this process may use: \[\d/,
    );
  });
});

describe('without the addon', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each([
    [{ sockets: 'auto' }, undefined],
    [{ sockets: 'node' }, undefined],
    [{ sockets: 'native' }, 'hotLoop.sockets is native, but GYRFALCON_NATIVE=off'],
    [{ core: 1 }, 'hotLoop.core is 1, but GYRFALCON_NATIVE=off'],
  ] as const)('%o gets what can be had, or a text', async (wish, problem) => {
    vi.stubEnv('GYRFALCON_NATIVE', 'off');
    vi.resetModules();
    const fresh = await import('./hot-sockets.ts');
    const open = () => fresh.openHotSockets({ ...hotLoop, ...wish }, new Memory(), log);
    if (problem !== undefined) expect(open).toThrow(problem);
    else expect(open().text).toBe('sockets: node (GYRFALCON_NATIVE=off)');
  });
});
