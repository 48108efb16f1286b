/** The interval of the checks, in ms; and how many of them in a row must find nothing. */
const CHECK = 100;
const IDLE_CHECKS = 10;

/**
 * Watches whether the code of a worker has something left to do: Node ends a process that has nothing, and the channel
 * keeps this one alive. Call it before that code runs. The function that it returns calls `act` once nothing is left, and
 * returns a function that ends the watch.
 */
export function watchIdle(): (act: () => void) => () => void {
  // The streams of a process are opened when they are first used.
  void [process.stdout, process.stderr];
  const own = process.getActiveResourcesInfo().filter((each) => /Wrap$|Port$/.test(each)).length;
  return (act) => {
    let idle = 0;
    const check = setInterval(() => {
      idle = process.getActiveResourcesInfo().length > own ? 0 : idle + 1;
      if (idle === IDLE_CHECKS) act();
    }, CHECK).unref();
    return () => clearInterval(check);
  };
}
