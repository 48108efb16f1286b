import test from 'ava';
import { createEntry, move, type Place } from '../../../machines/queue/entry.ts';

const legal: Readonly<Record<Place, readonly Place[]>> = {
  new: ['queued', 'settled'],
  queued: ['held'],
  held: ['queued', 'delayed', 'settled'],
  delayed: ['queued', 'settled'],
  settled: [],
};

for (const from of Object.keys(legal) as Place[]) {
  for (const to of Object.keys(legal) as Place[]) {
    const isLegal = legal[from].includes(to);
    test(`a task that is ${from} ${isLegal ? 'may become' : 'cannot become'} ${to}`, (t) => {
      const entry = createEntry('a task');
      entry.place = from;
      if (isLegal) {
        move(entry, to);
        t.is(entry.place, to);
      } else {
        t.throws(() => move(entry, to), { message: `a task that is ${from} cannot become ${to}` });
        t.is(entry.place, from);
      }
    });
  }
}
