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

onEachHost('with inheritEnv: false workers have the variables of env and of extraEnv alone', async (t, open) => {
  const kind = { ...informed, extraEnv: () => ({ STATEPOOL_EXTRA: 'extra' }) };
  const pool = open(kind, { inheritEnv: false, env: { STATEPOOL_ADDED: 'added' } });
  const names = await pool.run({ ask: 'variables' });
  const own = (names as string[]).filter((name) => name !== 'NODE_CHANNEL_FD' && !/^NODE_CHANNEL/.test(name));
  t.deepEqual(own.sort(), ['STATEPOOL_ADDED', 'STATEPOOL_EXTRA']);
});
