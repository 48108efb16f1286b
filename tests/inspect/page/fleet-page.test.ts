import type { ExecutionContext } from 'ava';
import { inspect } from 'statepool/inspect';
import { busy, fleetOf } from '../../support/fleet.ts';
import { blemishes, inBrowser, openPage, reads } from '../../support/page-view.ts';
import { stayAlive } from '../../support/pool.ts';

/** Starts a fleet of two nodes; the first one has a page of its own. */
async function twoNodes(t: ExecutionContext) {
  stayAlive(t);
  const { node, submitter } = fleetOf(t);
  const a = await node({ size: 2, name: 'node a' });
  const b = await node({ size: 3, name: 'node b' });
  const page = await inspect(a.node.pool);
  const { fleet } = await submitter();
  return { a, b, own: page.url, fleet };
}

inBrowser('the page of a fleet shows each node as a track, and a link to its own page', async (t) => {
  const { a, b, own, fleet } = await twoNodes(t);
  const { page, hosts, errors } = await openPage(t, await inspect(fleet));
  await reads(page, '#kind', 'fleet-jobs');
  await reads(page, '#workers', '5');
  const track = (name: string) => page.locator('.track', { has: page.locator('h3', { hasText: name }) });
  t.is(await track('node a').locator('.worker').count(), 2);
  t.is(await track('node b').locator('.worker').count(), 3);
  t.is(await track('node a').locator('a').getAttribute('href'), own);
  await track('node b').locator('.own-page', { hasText: 'start it with --inspect' }).waitFor();

  const held = Array.from({ length: 6 }, (_, i) => fleet.run({ key: `t${i}`, ms: 60_000 }).catch(() => {}));
  await Promise.all([busy(a.node.pool), busy(b.node.pool)]);
  await reads(page, '#busy', '5');
  await reads(page, '#waiting', '1');
  t.is(await track('node b').locator('.worker.busy').count(), 3);

  const opened = page.context().waitForEvent('page');
  await track('node a').locator('a').click();
  const nodePage = await opened;
  await reads(nodePage, '#pool', 'fleet-jobs');
  await reads(nodePage, '#running', '2');
  await nodePage.close();

  b.connection.kill();
  await reads(page, '#live', '1');
  // A dead node stays in view until another one has taken its place in the fleet.
  await page.locator('.track').nth(1).waitFor({ state: 'detached' });
  await fleet.cancelAll();
  await Promise.all(held);
  await fleet.close();
  await page.locator('[role=alert]', { hasText: 'the fleet was closed in this program' }).waitFor();
  t.deepEqual([...hosts], ['127.0.0.1']);
  t.deepEqual(errors, []);
});

inBrowser('the page of a fleet never shows a task, and takes no other address for a link', async (t) => {
  const { fleet } = await twoNodes(t);
  const secret = '<img src="//127.0.0.2/x">';
  const status = async () => {
    const found = await fleet.status();
    const nodes = found.nodes.map((node) => ({ ...node, name: secret, page: 'javascript:alert(1)' }));
    return { ...found, nodes };
  };
  const held = fleet.run({ key: 'a-secret', ms: 60_000 }).catch(() => {});
  const { page } = await openPage(t, await inspect({ status }));
  await reads(page, '#busy', '1');
  const text = await page.locator('body').innerHTML();
  t.false(text.includes('a-secret'));
  t.is(await page.locator('.track a').count(), 0);
  t.is(await page.locator('img').count(), 0);
  await fleet.cancelAll();
  await held;
});

inBrowser('the page of a fleet says when the broker does not answer', async (t) => {
  const { fleet } = await twoNodes(t);
  let isAway = false;
  const status = () => (isAway ? new Promise<never>(() => {}) : fleet.status());
  const { page } = await openPage(t, await inspect({ status }));
  await reads(page, '#live', '2');
  isAway = true;
  await page.locator('[role=alert]', { hasText: 'The broker does not answer' }).waitFor();
  t.is(await page.locator('#live').textContent(), '2');
});

for (const width of [1440, 390]) {
  inBrowser(`the page of a fleet has no blemish at ${width} px`, async (t) => {
    const { fleet } = await twoNodes(t);
    const status = async () => {
      const found = await fleet.status();
      const [first, ...others] = found.nodes;
      if (first === undefined) return found;
      const name = 'a-name-without-any-place-to-break-it-'.repeat(4);
      const page = 'http://127.0.0.1:40019/#token=abc';
      const workers = Array.from({ length: 100 }, (_, i) => ({ id: `n/k:${i}:1`, state: i % 2 ? 'busy' : 'old' }));
      const far = { ...first, name, host: 'node-7.europe-west.internal.example', page, workers, completed: 1_234_567 };
      return { ...found, nodes: [far, ...others, { ...first, id: 'gone', state: 'dead' as const }] };
    };
    const { page } = await openPage(t, await inspect({ status }), { viewport: { width, height: 844 } });
    await page.locator('.track code', { hasText: 'ssh -L 40019:127.0.0.1:40019 node-7' }).waitFor();
    t.is(await page.locator('.track').count(), 3);
    await page.locator('.track .rest', { hasText: 'and 36 more' }).waitFor();
    t.deepEqual(await blemishes(page), []);
  });
}
