/** The memory of the matching venue has room for all that may be asked of it; more is refused by name. */
import { expect, test } from 'vitest';
import { sessionConfig } from '../../../test/support/session-config.ts';
import { testInstrument } from '../../../test/support/venue-rig.ts';
import { BOOKS_MAX } from '../../../wasm/matching/matching-layout.ts';
import { matchingEnd } from '../../../wasm/matching/matching-memory.ts';
import {
  VENUE_BOOK,
  VENUE_MEMORY_PAGES,
  VENUE_OPEN_ORDERS_MAX,
} from '../../../wasm/venue-layout.ts';
import { gridOf } from '../instrument-grid.ts';
import { bookSizeOf, makeExchange } from './exchange-memory.ts';

const PAGE_BYTES = 65_536;

test('the books of as many instruments and open orders as there may be end inside the memory', () => {
  const size = bookSizeOf(BOOKS_MAX, VENUE_OPEN_ORDERS_MAX);
  expect(matchingEnd(size, VENUE_BOOK)).toBeLessThanOrEqual(VENUE_MEMORY_PAGES * PAGE_BYTES);
});

test('one instrument more than there may be is refused', () => {
  const grids = Array.from({ length: BOOKS_MAX + 1 }, (_, at) => gridOf(testInstrument(`S${at}`)));
  expect(() => makeExchange(grids, sessionConfig({}), 1000)).toThrow(
    'the venue has 1001 instruments, 1000 are the most',
  );
});
