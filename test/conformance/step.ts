/**
 * What a scenario file says, as the player carries it out: the steps of one version in order, with
 * blocks already spelt out. README.md beside this file describes how they are written.
 */
import type { FixVersion } from '../../gateways/fix/version.ts';

/** How a value is written in a scenario; it becomes text only when the step runs. */
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  /** UTC, whole seconds, one reading of the clock a message. */
  | { readonly kind: 'now'; readonly offsetMs: number }
  /** BodyLength and CheckSum: the right number, and so much more. */
  | { readonly kind: 'count'; readonly offset: number }
  /** The SendingTime under which the subject first sent its message of this number. */
  | { readonly kind: 'sent'; readonly msgSeqNum: number }
  /** The value of this field in the last message of the subject. */
  | { readonly kind: 'received'; readonly name: string }
  /** Expected only: the field is there. */
  | { readonly kind: 'any' };

/** `tag` is text: a scenario may send tags that no number can hold. */
export interface FieldSpec {
  readonly tag: string;
  /** Undefined: the name alone, for the usual value at this place. */
  readonly value: Value | undefined;
}

export interface Draft {
  /** MsgType; undefined where the fields say it. */
  readonly msgType: string | undefined;
  readonly fields: readonly FieldSpec[];
  readonly without: readonly string[];
}

/** After the message that came before it on the same connection. */
export interface Timing {
  readonly notBeforeMs: number;
  /** Undefined: as long as the runner is patient. */
  readonly withinMs: number | undefined;
}

export type Action =
  | { readonly kind: 'connect' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'stop the subject' }
  | { readonly kind: 'send'; readonly draft: Draft; readonly share: 'whole' | 'half' | 'rest' }
  /** The fields in the order in which they stand, and no others. */
  | { readonly kind: 'send exactly'; readonly draft: Draft }
  | { readonly kind: 'send bytes'; readonly text: string }
  | {
      readonly kind: 'expect';
      readonly draft: Draft;
      readonly timing: Timing;
      /** Heartbeats that nobody asked for may come before it. */
      readonly isAfterHeartbeats: boolean;
    }
  | {
      readonly kind: 'expect echo';
      /** Numbers of our messages; undefined = the last one. */
      readonly of: { readonly first: number; readonly last: number } | undefined;
      readonly draft: Draft;
    }
  | { readonly kind: 'expect nothing'; readonly forMs: number }
  | { readonly kind: 'expect close'; readonly timing: Timing }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'count sent'; readonly from: number }
  | { readonly kind: 'count received'; readonly from: number }
  | { readonly kind: 'segment'; readonly at: 'begin' | 'end' }
  | { readonly kind: 'byte by byte'; readonly at: 'begin' | 'end' };

export interface Step {
  readonly line: number;
  /** As it stands in the file, placeholders filled in. */
  readonly text: string;
  /** Name of the connection; '' = the one without a name. */
  readonly connection: string;
  readonly action: Action;
}

export type Role = 'acceptor' | 'initiator';

export interface Scenario {
  /** The file's name without ending. */
  readonly name: string;
  readonly file: string;
  readonly rule: string;
  readonly source: string;
  /** Its name in the acceptance list; undefined = a behaviour beyond it. */
  readonly acceptance: string | undefined;
  readonly versions: readonly FixVersion[];
  /** Which side the subject is. */
  readonly role: Role;
  /** Settings of an initiator under test. */
  readonly subject: Readonly<Record<string, string>>;
  readonly steps: ReadonlyMap<FixVersion, readonly Step[]>;
}
