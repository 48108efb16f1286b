import test from 'ava';
import { tactic } from 'statepool/kinds';
import { kindPaths, type PathOptions, runPaths } from 'statepool/testing';

const titles = (options: PathOptions) => kindPaths(tactic, options).map(({ title }) => title);

test('walks depend only on their seed', (t) => {
  t.deepEqual(titles({ mode: 'walk', seed: 3 }), titles({ mode: 'walk', seed: 3 }));
  t.notDeepEqual(titles({ mode: 'walk', seed: 3 }), titles({ mode: 'walk', seed: 4 }));
});

test('the shortest paths end in every transition, and none is longer than necessary', (t) => {
  const paths = kindPaths(tactic, { mode: 'shortest' });
  t.deepEqual(paths.coverage.transitions, [26, 26]);
  t.deepEqual([...new Set(paths.map(({ steps }) => steps.length))].sort(), [1, 2, 3, 4]);
});

test('a limit takes the first paths, or that many walks', (t) => {
  t.deepEqual(titles({ limit: 2 }), titles({}).slice(0, 2));
  t.is(titles({ mode: 'walk', limit: 3 }).length, 3);
});

test('wrong options are refused with the legal values', (t) => {
  for (const [options, message] of [
    [{ mode: 'all' }, /mode is 'all': it must be one of edges, pairs, shortest, walk/],
    [{ host: 'moon' }, /host is 'moon': it must be one of process, thread, inline, simulated/],
    [{ length: 0 }, /length is 0: it must be a whole number of at least 1/],
    [{ shard: '2' }, /shard is '2': it must be a part and a number of parts/],
  ] as const) {
    t.throws(() => kindPaths(tactic, options as never), { code: 'USAGE', message });
  }
});

test('runPaths reports its runs and its failures', async (t) => {
  const seen: string[] = [];
  const report = await runPaths(tactic, {
    host: 'simulated',
    onStep: ({ number }, step) => seen.push(`${number}.${step}`),
    onPath: ({ number }, error) => seen.push(`${number} ${error === undefined ? 'passed' : 'failed'}`),
  });
  t.like(report, { paths: 14, steps: 48, passed: 14 });
  t.deepEqual(report.failures, []);
  t.deepEqual(report.coverage.transitions, [26, 26]);
  t.is(seen.length, 14 + 48);
});
