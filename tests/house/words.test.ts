import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { folders, root, sourcesIn } from '../support/sources.ts';

/** Old private names that the terms of the field replaced, as parts of a pattern, so that this file does not match itself. */
const OLD_NAMES = [
  'ta[p]',
  'cas[t]',
  'scen[e]',
  'audienc[e]',
  'visit[s]',
  'vigi[l]',
  'stay ?awak[e]',
  'stay-awak[e]',
  'lookou[t]',
  'open eye[s]',
  'sentine[l]',
  'boar[d]',
  'retiremen[t]',
  'judg[e]',
  'judgemen[t]',
  'shelve[s]',
  'shel[f]',
  'lan[e]s?',
  'stag[e]',
  'tra[y]',
  'voic[e]',
  'stor[y]',
  'linge[r]',
  'conclud[e]',
];

const oldName = new RegExp(`(?<![\\w-])(?:${OLD_NAMES.join('|')})(?![\\w-])`, 'i');

/** Names of functions that do not describe their work. */
const vague = /(?<![\w'"`])#?(?:tel[l]|loo[k])\(/;

/** First words of a docstring that leave its subject open. */
const subjectless =
  /^(?:It|Its|What|Whatever|Whether|Who|Whoever|Whose|Which|Where|When|While|How|Why|If|As|So|Of|Since|That|Those|There|They|Nobody|Somebody|Everybody|Everything|Nothing|In|On|At|By|With|Without|From|To|For|Until|Only|Not|Also|Here|Once|Because|Otherwise|Else)\b/;

test('no old name has come back, in code, tests or docs', (t) => {
  const texts = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) =>
      /\.(ts|js|mjs|cjs|md|html|css)$/.test(path) && !/(^|\/)(node_modules|dist|\.tests|\.git|results)\//.test(path),
  );
  t.true(texts.length > 400);
  const found = texts.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        oldName.test(line.replaceAll(/--tap|TAP version|reporter=tap|hooks\.\w+\.[t]ap|\bshelf: /g, ''))
          ? [`${path}:${i + 1} ${line.trim()}`]
          : [],
      ),
  );
  t.deepEqual(found, []);
});

test('functions say what they do', (t) => {
  const found = sourcesIn(...folders).flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => (vague.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
  );
  t.deepEqual(found, []);
});

test('docstrings begin with a subject or a verb', (t) => {
  const found = sourcesIn(...folders).flatMap(({ path, text }) =>
    [...text.matchAll(/\/\*\*\s*\n?\s*\*?\s*(?:@internal )?([^\n]*)/g)]
      .filter(([, first = '']) => subjectless.test(first))
      .map(([, first]) => `${path}: ${first}`),
  );
  t.deepEqual(found, []);
});
