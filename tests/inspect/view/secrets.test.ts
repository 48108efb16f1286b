import test, { type ExecutionContext } from 'ava';
import type { Kind } from 'statepool';
import { inspect } from 'statepool/inspect';
import { echo, hold, type JobTypes, jobs } from '../../support/jobs.ts';
import { opener, stayAlive } from '../../support/pool.ts';
import { ask } from '../../support/raw-http.ts';
import { Viewer } from '../../support/viewer.ts';
import { Notes } from '../../support/witness.ts';

/** A part of every secret. */
const SECRET = 'xyzzy';

/** Puts secrets everywhere in a pool and returns the viewer, with all the texts that it got. */
async function viewed(t: ExecutionContext, functions: Partial<Kind<JobTypes>>): Promise<Viewer> {
  stayAlive(t);
  const kind = jobs({
    requestOfTask: (_status, { verdict, ...request }) => ({ ...request, more: `${SECRET} request` }),
    affinity: () => undefined,
    affinityOfCompetence: () => `${SECRET} key`,
    ...functions,
  });
  const pool = opener(t, 'process')(kind, { env: { TOKEN: `${SECRET} environment` }, size: 2 });
  await pool.ready();
  const notes = new Notes(pool);
  const view = await inspect(pool);
  const page = new Viewer(t, view);
  const stately = new Viewer(t, view, '/inspect');
  await page.until(({ type }) => type === 'full');
  const verdict = (response: unknown) => ({
    type: 'stay' as const,
    competence: { text: `${SECRET} competence` },
    result: response,
  });
  const text = (what: string) => `${SECRET} ${what}`;
  await pool.run(echo(text('response'), { secret: text('task'), verdict }));
  await pool.run({ do: 'report', notes: [{ text: text('feedback') }], verdict });
  pool.forwardFeedback({ text: text('feedback') });
  const error = Object.assign(new Error(text('error')), { name: text('name'), code: text('code') });
  const failed = { type: 'stay' as const, competence: text('competence'), error };
  await t.throwsAsync(pool.run(echo(1, { verdict: () => failed })));
  await t.throwsAsync(pool.run({ do: 'throw', what: 'custom', secret: text('task') }));
  await t.throwsAsync(pool.run({ do: 'exit', code: 3, last: text('last words') }));
  const controller = new AbortController();
  const held = [1, 2].map((i) => pool.run(hold(`gate ${i}`, { secret: text('task') }), { signal: controller.signal }));
  await Promise.all([notes.begun('gate 1'), notes.begun('gate 2')]);
  const queued = pool.run(echo(1, { secret: text('queued task') }), { signal: controller.signal });
  await page.reads(({ header, queue }) => header.running === 2 && queue.length === 1);
  controller.abort(new Error(text('reason')));
  await Promise.all([...held, queued].map((promise) => t.throwsAsync(promise)));
  await page.reads(({ header }) => header.failed >= 6);
  const bodies = await Promise.all(['/', '/page.js'].map((path) => ask(view.port, { path })));
  await pool.destroy();
  await Promise.all([page.closed, stately.closed]);
  t.true(stately.texts.length > 10);
  for (const message of [...page.texts, ...stately.texts, ...bodies.map(({ body }) => body)]) {
    t.false(message.includes(SECRET), message);
  }
  return page;
}

test('tasks, requests, responses, competences, errors and feedback are never sent', async (t) => {
  const page = await viewed(t, { nameOfTask: (task) => `a job: ${task.do}` });
  t.true(page.texts.some((text) => text.includes('"a job: hold"')));
});

test('a task of a kind that does not name tasks is a number', async (t) => {
  const { nameOfTask, ...named } = jobs();
  t.is(typeof nameOfTask, 'function');
  const page = await viewed(t, {
    ...named,
    nameOfTask: undefined as never,
    requestOfTask: (_status, { verdict, ...job }) => job,
  });
  const names = page.all.flatMap((message) =>
    message.type === 'ended' ? [] : message.queue.head.map(({ name }) => name),
  );
  t.true(names.length > 0 && names.every((name) => name === '#1'), names.join());
});

test("a competence is shown in its kind's words, up to a limited length", async (t) => {
  stayAlive(t);
  const views: Record<string, unknown> = {
    small: { keys: ['a', 'b'], count: 2 },
    text: 'a short text',
    large: 'x'.repeat(1000),
    throws: undefined,
  };
  const pool = opener(
    t,
    'inline',
  )(
    jobs({
      viewOfCompetence(competence) {
        if (competence === 'throws') throw new Error(SECRET);
        return views[String(competence)];
      },
    }),
  );
  const viewer = new Viewer(t, await inspect(pool));
  const shown: unknown[] = [];
  for (const competence of Object.keys(views)) {
    const { tasks = 0 } = await viewer.actor(({ machine }) => machine === 'worker');
    await pool.run(echo(1, { verdict: () => ({ type: 'stay', competence }) }));
    const actor = await viewer.actor(({ state, tasks: now = 0 }) => state === 'old' && now > tasks);
    shown.push(actor.competence);
  }
  t.deepEqual(shown, [views.small, views.text, '(a view of more than 1000 characters)', '(viewOfCompetence threw)']);
});
