import test from 'ava';
import { shortener } from '../../../inspect/page/timeline/short-labels.ts';

function shortened(labels: readonly string[], most = 10): string[] {
  return labels.map(shortener(labels, most));
}

test('labels lose their common start, and what is too long is cut', (t) => {
  t.deepEqual(shortened(['project-a', 'project-b'], 8), ['…a', '…b']);
  t.deepEqual(shortened(['project-a', 'project-b']), ['project-a', 'project-b']);
  t.deepEqual(shortened(['engine x, texts 1', 'engine x, texts 2']), ['…texts 1', '…texts 2']);
  t.deepEqual(shortened(['a', 'b']), ['a', 'b']);
  t.deepEqual(shortened(['one', 'another-long-name']), ['one', 'another-l…']);
  t.deepEqual(shortened(['project-alone']), ['project-a…']);
});

test('numbers stay whole, and no label becomes empty', (t) => {
  t.deepEqual(shortened(['project-1', 'project-12', 'project-13'], 9), ['…1', '…12', '…13']);
  t.deepEqual(shortened(['project', 'project-a'], 8), ['…t', '…t-a']);
});

test('a label of its own is shortened once, whatever the others are', (t) => {
  t.deepEqual(shortened([]), []);
  t.is(shortener(['same', 'same'], 10)('same'), 'same');
});
