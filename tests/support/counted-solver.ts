import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A solver in a folder of its own, which counts its checks. It answers each by `answer`, a line of shell. */
export interface CountedSolver {
  /** The engine's name on the command line. */
  readonly engine: string;
  /** Returns the number of checks so far. */
  checks(): number;
  /** Returns the process ids of all solvers so far. */
  pids(): number[];
}

/** Writes a solver into a folder. */
export function countedSolver(folder: string, name: string, answer = 'echo unsat'): CountedSolver {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, name);
  const [notes, starts] = [`${program}.checks`, `${program}.pids`];
  writeFileSync(notes, '');
  writeFileSync(starts, '');
  const text = `#!/bin/sh
echo $$ >> ${starts}
while read -r line; do
  case $line in
    '(check-sat)') echo check >> ${notes}; ${answer} ;;
    '(echo "'*) line=\${line#'(echo "'}; echo "\${line%'")'}" ;;
  esac
done
`;
  writeFileSync(program, text, { mode: 0o755 });
  const lines = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return {
    engine: `${name}=${program}`,
    checks: () => lines(notes).length,
    pids: () => lines(starts).map(Number),
  };
}
