import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig } from 'vitepress';

const docs = resolve(import.meta.dirname, '../pages');

/** The pages, in the order in which a reader meets them. */
const groups = {
  Start: ['start', 'kinds', 'pool', 'hosts', 'typescript', 'bundlers', 'command-line'],
  'Warm workers': ['sticky-workers', 'workers', 'scheduling'],
  Tasks: ['cancelling', 'errors', 'messages', 'backpressure', 'durability'],
  'Running it': ['shutdown', 'troubleshooting', 'inspector', 'observability', 'model-tests'],
  'Several machines': ['fleet', 'tokens'],
  'Ready to use': ['check', 'rocq', 'prove'],
  'Coming from another pool': [...pagesIn('migrate'), 'tools'],
  Reference: ['questions', 'reference', 'api/index', 'glossary', 'statecharts', 'stately'],
  Measured: ['performance', 'failures'],
};

export default defineConfig({
  title: 'statepool',
  description: 'A worker pool for Node.js whose workers stay warm.',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: './pages',
  outDir: './dist',
  // The pages have text such as `Promise<void>`, and no HTML.
  markdown: { html: false, attrs: { leftDelimiter: '%{', rightDelimiter: '}%' } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Questions', link: '/questions' },
      { text: 'Reference', link: '/reference' },
      { text: 'Charts', link: '/statecharts' },
    ],
    sidebar: Object.entries(groups)
      .map(([text, names]) => ({
        text,
        items: names.filter(isPage).map((name) => ({ text: titleOf(name), link: linkOf(name) })),
      }))
      .filter(({ items }) => items.length > 0),
  },
});

function pagesIn(folder) {
  if (!existsSync(join(docs, folder))) return [];
  return readdirSync(join(docs, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name.slice(0, -3)}`);
}

function isPage(name) {
  return existsSync(join(docs, `${name}.md`));
}

function linkOf(name) {
  return `/${name.replace(/index$/, '')}`;
}

/** Returns the heading of a page, up to its colon. */
function titleOf(name) {
  if (name === 'api/index') return 'The API';
  const [, title = name] = /^# (.*)$/m.exec(readFileSync(join(docs, `${name}.md`), 'utf8')) ?? [];
  return title.replaceAll('`', '').split(/[:,?]/)[0];
}
