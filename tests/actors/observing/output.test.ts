import test from 'ava';
import type { OutputLine } from 'statepool';
import { LONGEST_LINE, Output } from '../../../actors/observing/output.ts';

/** Returns the lines that an output makes from pieces. */
function linesOf(pieces: Iterable<string>): string[] {
  const lines: string[] = [];
  const output = new Output('w', { line: ({ line }) => void lines.push(line) }, (t) => {
    throw t;
  });
  for (const piece of pieces) output.write('stdout', piece);
  output.end();
  return lines;
}

test('lines come without their line ends, however they were cut into pieces', (t) => {
  t.deepEqual(linesOf(['a\nb', '', 'c\n', '\n', 'd']), ['a', 'bc', '', 'd']);
});

test('a line longer than the maximum comes in pieces, and its end makes no line of its own', (t) => {
  const long = 'x'.repeat(LONGEST_LINE);
  t.deepEqual(linesOf([long, '\nnext\n']), [long, 'next']);
  t.deepEqual(linesOf([`${long}y\n`]), [long, 'y']);
  t.deepEqual(
    linesOf(['y', long, long, '\n']).map(({ length }) => length),
    [LONGEST_LINE, LONGEST_LINE, 1],
  );
});

test('the cut of a long line splits no character', (t) => {
  const lines = linesOf(['x', '😀'.repeat(LONGEST_LINE), '\n']);
  t.true(lines.every((line) => !/[\ud800-\udbff]$/.test(line)));
  t.is(lines.join(''), `x${'😀'.repeat(LONGEST_LINE)}`);
});

test('a line that never ends is kept in pieces, even if it comes character by character', (t) => {
  const lines = linesOf(Array.from({ length: 16 * LONGEST_LINE }, () => 'x'));
  t.deepEqual(
    lines,
    Array.from({ length: 16 }, () => 'x'.repeat(LONGEST_LINE)),
  );
});

test('the end of stderr is kept, in whole characters', (t) => {
  const output = new Output('w', { line() {} }, () => t.fail());
  for (let i = 0; i < 10_000; i++) output.write('stderr', `${i % 10}`);
  t.is(output.stderrTail, '0123456789'.repeat(410).slice(4));
  output.write('stderr', `${'😀'.repeat(4000)}x`);
  t.is(output.stderrTail, `${'😀'.repeat(2047)}x`);
});

test('an error of onOutput, at once or later, is reported once, and the next lines come', async (t) => {
  const reported: string[] = [];
  const errors: unknown[] = [];
  const line = ({ line }: OutputLine) => {
    reported.push(line);
    if (line === 'a') throw new Error('no');
    return line === 'b' ? Promise.reject(new Error('late')) : undefined;
  };
  const output = new Output('w', { line }, (error) => errors.push((error as Error).message));
  output.write('stdout', 'a\nb\nc\n');
  await new Promise(setImmediate);
  t.deepEqual(reported, ['a', 'b', 'c']);
  t.deepEqual(errors, ['no']);
});
