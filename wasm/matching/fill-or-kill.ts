/** Whether the whole of TAKER would trade now: looked at before a FOK order matches. */
import { keyFrom, levelOf } from './ladder';
import {
  LAD_BEST,
  LOTS_MAX,
  LVL_HEAD,
  ORD_LOTS,
  ORD_NEXT,
  SELF_TRADE_ALLOWED,
  SELF_TRADE_CANCEL_OLDEST,
  TAG_SELF_TRADE_SHIFT,
  TAKER_LEAVES,
  TAKER_LIMIT_KEY,
  TAKER_OPPOSITE,
  TAKER_TAG,
} from './matching-layout';
import { openLotsOf, ownerOf } from './order-table';

export function canFillAtOnce(): bool {
  const opposite = load<usize>(TAKER_OPPOSITE);
  const limitKey = load<i32>(TAKER_LIMIT_KEY);
  let missing = load<i64>(TAKER_LEAVES);
  let key = load<i32>(opposite, LAD_BEST);
  while (key <= limitKey) {
    const found = takeableAt(levelOf(opposite, key), missing);
    if (found < 0) return false;
    missing -= found;
    if (missing <= 0) return true;
    if (key === limitKey) return false;
    key = keyFrom(opposite, key + 1);
  }
  return false;
}

/**
 * Lots that TAKER would take from a level, counted up to `missing`; -1 = it would end at an order
 * of its owner before that. Hidden lots come after all that is shown.
 */
function takeableAt(level: usize, missing: i64): i64 {
  const tag = load<u32>(TAKER_TAG);
  const mode = (tag >> TAG_SELF_TRADE_SHIFT) & 7;
  const owner = mode === SELF_TRADE_ALLOWED ? 0 : tag >> 8;
  let shown: i64 = 0;
  let hidden: i64 = 0;
  let order = load<usize>(level, LVL_HEAD);
  for (; order !== level; order = load<usize>(order, ORD_NEXT)) {
    if (owner !== 0 && ownerOf(order) === owner) {
      if (mode !== SELF_TRADE_CANCEL_OLDEST) return -1;
      continue;
    }
    const lots = load<i64>(order, ORD_LOTS);
    shown += lots;
    if (shown >= missing) return missing;
    hidden = min(hidden + openLotsOf(order) - lots, <i64>LOTS_MAX);
  }
  return min(shown + hidden, missing);
}
