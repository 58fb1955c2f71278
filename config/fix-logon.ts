/**
 * How the two sides of a FIX session prove who they are, as the configuration says it: what an
 * initiator puts into its Logon, what an acceptor asks of it. Carried out by
 * gateways/fix/settings/logon-proof.ts and logon-check.ts.
 */
import { z } from 'zod';
import { secretFileSchema, secretSchema } from './secret.ts';

const text = z
  .string()
  .regex(/^[^\p{Cc}]{1,255}$/u)
  .describe('text of 1 to 255 characters, in quotes where it looks like a number');

/** What a signature can be made over, besides further fields. */
const SIGNED_PARTS = [
  'SendingTime',
  'MsgType',
  'MsgSeqNum',
  'SenderCompID',
  'TargetCompID',
  'Username',
  'Password',
] as const;

const signedShape = {
  /** The venue's documentation says which, and in which order. */
  over: z
    .array(z.union([z.enum(SIGNED_PARTS), z.string().regex(/^[1-9]\d{0,4}$/)]))
    .min(1)
    .max(20)
    .describe(
      `a list of ${SIGNED_PARTS.join(', ')} and tags of further fields in quotes, in the order in ` +
        'which they are signed',
    ),
  /** What stands between them: the byte 1, or nothing. */
  separator: z.enum(['SOH', 'none']),
};

const hmacSchema = z.strictObject({
  algorithm: z.literal('hmac-sha256'),
  key: secretSchema,
  keyEncoding: z.enum(['text', 'base64', 'hex']),
  ...signedShape,
});

/** RawDataLength (95) and RawData (96) of the Logon; hmac-sha256 and ed25519 in base64. */
const signatureSchema = z.discriminatedUnion('algorithm', [
  hmacSchema,
  z.strictObject({
    algorithm: z.literal('ed25519'),
    /** A private key in PEM (PKCS#8). */
    key: secretSchema,
    ...signedShape,
  }),
  z.strictObject({
    algorithm: z.literal('module'),
    /** A module of yours that exports sign(parts); from where the program is started. */
    module: z.string().min(1),
    key: secretSchema.nullable(),
  }),
]);

export const initiatorLogonSchema = z.strictObject({
  /** Username (553). */
  username: text.nullable(),
  /** Password (554). */
  password: secretSchema.nullable(),
  /**
   * NewPassword (925): while this file exists the Logon asks for the change; once the peer has
   * accepted it, the new one replaces the old one in its file and this file goes.
   */
  newPassword: secretFileSchema.nullable(),
  /** Further fields by tag, such as { "8013": "Y" }. */
  fields: z.record(
    z
      .string()
      .regex(/^[1-9]\d{0,4}$/)
      .describe('a tag number in quotes, such as "8013"'),
    text,
  ),
  signature: signatureSchema.nullable(),
});

export const acceptorLogonSchema = z.strictObject({
  /** Username (553) that is expected. */
  username: text.nullable(),
  /** Password (554) as it is, or a hash of it that `gyrfalcon fix password` makes. */
  password: secretSchema.nullable(),
  /** The peer may change it (925): the password must be kept in a file. */
  isChangeable: z.boolean(),
  /** Days from the last change of its file after which it must be changed; null = never. */
  expiresDays: z.number().int().min(1).max(3650).nullable(),
  signature: z
    .discriminatedUnion('algorithm', [
      hmacSchema,
      z.strictObject({
        algorithm: z.literal('ed25519'),
        /** The peer's public key: the one line of its PEM file between BEGIN and END. */
        publicKey: z.base64().describe('a public key in base64 (SPKI)'),
        ...signedShape,
      }),
    ])
    .nullable(),
  /** So many refused Logons within the window lock the session until they are older than it. */
  lockout: z.strictObject({
    failuresMax: z.number().int().min(1).max(1000),
    windowS: z.number().int().min(1).max(86_400),
  }),
});

export type InitiatorLogonConfig = z.infer<typeof initiatorLogonSchema>;
export type AcceptorLogonConfig = z.infer<typeof acceptorLogonSchema>;
export type SignatureConfig = z.infer<typeof signatureSchema>;
export type SignatureCheckConfig = NonNullable<AcceptorLogonConfig['signature']>;
