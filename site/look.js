/**
 * Opens every page of the built site in Chromium, at 1440 px and, dark, at 390 px: node site/look.js [FOLDER [PAGE ...]]. Fails if a script
 * fails, a picture is missing, a page is wider than the window, or the search finds nothing. With FOLDER it writes a picture
 * of each page, in both themes at both widths. CHROMIUM names the browser's executable; default: /usr/bin/chromium.
 */
import { createReadStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const dist = join(import.meta.dirname, 'dist');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const [pictures, ...only] = process.argv.slice(2);
const views = [
  { width: 1440, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
  ...(pictures === undefined
    ? []
    : [1440, 390].map((width) => ({ width, colorScheme: width === 390 ? 'light' : 'dark' }))),
];
const flaws = [];

const server = createServer(({ url }, response) => {
  const { pathname } = new URL(url, 'http://localhost');
  const path = join(dist, pathname.endsWith('/') ? `${pathname}index.html` : decodeURIComponent(pathname));
  if (!path.startsWith(dist) || !existsSync(path)) return response.writeHead(404).end();
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
  return createReadStream(path).pipe(response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const pages = readdirSync(dist, { recursive: true })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.html') && (only.length === 0 || only.some((each) => name === `${each}.html`)));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const width of [1440, 390]) for (const colorScheme of ['light', 'dark']) await lookAtAll({ width, colorScheme });
  await search();
} finally {
  await browser.close();
  server.close();
}
for (const flaw of flaws) console.error(flaw);
console.log(`${pages.length} pages, each in ${views.length} views: ${flaws.length} flaws`);
process.exitCode = flaws.length === 0 && pages.length > 0 ? 0 : 1;

async function lookAtAll({ width, colorScheme }) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  let path = '';
  const note = (words) => flaws.push(`${path}, ${width} px, ${colorScheme}: ${words}`);
  page.on('pageerror', ({ message }) => note(message));
  page.on('console', (message) => message.type() === 'error' && path !== '404.html' && note(message.text()));
  for (path of pages) {
    await page.goto(`${origin}/${path}`, { waitUntil: 'load' });
    // The theme's script has run once the switch of the themes is there.
    await page.locator('.VPSwitchAppearance').first().waitFor({ state: 'attached' });
    const { wide, broken, dark } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - innerWidth,
      broken: [...document.images].filter((each) => each.naturalWidth === 0).map((each) => each.src),
      dark: document.documentElement.classList.contains('dark'),
    }));
    if (wide > 0) note(`${wide} px wider than the window`);
    if (dark !== (colorScheme === 'dark')) note('the other theme');
    for (const each of broken) note(`${each} is missing`);
    if (pictures === undefined) continue;
    mkdirSync(pictures, { recursive: true });
    const name = `${path.replaceAll('/', '-').slice(0, -5)}-${width}-${colorScheme}.png`;
    await page.screenshot({ path: join(pictures, name), fullPage: true });
  }
  await context.close();
}

/** Searches for a word in each theme, and follows the first result. */
async function search() {
  const page = await browser.newPage();
  await page.goto(`${origin}/start.html`, { waitUntil: 'networkidle' });
  await page.keyboard.press('Control+k');
  await page.locator('#localsearch-input').fill('killGrace');
  const first = page.locator('.VPLocalSearchBox .result').first();
  await first.waitFor();
  const target = await first.getAttribute('href');
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, 'search.png') });
  await first.click();
  await page.waitForURL((url) => url.pathname + url.hash === target);
  // The address changes before the page does.
  const found = page.locator('.vp-doc').filter({ hasText: 'killGrace' });
  await found.waitFor().catch(({ message }) => flaws.push(`the search leads to ${target}: ${message}`));
  await page.close();
}
