import test from 'ava';
import { folderOf, statepool } from '../support/cli.ts';

/** A kind in a user's code: its workers have a letter as their competence after the first task. */
const kind = (more: string) => `
let asked = 0;
export default {
  name: 'letters',
  url: import.meta.url,
  requestOfTask: (status, task) => task,
  useResponse: (status, task, response) => ({ type: 'stay', competence: status.type === 'fresh' ? 'a' : status.competence, result: response }),
  perform: (request) => request,
  examples: {
    tasks: { read: () => 'read' },
    responses: { fine: { to: '*', make: () => 'fine' } },
    classOfTask: (task) => task,
    classOfCompetence: (letter) => letter,
  },
  ${more}
};
`;

test("one command draws the chart of a user's kind, compares it with the machine and runs its paths", async (t) => {
  const cwd = folderOf(t, { 'letters.mjs': kind('') });
  const { code, stdout, stderr } = await statepool(['paths', 'letters.mjs', '--mode', 'pairs', '--host', 'thread'], {
    cwd,
  });
  t.is(stderr, '');
  t.is(code, 0);
  t.regex(stdout, /letters.mjs: the worker's machine has the chart's 5 states and 20 transitions/);
  t.regex(stdout, /letters.mjs 5\/5 states 20\/20 transitions 36\/36 pairs, 20 paths\n$/);
  const chart = await statepool(['chart', 'letters.mjs', '--json'], { cwd });
  t.is(JSON.parse(chart.stdout).id, 'letters');
});

test('examples that are no abstraction are refused in one line with a remedy', async (t) => {
  const cwd = folderOf(t, {
    'many.mjs': kind(
      "useResponse: (status) => ({ type: 'stay', competence: status.type === 'fresh' ? 'a' : status.competence + 'a' }),",
    ),
    'two.mjs': kind(
      "useResponse: (status, task) => status.competence?.n > 2 ? { type: 'end' } : { type: 'stay', competence: { n: (status.competence?.n ?? 0) + 1 } }, examples: { tasks: { read: () => 'read' }, responses: { fine: { to: '*', make: () => 1 } }, classOfTask: (task) => task, classOfCompetence: () => 'n' },",
    ),
    'none.mjs': kind('examples: undefined,'),
  });
  const expected: Readonly<Record<string, RegExp>> = {
    'many.mjs':
      /^statepool: the kind letters has no chart: its workers have more than 64 statuses (.*): make classOfCompetence name fewer classes\n$/,
    'two.mjs':
      /^statepool: .*'old\.n' is not one class: the competences \{"n":1\} and \{"n":3\} behave differently.*\n$/,
    'none.mjs': /^statepool: .*it has no examples: add examples.*\n$/,
  };
  for (const [file, message] of Object.entries(expected)) {
    const { code, stdout, stderr } = await statepool(['paths', file], { cwd });
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  }
});

test('a failed path shows its step, and the command that runs it again', async (t) => {
  // Its answer depends on the number of calls, which no chart can contain.
  const moody = "useResponse: () => (asked++ < 30 ? { type: 'stay', competence: 'a' } : { type: 'end' }),";
  const cwd = folderOf(t, { 'moody.mjs': kind(moody) });
  const { code, stdout, stderr } = await statepool(
    ['paths', '--kind', 'moody.mjs', '--mode', 'pairs', '--host', 'simulated'],
    { cwd },
  );
  t.is(code, 1);
  t.regex(stdout, /failed: letters pairs \d+: give read/);
  t.regex(stdout, /\n -> answer fine {2}=> {2}old\.a\n/);
  t.regex(stdout, /, \d+ failed\n$/);
  t.regex(stderr, /^again: statepool paths moody\.mjs --mode pairs --host simulated --only \d+\n/);
});

test('paths are chosen by number and part, and listed without a run', async (t) => {
  const list = async (...flags: string[]) =>
    (await statepool(['paths', 'tactic', '--list', ...flags])).stdout.trim().split('\n').slice(0, -1);
  const all = await list();
  t.is(all.length, 14);
  t.deepEqual(await list('--only', '3'), [all[2]]);
  t.deepEqual([...(await list('--shard', '1/2')), ...(await list('--shard', '2/2'))].sort(), [...all].sort());
});

test('wrong flags of paths are refused in one line', async (t) => {
  const wrong: Readonly<Record<string, RegExp>> = {
    'paths nobody': /there is no module nobody/,
    'paths tactic --only 99': /there is no path 99: there are 14/,
    'paths tactic --shard 4/3': /shard is '4\/3'/,
    'paths tactic --mode all': /mode/,
    'paths tactic --size 2': /--size works only with supervisor/,
    'paths tactic --kind query': /tactic and --kind query name two kinds/,
  };
  for (const [line, message] of Object.entries(wrong)) {
    const { code, stdout, stderr } = await statepool(line.split(' '));
    t.is(code, 2, line);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.is(stderr.trim().split('\n').length, 1);
  }
});
