/**
 * Takes the README's picture from a running engine: start one with `npm start`, then
 *   node test/support/screenshot.ts 'http://127.0.0.1:PORT/#token=…' [docs/console.png] [width] [height]
 */
import { startChromium } from './chromium.ts';

const SETTLE_MS = 6000; // charts need some seconds of past to be worth a look

const [url, file = 'docs/console.png', width = '1440', height = '1360'] = process.argv.slice(2);
if (url === undefined || !url.includes('#token=')) {
  process.stderr.write('usage: screenshot.ts ADDRESS-WITH-#token [FILE] [WIDTH] [HEIGHT]\n');
  process.exit(2);
}
const browser = await startChromium();
const page = await browser.newPage({
  viewport: { width: Number(width), height: Number(height) },
});
page.on('console', (message) => process.stderr.write(`page: ${message.text()}\n`));
page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`));
await page.goto(url);
await page.waitForTimeout(SETTLE_MS);
await page.screenshot({ path: file });
await browser.close();
