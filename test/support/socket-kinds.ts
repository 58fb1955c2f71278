/** For tests: the kinds of sockets that a session can run over; the addon's where it is built. */
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

/** Each in the clear and with TLS; an addon that is built without TLS has it over Node's sockets. */
export const LINK_KINDS = SOCKET_KINDS.flatMap((kind) => [
  { ...kind, isSecure: false },
  { ...kind, sockets: `${kind.sockets}, with TLS`, isSecure: true },
]);
