/** TLS of the connecting side: starts it, and judges whether the peer is whom we wanted. */
import { X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { nameProblem } from './tls-names.ts';
import { contextOptions, type TlsSettings } from './tls-settings.ts';

/** The name that the peer's certificate must show, unless there are peerNames. */
export const nameOfPeer = ({ serverName }: TlsSettings, host: string): string => serverName ?? host;

/** Why the peer is not whom we wanted, by the names in its certificate; undefined = it is. */
export function identityProblem(
  settings: TlsSettings,
  host: string,
  certificate: tls.PeerCertificate,
): Error | undefined {
  const { peerNames } = settings;
  if (peerNames.length === 0)
    return tls.checkServerIdentity(nameOfPeer(settings, host), certificate);
  const problem = nameProblem(new X509Certificate(certificate.raw), peerNames);
  return problem === undefined ? undefined : new Error(problem);
}

/** Emits 'secureConnect' when the peer has proved who it is; else 'error', then 'close'. */
export function connectTls(target: net.TcpNetConnectOpts, settings: TlsSettings): tls.TLSSocket {
  const host = target.host ?? '';
  const name = nameOfPeer(settings, host);
  return tls.connect({
    ...target,
    ...contextOptions(settings),
    // A name is shown to the peer so that it can choose its certificate; an address is none.
    ...(net.isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_, certificate) => identityProblem(settings, host, certificate),
  });
}
