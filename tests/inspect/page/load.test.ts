import type { ExecutionContext } from 'ava';
import type { PoolOptions } from 'statepool';
import { inspect } from 'statepool/inspect';
import { colourOf } from '../../../inspect/page/timeline/colours.ts';
import { type KeyedPool, keyed, loadOf } from '../../support/keyed.ts';
import { blemishes, inBrowser, openPage, reads } from '../../support/page-view.ts';
import { opener, stayAlive } from '../../support/pool.ts';

/** The content of all requests, responses and competences. */
const SECRET = 'xyzzy';

/** Opens a pool of inline workers, with its page; records the messages to the page. */
async function opened(t: ExecutionContext, size: number, options: PoolOptions = {}) {
  const viewport = { width: 1440, height: 900 };
  stayAlive(t);
  const pool = opener(t, 'inline')(keyed, { size, ...options });
  await pool.ready();
  const view = await inspect(pool);
  const { page, errors } = await openPage(t, { url: 'about:blank' }, { viewport });
  const frames: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => void frames.push(String(payload))));
  await page.goto(view.url);
  await page.locator('#link.live').waitFor();
  return { pool, page, frames, errors };
}

/** Teaches each worker a key of its own, and then holds a task on each. Returns the keys. */
async function holdAll(pool: KeyedPool, size: number) {
  const keys = Array.from({ length: size }, (_, i) => `key-${i}`);
  await Promise.all(keys.map((key) => pool.run({ key, file: 'first', text: SECRET })));
  const ended = keys.map((key) => pool.run({ key, file: 'held', hold: true, text: SECRET }).catch(() => {}));
  return { keys, ended };
}

/** Returns the colours of a canvas, as `#rrggbb`. */
const COLOURS = `(() => {
  const canvas = document.querySelector('#tracks');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) found.add('#' + [0, 1, 2].map((part) => data[i + part].toString(16).padStart(2, '0')).join(''));
  }
  return [...found];
})()`;

for (const size of [2, 16, 64]) {
  inBrowser(`${size} workers have tracks with bars in the colours of what they know`, async (t) => {
    const { pool, page, frames, errors } = await opened(t, size);
    const { keys, ended } = await holdAll(pool, size);
    await page
      .locator('.actor .task', { hasText: '/held' })
      .nth(size - 1)
      .waitFor();
    t.is(await page.locator('#slots').isVisible(), size > 8);
    t.is(await page.locator('#slots .slot').count(), size > 8 ? size : 0);
    const wanted = keys.map((key) => colourOf(key, 'light'));
    await page.evaluate(`new Promise((resolve) => {
      const look = () => ${JSON.stringify(wanted)}.every((each) => (${COLOURS}).includes(each)) ? resolve() : requestAnimationFrame(look);
      look();
    })`);
    if (size > 8) {
      const cell = page.locator('#slots .slot').nth(size - 1);
      t.regex(
        String(await cell.getAttribute('aria-label')),
        new RegExp(`^slot ${size - 1}: busy, knows key-\\d+, key-\\d+/held$`),
      );
      await cell.click();
      await reads(page, '#chosen', `compile:${size - 1}:1`);
      await page.locator('#slots').press('ArrowLeft');
      await reads(page, '#chosen', `compile:${size - 2}:1`);
    }
    pool.cancelAll();
    await Promise.all(ended);
    t.true(frames.some((frame) => frame.includes('/held')));
    t.false(frames.some((frame) => frame.includes(SECRET)));
    t.deepEqual(errors, []);
  });

  inBrowser(`a load on ${size} workers is shown well in each width, light and dark`, async (t) => {
    const { pool, page, errors } = await opened(t, size);
    let isOver = false;
    const load = loadOf(pool, size, () => isOver);
    await page.locator('#failures .failure').first().waitFor();
    await page.locator('#queue .group').first().waitFor();
    for (const [width, height] of [
      [1440, 900],
      [768, 1024],
      [390, 844],
    ] as const) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        t.is(await page.locator('#tracks').isVisible(), width > 700);
        if (width > 700) t.false(await page.locator('#tracks-list').isVisible());
        // The list is written with the next frame.
        else
          await page
            .locator('#tracks-list li')
            .nth(size - 1)
            .waitFor();
        await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
        t.deepEqual(await blemishes(page), [], `${width} ${colorScheme}`);
      }
    }
    isOver = true;
    await load;
    t.deepEqual(errors, []);
  });
}

inBrowser('the keyboard goes from bar to bar, and each shows the name of its task; so does the pointer', async (t) => {
  const { pool, page } = await opened(t, 2);
  const { ended } = await holdAll(pool, 2);
  await page.locator('.actor .task', { hasText: '/held' }).nth(1).waitFor();
  await page.locator('#tracks-place').focus();
  await page.keyboard.press('End');
  await reads(page, '#tip-name', 'key-\\d/held');
  t.regex(String(await page.locator('#tip-facts').textContent()), /^slot 0, .* m?s, running, knows key-\d$/);
  await page.keyboard.press('ArrowDown');
  await page.locator('#tip-facts', { hasText: 'slot 1' }).waitFor();
  await page.keyboard.press('Escape');
  t.false(await page.locator('#tip').isVisible());
  // The legend is above the tracks, and they stay in place once it is complete.
  await page.locator('#legend li').nth(2).waitFor();
  const tracks = page.locator('#tracks');
  const { width } = (await tracks.boundingBox()) ?? { width: 0 };
  await tracks.hover({ position: { x: width - 1, y: 10 } });
  await reads(page, '#tip-name', 'key-\\d/held');
  await page.locator('#as-list').press('Enter');
  await page.locator('#tracks-list li', { hasText: 'slot 1' }).waitFor();
  t.false(await page.locator('#tracks').isVisible());
  pool.cancelAll();
  await Promise.all(ended);
});

inBrowser('waiting tasks stand under the reasons that they share, and a search finds tasks by name', async (t) => {
  const { pool, page } = await opened(t, 2, { makeRoom: { patience: Number.POSITIVE_INFINITY } });
  const ended = [pool.run({ key: 'a', file: 'broken', isBroken: true }).catch(() => {})];
  await Promise.all(ended);
  ended.push(pool.run({ key: 'a', file: 'held', hold: true }).catch(() => {}));
  await pool.run({ key: 'b', file: 'first' });
  for (const file of ['one', 'two', 'three']) ended.push(pool.run({ key: 'a', file }, { priority: 2 }).catch(() => {}));
  await reads(page, '#waiting', '3');
  const group = page.locator('#queue .group');
  t.is(await group.count(), 1);
  await group.locator('.head', { hasText: /holds its key: 3 tasks.* wait for it/ }).waitFor();
  await group.locator('.head', { hasText: /1 busy, 1 not fitting|1 not fitting, 1 busy/ }).waitFor();
  t.is(await group.locator('ol li').count(), 3);
  await group.locator('li', { hasText: 'a/two' }).locator('small', { hasText: 'priority 2' }).waitFor();
  await group.locator('li', { hasText: 'a/two' }).locator('.age').waitFor();
  await page.locator('#failures .failure', { hasText: 'a/broken' }).locator('.code', { hasText: 'E_BROKEN' }).waitFor();
  await page.locator('#search').fill('TWO');
  await group.locator('ol li').nth(1).waitFor({ state: 'detached' });
  t.is(await group.locator('.called').textContent(), 'a/two');
  t.is(await page.locator('#failures .failure').count(), 0);
  await page.locator('#search').fill('broken');
  await page.locator('#failures .failure').waitFor();
  await page.locator('#queue-note', { hasText: 'None of the first 3 has such a name.' }).waitFor();
  pool.cancelAll();
  await Promise.all(ended);
});

inBrowser('the selection follows the slot when its worker is replaced', async (t) => {
  const { pool, page } = await opened(t, 16);
  await page.locator('#slots .slot').nth(5).click();
  await reads(page, '#chosen', 'compile:5:1');
  pool.cancelWorker('compile:5:1');
  await reads(page, '#chosen', 'compile:5:2');
  pool.cancelWorker('compile:4:1');
  await page.locator('.actor.dead').nth(1).waitFor();
  t.is(await page.locator('#chosen').textContent(), 'compile:5:2');
});

inBrowser('the figures on competences stand at the top, for a pool that has them', async (t) => {
  const { pool, page } = await opened(t, 2);
  for (let i = 0; i < 3; i++) await pool.run({ key: 'a', file: 'named' });
  await page.locator('#competence', { hasText: /2 hits, 1 fresh, 0 switches, 0 rooms; .* ms a task/ }).waitFor();
  t.deepEqual(await blemishes(page), []);
  await page.setViewportSize({ width: 390, height: 844 });
  t.deepEqual(await blemishes(page), []);
});

inBrowser('messages have the names of their tasks, in a chart and in a list', async (t) => {
  const { pool, page } = await opened(t, 2);
  await pool.run({ key: 'a', file: 'named' });
  await page.locator('#messages svg.row', { hasText: 'dispatch a/named' }).waitFor({ state: 'attached' });
  await page.setViewportSize({ width: 390, height: 844 });
  const row = page.locator('#messages div.row', { hasText: 'dispatch' });
  await row.locator('.task', { hasText: 'a/named' }).waitFor();
  t.is(await page.locator('#messages svg.row').count(), 0);
});
