/**
 * The FIX versions that a session speaks, and the BeginString of each. From FIX 5.0 on the transport
 * has a version of its own, FIXT.1.1. What else differs stands in gateways/fix/version.ts.
 */
export const FIX_VERSIONS = ['FIX.4.2', 'FIX.4.4', 'FIX.5.0SP2'] as const;
export type FixVersion = (typeof FIX_VERSIONS)[number];

const BEGIN_STRINGS: Readonly<Record<FixVersion, string>> = {
  'FIX.4.2': 'FIX.4.2',
  'FIX.4.4': 'FIX.4.4',
  'FIX.5.0SP2': 'FIXT.1.1',
};

export const beginStringOf = (version: FixVersion): string => BEGIN_STRINGS[version];
