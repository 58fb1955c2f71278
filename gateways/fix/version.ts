/** What differs between the FIX versions at session level, beyond their BeginString. */
import type { FixVersion } from '../../config/fix-version.ts';

export { beginStringOf, FIX_VERSIONS, type FixVersion } from '../../config/fix-version.ts';

interface VersionTraits {
  /** DefaultApplVerID (1137) of the Logon; undefined before FIXT. */
  readonly applVerId: string | undefined;
  /** Largest SessionRejectReason (373) that the version defines. */
  readonly rejectReasonMax: number;
}

export const VERSION_TRAITS: Readonly<Record<FixVersion, VersionTraits>> = {
  'FIX.4.2': { applVerId: undefined, rejectReasonMax: 11 },
  'FIX.4.4': { applVerId: undefined, rejectReasonMax: 17 },
  'FIX.5.0SP2': { applVerId: '9', rejectReasonMax: 18 },
};
