/**
 * The engine's link on the real hot loop and the real WASM decode, against an acceptor that follows
 * a script: cuts, halves of messages, a peer that does not read, gaps.
 */
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { FixVenueConfig } from '../../config/schema.ts';
import { encodeMessage } from '../../test/support/fix-message.ts';
import { HotLinkRig } from '../../test/support/hot-link-rig.ts';
import { LINK_KINDS } from '../../test/support/socket-kinds.ts';
import { VenueTls } from '../../test/support/venue-tls.ts';
import { ACTION_NEW, ENTRY_BID, SES_RX_END, SES_TX_END, SESSIONS } from '../../wasm/layout.ts';
import type { Field, Fields } from './codec.ts';
import { incrementFields, parseMarketDataRequest } from './market-data.ts';
import { MsgType, Tag } from './tags.ts';

const ORDER = { clOrdId: 'AAAAAAA1', symbol: 'GOOG', side: 1, isUnknown: false };
const BID = { action: ACTION_NEW, type: ENTRY_BID, price: '579.4', size: '496' };
/** Fields of a 35=X as a list, for the acceptor. */
const CHANGE: Fields = incrementFields('GOOG', [BID])
  .split('\x01')
  .slice(0, -1)
  .map((field): Field => {
    const [tag = '', value = ''] = field.split('=');
    return [Number(tag), value];
  });
const MARKET_DATA: Fields = [[Tag.MarketTime, '20120621-13:30:00.000000001'], ...CHANGE];
const EXECUTION: Fields = [
  [Tag.OrderID, 'V1'],
  [Tag.ClOrdID, ORDER.clOrdId],
  [Tag.ExecID, 'E1'],
  [Tag.ExecType, '0'],
  [Tag.OrdStatus, '0'],
  [Tag.Symbol, 'GOOG'],
  [Tag.Side, 1],
  [Tag.LeavesQty, 100],
  [Tag.CumQty, 0],
  [Tag.AvgPx, 0],
];

const venueTls = new VenueTls();
afterAll(() => venueTls.remove());

describe.each(LINK_KINDS)('$sockets', ({ isNative, isSecure, isMissing }) => {
  const kind = isSecure
    ? { isNative, secure: venueTls.server(), settings: () => ({ tls: venueTls.settings() }) }
    : { isNative };

  describe.skipIf(isMissing)('a link', () => {
    const rigs: HotLinkRig[] = [];
    afterEach(async () => {
      for (const rig of rigs.splice(0)) await rig.close();
    });

    async function connected(): Promise<HotLinkRig> {
      const rig = await HotLinkRig.open(kind);
      rigs.push(rig);
      rig.link.start();
      await subscribed(rig, 1);
      return rig;
    }

    const subscribed = (rig: HotLinkRig, times: number): Promise<void> =>
      rig.until(
        () => rig.venue.of(MsgType.MarketDataRequest).length >= times,
        `${times} subscriptions`,
      );

    const arrived = (rig: HotLinkRig, messages: number): Promise<void> =>
      rig.until(() => rig.arrived.length >= messages, `${messages} messages`);

    describe('a logon', () => {
      test('is followed by a question for each open order, then by a subscription', async () => {
        const rig = await HotLinkRig.open(kind);
        rigs.push(rig);
        rig.openOrders.push(ORDER, { ...ORDER, clOrdId: 'AAAAAAA2', side: 2 });
        rig.link.start();
        await subscribed(rig, 1);
        expect(rig.venue.heard.map(({ msgType }) => msgType)).toEqual(['H', 'H', 'V']);
        expect(rig.venue.of('H').map((message) => message.get(Tag.ClOrdID))).toEqual([
          'AAAAAAA1',
          'AAAAAAA2',
        ]);
        expect(parseMarketDataRequest(rig.venue.of('V')[0]!).symbols).toEqual(['GOOG', 'AAPL']);
        expect(rig.sessions).toEqual(['CONNECTED', 'LOGGED_ON']);
      });

      test('comes again when the venue is back, and the trader reads once what is wrong', async () => {
        const rig = await connected();
        rig.venue.close();
        await rig.until(() => rig.log.some((line) => line.includes('ECONNREFUSED')), 'a refusal');
        await new Promise((resolve) => setTimeout(resolve, 60)); // several tries
        expect(rig.log.filter((line) => line.includes('ECONNREFUSED'))).toHaveLength(1);
        await rig.venue.listen();
        await subscribed(rig, 2);
        rig.venue.send(MsgType.MarketDataIncrementalRefresh, MARKET_DATA);
        await arrived(rig, 1);
        expect(rig.arrived).toEqual(['3 X fast']);
      });
    });

    test('the journal holds no password', async () => {
      const logon = {
        username: 'desk',
        password: { env: 'GYRFALCON_TEST_PASSWORD' },
        newPassword: null,
        fields: {},
        signature: null,
      };
      process.env[logon.password.env] = 'open sesame';
      const rig = await HotLinkRig.open({ isNative, settings: () => ({ logon }) });
      delete process.env[logon.password.env];
      rigs.push(rig);
      rig.link.start();
      await subscribed(rig, 1);
      expect(rig.venue.logon?.get(Tag.Password)).toBe('open sesame');
      expect(rig.journaled[0]).toContain('|553=desk|554=********|');
      expect(rig.journaled.join()).not.toContain('sesame');
    });

    describe('bytes', () => {
      test('a message in two reads is one message, wherever it is split', async () => {
        const rig = await connected();
        let expected = 0;
        for (let at = 1; ; at++) {
          const bytes = rig.venue.message(MsgType.MarketDataIncrementalRefresh, MARKET_DATA);
          if (at >= bytes.length) break;
          await rig.venue.write(bytes.subarray(0, at));
          await rig.until(() => rig.memory.i32(SESSIONS + SES_RX_END) > 0, 'the first part');
          await rig.venue.write(bytes.subarray(at));
          await arrived(rig, ++expected);
        }
        expect(expected).toBeGreaterThan(100);
        expect(rig.arrived).toEqual(rig.arrived.map((_, index) => `${index + 2} X fast`));
      });

      test('many messages in one read, and a part of the next, all arrive in order', async () => {
        const rig = await connected();
        const block = Buffer.concat(
          Array.from({ length: 5_000 }, () =>
            rig.venue.message(MsgType.MarketDataIncrementalRefresh, MARKET_DATA),
          ),
        );
        // Larger than the receive buffer, and cut into pieces that fit no message.
        for (let at = 0; at < block.length; at += 99_991) {
          await rig.venue.write(block.subarray(at, at + 99_991));
        }
        await arrived(rig, 5_000);
        expect(rig.arrived).toEqual(Array.from({ length: 5_000 }, (_, n) => `${n + 2} X fast`));
      });
    });

    describe('a cut', () => {
      test('after any byte of market data loses no number, and the books are asked for again', async () => {
        const rig = await connected();
        rig.openOrders.push(ORDER);
        const { venue } = rig;
        let cuts = 0;
        for (let at = 1; ; at++) {
          const before = venue.of('V').length;
          const bytes = venue.message(MsgType.MarketDataIncrementalRefresh, MARKET_DATA);
          await venue.write(bytes.subarray(0, at));
          venue.cut();
          const isWhole = at >= bytes.length;
          // Once after the logon, once more when the gap has been filled.
          await subscribed(rig, before + (isWhole ? 1 : 2));
          const seen = rig.arrived.length;
          venue.send(MsgType.MarketDataIncrementalRefresh, MARKET_DATA);
          await arrived(rig, seen + 1);
          expect(rig.arrived.at(-1)).toMatch(/ X fast$/);
          if (isWhole) break;
          cuts++;
        }
        expect(cuts).toBeGreaterThan(100);
        expect(venue.of(MsgType.ResendRequest)).toHaveLength(cuts);
        expect(rig.sessions.filter((kind) => kind === 'GAP_FILLED')).toHaveLength(cuts);
        expect(venue.of('H').length).toBe(venue.of('V').length - 1); // none was open at the first logon
        const numbers = rig.arrived.map((line) => Number.parseInt(line, 10));
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      }, 60_000);

      test('in an execution: it is sent again and arrives once', async () => {
        const rig = await connected();
        const bytes = rig.venue.message(MsgType.ExecutionReport, EXECUTION);
        await rig.venue.write(bytes.subarray(0, bytes.length - 1));
        rig.venue.cut();
        await subscribed(rig, 3);
        expect(rig.arrived).toEqual(['2 8 slow']);
        expect(rig.venue.of(MsgType.ResendRequest)[0]!.get(Tag.BeginSeqNo)).toBe('2');
      });

      test('without a gap asks for the books once', async () => {
        const rig = await connected();
        rig.venue.cut();
        await subscribed(rig, 2);
        rig.venue.send(MsgType.MarketDataIncrementalRefresh, MARKET_DATA);
        await arrived(rig, 1);
        expect(rig.venue.of('V')).toHaveLength(2);
        expect(rig.sessions).toEqual([
          'CONNECTED',
          'LOGGED_ON',
          'LOGGED_OUT',
          'DISCONNECTED',
          'CONNECTED',
          'LOGGED_ON',
        ]);
      });
    });

    describe('a venue that does not read', () => {
      const order = (n: number, textBytes = 60_000): Uint8Array =>
        encodeMessage('FIX.4.4', [
          [Tag.MsgType, MsgType.NewOrderSingle],
          [Tag.ClOrdID, n],
          [Tag.Text, 'x'.repeat(textBytes)],
        ]);

      test('is waited for: orders stay in the buffer and leave in order when it reads on', async () => {
        const rig = await connected();
        rig.venue.stopReading();
        let sent = 0;
        while (rig.memory.i32(SESSIONS + SES_TX_END) === 0 && sent < 200) {
          expect(rig.loop.sendFromSession(0, order(++sent))).toBe(true);
          rig.loop.endTurn();
        }
        expect(sent).toBeLessThan(200);
        expect(sent * 60_000).toBeGreaterThan(1_048_576);
        rig.venue.readOn();
        await rig.until(() => rig.venue.of('D').length === sent, `${sent} orders`);
        const numbers = rig.venue.of('D').map((message) => Number(message.get(Tag.ClOrdID)));
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
        expect(rig.memory.i32(SESSIONS + SES_TX_END)).toBe(0);
      });

      test('is left when the buffer is full, with a line that says so; the link connects again', async () => {
        const rig = await connected();
        rig.venue.stopReading();
        let sent = 0;
        while (rig.loop.sendFromSession(0, order(++sent))) rig.loop.endTurn();
        while (rig.loop.sendFromSession(0, order(++sent, 1)));
        rig.link.resubscribe();
        // Its number is used and in no journal: nothing may be numbered after it.
        expect(rig.link.isLoggedOn).toBe(false);
        await rig.until(() => rig.venue.logons === 2, 'a second logon');
        expect(rig.log.join('\n')).toContain('SIM: the venue does not read what we send');
        await rig.until(() => rig.link.isLoggedOn, 'the logon');
        expect(rig.memory.i32(SESSIONS + SES_TX_END)).toBe(0);
      });
    });

    describe('an end', () => {
      test('that the venue wishes is answered with a Logout', async () => {
        const rig = await connected();
        rig.venue.send(MsgType.Logout, []);
        await rig.until(() => rig.venue.logouts === 1, 'the answer');
        await rig.until(() => rig.venue.logons === 2, 'a second logon');
      });

      test('does not wait for a venue that no longer reads', async () => {
        const rig = await connected();
        rig.venue.stopReading();
        const text = 'x'.repeat(60_000);
        const order = encodeMessage('FIX.4.4', [
          [Tag.MsgType, MsgType.NewOrderSingle],
          [Tag.Text, text],
        ]);
        while (rig.memory.i32(SESSIONS + SES_TX_END) === 0) {
          rig.loop.sendFromSession(0, order);
          rig.loop.endTurn();
        }
        rig.venue.send(MsgType.Logout, []);
        await rig.until(() => rig.venue.logons === 2, 'a second logon');
      });

      test('comes at once when it is wished while TLS is still being agreed on', async () => {
        const silent = net.createServer(() => {}).listen(0, '127.0.0.1');
        await once(silent, 'listening');
        const { port } = silent.address() as net.AddressInfo;
        const tls: FixVenueConfig['tls'] = {
          serverName: null,
          peerNames: [],
          authorities: null,
          certificate: null,
          key: null,
          passphrase: null,
          minVersion: 'TLSv1.3',
          ciphers: null,
        };
        const settings = () => ({ port, tls, connectWaitS: 600 });
        const rig = await HotLinkRig.open({ isNative, settings });
        rigs.push(rig);
        rig.link.start();
        await once(silent, 'connection');
        await rig.link.stop('never mind');
        silent.close();
        expect(rig.sessions).toEqual([]);
      });
    });

    describe('a stop', () => {
      test('logs out and does not connect again', async () => {
        const rig = await connected();
        await rig.link.stop('end of day');
        expect(rig.sessions.slice(-2)).toEqual(['LOGGED_OUT', 'DISCONNECTED']);
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(rig.venue.logons).toBe(1);
      });

      test('that has only begun lets no connection come about any more', async () => {
        const rig = await HotLinkRig.open(kind);
        rigs.push(rig);
        rig.link.start();
        rig.link.stopReconnecting();
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect([rig.venue.logons, rig.sessions]).toEqual([0, []]);
      });

      test('while it is still connecting ends without a logon', async () => {
        const rig = await HotLinkRig.open(kind);
        rigs.push(rig);
        rig.link.start();
        await rig.link.stop('never mind');
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(rig.venue.logons).toBe(0);
        expect(rig.link.isLoggedOn).toBe(false);
      });
    });
  });
});
