import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inspect } from 'statepool/inspect';
import { hold, jobs } from '../../support/jobs.ts';
import { active, blemishes, inBrowser, openPage, reads } from '../../support/page-view.ts';
import { opener, stayAlive } from '../../support/pool.ts';

inBrowser('the page shows a worker as fresh, busy, old and dead, then its replacement, and then the end', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'process')(jobs());
  const view = await inspect(pool);
  const { page, hosts, errors } = await openPage(t, view);
  t.is(page.url(), `http://127.0.0.1:${view.port}/`);
  await active(page, 'fresh');

  const dispatched = page.locator('tspan.fired[data-edge="fresh|dispatch|busy"]').waitFor({ state: 'attached' });
  const first = pool.run(hold('first'));
  await active(page, 'busy');
  await dispatched;
  await page.locator('.actor .task', { hasText: 'first' }).waitFor();

  const second = pool.run(hold('second'));
  await reads(page, '#waiting', '1');
  await page
    .locator('#queue .group', { hasText: 'second' })
    .locator('.head', { hasText: 'every worker is busy' })
    .waitFor();
  pool.forwardFeedback({ open: 'first' });
  await first;
  await reads(page, '#waiting', '0');
  pool.forwardFeedback({ open: 'second' });
  await second;
  await active(page, 'old');
  await reads(page, '#done', '2');

  const killed = pool.run(hold('third')).catch((error: { code?: string }) => error.code);
  await active(page, 'busy');
  process.kill(pool.workers[0]?.pid as number, 'SIGKILL');
  t.is(await killed, 'WORKER_DIED');
  await page.locator('.actor.dead', { hasText: 'SIGKILL' }).waitFor();
  // The selection follows the slot, and a dead worker can still be looked at.
  await reads(page, '#chosen', 'jobs:0:2');
  await active(page, 'fresh');
  await page.locator('.actor.dead').click();
  await active(page, 'dead');
  await reads(page, '#failed', '1');

  await pool.destroy();
  await page.locator('[role=alert]', { hasText: 'The program has ended.' }).waitFor();
  await reads(page, '#done', '2');
  t.deepEqual([...hosts], ['127.0.0.1']);
  t.deepEqual(errors, []);
});

inBrowser('the page shows that a program ended after its exit, and keeps its last state', async (t) => {
  const script = fileURLToPath(new URL('../../fixtures/scripts/leave-inspected.js', import.meta.url));
  const child = spawn(process.execPath, [script, 'process', 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { page } = await openPage(t, { url });
  await page.locator('[role=alert]', { hasText: 'The program has ended.' }).waitFor();
  t.is(await page.locator('#pool').textContent(), 'jobs');
});

inBrowser('the keyboard alone reaches the actors and chooses one', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(jobs(), { size: 2 });
  await pool.ready();
  const { page } = await openPage(t, await inspect(pool));
  const focused = page.locator(':focus');
  do await page.keyboard.press('Tab');
  while ((await focused.getAttribute('id')) !== 'actors');
  await page.keyboard.press('Home');
  await reads(page, '#chosen', 'supervisor');
  await active(page, 'running');
  await page.keyboard.press('End');
  await reads(page, '#chosen', 'jobs:1:1');
  await active(page, 'fresh');
  const id = await focused.getAttribute('aria-activedescendant');
  t.is(await page.locator(`[id="${id}"]`).getAttribute('aria-selected'), 'true');
});

inBrowser(
  "the page shows a stalled pool as an alert, with each worker's reason, and names are never markup",
  async (t) => {
    stayAlive(t);
    const pool = opener(t, 'thread')(jobs({ taskMatch: () => false }));
    await pool.ready();
    const { page, errors } = await openPage(t, await inspect(pool));
    const name = '<img src="//127.0.0.2/x" onerror="alert(1)">';
    const refused = pool.run(hold(name)).catch((error: { code?: string }) => error.code);
    await page.locator('[role=alert]', { hasText: 'Stalled.' }).waitFor();
    await page.locator('#queue .called', { hasText: name }).waitFor();
    await page.locator('#queue .why', { hasText: 'jobs:0:1: it is fresh' }).waitFor();
    t.is(await page.locator('img').count(), 0);
    pool.cancelAll();
    await refused;
    t.deepEqual(errors, []);
  },
);

for (const width of [1440, 390]) {
  inBrowser(`at ${width} px nothing overlaps, is cut off or makes the page scroll sideways`, async (t) => {
    stayAlive(t);
    const pool = opener(t, 'thread')(jobs({ viewOfCompetence: () => ({ files: 12 }) }), { size: 4 });
    const { page } = await openPage(t, await inspect(pool), { viewport: { width, height: 844 } });
    await pool.run({ do: 'echo' });
    await page.locator('.actor .chip.old').waitFor();
    const tasks = ['a-name-without-any-place-to-break-it-'.repeat(4), 'b', 'c', 'd', 'e', 'f'];
    const held = tasks.map((key) => pool.run(hold(key)).catch(() => {}));
    await reads(page, '#waiting', '2');
    await page.locator('#messages .row').first().waitFor({ state: 'attached' });
    await active(page, 'busy');
    t.deepEqual(await blemishes(page), []);
    await page.locator('.actor').first().click();
    await active(page, 'running');
    t.deepEqual(await blemishes(page), []);
    await pool.destroy();
    await Promise.all(held);
  });
}

inBrowser('the button turns light into dark, and the choice is remembered', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(jobs());
  const { page } = await openPage(t, await inspect(pool), { colorScheme: 'light' });
  await active(page, 'fresh');
  const back = () => page.evaluate("getComputedStyle(document.querySelector('#chart .back')).fill");
  t.is(await back(), 'rgb(255, 255, 255)');
  await page.locator('#theme').press('Enter');
  t.is(await back(), 'rgb(13, 17, 23)');
  await page.reload();
  await active(page, 'fresh');
  t.is(await back(), 'rgb(13, 17, 23)');
});

inBrowser('the page distinguishes another program at the same address from the one shown before', async (t) => {
  stayAlive(t);
  const first = await inspect(opener(t, 'inline')(jobs()));
  const { page } = await openPage(t, first);
  await active(page, 'fresh');
  await first.stop();
  await inspect(opener(t, 'inline')(jobs()), { port: first.port });
  await page.locator('[role=alert]', { hasText: 'Another program runs at this address now' }).waitFor();
  t.is(await page.locator('#link').textContent(), 'ended');
});

inBrowser('the messages stand still while they are paused', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(jobs());
  const { page } = await openPage(t, await inspect(pool));
  const rows = page.locator('#messages .row');
  await active(page, 'fresh');
  await pool.run({ do: 'echo' });
  await reads(page, '#done', '1');
  await rows.first().waitFor({ state: 'attached' });
  await page.locator('#pause').press('Enter');
  t.is(await page.locator('#pause').getAttribute('aria-pressed'), 'true');
  const count = await rows.count();
  await pool.run({ do: 'echo' });
  await reads(page, '#done', '2');
  t.is(await rows.count(), count);
  await page.locator('#pause').press('Enter');
  await pool.run({ do: 'echo' });
  await rows.nth(count).waitFor({ state: 'attached' });
});
