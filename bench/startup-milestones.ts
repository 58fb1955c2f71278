/** What a start of the engine comes by, as bench and table name it. */
export const MILESTONES = {
  console: 'console ready',
  loggedOn: 'logged on',
  firstOrder: 'first order',
} as const;

export const recoveringName = (milestone: string): string =>
  `${milestone}, with a journal to recover`;
