/**
 * The matching venue's order path allocates nothing: 200,000 orders and cancels, a message a turn,
 * without a garbage collection and without growth of the heap.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { buildExchange, EXCHANGE_SOCKETS } from '../../gateways/sim/exchange/exchange-parts.ts';
import { VENUE_DEFAULTS } from '../../gateways/sim/venue-options.ts';
import * as L from '../../wasm/layout.ts';
import * as V from '../../wasm/venue-layout.ts';
import { fixMessage } from '../support/fix-message.ts';
import { testInstrument } from '../support/venue-rig.ts';

const NOW_NS = 1_340_287_200_000_000_000n;
const TIME = '20120621-14:00:00.000';
const MESSAGES = 200_000;
const WARM_UP = 20_000;
/** The engine's own bookkeeping, not ours: code that is compiled meanwhile, feedback. */
const GROWTH_BYTES_MAX = 200_000;

/** Message `number` (from 2 on): an order, a crossing one, or a cancel of one that rests. */
function messageText(number: number): string {
  const header = `49=GYRFALCON|56=SIM|34=${number}|52=${TIME}`;
  const terms = `55=AAPL|60=${TIME}`;
  const kind = number % 4;
  if (kind === 3) return `35=F|${header}|41=O${number - 3}|11=O${number}|54=1|${terms}`;
  const side = kind === 2 ? 2 : 1;
  const price = kind === 0 ? '125' : '125.5';
  return `35=D|${header}|11=O${number}|54=${side}|${terms}|38=10|40=2|44=${price}|59=0`;
}

test('orders, fills and cancels leave nothing for the garbage collector', async () => {
  const { memory, link } = buildExchange(
    {
      ...VENUE_DEFAULTS,
      ...EXCHANGE_SOCKETS,
      instruments: [testInstrument('AAPL')],
      openOrders: 1000,
      isLogSync: false,
      hasFlow: false,
    },
    { nowNs: () => NOW_NS },
  );
  const block = L.SESSIONS;
  link.connect({
    unreadBytes: 0,
    send: () => memory.setI32(block + L.SES_TX_END, 0),
    sendWaiting: () => {},
    end: () => {},
    destroy: () => {},
  });
  const logon = fixMessage(`35=A|49=GYRFALCON|56=SIM|34=1|52=${TIME}|98=0|108=30`);
  const texts = [logon];
  for (let number = 2; number <= MESSAGES + WARM_UP; number++) {
    texts.push(fixMessage(messageText(number)));
  }
  const ends = new Uint32Array(texts.length);
  texts.forEach((text, index) => {
    ends[index] = (index === 0 ? 0 : ends[index - 1]!) + text.length;
  });
  const bytes = Buffer.from(texts.join(''), 'latin1');
  texts.length = 0;
  let at = 0;
  const take = (count: number): void => {
    for (const last = at + count; at < last; at++) {
      const from = at === 0 ? 0 : ends[at - 1]!;
      bytes.copy(memory.bytes, L.RX, from, ends[at]);
      memory.setI32(block + L.SES_RX_START, 0);
      memory.setI32(block + L.SES_RX_END, ends[at]! - from);
      link.turn();
    }
  };
  take(WARM_UP);
  await setImmediate();
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ['gc'] });
  const before = getHeapStatistics().used_heap_size;
  take(MESSAGES);
  const grown = getHeapStatistics().used_heap_size - before;
  await setImmediate();
  observer.disconnect();
  const { nextIn, nextOut } = link.session.counters;
  expect(nextIn).toBe(MESSAGES + WARM_UP + 1);
  expect(nextOut).toBeGreaterThan(1.2 * MESSAGES);
  // All but the Logon's answer and the refusal of the first cancel, whose order never was.
  expect(memory.i64(V.VEN_EXEC_COUNT)).toBe(nextOut - 3);
  expect(collections).toBe(0);
  expect(grown).toBeLessThan(GROWTH_BYTES_MAX);
});
