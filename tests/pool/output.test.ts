import type { OutputLine } from 'statepool';
import { jobs } from '../support/jobs.ts';
import { onEachHost, stayAlive } from '../support/pool.ts';
import { Seen } from '../support/witness.ts';

const garbage = [
  '{"not":"ours"}\n',
  '[2,"a response?"]\n[7,1,{"value":"fatal?"}]\n',
  'half a ',
  'line\n\n',
  '\u0000\u001b[31mé漢字\n',
];
const lines = [
  '{"not":"ours"}',
  '[2,"a response?"]',
  '[7,1,{"value":"fatal?"}]',
  'half a line',
  '',
  '\u0000\u001b[31mé漢字',
];

onEachHost(
  'what a worker prints goes to onOutput in lines, with its id, and never into the protocol',
  async (t, open) => {
    stayAlive(t);
    const seen = new Seen<OutputLine>();
    const pool = open(jobs(), { onOutput: (line) => seen.add(line) });
    const value = await pool.run({ do: 'print', out: garbage, err: ['on stderr\n', ...garbage], value: 'the result' });
    t.is(value, 'the result');
    t.is(await pool.run({ do: 'echo', value: 1 }), 1);
    await seen.untilAll((all) => all.length >= 2 * lines.length + 1);
    const of = (stream: string) => seen.all.filter((line) => line.stream === stream).map(({ line }) => line);
    t.deepEqual(of('stdout'), lines);
    t.deepEqual(of('stderr'), ['on stderr', ...lines]);
    t.true(seen.all.every(({ worker }) => worker === 'jobs:0:1'));
  },
);

onEachHost('a last line without an end is told when the worker is gone', async (t, open) => {
  stayAlive(t);
  const seen = new Seen<OutputLine>();
  const pool = open(jobs(), { onOutput: (line) => seen.add(line) });
  await pool.run({ do: 'print', out: ['first\nlast'], verdict: () => ({ type: 'stay', competence: 1 }) });
  await seen.until(({ line }) => line === 'first');
  await pool.destroy();
  t.deepEqual(
    seen.all.map(({ line }) => line),
    ['first', 'last'],
  );
});

onEachHost('printing a lot loses nothing', async (t, open) => {
  stayAlive(t);
  const seen = new Seen<OutputLine>();
  const pool = open(jobs(), { onOutput: (line) => seen.add(line) });
  const out = Array.from({ length: 2000 }, (_, i) => `line ${i} ${'x'.repeat(100)}\n`);
  await pool.run({ do: 'print', out });
  await seen.untilAll((all) => all.length === out.length);
  t.deepEqual(
    seen.all.map(({ line }) => `${line}\n`),
    out,
  );
});
