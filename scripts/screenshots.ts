/**
 * Makes the pictures of docs/inspector.md: a prover at work, keyed loads on 16 and 64 workers for a minute, and a fleet. Takes
 * about five minutes. CHROMIUM names the browser's executable; default: /usr/bin/chromium.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createPool } from 'statepool';
import { connect, memoryBroker, serve } from 'statepool/fleet';
import { inspect } from 'statepool/inspect';
import { fleetKind } from '../tests/support/fleet.ts';
import { type KeyedPool, keyed, loadOf } from '../tests/support/keyed.ts';

/** The keyed kind with workers that can switch: none has to end for another key. */
const switching: typeof keyed = {
  ...keyed,
  affinityMode: 'prefer',
  taskMatch: () => true,
  requestOfTask: (status, task) => ({
    ...task,
    isFirst: status.type === 'fresh' || status.competence.key !== task.key,
  }),
};

/** The time that a load runs before its picture: the timeline is then full. In ms. */
const MINUTE = 62_000;
const WIDE = { width: 1440, height: 1250 };
const PHONE = { width: 390, height: 2000 };
const root = new URL('../', import.meta.url);

/** One picture: its name in docs/, its size in px and its theme. The page is longer: the rest of it is not shown. */
type Picture = readonly [name: string, viewport: typeof WIDE, colorScheme: 'light' | 'dark'];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
await prover(browser);
await load(browser, 16, [['inspector-16-workers', { width: 1440, height: 650 }, 'light']]);
await load(browser, 64, [
  ['inspector-64-workers', { width: 1440, height: 925 }, 'dark'],
  ['inspector-64-workers-phone', PHONE, 'light'],
]);
await fleet(browser);
await browser.close();

/** Takes the pictures of four provers, as `statepool prove --inspect` shows them. */
async function prover(browser: Browser): Promise<void> {
  const args = ['dist/bin/statepool.js', 'prove', 'examples', '--size', '4', '--all', '--inspect-wait'];
  const child = spawn(process.execPath, args, { cwd: fileURLToPath(root), stdio: ['ignore', 'ignore', 'pipe'] });
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    url = /http:\S+/.exec(line)?.[0];
    if (url !== undefined) break;
  }
  const page = await pageAt(browser, String(url));
  await page
    .locator('#done')
    .filter({ hasText: /^\d{3,}$/ })
    .waitFor();
  await take(page, [
    ['inspector-light', WIDE, 'light'],
    ['inspector-dark', WIDE, 'dark'],
    ['inspector-phone', PHONE, 'light'],
    ['inspector-phone-dark', PHONE, 'dark'],
  ]);
  child.kill('SIGKILL');
}

/** Takes the picture of a fleet of three nodes, one of which has no page of its own. */
async function fleet(browser: Browser): Promise<void> {
  const broker = memoryBroker();
  const nodes: { drain(): Promise<void> }[] = [];
  for (const [name, size] of [
    ['render-1', 4],
    ['render-2', 8],
    ['build-1', 2],
  ] as const) {
    const node = await serve(fleetKind, { broker: broker.connect(), host: 'inline', size, name });
    nodes.push(node);
    if (name !== 'render-2') await inspect(node.pool);
  }
  const submitter = await connect(fleetKind, { broker: broker.connect() });
  let isOver = false;
  const callers = Array.from({ length: 11 }, async (_, i) => {
    for (let n = 0; !isOver; n++) await submitter.run({ key: `${i}.${n}`, ms: 100 + ((i * 331 + n * 97) % 900) });
  });
  const page = await pageAt(browser, (await inspect(submitter)).url);
  await page.waitForTimeout(MINUTE);
  await take(page, [['inspector-fleet', { width: 1440, height: 400 }, 'light']]);
  isOver = true;
  await Promise.all(callers);
  await submitter.close();
  await Promise.all(nodes.map((node) => node.drain()));
}

/** Takes pictures of a keyed load on this many inline workers. */
async function load(browser: Browser, size: number, pictures: readonly Picture[]): Promise<void> {
  const pool: KeyedPool = createPool(switching, { size, host: 'inline' });
  await pool.ready();
  const page = await pageAt(browser, (await inspect(pool)).url);
  let isOver = false;
  const load = loadOf(pool, size, () => isOver);
  await page.waitForTimeout(MINUTE);
  await take(page, pictures);
  isOver = true;
  await load;
  await pool.destroy();
}

async function pageAt(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: WIDE });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('#link.live').waitFor();
  return page;
}

async function take(page: Page, pictures: readonly Picture[]): Promise<void> {
  for (const [name, viewport, colorScheme] of pictures) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    // The texts of the timeline are written twice a second.
    await page.waitForTimeout(1000);
    await page.screenshot({ path: fileURLToPath(new URL(`docs/${name}.png`, root)) });
  }
  await page.context().close();
}
