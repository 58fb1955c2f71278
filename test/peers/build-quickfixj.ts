/**
 * Builds the QuickFIX/J peer into build/peers, once for each source; says why where it cannot. Its
 * jars are not fetched by tests: .ci/run does that, or `mvn -f test/peers/quickfixj/pom.xml
 * dependency:copy-dependencies`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('quickfixj/Peer.java', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../build/peers/', import.meta.url));
const JARS = `${FOLDER}quickfixj`;
/** A JVM that is soon killed need not become fast. */
const FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m'];

/** Why there is no QuickFIX/J here; undefined = there is. */
export function quickFixJMissing(): string | undefined {
  if (!runs('javac') || !runs('java')) return 'no JDK is installed';
  if (existsSync(JARS)) return undefined;
  return 'its jars are not there: mvn -f test/peers/quickfixj/pom.xml dependency:copy-dependencies';
}

/** Builds it where that is still to be done; the arguments of `java` that start it. */
export function buildQuickFixJ(): readonly string[] {
  const hash = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  const classes = `${FOLDER}quickfixj-${hash}`;
  if (!existsSync(classes)) {
    const unfinished = `${classes}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    execFileSync('javac', ['-cp', `${JARS}/*`, '-d', unfinished, SOURCE], { stdio: 'inherit' });
    renameSync(unfinished, classes);
  }
  return [...FLAGS, '-cp', `${classes}:${JARS}/*`, 'Peer'];
}

function runs(command: string): boolean {
  try {
    execFileSync(command, ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
