/**
 * Our session against QuickFIX C++, each in a process of its own with a memory that survives
 * `kill -9`: both roles, every version, orders both ways, either side killed in mid-stream, both
 * validating by their dictionaries. GYRFALCON_PEER_ORDERS and GYRFALCON_PEER_KILLS set how much,
 * GYRFALCON_SEED which moments.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { FIX_VERSIONS } from '../../gateways/fix/version.ts';
import { quickFix, quickFixDictionaries } from './build-quickfix.ts';
import { peerArguments } from './peer-options.ts';
import { sidesOf } from './peer-programs.ts';
import { TradeUnderKills } from './trade-under-kills.ts';

const ORDERS = Number(process.env.GYRFALCON_PEER_ORDERS ?? 1000);
const KILLS = Number(process.env.GYRFALCON_PEER_KILLS ?? 4);
const SEED = Number(process.env.GYRFALCON_SEED ?? Date.now() % 1_000_000);

const { missing, build } = quickFix();
const leftOut = missing === undefined ? '' : ` (left out: ${missing})`;
if (leftOut !== '') console.log(`QuickFIX C++${leftOut}`);
let folder = '';
let program = '';

/** QuickFIX starts its numbers anew at this time of day: half a day away. */
const farTimeOfDay = (): string =>
  new Date(Date.now() + 12 * 3_600_000).toISOString().slice(11, 19);

const cases = FIX_VERSIONS.flatMap((version) =>
  (['acceptor', 'initiator'] as const).map((ourRole) => ({ version, ourRole })),
).map((match, index) => ({ ...match, seed: SEED + index }));

describe.skipIf(leftOut !== '').concurrent(`QuickFIX C++${leftOut}`, () => {
  beforeAll(() => {
    program = build();
    folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-peers-'));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(cases)(
    `${ORDERS} orders each way in $version, we as $ourRole, ${KILLS} kills (seed ${SEED}): none lost, none twice`,
    async ({ version, ourRole, seed }) => {
      const sides = await sidesOf({ version, ourRole, orders: ORDERS, folder }, (options) => ({
        name: 'QuickFIX',
        command: program,
        isOrdered: true,
        args: peerArguments({
          ...options,
          ...quickFixDictionaries(version),
          day: farTimeOfDay(),
        }),
      }));
      const what = `${version}, we as ${ourRole}, seed ${SEED}`;
      const amount = { orders: ORDERS, kills: KILLS };
      const trade = new TradeUnderKills({ ...sides, ...amount, ourRole, seed, what });
      console.log(`${what}: ${await trade.run()}`);
    },
    300_000,
  );
});
