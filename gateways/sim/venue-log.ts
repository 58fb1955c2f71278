/**
 * The simulated venue's own log, the judge in tests: DIR/orders.jsonl, one line an event, written
 * before any answer leaves; DIR/session.jsonl, the session's numbers and the reports to be sent
 * again. A venue that starts on the same DIR goes on from both. Without a directory nothing is
 * kept.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { GyrfalconError } from '../../engine/errors.ts';
import { QUEUE_UNKNOWN } from './queue-position.ts';
import {
  EXEC_REJECTED,
  EXEC_STATUS,
  type ExecutionReport,
  type RestingOrder,
} from './venue-order.ts';

/**
 * Numbers are claimed in blocks, so that market data need no line each; a restart skips to the
 * block's end.
 */
const NUMBERS_CLAIMED = 100_000;

interface SentReport {
  readonly msgSeqNum: number;
  readonly msgType: string;
  readonly wallNs: bigint;
  readonly body: string;
}

/** What an earlier run left. */
export interface VenueMemory {
  readonly orders: readonly RestingOrder[];
  readonly orderCount: number;
  readonly execCount: number;
  readonly marketNs: number;
  readonly nextIn: number;
  readonly nextOut: number;
  readonly sent: readonly SentReport[];
}

const NOTHING: VenueMemory = {
  orders: [],
  orderCount: 0,
  execCount: 0,
  marketNs: 0,
  nextIn: 1,
  nextOut: 1,
  sent: [],
};

interface SessionLine {
  readonly kind: 'sent' | 'claimed' | 'received' | 'reset';
  readonly msgSeqNum: number;
  readonly msgType?: string;
  readonly wallNs?: string;
  readonly body?: string;
}

export class VenueLog {
  /** What was there when the log was opened. */
  readonly memory: VenueMemory;
  readonly #orders: number | undefined;
  readonly #session: number | undefined;
  readonly #directory: string;
  #claimedTo = 0;

  constructor(directory: string | undefined) {
    this.memory = NOTHING;
    this.#directory = directory ?? '';
    if (directory === undefined) return;
    const orders = path.join(directory, 'orders.jsonl');
    const session = path.join(directory, 'session.jsonl');
    this.memory = { ...ordersOf(readLines(orders)), ...numbersOf(readLines(session)) };
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      this.#orders = openSync(orders, 'a');
      this.#session = openSync(session, 'a');
    } catch (cause) {
      throw new GyrfalconError(
        'INPUT_MISSING',
        `${directory}: the venue's log cannot be written there: ${(cause as Error).message}`,
        {},
        cause,
      );
    }
  }

  /** One event of an order or of the session, with both times. */
  event(wallNs: bigint, marketNs: number, event: string, fields: object): void {
    if (this.#orders === undefined) return;
    this.#write(this.#orders, { wallNs: String(wallNs), marketNs, event, ...fields });
  }

  received(msgSeqNum: number): void {
    this.#line({ kind: 'received', msgSeqNum });
  }

  /** Before the message leaves. */
  sent(report: SentReport): void {
    const { msgSeqNum, msgType, wallNs, body } = report;
    this.#line({ kind: 'sent', msgSeqNum, msgType, wallNs: String(wallNs), body });
  }

  /** Before a number is used: makes sure that no later run uses it again. */
  claim(msgSeqNum: number): void {
    if (msgSeqNum < this.#claimedTo || this.#session === undefined) return;
    this.#claimedTo = msgSeqNum + NUMBERS_CLAIMED;
    this.#line({ kind: 'claimed', msgSeqNum: this.#claimedTo });
  }

  reset(): void {
    this.#claimedTo = 0;
    this.#line({ kind: 'reset', msgSeqNum: 0 });
    this.claim(1);
  }

  close(): void {
    for (const file of [this.#orders, this.#session]) if (file !== undefined) closeSync(file);
  }

  #line(line: SessionLine): void {
    if (this.#session !== undefined) this.#write(this.#session, line);
  }

  #write(file: number, line: object): void {
    try {
      writeSync(file, `${JSON.stringify(line)}\n`);
    } catch (cause) {
      const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
      const text = `the venue's log ${this.#directory} cannot be written (${why}): make room on the disk`;
      throw new GyrfalconError('JOURNAL_WRITE_FAILED', text, {}, cause);
    }
  }
}

/** Whole lines; a torn last one was never answered and is left out. */
function readLines(file: string): Record<string, unknown>[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.pop();
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Record<string, unknown>;
    } catch (cause) {
      throw new GyrfalconError(
        'INPUT_INVALID',
        `${file}, line ${index + 1}: not JSON; move the file away to start anew`,
        {},
        cause,
      );
    }
  });
}

function ordersOf(
  lines: readonly Record<string, unknown>[],
): Pick<VenueMemory, 'orders' | 'orderCount' | 'execCount' | 'marketNs'> {
  const orders = new Map<string, RestingOrder>();
  let execCount = 0;
  let marketNs = 0;
  for (const line of lines) {
    marketNs = Math.max(marketNs, Number(line.marketNs));
    if (typeof line.execId !== 'string') continue;
    const report = line as unknown as ExecutionReport;
    execCount = Math.max(execCount, Number(report.execId.slice(1)));
    if (report.execType === EXEC_REJECTED || report.execType === EXEC_STATUS) continue;
    orders.set(report.orderId, orderOf(report));
  }
  const numbers = [...orders.keys()].map((orderId) => Number(orderId.slice(1)));
  const orderCount = numbers.reduce((most, number) => Math.max(most, number), 0);
  return { orders: [...orders.values()], orderCount, execCount, marketNs };
}

function orderOf(report: ExecutionReport): RestingOrder {
  const { clOrdId, account, symbol, instrument, side, ordType, timeInForce, priceTicks, qtyLots } =
    report;
  const { orderId, cumLots, costTickLots, ordStatus } = report;
  const terms = {
    clOrdId,
    account,
    symbol,
    instrument,
    side,
    ordType,
    timeInForce,
    priceTicks,
    qtyLots,
  };
  return {
    ...terms,
    origClOrdId: '',
    orderId,
    cumLots,
    costTickLots,
    ordStatus,
    queue: QUEUE_UNKNOWN,
  };
}

function numbersOf(
  lines: readonly Record<string, unknown>[],
): Pick<VenueMemory, 'nextIn' | 'nextOut' | 'sent'> {
  let nextIn = 1;
  let nextOut = 1;
  let sent: SentReport[] = [];
  for (const line of lines as unknown as readonly SessionLine[]) {
    const { kind, msgSeqNum } = line;
    if (kind === 'reset') {
      nextIn = 1;
      nextOut = 1;
      sent = [];
    } else if (kind === 'received') nextIn = msgSeqNum + 1;
    else if (kind === 'claimed') nextOut = msgSeqNum;
    else {
      const { msgType = '', wallNs = '0', body = '' } = line;
      sent.push({ msgSeqNum, msgType, wallNs: BigInt(wallNs), body });
    }
  }
  return { nextIn, nextOut, sent };
}
