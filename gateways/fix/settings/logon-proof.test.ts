/** What a Logon proves: on our side, on the peer's, and between the two. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { AcceptorLogonConfig, InitiatorLogonConfig } from '../../../config/fix-logon.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { SessionRig, START_NS } from '../../../test/support/session-rig.ts';
import { SESSION_DISCONNECTED, SESSION_LIVE } from '../../../wasm/layout.ts';
import { type Field, type Fields, type FixMessage, parseMessage } from '../codec.ts';
import type { LogonProof } from '../session/session-types.ts';
import { NS_PER_S } from '../timestamp.ts';
import type { FixVersion } from '../version.ts';
import { acceptorProof } from './logon-check.ts';
import { initiatorProof } from './logon-proof.ts';
import { secretKeeper } from './open-secret.ts';
import { hashPassword } from './password-hash.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-proof-'));
afterAll(() => rmSync(folder, { recursive: true }));

const log: string[] = [];
const problems: string[] = [];
beforeEach(() => {
  log.length = 0;
  problems.length = 0;
});
const secrets = secretKeeper({
  onProblem: (path, text) => problems.push(`${path.join('.')} ${text}`.replaceAll(folder, 'F')),
  log: (text) => log.push(text.replaceAll(folder, 'F')),
});

let files = 0;
function kept(text: string, name = `secret-${++files}`): { file: string } {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return { file };
}

const OURS: InitiatorLogonConfig = {
  username: 'desk',
  password: null,
  newPassword: null,
  fields: {},
  signature: null,
};
const THEIRS: AcceptorLogonConfig = {
  username: 'desk',
  password: null,
  isChangeable: false,
  expiresDays: null,
  signature: null,
  lockout: { failuresMax: 3, windowS: 60 },
};
const PARTS = {
  sendingTime: '20240627-11:17:25.223',
  msgSeqNum: 7,
  senderCompId: 'US',
  targetCompId: 'PEER',
};

const initiator = (config: Partial<InitiatorLogonConfig>): LogonProof =>
  initiatorProof(
    { ...OURS, ...config },
    { secrets, log: (text) => log.push(text.replaceAll(folder, 'F')) },
  );
const acceptor = (
  config: Partial<AcceptorLogonConfig>,
  version: FixVersion = 'FIX.5.0SP2',
): LogonProof =>
  acceptorProof(
    { ...THEIRS, ...config },
    { version, secrets, log: (text) => log.push(text.replaceAll(folder, 'F')) },
  );

function logonOf(fields: Fields): FixMessage {
  const header: Field[] = [
    [35, 'A'],
    [34, PARTS.msgSeqNum],
    [49, PARTS.senderCompId],
    [52, PARTS.sendingTime],
    [56, PARTS.targetCompId],
  ];
  return parseMessage(encodeMessage('FIX.4.4', [...header, ...fields]))!;
}

describe('an initiator', () => {
  test('gives user name, password and further fields, in this order', () => {
    const proof = initiator({ password: kept('sesame'), fields: { 8013: 'Y' } });
    expect(proof.fields(PARTS)).toEqual([
      [553, 'desk'],
      [554, 'sesame'],
      [8013, 'Y'],
    ]);
  });

  test('may give a password alone', () => {
    const proof = initiator({ username: null, password: kept('phrase') });
    expect(proof.fields(PARTS)).toEqual([[554, 'phrase']]);
  });

  test('gives the password that its file holds now', () => {
    const password = kept('old');
    const proof = initiator({ password });
    writeFileSync(password.file, 'rotated');
    expect(proof.fields(PARTS)).toContainEqual([554, 'rotated']);
  });

  test('writes what is no ASCII as UTF-8', () => {
    expect(initiator({ password: kept('ä') }).fields(PARTS)).toContainEqual([554, '\xc3\xa4']);
  });

  test('says where a secret is missing, before anything is sent', () => {
    initiator({ password: { file: join(folder, 'absent') } });
    initiator({ password: kept('two\nlines') });
    expect(problems).toEqual([
      'password names F/absent: there is no such file',
      'password holds a line break or another control character',
    ]);
  });

  test('signs what it sends', () => {
    const proof = initiator({
      signature: {
        algorithm: 'hmac-sha256',
        key: kept('c2VjcmV0'),
        keyEncoding: 'base64',
        over: ['SendingTime', 'MsgSeqNum', 'SenderCompID', 'TargetCompID'],
        separator: 'SOH',
      },
    });
    const fields = proof.fields(PARTS);
    expect(fields.slice(1).map(([tag]) => tag)).toEqual([95, 96]);
    expect(fields[1]).toEqual([95, 44]);
  });

  test('is told at the start when its key cannot sign, and never shown the key', () => {
    const signature = { over: ['MsgType' as const], separator: 'SOH' as const };
    initiator({ signature: { algorithm: 'ed25519', key: kept('no PEM'), ...signature } });
    const hex = { algorithm: 'hmac-sha256', keyEncoding: 'hex' } as const;
    initiator({ signature: { ...hex, key: kept('no hex'), ...signature } });
    expect(problems).toEqual([
      'signature.key names a key that cannot sign with ed25519: it is no private key in PEM (PKCS#8)',
      'signature.key names a key that cannot sign with hmac-sha256: it is not hex',
    ]);
  });

  test('sends a Logon unsigned and says so when its key has become unusable', () => {
    const key = kept('00ff');
    const signature = { over: ['MsgType' as const], separator: 'SOH' as const, key };
    const proof = initiator({
      signature: { algorithm: 'hmac-sha256', keyEncoding: 'hex', ...signature },
    });
    writeFileSync(key.file, 'broken by a rotation');
    expect(proof.fields(PARTS)).toEqual([[553, 'desk']]);
    expect(log).toEqual(['the Logon is not signed: it is not hex']);
  });
});

describe("a module of the user's", () => {
  const moduleOf = (text: string): InitiatorLogonConfig['signature'] => {
    const { file: module } = kept(text, `module-${++files}.mjs`);
    return { algorithm: 'module', module, key: kept('sesame') };
  };

  test('signs, with what it needs at hand', () => {
    const signature = moduleOf(
      'export const sign = (p) => [p.sendingTime, p.msgSeqNum, p.username, p.key].join("/");',
    );
    const text = '20240627-11:17:25.223/7/desk/sesame';
    expect(initiator({ signature }).fields(PARTS)).toEqual([
      [553, 'desk'],
      [95, text.length],
      [96, text],
    ]);
  });

  test('may give fields of its own', () => {
    const signature = moduleOf('export const sign = () => [[554, "made up"], [5025, 1]];');
    expect(initiator({ signature }).fields(PARTS).slice(1)).toEqual([
      [554, 'made up'],
      [5025, 1],
    ]);
  });

  test('that cannot be used is told at the start', () => {
    initiator({ signature: moduleOf('export const sing = 1;') });
    initiator({ signature: moduleOf('this is no module') });
    initiator({ signature: { algorithm: 'module', module: 'nowhere.mjs', key: null } });
    expect(problems[0]).toMatch(
      /^signature.module is "F\/module-\d+.mjs", which exports no function sign$/,
    );
    expect(problems[1]).toMatch(/^signature.module is "F\/module-\d+.mjs": /);
    expect(problems[2]).toBe('signature.module is "nowhere.mjs": there is no such module');
  });

  test('that fails leaves the Logon unsigned', () => {
    const signature = moduleOf('export const sign = () => { throw new Error("no luck"); };');
    expect(initiator({ signature }).fields(PARTS)).toEqual([[553, 'desk']]);
    expect(log).toEqual(['the Logon is not signed: no luck']);
  });
});

describe('a new password', () => {
  const waiting = () => ({ password: kept('old'), newPassword: kept('brand new') });

  test('is asked for while its file is there', () => {
    const config = waiting();
    const proof = initiator(config);
    expect(proof.fields(PARTS)).toEqual([
      [553, 'desk'],
      [554, 'old'],
      [925, 'brand new'],
    ]);
    rmSync(config.newPassword.file);
    expect(proof.fields(PARTS)).not.toContainEqual([925, 'brand new']);
  });

  test.each([
    ['that says nothing of it', []],
    ['that confirms it', [[1409, 1]]],
  ] as [string, Fields][])('holds once the peer has answered with a Logon %s', (_what, fields) => {
    const config = waiting();
    const proof = initiator(config);
    proof.fields(PARTS);
    proof.onAccepted(logonOf(fields));
    expect(readFileSync(config.password.file, 'utf8')).toBe('brand new\n');
    expect(existsSync(config.newPassword.file)).toBe(false);
    expect(log.join()).toMatch(/the password was changed; F\/secret-\d+ holds the new one/);
    expect(proof.fields(PARTS)).toEqual([
      [553, 'desk'],
      [554, 'brand new'],
    ]);
  });

  test('does not hold when the peer lets us in and says something else: a person decides', () => {
    const config = waiting();
    const proof = initiator(config);
    proof.fields(PARTS);
    proof.onAccepted(logonOf([[1409, 0]]));
    expect(readFileSync(config.password.file, 'utf8')).toBe('old');
    expect(log.join()).toMatch(/did not say that the password was changed \(1409=0\): ask it/);
  });

  test('does not hold when the Logon was refused', () => {
    const config = waiting();
    initiator(config).fields(PARTS);
    expect(readFileSync(config.password.file, 'utf8')).toBe('old');
    expect(existsSync(config.newPassword.file)).toBe(true);
  });
});

describe('an acceptor', () => {
  const right: Fields = [
    [553, 'desk'],
    [554, 'sesame'],
  ];
  const wrongs: [string, Fields, RegExp][] = [
    ['no user name', [[554, 'sesame']], /^Username \(553\) is missing/],
    [
      'another user name',
      [
        [553, 'dusk'],
        [554, 'sesame'],
      ],
      /^Username \(553\) is dusk, not ours/,
    ],
    ['no password', [[553, 'desk']], /^Password \(554\) is missing/],
    [
      'another password',
      [
        [553, 'desk'],
        [554, 'Sesame'],
      ],
      /^Password \(554\) is wrong/,
    ],
  ];
  const forms: [string, string][] = [
    ['as it is', 'sesame'],
    ['as a hash', hashPassword(Buffer.from('sesame'))],
  ];

  describe.each(forms)('with the password %s', (_form, text) => {
    test('lets in who gives it', () => {
      expect(acceptor({ password: kept(text) }).refusal(logonOf(right), START_NS)).toBeUndefined();
    });

    test.each(wrongs)(
      'refuses a Logon with %s; the peer learns no more than that',
      (_what, fields, why) => {
        const refusal = acceptor({ password: kept(text) }).refusal(logonOf(fields), START_NS)!;
        expect(refusal.reason).toMatch(why);
        expect(refusal).toMatchObject({ text: 'invalid username or password', sessionStatus: 5 });
      },
    );
  });

  test('lets nobody in with an empty password when its file became unusable', () => {
    const proof = acceptor({ password: { file: join(folder, 'absent') } });
    expect(
      proof.refusal(
        logonOf([
          [553, 'desk'],
          [554, ''],
        ]),
        START_NS,
      )?.sessionStatus,
    ).toBe(5);
  });

  test('is told at the start of a hash that it cannot check', () => {
    acceptor({ password: kept('scrypt:1:2:3') });
    expect(problems[0]).toMatch(/^password names a scrypt: hash that cannot be checked: make one/);
  });

  test('locks after so many refusals within the window, and opens when they are over', () => {
    const proof = acceptor({ password: kept('sesame') });
    const at = (s: number, fields: Fields) =>
      proof.refusal(logonOf(fields), START_NS + BigInt(s) * NS_PER_S)?.sessionStatus;
    expect([at(0, []), at(10, []), at(20, [])]).toEqual([5, 5, 5]);
    expect(at(30, right)).toBe(6);
    expect(at(59, right)).toBe(6); // asking while it is locked does not lock it longer
    expect(at(60, right)).toBeUndefined();
  });

  test('forgets refusals once the right one has come', () => {
    const proof = acceptor({ password: kept('sesame') });
    for (let i = 0; i < 10; i++) {
      expect(proof.refusal(logonOf([]), START_NS)?.sessionStatus).toBe(5);
      expect(proof.refusal(logonOf(right), START_NS)).toBeUndefined();
    }
  });

  test('refuses a password that is too old, unless the Logon brings a new one', () => {
    const password = kept('sesame');
    const changedS = Number(START_NS / NS_PER_S);
    utimesSync(password.file, changedS, changedS);
    const proof = acceptor({ password, isChangeable: true, expiresDays: 30 });
    const daysOn = (days: number): bigint => START_NS + BigInt(days) * 86_400n * NS_PER_S;
    expect(proof.refusal(logonOf(right), daysOn(30))).toBeUndefined();
    expect(proof.refusal(logonOf(right), daysOn(31))).toMatchObject({
      text: 'password expired',
      sessionStatus: 8,
    });
    expect(proof.refusal(logonOf([...right, [925, 'long enough']]), daysOn(31))).toBeUndefined();
  });

  test('refuses a password whose file no longer tells its age', () => {
    const password = kept('sesame');
    const proof = acceptor({ password, expiresDays: 30 });
    rmSync(password.file);
    const refusal = proof.refusal(logonOf(right), START_NS);
    expect(refusal?.reason).toMatch(/ does not tell its age \(ENOENT\)$/);
    expect(refusal?.sessionStatus).toBe(8);
  });

  test('refuses a signature, and says why, when its key has become none', () => {
    const key = kept(Buffer.from('a key').toString('base64'));
    const proof = acceptor({
      signature: {
        algorithm: 'hmac-sha256',
        key,
        keyEncoding: 'base64',
        over: ['MsgType'],
        separator: 'SOH',
      },
    });
    writeFileSync(key.file, 'no base64 any more');
    expect(proof.refusal(logonOf(right), START_NS)?.sessionStatus).toBe(5);
    expect(log).toContain('signature.key cannot check hmac-sha256: it is not base64');
  });

  describe('asked for a new password', () => {
    const asking = (wanted: string): FixMessage => logonOf([...right, [925, wanted]]);

    test.each(forms)('keeps it the way the old one was kept: %s', (_form, text) => {
      const password = kept(text);
      const proof = acceptor({ password, isChangeable: true });
      expect(proof.refusal(asking('long enough'), START_NS)).toBeUndefined();
      expect(proof.answer(asking('long enough'))).toEqual([[1409, 1]]);
      const held = readFileSync(password.file, 'utf8');
      if (text === 'sesame') expect(held).toBe('long enough\n');
      else expect(held).toMatch(/^scrypt:/);
      expect(proof.refusal(logonOf(right), START_NS)?.sessionStatus).toBe(5);
      const renewed = logonOf([
        [553, 'desk'],
        [554, 'long enough'],
      ]);
      expect(proof.refusal(renewed, START_NS)).toBeUndefined();
    });

    test.each([
      ['too short', '1234567'],
      ['the old one', 'sesame  '],
      ['no text', 'caf\xe9 caf\xe9'],
      ['no line that a file can hold', 'long enough\r'],
      ['no line in UTF-8', 'long enough\xc2\x85'],
      ['what looks like a hash', 'scrypt:16384:8:1:AAAA:AAAA'],
    ])('refuses one that is %s', (_what, wanted) => {
      const password = kept('sesame  ');
      const proof = acceptor({ password, isChangeable: true });
      const logon = logonOf([
        [553, 'desk'],
        [554, 'sesame  '],
        [925, wanted],
      ]);
      expect(proof.refusal(logon, START_NS)).toMatchObject({ sessionStatus: 3 });
    });

    test('refuses any where the peer may not change it', () => {
      const refusal = acceptor({ password: kept('sesame') }).refusal(
        asking('long enough'),
        START_NS,
      );
      expect(refusal).toMatchObject({ sessionStatus: 3 });
    });

    test('says in the answer when it cannot be kept', () => {
      const password = kept('sesame');
      const proof = acceptor({ password, isChangeable: true });
      rmSync(password.file);
      expect(proof.answer(asking('long enough'))).toEqual([[1409, 3]]);
      expect(log.join()).toMatch(/new password cannot be kept/);
    });
  });

  test('says nothing of its status where the version has no word for it', () => {
    expect(acceptor({}, 'FIX.5.0SP2').answer(logonOf(right))).toEqual([[1409, 0]]);
    expect(acceptor({}, 'FIX.4.4').answer(logonOf(right))).toEqual([]);
  });

  test('is told at the start of a public key that is none', () => {
    const signature = {
      algorithm: 'ed25519',
      over: ['MsgType'],
      separator: 'SOH',
      publicKey: 'AAAA',
    } as const;
    const proof = acceptor({ signature: { ...signature, over: [...signature.over] } });
    expect(problems).toEqual([
      'signature.publicKey cannot check ed25519: it is no public key in base64 (SPKI)',
    ]);
    expect(
      proof.refusal(
        logonOf([
          [553, 'desk'],
          [95, 4],
          [96, 'AAAA'],
        ]),
        START_NS,
      )?.sessionStatus,
    ).toBe(5);
  });
});

describe('two sessions that sign', () => {
  const pair = generateKeyPairSync('ed25519');
  const over = ['MsgType', 'SenderCompID', 'TargetCompID', 'MsgSeqNum', 'SendingTime'] as const;
  const signed = { algorithm: 'ed25519', over: [...over], separator: 'SOH' } as const;
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

  function enter(pem: string): { theirs: SessionRig; ours: SessionRig } {
    const ours = new SessionRig({
      role: 'initiator',
      logon: initiator({ signature: { ...signed, over: [...over], key: kept(pem) } }),
    });
    const theirs = new SessionRig({
      senderCompId: 'PEER',
      targetCompId: 'US',
      logon: acceptor({ signature: { ...signed, over: [...over], publicKey } }, 'FIX.4.4'),
    });
    theirs.session.onMessage(
      Buffer.from(ours.sent[0]!.replaceAll('|', '\x01'), 'latin1'),
      theirs.nowNs,
    );
    return { theirs, ours };
  }

  test('agree', () => {
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const { theirs, ours } = enter(pem);
    expect(theirs.state).toBe(SESSION_LIVE);
    expect(ours.sent[0]).toMatch(/\|553=desk\|95=88\|96=[\w+/]{86}==\|/);
  });

  test('do not agree with a stranger', () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const { theirs } = enter(stranger.export({ format: 'pem', type: 'pkcs8' }).toString());
    expect(theirs.state).toBe(SESSION_DISCONNECTED);
    expect(theirs.events.at(-1)).toMatch(
      /RawData \(96\) is no signature of this Logon \(failure 1 of 3 in 60 s\)/,
    );
    expect(theirs.sent[0]).toContain('|58=invalid username or password|');
  });
});
