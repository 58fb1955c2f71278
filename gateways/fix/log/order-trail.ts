/**
 * Follows one order through a log: from a ClOrdID to the ids that it replaced and that replaced it
 * (OrigClOrdID) and to the venue's OrderID, and so on. Ids count within their session. Links may
 * lie ahead of a message, so that the log is gone through until nothing new is found.
 */
import { MsgType, Tag } from '../tags.ts';
import { firstValue, type LogEntry } from './log-entry.ts';
import { sessionOf } from './session-tracker.ts';

/** Tags whose values name an order; BusinessRejectRefID (379) may. */
const ID_TAGS: ReadonlySet<number> = new Set([Tag.ClOrdID, Tag.OrigClOrdID, Tag.OrderID, 379]);
/** An OrderID that is none. */
const NO_ORDER_ID: ReadonlySet<string> = new Set(['NONE', '0', '']);

export class OrderTrail {
  readonly #first: string;
  /** Ids by session: "session id". OrderIDs and ClOrdIDs are kept apart. */
  readonly #known = new Set<string>();
  /** Messages of the order, "sender>target number": a Reject names them. */
  #numbers = new Set<string>();
  #hasGrown = false;
  #isFound = false;

  constructor(clOrdId: string) {
    this.#first = clOrdId;
  }

  /** Whether any message spoke of the order. */
  get isFound(): boolean {
    return this.#isFound;
  }

  /** Whether the message speaks of the order; learns further ids from it. */
  takes(entry: LogEntry): boolean {
    if (this.#isRejectOf(entry)) return true;
    const ids = this.#idsOf(entry);
    if (!ids.some(({ key, value, isClOrdId }) => this.#isKnown(key, value, isClOrdId)))
      return false;
    this.#isFound = true;
    if (entry.msgSeqNum !== undefined) {
      this.#numbers.add(`${entry.sender}>${entry.target} ${entry.msgSeqNum}`);
    }
    // A list names many orders, which have nothing to do with one another.
    if (ids.filter(({ tag }) => tag === Tag.ClOrdID).length > 1) return true;
    for (const { key } of ids) {
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      this.#hasGrown = true;
    }
    return true;
  }

  /** Another run over the log would find more; the next run begins. */
  startAgain(): boolean {
    const hasGrown = this.#hasGrown;
    this.#hasGrown = false;
    this.#numbers = new Set();
    return hasGrown;
  }

  #isKnown(key: string, value: string, isClOrdId: boolean): boolean {
    return this.#known.has(key) || (isClOrdId && value === this.#first);
  }

  #idsOf(entry: LogEntry) {
    const { fields } = entry;
    const session = sessionOf(entry);
    const ids: { tag: number; value: string; key: string; isClOrdId: boolean }[] = [];
    for (let index = 0; index < fields.count; index++) {
      const tag = fields.tagAt(index);
      if (!ID_TAGS.has(tag)) continue;
      const value = fields.valueAt(index);
      if (NO_ORDER_ID.has(value)) continue;
      const isClOrdId = tag !== Tag.OrderID;
      ids.push({ tag, value, key: `${session} ${isClOrdId ? 'C' : 'O'} ${value}`, isClOrdId });
    }
    return ids;
  }

  #isRejectOf({ msgType, sender, target, fields }: LogEntry): boolean {
    if (msgType !== MsgType.Reject && msgType !== MsgType.BusinessMessageReject) return false;
    const number = firstValue(fields, Tag.RefSeqNum);
    return number !== undefined && this.#numbers.has(`${target}>${sender} ${number}`);
  }
}
