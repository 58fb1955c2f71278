/** Where, when and how the engine's link connects: backups, hours, TLS. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { dateOf, weekdayOf } from '../../config/local-time.ts';
import { issue } from '../../test/support/certificates.ts';
import { HotLinkRig } from '../../test/support/hot-link-rig.ts';
import { SOCKET_KINDS } from '../../test/support/socket-kinds.ts';
import { ACTION_NEW, ENTRY_BID } from '../../wasm/layout.ts';
import type { Field } from './codec.ts';
import { incrementFields } from './market-data.ts';
import { MsgType, Tag } from './tags.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-link-'));
afterAll(() => rmSync(folder, { recursive: true }));
describe.each(SOCKET_KINDS)('$sockets', ({ isNative, isMissing }) => {
  describe.skipIf(isMissing)('a link', () => {
    const rigs: HotLinkRig[] = [];
    afterEach(async () => {
      for (const rig of rigs.splice(0)) await rig.close();
    });

    async function started(wish: Parameters<typeof HotLinkRig.open>[0]): Promise<HotLinkRig> {
      const rig = await HotLinkRig.open({ ...wish, isNative });
      rigs.push(rig);
      rig.link.start();
      return rig;
    }

    const loggedOn = (rig: HotLinkRig, times = 1): Promise<void> =>
      rig.until(() => rig.venue.logons >= times, `${times} logons`);

    test('a venue that does not answer is tried at its backup address', async () => {
      const rig = await started({
        // Nobody listens on port 1.
        settings: (port) => ({ port: 1, backups: [{ host: '127.0.0.1', port }] }),
      });
      await loggedOn(rig);
      expect(rig.log[0]).toMatch(/^SIM \(127.0.0.1:1\): ECONNREFUSED; trying again$/);
      rig.venue.cut();
      await loggedOn(rig, 2);
      expect(
        rig.log.filter((line) => line.includes('ECONNREFUSED')),
        'the first is tried first again',
      ).toHaveLength(2);
    });

    test('a session outside its hours is not begun', async () => {
      const now = Date.now();
      const schedule = {
        every: 'day' as const,
        timeZone: 'UTC',
        start: '00:00',
        end: '00:00',
        days: [weekdayOf(now + 3 * 86_400_000)],
        holidays: [dateOf(now)],
      };
      const rig = await started({ settings: () => ({ schedule }) });
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(rig.venue.logons).toBe(0);
      const open = await started({
        settings: () => ({
          schedule: {
            ...schedule,
            days: [weekdayOf(now), weekdayOf(now - 86_400_000)],
            holidays: [],
          },
        }),
      });
      await loggedOn(open);
    });

    test('over TLS the fast path reads what was meant for it, and a stranger is not spoken to', async () => {
      const authority = issue({ name: 'authority', isAuthority: true });
      const own = issue({ name: 'venue', dnsNames: ['venue.example'], issuer: authority });
      const secure = { cert: own.certificate, key: own.key };
      writeFileSync(join(folder, 'ca.pem'), authority.certificate);
      writeFileSync(
        join(folder, 'other.pem'),
        issue({ name: 'other', isAuthority: true }).certificate,
      );
      const tls = {
        serverName: 'venue.example',
        peerNames: [],
        authorities: join(folder, 'ca.pem'),
        certificate: null,
        key: null,
        passphrase: null,
        minVersion: 'TLSv1.3' as const,
        ciphers: null,
      };
      const rig = await started({ secure, settings: () => ({ tls }) });
      await rig.until(() => rig.venue.of(MsgType.MarketDataRequest).length > 0, 'a subscription');
      const bid = { action: ACTION_NEW, type: ENTRY_BID, price: '579.4', size: '496' };
      const change = incrementFields('GOOG', [bid])
        .split('\x01')
        .slice(0, -1)
        .map((field): Field => [Number(field.split('=')[0]), field.split('=')[1]!]);
      for (let i = 0; i < 500; i++)
        rig.venue.send(MsgType.MarketDataIncrementalRefresh, [
          [Tag.MarketTime, '20120621-13:30:00.000000001'],
          ...change,
        ]);
      await rig.until(() => rig.arrived.length >= 500, '500 messages');
      expect(rig.arrived.at(-1)).toBe('501 X fast');

      const distrustful = await started({
        secure,
        settings: () => ({ tls: { ...tls, authorities: join(folder, 'other.pem') } }),
      });
      await distrustful.until(() => distrustful.log.length > 0, 'a word about it');
      expect(distrustful.log[0]).toMatch(
        /UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/,
      );
      expect(distrustful.venue.logons).toBe(0);
    });
  });
});
