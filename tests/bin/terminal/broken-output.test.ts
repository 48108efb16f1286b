import { existsSync } from 'node:fs';
import test from 'ava';
import { folderOf, inShell } from '../../support/cli.ts';

const kind = `export default {
  name: 'echo', url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform: (request) => (console.log('working'), request),
};`;
const files = {
  'kind.mjs': kind,
  'tasks.jsonl': '1\n2\n',
  'goal.smt2': '(assert false)(check-sat)',
};

const commands: Readonly<Record<string, string>> = {
  run: 'run kind.mjs --tasks tasks.jsonl --host thread',
  prove: 'prove goal.smt2 --size 1 --host thread',
  'prove --json': 'prove goal.smt2 --json --size 1',
  chart: 'chart worker',
  'chart --svg': 'chart worker --svg',
  paths: 'paths tactic --host simulated',
  'paths --list': 'paths tactic --list',
  scenario: 'scenario picky',
  'scenario --list': 'scenario --list',
  '--help': '--help',
};

/** A disk without any space left. */
const FULL = '/dev/full';
const onFullDisk = existsSync(FULL) ? test : test.skip;

for (const [name, command] of Object.entries(commands)) {
  onFullDisk(`${name} reports in one line that its results cannot be written, and exits with 1`, async (t) => {
    const { code, stderr } = await inShell(`${command} > ${FULL}`, folderOf(t, files));
    t.is(code, 1, stderr);
    const own = stderr.replaceAll(/^\[echo:.*\n/gm, '');
    t.regex(own, /^statepool: standard output cannot be written: no space is left on the device \(ENOSPC\): [^\n]*\n$/);
  });
}

onFullDisk('if notes cannot be written, the results are still written, and the exit code is 1', async (t) => {
  const { code, stdout } = await inShell(`${commands.run} 2> ${FULL}`, folderOf(t, files));
  t.is(stdout, '{"result":1}\n{"result":2}\n');
  t.is(code, 1);
});

onFullDisk('if nothing can be written, the exit code reports it', async (t) => {
  const { code } = await inShell(`${commands.run} > ${FULL} 2>&1`, folderOf(t, files));
  t.is(code, 1);
});

test('a closed stderr has no other effect', async (t) => {
  const { code, stdout } = await inShell(`${commands.run} 2>&-`, folderOf(t, files));
  t.is(stdout, '{"result":1}\n{"result":2}\n');
  t.is(code, 0);
});

test('a reader that closed the pipe is no error', async (t) => {
  for (const command of ['chart worker', 'paths tactic --list', 'scenario --list']) {
    const { code, stdout, stderr } = await inShell(`${command} | head -n 1`, folderOf(t, files));
    t.is(stdout.trimEnd().split('\n').length, 1);
    t.is(stderr, '', command);
    t.is(code, 0);
  }
});
