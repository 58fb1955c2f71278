/** Where, when and how the engine's link connects: backups and hours. */
import { afterEach, describe, expect, test } from 'vitest';
import { dateOf, weekdayOf } from '../../config/local-time.ts';
import { HotLinkRig } from '../../test/support/hot-link-rig.ts';
import { SOCKET_KINDS } from '../../test/support/socket-kinds.ts';

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
  });
});
