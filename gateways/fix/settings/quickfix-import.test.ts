/** Settings of QuickFIX engines, as people write them, and what becomes of each line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { checkFixSettings } from '../../../config/fix-cross-checks.ts';
import { type FixSettingsConfig, fixSettingsSchema } from '../../../config/fix-settings.ts';
import { readYamlSource } from '../../../config/yaml-source.ts';
import { issue } from '../../../test/support/certificates.ts';
import { NS_PER_MS } from '../timestamp.ts';
import { type FixSettings, loadFixSettings } from './load-fix-settings.ts';
import { parseQuickfixFile } from './quickfix-file.ts';
import { importQuickfix, type QuickfixImport } from './quickfix-import.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-quickfix-'));
afterAll(() => rmSync(folder, { recursive: true }));
const clock = { nowNs: () => BigInt(Date.now()) * NS_PER_MS };

const imported = (text: string, variables: Record<string, string> = {}): QuickfixImport =>
  importQuickfix(text, { name: 'test.cfg', variables: new Map(Object.entries(variables)) });

/** "line key verdict" of all notes, or of some. */
const verdicts = ({ notes }: QuickfixImport, key?: string): string[] =>
  notes
    .filter((note) => key === undefined || note.key === key)
    .map(({ line, key: name, verdict }) => `${line} ${name} ${verdict}`);

function configOf(yaml: string): FixSettingsConfig {
  const file = join(folder, 'parsed.yaml');
  writeFileSync(file, yaml);
  return fixSettingsSchema.parse(readYamlSource(file, { lists: [], keys: [] }).value);
}

/** The file's own sessions as our loader makes them. */
function loaded({ files }: QuickfixImport, index = 0): FixSettings {
  const file = join(folder, files[index]!.name);
  writeFileSync(file, files[index]!.yaml);
  return loadFixSettings(file, { clock, log: () => {} });
}

/** As QuickFIX/J writes it. */
const variable = (name: string): string => ['$', '{', name, '}'].join('');

/** A session that is whole, with further lines. */
const INITIATOR = `[SESSION]
ConnectionType=initiator
BeginString=FIX.4.4
SenderCompID=DESK
TargetCompID=BROKER
SocketConnectHost=fix.broker.example
SocketConnectPort=9001
HeartBtInt=30
`;
const ACCEPTOR = `[SESSION]
ConnectionType=acceptor
BeginString=FIX.4.2
SenderCompID=HOUSE
TargetCompID=CLIENT
SocketAcceptPort=9880
`;
const sessionOf = (lines: string, of = INITIATOR): FixSettingsConfig['sessions'][number] =>
  configOf(imported(`${of}${lines}`).files[0]!.yaml).sessions[0]!;

describe('a buy-side desk on QuickFIX/J', () => {
  const desk = `
# links of the desk
[default]
ConnectionType=initiator
SenderCompID=DESK
FileStorePath=target/data
FileLogPath=target/log
TimeZone=America/New_York
StartTime=07:00:00
EndTime=17:30:00
Weekdays=Mon,Tue,Wed,Thu,Fri
HeartBtInt=20
ReconnectInterval=5x10;60
ValidateUserDefinedFields=N
CheckLatency=Y
MaxLatency=30

[session]
BeginString=FIX.4.4
TargetCompID=BROKER-A
DataDictionary=FIX44.xml
SocketConnectHost=fix.broker-a.example
SocketConnectPort=9001
SocketConnectHost1=192.0.2.7
SocketConnectPort1=9002
EnableNextExpectedMsgSeqNum=Y
ResendRequestChunkSize=1000
Username=desk
Password=\${BROKER_A_PASSWORD}

[session]
BeginString=FIX.4.2
TargetCompID=BROKER-B
SenderSubID=ALGO
DataDictionary=dictionaries/broker-b.xml
SocketConnectHost=10.1.2.3
SocketConnectPort=\${port}
HeartBtInt=60
ResetOnLogon=Y
`;

  test('is two sessions in one file, which load as they are', () => {
    process.env.BROKER_A_PASSWORD = 'sesame';
    const result = imported(desk, { port: '7001' });
    const { acceptor, initiators } = loaded(result);
    delete process.env.BROKER_A_PASSWORD;
    expect(result.sessions).toEqual({ found: 2, taken: 2 });
    expect(acceptor).toBeUndefined();
    expect(initiators).toMatchObject([
      {
        addresses: [
          { host: 'fix.broker-a.example', port: 9001 },
          { host: '192.0.2.7', port: 9002 },
        ],
        reconnect: { minMs: 10_000, maxMs: 60_000 },
        config: {
          name: 'BROKER-A',
          version: 'FIX.4.4',
          senderCompId: 'DESK',
          heartbeatS: 20,
          sendingTimeToleranceS: 30,
          nextExpected: true,
          resendRequestMessagesMax: 1000,
        },
      },
      {
        addresses: [{ host: '10.1.2.3', port: 7001 }],
        config: {
          name: 'BROKER-B',
          version: 'FIX.4.2',
          heartbeatS: 60,
          fixedHeader: [[50, 'ALGO']],
        },
      },
    ]);
    expect(initiators[1]!.config.resetSeqNum).toBe(true);
    const open = initiators[0]!.config.schedule!.windowAt(
      BigInt(Date.parse('2024-07-02T12:00:00Z')) * NS_PER_MS,
    );
    expect(new Date(Number(open!.startNs / NS_PER_MS)).toISOString()).toBe(
      '2024-07-02T11:00:00.000Z',
    );
  });

  test('is told line by line, what was left too', () => {
    const result = imported(desk, { port: '7001' });
    expect(verdicts(result, 'FileStorePath')).toEqual(['6 FileStorePath left']);
    expect(verdicts(result, 'HeartBtInt')).toEqual(['12 HeartBtInt taken', '38 HeartBtInt taken']);
    expect(verdicts(result, 'ReconnectInterval')).toEqual(['13 ReconnectInterval converted']);
    const dictionary = result.notes.find(({ line }) => line === 35);
    expect(dictionary).toMatchObject({
      verdict: 'left',
      text: expect.stringMatching(/are not taken over: write them as an overlay/),
    });
    expect(verdicts(result).filter((verdict) => verdict.includes('unknown'))).toEqual([]);
    // Each line that is said to anybody is in the report.
    const said = desk.split('\n').flatMap((text, i) => (text.includes('=') ? [i + 1] : []));
    expect(
      [...new Set(result.notes.map(({ line }) => line))].filter((line) => said.includes(line)),
    ).toEqual(said);
  });
});

test('a broker with clients on two ports, and a link of its own, becomes three files', () => {
  const broker = `
[DEFAULT]
SenderCompID=HOUSE
BeginString=FIXT.1.1
DefaultApplVerID=9
UseLocalTime=N
StartDay=su
StartTime=17:05:00
EndDay=fr
EndTime=17:00:00
[SESSION]
ConnectionType=acceptor
TargetCompID=CLIENT1
SocketAcceptPort=9880
SocketAcceptAddress=10.0.0.1
AllowedRemoteAddresses=10.0.0.7,desk.client.example
[SESSION]
ConnectionType=acceptor
TargetCompID=CLIENT2
SocketAcceptPort=9881
[SESSION]
ConnectionType=initiator
TargetCompID=CLEARER
SocketConnectHost=clearer.example
SocketConnectPort=443
HeartBtInt=30
`;
  const result = imported(broker);
  expect(result.files.map(({ name }) => name)).toEqual([
    'test-9880.yaml',
    'test-9881.yaml',
    'test-initiators.yaml',
  ]);
  const { acceptor } = loaded(result);
  expect(acceptor).toMatchObject({ host: '10.0.0.1', port: 9880 });
  const [session] = acceptor!.sessions;
  expect(session).toMatchObject({ name: 'CLIENT1', version: 'FIX.5.0SP2', role: 'acceptor' });
  expect(acceptor!.peerRules!.get(session!)!.addresses!.allows('10.0.0.7')).toBe(true);
  expect(acceptor!.peerRules!.get(session!)!.addresses!.allows('10.0.0.8')).toBe(false);
  expect(loaded(result, 1).acceptor).toMatchObject({ host: '0.0.0.0', port: 9881 });
  const start = session!.schedule!.nextStartNs(
    BigInt(Date.parse('2024-07-06T12:00:00Z')) * NS_PER_MS,
  );
  expect(new Date(Number(start / NS_PER_MS)).toISOString()).toBe('2024-07-07T17:05:00.000Z');
});

test('PEM files of QuickFIX/Go are taken over, a key store of Java is named with what to do', () => {
  const authority = issue({ name: 'authority', isAuthority: true });
  const own = issue({ name: 'DESK', issuer: authority });
  const at = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const result = imported(`${INITIATOR}SocketUseSSL=Y
SocketCAFile=${at('ca.pem', authority.certificate)}
SocketCertificateFile=${at('desk.pem', own.certificate)}
SocketPrivateKeyFile=${at('desk.key', own.key)}
SocketServerName=gateway.broker.example
SocketMinimumTLSVersion=TLS13
`);
  expect(loaded(result).initiators[0]!.tls!.current()).toMatchObject({
    serverName: 'gateway.broker.example',
    minVersion: 'TLSv1.3',
    key: own.key.trimEnd(),
  });
  const java = imported(
    `${INITIATOR}SocketUseSSL=Y\nSocketKeyStore=keys/desk.jks\nSocketKeyStorePassword=changeit\n`,
  );
  expect(configOf(java.files[0]!.yaml).sessions[0]).toMatchObject({
    tls: { certificate: 'keys/desk.pem' },
  });
  expect(java.notes.find(({ key }) => key === 'SocketKeyStore')?.text).toMatch(
    /is not there yet: .*keytool/,
  );
  expect(JSON.stringify(java)).not.toContain('changeit');
});

describe('a password', () => {
  test.each([
    ['Password', 'Password=hunter2'],
    ['a name of the application', 'LogonPassword=hunter2'],
    ['LogonTag of QuickFIX/J', 'LogonTag=554=hunter2'],
    ['a database', 'JdbcPassword=hunter2\nJdbcURL=jdbc:x://u:hunter2@db'],
    ['a key that nobody knows', 'OurSecret=hunter2'],
  ])('under %s is not copied and not shown', (_name, line) => {
    expect(JSON.stringify(imported(`${INITIATOR}${line}\n`))).not.toContain('hunter2');
  });

  test('is replaced by a variable to put it into', () => {
    expect(sessionOf('Username=desk\nPassword=hunter2\nLogonTag1=9406=Y\n').logon).toEqual({
      username: 'desk',
      password: { env: 'FIX_BROKER_PASSWORD' },
      newPassword: null,
      fields: { 9406: 'Y' },
      signature: null,
    });
  });

  test('that was a variable stays that variable', () => {
    const { logon } = sessionOf(`Password=${variable('DESK_PASSWORD')}\n`);
    expect(logon).toMatchObject({ password: { env: 'DESK_PASSWORD' } });
  });

  test('of a client is asked for by an acceptor, with a lock', () => {
    const { logon } = sessionOf('Username=client\nPassword=hunter2\n', ACCEPTOR);
    expect(logon).toMatchObject({ username: 'client', lockout: { failuresMax: 5, windowS: 300 } });
  });
});

describe('a line is read as it was meant', () => {
  const cases: [string, string, object][] = [
    ['no check of latency', 'CheckLatency=N', { sendingTimeToleranceS: 31_536_000 }],
    ['latency', 'MaxLatency=5', { sendingTimeToleranceS: 5 }],
    ['timeouts', 'LogonTimeout=7\nLogoutTimeout=3', { logonWaitS: 7, logoutWaitS: 3 }],
    ['a timeout out of range', 'LogonTimeout=0', { logonWaitS: 1 }],
    ['a value that is none', 'LogonTimeout=soon', { logonWaitS: 10 }],
    ['a remark behind a value', 'LogonTimeout=7 # seconds', { logonWaitS: 10 }],
    [
      'resets',
      'ResetOnLogon=Y\nResetOnDisconnect=Y',
      { resetOn: { logon: true, logout: false, disconnect: true } },
    ],
    ['messages that are not kept', 'PersistMessages=N', { resend: { staleAfterS: { '*': 0 } } }],
    ['microseconds', 'TimeStampPrecision=MICROS', { timestampDigits: 6 }],
    ['decimals', 'TimestampPrecision=7', { timestampDigits: 9 }],
    ['whole seconds', 'MillisecondsInTimeStamp=N', { timestampDigits: 3 }],
    [
      'no dictionary',
      'UseDataDictionary=N',
      { validation: { unknownFields: 'lenient', enumerations: 'lenient' } },
    ],
    [
      'unknown fields',
      'AllowUnknownMsgFields=Y',
      { validation: { unknownFields: 'lenient', fieldsOutOfOrder: 'strict' } },
    ],
    [
      'order of fields',
      'ValidateFieldsOutOfOrder=N',
      { validation: { fieldsOutOfOrder: 'lenient' } },
    ],
    ['an address of ours', 'SocketLocalHost=10.0.0.1', { bindHost: '10.0.0.1' }],
    ['no hours', 'NonStopSession=Y\nStartTime=00:00:00\nEndTime=00:00:00', { schedule: null }],
    [
      'hours in UTC where no zone is named',
      'StartTime=22:00:00\nEndTime=21:30:15',
      {
        schedule: {
          every: 'day',
          timeZone: 'UTC',
          start: '22:00',
          end: '21:30:15',
          days: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
        },
      },
    ],
    [
      'a zone behind the time',
      'StartTime=08:00:00 US/Central\nEndTime=16:00:00 US/Central',
      { schedule: { timeZone: 'US/Central', start: '08:00' } },
    ],
    [
      'a day alone',
      'StartTime=08:00:00\nEndTime=16:00:00\nStartDay=mon',
      { schedule: { every: 'day' } },
    ],
    ['keys in another case', 'resetonlogon=Y', { resetOn: { logon: true } }],
    ['the later of two', 'MaxLatency=5\nMaxLatency=6', { sendingTimeToleranceS: 6 }],
    ['a qualifier', 'SessionQualifier=drop copy', { name: 'BROKER-drop_copy' }],
    [
      'seconds that are a list',
      'ReconnectInterval=2x1;5',
      { reconnect: { minMs: 1000, maxMs: 5000 } },
    ],
  ];
  test.each(cases)('%s', (_what, lines, expected) => {
    expect(sessionOf(`${lines}\n`)).toMatchObject(expected);
  });

  test.each([
    ['an unknown version', 'BeginString=FIX.4.3', /speaks FIX.4.3; spoken here are FIX.4.2/],
    [
      'an application version that is not spoken',
      'BeginString=FIXT.1.1\nDefaultApplVerID=FIX.5.0',
      /speaks FIXT.1.1 with FIX.5.0/,
    ],
    ['a template', 'TargetCompID=*', /a template for peers that are not known before/],
    ['no address', 'SocketConnectPort=none', /names no SocketConnectHost and SocketConnectPort/],
    ['a CompID with a blank', 'SenderCompID=OUR DESK', /has no SenderCompID of printable ASCII/],
  ])('a session is left out, with the reason: %s', (_what, lines, why) => {
    const result = imported(`${INITIATOR}${lines}\n`);
    expect(result.sessions).toEqual({ found: 1, taken: 0 });
    expect(result.files).toEqual([]);
    expect(result.notes.find(({ key }) => key === '[SESSION]')?.text).toMatch(why);
  });

  test('a variable without a value is asked for, not guessed', () => {
    const result = imported(`${INITIATOR}MaxLatency=\${latency}\n`);
    expect(result.notes.find(({ key }) => key === 'MaxLatency')?.text).toMatch(/--set latency=…/);
  });

  test('what says nothing to any session is named', () => {
    const result = imported(
      `BeginString=FIX.4.2\n[DEFAULT]\nHeartBtInt=10\nnonsense\n[OTHER]\nA=1\n${INITIATOR}`,
    );
    expect(
      result.notes
        .filter(({ verdict }) => verdict === 'left')
        .map(({ line, text }) => `${line} ${text}`),
    ).toEqual([
      '1 stands outside [DEFAULT] and [SESSION]',
      '3 every session says it itself',
      '4 is no line Key=value; it is left out',
      '5 is no section that is known; it is left out',
      '6 stands outside [DEFAULT] and [SESSION]',
    ]);
  });

  test('a misspelt key is named with the one that was meant', () => {
    const result = imported(`${INITIATOR}HeartBeatInt=30\nFrobnicate=1\n`);
    expect(
      result.notes
        .filter(({ verdict }) => verdict === 'unknown')
        .map(({ key, text }) => `${key}: ${text}`),
    ).toEqual([
      'HeartBeatInt: is no key of a QuickFIX engine that is known here; did it mean HeartBtInt?',
      'Frobnicate: is no key of a QuickFIX engine that is known here',
    ]);
  });

  test('two sessions of the same peer have names of their own; on one port only one can be', () => {
    const links = imported(`${INITIATOR}${INITIATOR}`);
    expect(configOf(links.files[0]!.yaml).sessions.map(({ name }) => name)).toEqual([
      'BROKER',
      'BROKER-2',
    ]);
    const twice = imported(`${ACCEPTOR}${ACCEPTOR}`);
    expect(twice.sessions).toEqual({ found: 2, taken: 1 });
    expect(twice.notes.find(({ key }) => key === '[SESSION]')?.text).toMatch(
      /of an earlier session on its port.*agree with the peer/,
    );
  });
});

/** From the configuration references of QuickFIX, QuickFIX/J, QuickFIX/Go and QuickFIX/n. */
const KEYS =
  'LogonTime LogoutTime LogonDay LogoutDay RefreshOnLogon CheckCompID HttpAcceptPort SocketNodelay ' +
  'SendRedundantResendRequests SocketReuseAddress SocketSendBufferSize SocketReceiveBufferSize ' +
  'ValidateLengthAndChecksum PreserveMessageFieldsOrder FileStorePath MySQLStoreDatabase MySQLStoreUser ' +
  'MySQLStorePassword PostgreSQLStoreHost OdbcStoreConnectionString FileLogPath FileLogBackupPath ' +
  'ScreenLogShowIncoming MySQLLogIncomingTable SSLProtocol SSLCipherSuite CertificationAuthoritiesFile ' +
  'CertificationAuthoritiesDirectory ServerCertificateFile ServerCertificateKeyFile CertificateVerifyLevel ' +
  'CertificateRevocationListFile ClientCertificateFile ClientCertificateKeyFile ClosedResendInterval ' +
  'ValidateUnorderedGroupFields ValidateIncomingMessage ValidateSequenceNumbers RejectGarbledMessage ' +
  'RejectInvalidMessage RejectMessageOnUnhandledException RequiresOrigSendingTime SocketConnectProtocol ' +
  'SocketLocalPort DynamicSession SocketAcceptProtocol AllowedRemoteAddresses KeyManagerFactoryAlgorithm ' +
  'KeyStoreType SocketTrustStore SocketTrustStorePassword TrustManagerFactoryAlgorithm TrustStoreType ' +
  'NeedClientAuth EnabledProtocols CipherSuites ProxyType ProxyVersion ProxyHost ProxyPort ProxyUser ' +
  'ProxyPassword ProxyDomain ProxyWorkstation SocketKeepAlive SocketOobInline SocketLinger SocketTcpNoDelay ' +
  'SocketTrafficClass SocketSynchronousWrites SocketSynchronousWriteTimeout MaxScheduledWriteRequests ' +
  'FileStoreMaxCachedMsgs FileStoreSync JdbcDataSourceName JdbcDriver JdbcURL JdbcUser JdbcPassword ' +
  'JdbcStoreMessagesTableName JdbcLogHeartBeats JdbcSessionIdDefaultPropertyValue JdbcMaxActiveConnection ' +
  'FileLogHeartbeats FileIncludeMilliseconds FileIncludeTimeStampForMessages SLF4JLogEventCategory ' +
  'SLF4JLogPrependSessionID ScreenLogEvents ResetOnError DisconnectOnError EnableLastMsgSeqNumProcessed ' +
  'ResendRequestChunkSize ContinueInitializationOnError TestRequestDelayMultiplier DisableHeartBeatCheck ' +
  'ForceResendWhenCorruptedStore SocketPrivateKeyFile SocketInsecureSkipVerify SocketTimeout UseTCPProxy ' +
  'HeartBtIntOverride SQLStoreDriver SQLStoreDataSourceName MongoStoreConnection DynamicSessions ' +
  'DynamicQualifier AcceptorTemplate SocketIgnoreProxy SSLValidateCertificates SSLCACertificate ' +
  'SSLCheckCertificateRevocation SSLRequireClientCertificate ResendSessionLevelRejects DebugFileLogPath';

test.each(KEYS.split(' '))('%s is a key that is known', (key) => {
  const result = imported(`${INITIATOR}${key}=1\n${ACCEPTOR}${key}=1\n`);
  expect(result.notes.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  expect(result.notes.map(({ key: name }) => name)).toContain(key);
});

describe('whatever stands in a settings file', () => {
  const word = fc.constantFrom(
    ...KEYS.split(' '),
    'SocketConnectHost7',
    'LogonTag',
    'Weekdays',
    'StartDay',
    'StartTime',
    'EndTime',
    'EndDay',
    'TimeZone',
    'UseLocalTime',
    'HeartBtInt',
    'SessionQualifier',
    'TargetSubID',
    'Username',
    'Password',
    'SocketUseSSL',
    'BeginString',
    'DefaultApplVerID',
    'ConnectionType',
    'SenderCompID',
    'TargetCompID',
    'SocketAcceptPort',
    'SocketConnectPort',
    'SocketConnectHost',
    'ReconnectInterval',
    '__proto__',
    'DataDictionary',
    'AppDataDictionary.FIX.4.4',
    'constructor',
    'MaxLatency',
    'TimeStampPrecision',
  );
  const value = fc.oneof(
    fc.constantFrom(
      '',
      'Y',
      'N',
      '0',
      '1',
      '-1',
      '99999999999999999999',
      '07:00:00',
      '25:00:00',
      'mon',
      'Mon,Tue',
      variable('X'),
      '${',
      'FIX.4.4',
      'FIXT.1.1',
      '9',
      'acceptor',
      'initiator',
      '553=x',
      '554=',
      '8=',
      '0553=x',
      '10.0.0.1',
      'a b',
      '5x10;30',
      ';',
      'x',
      'null',
      'true',
      '~',
      '"',
      '{a: b}',
      '- x',
      '# y',
      'é',
      '\u0001',
      '=',
      '*',
      '&a',
      '%',
    ),
    fc.string({ maxLength: 12 }),
  );
  const line = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(word, value).map(([key, text]) => `${key}=${text}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '[SESSION]',
        '[DEFAULT]',
        '[]',
        '[x',
        '# note',
        '',
        '=',
        INITIATOR,
        ACCEPTOR,
      ),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
  );

  test('is read, and what comes out is a settings file that is right', () => {
    let sessions = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(INITIATOR, ACCEPTOR, ''),
        fc.array(line, { maxLength: 30 }),
        (first, lines) => {
          const text = [first, ...lines].join('\n');
          const result = imported(text);
          for (const { yaml } of result.files) {
            const config = configOf(yaml);
            const mistakes: string[] = [];
            checkFixSettings(config, (path, why) => mistakes.push(`${path.join('.')} ${why}`));
            expect(mistakes).toEqual([]);
            sessions += config.sessions.length;
          }
          expect(result.sessions.taken).toBe(
            result.files.flatMap(({ yaml }) => configOf(yaml).sessions).length,
          );
          for (const note of result.notes) expect(note.text).not.toBe('');
        },
      ),
      { numRuns: 500 },
    );
    expect(sessions).toBeGreaterThan(200);
  });

  test('every line that says something to a session is in the report', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, value), { maxLength: 20 }), (pairs) => {
        const clean = pairs.map(([key, text]) => `${key}=${text.replaceAll(/\s/g, '')}`);
        const text = `${INITIATOR}${clean.join('\n')}\n`;
        const { notes } = imported(text);
        const [session] = parseQuickfixFile(text, new Map()).sessions;
        const told = new Set(notes.map((note) => note.line));
        for (const entry of session!.entries.values())
          if (entry.value !== '') expect(told, `${entry.key}=${entry.value}`).toContain(entry.line);
      }),
    );
  });
});
