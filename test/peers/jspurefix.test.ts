/**
 * Our session against jspurefix, each in a process of its own with a memory that survives
 * `kill -9`: both roles, FIX.4.4, orders both ways, either side killed in mid-stream. jspurefix
 * takes two seconds to load, so there are fewer kills than with QuickFIX. GYRFALCON_PEER_ORDERS and
 * GYRFALCON_PEER_KILLS set how much, GYRFALCON_SEED which moments.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, test } from 'vitest';
import { nodeProgram, sidesOf } from './peer-programs.ts';
import { TradeUnderKills } from './trade-under-kills.ts';

const ORDERS = Number(process.env.GYRFALCON_PEER_ORDERS ?? 1000);
const KILLS = Number(process.env.GYRFALCON_PEER_KILLS ?? 2);
const SEED = Number(process.env.GYRFALCON_SEED ?? Date.now() % 1_000_000);
const PEER = fileURLToPath(new URL('jspurefix-peer.ts', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-peers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.concurrent('jspurefix', () => {
  test.each(['acceptor', 'initiator'] as const)(
    `${ORDERS} orders each way in FIX.4.4, we as %s, ${KILLS} kills (seed ${SEED}): none lost, none twice`,
    async (ourRole) => {
      const match = { version: 'FIX.4.4', ourRole, orders: ORDERS, folder } as const;
      const sides = await sidesOf(match, (options) => ({
        ...nodeProgram('jspurefix', PEER, options),
        isOrdered: false, // what comes above a gap is delivered at once
      }));
      const seed = SEED + (ourRole === 'acceptor' ? 0 : 1);
      const what = `FIX.4.4, we as ${ourRole}, seed ${SEED}`;
      const amount = { orders: ORDERS, kills: KILLS };
      const trade = new TradeUnderKills({ ...sides, ...amount, ourRole, seed, what });
      console.log(`${what}: ${await trade.run()}`);
    },
    300_000,
  );
});
