import { readFileSync } from 'node:fs';
import { groups } from './rows/index.js';
import { subjects } from './subjects.js';

const MARKS = { passes: '✓', fails: '✗', '-': '–' };

/** Returns docs/failures.md: the matrix, and below it each row with its observations. */
export function pageOf(results, patience) {
  const names = Object.keys(subjects);
  const cellOf = (row, name) => results.find((each) => each.row === row && each.name === name);
  const head = ['', ...names];
  const lines = groups.flatMap(({ title, rows }) => [
    [`**${title}**`, ...names.map(() => '')],
    ...rows.map((row) => [`[${row.title}](#${row.name})`, ...names.map((name) => MARKS[cellOf(row, name).mark])]),
  ]);
  const passed = names.map((name) => {
    const of = (mark) => results.filter((each) => each.name === name && each.mark === mark).length;
    return `${of('passes')} of ${of('passes') + of('fails')}`;
  });
  const sections = groups.map(({ title, rows }) => {
    const parts = rows.map((row) => sectionOf(row, names, cellOf));
    return `## ${title}\n\n${parts.join('\n')}`;
  });
  return `# How pools fail

This page shows what six pools do when tasks, workers or programs fail: a table with a mark for each case, and below it what was seen. A link in
the table leads to the case. \`npm run failures -- --write\` generates it, with
${versions()}; Node.js ${process.version}, ${process.platform}.

A column is a pool with workers of one sort: threads or processes (poolifier's "cluster" are processes). Each cell is a program of its own with
one pool. The pool has one worker, unless the row says otherwise, and its default options. The program submits four tasks, A to D. A does what
the row says. B and C wait behind A. The program submits D when A, B and C have settled, or after ${patience / 1000} s.

- ✓: the pool did what the row expects. ✗: it did something else. –: the pool has no such option, or threads cannot do this. The last row
  counts the ✓ among the cells that have ✓ or ✗.
- "done": the task resolved with its own value, and ran once. "rejects": the error's \`code\` follows, or its name and message.
- "hangs": the task did not settle within ${patience / 1000} s. "only after another call": it settled only after the program
  submitted D.
- "the program gets an uncaught error": this error reached no promise. It ends a program without a listener for it.

If two things happen at the same moment, another run may show another result. In the columns of statepool, a cell gets ✓ only if the
error also has the code that [failures and retries](errors.md) names.

${tableOf([head, ...lines, ['as expected', ...passed]])}

${sections.join('\n')}`;
}

function sectionOf(row, names, cellOf) {
  const cells = names.map((name) => ({ name, ...cellOf(row, name) })).filter(({ mark }) => mark !== '-');
  const body = cells.map(({ name, mark, text }) => [name, MARKS[mark], text]);
  return `<a id="${row.name}"></a>\n\n### ${row.title[0].toUpperCase()}${row.title.slice(1)}\n\nExpected: ${row.expects}.\n\n${tableOf([['', '', 'seen'], ...body])}\n`;
}

/** Makes a table with columns as wide as their content. */
function tableOf([head, ...body]) {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...body].map((line) => line[i].length)));
  const lineOf = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [lineOf(head), lineOf(widths.map((width) => '-'.repeat(width))), ...body.map(lineOf)].join('\n');
}

function versions() {
  const peers = [...new Set(Object.values(subjects).map(({ peer }) => peer))];
  return peers.map((peer) => `${peer} ${versionOf(peer)}`).join(', ');
}

function versionOf(peer) {
  const path = peer === 'statepool' ? '../../package.json' : `../node_modules/${peer}/package.json`;
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
}
