/** `gyrfalcon fix echo --config`: two processes that know each other by settings alone. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { issue } from '../../test/support/certificates.ts';
import { Gyrfalcon, gyrfalcon } from '../../test/support/engine-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-echo-'));
afterAll(() => rmSync(folder, { recursive: true }));
const running: Gyrfalcon[] = [];
afterEach(async () => {
  for (const process of running.splice(0)) await process.stop();
});

function kept(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

function echo(config: string): Gyrfalcon {
  const process = new Gyrfalcon(['fix', 'echo', '--config', config, '--json']);
  running.push(process);
  return process;
}

const oneLine = (text: string): string => text.replaceAll(/\n\s+/g, ' ');
const shipped = readFileSync('config/fix/echo.yaml', 'utf8');
const signed =
  'over: [MsgType, SenderCompID, TargetCompID, MsgSeqNum, SendingTime], separator: SOH';

/** The shipped file with one acceptor that asks for all that it can, on a free port. */
function acceptorFile(
  publicKey: string,
  changes: (yaml: string) => string = (yaml) => yaml,
): string {
  const authority = issue({ name: 'authority', isAuthority: true });
  const own = issue({ name: 'venue', dnsNames: ['venue.example'], issuer: authority });
  kept('ca.pem', authority.certificate);
  const tls = `{ certificate: ${kept('venue.pem', own.certificate)}, key: { file: ${kept('venue.key', own.key)} },
    passphrase: null, clientAuthorities: null, minVersion: TLSv1.3, ciphers: null }`;
  const logon = `{ username: desk, password: { file: ${kept('theirs', 'sesame one')} }, isChangeable: true,
    expiresDays: null, lockout: { failuresMax: 3, windowS: 300 },
    signature: { algorithm: ed25519, publicKey: ${publicKey}, ${signed} } }`;
  const yaml = shipped
    .replace('port: 9880', 'port: 0')
    .replace('tls: null', `tls: ${oneLine(tls)}`)
    .replace('allowAddresses: null # or', 'allowAddresses: [127.0.0.0/8] # or')
    .replace('logon: null', `logon: ${oneLine(logon)}`)
    .replace(/ {2}- \{ <<: \*echo, name: echo-4.4[\s\S]*$/, '')
    .replace('version: FIX.4.2', 'version: FIX.5.0SP2');
  return kept('acceptor.yaml', changes(yaml));
}

function initiatorFile(port: string, password: string, privateKey: string): string {
  const logon = `{ username: desk, password: { file: ${password} }, newPassword: { file: ${folder}/next },
    fields: {}, signature: { algorithm: ed25519, key: { file: ${kept('ours.key', privateKey)} }, ${signed} } }`;
  const tls = `{ serverName: venue.example, peerNames: [], authorities: ${folder}/ca.pem, certificate: null, key: null, passphrase: null, minVersion: TLSv1.3, ciphers: null }`;
  const yaml = shipped
    .replace(/acceptor:\n(?: {2,}.*\n)+/, 'acceptor: null\n')
    .replace(/ {2}- \{ <<: \*echo, name: echo-4.4[\s\S]*$/, '')
    .replace(/ {4}(allowAddresses|certificateNames): .*\n/g, '')
    .replace('role: acceptor', 'role: initiator')
    .replace('senderCompId: ISLD', 'senderCompId: TW')
    .replace('targetCompId: TW', 'targetCompId: ISLD')
    .replace('logon: null', `logon: ${oneLine(logon)}`)
    .replace(
      'version: FIX.4.2\n',
      `version: FIX.5.0SP2
    host: 127.0.0.1
    port: ${port}
    backups: []
    reconnect: { minMs: 50, maxMs: 50 }
    connectWaitS: 10
    bindHost: null
    heartbeatS: 30
    tls: ${tls}
`,
    );
  return kept('initiator.yaml', yaml);
}

test('TLS, password and signature let a session in, and a new password takes its place on both sides', async () => {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const privateKey = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const acceptor = echo(acceptorFile(publicKey));
  const port = (await acceptor.says(/"port":(\d+)/))[1]!;
  kept('next', 'sesame two');
  const ours = kept('ours', 'sesame one');
  const initiator = echo(initiatorFile(port, ours, privateKey));
  await initiator.says(/logged on/);
  await initiator.says(/the password was changed/);
  await acceptor.says(/the peer has changed its password/);
  expect(readFileSync(ours, 'utf8')).toBe('sesame two\n');
  expect(readFileSync(join(folder, 'theirs'), 'utf8')).toBe('sesame two\n');
  const { code } = await initiator.stop();
  expect(code).toBe(0);
  for (const process of [acceptor, initiator]) {
    expect(process.stdout + process.stderr).not.toContain('sesame');
  }
});

test('a wrong password is told in the log of the acceptor alone, and locks after some tries', async () => {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const privateKey = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const acceptor = echo(acceptorFile(publicKey));
  const port = (await acceptor.says(/"port":(\d+)/))[1]!;
  const initiator = echo(initiatorFile(port, kept('ours', 'guessed'), privateKey));
  await acceptor.says(/Password \(554\) is wrong \(failure 3 of 3 in 300 s\)/);
  await acceptor.says(/the session is locked/);
  await initiator.says(/account locked/);
  expect(initiator.stderr).toMatch(/invalid username or password/);
  expect(initiator.stderr).not.toContain('554');
});

test.each([
  ['no port', ['fix', 'echo'], 2, /needs --port N .* or --config FILE/],
  [
    'a CompID that is none',
    ['fix', 'echo', '--port', '0', '--sender', ''],
    2,
    /--sender "": give an identifier of printable ASCII/,
  ],
  [
    'a CompID beside the file',
    ['fix', 'echo', '--config', 'config/fix/echo.yaml', '--sender', 'X'],
    2,
    /--sender stands in the file/,
  ],
  [
    'a file that is not there',
    ['fix', 'echo', '--config', 'config/fix/none.yaml'],
    3,
    /there is no such file/,
  ],
])('%s is refused', async (_what, args, code, why) => {
  const finished = await gyrfalcon(args);
  expect(finished.code).toBe(code);
  expect(finished.stderr).toMatch(why);
});
