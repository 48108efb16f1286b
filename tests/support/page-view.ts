import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Opened } from './viewer.ts';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];
const executablePath = places.find((place) => place !== undefined && existsSync(place));

/** A test in a real browser, where there is one: CHROMIUM says where. Without one it is skipped, and said to be. */
export const inBrowser = executablePath === undefined ? test.serial.skip : test.serial;

/** The inspector's page in a browser, with what it asked for and complained of. */
export interface PageView {
  readonly page: Page;
  /** Hosts of everything that was requested, sockets too. */
  readonly hosts: Set<string>;
  readonly errors: string[];
}

/** One for all tests of a file: it starts slowly. */
let browser: Promise<Browser> | undefined;

test.after.always(async () => (await browser)?.close());

/** A browser as if it was just installed, whose pages are closed when its test ends. */
export async function openBrowser(t: ExecutionContext, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  // Beside other tests a browser may take long to start.
  t.timeout(90_000);
  browser ??= chromium.launch({
    executablePath: executablePath as string,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  const context = await (await browser).newContext({ viewport: { width: 1440, height: 900 }, ...options });
  t.teardown(() => context.close());
  return context;
}

/** Opens the printed address. */
export async function openPage(
  t: ExecutionContext,
  { url }: Pick<Opened, 'url'>,
  options: BrowserContextOptions = {},
): Promise<PageView> {
  const context = await openBrowser(t, options);
  const page = await context.newPage();
  const hosts = new Set<string>();
  const errors: string[] = [];
  const add = (address: string) => void (/^(http|ws)/.test(address) && hosts.add(new URL(address).hostname));
  context.on('request', (request) => add(request.url()));
  page.on('websocket', (socket) => add(socket.url()));
  page.on('console', (line) => void (line.type() === 'error' && errors.push(line.text())));
  page.on('pageerror', (error) => void errors.push(error.message));
  await page.goto(url);
  return { page, hosts, errors };
}

/** Waits until the chart shows this state as the one that the chosen actor is in. */
export function active(page: Page, state: string): Promise<void> {
  return page.locator(`#chart .active[data-state="${state}"]`).waitFor({ state: 'attached' });
}

/** Waits until an element's text is this. */
export function reads(page: Page, selector: string, text: string): Promise<void> {
  return page
    .locator(selector)
    .filter({ hasText: new RegExp(`^${text}$`) })
    .waitFor();
}

/** What is wrong with the page's cursors: a page wider than its window, texts on each other, texts that are cut off. */
export function blemishes(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const found = [];
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push('the page is ' + scrollWidth + ' px wide');
    const texts = [...document.querySelectorAll('#chart text, #messages .heads text')].filter((each) => each.textContent);
    const boxes = texts.map((each) => each.getBoundingClientRect());
    boxes.forEach((a, i) => boxes.forEach((b, j) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Boxes of lines have air above and below their letters.
      if (i < j && across > 1 && down > 0.3 * a.height)
        found.push(texts[i].textContent + ' is on ' + texts[j].textContent);
    }));
    for (const each of document.querySelectorAll('h1, h2, dt, dd, span, button, small, td, th, .more, .why, p')) {
      if (each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1) found.push(each.textContent + ' is cut off');
    }
    return found;
  })()`);
}
