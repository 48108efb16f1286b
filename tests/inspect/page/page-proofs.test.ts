import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { blemishes, inBrowser, openPage } from '../../support/page-view.ts';
import { root } from '../../support/sources.ts';

const cursors = [
  { name: 'inspector-light', width: 1440, height: 900, colorScheme: 'light' },
  { name: 'inspector-dark', width: 1440, height: 900, colorScheme: 'dark' },
  { name: 'inspector-phone', width: 390, height: 844, colorScheme: 'light' },
  { name: 'inspector-phone-dark', width: 390, height: 844, colorScheme: 'dark' },
] as const;

inBrowser('a prover at work is shown well in a wide and in a narrow window, light and dark', async (t) => {
  const bin = join(root, 'dist/bin/statepool.js');
  const args = [bin, 'prove', 'examples', '--size', '4', '--all', '--inspect-wait'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    url = /http:\S+/.exec(line)?.[0];
    if (url !== undefined) break;
  }
  const { page } = await openPage(t, { url: url as string });
  await page
    .locator('#done')
    .filter({ hasText: /^\d{2,}$/ })
    .waitFor();
  for (const { name, width, height, colorScheme } of cursors) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.locator('#chart .active').waitFor({ state: 'attached' });
    await page.locator('#messages .row').first().waitFor({ state: 'attached' });
    t.deepEqual(await blemishes(page), [], name);
  }
});
