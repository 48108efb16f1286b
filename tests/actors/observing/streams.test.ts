import { text } from 'node:stream/consumers';
import test from 'ava';
import { OutputSinks } from '../../../actors/observing/output-sinks.ts';
import { informed } from '../../support/informed.ts';
import { onEachHost, opener } from '../../support/pool.ts';

onEachHost('onChunk gets the output of workers as they write it', async (t, open) => {
  const texts = { stdout: '', stderr: '' };
  const pool = open(informed, {
    onChunk: ({ stream, text, worker }) => {
      texts[stream] += text;
      t.is(worker, 'informed:0:1');
    },
  });
  await pool.run({ ask: 'output' });
  await pool.close();
  t.deepEqual(texts, { stdout: 'no line end', stderr: 'another' });
});

onEachHost('pool.stdout and pool.stderr are streams that end with the pool', async (t, open) => {
  const pool = open(informed);
  const both = Promise.all([text(pool.stdout), text(pool.stderr)]);
  t.is(pool.stdout, pool.stdout);
  await pool.run({ ask: 'output' });
  await pool.close();
  t.deepEqual(await both, ['no line end', 'another']);
});

test('a stream that is asked for after the end of the pool is at its end', async (t) => {
  const pool = opener(t, 'thread')(informed);
  await pool.close();
  t.is(await text(pool.stdout), '');
});

test('an error of onChunk is reported, and lines and later pieces come', async (t) => {
  const warned = new Promise<Error>((resolve) => {
    process.on('warning', (warning) => {
      if (warning.message.includes('onChunk')) resolve(warning);
    });
  });
  const lines: string[] = [];
  const pool = opener(t, 'thread')(informed, {
    onOutput: ({ line }) => void lines.push(line),
    onChunk() {
      throw new Error('no');
    },
  });
  await pool.run({ ask: 'output' });
  await pool.close();
  t.regex((await warned).message, /^informed: onChunk threw Error: no/);
  t.deepEqual(lines.sort(), ['another', 'no line end']);
});

test('a stream that nobody reads keeps a bounded text, and says so; it goes on when it is read', (t) => {
  const sinks = new OutputSinks(undefined, undefined);
  const stream = sinks.stream('stdout');
  const piece = 'x'.repeat(2 ** 20);
  for (let i = 0; i < 40; i++) sinks.chunk({ worker: 'w', stream: 'stdout', text: piece });
  t.true(stream.readableLength <= 18 * 2 ** 20);
  while (stream.read() !== null);
  sinks.chunk({ worker: 'w', stream: 'stdout', text: 'again' });
  t.is(stream.read(), 'again');
});
