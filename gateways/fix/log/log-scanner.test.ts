/** Messages are found in any text, whatever separates fields and however the bytes were cut. */
import { describe, expect, test } from 'vitest';
import { CORPUS, corpusFields } from '../../../test/support/fix-corpus.ts';
import { encodeMessage, fixMessage } from '../../../test/support/fix-message.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { LOGGED_CHARS_MAX, type LoggedMessage, LogScanner } from './log-scanner.ts';

const ORDER = fixMessage('35=D|34=2|49=TW|56=ISLD|11=A|44=10.5|58=some text');
const LOGON = fixMessage('35=A|34=1|49=TW|56=ISLD|98=0|108=30', 'FIXT.1.1');
const DATA = fixMessage('35=D|34=3|49=TW|56=ISLD|95=9|96=a\x0110=123\x01|58=x');

function scan(...chunks: (string | Buffer)[]): LoggedMessage[] {
  const scanner = new LogScanner();
  const found: LoggedMessage[] = [];
  for (const chunk of chunks) {
    found.push(...scanner.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, 'latin1')));
  }
  found.push(...scanner.end());
  return found;
}
const texts = (...chunks: string[]) => scan(...chunks).map(({ text }) => text);
const with_ = (separator: string, message = ORDER) => message.replaceAll('\x01', separator);

describe('what separates fields is seen', () => {
  const separators = [
    '\x01',
    '|',
    '^A',
    ' | ',
    ';',
    '.',
    '\\001',
    '\\x01',
    '\\u0001',
    '<SOH>',
    '\xe2\x90\x81',
    '~',
  ];
  test.each(separators)('%j', (separator) => {
    expect(texts(`12:00 got "${with_(separator)}" and more\n`)).toEqual([ORDER]);
    expect(texts(`${with_(separator)}\n${with_(separator, LOGON)}\n`)).toEqual([ORDER, LOGON]);
  });

  test.each(separators)('%j, nothing between messages', (separator) => {
    const all = with_(separator) + with_(separator, LOGON) + with_(separator);
    expect(texts(all)).toEqual([ORDER, LOGON, ORDER]);
  });

  test('a separator may be missing at the end, and lines end as they like', () => {
    const short = with_('|').slice(0, -1);
    expect(texts(short)).toEqual([ORDER]);
    expect(texts(`${short}\r\n${short}\r\n`)).toEqual([ORDER, ORDER]);
  });

  test('a value may hold it', () => {
    expect(texts(`${with_('|').replace('some text', 'some|text')}\n`)).toEqual([
      ORDER.replace('some text', 'some|text'),
    ]);
  });

  test('data may hold a CheckSum and a line’s end', () => {
    expect(texts(`${DATA}${ORDER}`)).toEqual([DATA, ORDER]);
    const lines = fixMessage('35=B|34=3|49=TW|56=ISLD|58=one\ntwo');
    expect(texts(`x ${lines}\ny ${ORDER}\n`)).toEqual([lines, ORDER]);
  });
});

test('what stands before a message on its line is told, and the line', () => {
  const log = `started\n2024-01-02 10:00:00,001 <- ${with_('|')}\n\nnothing\n-> ${with_('|')} ${ORDER}`;
  expect(scan(log).map(({ line, prefix }) => [line, prefix])).toEqual([
    [2, '2024-01-02 10:00:00,001 <- '],
    [5, '-> '],
    [5, ' '],
  ]);
});

test('another field that ends like one is no beginning', () => {
  expect(texts('58=FIX.4.4|9=5|10=000|\n')).toEqual([]);
  expect(texts(`158=FIX ${ORDER}`)).toEqual([ORDER]);
});

test('a message that is cut off ends with its line or where the next one begins', () => {
  const cut = '8=FIX.4.4|9=100|35=D|11=A';
  expect(scan(`${cut}\n${with_('|')}\n`).map(({ isWhole }) => isWhole)).toEqual([false, true]);
  expect(scan(`${cut}|${with_('|')}`).map(({ text }) => text)).toEqual([
    `${cut.replaceAll('|', '\x01')}\x01`,
    ORDER,
  ]);
  expect(scan('8=FIX.4.4').map(({ isWhole }) => isWhole)).toEqual([false]);
  expect(scan(`8=FIX\n${ORDER}`).map(({ isWhole }) => isWhole)).toEqual([false, true]);
});

test('a wrong BodyLength is no matter', () => {
  for (const length of ['1', '45', '999', '99999999']) {
    const wrong = ORDER.replace(/9=\d+/, `9=${length}`);
    expect(texts(`${wrong}\n${ORDER}\n`), length).toEqual([wrong, ORDER]);
  }
});

test('however the bytes are cut, the same is found', () => {
  const log = `one\n-> ${with_('|')}\n<- ${ORDER}${DATA}\n8=FIX.4.4|9=7\nnoise 8=FI\n${with_('^A', LOGON)}\n`;
  const whole = scan(log);
  expect(whole).toHaveLength(5);
  for (let cut = 1; cut < log.length; cut++) {
    expect(scan(log.slice(0, cut), log.slice(cut)), String(cut)).toEqual(whole);
  }
  expect(scan(...log)).toEqual(whole);
});

test('lines are counted', () => {
  const scanner = new LogScanner();
  expect([...scanner.push(Buffer.from(`a\nb\n${ORDER}\n`)), ...scanner.end()]).toHaveLength(1);
  expect(scanner.lines).toBe(3);
});

test('a message without end does not fill the memory', () => {
  const scanner = new LogScanner();
  let found = [...scanner.push(Buffer.from('8=FIX.4.4\x019=5\x01'))];
  const chunk = Buffer.alloc(1 << 18, '58=x\x01');
  for (let bytes = 0; bytes < 4 * LOGGED_CHARS_MAX; bytes += chunk.length) {
    found = found.concat([...scanner.push(chunk)]);
  }
  expect(found).toHaveLength(1);
  expect(found[0]!.text.length).toBeLessThan(LOGGED_CHARS_MAX + 2 * chunk.length);
  expect([...scanner.push(Buffer.from(`\n${ORDER}`)), ...scanner.end()]).toHaveLength(1);
});

test.each([1, 2, 3, 4])(
  'all of a corpus is found amid noise without beginnings, seed %d',
  (seed) => {
    const random = new SeededRandom(seed);
    for (let times = 0; times < 20; times++) {
      const messages = CORPUS.map((message, index) =>
        encodeMessage('FIX.4.4', corpusFields(message, index + 1)).toString('latin1'),
      );
      const noise = () =>
        Array.from({ length: random.below(30) }, () => random.pick([...'=|0123 ab\n\x01'])).join(
          '',
        );
      const log = messages.map((message) => `${noise()}\n${message}`).join('');
      const chunks: string[] = [];
      for (let at = 0; at < log.length; ) {
        const length = 1 + random.below(400);
        chunks.push(log.slice(at, at + length));
        at += length;
      }
      expect(texts(...chunks), `run ${times}`).toEqual(messages);
    }
  },
);
