/** For tests: the two kinds of sockets that a session can run over; the addon's where it is built. */
import { loadNative } from '../../native/index.ts';

const { reason } = loadNative();

export const SOCKET_KINDS = [
  { sockets: "over Node's sockets", isNative: false, isMissing: false },
  {
    sockets: `over the addon's sockets${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    isNative: true,
    isMissing: reason !== undefined,
  },
] as const;
