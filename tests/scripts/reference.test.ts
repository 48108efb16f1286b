import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import test from 'ava';
import { referencePage } from '../../scripts/reference/page.ts';
import { root } from '../support/sources.ts';

test('the tables of options, events, errors and numbers are current: npm run reference writes them', (t) => {
  t.is(readFileSync(join(root, 'docs/reference.md'), 'utf8'), referencePage());
});

/** Returns the pages of Markdown that readers see. */
function pages(): string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...inDocs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
}

/** Returns the anchors of a page, as GitHub and the site make them from its headings, and those that it names itself. */
function anchorsOf(text: string): Set<string> {
  const named = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  const seen = new Map<string, number>();
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
  return new Set([...named, ...headings]);
}

test('every link of the README and of the docs leads to a file, and to a heading of it', (t) => {
  const dead: string[] = [];
  for (const page of pages()) {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? join(root, page) : resolve(root, dirname(page), file);
      try {
        const found = file.endsWith('.md') || file === '' ? readFileSync(path, 'utf8') : readdirSync(dirname(path));
        const isThere = typeof found === 'string' ? anchor === undefined || anchorsOf(found).has(anchor) : found.length;
        if (!isThere) dead.push(`${page}: ${target}`);
      } catch {
        dead.push(`${page}: ${target}`);
      }
    }
  }
  t.deepEqual(dead, []);
});

test('each of the 30 questions has a page, and each page of docs/ answers a question', (t) => {
  const text = readFileSync(join(root, 'docs/questions.md'), 'utf8');
  const questions = [...text.matchAll(/^(\d+)\. .*\?.*\]\(/gm)].map(([, number]) => Number(number));
  t.deepEqual(
    questions,
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
  const linked = new Set([...text.matchAll(/\]\(([^)#]+)/g)].map(([, target = '']) => normalize(join('docs', target))));
  const all = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'questions.md');
  t.deepEqual(
    all.map((name) => join('docs', name)).filter((page) => !linked.has(page)),
    [],
  );
});
