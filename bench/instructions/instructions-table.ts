/** The counts in one line: a guard's figures are for the engineer, the README needs to know that they are kept. */
import type { BenchResult } from '../bench-result.ts';
import { median } from '../spread.ts';

export function instructionsTable(results: readonly BenchResult[]): string {
  return results
    .map(({ operation, figures }) => {
      const counts = figures.map(({ name, rounds }) => `${name} ${Math.round(median(rounds))}`);
      return `- instructions: ${operation}: ${counts.join(', ')}.`;
    })
    .join('\n');
}
