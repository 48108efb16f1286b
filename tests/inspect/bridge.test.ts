import type { ExecutionContext } from 'ava';
import type { Frame, Page, Route } from 'playwright-core';
import { inspect } from 'statepool/inspect';
import { jobs } from '../support/jobs.ts';
import { inBrowser, openBrowser } from '../support/page-view.ts';
import { opener, stayAlive } from '../support/pool.ts';
import { pageOf } from '../support/viewer.ts';

/** The start and the end of Stately's page: it announces itself, and takes messages. */
const inspector = `<!doctype html><title>Stately</title><script>
  const got = [];
  addEventListener('message', ({ data, origin }) => got.push({ origin, data }));
  parent.postMessage({ type: '@statelyai.connected' }, '*');
</script>`;

/** Opens the bridge's page, with a replacement for the internet. */
async function opened(
  t: ExecutionContext,
  stately: (route: Route) => Promise<void>,
): Promise<{ page: Page; origin: string }> {
  stayAlive(t);
  const pool = opener(t, 'thread')(jobs());
  await pool.ready();
  const view = await inspect(pool);
  const browser = await openBrowser(t);
  const page = await browser.newPage();
  await page.clock.install();
  await page.route('https://stately.ai/**', stately);
  await page.goto(pageOf(view, '/stately'));
  return { page, origin: `http://127.0.0.1:${view.port}` };
}

inBrowser("the bridge forwards the pool to Stately's page, once the page is ready", async (t) => {
  const { page, origin } = await opened(t, (route) => route.fulfill({ contentType: 'text/html', body: inspector }));
  await page.locator('#says', { hasText: 'Connected' }).waitFor();
  const frame = page.frames().find((each) => each.url() === 'https://stately.ai/inspect') as Frame;
  await frame.waitForFunction('got.length >= 2');
  const got = (await frame.evaluate('got')) as { origin: string; data: { type: string; name: string } }[];
  t.deepEqual(
    got.slice(0, 2).map(({ data }) => [data.type, data.name.split('-')[0]]),
    [
      ['@xstate.actor', 'jobs'],
      ['@xstate.actor', 'jobs:0:1'],
    ],
  );
  t.true(got.every((each) => each.origin === origin));
});

inBrowser('without the internet the bridge says so, and names the inspector that needs none', async (t) => {
  const { page, origin } = await opened(t, (route) => route.abort());
  const line = page.locator('#says.problem');
  await page.clock.fastForward('01:00');
  await line.waitFor();
  const text = await line.textContent();
  t.is(
    text,
    `https://stately.ai/inspect does not answer. It is on the internet: this browser must reach it. The inspector at ${origin}/ needs no internet.`,
  );
});
