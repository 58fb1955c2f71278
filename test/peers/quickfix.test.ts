/**
 * Our session against QuickFIX C++, each in a process of its own with a memory that survives
 * `kill -9`: both roles, every version, orders both ways, either side killed in mid-stream.
 * GYRFALCON_PEER_ORDERS and GYRFALCON_PEER_KILLS set how much, GYRFALCON_SEED which moments.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { FIX_VERSIONS, type FixVersion } from '../../gateways/fix/version.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { quickFix, quickFixDictionaries } from './build-quickfix.ts';
import { peerArguments } from './peer-options.ts';
import type { PeerProgram } from './peer-side.ts';
import { TradeUnderKills } from './trade-under-kills.ts';

const ORDERS = Number(process.env.GYRFALCON_PEER_ORDERS ?? 1000);
const KILLS = Number(process.env.GYRFALCON_PEER_KILLS ?? 4);
const SEED = Number(process.env.GYRFALCON_SEED ?? Date.now() % 1_000_000);
const RATE = 1000;
const OUR_PEER = fileURLToPath(new URL('our-peer.ts', import.meta.url));

const quickfix = quickFix();
const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-peers-'));
const program = '';
beforeAll(() => {
  const leftOut = quickfix.missing === undefined ? '' : ` (left out: ${quickfix.missing})`;
if (leftOut !== '') console.log(`QuickFIX C++${leftOut}`);

describe.skipIf(leftOut !== '').concurrent(`QuickFIX C++${leftOut}`, () => {
  test.each(cases)(
    `${ORDERS} orders each way in $version, we as $role, ${KILLS} kills (seed ${SEED}): none lost, none twice`,
    async ({ version, role }) => {
      const what = `${version}, we as ${role}, seed ${SEED}`;
      const port = await freePort();
      const trade = new TradeUnderKills({
        ...programs(version, role, port),
        orders: ORDERS,
        kills: KILLS,
        random: new SeededRandom(
          SEED + cases.findIndex((c) => c.version === version && c.role === role),
        ),
        what,
      });
      console.log(`${what}: ${await trade.run()}`);
    },
    300_000,
  );
});
