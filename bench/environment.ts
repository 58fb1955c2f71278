/** Where and with what figures were measured: without it a figure says nothing. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Environment } from './bench-result.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const GOVERNOR = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';

/** Programs outside Node.js that a bench may use, and how each says its version. */
const TOOLS = {
  cargo: ['cargo', ['--version']],
  java: ['java', ['-version']],
  gcc: ['gcc', ['-dumpfullversion']],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

export type Tool = keyof typeof TOOLS;

/** Call it before the first round, and what it returns after the last. */
export function startEnvironment(tools: readonly Tool[] = []): () => Environment {
  const loadBefore = loadavg()[0]!;
  return () => ({
    machine: machine(),
    versions: versions(tools),
    revision: revision(),
    loadBefore,
    loadAfter: loadavg()[0]!,
  });
}

function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    governor: existsSync(GOVERNOR) ? readFileSync(GOVERNOR, 'utf8').trim() : 'not readable',
    kernel: release(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()}-${arch()}`,
  };
}

function versions(tools: readonly Tool[]): Record<string, string> {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { node, v8 } = process.versions;
  const others = tools.map((tool) => [tool, versionOf(tool)] as const);
  return { gyrfalcon: own.version, node, v8, ...Object.fromEntries(others) };
}

function versionOf(tool: Tool): string {
  const [program, args] = TOOLS[tool];
  // java says it on stderr.
  const said = run('sh', ['-c', `${[program, ...args].join(' ')} 2>&1`]);
  return said === undefined ? 'not installed' : said.split('\n', 1).join('').trim();
}

function revision(): string {
  const commit = run('git', ['rev-parse', '--short=12', 'HEAD']);
  if (commit === undefined) return 'unknown';
  const changes = run('git', ['status', '--porcelain', '--untracked-files=no']) ?? '';
  return changes.trim() === '' ? commit.trim() : `${commit.trim()}-changed`;
}

/** What it says on stdout; undefined where there is no such program or it fails. */
function run(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}
