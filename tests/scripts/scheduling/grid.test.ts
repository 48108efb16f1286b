import test from 'ava';
import { cellsOf, demandsOn } from '../../../scripts/scheduling/grid.ts';

test('on a part of the grid the rules reach every demand, and all tasks end', (t) => {
  const cells = cellsOf({ sizes: [8], keys: [1, 10], loads: [20], inFlight: [1, 4, 40], tasks: 600 });
  for (const { name, found, isMet } of demandsOn(cells)) t.true(isMet, `${name}; found ${found}`);
  for (const { workload, require, prefer } of cells) {
    t.true(prefer.busyShare <= 1 && require.busyShare <= 1);
    t.true(prefer.births === workload.size, 'no worker is replaced where all may switch');
  }
});

test('three workers serve three keys: three are born, and each loads one key', (t) => {
  const [cell] = cellsOf({ sizes: [3], keys: [1], loads: [20], inFlight: [1], tasks: 600 });
  t.is(cell?.prefer.births, 3);
  t.true((cell?.prefer.loads ?? 0) <= 6);
  t.true((cell?.require.births ?? 0) <= 6);
});
