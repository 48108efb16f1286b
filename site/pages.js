/**
 * Copies the README and docs/ to site/pages/, where VitePress reads them. The README is the first page. A link to a file
 * that the site does not have, such as a source, becomes plain text.
 */
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const pages = join(import.meta.dirname, 'pages');

rmSync(pages, { recursive: true, force: true });
cpSync(join(root, 'docs'), pages, { recursive: true });
renameSync(join(pages, 'api/README.md'), join(pages, 'api/index.md'));
writeFileSync(join(pages, 'index.md'), readFileSync(join(root, 'README.md'), 'utf8'));
for (const name of readdirSync(pages, { recursive: true }).filter((each) => each.endsWith('.md'))) {
  const path = join(pages, name);
  const origin = name === 'index.md' ? join(root, 'README.md') : join(root, 'docs', name);
  writeFileSync(path, mended(readFileSync(path, 'utf8'), path, dirname(origin)));
}

/** Returns the text of a page with its links as the site has them. Blocks of code stay as they are. */
function mended(text, path, from) {
  return withAnchors(text)
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part) =>
      part.startsWith('```') ? part : part.replaceAll(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, link),
    )
    .join('');

  function link(whole, mark, words, target) {
    if (/^([a-z]+:|#)/.test(target)) return whole;
    const [file, anchor] = target.split('#');
    const place = placeOf(resolve(from, file));
    if (place === undefined) return words;
    const way = relative(dirname(path), place).replaceAll('\\', '/');
    return `${mark}[${words}](${way.startsWith('.') ? way : `./${way}`}${anchor === undefined ? '' : `#${anchor}`})`;
  }
}

/** Writes the anchors of headings as VitePress reads them. */
function withAnchors(text) {
  return text.replaceAll(/^<a id="([^"]+)"><\/a>\n\n(#+ .*)$/gm, '$2 %{#$1}%');
}

/** Returns where a file of the repository stands in the site, or `undefined` if the site has no such page or picture. */
function placeOf(file) {
  if (file === join(root, 'README.md')) return join(pages, 'index.md');
  const inDocs = relative(join(root, 'docs'), file);
  if (inDocs === join('api', 'README.md')) return join(pages, 'api/index.md');
  const place = join(pages, inDocs);
  return inDocs.startsWith('..') || !existsSync(place) || !/\.(md|svg|png)$/.test(place) ? undefined : place;
}
