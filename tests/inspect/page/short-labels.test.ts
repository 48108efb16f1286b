import test from 'ava';
import { shortener } from '../../../inspect/page/timeline/short-labels.ts';

function shortened(labels: readonly string[], most = 10): string[] {
  return labels.map(shortener(labels, most));
}

test('labels lose their common start, and what is too long is cut', (t) => {
  t.deepEqual(shortened(['project-a', 'project-b']), ['…a', '…b']);
  t.deepEqual(shortened(['a', 'b']), ['a', 'b']);
  t.deepEqual(shortened(['one', 'another-long-name']), ['one', 'another-l…']);
  t.deepEqual(shortened(['project-alone']), ['project-a…']);
});

test('numbers stay whole, and no label becomes empty', (t) => {
  t.deepEqual(shortened(['project-1', 'project-12', 'project-13']), ['…1', '…12', '…13']);
  t.deepEqual(shortened(['project', 'project-a']), ['…t', '…t-a']);
});

test('a label of its own is shortened once, whatever the others are', (t) => {
  t.deepEqual(shortened([]), []);
  t.is(shortener(['same', 'same'], 10)('same'), 'same');
});
