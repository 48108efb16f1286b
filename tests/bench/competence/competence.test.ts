import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { keysOf } from '../../../scripts/scheduling/workload.ts';
import { root } from '../../support/sources.ts';

/** The longest run of one subject, in ms. A longer run hangs. */
const LIMIT = 90_000;

/** Imports a module by its path from the package's folder. The benchmark is plain JavaScript. */
function load(path: string, folder = root) {
  return import(pathToFileURL(join(folder, path)).href);
}

const cells = await load('bench/competence/cells.js');
const goals = await load('bench/competence/goals.js');
const page = await load('bench/competence/page.js');
const { makeFirstRules } = await load('bench/competence/first-rules.js');
const { figuresOf } = await load('bench/competence/measure.js');
const { measureAll, mediansOf } = await load('bench/competence/run.js');

function node(t: ExecutionContext, ...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  t.timeout(LIMIT);
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, timeout: LIMIT, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? 'killed'), stdout, stderr });
    });
  });
}

/** The figures of a subject that performed some tasks in a second. */
function speed(tasksPerSecond: number, longestWait = 10) {
  return { wall: 1000, tasksPerSecond, loads: 3, longestWait, busyShare: 0.95, born: 3 };
}

const CELL = { host: 'thread', size: 2, keys: 4, load: 100, work: 5, inFlight: 8, tasks: 100, subjects: [] };

/** The figures of one cell in which every goal is reached. */
const GOOD = {
  'statepool require': speed(80),
  'statepool prefer': speed(100),
  'statepool any': speed(50),
  'statepool first rules': speed(50),
  piscina: speed(50),
  'jest-worker': speed(90),
};

const BUSY = {
  given: {
    type: 'busy',
    host: 'inline',
    size: 6,
    classes: 7,
    isSlow: true,
    subjects: ['statepool first rules', 'statepool taskMatch'],
  },
  subjects: { 'statepool first rules': { ...speed(10), busyShare: 0.5 }, 'statepool taskMatch': speed(20) },
};

const FILES = {
  given: { type: 'files', host: 'thread', subjects: ['statepool prefer of 1', 'statepool prefer of 4'] },
  subjects: { 'statepool prefer of 1': speed(10), 'statepool prefer of 4': speed(35) },
};

const BORN = {
  given: { type: 'born', host: 'process', size: 3, subjects: ['statepool require'] },
  subjects: { 'statepool require': speed(10) },
};

const CASES = [BUSY, FILES, BORN];

/** Returns the goals that are missed, by their texts. */
function missed(subjects: object, cases: readonly object[] = CASES, cell: object = CELL): string[] {
  const all: { text: string; found: string; isReached: boolean }[] = goals.goalsOf({
    cells: [{ cell, subjects }],
    cases,
  });
  return all.filter(({ isReached }) => !isReached).map(({ text, found }) => `${text}: ${found}`);
}

test('the keys are those of the simulation', (t) => {
  const workload = { size: 2, keys: 20, load: 5, work: 5, start: 60, inFlight: 8, tasks: 500 };
  t.deepEqual(
    cells.keysOf(workload),
    keysOf(workload).map((key) => `key ${key}`),
  );
});

test('the least possible time has each key loaded once', (t) => {
  t.is(cells.offlineBoundOf(CELL), (100 * 5 + 4 * 100) / 2);
});

test('each cell has room for its tasks in flight, and a quick run has two cells', (t) => {
  for (const { inFlight, tasks } of cells.cellsOf(false)) t.true(inFlight <= tasks);
  t.is(cells.cellsOf(true).length, 2);
  const hosts = cells.cellsOf(false).filter(({ host }: { host: string }) => host === 'process');
  t.true(hosts.length > 0);
  for (const { subjects } of hosts) t.false(subjects.includes('piscina'));
});

test('figures are of the answers: busy time, waits and loads', (t) => {
  const answers = [
    { arrival: 0, begin: 10, end: 30, isLoad: true },
    { arrival: 5, begin: 30, end: 40, isLoad: false },
  ];
  t.deepEqual(figuresOf(answers, { size: 2, wall: 50 }), {
    wall: 50,
    tasksPerSecond: 40,
    loads: 1,
    longestWait: 25,
    busyShare: 0.3,
  });
  t.deepEqual(mediansOf([{ wall: 1 }, { wall: 9 }, { wall: 2 }]), { wall: 2 });
});

test('good results reach every goal', (t) => {
  t.deepEqual(missed(GOOD), []);
});

test('each goal can be missed, and says in which cell', (t) => {
  const change = (subject: string, figures: object) => missed({ ...GOOD, [subject]: figures }).join('\n');
  t.regex(
    change('statepool any', speed(110)),
    /4 tasks a worker in flight, at least 0\.97: 0\.91 \(2 threads, 4 keys,/,
  );
  t.regex(change('statepool require', speed(40)), /require: x statepool first rules, .* at least 0\.90: 0\.80/);
  t.regex(change('piscina', speed(60)), /prefer: x piscina, .*, at least 2\.00: 1\.67/);
  t.regex(change('jest-worker', speed(106)), /computeWorkerKey, at least 0\.95: 0\.94/);
  // A queue without keys has a wait of 10 ms; four loads and three turns of 105 ms come on top.
  t.is(change('statepool prefer', speed(100, 725)), '');
  t.regex(change('statepool prefer', speed(100, 726)), /longest wait is within its bound, at least 1\.00: 0\.00/);
});

test('a deep queue counts for the means only', (t) => {
  const subjects = { ...GOOD, 'statepool any': speed(110) };
  t.notRegex(missed(subjects, CASES, { ...CELL, inFlight: 9 }).join('\n'), /in flight, at least/);
});

test('each goal of a case can be missed', (t) => {
  const slow = { ...BUSY, subjects: { 'statepool taskMatch': { ...speed(10), busyShare: 0.89 } } };
  t.deepEqual(missed(GOOD, [slow]), [
    'statepool taskMatch, 6 workers, 7 classes, one task in ten slow: busy share, at least 0.90: 0.89',
  ]);
  const serial = { ...FILES, subjects: { ...FILES.subjects, 'statepool prefer of 4': speed(29) } };
  t.deepEqual(missed(GOOD, [serial]), [
    'statepool prefer, 40 files, threads: 4 workers x 1 worker, at least 3.00: 2.90',
  ]);
  const more = { ...BORN, subjects: { 'statepool require': { ...speed(10), born: 4 } } };
  t.deepEqual(missed(GOOD, [more]), ['statepool require, 3 keys, 3 processes: workers born, exactly 3: 4.00']);
});

test('a subject that did not finish misses its goals', (t) => {
  const { piscina: _, ...rest } = GOOD;
  t.regex(missed(rest).join('\n'), /x piscina, .*: it did not finish/);
  const none = { ...FILES, subjects: {} };
  t.regex(missed(GOOD, [none]).join('\n'), /40 files, threads.*: it did not finish/);
});

test('a cell or a case that misses a goal of its own is short', (t) => {
  const isShort = (result: object): boolean => goals.isShort(result);
  t.false(isShort({ cell: CELL, subjects: GOOD }));
  for (const subject of ['statepool prefer', 'statepool require']) {
    t.true(isShort({ cell: CELL, subjects: { ...GOOD, [subject]: speed(1) } }), subject);
  }
  for (const result of CASES) t.false(isShort(result));
  t.true(isShort({ ...FILES, subjects: { ...FILES.subjects, 'statepool prefer of 4': speed(20) } }));
});

test('what misses a goal is measured again, up to a number of rounds, and all rounds count', (t) => {
  const inRounds = (speeds: readonly number[]) => {
    const all = [...speeds];
    const measure = (subject: string) => speed(subject === 'statepool prefer of 4' ? (all.shift() as number) : 10);
    return measureAll(FILES.given, { rounds: 2, most: 6, measure }, (subjects: object) => ({ ...FILES, subjects }));
  };
  t.is(inRounds([35, 35]).rounds, 2);
  const again = inRounds([10, 20, 50, 60]);
  t.is(again.rounds, 4);
  t.is(again.subjects['statepool prefer of 4'].tasksPerSecond, 35);
  t.is(inRounds([10, 10, 10, 10, 10, 10]).rounds, 6);
});

test('the section is written in its place, and the rest of the page is kept', (t) => {
  const results = {
    cells: [{ cell: CELL, subjects: GOOD }],
    cases: CASES,
    goals: goals.goalsOf({ cells: [], cases: CASES }),
  };
  const section: string = page.sectionOf(results, 'a machine', 3);
  t.regex(section, /^\| 2 threads, 4 keys, load 100 ms, 8 in flight \| 80 \| 100 \| 50 \|/m);
  t.regex(section, /\| 10, 725 \| 1000, 450 \|$/m);
  t.regex(section, /- reached: statepool require, 3 keys, 3 processes/);
  t.true(section.includes('medians of at most 3 rounds; a subject'));
  const again: string = page.sectionOf({ ...results, cells: [{ ...results.cells[0], rounds: 9 }] }, 'a machine', 3);
  t.true(again.includes('medians of at most 3 rounds, or of up to 9 rounds where a goal was missed; a subject'));
  const once: string = page.withSection('# Performance\n\n## latency\n\nfast\n', section);
  t.true(once.startsWith('# Performance\n\n## latency\n\nfast\n\n## competence'));
  t.is(page.withSection(once, section), once);
  t.is(page.sectionIn(once), section);
  t.is(page.sectionIn('# Performance\n'), undefined);
  const middle: string = page.withSection(`${once}\n## later\n\nslow\n`, page.sectionOf(results, 'another machine', 3));
  t.true(middle.includes('another machine') && middle.endsWith('\n\n## later\n\nslow\n'));
  t.is(middle.match(/## competence/g)?.length, 1);
});

test('the plot has a bar for each busy share', (t) => {
  const plot: string = page.busyPlotOf({ cases: CASES });
  t.is(plot.match(/<rect x=/g)?.length, 2);
  t.regex(plot, /6 workers, 7 classes, one task in ten slow: busy share of the workers/);
  t.regex(plot, /class="figure">0\.50</);
});

/** A task of the double's test: `gate` delays its end. */
interface Gated {
  readonly key: string;
  readonly name: string;
}

/**
 * Runs a task of a third key on two workers that know the first two, while one of them is busy. Returns the order of what
 * happens. `isReleased`: the busy task ends without the other one.
 */
async function orderOf(folder: string, isReleased: boolean): Promise<string[]> {
  const { createPool } = await load('dist/actors/index.js', folder);
  const order: string[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const kind = {
    name: 'gated',
    url: import.meta.url,
    taskMatch: (status: { type: string; competence?: string }, { key }: Gated) =>
      status.type === 'fresh' || status.competence === key,
    requestOfTask: (_status: unknown, task: Gated) => task,
    useResponse: (_status: unknown, { key }: Gated) => ({ type: 'stay', competence: key }),
    async perform({ name }: Gated) {
      order.push(`${name} begins`);
      if (name === 'slow') await gate;
      order.push(`${name} ends`);
    },
  };
  const pool = createPool(kind, { size: 2, host: 'inline' });
  await Promise.all([pool.run({ key: 'a', name: 'first' }), pool.run({ key: 'b', name: 'second' })]);
  order.length = 0;
  const slow = pool.run({ key: 'a', name: 'slow' });
  const other = pool.run({ key: 'c', name: 'other' });
  if (isReleased) {
    for (let i = 0; i < 100; i++) await turn();
    release();
  }
  await other;
  release();
  await slow;
  await pool.destroy();
  return order;
}

test('the double of the first rules makes no room while a worker is busy; the present rules do', async (t) => {
  const { folder, remove } = makeFirstRules();
  t.teardown(remove);
  t.deepEqual(await orderOf(folder, true), ['slow begins', 'slow ends', 'other begins', 'other ends']);
  t.deepEqual(await orderOf(root, false), ['slow begins', 'other begins', 'other ends', 'slow ends']);
});

test('a subject on real workers has its figures', async (t) => {
  const given = { host: 'thread', size: 2, keys: 2, load: 5, work: 1, inFlight: 4, tasks: 20 };
  const { code, stdout, stderr } = await node(
    t,
    'bench/competence/child.js',
    'statepool prefer',
    JSON.stringify(given),
  );
  t.is(code, 0, stderr);
  const { loads, born, busyShare, longestWait } = JSON.parse(stdout.trim().split('\n').at(-1) as string);
  t.is(born, 2);
  t.true(loads >= 2 && loads <= 20);
  t.true(busyShare > 0 && busyShare <= 1 && longestWait > 0);
});

test('--only finds the section by its title, and an unknown text is refused with all titles', async (t) => {
  const { code, stderr } = await node(t, 'bench/run.js', '--only', 'nonsense');
  t.is(code, 2);
  t.regex(stderr, /no row has "nonsense" in its title; there are:\nwhole program.*\ncompetence: tasks with keys\n/s);
});
