import test from 'ava';
import fc from 'fast-check';
import type { Kind } from 'statepool';
import { fixture } from '../../support/jobs.ts';
import { opener } from '../../support/pool.ts';

/** What a task does to the level of its worker; the pool ends the worker after `over`. */
type Effect = 'stay' | 'rise' | 'throw' | 'over';

interface LevelTypes {
  task: { readonly effect: Effect };
  request: { readonly effect: Effect; readonly builtFor: number };
  response: { readonly isRight: boolean; readonly level: number; readonly workerId: string };
  competence: number;
  result: { readonly isRight: boolean; readonly workerId: string };
}

const { default: levels }: { default: Kind<LevelTypes> } = await import(fixture('levels.js'));

const TASKS = 10_000;
const IN_FLIGHT = 64;

/** The chance of each effect of a task, in tasks of 1,000. */
const chances = fc.record({
  rise: fc.integer({ min: 0, max: 500 }),
  throw: fc.integer({ min: 0, max: 50 }),
  over: fc.integer({ min: 0, max: 2 }),
  cancel: fc.integer({ min: 0, max: 20 }),
});

test('no request is begun in another status than it was built for, although requests travel early', async (t) => {
  t.timeout(300_000);
  const property = fc.asyncProperty(chances, fc.integer({ min: 1, max: 3 }), fc.nat(), async (of, size, seed) => {
    const pool = opener(t, 'thread')(levels, { size });
    let random = seed % 2_147_483_647 || 1;
    const next = () => {
      random = (random * 48_271) % 2_147_483_647;
      return random % 1000;
    };
    const effectOf = (n: number): Effect =>
      n < of.rise ? 'rise' : n < of.rise + of.throw ? 'throw' : n < of.rise + of.throw + of.over ? 'over' : 'stay';
    let left = TASKS;
    const caller = async () => {
      while (left-- > 0) {
        const isCancelled = next() < of.cancel;
        const controller = isCancelled ? new AbortController() : undefined;
        const running = pool.run({ effect: effectOf(next()) }, controller && { signal: controller.signal });
        if (controller !== undefined) setImmediate(() => controller.abort());
        const end = await running.catch((error: Error & { code?: string }) => error);
        if (end instanceof Error) {
          const isFair = end.code === 'CANCELLED' || end.message.includes('as asked');
          if (!isFair) throw end;
        } else if (!end.isRight) throw new Error('a request was begun in another status than it was built for');
      }
    };
    try {
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
    } finally {
      await pool.destroy();
    }
  });
  await t.notThrowsAsync(fc.assert(property, { numRuns: 10, endOnFailure: true, includeErrorInReport: true }));
});

test('a quick worker gets its next request before it has answered; one of a kind with `window: 1` does not', async (t) => {
  for (const window of [undefined, 1]) {
    let open = 0;
    let early = 0;
    const pool = opener(
      t,
      'thread',
    )({
      ...levels,
      ...(window === undefined ? {} : { window }),
      requestOfTask(...given) {
        if (open++ > 0) early++;
        return levels.requestOfTask(...given);
      },
      useResponse(...given) {
        open--;
        return levels.useResponse(...given);
      },
    });
    await Promise.all(Array.from({ length: 1000 }, () => pool.run({ effect: 'stay' })));
    if (window === 1) t.is(early, 0);
    else t.true(early > 100, `${early} of 1,000 requests were sent early`);
  }
});
