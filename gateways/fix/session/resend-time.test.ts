/** SendingTime of what goes out again, whatever the clock did in between. */
import { expect, test } from 'vitest';
import { SessionRig } from '../../../test/support/session-rig.ts';
import { formatTimestamp } from '../timestamp.ts';

test.each([
  ['runs on', 5, 5],
  ['was set back', -5, 0],
])('a resent message is never older than its original when the clock %s', (_, passedS, laterS) => {
  const rig = new SessionRig({
    resend: { again: () => true, batchMessages: 10, messagesPerS: 10 },
  });
  rig.live();
  const firstNs = rig.nowNs;
  rig.session.sendApp('8', [[37, 'x']], firstNs);
  rig.nowNs += BigInt(passedS) * 1_000_000_000n;
  rig.forget().receive('2', 2, [7, 2], [16, 0]);
  const resent = rig.sent.find((text) => text.includes('|35=8|'));
  const laterNs = firstNs + BigInt(laterS) * 1_000_000_000n;
  expect(resent).toContain(`|52=${formatTimestamp(laterNs)}|`);
  expect(resent).toContain(`|122=${formatTimestamp(firstNs)}|`);
});
