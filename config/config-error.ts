/**
 * What is wrong with a configuration: one line a mistake, each with file, line, path, value and
 * what is allowed. The engine turns it into the fault CONFIG_INVALID; nothing else is thrown by
 * config/load.ts.
 */

/** More mistakes than this are counted, not shown: the first ones usually cause the rest. */
export const CONFIG_LINES_MAX = 20;

export class ConfigError extends Error {
  readonly lines: readonly string[];

  constructor(found: readonly string[]) {
    // A value of the user's may hold line breaks; a mistake stays one line.
    const lines = found.slice(0, CONFIG_LINES_MAX).map((line) => line.replace(/\p{Cc}+/gu, ' '));
    if (found.length > lines.length) lines.push(`… and ${found.length - lines.length} more`);
    super(lines.join('\n'));
    this.name = 'ConfigError';
    this.lines = lines;
  }
}
