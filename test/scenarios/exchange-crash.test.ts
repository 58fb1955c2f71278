/**
 * The matching venue is killed in the middle of its work, again and again, and started anew on its
 * log. With --log-sync nothing that it has said is lost; without it no number is used twice, and
 * what it still knows it knows rightly.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { FixMessage } from '../../gateways/fix/codec.ts';
import { MsgType, Tag } from '../../gateways/fix/tags.ts';
import { Gyrfalcon } from '../support/engine-process.ts';
import { Trader } from '../support/venue-rig.ts';

const root = mkdtempSync(path.join(tmpdir(), 'exchange-crash-'));
afterAll(() => rmSync(root, { recursive: true }));

const SYMBOL = 'AAPL';
const KILLS = 4;
const ORDERS = 300;

async function startVenue(args: readonly string[]): Promise<{ venue: Gyrfalcon; port: number }> {
  const venue = new Gyrfalcon(['venue', '--exchange', ...args]);
  const [, port] = await venue.says(/"fixPort":(\d+)/);
  return { venue, port: Number(port) };
}

function order(trader: Trader, id: string): void {
  trader.order(id, SYMBOL, [
    [Tag.Side, 1],
    [Tag.OrderQty, 10],
    [Tag.OrdType, 2],
    [Tag.Price, '100'],
  ]);
}

/** What the venue knows of all that was ordered. */
async function statuses(trader: Trader, ids: readonly string[]): Promise<Map<string, FixMessage>> {
  const isStatus = (m: FixMessage): boolean => m.get(Tag.ExecType) === 'I';
  const before = trader.of('8').filter(isStatus).length;
  for (const id of ids) {
    trader.send(MsgType.OrderStatusRequest, [
      [Tag.ClOrdID, id],
      [Tag.Symbol, SYMBOL],
      [Tag.Side, 1],
    ]);
  }
  await trader.until(() => trader.of('8').filter(isStatus).length === before + ids.length);
  const found = trader.of('8').filter(isStatus).slice(before);
  return new Map(found.map((message) => [message.get(Tag.ClOrdID)!, message]));
}

test.each([{ isSync: true }, { isSync: false }])('log-sync $isSync', async ({ isSync }) => {
  const logDir = mkdtempSync(path.join(root, 'day-'));
  const more = ['--log', logDir, ...(isSync ? ['--log-sync'] : [])];
  let { venue, port } = await startVenue(more);
  const trader = new Trader(port, [SYMBOL], { isLockStep: false });
  const ids: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    await trader.until(() => trader.isLoggedOn);
    const answered = trader.of('8').length;
    for (let count = 0; count < ORDERS; count++) {
      ids.push(`K${kill}-${count}`);
      order(trader, ids.at(-1)!);
    }
    await trader.until(() => trader.of('8').length > answered + ORDERS / 3);
    await venue.stop('SIGKILL');
    await trader.until(() => !trader.isLoggedOn);
    ({ venue, port } = await startVenue([...more, '--port', String(port)]));
  }
  await trader.until(() => trader.isLoggedOn);
  order(trader, 'LAST');
  await trader.until(() => trader.of('8').some((message) => message.get(Tag.ClOrdID) === 'LAST'));
  const told = new Map(
    trader
      .of('8')
      .filter((message) => message.get(Tag.ExecType) === '0')
      .map((message) => [message.get(Tag.ClOrdID)!, message.get(Tag.OrderID)!]),
  );
  const known = await statuses(trader, [...told.keys()]);
  const lost = [...known].filter(([, message]) => message.get(Tag.OrderID) === 'NONE');
  if (isSync) expect(lost.map(([id]) => id)).toEqual([]);
  for (const [id, message] of known) {
    if (message.get(Tag.OrderID) === 'NONE') continue;
    expect(`${id} ${message.get(Tag.OrderID)}`).toBe(`${id} ${told.get(id)}`);
    expect(message.get(Tag.OrdStatus)).toBe('0');
  }
  expect(told.size).toBeGreaterThan((KILLS * ORDERS) / 3);
  await trader.stop();
  await venue.stop('SIGTERM');
});
