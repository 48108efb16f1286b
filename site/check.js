/** Fails if a link of the built site leads nowhere, also to a heading, if a page is not in the navigation, or if there is no search. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const dist = join(import.meta.dirname, 'dist');
const files = readdirSync(dist, { recursive: true }).map((name) => name.replaceAll('\\', '/'));
const pages = new Map(
  files.filter((name) => name.endsWith('.html')).map((name) => [name, readFileSync(join(dist, name), 'utf8')]),
);
const flaws = [];
let links = 0;
for (const [page, text] of pages) {
  for (const [, target] of text.matchAll(/<(?:a|link)\b[^>]* href="([^"]+)"/g)) {
    if (/^([a-z]+:|\/\/)/.test(target)) continue;
    links++;
    const [path, anchor] = target.split('#').map(decodeURIComponent);
    const place = fileOf(path === '' ? page : posix.join(path.startsWith('/') ? '' : dirname(page), path));
    if (place === undefined) flaws.push(`${page}: ${target} leads nowhere`);
    else if (anchor && !pages.get(place)?.includes(`id="${anchor}"`)) flaws.push(`${page}: ${target}: no such heading`);
  }
}
const navigation = /<aside class="VPSidebar"[\s\S]*?<\/aside>/.exec(pages.get('start.html'))[0];
for (const page of pages.keys())
  if (!/^(index|404|api\/.+)\.html$/.test(page) && !navigation.includes(`href="/${page}"`))
    flaws.push(`${page} is not in the navigation`);
const index = files.find((name) => /localSearchIndex/.test(name));
if (index === undefined || !readFileSync(join(dist, index), 'utf8').includes('competence'))
  flaws.push('there is no search');
for (const flaw of flaws) console.error(flaw);
console.log(`the site has ${pages.size} pages and ${links} links, ${flaws.length} of them wrong`);
process.exitCode = flaws.length === 0 ? 0 : 1;

/** Returns the file behind a path of the site, or `undefined`. */
function fileOf(path) {
  const name = path.replace(/^\.?\//, '');
  if (name === '' || name.endsWith('/'))
    return existsSync(join(dist, name, 'index.html')) ? `${name}index.html` : undefined;
  return files.includes(name) ? name : undefined;
}
