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

export interface NativeModule {
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
