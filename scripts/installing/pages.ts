import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRedis } from '../../tests/support/engines/redis.ts';
import { namesIn, programOf } from '../pages/linked-place.ts';
import { runPage } from '../pages/run-page.ts';
import { type Manager, node } from './run.ts';

/** The programs of the system that some pages need. */
const NEEDS: Readonly<Record<string, string>> = {
  'docs/fleet.md': 'redis-server',
  'docs/rocq.md': 'coqc',
  'docs/tokens.md': 'make',
};

/** The packages that pages name in a sentence, beside those that their commands install. */
const NAMED = ['typescript@6', 'tsx', '@types/node'];

/**
 * Runs the README and then each page of docs/ from top to bottom, each in a folder of its own inside the project; the manager installs what
 * the pages install. Returns what it did. @throws {Error} with all that differs from the pages
 */
export async function tryPages(folder: string, manager: Manager): Promise<string> {
  node(folder, manager.add(NAMED));
  const run = (words: readonly string[], cwd = folder) => node(cwd, manager.run(words));
  const [statepool = '', tsx = ''] = run(['find.js']).trim().split('\n');
  const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
    name.endsWith('.md'),
  );
  const left = pages.filter((page) => NEEDS[page] !== undefined && spawnSync('which', [NEEDS[page]]).status !== 0);
  const flaws: string[] = [];
  for (const page of pages.filter((each) => !left.includes(each))) {
    const text = readFileSync(page, 'utf8');
    const place = join(folder, 'pages', page.replaceAll(/\W/g, '-'));
    mkdirSync(place, { recursive: true });
    if (!text.includes('\nnpx statepool init\n')) run([statepool, 'init', '--js'], place);
    const redis = page === 'docs/fleet.md' ? await startRedis() : undefined;
    const command = (words: readonly string[]) => {
      const names = namesIn(words)?.filter((name) => name !== 'statepool');
      if (names !== undefined && names.length > 0) node(folder, manager.add(names));
      const program = programOf(words, { statepool, tsx });
      if (program?.[0] === process.execPath) return [process.execPath, ...manager.run(program.slice(1))];
      return program === undefined || manager.exec === undefined
        ? program
        : [process.execPath, ...manager.exec(program)];
    };
    try {
      const env = redis === undefined ? {} : { STATEPOOL_BROKER: redis.url };
      const found = await runPage(text, { folder: place, command, env });
      flaws.push(...found.map(({ line, words }) => `${page}:${line}: ${words}`));
    } finally {
      await redis?.stop();
    }
  }
  if (flaws.length > 0) throw new Error(flaws.join('\n'));
  return `${pages.length - left.length} pages run${left.map((page) => `, without ${page}: no ${NEEDS[page]} here`).join('')}`;
}
