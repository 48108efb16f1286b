/** The shortages that system errors report, as patterns of their messages, and the remedy for each. */
const REMEDIES: Readonly<Record<string, string>> = {
  EMFILE:
    'the program cannot open more files, and each worker process needs five: raise its limit (ulimit -n), or use fewer workers (size, spares)',
  ENFILE: 'the system cannot open more files: raise its limit (fs.file-max), or use fewer workers (size, spares)',
  EAGAIN:
    'the system cannot start more processes or threads: raise its limit (ulimit -u, or pids.max of the container), or use fewer workers (size, spares)',
  ENOMEM: 'the system has no memory left: add memory, or use fewer workers (size, spares)',
  uv_cwd: "the program's working folder was deleted: change to another one (process.chdir), or take the host process",
  'spawn .* ENOENT': "is the program's executable (process.execPath) still there?",
  'spawn .* EACCES': "may the program's executable (process.execPath) be run?",
};

/** Returns the message of an error, followed by a remedy if the system lacks something. */
export function withRemedy(words: string): string {
  const lack = Object.keys(REMEDIES).find((each) => new RegExp(`\\b${each}\\b`).test(words));
  return lack === undefined ? words : `${words}: ${REMEDIES[lack]}`;
}

/**
 * Returns whether a message reports that the system lacks something. The code that got such an error is not at fault.
 */
export function isLack(words: string): boolean {
  return withRemedy(words) !== words;
}
