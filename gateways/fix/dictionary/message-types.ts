/**
 * The types of messages by FIX version and name, out of what scripts/build-dictionaries.mjs
 * generates from the same dictionaries; and how a value of each datatype is typed.
 */
import type * as Fix42 from '../../../build/dictionaries/fix42.d.ts';
import type * as Fix44 from '../../../build/dictionaries/fix44.d.ts';
import type * as Fix50Sp2 from '../../../build/dictionaries/fix50sp2.d.ts';
import type { FixVersion } from '../version.ts';
import { type FieldType, isMultipleValue } from './field-format.ts';

interface Bodies {
  'FIX.4.2': Fix42.Messages;
  'FIX.4.4': Fix44.Messages;
  'FIX.5.0SP2': Fix50Sp2.Messages;
}

interface Surrounds {
  'FIX.4.2': Fix42.Header & Fix42.Trailer;
  'FIX.4.4': Fix44.Header & Fix44.Trailer;
  'FIX.5.0SP2': Fix50Sp2.Header & Fix50Sp2.Trailer;
}

export type MessageName<V extends FixVersion> = keyof Bodies[V] & string;

/** What a message says, without header and trailer. */
export type MessageBody<V extends FixVersion, M extends MessageName<V>> = Bodies[V][M];

export type MessageView<V extends FixVersion, M extends MessageName<V>> = Surrounds[V] &
  Bodies[V][M] & {
    /** Everything that the message says, by name. */
    toJSON(): Readonly<Record<string, unknown>>;
  };

/** How a field's value is typed; groups are arrays of their entries. */
export type ValueKind = 'number' | 'boolean' | 'list' | 'text';

const NUMBERS: ReadonlySet<FieldType> = new Set<FieldType>([
  'AMT',
  'DAYOFMONTH',
  'FLOAT',
  'INT',
  'LENGTH',
  'NUMINGROUP',
  'PERCENTAGE',
  'PRICE',
  'PRICEOFFSET',
  'QTY',
  'SEQNUM',
  'TAGNUM',
]);

export function valueKind(type: FieldType): ValueKind {
  if (NUMBERS.has(type)) return 'number';
  if (type === 'BOOLEAN') return 'boolean';
  return isMultipleValue(type) ? 'list' : 'text';
}
