/**
 * A session out of its settings, with all that they only name: dictionary, overlay, secrets, keys.
 * What is wrong with these is told by the place where the settings stand.
 */
import type { z } from 'zod';
import { pathText } from '../../../config/explain-issue.ts';
import type { FixSessionSettings } from '../../../config/fix-session.ts';
import type { Path } from '../../../config/yaml-source.ts';
import { messageCheck } from '../dictionary/message-check.ts';
import { dictionaryOverlaySchema } from '../dictionary/overlay-schema.ts';
import type { LogonProof, SessionConfig } from '../session/session-types.ts';
import { acceptorProof } from './logon-check.ts';
import { initiatorProof } from './logon-proof.ts';
import { secretKeeper } from './open-secret.ts';
import { sessionConfigOf } from './session-config.ts';
import { sessionDictionary } from './session-dictionary.ts';

/** Where settings stand, for what is said of them. */
export interface SettingsSource {
  /** One line a mistake in the value at `path`. */
  mistakesIn(path: Path, schema: z.ZodType): readonly string[];
  /** file:line:column of the value at a path. */
  placeOf(path: Path): string;
}

interface OpenOptions {
  readonly source: SettingsSource;
  readonly path: Path;
  /** Told of what happens to secrets, and of trouble with them, while the session runs. */
  readonly log: (text: string) => void;
  /** Whether both sides have numbers to go on from. */
  readonly hasNumbers: () => boolean;
}

interface OpenedSession {
  readonly config: SessionConfig;
  /** One line a mistake; empty = the session can run. */
  readonly mistakes: readonly string[];
}

export function openSession(settings: FixSessionSettings, options: OpenOptions): OpenedSession {
  const { source, path } = options;
  const mistakes: string[] = [];
  const report = (below: Path, text: string): void => {
    const at = [...path, ...below];
    mistakes.push(`${source.placeOf(at)}: ${pathText(at)} ${text}`);
  };
  mistakes.push(...overlayMistakes(settings, source, path));
  const isOverlaid = mistakes.length === 0;
  const dictionary = sessionDictionary(
    isOverlaid ? settings : { ...settings, overlay: null },
    (at, text) => report(['overlay', ...at], text),
  );
  const logon = sessionProof(settings, {
    onProblem: (at, text) => report(['logon', ...at], text),
    log: (text) => options.log(`${settings.name}: ${text}`),
  });
  const check = messageCheck(dictionary, settings.validation);
  const config = sessionConfigOf(settings, { check, logon, hasNumbers: options.hasNumbers });
  return { config, mistakes };
}

function overlayMistakes(
  { overlay }: FixSessionSettings,
  source: SettingsSource,
  path: Path,
): readonly string[] {
  return overlay === null ? [] : source.mistakesIn([...path, 'overlay'], dictionaryOverlaySchema);
}

interface ProofParts {
  readonly onProblem: (path: readonly string[], text: string) => void;
  readonly log: (text: string) => void;
}

export function sessionProof(
  settings: FixSessionSettings,
  { onProblem, log }: ProofParts,
): LogonProof | undefined {
  const secrets = secretKeeper({ onProblem, log });
  if (settings.logon === null) return undefined;
  if (settings.role === 'initiator') return initiatorProof(settings.logon, { secrets, log });
  return acceptorProof(settings.logon, { version: settings.version, secrets, log });
}
