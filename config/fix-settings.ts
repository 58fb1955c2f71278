/**
 * The shape of a file of FIX sessions outside the engine (config/fix/*.yaml): where an acceptor
 * listens, and the sessions. Loaded by gateways/fix/settings/load-fix-settings.ts; published as
 * JSON Schema (scripts/build-config-schema.mjs).
 */
import { z } from 'zod';
import { acceptorShape, addressListSchema, initiatorShape, overlaySchema } from './fix-session.ts';
import { serverTlsSchema } from './fix-tls.ts';

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/)
  .describe('a name of letters, digits, . _ - (at most 31)');
/** = MESSAGE_BYTES_MAX of wasm/layout.ts, which config may not import; a test compares the two. */
export const MESSAGE_BYTES_CAP = 131_072;
const count = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const seconds = z.number().int().min(1).max(3600);
/** So many a second, and so many at once after a pause. */
const pace = z.strictObject({ perS: count, burst: count });

/** What a peer may do, known or not, and where that ends: gateways/fix/transport/transport-limits.ts. */
const limitsSchema = z.strictObject({
  traffic: z.strictObject({
    /** A longer message: disconnected. */
    messageBytesMax: count.max(MESSAGE_BYTES_CAP),
    /** From its first byte to its last. */
    messageS: seconds,
    messages: pace,
    resendRequests: pace,
    testRequests: pace,
    /** Who is ahead of a pace is read more slowly; who stays so for this long: disconnected. */
    aheadS: seconds,
    /** Pieces of garbage, and their bytes, with no message between them. */
    garbledRunsMax: count,
    garbledBytesMax: count,
    /** What one session is read in one go, before the others get their turn. */
    turnMessages: count,
    turnBytes: count,
  }),
  gate: z.strictObject({
    /** Connections without a Logon; of one address. */
    waitingMax: count,
    waitingPerAddressMax: count,
    /** From the connection to its whole Logon, the TLS handshake included. */
    logonWaitS: seconds,
    handshakeS: seconds,
    logonBytesMax: count,
  }),
});

const listenerSchema = z.strictObject({
  host: z
    .string()
    .regex(/^[\x21-\x7e]{1,253}$/)
    .describe('the address to listen on: 127.0.0.1 for this machine alone, 0.0.0.0 for all'),
  /** 0 = any free one. */
  port: z.number().int().min(0).max(65535),
  tls: serverTlsSchema.nullable(),
  /** Who may connect at all, before a byte is read. */
  allowAddresses: addressListSchema.nullable(),
  limits: limitsSchema,
});

const initiatorSchema = z.strictObject({
  name,
  role: z.literal('initiator'),
  ...initiatorShape,
});
const acceptorSchema = z.strictObject({ name, role: z.literal('acceptor'), ...acceptorShape });
const sessions = z.array(z.discriminatedUnion('role', [initiatorSchema, acceptorSchema]));

export const fixSettingsSchema = z.strictObject({
  /** null = none of the sessions is an acceptor's. */
  acceptor: listenerSchema.nullable(),
  /** A peer that leaves more than this unread is disconnected. */
  pendingBytesMax: count,
  /** Sent messages that each session keeps for resends. */
  resendMessagesMax: count,
  sessions: sessions.min(1).max(1000),
});

const overlay = overlaySchema.or(
  z
    .string()
    .regex(/^[A-Za-z0-9._/-]+\.yaml$/)
    .describe('a .yaml file, relative to the folder of this one'),
);

/** The file on disk: as fixSettingsSchema, but overlays may be named by file. */
export const fixSettingsFileSchema = fixSettingsSchema.extend({
  sessions: z.array(
    z.discriminatedUnion('role', [
      initiatorSchema.extend({ overlay }),
      acceptorSchema.extend({ overlay }),
    ]),
  ),
});

export type FixSettingsConfig = z.infer<typeof fixSettingsSchema>;
