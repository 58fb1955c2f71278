/** Acceptors under test: `gyrfalcon fix echo`, each a process of its own on a free port. */

import { FIX_VERSIONS, type FixVersion } from '../../gateways/fix/version.ts';
import { Gyrfalcon } from '../support/engine-process.ts';
import { failureOf, type Lane } from './lanes.ts';
import { Link } from './link.ts';
import { namesOf } from './names.ts';
import type { Subject } from './player.ts';

const HOST = '127.0.0.1';
/** The runner is TW, the acceptor ISLD. */
const COMP_IDS = ['TW', 'ISLD'] as const;

export interface EchoAcceptor {
  readonly port: number;
  stop(): Promise<unknown>;
}

export async function startEcho(): Promise<EchoAcceptor> {
  const process = new Gyrfalcon(['fix', 'echo', '--port', '0', '--json']);
  const port = Number((await process.says(/"port":(\d+)/))[1]);
  return { port, stop: () => process.stop() };
}

interface AcceptorAddress {
  readonly port: number;
  readonly host?: string;
  readonly patienceMs: number;
}

/** One lane a version. */
export function acceptorLanes(address: AcceptorAddress): readonly Lane[] {
  return FIX_VERSIONS.map((version) => ({
    takes: ({ scenario, version: wanted }) => scenario.role === 'acceptor' && wanted === version,
    play: (play) => failureOf(play, acceptorSubject(version, address)),
  }));
}

function acceptorSubject(version: FixVersion, address: AcceptorAddress): Subject {
  const { port, host = HOST, patienceMs } = address;
  const { dataTags } = namesOf(version).dictionary;
  return {
    compIds: COMP_IDS,
    patienceMs,
    open: () => Link.connect(port, host, dataTags),
    stop: () => {
      throw new Error('an acceptor under test cannot be stopped');
    },
  };
}
