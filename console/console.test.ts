/** The console in real Chromium, against the control server over a memory that moves. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHROMIUM, hasChromium, startChromium } from '../test/support/chromium.ts';
import { startFakeControl, TEST_TOKENS } from '../test/support/fake-control.ts';
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';

if (!hasChromium) {
  process.stderr.write(`console tests are skipped: there is no Chromium at ${CHROMIUM}\n`);
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** A stock with ten levels a side; the book of S150 has a gap. */
function addStock(memory: Memory, instrument: number): void {
  const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
  memory.setText(block + L.INS_SYMBOL, 32, `S${instrument}`);
  memory.setI64(block + L.INS_TICK_E8, 1_000_000);
  memory.setI64(block + L.INS_LOT_E8, 100_000_000);
  memory.setI32(block + L.INS_BOOK_STATE, instrument === 150 ? L.BOOK_GAP : L.BOOK_LIVE);
  const book = L.BOOKS + instrument * L.BOOK_BYTES;
  memory.setI32(book + L.BOOK_BID_COUNT, 10);
  memory.setI32(book + L.BOOK_ASK_COUNT, 10);
  for (let level = 0; level < 10; level++) {
    memory.setI64(book + L.BOOK_BIDS + level * L.LEVEL_BYTES, 1000 + level);
    memory.setI64(book + L.BOOK_ASKS + level * L.LEVEL_BYTES, 1030 - level);
  }
}

describe.skipIf(!hasChromium)('the console', () => {
  let control: Awaited<ReturnType<typeof startFakeControl>>;
  let browser: Browser;
  let page: Page;
  let mover: NodeJS.Timeout;
  const faults: string[] = [];

  const open = async (width: number, height = 900) => {
    await page?.context().close();
    const context = await browser.newContext({ viewport: { width, height } });
    page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(`${control.server.url}#token=${TEST_TOKENS.control}`);
    await page.waitForFunction(() => document.querySelectorAll('#orders tbody tr').length > 5);
  };

  const text = (selector: string) => page.locator(selector).innerText();

  beforeAll(async () => {
    control = await startFakeControl();
    mover = setInterval(() => control.moving.step(), 50);
    browser = await startChromium();
  });

  beforeEach(() => {
    faults.length = 0;
    control.actions.kills.length = 0;
    control.actions.commands.length = 0;
  });

  afterAll(async () => {
    clearInterval(mover);
    await browser?.close();
    await control.server.close();
  });

  test('shows figures that move, and no error', async () => {
    await open(1280);
    const before = await text('#tape tbody tr:first-child');
    const orders = Number(await text('#orders-sent'));
    await page.waitForFunction(
      (old) => Number(document.querySelector('#orders-sent')?.textContent) > old,
      orders,
    );
    await expect.poll(() => text('#tape tbody tr:first-child')).not.toBe(before);
    expect(await text('#engine-state')).toBe('RUNNING');
    expect(await text('#risk')).toContain('4,812.40 ± 21.70 USD');
    await page.waitForSelector('.ladder .mine .own');
    expect(await page.locator('canvas').count()).toBe(3);
    expect(faults).toEqual([]);
  });

  test('wipes the token from the address', async () => {
    await open(1280);
    expect(page.url()).toBe(control.server.url);
  });

  test('asks for the token when the address has none, and says when it is wrong', async () => {
    await open(1280);
    await page.evaluate(() => sessionStorage.clear());
    await page.goto('about:blank');
    await page.goto(control.server.url);
    await page.locator('#token-dialog input').fill('f'.repeat(64));
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => document.querySelector('#token-dialog .fault')?.textContent !== '',
    );
    await page.locator('#token-dialog input').fill(TEST_TOKENS.control);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('#orders tbody tr').length > 5);
  });

  test.for([1280, 390])('has no horizontal scroll at %i pixels', async (width) => {
    await open(width);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
  });

  test.for(['', '#kill', '#adjust'])(
    'has no serious accessibility finding (after %s)',
    async (button) => {
      await open(1280);
      if (button !== '') await page.locator(button).click();
      await page.evaluate(AXE);
      const findings = await page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run(): Promise<{ violations: AxeFinding[] }> };
        };
        return (await axe.run()).violations;
      });
      const serious = findings.filter(
        ({ impact }) => impact === 'serious' || impact === 'critical',
      );
      expect(
        serious.map(
          ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
        ),
      ).toEqual([]);
    },
  );

  test('everything that can be used is reached by Tab, in the order of the page', async () => {
    await open(1280);
    await page.evaluate(() => {
      // The rows come and go; their buttons are counted by the tables that hold them.
      for (const element of document.querySelectorAll('button, select, [tabindex="0"]')) {
        if (element.closest('dialog, [hidden], :disabled, td') === null)
          element.setAttribute('data-reach', '');
      }
    });
    const wanted = await page.locator('[data-reach]').count();
    const reached: string[] = [];
    for (let press = 0; press < 120 && reached.length < wanted; press++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(() => {
        const focused = document.activeElement;
        return focused?.hasAttribute('data-reach') ? focused.id : '';
      });
      if (name !== '' && !reached.includes(name)) reached.push(name);
    }
    const inPage = await page
      .locator('[data-reach]')
      .evaluateAll((all) => all.map((one) => one.id));
    expect(reached).toEqual(inPage);
  });

  test('Shift+K and Enter kill the firm; the page then says so', async () => {
    await open(1280);
    await page.keyboard.press('Shift+K');
    expect(await page.locator('#kill-dialog').isVisible()).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => !document.querySelector('#kill-notice')?.hasAttribute('hidden'),
    );
    expect(control.actions.kills).toEqual([
      { scope: 'FIRM', target: '', reason: 'stopped by hand', operator: 'console' },
    ]);
    expect(await text('#kill-state')).toBe('KILLED');
    expect(await text('#firm-state')).toBe('HALTED');
    expect(await page.title()).toBe('KILLED · Gyrfalcon');
  });

  test('the control token cannot re-arm; the second token can', async () => {
    await open(1280);
    await page.locator('#rearm').click();
    await page.locator('#rearm-dialog input[name=token]').fill(TEST_TOKENS.control);
    await page.locator('#rearm-dialog input[name=reason]').fill('checked');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() =>
      document.querySelector('#rearm-dialog .fault')?.textContent?.includes('WRONG_ROLE'),
    );
    await page.locator('#rearm-dialog input[name=token]').fill(TEST_TOKENS.rearm);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() =>
      document.querySelector('#kill-notice')?.hasAttribute('hidden'),
    );
    expect(control.actions.rearms).toHaveLength(1);
  });

  test.for([1280, 900, 390])('KILL stands still through a kill at %i pixels', async (width) => {
    await open(width);
    const places = () =>
      page
        .locator('#kill, #flatten, #rearm')
        .evaluateAll((all) => all.map((one) => JSON.stringify(one.getBoundingClientRect())));
    const armed = await places();
    expect(await page.locator('#rearm').isDisabled()).toBe(true);
    await control.actions.kill({ scope: 'FIRM', target: '', reason: 'test', operator: 'test' });
    await page.waitForSelector('#rearm:enabled');
    expect(await places()).toEqual(armed);
    await control.actions.rearm({ scope: 'FIRM', target: '', reason: 'test', operator: 'test' });
    await page.waitForSelector('#rearm:disabled');
  });

  test('a halt of the firm shows on every strategy', async () => {
    await open(1280);
    control.moving.memory.setI32(L.CTL_FIRM_STATE, L.TRADING_HALTED);
    await page.waitForSelector('#strategies td.down:text("HALTED")');
    const states = await page.locator('#strategies tbody td:nth-child(2)').allInnerTexts();
    control.moving.memory.setI32(L.CTL_FIRM_STATE, L.TRADING_ACTIVE);
    expect(states).toEqual(['HALTED', 'HALTED']);
  });

  test('an instrument without a book shows no figure of the former one', async () => {
    await open(1280);
    const { memory } = control.moving;
    const stateAt = L.INSTRUMENTS + L.INSTRUMENT_BYTES + L.INS_BOOK_STATE;
    const figures = () => page.locator('#price-chart .u-value').allInnerTexts();
    await page.waitForFunction(() =>
      /\d/.test(document.querySelectorAll('#price-chart .u-value')[1]?.textContent ?? ''),
    );
    clearInterval(mover);
    try {
      const book = L.BOOKS + L.BOOK_BYTES;
      memory.setI32(book + L.BOOK_BID_COUNT, 0);
      memory.setI32(book + L.BOOK_ASK_COUNT, 0);
      memory.setI32(stateAt, L.BOOK_INIT);
      await page.locator('#instrument').selectOption('AAPL');
      await page.waitForSelector('.spread:text("no market data yet")');
      expect((await figures()).slice(1)).toEqual(['–', '–']);
      memory.setI32(stateAt, L.BOOK_GAP);
      await page.waitForSelector('.spread:text("empty book")');
    } finally {
      memory.setI32(stateAt, L.BOOK_LIVE);
      mover = setInterval(() => control.moving.step(), 50);
    }
  });

  test('one of hundreds of instruments is found by its symbol and shown with its whole book', async () => {
    const { memory } = control.moving;
    const before = memory.i32(L.CTL_INSTRUMENT_COUNT);
    const last = 299;
    for (let instrument = before; instrument <= last; instrument++) addStock(memory, instrument);
    memory.setI32(L.CTL_INSTRUMENT_COUNT, last + 1);
    try {
      await open(1280);
      await page.waitForSelector('#instruments-note:text("100 of 300 shown")');
      expect(await page.locator('#instruments tbody tr').count()).toBe(100);
      await page.locator('#instrument-filter').fill(`s${last}`);
      await page.waitForSelector('#instruments-note:text("1 of 300 shown")');
      await page.locator('#instruments tbody button').click();
      await page.waitForSelector(`#book-title:text("Book S${last}")`);
      const prices = () => page.locator('#book tr.bid .price').allInnerTexts();
      await expect.poll(async () => (await prices()).filter(Boolean).length).toBe(10);
      await page.locator('#instrument-filter').fill('gap');
      await page.waitForSelector('#instruments-note:text("1 of 300 shown")');
      await expect.poll(() => text('#instruments tbody td:first-child')).toBe('S150');
      expect(faults).toEqual([]);
    } finally {
      memory.setI32(L.CTL_INSTRUMENT_COUNT, before);
    }
  });

  test('the time labels of a chart stand apart, and none stands twice', async () => {
    await open(1280);
    await page.evaluate(() => {
      const kept: { text: string; x: number }[] = [];
      Object.assign(window, { kept });
      const paper = CanvasRenderingContext2D.prototype;
      const { clearRect, fillText } = paper;
      const isPrice = (context: CanvasRenderingContext2D) =>
        context.canvas.closest('#price-chart') !== null;
      paper.clearRect = function (...area) {
        if (isPrice(this)) kept.length = 0; // a new drawing begins
        clearRect.apply(this, area);
      };
      paper.fillText = function (text, x, y) {
        if (isPrice(this) && text.split(':').length === 3) kept.push({ text, x });
        fillText.call(this, text, x, y);
      };
    });
    const read = () => (window as unknown as { kept: { text: string; x: number }[] }).kept;
    await page.waitForFunction(() => (window as unknown as { kept: object[] }).kept.length > 1);
    const labels = await page.evaluate(read);
    expect(new Set(labels.map(({ text }) => text)).size).toBe(labels.length);
    labels.slice(1).forEach(({ x }, index) => {
      expect(x - labels[index]!.x).toBeGreaterThan(60);
    });
  });

  test('the kill dialog asks for a target only where there is one, fees say which are rebates', async () => {
    await open(1280);
    await page.locator('#kill').click();
    const target = page.locator('#kill-dialog select');
    expect(await target.isVisible()).toBe(false);
    await page.locator('#kill-dialog input[value=instrument]').check();
    expect(await target.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await text('#positions thead')).toContain('Fees (− rebate)');
  });

  test('stages stand in the order of the path, the slowest ticks with record, cause and stages', async () => {
    await open(1280);
    await page.waitForSelector('#slow-ticks tbody td');
    const column = (table: string, index: number) =>
      page.locator(`${table} tbody td:nth-child(${index})`).allInnerTexts();
    expect((await column('#stages', 1)).join(' ')).toBe(
      'wait frame journal book signal strategy limits encode rest send',
    );
    expect(await column('#stages', 2)).toEqual(Array(10).fill('3,999'));
    for (const p50 of await column('#stages', 3)) expect(p50).toMatch(/^\d+\.\d µs$/);
    const ticks = await page.locator('#slow-ticks tbody tr').all();
    expect(ticks).toHaveLength(25);
    const cells = async (row: number) =>
      (await ticks[row]!.locator('td').allInnerTexts()).map((cell) =>
        cell.replaceAll('\u00a0', ' '),
      );
    const [time, ...first] = await cells(0);
    expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
    expect(first.slice(0, 6)).toEqual([
      '157.5 µs',
      'send',
      '1,230',
      'execution report, 210 B',
      '0',
      'garbage collection 0.005 ms',
    ]);
    expect(first[6]).toContain('wait 900 ns · frame 4.2 µs · journal 7.5 µs');
    expect((await cells(1)).slice(6)).toEqual([
      'none known',
      'wait 900 ns · inside 122.0 µs · send 29.6 µs',
    ]);
    expect((await cells(2))[6]).toBe('command');
    expect(await text('#unknown-causes')).toBe(
      'not watched for: new journal segment, journal ring half full, context switch, page fault',
    );
  });

  test.for(['#fill-list', '#refusals', '#orders', '#sessions', '#stages', '#slow-ticks'])(
    'the last column of %s is in sight',
    async (table) => {
      await open(1280);
      await page.waitForSelector(`${table} tbody td`);
      const [wide, room] = await page
        .locator(table)
        .evaluate((place) => [place.scrollWidth, place.clientWidth]);
      expect(wide).toBeLessThanOrEqual(room!);
    },
  );

  test('the kill dialog keeps the focus inside, and Escape gives it back', async () => {
    await open(1280);
    await page.locator('#flatten').focus();
    await page.keyboard.press('Shift+K');
    for (let press = 0; press < 12; press++) {
      await page.keyboard.press('Tab');
      const outside = await page.evaluate(() => {
        const focused = document.activeElement;
        return focused !== document.body && focused?.closest('#kill-dialog') === null;
      });
      expect(outside).toBe(false);
    }
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('flatten');
    expect(control.actions.kills).toEqual([]);
  });

  test('a strategy is killed, paused, an order cancelled and a position adjusted from the page', async () => {
    await open(1280);
    await page.locator('#kill').click();
    await page.locator('#kill-dialog input[value=strategy]').check();
    await page.locator('#kill-dialog select').selectOption('ofi-momentum');
    await page.locator('#kill-dialog button[type=submit]').click();
    await page.waitForFunction(
      () => !document.querySelector<HTMLDialogElement>('#kill-dialog')?.open,
    );
    expect(control.actions.kills[0]).toMatchObject({ scope: 'STRATEGY', target: 'ofi-momentum' });
    await page.locator('#strategies button').first().click();
    await page.locator('#orders button').first().click();
    await page.locator('#adjust').click();
    for (const [name, value] of [
      ['quantity', '-100'],
      ['price', '571.25'],
      ['reason', 'booked by phone'],
    ]) {
      await page.locator(`#adjust-dialog input[name=${name}]`).fill(value!);
    }
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => !document.querySelector<HTMLDialogElement>('#adjust-dialog')?.open,
    );
    expect(control.actions.commands.map(({ kind }) => kind)).toEqual([
      'PAUSE_STRATEGY',
      'CANCEL_ORDER',
      'ADJUST_POSITION',
    ]);
    expect(control.actions.commands[2]).toMatchObject({ quantityLots: -100, priceTicks: 57_125 });
  });

  test('rows of the orders table stand still under the pointer', async () => {
    await open(1280);
    await page.locator('#orders tbody tr').nth(2).hover();
    const names = () => page.locator('#orders tbody tr td:first-child').allInnerTexts();
    const before = await names();
    await page.waitForTimeout(400);
    expect(await names()).toEqual(before);
    await page.mouse.move(5, 5);
    await page.waitForTimeout(300);
    expect(await names()).not.toEqual(before);
  });

  test('a lost stream is shown big, with the time since when', async () => {
    await open(1280);
    const stopped = control;
    control = await startFakeControl();
    await stopped.server.close();
    const stale = () => document.body.classList.contains('stale');
    await page.waitForFunction(stale, null, { timeout: 10_000 });
    expect(await text('#stale-notice')).toMatch(/STALE since \d\d:\d\d:\d\d UTC/);
  });
});
