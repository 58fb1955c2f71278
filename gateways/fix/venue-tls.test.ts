/** The engine's link to a venue with TLS: whom it believes, what it says when it does not, and what a cut leaves. */
import { once } from 'node:events';
import net from 'node:net';
import type { TlsOptions } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { ClientTlsConfig } from '../../config/fix-tls.ts';
import { loadConfig } from '../../config/load.ts';
import { fixVenues } from '../../engine/core-setup.ts';
import { loadNative, type NativeModule } from '../../native/index.ts';
import { issue } from '../../test/support/certificates.ts';
import { HotLinkRig } from '../../test/support/hot-link-rig.ts';
import { SOCKET_KINDS } from '../../test/support/socket-kinds.ts';
import { VENUE_NAME, VenueTls } from '../../test/support/venue-tls.ts';
import { ACTION_NEW, ENTRY_BID } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { NativeSockets } from '../sockets/native-sockets.ts';
import type { Field } from './codec.ts';
import { incrementFields } from './market-data.ts';
import { MsgType, Tag } from './tags.ts';
import { VenueConnection } from './venue-connection.ts';

const BID = { action: ACTION_NEW, type: ENTRY_BID, price: '579.4', size: '496' };
const CHANGE = incrementFields('GOOG', [BID])
  .split('\x01')
  .slice(0, -1)
  .map((field): Field => [Number(field.split('=')[0]), field.split('=')[1]!]);
const MARKET_DATA: Field[] = [[Tag.MarketTime, '20120621-13:30:00.000000001'], ...CHANGE];

const { module: native, reason } = loadNative();
const files = new VenueTls();
const rigs: HotLinkRig[] = [];
const servers: net.Server[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => files.remove());

const other = issue({ name: 'other', isAuthority: true });
const ours = issue({ name: 'ENGINE', issuer: files.authority });
const selfMade = issue({ name: 'self', dnsNames: [VENUE_NAME], isAuthority: true });
const OVER = { fromMs: 0, toMs: 1_000_000_000_000 };
const wants = { requestCert: true, rejectUnauthorized: true, ca: files.authority.certificate };

/** What the venue shows and wants, and what we want and show. */
const welcome: [string, TlsOptions, ClientTlsConfig][] = [
  ['proves who it is', files.server(), files.settings()],
  [
    'shows the self-signed certificate that we hold',
    { cert: selfMade.certificate, key: selfMade.key },
    files.settings(files.authoritiesOf(selfMade)),
  ],
  ['speaks only TLS 1.2', { ...files.server(), maxVersion: 'TLSv1.2' }, files.settings()],
  ['speaks only TLS 1.3', { ...files.server(), minVersion: 'TLSv1.3' }, files.settings()],
  [
    'has a certificate for its address',
    files.server({ dnsNames: [], ipAddress: '127.0.0.1' }),
    files.settings({ serverName: null }),
  ],
  [
    'has no name but the common one',
    files.server({ name: VENUE_NAME, dnsNames: [] }),
    files.settings(),
  ],
  [
    'is one of those that we know by name',
    files.server({ name: 'desk 7' }),
    files.settings({ peerNames: ['DESK 6', 'DESK 7'] }),
  ],
  ['wants to see a certificate of ours', { ...files.server(), ...wants }, files.withOwn(ours)],
  [
    'and we agree on one cipher',
    files.server(),
    files.settings({ ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' }),
  ],
];

/** And what is said about it with node:tls, and with the addon's TLS. */
const unwelcome: [string, TlsOptions, ClientTlsConfig, RegExp, RegExp][] = [
  [
    'has another authority',
    files.server(),
    files.settings(files.authoritiesOf(other)),
    /UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/,
    /TLS: the peer's certificate comes from an issuer that is none of our authorities/,
  ],
  [
    'has signed its certificate itself',
    files.server({ issuer: undefined as never }),
    files.settings(),
    /DEPTH_ZERO_SELF_SIGNED_CERT/,
    /TLS: the peer's certificate comes from an issuer that is none of our authorities/,
  ],
  [
    'has a certificate that is over',
    files.server(OVER),
    files.settings(),
    /CERT_HAS_EXPIRED/,
    /TLS: a certificate of the peer has expired, on 2001-09-09/,
  ],
  [
    'has a certificate that is not valid yet',
    files.server({ fromMs: Date.UTC(2098, 1, 1), toMs: Date.UTC(2099, 1, 1) }),
    files.settings(),
    /CERT_NOT_YET_VALID/,
    /TLS: a certificate of the peer is valid only from 2098-02-01 on/,
  ],
  [
    'has another name',
    files.server({ dnsNames: ['elsewhere.example'] }),
    files.settings(),
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    /does not match certificate's altnames: Host: venue.example. is not in/,
  ],
  [
    'is none of those that we know by name',
    files.server(),
    files.settings({ peerNames: ['one', 'another'] }),
    /its certificate is for venue, venue\.example; allowed are one, another/,
    /its certificate is for venue, venue\.example; allowed are one, another/,
  ],
  [
    'wants a certificate that we do not have',
    { ...files.server(), ...wants },
    files.settings(),
    /ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ECONNRESET/,
    /TLS: the peer wants to see a certificate of ours: give one/,
  ],
  [
    'speaks only an older TLS than we want',
    { ...files.server(), maxVersion: 'TLSv1.2' },
    files.settings({ minVersion: 'TLSv1.3' }),
    /ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION/,
    /TLS: the peer refuses our versions of TLS/,
  ],
  [
    'speaks only TLS 1.1',
    { ...files.server(), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
    files.settings(),
    /ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION/,
    /TLS: the peer refuses our versions of TLS .*hotLoop\.sockets: node/,
  ],
  [
    'has no cipher of ours',
    { ...files.server(), ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384', maxVersion: 'TLSv1.2' },
    files.settings({ ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
    /ERR_SSL_(SSL\/TLS|SSLV3|TLSV1)_ALERT_HANDSHAKE_FAILURE/,
    /TLS: the peer refuses the handshake \(HandshakeFailure\): no cipher/,
  ],
];

/** A peer that answers our first bytes so and closes. */
const plain: [string, string, RegExp, RegExp][] = [
  [
    'answers in plain FIX',
    '8=FIX.4.4\x019=5\x0135=5\x0110=161\x01',
    /ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)/,
    /TLS: what the peer says is no TLS: does it speak TLS on this port\?/,
  ],
  [
    'says nothing',
    '',
    /ECONNRESET/,
    /TLS: the peer closed the connection in the TLS handshake: is it TLS/,
  ],
];

describe.each(SOCKET_KINDS)('$sockets', ({ isNative, isMissing }) => {
  const isAbsent = isMissing || (isNative && native?.TlsClient === undefined);

  async function started(secure: TlsOptions, tls: ClientTlsConfig, port?: number) {
    const settings = (own: number) => ({ tls, port: port ?? own });
    const rig = await HotLinkRig.open({ secure, settings, isNative });
    rigs.push(rig);
    rig.link.start();
    return rig;
  }

  const subscribed = (rig: HotLinkRig, times = 1): Promise<void> =>
    rig.until(() => rig.venue.of(MsgType.MarketDataRequest).length >= times, `${times} V`);

  async function heard(rig: HotLinkRig, messages: number): Promise<void> {
    for (let n = 0; n < messages; n++) {
      rig.venue.send(MsgType.MarketDataIncrementalRefresh, MARKET_DATA);
    }
    await rig.until(() => rig.arrived.length >= messages, `${messages} messages`);
    expect(rig.arrived).toEqual(
      Array.from({ length: messages }, (_, index) => `${index + 2} X fast`),
    );
  }

  describe.skipIf(isAbsent)('a venue', () => {
    test.each(welcome)('that %s is spoken to', async (_, secure, tls) => {
      const rig = await started(secure, tls);
      await subscribed(rig);
      await heard(rig, 100);
    });

    test.each(unwelcome)('that %s is not', async (_, secure, tls, withNode, withAddon) => {
      const rig = await started(secure, tls);
      await rig.until(() => rig.log.length > 0, 'a word about it');
      expect(rig.log[0]).toMatch(isNative ? withAddon : withNode);
      expect(rig.log[0]).toMatch(/^SIM \(127\.0\.0\.1:\d+\): .*; trying again$/);
      expect([rig.venue.logons, rig.arrived]).toEqual([0, []]);
    });

    test.each(plain)('that %s is no venue', async (_, answer, withNode, withAddon) => {
      const server = net.createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.end(answer));
      });
      servers.push(server.listen(0, '127.0.0.1'));
      await once(server, 'listening');
      const { port } = server.address() as net.AddressInfo;
      const rig = await started(files.server(), files.settings(), port);
      await rig.until(() => rig.log.length > 0, 'a word about it');
      expect(rig.log[0]).toMatch(isNative ? withAddon : withNode);
    });

    test('that does not know who issued our certificate closes before the logon', async () => {
      const secure = { ...files.server(), ...wants, ca: other.certificate };
      const rig = await started(secure, files.withOwn(ours));
      await rig.until(() => rig.sessions.includes('DISCONNECTED'), 'its end');
      // Node.js as a server gives no reason, and as a client says nothing of it.
      const says = rig.log.some((line) => /TLS: .* right after the handshake/.test(line));
      expect([says, rig.venue.logons]).toEqual([isNative, 0]);
    });

    test('that breaks off without an end of TLS is connected to again, and loses nothing', async () => {
      const rig = await started(files.server(), files.settings());
      await subscribed(rig);
      await heard(rig, 3);
      rig.venue.break();
      await subscribed(rig, 2);
      expect(rig.log.some((line) => line.includes('without saying so in TLS'))).toBe(isNative);
      rig.venue.send(MsgType.MarketDataIncrementalRefresh, MARKET_DATA);
      await rig.until(() => rig.arrived.length === 4, 'one more');
    });

    test('whose bytes come in pieces of any size says the same', async () => {
      const proxy = net.createServer((near) => {
        const far = net.connect(rig.venue.port, '127.0.0.1');
        inPieces(near, far);
        inPieces(far, near);
      });
      servers.push(proxy.listen(0, '127.0.0.1'));
      await once(proxy, 'listening');
      const rig = await started(
        files.server(),
        files.settings(),
        (proxy.address() as net.AddressInfo).port,
      );
      await subscribed(rig);
      await heard(rig, 200);
    });
  });
});

describe.skipIf(native?.TlsClient === undefined)(`the addon's TLS (${reason ?? 'built'})`, () => {
  function connection(tls: ClientTlsConfig, module: NativeModule): [VenueConnection, string[]] {
    const memory = new Memory();
    const log: string[] = [];
    const wait = { spinUs: 0, yieldMs: 0, waitMs: 20, busyPollUs: 0 };
    const sockets = new NativeSockets(module, memory, { ...wait, log: () => {} });
    sockets.dispose();
    const made = new VenueConnection({
      memory,
      index: 0,
      venue: { ...fixVenues(loadConfig('config/default.yaml').config)[0]!, tls },
      schedule: undefined,
      sockets,
      clock: { elapsedNs: () => 0, nowNs: () => 0n },
      log: (text) => log.push(text),
      onConnect: () => {},
      onReadable: () => {},
      onClose: () => {},
    });
    return [made, log];
  }

  test.each([
    [
      { ciphers: 'ECDHE+AESGCM' },
      /the addon has no ECDHE\+AESGCM; it has TLS_AES_256_GCM_SHA384, /,
    ],
    [{ serverName: 'no name' }, /"no name" is neither a DNS name nor an address/],
  ])('refuses what it cannot do before anything is connected: %j', (wish, text) => {
    expect(() => connection(files.settings(wish), native!)).toThrow(text);
    expect(connection(files.settings(), native!)[1]).toEqual([]);
  });

  test('takes the authorities of Node.js where none are named', () => {
    expect(connection(files.settings({ authorities: null }), native!)[1]).toEqual([]);
  });

  test('that was not built leaves it to Node.js, and says so', () => {
    const [, log] = connection(files.settings(), { ...native!, TlsClient: undefined });
    expect(log).toEqual(['SIM: TLS of Node.js: the addon is built without its own']);
  });
});

/** Hands bytes on in pieces of 1 to 400 bytes; the same in each run. */
function inPieces(from: net.Socket, to: net.Socket): void {
  let piece = 1;
  to.setNoDelay(true);
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
  from.on('data', (bytes) => {
    for (let at = 0; at < bytes.length; at += piece) {
      piece = 1 + ((piece * 75) % 401);
      to.write(bytes.subarray(at, at + piece));
    }
  });
}
