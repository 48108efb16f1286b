import type { ExecutionContext } from 'ava';
import test from 'ava';
import { progressLine } from '../../../bin/terminal/progress-line.ts';
import { harmless } from '../../../bin/terminal/terminal.ts';
import { folderOf, inShell, onScreen, onTerminal } from '../../support/cli.ts';
import { screenOf } from '../../support/screen.ts';

const ESC = '\u001b';
/** Clears the screen, sets the window's title, changes colours by a C1 code, reverses the text direction, rings. */
const EVIL = '\u001b[2J\u001b]0;mine\u0007\u009b31m\u202etxt\u2066\u007f\r';
/** The characters that command a terminal, except the line ends that it gets. */
const COMMANDS = /(?!\t|\r?\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

const kind = `const evil = ${JSON.stringify(EVIL)};
export default {
  name: 'kind' + evil, url: import.meta.url,
  requestOfTask: (_status, task) => task,
  taskMatch: (_status, task) => task !== 'never',
  nameOfTask: (task) => task + evil,
  perform(request) {
    console.log('out\\t' + evil);
    console.error('err' + evil);
    if (request === 'throw') throw new Error('thrown' + evil);
    return request + evil;
  },
  examples: { tasks: { ['task' + evil]: () => 1 }, responses: { done: { to: '*', make: () => 1 } }, classOfTask: () => 'task' + evil, classOfCompetence: () => 'none' },
};`;
const scenario = `import kind from './kind.mjs';
export default {
  name: 'scenario', title: 'a scenario' + ${JSON.stringify(EVIL)}, size: { default: 1, least: 1, most: 1 },
  async run(report) {
    const pool = report.pool(kind);
    report.check('held' + await pool.run('task'), true);
  },
};`;
const goal = `(set-info :goal "a ${EVIL} name")\n(declare-const |x${EVIL}| Int)\n(set-info :status sat)\n(assert (= |x${EVIL}| 1))\n(check-sat)`;
const files = {
  'kind.mjs': kind,
  'scenario.mjs': scenario,
  'tasks.jsonl': '"task"\n"throw"\n"never"\nnone\n',
  [`goal${EVIL}.smt2`]: goal,
  [`bad${EVIL}.smt2`]: `(assert`,
};

const commands: Readonly<Record<string, [args: string, shown: RegExp]>> = {
  'what workers write, throw and answer': [
    'run kind.mjs --tasks tasks.jsonl --size 1 --host thread',
    /out\t\\u001b\[2J[\s\S]*\{"result":"task\\u001b\[2J/,
  ],
  'names of files, goals and constants': ['prove . --size 1 --host thread 2>/dev/null', /goal\\u001b\[2J/],
  'names of files that are wrong': ['prove bad* >/dev/null', /bad\\u001b\[2J/],
  'names of files that are not there': [`prove 'no${EVIL}.smt2'`, /no\\u001b\[2J/],
  'what was typed': [`run --no$(printf '\\033[2J')`, /unknown option '--no\\u001b\[2J'/],
  "a kind's name in its chart": ['chart kind.mjs', /\\u001b\[2J/],
  "a kind's names in its paths": ['paths kind.mjs --list', /\\u001b\[2J/],
  'the words of a scenario': ['scenario ./scenario.mjs --host thread', /a scenario\\u001b\[2J[\s\S]*held/],
};

for (const [what, [args, shown]] of Object.entries(commands)) {
  onTerminal(`${what} are shown on a terminal, and do not command it`, async (t) => {
    const { stdout } = await onScreen(args, { cwd: folderOf(t, files), columns: 200, env: { NO_COLOR: '1' } });
    t.regex(stdout, shown);
    t.notRegex(stdout, COMMANDS);
  });
}

test('in a file or a pipe the output and the answers of workers are unchanged', async (t) => {
  const cwd = folderOf(t, { 'kind.mjs': kind, 'tasks.jsonl': '"task"\n' });
  const { stdout, stderr } = await inShell('run kind.mjs --tasks tasks.jsonl --size 1 --host thread', cwd);
  t.is(stdout, `${JSON.stringify({ result: `task${EVIL}` })}\n`);
  t.true(stderr.includes(`out\t${EVIL.trimEnd()}`));
});

test('a line of JSON keeps its meaning on a terminal, and ordinary letters are unchanged', (t) => {
  const value = { text: `${EVIL} é 漢字 😀 \u0085 "\\u001b"`, list: ['\t', '\n'] };
  const line = harmless(JSON.stringify(value));
  t.notRegex(line, COMMANDS);
  t.deepEqual(JSON.parse(line), value);
  t.is(harmless('é 漢字 😀\tx\ny\r\n'), 'é 漢字 😀\tx\ny\n');
});

onTerminal('--watch draws no name that commands the terminal', async (t) => {
  const { stdout } = await onScreen('run kind.mjs --tasks tasks.jsonl --size 1 --host thread --watch', {
    cwd: folderOf(t, files),
    env: { NO_COLOR: '1' },
  });
  // Matches the commands of the drawing itself.
  const own = new RegExp(`\r?${ESC}\\[(\\?25[lh]|\\?7[lh]|\\d+A|J|[12]?2?m)`, 'g');
  const rest = stdout.replaceAll(own, '');
  t.notRegex(rest, COMMANDS);
});

/** Returns the line at these widths. */
function linesAt(
  t: ExecutionContext,
  standing: Parameters<typeof progressLine>[0],
  widths: readonly number[],
): string[] {
  return widths.map((columns) => {
    const line = progressLine(standing, columns);
    t.true(line.length < columns, line);
    return line;
  });
}

test('on a narrow terminal the numbers of the progress stay, and the bar goes', (t) => {
  const standing = { title: 'proving', value: 12, total: 345, state: '3 disproved, 1 undecided' };
  t.deepEqual(linesAt(t, standing, [10, 20, 30, 40, 46, 80]), [
    '12/345',
    '12/345 3 disproved',
    'proving 12/345 3 disproved',
    'proving 12/345 3 disproved, 1 undecided',
    'proving ░░░░░ 12/345 3 disproved, 1 undecided',
    'proving █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 12/345 3 disproved, 1 undecided',
  ]);
});

test('the bar is empty at first and full in the end, and leaves room for a title of wide letters', (t) => {
  const standing = { title: '証明', value: 0, total: 4, state: '' };
  t.deepEqual(linesAt(t, standing, [16, 80]), ['証明 ░░░░░░ 0/4', `証明 ${'░'.repeat(30)} 0/4`]);
  t.is(progressLine({ ...standing, value: 4 }, 80), `証明 ${'█'.repeat(30)} 4/4`);
  t.is(progressLine({ ...standing, total: 0 }, 80), `証明 ${'░'.repeat(30)} 0/0`);
});

/** A kind whose worker does not always follow its chart, so that some of its paths fail. */
const moody = `let asked = 0;
export default {
  name: 'moody', url: import.meta.url,
  requestOfTask: (_status, task) => task,
  useResponse: () => (asked++ < 30 ? { type: 'stay', competence: 'a' } : { type: 'end' }),
  perform: (request) => request,
  examples: { tasks: { read: () => 'read' }, responses: { fine: { to: '*', make: () => 'fine' } }, classOfTask: () => 'read', classOfCompetence: () => 'a' },
};`;

for (const columns of [20, 40, 80]) {
  onTerminal(`output during the progress is whole on a terminal of ${columns} columns`, async (t) => {
    const cwd = folderOf(t, { 'moody.mjs': moody });
    const { code, stdout } = await onScreen('paths moody.mjs --mode pairs --host simulated', { cwd, columns });
    t.is(code, 1, stdout);
    t.regex(stdout, new RegExp(`\\b0/\\d+${ESC}`));
    const lines = screenOf(stdout, columns);
    t.regex(lines[0] as string, /^moody\.mjs: the worker's machine has the chart's \d+ states .* transitions$/);
    t.regex(lines.at(-1) as string, /^moody\.mjs \d+\/\d+ states .*, \d+ failed$/);
    const again = lines.filter((line) => line.startsWith('again: '));
    t.true(again.length > 0);
    for (const line of again) t.regex(line, /^again: statepool paths .* --only \d+$/);
    const failed = lines.filter((line) => line.startsWith('failed: '));
    t.is(failed.length, again.length);
    for (const line of failed) t.regex(line, /^failed: moody pairs \d+: give read, .*read/);
  });
}
