/**
 * Asks a venue for one depth snapshot over HTTP. Used by feed-book.ts in the feed worker; what goes
 * wrong is an answer too, so that the feed lives on.
 */
import { FEED_RAW_BYTES_MAX } from '../../engine/event/feed-layout.ts';

type SnapshotAnswer =
  | { readonly isHere: true; readonly raw: Uint8Array }
  | { readonly isHere: false; readonly why: string; readonly pauseMs: number };

const TIMEOUT_MS = 10_000;
const ERROR_TEXT_MAX = 200;
const MS_PER_S = 1000;

/** `end` gives the request up. */
export async function requestSnapshot(url: string, end: AbortSignal): Promise<SnapshotAnswer> {
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), end]);
    const response = await fetch(url, { signal });
    const raw = new Uint8Array(await response.arrayBuffer());
    if (response.status !== 200) {
      const text = Buffer.from(raw).toString().slice(0, ERROR_TEXT_MAX);
      return failed(`HTTP ${response.status} ${text}`, pauseOf(response));
    }
    if (raw.length > FEED_RAW_BYTES_MAX) return failed(`${raw.length} bytes are too many`, 0);
    return { isHere: true, raw };
  } catch (error) {
    const { message, cause } = error as Error;
    return failed(cause instanceof Error ? cause.message : message, 0);
  }
}

const failed = (why: string, pauseMs: number): SnapshotAnswer => ({ isHere: false, why, pauseMs });

/** A venue that is asked too often says how long it wants to be left alone (429, 418). */
function pauseOf(response: Response): number {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * MS_PER_S : 0;
}
