import test from 'ava';
import { begunOn, claim, close, createCounters, reopen } from '../../../actors/protocol/claim-counter.ts';

test('a closed counter allows no claim until it is reopened as often as it was closed', (t) => {
  const counters = createCounters();
  t.true(claim(counters));
  t.true(claim(counters));
  close(counters);
  t.is(begunOn(counters, 1), 2);
  close(counters);
  t.false(claim(counters));
  reopen(counters);
  t.false(claim(counters));
  reopen(counters);
  t.true(claim(counters));
  t.is(begunOn(counters, 0), 3);
});

test('the count goes on after its word overflows', (t) => {
  const counters = createCounters();
  for (let i = 0; i < 2 ** 20 + 5; i++) if (!claim(counters)) t.fail();
  t.is(begunOn(counters, 2 ** 20), 2 ** 20 + 5);
  close(counters);
  t.is(begunOn(counters, 2 ** 20 + 5), 2 ** 20 + 5);
  t.false(claim(counters));
});
