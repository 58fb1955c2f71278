/** Which session a Logon finds, among many that look alike. */
import { expect, test } from 'vitest';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { sessionConfig } from '../../../test/support/session-config.ts';
import { type Field, parseMessage } from '../codec.ts';
import type { SessionConfig } from '../session/session-types.ts';
import type { FixVersion } from '../version.ts';
import { SessionDirectory } from './session-directory.ts';

/** Our side, the peer, further header fields of ours. */
const session = (
  name: string,
  version: FixVersion,
  targetCompId: string,
  ...fixedHeader: Field[]
): { readonly config: SessionConfig } => ({
  config: sessionConfig({
    name,
    role: 'acceptor',
    version,
    senderCompId: 'BROKER',
    targetCompId,
    fixedHeader,
  }),
});

const directory = new SessionDirectory([
  session('old', 'FIX.4.2', 'FUND'),
  session('usual', 'FIX.4.4', 'FUND'),
  session('new', 'FIX.5.0SP2', 'FUND'),
  session('desk 1', 'FIX.4.4', 'BANK', [57, 'DESK1']),
  session('desk 2', 'FIX.4.4', 'BANK', [57, 'DESK2']),
  session('desk 2 at the hub', 'FIX.4.4', 'BANK', [57, 'DESK2'], [50, 'HUB']),
  session('one desk', 'FIX.4.4', 'SHOP', [57, 'DESK1']),
]);

const cases: [string, string, string, Field[], string | undefined][] = [
  ['FIX.4.2', 'FUND', 'BROKER', [], 'old'],
  ['FIX.4.4', 'FUND', 'BROKER', [], 'usual'],
  ['FIXT.1.1', 'FUND', 'BROKER', [[1137, 9]], 'new'],
  ['FIX.4.3', 'FUND', 'BROKER', [], undefined],
  ['FIX.4.4', 'BROKER', 'FUND', [], undefined],
  ['FIX.4.4', 'FUN', 'BROKER', [], undefined],
  ['FIX.4.4', 'FUND', 'BROKER', [[50, 'any desk']], 'usual'],
  ['FIX.4.4', 'BANK', 'BROKER', [[50, 'DESK1']], 'desk 1'],
  ['FIX.4.4', 'BANK', 'BROKER', [[50, 'DESK2']], 'desk 2'],
  [
    'FIX.4.4',
    'BANK',
    'BROKER',
    [
      [50, 'DESK2'],
      [57, 'HUB'],
    ],
    'desk 2 at the hub',
  ],
  ['FIX.4.4', 'BANK', 'BROKER', [[50, 'DESK3']], undefined],
  ['FIX.4.4', 'BANK', 'BROKER', [], undefined],
  ['FIX.4.4', 'SHOP', 'BROKER', [], 'one desk'],
  ['FIX.4.4', '', '', [], undefined],
];
test.each(cases)('a %s Logon of %s to %s with %j is for: %s', (...row) => {
  const [begin, sender, target, fields, name] = row;
  const header: Field[] = [
    [35, 'A'],
    [49, sender],
    [56, target],
  ];
  const logon = parseMessage(encodeMessage(begin, [...header, ...fields]))!;
  expect(directory.find(logon)?.config.name).toBe(name);
});

test('two sessions that nobody could tell apart are refused at the start', () => {
  const twice = [session('one', 'FIX.4.4', 'FUND'), session('other', 'FIX.4.4', 'FUND')];
  expect(() => new SessionDirectory(twice)).toThrow(
    'two sessions have SenderCompID BROKER, TargetCompID FUND and FIX.4.4: give each its own CompIDs or sub ids (50, 57)',
  );
});
