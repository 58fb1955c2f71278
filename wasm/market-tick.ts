/**
 * HOT: all that a decoded market-data message changes, in one call: books, signals, what positions are
 * worth, breakers. It comes before the first decision, so that a replay that takes the decisions from
 * the journal has the same state at each of them. Twin: market-tick-reference.ts.
 */
import { bookApply } from './book';
import { equityChecked, equityOfInstrument } from './equity';
import {
  BOOK_LIVE,
  BOOK_STALE,
  CTL_MARKET_DATA_MESSAGES,
  DEC_ENTRIES,
  DEC_ENTRY_COUNT,
  DEC_INSTRUMENT,
  DEC_IS_SNAPSHOT,
  DECODED,
  ENTRY_BYTES,
  ENTRY_INSTRUMENT,
  INS_BOOK_STATE,
  INS_SESSION,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
} from './layout';
import { signalUpdate } from './signal';

const NONE: i32 = -1;
/** Of a message over FIX: what it says of the book's state follows from what it is. */
const BY_MESSAGE: i32 = -1;

/** DECODED holds a message with entries; bookState: BOOK_* as its feed says, or -1 over FIX. */
export function marketApply(bookState: i32): void {
  marketBook(bookState);
  marketSignals();
}

/** The first half, so that the two can be timed apart: books and their states. */
export function marketBook(bookState: i32): void {
  store<i64>(CTL_MARKET_DATA_MESSAGES, load<i64>(CTL_MARKET_DATA_MESSAGES) + 1);
  bookApply();
  if (bookState !== BY_MESSAGE) setBookState(load<i32>(DECODED + DEC_INSTRUMENT), bookState);
  else if (load<i32>(DECODED + DEC_IS_SNAPSHOT) !== 0) {
    setBookState(load<i32>(DECODED + DEC_INSTRUMENT), BOOK_LIVE);
  }
}

/** The second half: what follows from the books. */
export function marketSignals(): void {
  const end = DECODED + DEC_ENTRIES + load<i32>(DECODED + DEC_ENTRY_COUNT) * ENTRY_BYTES;
  let before = NONE;
  // Entries of one instrument follow one another: each run is one update.
  for (let entry = DECODED + DEC_ENTRIES; entry < end; entry += ENTRY_BYTES) {
    const instrument = load<i32>(entry + ENTRY_INSTRUMENT);
    if (instrument === before) continue;
    before = instrument;
    takeUp(instrument);
  }
  // A snapshot without a level empties its book all the same.
  if (before === NONE && load<i32>(DECODED + DEC_IS_SNAPSHOT) !== 0) {
    takeUp(load<i32>(DECODED + DEC_INSTRUMENT));
  }
  equityChecked();
}

/** Over FIX an update ends staleness; only a snapshot ends a gap. A feed states its own. */
function takeUp(instrument: i32): void {
  const block = INSTRUMENTS + instrument * INSTRUMENT_BYTES;
  if (load<i32>(block + INS_SESSION) >= 0 && load<i32>(block + INS_BOOK_STATE) === BOOK_STALE) {
    store<i32>(block + INS_BOOK_STATE, BOOK_LIVE);
  }
  signalUpdate(instrument);
  equityOfInstrument(instrument);
}

function setBookState(instrument: i32, state: i32): void {
  store<i32>(INSTRUMENTS + instrument * INSTRUMENT_BYTES + INS_BOOK_STATE, state);
}
