/**
 * The FIX versions that a session speaks, and what differs between them at session level. From FIX
 * 5.0 on the transport has a version of its own: BeginString says FIXT.1.1, and the application
 * version is agreed in the Logon (DefaultApplVerID).
 */
export const FIX_VERSIONS = ['FIX.4.2', 'FIX.4.4', 'FIX.5.0SP2'] as const;
export type FixVersion = (typeof FIX_VERSIONS)[number];

interface VersionTraits {
  readonly beginString: string;
  /** DefaultApplVerID (1137) of the Logon; undefined before FIXT. */
  readonly applVerId: string | undefined;
  /** Largest SessionRejectReason (373) that the version defines. */
  readonly rejectReasonMax: number;
}

export const VERSION_TRAITS: Readonly<Record<FixVersion, VersionTraits>> = {
  'FIX.4.2': { beginString: 'FIX.4.2', applVerId: undefined, rejectReasonMax: 11 },
  'FIX.4.4': { beginString: 'FIX.4.4', applVerId: undefined, rejectReasonMax: 17 },
  'FIX.5.0SP2': { beginString: 'FIXT.1.1', applVerId: '9', rejectReasonMax: 18 },
};

export const beginStringOf = (version: FixVersion): string => VERSION_TRAITS[version].beginString;
