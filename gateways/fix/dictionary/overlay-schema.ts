/**
 * What a counterparty says beyond the standard, as a YAML file has it: fields, values, messages,
 * and which fields are required. config/venues/sim-overlay.yaml is an example of it. Strict, no
 * hidden defaults.
 */
import { z } from 'zod';
import { FIX_VERSIONS } from '../version.ts';
import { DATATYPES, type FieldType } from './field-format.ts';

const TAG_MAX = 999_999;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

const tag = z.number().int().min(1).max(TAG_MAX);
const name = z.string().regex(NAME).describe('a name of letters, digits and _');
const values = z
  .record(
    z
      .string()
      .regex(/^[\x20-\x7e\xa0-\xff]+$/)
      .describe('a value without control characters'),
    z.string(),
  )
  .describe('values, each with its meaning');

/** A field of the standard takes further values or another type; a new one has name and type. */
const fieldSchema = z.strictObject({
  tag,
  name: name.optional(),
  type: z.enum(Object.keys(DATATYPES) as FieldType[]).optional(),
  /** A field that listed none takes these alone. */
  values: values.optional(),
  meaning: z.string().optional(),
});

/** A field in its place. `after`: the tag that it stands behind; without it, it stands last. */
const innermost = z.strictObject({ tag, required: z.boolean(), after: tag.optional() });
/** `fields`: what an entry holds, of a field that counts entries; the first of them begins one. */
const inner = innermost.extend({ fields: z.array(innermost).min(1).optional() });
const memberSchema = inner.extend({ fields: z.array(inner).min(1).optional() });

const messageSchema = z.strictObject({
  msgType: z
    .string()
    .regex(/^[A-Za-z0-9]{1,8}$/)
    .describe('a MsgType (35), such as U1'),
  name,
  /** Who sends it; for readers of the file. */
  from: z.enum(['engine', 'venue', 'both']).optional(),
  meaning: z.string().optional(),
  fields: z.array(memberSchema),
});

export const dictionaryOverlaySchema = z.strictObject({
  beginString: z.enum(['FIX.4.2', 'FIX.4.4', 'FIXT.1.1']),
  /** Where BeginString leaves it open. */
  version: z.enum(FIX_VERSIONS).optional(),
  fields: z.array(fieldSchema).optional(),
  /** Of every message. */
  header: z.array(memberSchema).optional(),
  messages: z.array(messageSchema).optional(),
});

export type Overlay = z.infer<typeof dictionaryOverlaySchema>;
export type OverlayField = z.infer<typeof fieldSchema>;
export type OverlayMember = z.infer<typeof memberSchema>;
export type OverlayMessage = z.infer<typeof messageSchema>;
