/** The names that a peer's certificate shows, and whether one of them is among those allowed. */
import type { X509Certificate } from 'node:crypto';

const COMMON_NAME = /^CN=(.*)$/gm;
/** "DNS:a.example", "URI:\"x, y\"": a value with a comma stands in quotes, as JSON. */
const ALTERNATIVE = /(?:^|, )(DNS|IP Address|email|URI):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** CN and SAN, as the certificate writes them. */
export function namesOf(certificate: X509Certificate): string[] {
  const names = [...certificate.subject.matchAll(COMMON_NAME)].map(([, name]) => name!);
  for (const [, , value] of (certificate.subjectAltName ?? '').matchAll(ALTERNATIVE)) {
    names.push(value!.startsWith('"') ? (JSON.parse(value!) as string) : value!);
  }
  return names;
}

/** Why a certificate's names do not do; undefined = one does. Upper and lower case are one. */
export function nameProblem(
  certificate: X509Certificate | undefined,
  allowed: readonly string[],
): string | undefined {
  if (allowed.length === 0) return undefined;
  if (certificate === undefined) return 'it showed no certificate';
  const wanted = new Set(allowed.map((name) => name.toLowerCase()));
  const names = namesOf(certificate);
  if (names.some((name) => wanted.has(name.toLowerCase()))) return undefined;
  const shown = names.length === 0 ? 'no name' : names.join(', ');
  return `its certificate is for ${shown}; allowed are ${allowed.join(', ')}`;
}
