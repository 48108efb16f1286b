import test from 'ava';
import { folders, sourcesIn } from '../support/sources.ts';

const LONGEST = 300;

const ours = sourcesIn(...folders);

test('every exported symbol has a docstring', (t) => {
  const bare: string[] = [];
  for (const { path, text } of ours) {
    const lines = text.split('\n');
    for (const [i, line] of lines.entries()) {
      const declared =
        /^export (?:default |declare |abstract |async )*(?:function\*?|class|interface|type|const|let|enum) (\w+)/;
      const [, name] = declared.exec(line) ?? [];
      if (name === undefined) continue;
      let above = i - 1;
      // A linter's comment may stand between.
      while (/^\/\/ biome-ignore/.test(lines[above] ?? '')) above--;
      if (!/\*\/\s*$/.test(lines[above] ?? '')) bare.push(`${path}:${i + 1} ${name}`);
    }
  }
  t.deepEqual(bare, []);
});

test(`no file has more than ${LONGEST} lines`, (t) => {
  const long = [...ours, ...sourcesIn('tests')].filter(({ text }) => text.split('\n').length - 1 > LONGEST);
  t.deepEqual(
    long.map(({ path }) => path),
    [],
  );
});

test('machines use no clock, chance or process', (t) => {
  const offences = sourcesIn('machines').flatMap(({ path, text }) => {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$|'[^'\n]*'/gm, '');
    const found = code.match(
      /\b(Date|Math\.random|performance|process|setTimeout|setInterval|setImmediate|crypto|console)\b/g,
    );
    return found === null ? [] : [`${path}: ${found.join(', ')}`];
  });
  t.deepEqual(offences, []);
});

test('the pool takes timers, clocks and similar functions from one file, which reads them at load', (t) => {
  const names =
    'setTimeout|clearTimeout|setInterval|clearInterval|setImmediate|clearImmediate|queueMicrotask|structuredClone';
  const used = new RegExp(
    `(?<![\\w.#'])(?:${names}|new AbortController)\\(|(?<![\\w.])(?:Date\\.now|new Date|process\\.cwd|performance\\.\\w+)\\(`,
    'g',
  );
  const offences = sourcesIn('actors', 'fleet', 'tokens', 'inspect', 'bin').flatMap(({ path, text }) => {
    if (path === 'actors/platform/platform.ts' || /^inspect\/(page|bridge)\//.test(path)) return [];
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const [, taken = ''] = /import \{([^}]*)\} from '[^']*(?:platform|tooling)\.ts'/.exec(code) ?? [];
    const found = (code.match(used) ?? []).map((each) => each.replace(/^new |\($/g, ''));
    return found.filter((each) => !new RegExp(`\\b${each}\\b`).test(taken)).map((each) => `${path}: ${each}`);
  });
  t.deepEqual(offences, []);
});

test('no task is marked for later, and no focused test skips others', (t) => {
  // The brackets keep this file from matching itself.
  const marks = /TO[D]O|FIX[M]E|\btest\.onl[y]/;
  const found = [...ours, ...sourcesIn('tests')].filter(({ text }) => marks.test(text));
  t.deepEqual(
    found.map(({ path }) => path),
    [],
  );
});
