import test from 'ava';
import fc from 'fast-check';
import { Arrivals } from '../../../inspect/activity/arrivals.ts';

test('a task was accepted when the count of accepted tasks reached its number', (t) => {
  const arrivals = new Arrivals(10, 1000);
  arrivals.note(10, 1100);
  arrivals.note(11, 1200);
  arrivals.note(11, 1500);
  arrivals.note(15, 1600);
  t.deepEqual(arrivals.of(11), { at: 1200, isEarlier: false });
  t.deepEqual(arrivals.of(15), { at: 1600, isEarlier: false });
  // Four came between two notes: they are taken to have come evenly.
  t.deepEqual(arrivals.of(13), { at: 1550, isEarlier: false });
});

test('the time of a task that came before anyone looked is not known, nor that of one that was given back', (t) => {
  const arrivals = new Arrivals(10, 1000);
  t.deepEqual(arrivals.of(10), { at: 1000, isEarlier: true });
  t.is(arrivals.of(0), undefined);
  t.is(arrivals.of(-3), undefined);
});

test('a task that came since the last note came at the last note', (t) => {
  const arrivals = new Arrivals(0, 1000);
  arrivals.note(1, 1200);
  arrivals.note(1, 1300);
  t.deepEqual(arrivals.of(2), { at: 1300, isEarlier: false });
});

test('notes are bounded, and an arrival is never estimated outside of the notes around it', (t) => {
  const steps = fc.array(fc.tuple(fc.nat(3), fc.nat(20)), { minLength: 3000, maxLength: 6000 });
  t.notThrows(() =>
    fc.assert(
      fc.property(steps, (all) => {
        const arrivals = new Arrivals(0, 0);
        const last: number[] = [];
        let count = 0;
        let at = 0;
        for (const [more, later] of all) {
          count += more;
          at += later;
          arrivals.note(count, at);
          while (last.length < count) last.push(at);
        }
        const known = last.map((_, i) => arrivals.of(i + 1)?.at ?? -1);
        return (
          arrivals.size <= 2048 && known.every((each, i) => each <= (last.at(-1) ?? 0) && each >= (known[i - 1] ?? 0))
        );
      }),
      { numRuns: 10 },
    ),
  );
});
