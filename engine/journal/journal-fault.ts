/** What is said when a journal cannot be written: the system's word and what to do about it. */
import { GyrfalconError } from '../errors.ts';

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const codeOf = (cause: unknown): string => (cause as NodeJS.ErrnoException).code ?? 'unknown error';

export const isDiskFull = (cause: unknown): boolean => FULL.has(codeOf(cause));

export function journalWriteFault(directory: string, cause: unknown): GyrfalconError {
  const code = codeOf(cause);
  const hint = isDiskFull(cause)
    ? 'make room on the disk, then start again'
    : 'check the disk, then start again';
  return new GyrfalconError(
    'JOURNAL_WRITE_FAILED',
    `the journal ${directory} cannot be written (${code}): ${hint}; ` +
      'no order leaves without it',
    { directory, code },
    cause,
  );
}
