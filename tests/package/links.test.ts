import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import test from 'ava';
import { anchorsIn, isAddress, type Link, linksIn } from '../../scripts/pages/links.ts';
import { KEPT_README, publishedFiles, publishedPage, readmeForNpm } from '../../scripts/pages/published.ts';
import { root } from '../support/sources.ts';

const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The files that npm packs. */
const packed: ReadonlySet<string> = new Set(
  (
    JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        shell: process.platform === 'win32',
      }),
    ) as [{ readonly files: readonly { readonly path: string }[] }]
  )[0].files.map(({ path }) => path),
);

/** The pages of the repository, by path. */
const pages = new Map(
  ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...pagesUnder('docs')].map((path) => [path, read(path)]),
);

function pagesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`);
}

/** Returns what is wrong with the links of a page, whose paths lead to files that `textOf` finds. */
function deadLinks(page: string, text: string, textOf: (path: string) => string | undefined): string[] {
  return linksIn(text)
    .filter(({ target }) => !isAddress(target))
    .flatMap(({ target, line }: Link) => {
      const [path = '', anchor] = target.split('#');
      const found = path === '' ? text : textOf(posix.join(posix.dirname(page), path));
      if (found === undefined) return [`${page}:${line}: ${target} leads nowhere`];
      return anchor === undefined || anchorsIn(found).has(anchor)
        ? []
        : [`${page}:${line}: ${target} has no such heading`];
    });
}

test('every link of the README and of docs/ leads to a file, and to a heading that it has', (t) => {
  const inRepository = (path: string) => pages.get(path) ?? (existsSync(join(root, path)) ? '' : undefined);
  t.true(pages.size > 40);
  t.deepEqual(
    [...pages].flatMap(([page, text]) => deadLinks(page, text, inRepository)),
    [],
  );
  t.deepEqual(deadLinks('README.md', '[a](docs/none.md) [b](docs/start.md#no)\n\n[c](#none)', inRepository), [
    'README.md:1: docs/none.md leads nowhere',
    'README.md:1: docs/start.md#no has no such heading',
    'README.md:3: #none has no such heading',
  ]);
});

test('every link of the pages in the package leads to a file of the package', (t) => {
  const texts = new Map(
    publishedFiles().map((file) => [`dist/docs/${file}`, file.endsWith('.md') ? publishedPage(file) : '']),
  );
  const inPackage = (path: string) => (packed.has(path) ? (texts.get(path) ?? read(path)) : undefined);
  t.true(texts.size > 30);
  for (const path of texts.keys()) t.true(packed.has(path), `${path} is not packed`);
  t.deepEqual(
    [...texts].flatMap(([page, text]) => deadLinks(page, text, inPackage)),
    [],
  );
});

test("on npm's page every link of the README is an address, and those of this package name a file that it has", (t) => {
  const text = readmeForNpm(read('README.md'), name as string, version as string);
  const links = linksIn(text);
  t.true(links.length > 20);
  const mirror = new RegExp(
    `^https://(?:app\\.unpkg\\.com/${name}@${version}/files|unpkg\\.com/${name}@${version})/(.+)$`,
  );
  const own: string[] = [];
  for (const { target, line, mark } of links) {
    t.true(isAddress(target) || anchorsIn(text).has(target.slice(1)), `README.md:${line}: ${target}`);
    const [, path] = mirror.exec(target.split('#')[0] as string) ?? [];
    if (path === undefined) continue;
    own.push(path);
    t.true(packed.has(path), `README.md:${line}: the package has no ${path}`);
    t.is(target.startsWith('https://unpkg.com'), mark === '!', 'a picture is shown as it is, a page in a viewer');
  }
  t.true(own.length > 20);
  t.false(/clone|not on npm/i.test(text), 'the readers of this page have no clone');
  t.is(linksIn(read('README.md')).filter(({ target }) => target.includes('unpkg.com')).length, 0);
});

test('npm packs the README of its page, and the one of the repository is back afterwards', (t) => {
  t.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'statepool-links-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of ['README.md', 'LICENSE', 'CHANGELOG.md', 'docs', 'scripts/pages', 'scripts/publish-pages.ts'])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  const { scripts, ...manifest } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const { prepare: _, ...others } = scripts; // builds, and there is nothing to build here
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, scripts: others }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  execFileSync('npm', ['pack', '--silent'], { cwd: folder, stdio: 'ignore', shell: process.platform === 'win32' });
  const archive = readdirSync(folder).find((each) => each.endsWith('.tgz')) as string;
  const packedReadme = execFileSync('tar', ['-xzOf', join(folder, archive), 'package/README.md'], { encoding: 'utf8' });
  t.is(packedReadme, readmeForNpm(read('README.md'), name as string, version as string));
  t.is(readFileSync(join(folder, 'README.md'), 'utf8'), read('README.md'));
  t.false(existsSync(join(folder, KEPT_README)));
});
