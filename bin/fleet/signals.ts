const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Resolves with the first signal; a second one ends the program at once. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let count = 0;
    for (const name of SIGNALS) {
      process.on(name, (signal) => {
        if (++count > 1) process.exit(1);
        resolve(signal);
      });
    }
  });
}
