import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Opened } from './viewer.ts';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];
const executablePath = places.find((place) => place !== undefined && existsSync(place));

/**
 * A test in a real browser. CHROMIUM names its executable; without one the test is skipped, and reported as skipped.
 */
export const inBrowser = executablePath === undefined ? test.serial.skip : test.serial;

/** The inspector's page in a browser, with its requests and its errors. */
export interface PageView {
  readonly page: Page;
  /** The hosts of all requests, sockets included. */
  readonly hosts: Set<string>;
  readonly errors: string[];
}

/** The browser for all tests of a file: it starts slowly. */
let browser: Promise<Browser> | undefined;

test.after.always(async () => (await browser)?.close());

/** Opens a browser without any stored data. The end of the test closes its pages. */
export async function openBrowser(t: ExecutionContext, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  // A browser may start slowly beside other tests.
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

/** Waits until the chart shows this state as the current state of the chosen actor. */
export function active(page: Page, state: string): Promise<void> {
  return page.locator(`#chart .active[data-state="${state}"]`).waitFor({ state: 'attached' });
}

/** Waits until an element has this text. */
export function reads(page: Page, selector: string, text: string): Promise<void> {
  return page
    .locator(selector)
    .filter({ hasText: new RegExp(`^${text}$`) })
    .waitFor();
}

/**
 * Returns the page's visible faults: a page wider than its window, overlapping texts and panels, texts that are cut off,
 * texts of less than 12 px.
 */
export function blemishes(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const found = [];
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push('the page is ' + scrollWidth + ' px wide');
    const selector = '#chart text, #messages .heads text, .track-name b, .axis span, .curve p > *, .slot b, .slot i, .numbers dd, .numbers dt';
    const texts = [...document.querySelectorAll(selector)].filter((each) => each.textContent && each.getBoundingClientRect().height > 0);
    // What is scrolled out of its panel is not to be seen.
    const boxes = texts.map((each) => {
      const { left, right, top, bottom, height } = each.getBoundingClientRect();
      const within = each.closest('.body, .tracks, .slots')?.getBoundingClientRect() ?? { left, right, top, bottom };
      return {
        left: Math.max(left, within.left),
        right: Math.min(right, within.right),
        top: Math.max(top, within.top),
        bottom: Math.min(bottom, within.bottom),
        height,
      };
    });
    for (const each of document.querySelectorAll('body *')) {
      const isText = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');
      if (!isText || each.getClientRects().length === 0) continue;
      const scale = each.ownerSVGElement?.viewBox.baseVal?.width > 0 ? each.getScreenCTM().a : 1;
      const size = parseFloat(getComputedStyle(each).fontSize) * scale;
      if (size < 11.99) found.push(each.textContent + ' is ' + size + ' px high');
    }
    const panels = [...document.querySelectorAll('.panel, header')].map((each) => [each, each.getBoundingClientRect()]);
    for (const [a, one] of panels) for (const [b, other] of panels) {
      const isOver = one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1;
      if (a !== b && isOver) found.push(a.className + ' is on ' + b.className);
      const cut = [...a.querySelectorAll('canvas')].some((each) => each.getBoundingClientRect().right > one.right + 1);
      if (a === b && cut) found.push('a canvas leaves ' + a.className);
    }
    boxes.forEach((a, i) => boxes.forEach((b, j) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // The boxes of lines have space above and below their letters.
      if (i < j && across > 1 && down > 0.3 * a.height)
        found.push(texts[i].textContent + ' is on ' + texts[j].textContent);
    }));
    for (const each of document.querySelectorAll('h1, h2, dt, dd, span, button, small, td, th, .more, .why, p, li')) {
      if (each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1) found.push(each.textContent + ' is cut off');
    }
    return found;
  })()`);
}
