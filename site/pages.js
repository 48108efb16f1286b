/**
 * Copies the README and docs/ to site/pages/, where VitePress reads them. The README is the first page. A link to a file
 * that the site does not have, such as a source, becomes plain text.
 */
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { isAddress, linkText, turnLinks } from '../scripts/pages/links.ts';

const root = resolve(import.meta.dirname, '..');
const pages = join(import.meta.dirname, 'pages');

rmSync(pages, { recursive: true, force: true });
cpSync(join(root, 'docs'), pages, { recursive: true });
// VitePress takes a picture into a page. A link to it needs the file itself.
cpSync(join(root, 'docs/charts'), join(pages, 'public/charts'), { recursive: true });
renameSync(join(pages, 'api/README.md'), join(pages, 'api/index.md'));
writeFileSync(join(pages, 'index.md'), readFileSync(join(root, 'README.md'), 'utf8'));
for (const name of readdirSync(pages, { recursive: true }).filter((each) => each.endsWith('.md'))) {
  const path = join(pages, name);
  const origin = name === 'index.md' ? join(root, 'README.md') : join(root, 'docs', name);
  writeFileSync(path, mended(readFileSync(path, 'utf8'), path, dirname(origin)));
}

/** Returns the text of a page with its links as the site has them. Blocks of code stay as they are. */
function mended(text, path, from) {
  return turnLinks(withFolds(withAnchors(text)), (link) => {
    if (isAddress(link.target) || link.target.startsWith('#')) return linkText(link);
    const [file, anchor] = link.target.split('#');
    const place = placeOf(resolve(from, file));
    if (place === undefined) return link.words;
    const way = relative(dirname(path), place).replaceAll('\\', '/');
    const target = `${way.startsWith('.') ? way : `./${way}`}${anchor === undefined ? '' : `#${anchor}`}`;
    return linkText({ ...link, target });
  });
}

/** Writes the anchors of headings as VitePress reads them. */
function withAnchors(text) {
  return text.replaceAll(/^<a id="([^"]+)"><\/a>\n\n(#+ .*)$/gm, '$2 %{#$1}%');
}

/** Writes the parts that a reader unfolds as VitePress reads them. */
function withFolds(text) {
  return text
    .replaceAll(/^<details>\n<summary>(.*)<\/summary>$/gm, '::: details $1')
    .replaceAll(/^<\/details>$/gm, ':::');
}

/** Returns where a file of the repository stands in the site, or `undefined` if the site has no such page or picture. */
function placeOf(file) {
  if (file === join(root, 'README.md')) return join(pages, 'index.md');
  const inDocs = relative(join(root, 'docs'), file);
  if (inDocs === join('api', 'README.md')) return join(pages, 'api/index.md');
  const place = join(pages, inDocs);
  return inDocs.startsWith('..') || !existsSync(place) || !/\.(md|svg|png)$/.test(place) ? undefined : place;
}
