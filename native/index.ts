/**
 * The addon as TypeScript sees it, or why there is none. It is optional: without it the same core runs over
 * Node's sockets. GYRFALCON_NATIVE=off leaves it out whatever is there.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { NATIVE_LAYOUT_VERSION } from '../wasm/native-layout.ts';

/** Bytes of the shared WebAssembly memory: a view over all of it. */
export type SharedBytes = Uint8Array<SharedArrayBuffer>;

/** Where the bytes of a socket lie: addresses in the shared memory. */
export interface SocketBuffers {
  readonly rx: number;
  readonly rxBytes: number;
  /** |start i32|end i32| of what is unread in RX. */
  readonly rxWords: number;
  readonly tx: number;
  readonly txBytes: number;
  /** |end i32|: what lies in TX is to be sent, and goes from there when it has been. */
  readonly txWords: number;
}

/** What we prove and whom we believe when we connect with TLS; PEM all of it. */
export interface TlsWish {
  /** The name or the address that the peer is asked for. */
  readonly name: string;
  readonly authorities: string;
  /** Ours, then those that lead to its authority; '' = we show none. */
  readonly certificate: string;
  /** Not encrypted. */
  readonly key: string;
  /** Else 1.2, too. */
  readonly isTls13Only: boolean;
  /** OpenSSL's names; none = all that there are. */
  readonly ciphers: readonly string[];
}

/** A wish that was checked, for any number of connections. */
export interface TlsClient {
  readonly __tlsClient: never;
}

/**
 * The sockets of one thread's loop, in the memory map of wasm/native-layout.ts. Numbers that come back are
 * errno, 0 = done or under way. What a socket is told follows in SOC_EVENTS after a turn.
 */
export interface SocketLoop {
  connect(
    slot: number,
    address: string,
    port: number,
    from: string | undefined,
    buffers: SocketBuffers,
  ): number;
  /**
   * As connect, and SOCKET_EVENT_SECURED when the certificates of the peer are in order; only who `admit`s it then sends and
   * receives.
   */
  connectSecure(
    slot: number,
    address: string,
    port: number,
    from: string | undefined,
    buffers: SocketBuffers,
    client: TlsClient,
  ): number;
  admit(slot: number): void;
  /** Why TLS has failed, once SOC_ERRNO is SOCKET_ERRNO_TLS. */
  tlsProblem(slot: number): string | null;
  /** DER. */
  peerCertificate(slot: number): Uint8Array | null;
  listen(slot: number, address: string, port: number, backlog: number): number;
  accept(listener: number, slot: number, buffers: SocketBuffers): number;
  /** -1 = none. */
  localPort(slot: number): number;
  /** SO_BUSY_POLL in microseconds. */
  busyPoll(slot: number, us: number): number;
  /** Sends what is in TX, tells the peer that nothing follows, then SOCKET_EVENT_ENDED. */
  end(slot: number): void;
  /** At once: what was not sent is lost. */
  close(slot: number): void;
  /** Closes all; the memory is another loop's to take. */
  dispose(): void;
  /** HOT: sends what is in all TX, waits for something to do; TURN_* bits. */
  turnFunction(): () => number;
  /** HOT: sends what is in the TX of one socket now. */
  sendFunction(): (slot: number) => void;
}

export interface NativeModule {
  /** Throws where another loop has this memory's sockets. */
  readonly SocketLoop: new (
    view: SharedBytes,
  ) => SocketLoop;
  /** undefined = built without TLS. Throws where the wish cannot be met, with a text that says what to do. */
  readonly TlsClient: (new (wish: TlsWish) => TlsClient) | undefined;
  /** Any thread: the turn of the loop on this memory ends, and its thread looks at its messages. */
  wakeLoop(view: SharedBytes): void;
  /** Control thread: takes the send lock of a session; false = not within this time. */
  lockSession(view: SharedBytes, slot: number, waitMs: number): boolean;
  /**
   * Control thread, under the lock: sends all that lies in the session's TX. Bytes left after this time,
   * or -errno.
   */
  sendLocked(view: SharedBytes, slot: number, waitMs: number): number;
  unlockSession(view: SharedBytes, slot: number): void;
  /** HOT: the function reads the system's clocks into CLOCK_MONO_NS and CLOCK_REAL_NS. */
  clockFunction(view: SharedBytes): () => void;
  /** The processor has an instruction for it. */
  hasCrc32c(): boolean;
  /**
   * Puts their CRC-32C into the journal records in `length` bytes at `at`, one behind the other; returns the
   * chain of (chain before, CRC-32C) over them. Throws where the bytes are no whole records.
   */
  sealRecords(view: SharedBytes, at: number, length: number, chain: number): number;
  /** The cores that this thread may run on. */
  coresAvailable(): number[];
  /** This thread runs on this core alone; throws where that is not possible. */
  pinThread(core: number): void;
  /** The process's other threads leave this core, as far as they have another one; how many did. */
  keepCore(core: number): number;
  /** NATIVE_LAYOUT_VERSION that the addon was built with. */
  layoutVersion(): number;
  /**
   * Linux: puts the first `bytes` of the file at `path` (in /dev/shm) under the view's bytes from `offset` on,
   * whole pages both. Throws where that is not possible, where the file is shorter, and where the range has a
   * file already.
   */
  mapShared(view: SharedBytes, offset: number, bytes: number, path: string): void;
  /** Linux: zeros of the process's own under a range that mapShared has mapped; the file keeps its bytes. */
  unmapShared(view: SharedBytes, offset: number, bytes: number): void;
}

export type NativeLoad =
  | { readonly module: NativeModule; readonly reason: undefined }
  | { readonly module: undefined; readonly reason: string };

const FILE = fileURLToPath(new URL('../build/native.node', import.meta.url));

let loaded: NativeLoad | undefined;

/** Loads the addon once a thread. */
export function loadNative(): NativeLoad {
  loaded ??= load();
  return loaded;
}

function load(): NativeLoad {
  if (process.env.GYRFALCON_NATIVE === 'off') return without('GYRFALCON_NATIVE=off');
  if (process.platform !== 'linux')
    return without(`the addon is for Linux, not ${process.platform}`);
  if (!existsSync(FILE)) return without('the addon is not built');
  try {
    const module = createRequire(import.meta.url)(FILE) as NativeModule;
    if (module.layoutVersion() === NATIVE_LAYOUT_VERSION) return { module, reason: undefined };
    return without('the addon is of another version: `npm start` builds it again');
  } catch (error) {
    return without(`the addon does not load: ${(error as Error).message}`);
  }
}

const without = (reason: string): NativeLoad => ({ module: undefined, reason });
