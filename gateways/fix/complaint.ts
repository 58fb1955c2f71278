/**
 * What is wrong with a message, as a Reject (35=3) says it: the session's own checks and the
 * dictionary's speak the same words.
 */
import type { FixMessage } from './codec.ts';

export interface Complaint {
  /** RefTagID (371); undefined where no one tag is to blame. */
  readonly refTag: number | undefined;
  /** SessionRejectReason (373), RejectReason of tags.ts. */
  readonly reason: number;
  /** For people: names the tag, the value and what was expected. */
  readonly text: string;
  /** A Logout follows the Reject (FIX 4.4 volume 2: CompID and SendingTime problems). */
  readonly isFatal: boolean;
}

export const complaint = (
  refTag: number | undefined,
  reason: number,
  text: string,
  isFatal = false,
): Complaint => ({ refTag, reason, text, isFatal });

/** Judges what a message says by its dictionary; undefined = nothing is wrong with it. */
export type MessageCheck = (message: FixMessage) => Complaint | undefined;
