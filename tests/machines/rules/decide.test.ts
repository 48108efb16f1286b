import test from 'ava';
import fc from 'fast-check';
import { leastOf } from '../../../machines/state/pool-state.ts';
import { World } from '../../support/world.ts';

const weights: Readonly<Record<string, number>> = {
  push: 8,
  ready: 6,
  answer: 8,
  die: 2,
  exit: 5,
  cancelTask: 1,
  overdue: 1,
  cancelWorker: 1,
  cancelAll: 1,
  change: 1,
  setOrder: 1,
  pause: 1,
  resume: 2,
  resize: 1,
  respawn: 2,
  retire: 2,
  tick: 3,
  due: 3,
  measure: 1,
  grant: 4,
  contend: 1,
};

const program = fc.array(
  fc.tuple(
    fc.oneof(...Object.entries(weights).map(([arbitrary, weight]) => ({ arbitrary: fc.constant(arbitrary), weight }))),
    fc.nat(1000),
    fc.nat(1000),
  ),
  { maxLength: 80, size: 'max' },
);

const shape = {
  size: fc.nat(3),
  minSize: fc.option(fc.nat(3), { nil: undefined }),
  window: fc.constantFrom(1, 1, 3),
  mode: fc.constantFrom('match', 'require', 'prefer', 'hook'),
  patience: fc.constantFrom(0, 1000, Number.POSITIVE_INFINITY),
  isExact: fc.boolean(),
  tokens: fc.constantFrom(undefined, undefined, 1, 2),
};

const ends = ['destroy', 'finish', 'finish-running', 'cancel'] as const;

test('the invariants hold for any events in any order', (t) => {
  const property = fc.property(
    program,
    fc.record(shape),
    fc.constantFrom(...ends),
    fc.boolean(),
    (steps, world, end, isPatient) => {
      const pool = new World(world);
      for (const [act, a, b] of steps) pool.acts[act]?.(a, b);
      pool.settle();
      if (end === 'destroy') pool.send({ type: 'destroy' });
      else pool.send({ type: 'close', tasks: end });
      if (isPatient) {
        pool.settle();
        // No task keeps the pool from its end, not even one that no worker takes.
        t.is(pool.pool.phase, 'destroying');
      }
      // A pool that is destroyed does not wait for the kind's `end`.
      pool.send({ type: 'destroy' });
      for (const { seat, state } of pool.bodies.values()) t.is(state, 'dying', seat.id);
      pool.settle();
      pool.checkEnd();
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 3000, includeErrorInReport: true }));
});

test('a pool without further calls fills its slots and comes to rest', (t) => {
  const property = fc.property(program, fc.record(shape), (steps, of) => {
    const world = new World(of);
    for (const [act, a, b] of steps) world.acts[act]?.(a, b);
    world.settle();
    const { pool } = world;
    const count = pool.seats.size;
    const isFull = count >= leastOf(pool) && count <= pool.size;
    return pool.degraded !== undefined || (pool.free.length === count && isFull);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500, includeErrorInReport: true }));
});

test('decide starts no worker for size 0, and one for each slot as soon as it exists', (t) => {
  const { pool, bodies, acts } = new World({ size: 0 });
  acts.push?.(1, 1);
  t.is(bodies.size, 0);
  t.true(pool.isStalled);
  acts.resize?.(3, 0);
  t.deepEqual([...bodies.keys()], ['fake:0:1', 'fake:1:1', 'fake:2:1']);
});

test('idle workers end above minSize, and the others stay', (t) => {
  const { pool, bodies, acts } = new World({ size: 3, minSize: 1 });
  t.is(bodies.size, 1);
  // A fresh worker takes each of these tasks.
  for (let i = 0; i < 3; i++) acts.push?.(1, 1);
  t.is(bodies.size, 3);
  for (let i = 0; i < 3; i++) acts.ready?.(0, 0);
  while (pool.busy > 0) acts.answer?.(0, 1);
  for (let i = 0; i < 3; i++) acts.retire?.(0, 0);
  t.deepEqual([...bodies.values()].map(({ state }) => state).sort(), ['ending', 'ending', 'free']);
});
