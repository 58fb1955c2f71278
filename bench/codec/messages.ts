/** Seeded FIX 4.4 messages of the kinds that the hot path lives on, numbered from 1, as a venue would send them. */

import { SESSION_OF_TEST } from '../../test/support/decode-harness.ts';
import { SOH, withCheckSum } from '../../test/support/fix-message.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';

export const SEED = 20120621;
/** One timed sample is so many messages: one alone is too short for the clock. */
export const BATCH = 32;
export const ENTRIES = 4;
/** Ticks of the bench's instrument (decode-harness.ts) in one unit of price. */
export const TICKS_PER_UNIT = 100;
const TIME = '20120621-13:30:00.000';

export type DecodedKind = '35=X' | '35=8';

const makers: Readonly<Record<DecodedKind, (random: SeededRandom, number: number) => string>> = {
  '35=X': marketData,
  '35=8': execution,
};

export function messagesOf(kind: DecodedKind, seed = SEED): readonly Buffer[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: BATCH }, (_, index) => {
    const body = `${kind}|49=${SESSION_OF_TEST.target}|56=${SESSION_OF_TEST.sender}|34=${index + 1}|52=${TIME}|`;
    const fields = (body + makers[kind](random, index + 1)).replaceAll('|', SOH);
    return Buffer.from(withCheckSum(`8=FIX.4.4${SOH}9=${fields.length}${SOH}${fields}`), 'latin1');
  });
}

function marketData(random: SeededRandom): string {
  const entries = Array.from({ length: ENTRIES }, (_, index) => {
    const action = random.below(2);
    return `279=${action}|269=${index % 2}|55=GOOG|270=${price(random)}|271=${1 + random.below(900)}|`;
  });
  return `268=${ENTRIES}|${entries.join('')}`;
}

function execution(random: SeededRandom, number: number): string {
  const lastLots = 1 + random.below(40);
  const leavesLots = 1 + random.below(60);
  const lastPx = price(random);
  return (
    `37=V-${number}|11=${SESSION_OF_TEST.clOrdIdPrefix}${number}|17=E-${number}|150=F|39=1|55=GOOG|54=1|` +
    `38=${lastLots + leavesLots}|44=${lastPx}|32=${lastLots}|31=${lastPx}|151=${leavesLots}|` +
    `14=${lastLots}|6=${lastPx}|60=${TIME}|`
  );
}

const price = (random: SeededRandom): string =>
  ((57_000 + random.below(2000)) / TICKS_PER_UNIT).toFixed(2);
