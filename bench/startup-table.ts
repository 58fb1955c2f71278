/** A start's milestones: a row a milestone, without and with a journal to recover. */
import type { BenchResult, VariantResult } from './bench-result.ts';
import { duration, footnote, NONE, table } from './report.ts';
import { MILESTONES, recoveringName } from './startup-milestones.ts';

export function startupTable(results: readonly BenchResult[]): string {
  const blocks = results.map((result) => {
    const timeOf = (name: string): string =>
      timeText(result.variants.find((variant) => variant.name === name));
    const rows = Object.values(MILESTONES).map((name) => [
      name,
      timeOf(name),
      timeOf(recoveringName(name)),
    ]);
    const bare = result.variants.at(-1)!;
    const head = ['start, from the command to', 'p50 (max)', 'with a journal to recover'];
    const all = [...rows, [bare.name, timeOf(bare.name), NONE]];
    return `${table(head, ['', ':', ':'], all)}\n\n${footnote(result)}`;
  });
  return blocks.join('\n\n');
}

const timeText = (variant: VariantResult | undefined): string =>
  variant === undefined || variant.p50Ns === null
    ? NONE
    : `${duration(variant.p50Ns)} (${duration(variant.maxNs)})`;
