/**
 * The fast path's list of fields against the dictionary of FIX 4.4: of every message that differs
 * in one field from one that holds all that the fast path knows, what it takes the dictionary takes.
 */
import { expect, test } from 'vitest';
import { parseMessage } from '../../gateways/fix/codec.ts';
import { loadDictionary } from '../../gateways/fix/dictionary/dictionary.ts';
import { messageCheck, STRICT } from '../../gateways/fix/dictionary/message-check.ts';
import { DECODED_SLOW } from '../../wasm/layout.ts';
import { DecodeHarness, SESSION_OF_TEST } from '../support/decode-harness.ts';
import { fixMessage } from '../support/fix-message.ts';

const HEADER = '49=XNAS|56=ENGINE|34=1|52=20120621-13:30:00';
const FULL: Readonly<Record<string, string>> = {
  W:
    `35=W|${HEADER}|55=GOOG|48=X|22=8|207=XNAS|262=R|268=2|269=0|270=1.5|271=1|272=20120621|` +
    '273=13:30:00|346=2|290=1|269=1|270=1.6|271=2',
  X:
    `35=X|${HEADER}|262=R|268=2|279=0|269=0|278=A|55=GOOG|48=X|22=8|207=XNAS|270=1|271=1|` +
    '272=20120621|273=13:30:00|346=2|290=1|279=2|269=1|55=GOOG|270=1',
  8:
    `35=8|${HEADER}|37=V|11=A|41=B|17=E|150=0|39=0|55=GOOG|54=1|38=5|44=1|31=1|32=1|151=5|14=0|` +
    '6=0|1=A|12=1|13=1|15=USD|40=2|59=0|58=x|60=20120621-13:30:00|103=0|851=1',
  9: `35=9|${HEADER}|37=V|11=A|41=B|39=0|434=1|102=0|1=A|58=x|60=20120621-13:30:00`,
};
const CHARACTERS = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
const VALUES = [
  ...CHARACTERS.filter((character) => character !== '|' && character !== '='),
  ...'00 01 10 11 12 13 14 15 16 98 99 100 -1 +1 1.5 1e5 .5 5. -.5 AB usd USD U$D 20120621'.split(
    ' ',
  ),
  ...'20120230 13:30:00 24:00:00 20120621-13:30:00 20120621-13:30:60 8193 99999999999999999999'.split(
    ' ',
  ),
];

/** The message with one field another, gone, doubled, or in the place of another. */
function variants(text: string): readonly string[] {
  const fields = text.split('|');
  const found: string[] = [];
  const withFields = (change: (fields: string[]) => void): void => {
    const changed = [...fields];
    change(changed);
    found.push(changed.join('|'));
  };
  for (let at = 1; at < fields.length; at++) {
    const tag = fields[at]!.split('=')[0];
    for (const value of VALUES) withFields((all) => (all[at] = `${tag}=${value}`));
    withFields((all) => all.splice(at, 1));
    for (let to = 1; to <= fields.length; to++) {
      withFields((all) => all.splice(to, 0, fields[at]!));
      withFields((all) => all.splice(to, 0, ...all.splice(at, 1)));
    }
  }
  return found;
}

test.each(Object.entries(FULL))('35=%s', (_, full) => {
  const check = messageCheck(loadDictionary('FIX.4.4'), STRICT);
  const harness = new DecodeHarness();
  let taken = 0;
  for (const text of [full, ...variants(full)]) {
    const message = fixMessage(text);
    harness.setSession(SESSION_OF_TEST);
    harness.forget();
    const [piece] = harness.receive(message);
    if (piece!.decoded.kind === DECODED_SLOW) continue;
    taken += 1;
    const why = check(parseMessage(Buffer.from(message, 'latin1'))!);
    if (why !== undefined) expect.fail(`${why.text}: ${text}`);
  }
  expect(taken).toBeGreaterThan(500);
});
