import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { isAddress, type Link, linkText, turnLinks } from './links.ts';

/** The folder of the package with the pages. */
const PLACE = 'dist/docs';

/** The addresses at which a public mirror of npm shows the files of a package: to read, and as they are. */
const MIRROR = { page: 'https://app.unpkg.com', picture: 'https://unpkg.com' };

/** The pages that the package lacks: long tables of measurements and states, for those who have the repository. */
const LONG = ['failures.md', 'model-tests.md', 'performance.md', 'performance.svg', 'statecharts.md'];

/** The files of docs/ that the package has: its pages, without those of the API, whose text is in the types, and small pictures. */
export function publishedFiles(): string[] {
  return readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => !name.startsWith('api/') && !name.startsWith('charts/') && /\.(md|svg)$/.test(name))
    .filter((name) => !LONG.includes(name))
    .sort();
}

/** Returns a page of docs/ as the package has it: a link to a file that the package lacks becomes words. Columns are not padded. */
export function publishedPage(name: string): string {
  const text = turnLinks(readFileSync(join('docs', name), 'utf8'), (link) => {
    if (isAddress(link.target) || link.target.startsWith('#')) return linkText(link);
    const [path = '', anchor] = link.target.split('#');
    const file = posix.join('docs', dirname(name), path);
    if (file === 'README.md')
      return linkText({ ...link, target: to(posix.relative(posix.dirname(`${PLACE}/${name}`), file), anchor) });
    return isPublished(file) ? linkText(link) : wordsOf(link);
  });
  return text.replaceAll(/^\|.*$/gm, (row) => row.replaceAll(/ +\|/g, ' |').replaceAll(/-{4,}/g, '---'));
}

/** The parts of the README for those who have the repository: a section, and the sentence that leads to it. */
const OF_CLONES = /^## In a clone of this repository\n[\s\S]*?(?=^## )|^_Not on npm yet: .*_\n\n/gm;

/**
 * Returns the README as npm's page shows it: npm knows no repository, so each link is an address of this version's files, and
 * nothing is said of a clone.
 */
export function readmeForNpm(text: string, name: string, version: string): string {
  return turnLinks(text.replaceAll(OF_CLONES, ''), (link) => {
    if (isAddress(link.target) || link.target.startsWith('#')) return linkText(link);
    const [path = '', anchor] = link.target.split('#');
    if (!isPublished(path)) return wordsOf(link);
    const file = path.startsWith('docs/') ? `dist/${path}` : path;
    const address =
      link.mark === '!'
        ? `${MIRROR.picture}/${name}@${version}/${file}`
        : `${MIRROR.page}/${name}@${version}/files/${file}`;
    return linkText({ ...link, target: to(address, anchor) });
  });
}

/** The file that keeps the README of the repository while the package is packed. npm would pack a name that begins with README. */
export const KEPT_README = '.kept-readme.md';

function to(path: string, anchor: string | undefined): string {
  return anchor === undefined ? path : `${path}#${anchor}`;
}

function isPublished(path: string): boolean {
  if (['CHANGELOG.md', 'LICENSE', 'README.md'].includes(path)) return true;
  return path.startsWith('docs/') && publishedFiles().includes(path.slice('docs/'.length)) && existsSync(path);
}

/** Returns what remains of a link without a target: its words, and nothing of a picture. */
function wordsOf({ mark, words }: Link): string {
  return mark === '!' ? '' : words;
}
