/**
 * How strictly a session judges messages by its dictionary: switches in the manner of QuickFIX's
 * ValidateFieldsOutOfOrder, ValidateFieldsHaveValues, ValidateUserDefinedFields,
 * AllowUnknownMsgFields and ValidateUnorderedGroupFields. What no switch names is always judged.
 */
export type Strictness = 'strict' | 'lenient';

export interface MessageRules {
  /** Header, body and trailer each stand together, in this order. */
  readonly fieldsOutOfOrder: Strictness;
  /** No field is empty. */
  readonly fieldsHaveValues: Strictness;
  /** Tags from 5000 on are in the dictionary, and in the message. */
  readonly userDefinedFields: Strictness;
  /** Tags below 5000 are in the dictionary, and in the message. */
  readonly unknownFields: Strictness;
  /** A field with listed values has one of them. */
  readonly enumerations: Strictness;
  /** The fields of a group's entry stand in the order of the dictionary. */
  readonly groupFieldsOutOfOrder: Strictness;
}

/** As an acceptor under certification judges. */
export const STRICT: MessageRules = {
  fieldsOutOfOrder: 'strict',
  fieldsHaveValues: 'strict',
  userDefinedFields: 'strict',
  unknownFields: 'strict',
  enumerations: 'strict',
  groupFieldsOutOfOrder: 'strict',
};

/** FIX leaves the tags from here on to the two sides of a session. */
export const FIRST_USER_TAG = 5000;
