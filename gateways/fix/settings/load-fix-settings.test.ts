/** What a file of FIX sessions becomes, and what is said when it is wrong. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../../config/config-error.ts';
import { fixSettingsSchema, MESSAGE_BYTES_CAP } from '../../../config/fix-settings.ts';
import { issue } from '../../../test/support/certificates.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { MESSAGE_BYTES_MAX } from '../../../wasm/layout.ts';
import { type FixMessage, parseMessage } from '../codec.ts';
import { STRICT } from '../dictionary/message-rules.ts';
import { NS_PER_MS, NS_PER_S } from '../timestamp.ts';
import { ACCEPTOR_LIMITS } from '../transport/transport-limits.ts';
import { FIX_VERSIONS } from '../version.ts';
import { type FixSettings, loadFixSettings } from './load-fix-settings.ts';

const SHIPPED = 'config/fix/echo.yaml';
const base = readFileSync(SHIPPED, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-fix-settings-'));
const file = join(folder, 'sessions.yaml');
beforeAll(() => mkdirSync(join(folder, 'venues')));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { clock: { nowNs: () => BigInt(Date.now()) * NS_PER_MS }, log: () => {} };

function load(text: string): FixSettings {
  writeFileSync(file, text);
  return loadFixSettings(file, options);
}

function linesOf(text: string): readonly string[] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.lines.map((line) => line.replaceAll(folder, 'F'));
    throw error;
  }
  return [];
}

const asInitiator = (text: string): string =>
  text.replace(/ {4}(allowAddresses|certificateNames): .*\n/g, '');

/** The file with one initiator and no acceptor. */
const initiating = asInitiator(base)
  .replace(/acceptor:\n(?: {2,}.*\n)+/, 'acceptor: null\n')
  .replace(/ {2}- \{ <<: \*echo, name: echo-4.4[\s\S]*$/, '')
  .replace('role: acceptor', 'role: initiator')
  .replace(
    '    version: FIX.4.2\n',
    `    version: FIX.4.4
    host: fix.example.com
    port: 9001
    backups: [{ host: 192.0.2.7, port: 9002 }]
    reconnect: { minMs: 500, maxMs: 30000 }
    connectWaitS: 5
    bindHost: 127.0.0.1
    tls: null
    heartbeatS: 20
`,
  );

test('the settings know the rules and limits that there are', () => {
  expect(MESSAGE_BYTES_CAP).toBe(MESSAGE_BYTES_MAX);
  const { limits } = fixSettingsSchema.shape.acceptor.unwrap().shape;
  expect(limits.parse(ACCEPTOR_LIMITS)).toEqual(ACCEPTOR_LIMITS);
  const rules = fixSettingsSchema.shape.sessions.element.options[0].shape.validation;
  expect(rules.parse(STRICT)).toEqual(STRICT);
});

test('the shipped file is an acceptor of every version, each judged by its dictionary', () => {
  const { acceptor, initiators } = loadFixSettings(SHIPPED, options);
  expect(initiators).toEqual([]);
  expect(acceptor).toMatchObject({ host: '127.0.0.1', port: 9880 });
  expect(acceptor?.tls).toBeUndefined();
  const sessions = acceptor!.sessions;
  expect(sessions.map(({ version }) => version)).toEqual(FIX_VERSIONS);
  expect(sessions[0]).toMatchObject({
    name: 'echo-4.2',
    role: 'acceptor',
    senderCompId: 'ISLD',
    targetCompId: 'TW',
    resetOnLogon: true,
    resetSeqNum: false,
    schedule: undefined,
    logon: undefined,
  });
  const unknownTag = message('D', '11=a|999=x');
  for (const { check } of sessions) expect(check(unknownTag)).toBeDefined();
});

test('a session that we begin has its addresses, header and numbers', () => {
  const text = initiating.replace('header: {}', 'header: { senderSubId: DESK, targetSubId: EXEC }');
  const { acceptor, initiators } = load(text);
  expect(acceptor).toBeUndefined();
  expect(initiators).toHaveLength(1);
  expect(initiators[0]).toMatchObject({
    addresses: [
      { host: 'fix.example.com', port: 9001 },
      { host: '192.0.2.7', port: 9002 },
    ],
    reconnect: { minMs: 500, maxMs: 30_000 },
    connectWaitS: 5,
    bindHost: '127.0.0.1',
    config: {
      role: 'initiator',
      heartbeatS: 20,
      // Asked for with every Logon, since the file says so.
      resetSeqNum: true,
      resetOnLogon: false,
      fixedHeader: [
        [50, 'DESK'],
        [57, 'EXEC'],
      ],
    },
  });
  const kept = load(initiating.replace('logon: true', 'logon: false'));
  expect(kept.initiators[0]!.config.resetSeqNum).toBe(false);
});

test('TLS is read from its files, and checked', () => {
  const authority = issue({ name: 'authority', isAuthority: true });
  const own = issue({ name: 'venue', dnsNames: ['venue.example'], issuer: authority });
  const files = { ca: authority.certificate, cert: own.certificate, key: own.key };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, `${name}.pem`), text, { mode: 0o600 });
  const at = (name: string): string => join(folder, `${name}.pem`);
  const tls = `{ certificate: ${at('cert')}, key: { file: ${at('key')} }, passphrase: null,
    clientAuthorities: ${at('ca')}, minVersion: TLSv1.2, ciphers: null }`;
  const secured = base
    .replace('tls: null', `tls: ${tls}`)
    .replace('certificateNames: []', 'certificateNames: [TW]');
  const { acceptor } = load(secured);
  expect(acceptor?.tls?.current()).toMatchObject({
    requirePeerCertificate: true,
    key: own.key.trimEnd(),
  });
  const [first] = acceptor!.sessions;
  expect(acceptor?.peerRules?.get(first!)).toEqual({ certificateNames: ['TW'] });
  expect(linesOf(secured.replace(at('cert'), at('ca'))).join()).toMatch(
    /acceptor.tls cannot be used: TLS: F\/key.pem: the key is not that of the certificate in F\/ca.pem/,
  );
  expect(linesOf(base.replace('certificateNames: []', 'certificateNames: [TW]')).join()).toMatch(
    /certificateNames needs acceptor.tls.clientAuthorities/,
  );
});

test('messages grow stale by their type and age', () => {
  const { initiators } = load(
    initiating.replace('staleAfterS: {}', 'staleAfterS: { D: 0, G: 30 }'),
  );
  const { again } = initiators[0]!.config.resend;
  expect(again('8', 10n ** 18n)).toBe(true);
  expect(again('D', 0n)).toBe(false);
  expect(again('G', 30n * NS_PER_S - 1n)).toBe(true);
  expect(again('G', 30n * NS_PER_S)).toBe(false);
  const none = load(initiating.replace('staleAfterS: {}', 'staleAfterS: { "*": 0, "8": 60 }'));
  const { again: againOf } = none.initiators[0]!.config.resend;
  expect([againOf('D', 0n), againOf('8', 0n)]).toEqual([false, true]);
});

test('an overlay that a session names is found beside the file and is known to its check', () => {
  writeFileSync(
    join(folder, 'venues/own.yaml'),
    'beginString: FIX.4.4\nfields: [{ tag: 6001, name: Desk, type: STRING }]\n' +
      'messages: [{ msgType: "0", name: Heartbeat, fields: [{ tag: 6001, required: true }] }]\n',
  );
  const { initiators } = load(initiating.replace('overlay: null', 'overlay: venues/own.yaml'));
  const { check } = initiators[0]!.config;
  expect(check(message('0', '6001=x'))).toBeUndefined();
  expect(check(message('0', ''))?.text).toMatch(/Desk \(6001\) is missing/);
});

test.each([
  ['FIX.4.2', 554],
  ['FIX.4.4', 925],
])('a Logon of %s has room for the credentials that are asked for', (version, tag) => {
  const secret = join(folder, 'password');
  writeFileSync(secret, 'sesame', { mode: 0o600 });
  const logon = `{ username: desk, password: { file: ${secret} }, isChangeable: true,
      expiresDays: null, signature: null, lockout: { failuresMax: 5, windowS: 300 } }`;
  const text = base.replace('logon: null', `logon: ${logon}`);
  const { check } = load(text).acceptor!.sessions.find((one) => one.version === version)!;
  const fields = `98=0|108=30|553=desk|554=sesame${tag === 925 ? '|925=another' : ''}`;
  expect(check(message('A', fields, version))).toBeUndefined();
});

describe('a mistake is named with its place', () => {
  const secretFile = (): string => {
    const secret = join(folder, 'open');
    writeFileSync(secret, 'hunter2', { mode: 0o644 });
    return secret;
  };
  const logonOf = (parts: string): string =>
    `logon: { username: null, password: null, newPassword: null, fields: {}, signature: null }`.replace(
      /(\w+): (null|\{\})/g,
      (whole, key: string) => new RegExp(`${key}: [^;]+`).exec(parts)?.[0] ?? whole,
    );
  const cases: [string, string, string, string][] = [
    ['an unknown key', '    overlay', '    overly', 'did you mean "overlay"?'],
    [
      'an unknown header field',
      'header: {}',
      'header: { senderSubID: DESK }',
      'header.senderSubID: unknown key; did you mean "senderSubId"? ' +
        'allowed keys: senderSubId, targetSubId, senderLocationId, targetLocationId',
    ],
    ['a version', 'FIX.4.4', 'FIX.4.3', 'it must be one of "FIX.4.2", "FIX.4.4", "FIX.5.0SP2"'],
    ['a role', 'role: initiator', 'role: client', 'it must be "initiator" or "acceptor"'],
    ['a schedule', 'schedule: null', 'schedule: { every: month }', 'it must be "day" or "week"'],
    [
      'a time',
      'schedule: null',
      'schedule: { every: day, timeZone: UTC, start: "7:00", end: "17:00", days: [Mon], holidays: [] }',
      'schedule.start is "7:00"; it must be a local time in quotes, such as "07:00"',
    ],
    [
      'a time zone',
      'schedule: null',
      'schedule: { every: day, timeZone: Utopia, start: "07:00", end: "17:00", days: [Mon], holidays: [] }',
      'schedule.timeZone is "Utopia"; it must be an IANA time zone',
    ],
    [
      'a name for an address of ours',
      'bindHost: 127.0.0.1',
      'bindHost: eth0',
      'sessions[0].bindHost is "eth0"; it must be an IP address of this machine',
    ],
    ['pauses the wrong way round', 'maxMs: 30000', 'maxMs: 50', 'it must not be below minMs 500'],
    [
      'a password in the file, which is not repeated',
      'logon: null',
      logonOf('password: hunter2'),
      'sessions[0].logon.password is something else; it must be where the secret is kept, never the secret itself',
    ],
    [
      'a password where the whole logon belongs',
      'logon: null',
      'logon: hunter2',
      'sessions[0].logon is something else; it must be a group of keys',
    ],
    [
      'a password under another name',
      'logon: null',
      logonOf('fields: { "554": hunter2 }'),
      'logon.fields.554 is a credential: use username, password and newPassword',
    ],
    [
      'a variable that is not set',
      'logon: null',
      logonOf('password: { env: GYRFALCON_TEST_UNSET }'),
      'logon.password names the environment variable GYRFALCON_TEST_UNSET is not set',
    ],
    [
      'a secret that everybody may read',
      'logon: null',
      logonOf(`password: { file: ${secretFile()} }`),
      'logon.password names F/open: other users may read or write it (mode 644): chmod 600 F/open',
    ],
    [
      'a field that the session says itself',
      'logon: null',
      logonOf('fields: { "141": Y }'),
      'logon.fields.141 is a field that the session itself says',
    ],
    [
      'a signature over what is not sent',
      'logon: null',
      logonOf(
        'signature: { algorithm: hmac-sha256, key: { env: HOME }, keyEncoding: text, over: [Username], separator: SOH }',
      ),
      'signature.over[0] is "Username", which this Logon does not hold',
    ],
    ['an acceptor that listens nowhere', 'role: initiator', 'role: acceptor', 'unknown key'],
    ['an overlay that is not there', 'overlay: null', 'overlay: no.yaml', 'there is no such file'],
    [
      'an overlay that is misshapen',
      'overlay: null',
      'overlay: { beginString: FIX.4.4, feilds: [] }',
      'did you mean "fields"?',
    ],
    [
      'an overlay of another version',
      'overlay: null',
      'overlay: { beginString: FIX.4.2 }',
      'overlay.beginString is FIX.4.2; the session speaks FIX.4.4',
    ],
  ];
  test.each(cases)('%s', (_what, from, to, expected) => {
    const lines = linesOf(initiating.replace(from, to));
    expect(lines.join('\n')).toContain(expected);
    expect(lines.join('\n')).not.toContain('hunter2');
    for (const line of lines) expect(line).toMatch(/^F\/sessions.yaml:\d+:\d+: |no.yaml/);
  });

  test.each([
    ['a name twice', 'name: echo-4.4', 'name: echo-4.2', 'sessions[1].name is "echo-4.2"'],
    [
      'an identity twice',
      'version: FIX.4.4 }',
      'version: FIX.4.2 }',
      'has the BeginString, the CompIDs and the sub ids of another',
    ],
    [
      'an address that is none',
      'allowAddresses: null # or',
      'allowAddresses: [10.0.0.0/40] # or',
      'acceptor.allowAddresses cannot be used',
    ],
    [
      'an acceptor without sessions',
      /sessions:[\s\S]*$/,
      initiating.slice(initiating.indexOf('sessions:')),
      'listens for nobody',
    ],
  ] as [string, string | RegExp, string, string][])('%s', (_what, from, to, expected) => {
    expect(linesOf(base.replace(from, to)).join('\n')).toContain(expected);
  });
});

test('however a file is damaged, it is right or refused by place', () => {
  const lines = base.split('\n');
  const scraps = [
    '',
    '-',
    '- x',
    '[]',
    '{}',
    'null',
    '-1',
    '1e999',
    '!!binary x',
    '*echo',
    '&a x',
    '"',
    'x: y: z',
  ];
  const damage = fc.record({
    line: fc.nat(lines.length - 1),
    scrap: fc.constantFrom(...scraps),
    isValue: fc.boolean(),
    indent: fc.nat(8),
  });
  let refused = 0;
  fc.assert(
    fc.property(damage, ({ line, scrap, isValue, indent }) => {
      const copy = [...lines];
      const before = copy[line]!;
      copy[line] = isValue ? before.replace(/: .*$/, `: ${scrap}`) : ' '.repeat(indent) + scrap;
      const told = linesOf(copy.join('\n'));
      if (told.length > 0) refused += 1;
      for (const text of told)
        expect(text).toMatch(/^F\/sessions.yaml:\d+:\d+: .+|^… and \d+ more$/);
    }),
    { numRuns: 150 },
  );
  expect(refused).toBeGreaterThan(50);
});

function message(msgType: string, body: string, version = 'FIX.4.4'): FixMessage {
  const header = `35=${msgType}|34=1|49=TW|52=20240627-11:17:25|56=ISLD|${body}`;
  const fields = header
    .split('|')
    .filter((field) => field !== '')
    .map((field) => {
      const [tag = '', value = ''] = field.split('=');
      return [Number(tag), value] as const;
    });
  return parseMessage(encodeMessage(version, fields))!;
}
