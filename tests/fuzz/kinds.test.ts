import test from 'ava';
import { createPool, type Kind, type KindTypes } from 'statepool';
import { kindChart } from 'statepool/machines';
import { fixture } from '../support/jobs.ts';

const plain: Kind<KindTypes> = {
  name: 'plain',
  url: import.meta.url,
  requestOfTask: (_status, task) => task as object,
  perform: (request) => request,
  useResponse: (_status, _task, result) => ({ type: 'stay', competence: 1, result }),
  nameOfTask: () => 'the task',
};
const { hostile } = (await import(fixture('hostile.js'))) as { hostile: Readonly<Record<string, () => unknown>> };

/** Returns a copy of a value one of whose members throws at its `last` read. */
function tired<T extends object>(value: T, last: number): T {
  let left = last;
  return new Proxy(value, {
    get(target, name) {
      if (--left === 0) throw new Error(`tired of ${String(name)}`);
      return Reflect.get(target, name);
    },
  });
}

const members = ['name', 'url', 'requestOfTask', 'perform', 'window'];

for (const member of members) {
  test(`createPool names a kind's ${member} of a wrong type`, (t) => {
    for (const [name, make] of Object.entries(hostile)) {
      // A function may be a function, and an undefined member may be left out.
      if (name === 'function' || (member === 'window' && name === 'nothing')) continue;
      const kind = { ...plain, [member]: make() } as never;
      t.throws(() => createPool(kind, { host: 'inline' }), { code: 'USAGE', message: /kind/ }, name);
    }
  });
}

test('createPool refuses a hostile value as a kind', (t) => {
  for (const [name, make] of Object.entries(hostile)) {
    t.throws(() => createPool(make() as never, { host: 'inline' }), { code: 'USAGE', message: /kind/ }, name);
  }
});

test("createPool and kindChart name a kind's member that throws when it is read", (t) => {
  for (const member of members) {
    const kind = Object.defineProperty({ ...plain }, member, {
      get() {
        throw new Error(`no ${member}`);
      },
    });
    t.throws(() => createPool(kind, { host: 'inline' }), { code: 'USAGE', message: new RegExp(`no ${member}`) });
  }
  const examples = Object.defineProperty({ ...plain }, 'examples', {
    get() {
      throw Object.create(null);
    },
  });
  t.throws(() => kindChart(examples), { code: 'CHART' });
});

test('a kind that throws at any one call fails its task alone, or makes no pool', async (t) => {
  t.timeout(60_000);
  for (let call = 1; call < 50; call++) {
    let pool: ReturnType<typeof createPool>;
    try {
      pool = createPool(tired(plain, call), { host: 'inline', size: 1 });
    } catch (error) {
      t.regex((error as Error).message, /tired of/, `call ${call}`);
      continue;
    }
    const failures: string[] = [];
    for (const task of ['one', 'two', 'three']) await pool.run(task).catch(({ message }) => failures.push(message));
    t.true(failures.length <= 1, `call ${call}: ${failures.join(', ')}`);
    for (const message of failures) t.regex(message, /tired of/);
    await pool.destroy();
  }
});
