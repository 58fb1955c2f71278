/** FIX over TLS on this machine: who is let in, who is not, and what both sides are told. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import {
  afterTest,
  clock,
  Notes,
  RawClient,
  startAcceptor,
  VENUE_SESSION,
} from '../../../test/support/acceptor-rig.ts';
import { type Issued, issue } from '../../../test/support/certificates.ts';
import { sessionConfig } from '../../../test/support/session-config.ts';
import { FixInitiator } from './initiator.ts';
import type { TlsSettings, TlsSource } from './tls-settings.ts';
import { ACCEPTOR_LIMITS } from './transport-limits.ts';

const authority = issue({ name: 'Test authority', isAuthority: true });
const stranger = issue({ name: 'Other authority', isAuthority: true });
const venue = issue({ name: 'venue', dnsNames: ['venue.example'], issuer: authority });
const engine = issue({ name: 'ENGINE', dnsNames: ['engine.example'], issuer: authority });
const expired = issue({
  name: 'venue',
  dnsNames: ['venue.example'],
  issuer: authority,
  fromMs: 0,
  toMs: 1_000_000_000_000,
});

const settings = (own: Issued | undefined, changes: Partial<TlsSettings> = {}): TlsSettings => ({
  ca: authority.certificate,
  certificate: own?.certificate,
  key: own?.key,
  passphrase: undefined,
  serverName: undefined,
  requirePeerCertificate: false,
  peerNames: [],
  minVersion: 'TLSv1.2',
  ciphers: undefined,
  ...changes,
});
const fixed = (value: TlsSettings): TlsSource => ({ current: () => value });
const OURS = { serverName: 'venue.example' };
const MUTUAL = { requirePeerCertificate: true };

function connectTo(port: number, notes: Notes, tls?: TlsSource): FixInitiator {
  const initiator = new FixInitiator({
    addresses: [{ host: '127.0.0.1', port }],
    reconnect: { minMs: 5, maxMs: 5 },
    random: () => 0,
    clock,
    handler: notes,
    onUnreachable: (reason) => notes.add(`unreachable: ${reason}`),
    config: sessionConfig({ senderCompId: 'ENGINE', targetCompId: 'VENUE' }),
    pendingBytesMax: 1_000_000,
    resendMessagesMax: 100,
    ...(tls === undefined ? {} : { tls }),
  });
  afterTest(() => initiator.stop('test over'));
  initiator.start();
  return initiator;
}

const welcome: [string, TlsSettings, TlsSettings][] = [
  ['the venue proves who it is', settings(venue), settings(undefined, OURS)],
  ['both prove who they are', settings(venue, MUTUAL), settings(engine, OURS)],
  [
    'both show a name that the other wants',
    settings(venue, { ...MUTUAL, peerNames: ['ENGINE'] }),
    settings(engine, { peerNames: ['Venue.Example'] }),
  ],
  [
    'both want the newest version',
    settings(venue, { ...MUTUAL, minVersion: 'TLSv1.3' }),
    settings(engine, { ...OURS, minVersion: 'TLSv1.3' }),
  ],
];
test.each(welcome)('a session logs on and talks where %s', async (_, theirs, ours) => {
  const venueNotes = new Notes();
  const engineNotes = new Notes();
  const { port, connection } = await startAcceptor(venueNotes, { tls: fixed(theirs) });
  const initiator = connectTo(port, engineNotes, fixed(ours));
  await Promise.all([venueNotes.until(/LOGGED_ON/), engineNotes.until(/LOGGED_ON/)]);
  connection.sendAppRaw('W', Buffer.from(`58=${'x'.repeat(100_000)}\x01`));
  initiator.connection.sendApp('D', [[11, 'a']]);
  await Promise.all([engineNotes.until(/35=W/), venueNotes.until(/35=D/)]);
  await initiator.stop('end of day');
  expect(venueNotes.lines.at(-1)).toMatch(/LOGGED_OUT|DISCONNECT/);
});

/** What the venue wants, what the engine brings, what each is told; undefined = nothing. */
const unwelcome: [
  string,
  TlsSettings | undefined,
  TlsSettings | undefined,
  RegExp | undefined,
  RegExp | undefined,
][] = [
  [
    'the venue has another authority',
    settings(venue),
    settings(undefined, { ...OURS, ca: stranger.certificate }),
    undefined,
    /unreachable: .* cannot be reached: (self-signed certificate|unable to get|unable to verify)/,
  ],
  [
    'the venue has another name',
    settings(venue),
    settings(undefined, { serverName: 'other.example' }),
    undefined,
    /does not match certificate's altnames/,
  ],
  [
    'the venue is none of those allowed',
    settings(venue),
    settings(undefined, { peerNames: ['one', 'other'] }),
    undefined,
    /its certificate is for venue, venue\.example; allowed are one, other/,
  ],
  [
    'the certificate of the venue has expired',
    settings(expired),
    settings(undefined, OURS),
    undefined,
    /certificate has expired/,
  ],
  [
    'the engine shows no certificate',
    settings(venue, MUTUAL),
    settings(undefined, OURS),
    /the peer may not connect: it showed no certificate/,
    /closed the connection instead of a Logon/,
  ],
  [
    'the engine has another authority',
    settings(venue, MUTUAL),
    settings(issue({ name: 'ENGINE', issuer: stranger }), OURS),
    /its certificate was refused: UNABLE_TO/,
    /closed the connection instead of a Logon/,
  ],
  [
    'the engine is none of those allowed',
    settings(venue, { ...MUTUAL, peerNames: ['SHOP', 'BANK'] }),
    settings(engine, OURS),
    /its certificate is for ENGINE, engine\.example; allowed are SHOP, BANK/,
    /closed the connection instead of a Logon/,
  ],
  [
    'the engine speaks no TLS',
    settings(venue),
    undefined,
    /the peer does not speak TLS \(ERR_SSL_/,
    /closed the connection instead of a Logon/,
  ],
  [
    'the venue speaks no TLS',
    undefined,
    settings(undefined, OURS),
    /a connection sent bytes that are no FIX message/,
    /unreachable: 127\.0\.0\.1:\d+ cannot be reached: /,
  ],
];
test.each(unwelcome)('nobody logs on where %s', async (...row) => {
  const [, theirs, ours, venueHears, engineHears] = row;
  const venueNotes = new Notes();
  const engineNotes = new Notes();
  const tls = theirs === undefined ? {} : { tls: fixed(theirs) };
  const { port } = await startAcceptor(venueNotes, tls);
  connectTo(port, engineNotes, ours === undefined ? undefined : fixed(ours));
  if (venueHears !== undefined) await venueNotes.until(venueHears);
  if (engineHears !== undefined) await engineNotes.until(engineHears);
  expect([...venueNotes.lines, ...engineNotes.lines].join()).not.toContain('LOGGED_ON');
});

test('a session may ask for a name of its own', async () => {
  const notes = new Notes();
  const config = VENUE_SESSION;
  const { port } = await startAcceptor(notes, {
    tls: fixed(settings(venue, MUTUAL)),
    peerRules: new Map([[config, { certificateNames: ['OTHER'] }]]),
  });
  connectTo(port, new Notes(), fixed(settings(engine, OURS)));
  expect(await notes.until(/refused/)).toMatch(
    /ENGINE \(to VENUE, FIX\.4\.4\) may not connect: its certificate is for ENGINE, engine\.example; allowed are OTHER/,
  );
});

test('a certificate that was renewed serves the next connection, the old one stands', async () => {
  const venueNotes = new Notes();
  let current = settings(venue);
  const second = sessionConfig({ role: 'acceptor', senderCompId: 'VENUE', targetCompId: 'SECOND' });
  const { port, acceptor } = await startAcceptor(venueNotes, {
    sessions: [VENUE_SESSION, second],
    tls: { current: () => current },
  });
  connectTo(port, new Notes(), fixed(settings(undefined, OURS)));
  await venueNotes.until(/LOGGED_ON/);
  current = settings(issue({ name: 'venue', dnsNames: ['renewed.example'], issuer: authority }));
  const notes = new Notes();
  connectTo(port, notes, fixed(settings(undefined, OURS)));
  await notes.until(/unreachable: .*renewed\.example/);
  expect(acceptor.connections[0]!.isLoggedOn).toBe(true);
});

test('who begins a handshake and does not end it is closed', async () => {
  const notes = new Notes();
  const gate = { ...ACCEPTOR_LIMITS.gate, handshakeS: 0.05 };
  const { port } = await startAcceptor(notes, {
    tls: fixed(settings(venue)),
    limits: { ...ACCEPTOR_LIMITS, gate },
  });
  const silent = new RawClient(port, new Uint8Array(0));
  const half = new RawClient(port, Buffer.from([22, 3, 1, 2, 0, 1]));
  await Promise.all([silent.closed, half.closed]);
  expect(notes.lines).toHaveLength(2);
  expect(notes.lines[0]).toMatch(/the TLS handshake failed: ERR_TLS_HANDSHAKE_TIMEOUT/);
});

test('a connection that is lost in the handshake frees its place', async () => {
  const notes = new Notes();
  const gate = { ...ACCEPTOR_LIMITS.gate, waitingPerAddressMax: 1 };
  const { port } = await startAcceptor(notes, {
    tls: fixed(settings(venue)),
    limits: { ...ACCEPTOR_LIMITS, gate },
  });
  for (let i = 0; i < 3; i++) {
    const client = new RawClient(port, Buffer.from([22, 3, 1]));
    await once(client.socket, 'connect');
    client.socket.destroy();
    await client.closed;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  connectTo(port, new Notes(), fixed(settings(undefined, OURS)));
  expect(await notes.until(/LOGGED_ON|has 1 connections/)).toMatch(/LOGGED_ON/);
});
