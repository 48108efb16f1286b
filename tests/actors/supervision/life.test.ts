import test from 'ava';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { code } from '../../support/outcome.ts';
import { onEachHost, opener } from '../../support/pool.ts';
import { runInDevelopment } from '../../support/script.ts';
import { Notes } from '../../support/witness.ts';

test("the supervisor's state is the pool's state", async (t) => {
  const pool = opener(t, 'thread')(jobs({ taskMatch: (_status, task) => task.do !== 'never' }));
  const state = () => pool.actor.getSnapshot().value;
  await pool.ready();
  const states = [state()];
  const note = (act: () => void) => {
    act();
    states.push(state());
  };
  note(() => pool.pause());
  note(() => pool.pause());
  note(() => pool.resume());
  note(() => pool.resume());
  t.deepEqual(states, ['running', 'paused', 'paused', 'paused', 'running']);
  const stalled = new Promise((resolve) => pool.on('stalled', resolve));
  const never = code(pool.run({ do: 'never' }));
  await stalled;
  t.is(state(), 'stalled');
  pool.pause();
  t.is(state(), 'paused');
  pool.resume();
  t.is(state(), 'stalled');
  const notes = new Notes(pool);
  const busy = code(pool.run(hold('a')));
  await notes.begun('a');
  t.is(state(), 'running');
  const closed = pool.close({ tasks: 'finish-running' });
  t.is(state(), 'draining');
  t.is(await code(pool.run(echo(1))), 'CLOSED');
  pool.destroy();
  t.is(state(), 'destroying');
  await closed;
  t.is(state(), 'destroyed');
  t.deepEqual([await never, await busy], ['CANCELLED', 'CANCELLED']);
});

onEachHost(
  'the actor of a worker that has ended gets neither the exit of its process nor a late verdict',
  async (t, _open, host) => {
    const { code: exitCode, stdout, stderr } = await runInDevelopment('ended.js', host);
    t.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: 'done\n' });
    t.notRegex(stderr, /was sent to stopped actor/);
  },
);
