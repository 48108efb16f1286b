/** What the system lacks, as its errors say it, and what helps. */
const REMEDIES: Readonly<Record<string, string>> = {
  EMFILE:
    'the program may open no more files, five of them for each worker process: raise its limit (ulimit -n), or take fewer workers (size, spares)',
  ENFILE: 'the system may open no more files: raise its limit (fs.file-max), or take fewer workers (size, spares)',
  EAGAIN:
    'the system starts no more processes or threads: raise its limit (ulimit -u, or pids.max of the container), or take fewer workers (size, spares)',
  ENOMEM: 'the system has no memory left: give it more, or take fewer workers (size, spares)',
  uv_cwd: "the program's working folder was deleted: change to another one (process.chdir), or take the host process",
  'spawn .* ENOENT': "is the program's executable (process.execPath) still there?",
  'spawn .* EACCES': "may the program's executable (process.execPath) be run?",
};

/** The words of an error, and after them what helps where the system lacks something. */
export function withRemedy(words: string): string {
  const lack = Object.keys(REMEDIES).find((each) => new RegExp(`\\b${each}\\b`).test(words));
  return lack === undefined ? words : `${words}: ${REMEDIES[lack]}`;
}

/** Whether words tell that the system lacks something: it is no fault of whoever was to use it. */
export function isLack(words: string): boolean {
  return withRemedy(words) !== words;
}
