/** The signals that ask the process to end. Only its main thread hears them. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function onEndSignal(heard: (signal: NodeJS.Signals) => void): void {
  for (const signal of SIGNALS) process.on(signal, () => heard(signal));
}
