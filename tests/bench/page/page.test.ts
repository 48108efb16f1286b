import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { root } from '../../support/sources.ts';

const load = (path: string) => import(pathToFileURL(join(root, path)).href);

const { pageOf } = await load('bench/page/page.js');
const { plotOf } = await load('bench/page/plot.js');
const { goalOf } = await load('bench/goals.js');

const summaryOf = (value: number) => ({ median: value, least: value, most: value });

/** Makes a result from the us of each subject in one round. */
function resultOf(title: string, us: Record<string, number>, goals: object[] = [], more = {}) {
  const figures = Object.fromEntries(Object.entries(us).map(([subject, each]) => [subject, [{ us: each }]]));
  return {
    title,
    base: 'piscina',
    figure: 'us',
    unit: 'us/task',
    rounds: 1,
    figures,
    felt: [],
    isPlotted: false,
    lines: Object.entries(us).map(([subject, each]) => ({
      subject,
      figure: summaryOf(each),
      ratio: us.piscina === undefined ? undefined : summaryOf(us.piscina / each),
    })),
    goals: goals.map((goal) => goalOf(new Map(Object.entries(figures)), goal)),
    ...more,
  };
}

const QUICK = { piscina: 20, tinypool: 40, statepool: 10, 'raw channel': 1 };

/** Returns the lines of the list of weaknesses. */
function behind(...results: object[]): string[] {
  const [, after = ''] = pageOf(results, 'a machine').split('## Where statepool is behind');
  const [list = ''] = after.split('\n## ');
  return list.split('\n').filter((line: string) => /^ *- /.test(line));
}

test('the page opens with what a user feels, against the best peer, piscina and tinypool', (t) => {
  const felt = [{ name: 'a short wait', subject: 'statepool' }];
  const page: string = pageOf([resultOf('row', QUICK, [], { felt })], 'a machine');
  t.true(page.includes('| a short wait | 10.00 us | 2.00 (piscina) | 2.00 | 4.00 |'));
  t.true(page.indexOf('## What a user feels') < page.indexOf('## row'));
});

test('a quick pool is behind nowhere, and a channel without a pool is no peer', (t) => {
  t.deepEqual(behind(resultOf('row', QUICK, [{ subject: 'statepool', least: 1 }])), []);
  t.true(pageOf([resultOf('row', QUICK)], 'a machine').includes('Nowhere in this run.'));
});

test('the list has missed goals, missed stretch goals, and rows where a peer is better', (t) => {
  const goals = [
    { subject: 'statepool', least: 3 },
    { subject: 'statepool', stretch: 5 },
    { subject: 'statepool', least: 1, stretch: 9 },
  ];
  t.deepEqual(behind(resultOf('row', QUICK, goals), resultOf('other', { statepool: 10, jest: 1, tinypool: 5 })), [
    '- row',
    '  - not reached: statepool: x piscina, at least 3.00; found 2.00',
    '  - only hoped for: statepool: x piscina, stretch goal 5; found 2.00',
    '- other',
    '  - tinypool is 2.00 times as good as statepool',
  ]);
});

test('a difference within the noise is no weakness', (t) => {
  t.deepEqual(behind(resultOf('row', { piscina: 9.9, statepool: 10 })), []);
});

test('the list has the missed goals of competence', (t) => {
  const section = '## competence: tasks with keys\n\n- reached: good\n- not reached: slow, at least 2; found 1\n';
  const page: string = pageOf([resultOf('row', QUICK)], 'a machine', section);
  t.true(page.includes('- competence\n  - not reached: slow, at least 2; found 1'));
  t.false(page.includes('  - reached: good'));
});

test('the page says how far a subject differs from itself', (t) => {
  const row = resultOf('noise: latency', { statepool: 10, 'statepool again': 12 });
  const again = { subject: 'statepool again', figure: summaryOf(12), ratio: { median: 0.9, least: 0.83, most: 1.1 } };
  t.true(pageOf([{ ...row, lines: [again] }], 'a machine').includes('as fast as before: latency: 0.83 to 1.10.'));
});

test('a row that was left out says why', (t) => {
  const leftOut = 'left out: z3 is not on PATH';
  const row = resultOf('row', {}, [], { leftOut });
  const page: string = pageOf([resultOf('other', QUICK), row], 'a machine');
  t.true(page.includes('## row\n\nleft out: z3 is not on PATH.'));
  t.true(page.includes('| row | left out: z3 is not on PATH |'));
});

test('the picture has the rows that are for it', (t) => {
  const svg: string = plotOf([resultOf('shown', QUICK, [], { isPlotted: true }), resultOf('hidden', QUICK)]);
  t.true(svg.includes('shown: x piscina'));
  t.false(svg.includes('hidden'));
  t.is(svg.match(/<rect x=/g)?.length, 4);
});
