/** TLS of the connecting side: starts it, and judges whether the peer is whom we wanted. */
import { X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { nameProblem } from './tls-names.ts';
import { contextOptions, type TlsSettings } from './tls-settings.ts';

/** Emits 'secureConnect' when the peer has proved who it is; else 'error', then 'close'. */
export function connectTls(target: net.TcpNetConnectOpts, settings: TlsSettings): tls.TLSSocket {
  const { peerNames, serverName } = settings;
  const name = serverName ?? target.host ?? '';
  return tls.connect({
    ...target,
    ...contextOptions(settings),
    // A name is shown to the peer so that it can choose its certificate; an address is none.
    ...(net.isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_, certificate) => {
      if (peerNames.length === 0) return tls.checkServerIdentity(name, certificate);
      const problem = nameProblem(new X509Certificate(certificate.raw), peerNames);
      return problem === undefined ? undefined : new Error(problem);
    },
  });
}
