import test from 'ava';
import fc from 'fast-check';
import type { Kind, Pool, TaskOutcome } from 'statepool';
import { fixture } from '../support/jobs.ts';
import { type Open, opener } from '../support/pool.ts';

interface HostileTypes {
  task: unknown;
  request: unknown;
  response: unknown;
  feedback: unknown;
}

const { default: kind, hostile } = (await import(fixture('hostile.js'))) as {
  default: Kind<HostileTypes>;
  hostile: Readonly<Record<string, () => unknown>>;
};
const hosts = ['process', 'thread', 'inline'] as const;
const names = Object.keys(hostile);
/** The legal ends of a task with a hostile value. */
const ENDS = new Set(['result', 'MARSHAL_REQUEST', 'MARSHAL_RESPONSE', 'PERFORM', 'WORKER_DIED', 'KIND', 'CANCELLED']);

/** Lists the properties that were added to global prototypes. */
function pollution(): string[] {
  const added = [...Object.keys(Object.prototype), ...Object.keys(Array.prototype)];
  return [...added, String(({} as { polluted?: unknown }).polluted)];
}

/** Runs a task: returns how it ended, and how often the pool emitted it. */
async function settle(pool: Pool<unknown>, task: unknown, options = {}): Promise<{ end: string; outcomes: number }> {
  let outcomes = 0;
  const count = (_: TaskOutcome) => void outcomes++;
  pool.on('task', count);
  const end = await pool.run(task, options).then(
    () => 'result',
    (error: { code?: unknown }) => {
      try {
        return String(error.code);
      } catch {
        return 'an error that cannot be read';
      }
    },
  );
  pool.off('task', count);
  return { end, outcomes };
}

/** Checks that the pool still works, and that no global prototype was changed. */
async function staysWell(pool: Pool<unknown>): Promise<void> {
  const echo = await pool.run({ value: 'well' });
  const there = (await pool.run({ as: 'polluted' })) as string[];
  if (echo !== 'well') throw new Error(`an echo gave ${String(echo)}`);
  const found = [...there, ...pollution()].filter((each) => each !== 'undefined');
  if (found.length > 0) throw new Error(`all objects have got ${found.join(', ')}`);
}

/** Many values end their worker: the next one has started by then. */
const openOn = (open: Open, more: Partial<Kind<HostileTypes>> = {}) => open({ ...kind, ...more }, { spares: 2 });

for (const host of hosts) {
  test(`${host}: every hostile value that a worker makes settles its task once`, async (t) => {
    t.timeout(60_000);
    const pool = openOn(opener(t, host));
    for (const as of ['result', 'throw', 'feedback', ...(host === 'inline' ? ['nested', 'reject'] : [])]) {
      for (const make of names) {
        const { end, outcomes } = await settle(pool, { make, as });
        t.true(ENDS.has(end), `${make} as ${as} ended with ${end}`);
        t.is(outcomes, 1, `${make} as ${as}`);
      }
    }
    await t.notThrowsAsync(staysWell(pool));
  });

  test(`${host}: every hostile value in a task, as a task and as a reason settles it once`, async (t) => {
    t.timeout(60_000);
    const pool = openOn(opener(t, host));
    for (const make of names) {
      for (const task of [{ value: hostile[make]?.() }, { value: [hostile[make]?.()] }, hostile[make]?.()]) {
        const { end, outcomes } = await settle(pool, task);
        t.true(ENDS.has(end) || end === 'EXPIRED', `${make} ended with ${end}`);
        t.is(outcomes, 1, make);
      }
      const controller = new AbortController();
      const ended = settle(pool, { value: 1 }, { signal: controller.signal });
      controller.abort(hostile[make]?.());
      t.deepEqual(await ended, { end: 'CANCELLED', outcomes: 1 }, make);
    }
    await t.notThrowsAsync(staysWell(pool));
  });

  test(`${host}: any value returns as a structured clone of itself, or its task fails`, async (t) => {
    t.timeout(60_000);
    const pool = openOn(opener(t, host));
    const value = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true });
    const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON', 'then', 'type', 'value'));
    const property = fc.asyncProperty(fc.array(fc.tuple(key, value), { maxLength: 4 }), async (parts) => {
      const sent = Object.fromEntries(parts);
      const results = await Promise.all([1, 2, 3].map(() => pool.run({ value: [sent] })));
      for (const result of results) t.deepEqual(result, structuredClone([sent]));
    });
    await t.notThrowsAsync(fc.assert(property, { numRuns: 60, includeErrorInReport: true }));
    await t.notThrowsAsync(staysWell(pool));
  });
}

test("a kind's hooks that return or throw hostile values fail their task alone", async (t) => {
  t.timeout(60_000);
  for (const make of names) {
    const made = () => hostile[make]?.() as never;
    const raise = () => {
      throw made();
    };
    const kinds: Readonly<Record<string, Partial<Kind<HostileTypes>>>> = {
      'a request': { requestOfTask: (_, task) => (task === 'it' ? made() : (task as object)) },
      'a throw of requestOfTask': { requestOfTask: (_, task) => (task === 'it' ? raise() : (task as object)) },
      'a verdict': { useResponse: (_, task, result) => (task === 'it' ? made() : { type: 'end', result }) },
      'a throw of useResponse': {
        useResponse: (_, task, result) => (task === 'it' ? raise() : { type: 'end', result }),
      },
      'an error': {
        useResponse: (_, task, result) => ({ type: 'end', ...(task === 'it' ? { error: made() } : { result }) }),
      },
    };
    for (const [what, functions] of Object.entries(kinds)) {
      const pool = openOn(opener(t, 'inline'), {
        perform: (request) => (typeof request === 'string' ? 1 : kind.perform(request, {} as never)),
        ...functions,
      });
      const { outcomes } = await settle(pool, 'it');
      t.is(outcomes, 1, `${make} as ${what}`);
      await t.notThrowsAsync(staysWell(pool), `${make} as ${what}`);
      await pool.destroy();
    }
  }
});
