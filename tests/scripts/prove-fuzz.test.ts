import { spawn } from 'node:child_process';
import test from 'ava';
import { findProgram } from '../../kinds/smt/engine/native-process.ts';
import { ended } from '../support/cli.ts';

const hasSolvers = findProgram('z3') !== undefined && findProgram('cvc5') !== undefined;

(hasSolvers ? test : test.skip)('prove agrees with the solvers themselves on files made by chance', async (t) => {
  const script = new URL('../../scripts/prove-fuzz.ts', import.meta.url).pathname;
  const { code, stdout, stderr } = await ended(
    spawn(process.execPath, ['--import=tsx', script, '--files', '24', '--seed', '5']),
  );
  t.is(code, 0, stdout + stderr);
  t.regex(stdout, /^[1-9]\d* verdicts: 0 opposite, 0 beside a refused command/m);
});
