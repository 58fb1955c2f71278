/**
 * The settings of one FIX session, the same for a venue of the engine and for a session outside it
 * (gateways/fix/settings). Strict, no hidden defaults: every key stands in the file.
 */
import { z } from 'zod';
import { acceptorLogonSchema, initiatorLogonSchema } from './fix-logon.ts';
import { fixScheduleSchema } from './fix-schedule.ts';
import { certificateNames, clientTlsSchema } from './fix-tls.ts';
import { FIX_VERSIONS } from './fix-version.ts';

/** Of a session's either side. */
export const compId = z
  .string()
  .regex(/^[A-Za-z0-9][\x21-\x7e]{0,62}$/)
  .describe('an identifier of printable ASCII without blanks, at most 63');
const host = z
  .string()
  .regex(/^[\x21-\x7e]{1,253}$/)
  .describe('a host name or an IP address');
/** Node.js takes no name here. */
const ownAddress = z
  .union([z.ipv4(), z.ipv6()])
  .describe('an IP address of this machine, such as 10.1.2.3');
const port = z.number().int().min(0).max(65535);
const msgType = z
  .string()
  .regex(/^(\*|[A-Za-z0-9]{1,8})$/)
  .describe('a MsgType (35), such as D, or "*" for all that are not named');

/** Header fields of every message of ours, by the standard's name in our spelling. */
export const HEADER_FIELD_TAGS = {
  senderSubId: 50,
  targetSubId: 57,
  senderLocationId: 142,
  targetLocationId: 143,
} as const;
/** A key of `header`. */
export type FixHeaderField = keyof typeof HEADER_FIELD_TAGS;
const headerField = z.enum(Object.keys(HEADER_FIELD_TAGS) as FixHeaderField[]);

export const addressListSchema = z
  .array(
    z
      .string()
      .regex(/^[0-9A-Fa-f.:]+(\/\d{1,3})?$/)
      .describe('an IP address or a block of them, such as 10.0.0.0/8'),
  )
  .min(1)
  .describe('a list of IP addresses and blocks of them, such as [10.0.0.0/8]');

const strictness = z.enum(['strict', 'lenient']);

/** Which findings of the dictionary refuse a message; what is not named here always does. */
const validationSchema = z.strictObject({
  /** Header, body and trailer each stand together, in this order. */
  fieldsOutOfOrder: strictness,
  /** No field is empty. */
  fieldsHaveValues: strictness,
  /** Tags from 5000 on are in the dictionary or the overlay, and in the message. */
  userDefinedFields: strictness,
  /** Tags below 5000 are. */
  unknownFields: strictness,
  /** A field with listed values has one of them. */
  enumerations: strictness,
  /** The fields of a group's entry stand in the order of the dictionary. */
  groupFieldsOutOfOrder: strictness,
});

const resendSchema = z.strictObject({
  /** Pace of one resend; a batch of it leaves without a pause. */
  messagesPerS: z.number().int().min(1).max(1_000_000),
  batchMessages: z.number().int().min(1).max(10_000),
  /** MsgType to the age in seconds from which it is not sent again but gap-filled; 0 = never again. */
  staleAfterS: z.record(msgType, z.number().int().min(0).max(86_400)),
});

/** Its own rules are those of gateways/fix/dictionary, which reads it. */
export const overlaySchema = z
  .record(z.string(), z.unknown())
  .nullable()
  .describe('a .yaml file, or null');

const sharedShape = {
  senderCompId: compId,
  targetCompId: compId,
  header: z.partialRecord(headerField, compId),
  /** Decimals of the second in the times that we write: 3 as FIX has it, 6 or 9 by agreement. */
  timestampDigits: z.union([z.literal(3), z.literal(6), z.literal(9)]),
  /** SendingTime may differ from our clock by this much, either way. */
  sendingTimeToleranceS: z.number().int().min(1).max(31_536_000),
  /** What the two sides say beyond their version: a file, relative to this one's folder, or null. */
  overlay: overlaySchema,
  validation: validationSchema,
  /** When the session may be logged on; numbers start at 1 with each window. null = always, never. */
  schedule: fixScheduleSchema.nullable(),
  resend: resendSchema,
  /** A ResendRequest asks for this many messages at most, chunk after chunk; 0 = all in one. */
  resendRequestMessagesMax: z.number().int().min(0).max(1_000_000),
  /** When both directions start at 1 again. */
  resetOn: z.strictObject({ logon: z.boolean(), logout: z.boolean(), disconnect: z.boolean() }),
  /** Both Logons say which number is expected next (789). */
  nextExpectedMsgSeqNum: z.boolean(),
  logonWaitS: z.number().int().min(1).max(600),
  /** For the answer to our Logout; then the connection is closed. */
  logoutWaitS: z.number().int().min(1).max(600),
};

/** A session that we begin: where it connects, and what it is. */
export const initiatorShape = {
  host,
  port,
  /** Tried in turn when the first does not answer. */
  backups: z.array(z.strictObject({ host, port })).max(8),
  /** The pause between two tries doubles from the first to the last. */
  reconnect: z.strictObject({
    minMs: z.number().int().min(10).max(600_000),
    maxMs: z.number().int().min(10).max(600_000),
  }),
  /** A connection stands by then, or the next address is tried. */
  connectWaitS: z.number().int().min(1).max(600),
  /** Our own address, where the machine has several; null = any. */
  bindHost: ownAddress.nullable(),
  tls: clientTlsSchema.nullable(),
  version: z.enum(FIX_VERSIONS),
  heartbeatS: z.number().int().min(1).max(3600),
  /** How we prove who we are; null = by the CompIDs alone. */
  logon: initiatorLogonSchema.nullable(),
  ...sharedShape,
};

/** A session that a peer begins. */
export const acceptorShape = {
  /** From where the peer may connect, beside what the acceptor allows; null = from anywhere. */
  allowAddresses: addressListSchema.nullable(),
  /** One of these names (CN or SAN) must be in its certificate; [] = any that is trusted. */
  certificateNames,
  version: z.enum(FIX_VERSIONS),
  /** How the peer proves who it is; null = by its CompIDs alone. */
  logon: acceptorLogonSchema.nullable(),
  ...sharedShape,
};

const initiatorSchema = z.strictObject(initiatorShape);
const acceptorSchema = z.strictObject(acceptorShape);

/** One session, wherever its settings stand. */
export type FixSessionSettings = { readonly name: string } & (
  | ({ readonly role: 'initiator' } & z.infer<typeof initiatorSchema>)
  | ({ readonly role: 'acceptor' } & z.infer<typeof acceptorSchema>)
);
