/**
 * Keys of QuickFIX, QuickFIX/J, QuickFIX/Go and QuickFIX/n that have no place here, with why and
 * what to do instead; and the names of all that are known, for what is misspelt. Sources: the
 * configuration references of the four engines (doc/html/configuration.html of quickfix and of
 * quickfixj, config/configuration.go of quickfixgo, documentation/configuration of quickfixn).
 */
import { nearest } from '../../../config/nearest.ts';

const STORE =
  'numbers and messages are kept by the engine in its journal, outside it in memory; nothing to set';
const LOG = 'the engine journals every message, and what happens is told on stderr; nothing to set';
const SOCKET = 'sockets are left as the system has them, without delay (TCP_NODELAY)';
const PROXY = 'connections are made directly: use a tunnel on this machine and name its port';
const CHECKED = 'is always checked';
const JAVA = 'is of the Java machine; nothing to set';

/** How the reason begins where a key belongs to the other side of a connection. */
export const OTHER_ROLE = 'is for ';

/** Beginning of a key in lower case to why all such keys are left out. */
const FAMILIES: readonly (readonly [prefix: string, text: string])[] = [
  ['filestore', STORE],
  ['jdbcstore', STORE],
  ['jdbclog', LOG],
  ['jdbc', STORE],
  ['mysqlstore', STORE],
  ['mysqllog', LOG],
  ['postgresqlstore', STORE],
  ['postgresqllog', LOG],
  ['odbcstore', STORE],
  ['odbclog', LOG],
  ['mssqlstore', STORE],
  ['mssqllog', LOG],
  ['sqlstore', STORE],
  ['sqllog', LOG],
  ['mongostore', STORE],
  ['mongolog', LOG],
  ['sleepycat', STORE],
  ['filelog', LOG],
  ['fileinclude', LOG],
  ['screenlog', LOG],
  ['screeninclude', LOG],
  ['slf4jlog', LOG],
  ['debugfilelog', LOG],
  ['proxy', PROXY],
];

/** Key to why it is left out, and what to do. */
const LEFT: Readonly<Record<string, string>> = {
  // Identity and session
  CheckCompID: `the CompIDs are ${CHECKED.slice(3)}`,
  SessionQualifier: 'tells sessions apart for the application',
  RefreshOnLogon: 'numbers are not read anew at a Logon: one process holds a session',
  ResetOnError: 'after an error the numbers stand: agree with the peer on a reset',
  DisconnectOnError: 'an error of the session ends the connection where the standard asks for it',
  TestRequestDelayMultiplier:
    'a TestRequest goes out after 1.2 heartbeat intervals of silence, the end comes after 2.4',
  HeartbeatTimeoutMultiplier:
    'a TestRequest goes out after 1.2 heartbeat intervals of silence, the end comes after 2.4',
  HeartBeatTimeoutMultiplier:
    'a TestRequest goes out after 1.2 heartbeat intervals of silence, the end comes after 2.4',
  DisableHeartBeatCheck:
    'a peer that is silent for too long is disconnected; it cannot be switched off',
  HeartBtIntOverride: "an acceptor takes the initiator's HeartBtInt over",
  Weekdays: 'says nothing beside StartDay and EndDay',
  // Numbers and resends
  SendRedundantResendRequests:
    'one ResendRequest is open for a gap, and repeated when it is not answered',
  ClosedResendInterval:
    'a ResendRequest is open-ended (EndSeqNo 0), or in chunks: see resendRequestMessagesMax',
  EnableLastMsgSeqNumProcessed: 'LastMsgSeqNumProcessed (369) is not sent',
  ForceResendWhenCorruptedStore: STORE,
  ResendSessionLevelRejects: 'session messages are gap-filled, Rejects too',
  IgnorePossDupResendRequests: 'a repeated ResendRequest is answered as often as its pace allows',
  ValidateSequenceNumbers: `the order of numbers ${CHECKED}`,
  RequiresOrigSendingTime: `OrigSendingTime (122) of a PossDup ${CHECKED}`,
  PreserveMessageFieldsOrder: 'fields leave in the order in which the application gives them',
  // Validation
  ValidateLengthAndChecksum:
    'a message with a wrong BodyLength or CheckSum is garbled and ignored, as the standard says',
  RejectGarbledMessage: 'garbled messages are ignored, as the standard says',
  RejectMessageOnUnhandledException:
    'what an application cannot take is answered with a BusinessMessageReject',
  ThrowOnUnhandledException: JAVA,
  // Connection
  SocketConnectProtocol: 'is TCP',
  SocketAcceptProtocol: 'is TCP',
  SocketLocalPort: 'the system chooses the port that a connection is made from',
  SocketNodelay: SOCKET,
  SocketTcpNoDelay: SOCKET,
  SocketKeepAlive: SOCKET,
  SocketLinger: SOCKET,
  SocketOobInline: SOCKET,
  SocketReuseAddress: SOCKET,
  SocketSendBufferSize: SOCKET,
  SocketReceiveBufferSize: SOCKET,
  SendBufferSize: SOCKET,
  ReceiveBufferSize: SOCKET,
  SocketTrafficClass: SOCKET,
  SocketSendTimeout: SOCKET,
  SocketReceiveTimeout: SOCKET,
  SocketIgnoreProxy: PROXY,
  UseTCPProxy: PROXY,
  SocketSynchronousWrites:
    'writes never wait; a peer that reads too little is disconnected at pendingBytesMax',
  SocketSynchronousWriteTimeout:
    'writes never wait; a peer that reads too little is disconnected at pendingBytesMax',
  MaxScheduledWriteRequests: 'counts bytes here, not writes: see pendingBytesMax',
  SocketTimeout: 'see connectWaitS and logonWaitS',
  InChanCapacity: 'nothing waits between the socket and the session',
  HttpAcceptPort: 'there is no web page of sessions here',
  DynamicSession: 'every session stands in the file',
  DynamicSessions: 'every session stands in the file',
  DynamicQualifier: 'every session stands in the file',
  AcceptorTemplate: 'is a template for peers that are not known before: write a session for each',
  ContinueInitializationOnError: 'a mistake in one session is told, and none is started',
  AllowedRemoteAddresses: 'is for acceptors',
  SocketAcceptHost: 'is for acceptors',
  SocketAcceptAddress: 'is for acceptors',
  SocketAcceptPort: 'is for acceptors',
  SocketConnectHost: 'is for initiators',
  SocketConnectPort: 'is for initiators',
  SocketConnectTimeout: 'is for initiators',
  SocketLocalHost: 'is for initiators',
  ReconnectInterval: 'is for initiators',
  SendResetSeqNumFlag: 'is for initiators',
  LogonTag: 'is for initiators',
  // TLS
  SocketInsecureSkipVerify:
    "the peer's certificate is always verified: name its authority in tls.authorities",
  CertificateVerifyLevel: "the peer's certificate is verified wherever authorities are named",
  SSLValidateCertificates:
    "the peer's certificate is always verified: name its authority in tls.authorities",
  SSLCheckCertificateRevocation: 'revocation lists are not read: renew the authorities instead',
  SSLRequireClientCertificate: 'see acceptor.tls.clientAuthorities',
  SSLCertificate: 'key stores are not read: turn it into PEM files and name them in tls',
  SSLCertificatePassword: 'is not copied; an encrypted key has its passphrase in tls.passphrase',
  SSLCipherSuite: 'see tls.ciphers, in the names of OpenSSL',
  CipherSuites: 'see tls.ciphers, in the names of OpenSSL',
  CertificationAuthoritiesDirectory: 'name one PEM file in tls.authorities',
  CertificateRevocationListFile: 'revocation lists are not read: renew the authorities instead',
  CertificateRevocationListDirectory:
    'revocation lists are not read: renew the authorities instead',
  SocketKeyStore: 'is read where SocketUseSSL=Y',
  SocketKeyStorePassword: 'is not copied; an encrypted key has its passphrase in tls.passphrase',
  SocketTrustStore: 'is read where SocketUseSSL=Y',
  SocketTrustStorePassword: 'is not copied; authorities in PEM have none',
  KeyManagerFactoryAlgorithm: JAVA,
  TrustManagerFactoryAlgorithm: JAVA,
  KeyStoreType: JAVA,
  TrustStoreType: JAVA,
  NeedClientAuth: 'is for acceptors',
  UseSNI: "the host's name is always said (SNI)",
  SNIHostName: 'is for initiators',
  EndpointIdentificationAlgorithm: "the name in the peer's certificate is always checked",
  EnabledProtocols: 'is read where SocketUseSSL=Y',
  SocketPrivateKeyFile: 'is read where a certificate is named',
};

/** Read elsewhere; here for what is misspelt. */
const READ =
  'BeginString SenderCompID TargetCompID SenderSubID SenderLocationID TargetSubID TargetLocationID ' +
  'DefaultApplVerID ConnectionType StartTime EndTime StartDay EndDay LogonTime LogoutTime LogonDay ' +
  'LogoutDay TimeZone UseLocalTime NonStopSession HeartBtInt CheckLatency MaxLatency LogonTimeout ' +
  'LogoutTimeout ResetOnLogon ResetOnLogout ResetOnDisconnect UseDataDictionary DataDictionary ' +
  'TransportDataDictionary AppDataDictionary ValidateFieldsOutOfOrder ValidateFieldsHaveValues ' +
  'ValidateUserDefinedFields ValidateUnorderedGroupFields ValidateIncomingMessage AllowUnknownMsgFields ' +
  'RejectInvalidMessage PersistMessages ResendRequestChunkSize EnableNextExpectedMsgSeqNum ' +
  'SendNextExpectedMsgSeqNum SocketUseSSL SSLEnable SocketCertificateFile SocketCAFile SocketServerName ' +
  'SocketMinimumTLSVersion ServerCertificateFile ServerCertificateKeyFile ClientCertificateFile ' +
  'ClientCertificateKeyFile CertificationAuthoritiesFile SSLProtocol SSLCACertificate Username Password ' +
  'MillisecondsInTimeStamp TimeStampPrecision';

const leftByKey = new Map(Object.entries(LEFT).map(([key, text]) => [key.toLowerCase(), text]));
const NAMES: readonly string[] = [...READ.split(' '), ...Object.keys(LEFT)];
const readKeys = new Set(READ.toLowerCase().split(' '));

/** Why a key that nobody asked for is left out; undefined = it is not known. */
export function leftText(key: string): string | undefined {
  const name = key.toLowerCase();
  const own = leftByKey.get(name.replace(/\d+$/, '')) ?? leftByKey.get(name);
  if (own !== undefined) return own;
  if (readKeys.has(name)) return 'says nothing beside what else stands in the session';
  return FAMILIES.find(([prefix]) => name.startsWith(prefix))?.[1];
}

/** The known key that a misspelt one most likely stands for. */
export const nearestKey = (key: string): string | undefined => nearest(key, NAMES);
