import test from 'ava';
import type { OutputLine } from 'statepool';
import { jobs } from '../../support/jobs.ts';
import { onEachHost, stayAlive } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';
import { Seen } from '../../support/witness.ts';

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
  "a worker's output goes to onOutput line by line, with its id, and never into the protocol",
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

for (const host of ['thread', 'process']) {
  test(`${host}: what a preloaded module prints before the worker starts is not lost`, async (t) => {
    const { stdout, stderr, code } = await runScript('preloaded.js', host);
    t.deepEqual([stdout, stderr, code], ['early é\nlate\n', 'early error\n', 0]);
  });
}

onEachHost("a last line without a line end is emitted at the worker's exit", async (t, open) => {
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

onEachHost('bytes that a worker writes in pieces or in an encoding arrive as from a pipe', async (t, open) => {
  stayAlive(t);
  const seen = new Seen<OutputLine>();
  const pool = open(jobs(), { onOutput: (line) => seen.add(line) });
  const text = 'Hello, 世界 €😀';
  const bytes = Buffer.from(`${text}\n`);
  const writes: [unknown, string?][] = [
    ...[...bytes].map((byte): [unknown] => [Uint8Array.of(byte)]),
    [bytes.toString('hex'), 'hex'],
    [bytes.toString('base64'), 'base64'],
    // One half of a character is text, the other half bytes.
    [bytes.subarray(0, 8).toString('latin1'), 'latin1'],
    [bytes.subarray(8)],
    ['é\n', 'latin1'],
    ['the end\n'],
  ];
  t.is(await pool.run({ do: 'write', writes }), writes.length);
  await seen.until(({ line }) => line === 'the end');
  t.deepEqual(
    seen.all.map(({ line }) => line),
    [text, text, text, text, '\ufffd', 'the end'],
  );
});

onEachHost('an onOutput that throws is a warning, and no line and no task is lost', async (t, open) => {
  stayAlive(t);
  const seen = new Seen<string>();
  const warnings = new Seen<Error & { code?: string }>();
  const hear = (warning: Error) => warnings.add(warning);
  process.on('warning', hear);
  t.teardown(() => process.off('warning', hear));
  const pool = open(jobs(), {
    onOutput({ line }) {
      seen.add(line);
      throw new Error(`no ${t.title}`);
    },
  });
  t.is(await pool.run({ do: 'print', out: ['a\nb\n'], value: 1 }), 1);
  await seen.until((line) => line === 'b');
  const warning = await warnings.until(({ message }) => message.includes(t.title));
  t.is(warning.code, 'STATEPOOL_HOOK');
  t.regex(warning.message, /^jobs: onOutput threw /);
  t.is(await pool.run({ do: 'echo', value: 2 }), 2);
});

onEachHost('a program whose stdout.write throws loses no task', async (t, _open, host) => {
  const { stdout, code } = await runScript('no-stdout.js', host);
  t.is(code, 0);
  t.is(stdout, 'done done\n');
});
