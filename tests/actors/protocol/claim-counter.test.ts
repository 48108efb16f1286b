import test from 'ava';
import {
  allow,
  begunOn,
  claim,
  close,
  createCounters,
  isAllowed,
  park,
  reopen,
  wake,
} from '../../../actors/protocol/claim-counter.ts';

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

test('a gated worker may begin each request once it is allowed, and not before', (t) => {
  const counters = createCounters();
  t.true(isAllowed(counters));
  allow(counters, 0);
  t.false(isAllowed(counters));
  for (let number = 1; number < 2 ** 20 + 5; number++) {
    allow(counters, number);
    if (!isAllowed(counters) || !claim(counters) || isAllowed(counters)) t.fail(`request ${number}`);
  }
  t.pass();
});

test('a worker that has parked is woken by a message once, and does not park when it may go on', (t) => {
  const counters = createCounters();
  allow(counters, 0);
  t.false(wake(counters));
  t.true(park(counters));
  allow(counters, 1);
  t.true(wake(counters));
  t.false(wake(counters));
  t.false(park(counters));
  t.false(wake(counters));
});
