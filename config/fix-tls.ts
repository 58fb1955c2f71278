/**
 * TLS of a FIX connection, as the configuration says it: whom the other side must prove to be, and
 * what we prove. Files are found from where the program is started and read again when they change
 * (gateways/fix/transport/tls-files.ts).
 */
import { z } from 'zod';
import { secretSchema } from './secret.ts';

const file = z.string().min(1).describe('a file name');
const shape = {
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']),
  /** OpenSSL's list of ciphers; null = the choice of Node.js. */
  ciphers: z.string().min(1).nullable(),
  /** Of an encrypted key; null = it is not encrypted. */
  passphrase: secretSchema.nullable(),
};
/** Names (CN or SAN) one of which the peer's certificate must show. */
export const certificateNames = z.array(z.string().min(1));

export const clientTlsSchema = z.strictObject({
  /** The name that the peer's certificate must show; null = the host. */
  serverName: z.string().min(1).nullable(),
  /** Instead of that name one of these; [] = that name. */
  peerNames: certificateNames,
  /** PEM of the authorities that may have signed it; null = those that Node.js knows. */
  authorities: file.nullable(),
  /** Our certificate (PEM) and its key, for a peer that asks; null = none. */
  certificate: file.nullable(),
  key: secretSchema.nullable(),
  ...shape,
});

export const serverTlsSchema = z.strictObject({
  /** PEM, and its key. */
  certificate: file,
  key: secretSchema,
  /** A peer must show a certificate that one of these (PEM) signed; null = need not show one. */
  clientAuthorities: file.nullable(),
  ...shape,
});

export type ClientTlsConfig = z.infer<typeof clientTlsSchema>;
export type ServerTlsConfig = z.infer<typeof serverTlsSchema>;
