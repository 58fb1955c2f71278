/**
 * The matching venue over real TCP, with the addon's sockets and with Node's: a round trip, a peer
 * too many, a peer that does not read, a close, a restart on its log.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { loadNative } from '../../../native/index.ts';
import { fixMessage } from '../../../test/support/fix-message.ts';
import { Trader, testInstrument } from '../../../test/support/venue-rig.ts';
import { MsgType, Tag } from '../../fix/tags.ts';
import { formatTimestamp } from '../../fix/timestamp.ts';
import { VENUE_DEFAULTS } from '../venue-options.ts';
import { wallClock } from '../venue-parts.ts';
import { startExchange } from './exchange.ts';
import { EXCHANGE_SOCKETS, type ExchangeOptions } from './exchange-parts.ts';

const root = mkdtempSync(path.join(tmpdir(), 'exchange-'));
afterAll(() => rmSync(root, { recursive: true }));

const SYMBOLS = ['AAPL'];
const { module: native, reason } = loadNative();
if (native === undefined) console.log(`the addon's sockets are skipped: ${reason}`);

const LIMIT = (price: string, side: number, qty = 100): [number, string | number][] => [
  [Tag.Side, side],
  [Tag.OrderQty, qty],
  [Tag.OrdType, 2],
  [Tag.Price, price],
];

describe.each(native === undefined ? ['node' as const] : ['node' as const, 'native' as const])(
  'over %s sockets',
  (sockets) => {
    const options = (changes: Partial<ExchangeOptions> = {}): ExchangeOptions => ({
      ...VENUE_DEFAULTS,
      ...EXCHANGE_SOCKETS,
      sockets,
      instruments: SYMBOLS.map(testInstrument),
      openOrders: 100_000,
      isLogSync: false,
      hasFlow: false,
      ...changes,
    });

    async function loggedOn(port: number): Promise<Trader> {
      const trader = new Trader(port, SYMBOLS, { isLockStep: false });
      await trader.until(() => trader.of('W').length > 0);
      return trader;
    }

    test('an order on the last of a thousand instruments trades, and its book alone is told', async () => {
      const symbols = Array.from({ length: 1000 }, (_, at) => `S${at}`);
      const exchange = await startExchange(options({ instruments: symbols.map(testInstrument) }));
      const trader = new Trader(exchange.port, symbols, { isLockStep: false });
      await trader.until(() => trader.of('W').length === 1000);
      trader.order('A', 'S999', LIMIT('125.5', 1));
      trader.order('B', 'S999', LIMIT('125.5', 2, 40));
      await trader.until(() => trader.of('8').length === 4);
      await trader.until(() => trader.of('X').length > 0);
      for (const told of trader.of('X')) expect(told.get(Tag.Symbol)).toBe('S999');
      await trader.stop();
      await exchange.close();
    });

    test('orders rest, trade and are told, and so is the market', async () => {
      const exchange = await startExchange(options());
      const trader = await loggedOn(exchange.port);
      trader.order('A', 'AAPL', LIMIT('125.5', 1));
      trader.order('B', 'AAPL', LIMIT('125.5', 2, 40));
      await trader.until(() => trader.of('8').length === 4);
      const reports = trader.of('8').map((m) => `${m.get(11)} ${m.get(150)} ${m.get(151)}`);
      expect(reports).toEqual(['A 0 100', 'B 0 40', 'A F 60', 'B F 0']);
      await trader.until(() => trader.told.some((text) => text.includes('|269=2|')));
      await trader.stop();
      await exchange.close();
    });

    test('a second peer is not let in, a lost one may come back', async () => {
      const notes: string[] = [];
      const exchange = await startExchange(options({ onNote: (text) => notes.push(text) }));
      const trader = await loggedOn(exchange.port);
      const second = net.connect(exchange.port, '127.0.0.1');
      second.on('error', () => {});
      second.resume();
      await new Promise((resolve) => second.on('close', resolve));
      expect(notes).toContain('a peer is connected already, a second connection was closed');
      trader.order('A', 'AAPL', LIMIT('125.5', 1));
      await trader.until(() => trader.of('8').length === 1);
      await trader.stop();
      const again = await loggedOn(exchange.port);
      again.order('A', 'AAPL', LIMIT('125.5', 1));
      await again.until(() => again.of('8').some((m) => m.get(Tag.OrdRejReason) === '6'));
      await again.stop();
      await exchange.close();
    });

    test('a mass cancel tells of more orders than a socket takes at once', async () => {
      const exchange = await startExchange(options());
      const trader = await loggedOn(exchange.port);
      const count = 10_000;
      for (let index = 0; index < count; index++) {
        trader.order(`M${index}`, 'AAPL', LIMIT('100', 1, 1));
      }
      await trader.until(() => trader.of('8').length === count);
      trader.send(MsgType.OrderMassCancelRequest, [
        [Tag.ClOrdID, 'Q'],
        [Tag.MassCancelRequestType, 7],
        [Tag.TransactTime, formatTimestamp(wallClock().nowNs())],
      ]);
      await trader.until(() => trader.of('r').length === 1);
      expect(trader.of('r')[0]!.get(Tag.TotalAffectedOrders)).toBe(String(count));
      expect(trader.of('8').filter((m) => m.get(Tag.ExecType) === '4')).toHaveLength(count);
      await trader.stop();
      await exchange.close();
    });

    test('a peer that does not read is waited for, then gets the rest', async () => {
      const exchange = await startExchange(options());
      const socket = net.connect(exchange.port, '127.0.0.1');
      socket.on('error', () => {});
      const time = formatTimestamp(wallClock().nowNs());
      const header = (n: number): string => `49=GYRFALCON|56=SIM|34=${n}|52=${time}`;
      const texts = [fixMessage(`35=A|${header(1)}|98=0|108=30|141=Y`)];
      const count = 60_000;
      for (let n = 2; n < count + 2; n++) {
        const terms = `55=AAPL|54=1|60=${time}|38=1|40=2|44=100`;
        texts.push(fixMessage(`35=D|${header(n)}|11=S${n}|${terms}`));
      }
      socket.pause();
      socket.write(Buffer.from(texts.join(''), 'latin1'));
      await pause(300);
      let answered = 0;
      socket.on('data', (chunk) => {
        answered += chunk.toString('latin1').split('\x01150=0\x01').length - 1;
      });
      socket.resume();
      for (let waits = 0; answered < count * 0.999 && waits < 3000; waits++) await pause(10);
      // What was cut between two chunks is not counted.
      expect(answered).toBeGreaterThan(count * 0.99);
      socket.destroy();
      await exchange.close();
    });

    test('an exchange that is closed says goodbye; one on its log goes on', async () => {
      const logDir = mkdtempSync(path.join(root, 'day-'));
      const first = await startExchange(options({ logDir }));
      const trader = await loggedOn(first.port);
      trader.order('KEEP', 'AAPL', LIMIT('125.5', 1));
      await trader.until(() => trader.of('8').length === 1);
      await first.close('the day is over');
      await trader.until(() => trader.events.some((text) => text.startsWith('LOGGED_OUT')));
      expect(trader.events.join('\n')).toContain('the day is over');
      const second = await startExchange(options({ logDir, port: first.port }));
      await trader.until(() => trader.isLoggedOn);
      trader.send(MsgType.OrderCancelRequest, [
        [Tag.OrigClOrdID, 'KEEP'],
        [Tag.ClOrdID, 'KEEP-2'],
        [Tag.Symbol, 'AAPL'],
        [Tag.Side, 1],
        [Tag.TransactTime, formatTimestamp(wallClock().nowNs())],
      ]);
      await trader.until(() => trader.of('8').some((m) => m.get(Tag.ExecType) === '4'));
      await trader.stop();
      await second.close();
    });

    test('a port that is in use is said', async () => {
      const first = await startExchange(options());
      await expect(startExchange(options({ port: first.port }))).rejects.toThrow(/cannot listen/);
      await first.close();
    });
  },
);
