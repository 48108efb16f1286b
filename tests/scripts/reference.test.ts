import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import test from 'ava';
import { referencePage } from '../../scripts/reference/page.ts';
import { root } from '../support/sources.ts';

test('the tables of options, events, errors and numbers are current: npm run reference writes them', (t) => {
  t.is(readFileSync(join(root, 'docs/reference.md'), 'utf8'), referencePage());
});

test('each of at least 30 questions has a page, and each page of docs/ answers a question', (t) => {
  const text = readFileSync(join(root, 'docs/questions.md'), 'utf8');
  const questions = [...text.matchAll(/^(\d+)\. .*\?.*\]\(/gm)].map(([, number]) => Number(number));
  t.true(questions.length >= 30);
  t.deepEqual(
    questions,
    questions.map((_, i) => i + 1),
  );
  t.is(text.match(/^\d+\. /gm)?.length, questions.length, 'each question has a link');
  const linked = new Set([...text.matchAll(/\]\(([^)#]+)/g)].map(([, target = '']) => normalize(join('docs', target))));
  const all = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'questions.md');
  t.deepEqual(
    all.map((name) => join('docs', name)).filter((page) => !linked.has(page)),
    [],
  );
});
