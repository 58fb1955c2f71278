/** What a journal keeps of a Logon. */
import { expect, test } from 'vitest';
import { fixMessage } from '../../test/support/fix-message.ts';
import { withoutSecrets } from './secret-tags.ts';

const HEAD = '35=A|34=1|49=US|52=20240102-10:00:00.000|56=PEER|98=0|108=30';

test.each([
  ['nothing secret', '', ''],
  ['passwords', '553=desk|554=open sesame|925=x', '553=desk|554=********|925=********'],
  ['a signature with a separator in it', '95=3|96=a\x01b', '95=8|96=********'],
  ['an encrypted password', '1401=2|1402=\x01\xff|58=a', '1401=8|1402=********|58=a'],
])('a Logon with %s is kept as a whole message without it', (_, further, kept) => {
  const whole = (fields: string): string => fixMessage(fields === '' ? HEAD : `${HEAD}|${fields}`);
  const frame = Buffer.from(whole(further), 'latin1');
  expect(Buffer.from(withoutSecrets(frame)).toString('latin1')).toBe(whole(kept));
});
