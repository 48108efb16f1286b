/**
 * Puts the pages of docs/ into dist/docs, which the package has. `npm run build` does so. With `-- readme` the README becomes the
 * one that npm's page shows, and with `-- restore` the one of the repository again: npm does so around each `npm pack`.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KEPT_README, publishedFiles, publishedPage, readmeForNpm } from './pages/published.ts';

const [what = 'pages'] = process.argv.slice(2);
if (what === 'readme') {
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string; version: string };
  if (!existsSync(KEPT_README)) copyFileSync('README.md', KEPT_README);
  writeFileSync('README.md', readmeForNpm(readFileSync(KEPT_README, 'utf8'), name, version));
} else if (what === 'restore') {
  if (existsSync(KEPT_README)) renameSync(KEPT_README, 'README.md');
} else {
  rmSync('dist/docs', { recursive: true, force: true });
  for (const file of publishedFiles()) {
    const place = join('dist/docs', file);
    mkdirSync(dirname(place), { recursive: true });
    if (file.endsWith('.md')) writeFileSync(place, publishedPage(file));
    else copyFileSync(join('docs', file), place);
  }
}
