import { once } from 'node:events';
import { informed } from '../../support/informed.ts';
import { onEachHost } from '../../support/pool.ts';

onEachHost('env adds variables to those of this process, replaces them and takes them away', async (t, open) => {
  process.env.STATEPOOL_KEPT = 'kept';
  process.env.STATEPOOL_CHANGED = 'before';
  process.env.STATEPOOL_TAKEN = 'taken';
  const pool = open(informed, {
    env: { STATEPOOL_ADDED: 'added', STATEPOOL_CHANGED: 'after', STATEPOOL_TAKEN: undefined },
  });
  const names = ['ADDED', 'KEPT', 'CHANGED', 'TAKEN'];
  const values = names.map((name) => pool.run({ ask: 'variable', name: `STATEPOOL_${name}` }));
  t.deepEqual(await Promise.all(values), ['added', 'kept', 'after', undefined]);
});

onEachHost(
  'an extraEnv that throws, or returns no text, is a warning, and costs no other variable',
  async (t, open) => {
    const fail = () => {
      throw new Error('no variables');
    };
    for (const extraEnv of [fail, () => ({ STATEPOOL_EXTRA: {} }) as never]) {
      const warned = once(process, 'warning');
      const pool = open({ ...informed, extraEnv }, { size: 1, env: { STATEPOOL_ADDED: 'added' } });
      const [{ code, message }] = await warned;
      t.is(code, 'STATEPOOL_HOOK');
      t.regex(message, /extraEnv/);
      t.is(await pool.run({ ask: 'variable', name: 'STATEPOOL_ADDED' }), 'added');
      t.is(await pool.run({ ask: 'variable', name: 'STATEPOOL_EXTRA' }), undefined);
    }
  },
);

onEachHost('memory limits mean the same in a process and in a thread, and may be fractions', async (t, open) => {
  const resourceLimits = { maxOldGenerationSizeMb: 63.6, maxYoungGenerationSizeMb: 24 };
  const heap = await open(informed, { size: 1, resourceLimits }).run({ ask: 'heap' });
  t.is(Math.round(heap), 88);
});

onEachHost('with inheritEnv: false workers have the variables of env and of extraEnv alone', async (t, open) => {
  const kind = { ...informed, extraEnv: () => ({ STATEPOOL_EXTRA: 'extra' }) };
  const pool = open(kind, { inheritEnv: false, env: { STATEPOOL_ADDED: 'added' } });
  const names = await pool.run({ ask: 'variables' });
  const own = (names as string[]).filter((name) => name !== 'NODE_CHANNEL_FD' && !/^NODE_CHANNEL/.test(name));
  t.deepEqual(own.sort(), ['STATEPOOL_ADDED', 'STATEPOOL_EXTRA']);
});
