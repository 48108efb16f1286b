import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'statepool/inspect';
import { jobs } from '../../support/jobs.ts';
import { active, inBrowser, openPage } from '../../support/page-view.ts';
import { opener, stayAlive } from '../../support/pool.ts';
import { tokenOf } from '../../support/viewer.ts';

inBrowser('no other server of this machine gets the token, and only the printed address contains it', async (t) => {
  stayAlive(t);
  const got: IncomingMessage[] = [];
  const stranger = createServer((request, response) => {
    got.push(request);
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>another one</title>');
  });
  stranger.listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  t.teardown(() => stranger.close());
  const address = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`;
  const view = await inspect(opener(t, 'inline')(jobs()));
  const { page, errors } = await openPage(t, { url: 'about:blank' });
  const asked: string[] = [];
  const sockets: string[] = [];
  page.on('request', (request) => asked.push(`${request.url()} ${JSON.stringify(request.headers())}`));
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.goto(view.url);
  await active(page, 'fresh');
  t.is(page.url(), `http://127.0.0.1:${view.port}/`);
  t.deepEqual(sockets, [`ws://127.0.0.1:${view.port}/ws`]);
  const token = tokenOf(view);
  t.true(asked.length >= 4 && asked.every((each) => !each.includes(token)), asked.join('\n'));
  t.deepEqual(await page.context().cookies(), []);
  // A click on a link in the page would send its address as the referrer.
  await page.evaluate(`location.href = ${JSON.stringify(address)}`);
  await page.waitForURL(address);
  t.true(got.length >= 1);
  for (const { url, headers } of got) {
    t.false(`${url} ${JSON.stringify(headers)}`.includes(token));
    t.is(headers.cookie, undefined);
    // The page's own parts get the referrer.
    if (url === '/') t.is(headers.referer, undefined);
  }
  t.is(await page.evaluate('JSON.stringify({ ...sessionStorage, ...localStorage }) + document.cookie'), '{}');
  t.deepEqual(errors, []);
});

inBrowser('a tab with access keeps it after a reload and on other pages of the server', async (t) => {
  stayAlive(t);
  const view = await inspect(opener(t, 'inline')(jobs()));
  const { page } = await openPage(t, view);
  await active(page, 'fresh');
  await page.reload();
  await active(page, 'fresh');
  await page.route('https://stately.ai/**', (route) => route.abort());
  await page.goto(`http://127.0.0.1:${view.port}/stately`);
  await page.locator('#says', { hasText: 'Waiting for https://stately.ai/inspect' }).waitFor();
  while (view.viewers === 0) await new Promise((resolve) => setImmediate(resolve));
  t.pass();
});

inBrowser('without its token the page says how to open it, and shows nothing else', async (t) => {
  stayAlive(t);
  const view = await inspect(opener(t, 'inline')(jobs()));
  for (const hash of ['', '#', '#token=', '#token=a b', '#chart']) {
    const { page, errors } = await openPage(t, { url: `http://127.0.0.1:${view.port}/${hash}` });
    await page.locator('[role=alert]', { hasText: 'This address has no token.' }).waitFor();
    t.is(await page.locator('#link').textContent(), 'no token');
    t.is(await page.locator('.actor').count(), 0);
    await page.goto(`http://127.0.0.1:${view.port}/stately${hash}`);
    await page.locator('#says.problem', { hasText: 'This address has no token' }).waitFor();
    t.is(page.frames().filter((frame) => frame.url().includes('stately.ai')).length, 0);
    t.deepEqual(errors, []);
  }
});

inBrowser('the address of a restarted program opens in the tab of the first one', async (t) => {
  stayAlive(t);
  const first = await inspect(opener(t, 'inline')(jobs()));
  const { page } = await openPage(t, first);
  await active(page, 'fresh');
  await first.stop();
  const second = await inspect(opener(t, 'inline')(jobs()), { port: first.port });
  // It differs from the tab's address only after the #.
  await page.goto(second.url);
  await active(page, 'fresh');
  t.is(await page.locator('#link').textContent(), 'live');
  t.is(second.viewers, 1);
});
