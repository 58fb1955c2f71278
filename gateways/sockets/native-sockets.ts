/**
 * HOT: the addon's sockets on one thread, and who drives them: turn after turn, with Node's event loop in
 * between, as soon as it has something to do and at least once a lap. No allocation per turn.
 */
import { getSystemErrorName } from 'node:util';
import type { NativeModule, SocketBuffers, SocketLoop, TlsClient } from '../../native/index.ts';
import type { Memory } from '../../wasm/memory.ts';
import * as N from '../../wasm/native-layout.ts';
import { NativeTls } from './native-tls.ts';

/** While there is always something to do, Node's event loop waits this long for its turn. */
const LAP_NS = 1_000_000;
const NS_PER_US = 1000;
const NS_PER_MS = 1_000_000;
const NO_SLOT = -1;

/** Node keeps its immediates in a list; null = there is none before, none behind. */
interface Linked {
  readonly _idlePrev: unknown;
  readonly _idleNext: unknown;
}

/**
 * Who is told what has become of a socket: SOCKET_EVENT_* bits. A promise that it resolves when bytes come may
 * wait for the end of the turn that follows, settings.waitMs.
 */
export interface NativeSocketOwner {
  onEvents(events: number): void;
}

export interface NativeTarget {
  /** Numeric. */
  readonly address: string;
  readonly port: number;
  /** Our own address, where the machine has several. */
  readonly from: string | undefined;
  /** undefined = in the clear. */
  readonly secure: TlsClient | undefined;
}

export interface NativeSocketSettings {
  /** The thread polls so long after the last activity, then it blocks. */
  readonly spinUs: number;
  /** Once it has lost its core while it polled, it blocks at once for this time; 0 = it polls on. */
  readonly yieldMs: number;
  /** A turn that finds nothing ends after this time. */
  readonly waitMs: number;
  /** SO_BUSY_POLL of each socket; 0 = off. */
  readonly busyPollUs: number;
  readonly log: (text: string) => void;
}

export class NativeSockets {
  readonly memory: Memory;
  /** undefined = the addon is built without. */
  readonly tls: NativeTls | undefined;
  readonly #loop: SocketLoop;
  readonly #turn: () => number;
  readonly #sendNow: (slot: number) => void;
  readonly #owners: (NativeSocketOwner | undefined)[] = new Array(N.SOCKETS_MAX).fill(undefined);
  /** CLOCK_MONOTONIC when performance.now() was 0. */
  readonly #originNs: number;
  readonly #settings: NativeSocketSettings;
  #count = 0;
  #lap: NodeJS.Immediate | undefined;
  /** Since Node's event loop had its turn nothing has happened but that bytes came. */
  #isPlain = false;

  constructor(native: NativeModule, memory: Memory, settings: NativeSocketSettings) {
    this.memory = memory;
    this.tls = native.TlsClient === undefined ? undefined : new NativeTls(native.TlsClient);
    this.#settings = settings;
    this.#loop = new native.SocketLoop(memory.bytes);
    this.#turn = this.#loop.turnFunction();
    this.#sendNow = this.#loop.sendFunction();
    this.#originNs = Number(process.hrtime.bigint()) - performance.now() * NS_PER_MS;
    memory.setI64(N.SLO_SPIN_NS, settings.spinUs * NS_PER_US);
    memory.setI64(N.SLO_YIELD_NS, settings.yieldMs * NS_PER_MS);
    memory.setI64(N.SLO_WAIT_NS, settings.waitMs * NS_PER_MS);
  }

  /** A slot for a new socket; throws where there is none. */
  freeSlot(): number {
    const slot = this.#owners.indexOf(undefined);
    if (slot === NO_SLOT) throw new Error(`all ${N.SOCKETS_MAX} sockets are in use`);
    return slot;
  }

  /** undefined = under way, else why not: a name of the system's (ECONNREFUSED). */
  connect(
    slot: number,
    owner: NativeSocketOwner,
    to: NativeTarget,
    buffers: SocketBuffers,
  ): string | undefined {
    const { address, port, from, secure } = to;
    const errno =
      secure === undefined
        ? this.#loop.connect(slot, address, port, from, buffers)
        : this.#loop.connectSecure(slot, address, port, from, buffers, secure);
    return this.#own(slot, owner, errno);
  }

  /** The peer of a connection with TLS is whom we wanted. */
  admit(slot: number): void {
    this.#loop.admit(slot);
  }

  /** Of the peer (DER), once TLS stands. */
  peerCertificate(slot: number): Uint8Array {
    return this.#loop.peerCertificate(slot)!;
  }

  listen(slot: number, owner: NativeSocketOwner, address: string, port: number, backlog: number) {
    return this.#own(slot, owner, this.#loop.listen(slot, address, port, backlog));
  }

  /** EAGAIN = nobody waits any more. */
  accept(listener: number, slot: number, owner: NativeSocketOwner, buffers: SocketBuffers) {
    const errno = this.#loop.accept(listener, slot, buffers);
    return this.#own(slot, owner, errno) ?? this.#busyPoll(slot);
  }

  localPort(slot: number): number {
    return this.#loop.localPort(slot);
  }

  /** Sends what lies in TX; what the kernel does not take yet leaves with a later turn. */
  flush(slot: number): void {
    this.#sendNow(slot);
  }

  end(slot: number): void {
    this.#loop.end(slot);
  }

  close(slot: number): void {
    if (this.#owners[slot] === undefined) return;
    this.#loop.close(slot);
    this.#owners[slot] = undefined;
    if (--this.#count > 0) return;
    clearImmediate(this.#lap);
    this.#lap = undefined;
  }

  /** Why a socket has failed. */
  errorOf(slot: number): string {
    const errno = this.memory.i32(rowOf(slot) + N.SOC_ERRNO);
    return errno === N.SOCKET_ERRNO_TLS ? this.#loop.tlsProblem(slot)! : errorName(errno);
  }

  /** Writes down when the last bytes came, as performance.now() counts, in nanoseconds (f64). */
  noteReceived(slot: number, address: number): void {
    const receivedNs = this.memory.i64(rowOf(slot) + N.SOC_RECEIVED_MONO_NS) - this.#originNs;
    this.memory.setF64(address, receivedNs);
  }

  /** Likewise when bytes were handed over last. */
  noteSent(slot: number, address: number): void {
    const sentNs = this.memory.i64(rowOf(slot) + N.SOC_SENT_MONO_NS) - this.#originNs;
    this.memory.setF64(address, sentNs);
  }

  isOpen(slot: number): boolean {
    return this.memory.i32(rowOf(slot) + N.SOC_STATE) === N.SOCKET_OPEN;
  }

  dispose(): void {
    for (let slot = 0; slot < N.SOCKETS_MAX; slot++) this.close(slot);
    this.#loop.dispose();
  }

  #own(slot: number, owner: NativeSocketOwner, errno: number): string | undefined {
    if (errno !== 0) return errorName(errno);
    this.#owners[slot] = owner;
    this.#count++;
    this.#lap ??= setImmediate(this.#runLap);
    return undefined;
  }

  /** The connection does without where the system does not let us. */
  #busyPoll(slot: number): undefined {
    const { busyPollUs, log } = this.#settings;
    if (busyPollUs === 0) return;
    const errno = this.#loop.busyPoll(slot, busyPollUs);
    if (errno !== 0) log(`SO_BUSY_POLL of ${busyPollUs} us: ${errorName(errno)}`);
  }

  /** Called by Node's event loop, which gets its turn again when it wants one, and once a lap at least. */
  readonly #runLap = (): void => {
    const own = this.#lap as unknown as Linked;
    // Before the rest: whatever is thrown below, the sockets are driven on.
    const next = setImmediate(this.#runLap);
    this.#lap = next;
    let flags = this.#turnAfter(own, next as unknown as Linked);
    const endNs = this.memory.i64(N.SLO_MONO_NS) + LAP_NS;
    while ((flags & N.TURN_READY) !== 0) {
      this.#tell();
      if (flags !== N.TURN_READY) this.#isPlain = false;
      const isOver = this.memory.i64(N.SLO_MONO_NS) >= endNs || this.#count === 0;
      if (isOver || !this.#isPlain) return;
      flags = this.#turnAfter(own, next as unknown as Linked);
    }
    this.#isPlain = flags === 0;
  };

  /** Blocks only where nothing was left with Node that the addon does not see: its immediates, new sockets. */
  #turnAfter(own: Linked, next: Linked): number {
    const isAlone = own._idleNext === null && next._idlePrev === null && next._idleNext === null;
    this.memory.setI32(N.SLO_MAY_BLOCK, this.#isPlain && isAlone ? 1 : 0);
    return this.#turn();
  }

  #tell(): void {
    this.#isPlain = true;
    this.#tellSome(0, this.memory.i32(N.SLO_READY_LOW));
    this.#tellSome(32, this.memory.i32(N.SLO_READY_HIGH));
  }

  #tellSome(first: number, ready: number): void {
    for (let left = ready; left !== 0; left &= left - 1) {
      const slot = first + 31 - Math.clz32(left & -left);
      const events = this.memory.i32(rowOf(slot) + N.SOC_EVENTS);
      if (events !== N.SOCKET_EVENT_READABLE) this.#isPlain = false;
      this.#owners[slot]?.onEvents(events);
    }
  }
}

const rowOf = (slot: number): number => N.SOCKET_ROWS + slot * N.SOCKET_ROW_BYTES;

const errorName = (errno: number): string => getSystemErrorName(-errno);
