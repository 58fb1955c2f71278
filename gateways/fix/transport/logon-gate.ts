/**
 * Where a connection waits until its Logon has come: how many may wait, for how long and for how
 * many bytes. Nothing is answered here; who is no known session is closed.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../../../engine/ports.ts';
import { type FixMessage, parseMessage, SOH } from '../codec.ts';
import { MsgType } from '../tags.ts';
import { NS_PER_S } from '../timestamp.ts';
import { plainAddress } from './address-list.ts';
import { DeadlineEntry, type DeadlineTimer, NEVER_NS, timerOf } from './deadline-timer.ts';
import type { FixConnection } from './fix-connection.ts';
import type { FrameReader } from './frame-reader.ts';
import { borrowReader, returnReader } from './reader-pool.ts';
import type { GateLimits } from './transport-limits.ts';

const TRAILER_BYTES = 7;
const TRAILER = /^10=\d{3}$/;

interface GateParts {
  readonly limits: GateLimits;
  readonly clock: Clock;
  /** The session that the Logon is for, or why the connection is closed. */
  readonly sessionOf: (logon: FixMessage, socket: Socket) => FixConnection | string;
  readonly onRefused: (reason: string) => void;
}

/** A connection that waits, from the moment that the listener has it. */
export interface Waiting {
  readonly raw: Socket;
  readonly address: string;
  readonly deadline: DeadlineEntry;
}

export class LogonGate {
  readonly #parts: GateParts;
  readonly #timer: DeadlineTimer;
  /** Who has waited longest stands first. */
  readonly #waiting = new Set<Waiting>();
  readonly #perAddress = new Map<string, number>();

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.#timer = timerOf(parts.clock);
  }

  /** Lets a fresh connection wait; undefined = it was closed. */
  enter(raw: Socket): Waiting | undefined {
    const { limits, clock, onRefused } = this.#parts;
    const address = plainAddress(raw.remoteAddress ?? '');
    const already = this.#perAddress.get(address) ?? 0;
    if (already >= limits.waitingPerAddressMax) {
      raw.destroy();
      onRefused(`${address} has ${already} connections without a Logon, a further one was closed`);
      return undefined;
    }
    const [longest] = this.#waiting;
    if (longest !== undefined && this.#waiting.size >= limits.waitingMax) {
      const text = `${this.#waiting.size} connections wait for their Logon`;
      this.refuse(longest, `${text}, the one that has waited longest was closed`);
    }
    const waiting: Waiting = {
      raw,
      address,
      deadline: new DeadlineEntry(() => {
        this.refuse(waiting, `a connection sent no Logon in ${limits.logonWaitS} s`);
        return NEVER_NS;
      }),
    };
    this.#waiting.add(waiting);
    this.#perAddress.set(address, already + 1);
    this.#timer.callBy(waiting.deadline, clock.nowNs() + BigInt(limits.logonWaitS) * NS_PER_S);
    raw.on('error', () => raw.destroy());
    raw.on('close', () => this.#leave(waiting));
    return waiting;
  }

  /** Reads on `socket`, the connection itself or TLS over it, until the Logon is there. */
  read(waiting: Waiting, socket: Socket): void {
    let reader: FrameReader | undefined = borrowReader();
    const received: Buffer[] = [];
    const stop = (): void => {
      socket.off('data', onData);
      if (reader !== undefined) returnReader(reader);
      reader = undefined;
    };
    const onData = (chunk: Buffer): void => {
      if (reader === undefined) return;
      received.push(chunk);
      const found = this.#judge(reader, received, socket);
      if (found === undefined) return;
      stop();
      if (typeof found === 'string') {
        this.refuse(waiting, found);
        return;
      }
      this.#leave(waiting);
      found.attach(socket, Buffer.concat(received));
    };
    socket.on('data', onData);
    socket.on('error', () => socket.destroy());
    socket.on('close', stop);
  }

  /** Closes a connection that waits. */
  refuse(waiting: Waiting, reason: string): void {
    if (!this.#leave(waiting)) return;
    waiting.raw.destroy();
    this.#parts.onRefused(`${reason} (from ${waiting.address})`);
  }

  /** Closes all that wait. */
  close(): void {
    for (const waiting of [...this.#waiting]) {
      this.#leave(waiting);
      waiting.raw.destroy();
    }
  }

  /** False = it has left already. */
  #leave(waiting: Waiting): boolean {
    if (!this.#waiting.delete(waiting)) return false;
    this.#timer.drop(waiting.deadline);
    const left = this.#perAddress.get(waiting.address)! - 1;
    if (left > 0) this.#perAddress.set(waiting.address, left);
    else this.#perAddress.delete(waiting.address);
    return true;
  }

  /** The session, or why there is none; undefined = more has to come. */
  #judge(
    reader: FrameReader,
    received: Buffer[],
    socket: Socket,
  ): FixConnection | string | undefined {
    const { logonBytesMax } = this.#parts.limits;
    const chunk = received.at(-1)!;
    const garbled = reader.garbled;
    let first: FixMessage | undefined;
    reader.push(chunk, (frame) => {
      first ??= parseMessage(frame);
    });
    if (first !== undefined) {
      if (first.msgType === MsgType.Logon) return this.#parts.sessionOf(first, socket);
      return `a connection began with 35=${printable(first.msgType)}, not a Logon`;
    }
    const bytes = received.reduce((sum, { length }) => sum + length, 0);
    if (bytes > logonBytesMax) return `a connection sent ${bytes} bytes and no Logon`;
    const isFix = reader.garbled === garbled && !endsInTrailer(chunk);
    return isFix ? undefined : 'a connection sent bytes that are no FIX message';
  }
}

/** A stranger's text for people: one line, not too long. */
export function printable(text: string): string {
  const plain = text.replaceAll(/[^ -~]/g, '?');
  return plain.length > 64 ? `${plain.slice(0, 64)}…` : plain;
}

/**
 * A CheckSum field at the end, and still no message: its BodyLength is wrong, nothing more will
 * come.
 */
const endsInTrailer = (chunk: Buffer): boolean =>
  chunk.at(-1) === SOH && TRAILER.test(chunk.subarray(-TRAILER_BYTES, -1).toString('latin1'));
