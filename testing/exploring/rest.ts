import assert from 'node:assert';
import { leastOf } from '../../machines/state/pool-state.ts';
import type { ModelPool } from '../model/model-pool.ts';
import { isConcurrent } from '../model/model-state.ts';

/**
 * Checks the invariants of a pool with nothing under way. @throws {AssertionError} naming the invariant that does not
 * hold
 */
export function checkRest(model: ModelPool): void {
  const { pool, bodies } = model;
  if (pool.phase === 'destroying') {
    assert.equal(bodies.size + pool.queue.length, 0, 'the pool was destroyed, and something is left');
    assert.equal(model.settled.size, model.entries.length, 'the pool was destroyed, and a task has not settled');
    return;
  }
  const least = leastOf(pool);
  const isFull = bodies.size >= least && bodies.size <= pool.size;
  assert.ok(isFull, `${bodies.size} workers, and the size is from ${least} to ${pool.size}`);
  for (const { seat, state, process } of bodies.values()) {
    assert.equal(process, 'up', `the process of ${seat.id} is ${process}`);
    assert.equal(state, seat.phase === 'busy' ? 'busy' : seat.status.type, `${seat.id} is ${seat.phase} in the book`);
    const { length } = seat.held;
    const isHolding = state === 'busy' ? length > 0 && length <= model.most : length === 0;
    assert.ok(isHolding, `${seat.id} is ${state}, and holds ${length} tasks`);
    // Without a token, a free worker takes no request over from a busy one.
    const isIdle = pool.free.some(({ slot }) => slot < pool.size) && pool.holds === 0 && pool.tokens === undefined;
    const isFree = isIdle && !isConcurrent(model);
    assert.ok(!(isFree && length > 1), `a worker is free, and ${seat.id} holds a task that it has not begun`);
    for (const entry of seat.held) assert.equal(entry.place, 'held', 'a task is performed that has settled');
  }
}
