import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { scenarios } from '../../../scripts/scenarios/index.ts';
import { ended, folderOf, statepool } from '../../support/cli.ts';
import { fixture } from '../../support/jobs.ts';
import { isAlive } from '../../support/witness.ts';

/** The lines that each scenario must have printed to have run at all. */
const said: Readonly<Record<string, readonly RegExp[]>> = {
  repair: [
    /✓ "a turn keeps it" is false: the solver found a case against it/,
    /fetched by a follow-up task from proof:\d:1 \(process \d+\): .*n = \d+/,
    /✓ Both repairs were answered where the proof broke, in proof:\d:1 \(process \d+\)/,
  ],
  'kill-worker': [
    /kill -9 \d+\n/,
    /✓ The caller of Letter A hears that its worker died, and of what/,
    /✓ clerk:\d:1 \(process \d+\) noticed nothing/,
    /hears: no letter: worker clerk:\d:\d died while idle: signal SIGKILL/,
    /✓ Its caller gets the answer, and never learns of the death/,
  ],
  par: [
    /✓ The result is the first failure, not what was cancelled for its sake/,
    /✓ Every worker was replaced, those in the middle of a long goal too/,
    /✓ Their processes are gone/,
  ],
  picky: [
    /The pool says that it is stalled: 1 queued task\(s\) cannot run.*: Late red poster/,
    /✓ It is printed by press:\d:1, which had red ink all the time/,
    /✓ press:\d:1 had printed nothing for the longest time: it is the one that ended/,
  ],
  snapshot: [
    /✓ While the clerk is busy there is no snapshot/,
    /Answered: a postcard, a thank-you, a reminder, an express letter, a report, a treaty, a novel\./,
  ],
  destroy: [
    /is in a loop that never ends and hears nothing/,
    /✓ All 524 promises have settled: 20 done, 504 cancelled, none otherwise/,
    /✓ None of the 5 processes lives/,
  ],
};

for (const [name, sentences] of Object.entries(said)) {
  test(`the scenario ${name} passes, and prints it in plain words`, async (t) => {
    const { code, stdout, stderr } = await statepool(['scenario', name]);
    t.is(code, 0, stdout + stderr);
    t.is(stderr, '');
    t.true(stdout.startsWith(`${name}: `));
    for (const sentence of sentences) t.regex(stdout, sentence);
    t.regex(stdout, /\nThe scenario holds: (\d+) of \1 checks passed\.\n$/);
    t.notRegex(stdout, /✗/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a pipe is no terminal, and gets no colours.
    t.notRegex(stdout, /\u001b/);
  });
}

test('every shipped scenario runs in these tests', (t) => {
  t.deepEqual(Object.keys(scenarios), Object.keys(said));
});

test("a scenario's file is a program of its own, and takes no flags", async (t) => {
  const file = fileURLToPath(new URL('../../../scripts/scenarios/snapshot.ts', import.meta.url));
  const start = (...flags: string[]) => ended(spawn(process.execPath, ['--import=tsx', file, ...flags]));
  const [ran, refused] = await Promise.all([start(), start('--size', '1')]);
  t.is(ran.code, 0, ran.stdout + ran.stderr);
  t.regex(ran.stdout, /The scenario holds: 5 of 5 checks/);
  t.is(refused.code, 2);
  t.is(refused.stdout, '');
  t.is(refused.stderr, 'statepool: --size 1: flags are for statepool scenario snapshot\n');
});

test('without a name the scenarios are listed with their titles', async (t) => {
  const [bare, list] = await Promise.all([statepool(['scenario']), statepool(['scenario', '--list'])]);
  t.is(bare.code, 0);
  t.is(bare.stdout, list.stdout);
  const lines = bare.stdout.trim().split('\n');
  t.deepEqual(
    lines.map((line) => line.split(/ {2,}/, 1)[0]),
    Object.keys(scenarios),
  );
  t.regex(lines[0] ?? '', /^repair +the worker that found an error in a proof also repairs the proof\.$/);
});

test("a user's scenario in TypeScript that fails exits with 1 and prints its failed check", async (t) => {
  const { code, stdout, stderr } = await statepool(['scenario', fileURLToPath(fixture('scenarios/unheld.ts'))]);
  t.is(code, 1, stdout + stderr);
  t.regex(stdout, /✓ it gives something\n/);
  t.regex(stdout, /✗ it gives two \(it was 1\)\n/);
  t.regex(stdout, /\nThe scenario does not hold: 1 of 2 checks failed\.\n$/);
});

const mistakes: readonly [what: string, args: readonly string[], says: RegExp][] = [
  [
    'an unknown name',
    ['nothing'],
    /^statepool: there is no scenario nothing, .*: the scenarios are repair, kill-worker, par, picky, snapshot, destroy\n$/,
  ],
  [
    'a size that the scenario is not about',
    ['snapshot', '--size', '2'],
    /^statepool: size is 2: .* needs exactly 1\n$/,
  ],
  [
    'a host that the scenario cannot run on',
    ['kill-worker', '--host', 'thread'],
    /^statepool: host is 'thread': the workers of the scenario kill-worker must be on host process\n$/,
  ],
  ['a module without a scenario', ['none.mjs'], /^statepool: none\.mjs is not a scenario: .*name, title, run.*\n$/],
  ['a module that throws', ['throws.mjs'], /^statepool: throws\.mjs throws on import: RangeError: too far\n$/],
];

for (const [what, args, says] of mistakes) {
  test(`${what} is a mistake that is reported in one line, and exits with 2`, async (t) => {
    const cwd = folderOf(t, { 'none.mjs': 'export default {};', 'throws.mjs': 'throw new RangeError("too far");' });
    const { code, stdout, stderr } = await statepool(['scenario', ...args], { cwd });
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, says);
  });
}

test('an interrupt ends the scenario and every worker, even one that loops', async (t) => {
  const bin = fileURLToPath(new URL('../../../dist/bin/statepool.js', import.meta.url));
  const child = spawn(process.execPath, [bin, 'scenario', fileURLToPath(fixture('scenarios/endless.js'))]);
  const end = ended(child);
  const pid = await new Promise<number>((resolve) => {
    let stdout = '';
    child.stdout.on('data', (data) => {
      stdout += data;
      const said = /looping in pid (\d+)\n/.exec(stdout);
      if (said !== null) resolve(Number(said[1]));
    });
  });
  t.true(isAlive(pid));
  child.kill('SIGINT');
  const { code, stdout } = await end;
  t.is(code, 130);
  t.regex(stdout, /The scenario was interrupted; its workers are gone\.\n$/);
  t.false(isAlive(pid));
});
