/**
 * One writer a journal: a lock file that names its process. The lock of a process that is gone is
 * taken over. A process is known by its id and, on Linux, its boot and start time, because ids are
 * used again (in a container mostly the same one).
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GyrfalconError } from '../errors.ts';

const LOCK_NAME = 'journal.lock';

export interface JournalLock {
  /** The id of the dead process whose lock was taken over, 0 = there was none. */
  readonly takenOverFrom: number;
  release(): void;
}

export function lockJournal(directory: string): JournalLock {
  const file = join(directory, LOCK_NAME);
  const own = `${file}.${process.pid}`;
  const text = identity(process.pid);
  // Written aside and linked, so that the lock file is never seen half written.
  writeFileSync(own, text, { mode: 0o600 });
  try {
    const takenOverFrom = acquire(directory, file, own);
    return { takenOverFrom, release: () => release(file, text) };
  } finally {
    rmSync(own, { force: true });
  }
}

/** Refuses a journal that a living process writes. */
export function requireUnlockedJournal(directory: string): void {
  const holder = readText(join(directory, LOCK_NAME));
  const pid = Number.parseInt(holder, 10);
  if (holder !== '' && holder === identity(pid)) throw locked(directory, pid);
}

/** Gives a lock of this process free whose thread was ended and can no longer do it. */
export function releaseJournalOfEndedThread(directory: string): void {
  release(join(directory, LOCK_NAME), identity(process.pid));
}

function acquire(directory: string, file: string, own: string): number {
  if (tryLink(own, file)) return 0;
  const holder = readText(file);
  const pid = Number.parseInt(holder, 10);
  if (holder === identity(pid)) throw locked(directory, pid);
  // Moved away by name, then looked at again: another process may have taken it over meanwhile.
  const stale = `${own}.stale`;
  renameSync(file, stale);
  const moved = readText(stale);
  if (moved !== holder) {
    tryLink(stale, file);
    rmSync(stale, { force: true });
    throw locked(directory, Number.parseInt(moved, 10));
  }
  rmSync(stale, { force: true });
  if (!tryLink(own, file)) throw locked(directory, Number.parseInt(readText(file), 10));
  return pid;
}

function release(file: string, text: string): void {
  if (readText(file) === text) rmSync(file, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * What tells this process from any other that had or will have its id; of a dead one `<pid> dead`.
 */
function identity(pid: number): string {
  if (!alive(pid)) return `${pid} dead`;
  const boot = readText('/proc/sys/kernel/random/boot_id').trim();
  // The name in field 2 may hold blanks and brackets; start time is field 22.
  const stat = readText(`/proc/${pid}/stat`);
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid} ${boot} ${started}`;
}

function alive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function locked(directory: string, pid: number): GyrfalconError {
  return new GyrfalconError(
    'JOURNAL_LOCKED',
    `the journal ${directory} is in use by process ${pid}: ` +
      'stop that engine, or give another directory',
    { directory, pid },
  );
}
