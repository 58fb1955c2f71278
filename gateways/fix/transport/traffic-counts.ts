/** What one session has done since the process began, over all its connections; for metrics. */
import type { SessionEvent } from '../session/session-types.ts';

export interface TrafficCounts {
  messagesIn: number;
  messagesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Pieces of garbage that were skipped. */
  garbledIn: number;
  rejectsIn: number;
  rejectsOut: number;
  /** Messages and gap fills that were sent again. */
  resentOut: number;
  /** Gaps in what the peer sent. */
  gapsIn: number;
  connections: number;
  logons: number;
  /** Times that the peer was read from more slowly because it was ahead of a pace. */
  slowdowns: number;
  /** Times that a limit of the transport ended the connection. */
  breaches: number;
  /** 0 = never. */
  lastInNs: bigint;
  lastOutNs: bigint;
  lastLogonNs: bigint;
}

export const noTraffic = (): TrafficCounts => ({
  messagesIn: 0,
  messagesOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  garbledIn: 0,
  rejectsIn: 0,
  rejectsOut: 0,
  resentOut: 0,
  gapsIn: 0,
  connections: 0,
  logons: 0,
  slowdowns: 0,
  breaches: 0,
  lastInNs: 0n,
  lastOutNs: 0n,
  lastLogonNs: 0n,
});

export function countEvent(counts: TrafficCounts, kind: SessionEvent, nowNs: bigint): void {
  switch (kind) {
    case 'LOGGED_ON':
      counts.logons += 1;
      counts.lastLogonNs = nowNs;
      break;
    case 'GAP_DETECTED':
      counts.gapsIn += 1;
      break;
    case 'REJECT_SENT':
      counts.rejectsOut += 1;
      break;
    case 'REJECT_RECEIVED':
      counts.rejectsIn += 1;
      break;
    default:
      break;
  }
}
