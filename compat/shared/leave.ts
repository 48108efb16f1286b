/**
 * Ends this worker by `process.exit`, so that the exit handlers of the user's code run; its output leaves first. Never
 * resolves. For the `end` of a kind: the pool takes this exit for the end that it has asked for.
 */
export function leave(): Promise<never> {
  return new Promise(() => {
    const exit = () => {
      if (process.stdout.writableLength + process.stderr.writableLength > 0) setTimeout(exit, 1);
      else process.exit(0);
    };
    exit();
  });
}
