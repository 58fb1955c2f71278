/**
 * TLS of a FIX connection, as the configuration says it: who the other side must prove to be, and
 * what we prove. Files are found from where the program is started.
 */
import { z } from 'zod';
import { secretSchema } from './secret.ts';

const file = z.string().min(1).describe('a file name');
const minVersion = z.enum(['TLSv1.2', 'TLSv1.3']);

export const clientTlsSchema = z.strictObject({
  /** The name that the peer's certificate must show; null = the host. */
  serverName: z.string().min(1).nullable(),
  /** PEM of the authorities that may have signed it; null = those that Node.js knows. */
  authorities: file.nullable(),
  /** Our certificate (PEM) and its key, for a peer that asks; null = none. */
  certificate: file.nullable(),
  key: secretSchema.nullable(),
  minVersion,
});

export const serverTlsSchema = z.strictObject({
  certificate: file,
  key: secretSchema,
  /** A peer must show a certificate that one of these (PEM) signed; null = need not show one. */
  clientAuthorities: file.nullable(),
  minVersion,
});

export type ClientTlsConfig = z.infer<typeof clientTlsSchema>;
export type ServerTlsConfig = z.infer<typeof serverTlsSchema>;
