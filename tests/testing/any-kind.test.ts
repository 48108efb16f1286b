import test from 'ava';
import fc from 'fast-check';
import { bisimulate, kindPaths } from 'statepool/testing';
import { explorePool } from '../../testing/exploring/explore.ts';
import { PoolRun } from '../../testing/exploring/pool-run.ts';
import { actsOn, nameOfAct } from '../../testing/model/acts.ts';
import { TestPool } from '../../testing/run/test-pool.ts';
import { anyKind } from '../support/random-kind.ts';

// A failure is reported as it is, without shrinking, which would take long.
const options = { includeErrorInReport: true, endOnFailure: true } as const;

test("for any answers of a kind's hooks, its chart is that of its workers", async (t) => {
  const property = fc.asyncProperty(anyKind, async (kind) => {
    t.deepEqual((await bisimulate(kind)).differences, []);
  });
  await t.notThrowsAsync(fc.assert(property, { ...options, numRuns: 12 }));
});

test("for any answers of a kind's hooks, a pool takes every pair of transitions of its chart", async (t) => {
  const property = fc.asyncProperty(anyKind, async (kind) => {
    const paths = kindPaths(kind, { mode: 'pairs', host: 'simulated' });
    const { transitions, pairs } = paths.coverage;
    t.deepEqual([transitions[0], pairs[0]], [transitions[1], pairs[1]]);
    await Promise.all(paths.map((path) => path.run()));
  });
  await t.notThrowsAsync(fc.assert(property, { ...options, numRuns: 10 }));
});

test("for any answers of a kind's hooks, the invariants hold in every state of a pool of two", (t) => {
  const property = fc.property(anyKind, (kind) => {
    explorePool(kind, 2, { tasks: 2, ends: true, without: ['pause', 'resume'] });
  });
  t.notThrows(() => fc.assert(property, { ...options, numRuns: 8 }));
});

test("for any answers of a kind's hooks, a pool shows the same as its model", async (t) => {
  const choices = fc.array(fc.nat(999), { minLength: 5, maxLength: 30, size: 'max' });
  const property = fc.asyncProperty(anyKind, choices, fc.integer({ min: 1, max: 3 }), async (kind, all, size) => {
    const testPool = new TestPool(kind, 'simulated', size);
    const done: string[] = [];
    try {
      const run = await PoolRun.begin(testPool, size);
      for (const choice of all) {
        const acts = actsOn(run.model, { tasks: 4 });
        const act = acts[choice % acts.length];
        if (act === undefined) break;
        done.push(nameOfAct(act));
        await run.act(act);
      }
    } catch (error) {
      throw new Error(`${done.join(', ')}: ${(error as Error).message}`, { cause: error });
    } finally {
      await testPool.close();
    }
  });
  await t.notThrowsAsync(fc.assert(property, { ...options, numRuns: 60 }));
});
