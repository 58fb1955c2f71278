/**
 * The matching venue's list of fields against the dictionaries: of every order message that differs
 * in one field from one that holds all that the fast path knows, what it takes the dictionary takes.
 */
import { expect, test } from 'vitest';
import { parseMessage } from '../../gateways/fix/codec.ts';
import { beginStringOf } from '../../gateways/fix/version.ts';
import { VENUE_DEFAULTS } from '../../gateways/sim/venue-options.ts';
import { sessionOf } from '../../gateways/sim/venue-parts.ts';
import * as L from '../../wasm/layout.ts';
import { REQUEST_TAKEN } from '../../wasm/venue-layout.ts';
import { ExchangeSide } from '../support/exchange-side.ts';
import { fixMessage } from '../support/fix-message.ts';

const NOW_NS = 1_340_285_400_000_000_000n;
const TIME = '20120621-13:30:00';
const HEADER = `49=GYRFALCON|56=SIM|34=7|52=${TIME}`;
const TERMS = `55=AAPL|54=1|60=${TIME}|38=5|1=A`;
const FULL: readonly (readonly [type: string, body: string])[] = [
  ['D', `11=A|${TERMS}|40=4|44=1|99=1|59=0|21=1|18=6|111=2|7928=X|8000=1`],
  ['D', `11=A|${TERMS}|40=2|44=1|59=0|21=1|18=6|1138=2|7928=X|8000=1`],
  ['F', `41=B|11=A|37=O1|${TERMS}`],
  ['G', `41=B|11=A|37=O1|${TERMS}|40=4|44=1|99=1|59=0|21=1`],
];
const CHARACTERS = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
const VALUES = [
  ...CHARACTERS.filter((character) => character !== '|' && character !== '='),
  ...'00 01 10 11 12 13 14 99 -1 +1 1.5 1e5 .5 5. -.5 AB 6_6 20120621 13:30:00 20120621-13:30:00'.split(
    ' ',
  ),
  ...'20120621-13:30:60 20120230-13:30:00 99999999999999999999 9007199254740993'.split(' '),
  'X'.repeat(32),
  'X'.repeat(33),
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

const cases = (['FIX.4.4', 'FIX.5.0SP2'] as const).flatMap((version) =>
  FULL.map(([type, body]) => ({ version, type, body })),
);

test.each(cases)('35=$type of $version: $body', ({ version, type, body }) => {
  const { check } = sessionOf({ ...VENUE_DEFAULTS, version, instruments: [] });
  const side = new ExchangeSide(NOW_NS, { version });
  const { memory, module } = side;
  side.connect();
  memory.setAbsoluteNs(L.CTL_NOW_NS, NOW_NS);
  memory.setI32(L.SESSIONS + L.SES_STATE, L.SESSION_LIVE);
  let taken = 0;
  const whole = `35=${type}|${HEADER}|${body}`;
  for (const text of [whole, ...variants(whole)]) {
    const message = Buffer.from(fixMessage(text, beginStringOf(version)), 'latin1');
    memory.bytes.set(message, L.RX);
    memory.setI32(L.SESSIONS + L.SES_RX_START, 0);
    memory.setI32(L.SESSIONS + L.SES_RX_END, message.length);
    memory.setI64(L.SESSIONS + L.SES_NEXT_IN, 7);
    if (module.requestNext(0) !== REQUEST_TAKEN) continue;
    taken += 1;
    const why = check(parseMessage(message)!);
    if (why !== undefined) expect.fail(`${why.text}: ${text}`);
  }
  const isKnown = version === 'FIX.5.0SP2' || !body.includes('1138=');
  expect(taken).toBeGreaterThan(isKnown ? 300 : 0);
});
