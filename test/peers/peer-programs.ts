/** How the peers are started, one against the other, in a folder of the test's own. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FixVersion } from '../../gateways/fix/version.ts';
import { freePort } from '../support/free-port.ts';
import { type PeerOptions, peerArguments } from './peer-options.ts';
import type { PeerProgram } from './peer-side.ts';

const OUR_PEER = fileURLToPath(new URL('our-peer.ts', import.meta.url));
const PACE = { rate: 1000, lingerUs: 200, heartbeatS: 30 };

export interface Match {
  readonly version: FixVersion;
  readonly ourRole: 'acceptor' | 'initiator';
  readonly orders: number;
  /** Both sides keep their memories in here. */
  readonly folder: string;
}

export interface Sides {
  readonly acceptor: PeerProgram;
  readonly initiator: PeerProgram;
}

/** Ours and the other, which is started with the options that it is given. */
export async function sidesOf(
  match: Match,
  other: (options: PeerOptions) => PeerProgram,
): Promise<Sides> {
  const { version, ourRole, orders, folder } = match;
  const common = { host: '127.0.0.1', port: await freePort(), version, orders, ...PACE };
  const store = (name: string): string => join(folder, `${version}-${ourRole}-${name}`);
  const ours = nodeProgram('we', OUR_PEER, {
    ...common,
    role: ourRole,
    sender: 'US',
    target: 'PEER',
    store: store('us'),
  });
  const theirs = other({
    ...common,
    role: ourRole === 'acceptor' ? 'initiator' : 'acceptor',
    sender: 'PEER',
    target: 'US',
    store: store('peer'),
  });
  return ourRole === 'acceptor'
    ? { acceptor: ours, initiator: theirs }
    : { acceptor: theirs, initiator: ours };
}

/** A peer that runs in Node. */
export function nodeProgram(name: string, file: string, options: PeerOptions): PeerProgram {
  const quiet = '--disable-warning=ExperimentalWarning';
  const args = [quiet, file, ...peerArguments(options)];
  return { name, command: process.execPath, args, isOrdered: true };
}
