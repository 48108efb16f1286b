import { readFileSync } from 'node:fs';
import { groups } from './rows/index.js';
import { subjects } from './subjects.js';

const MARKS = { passes: '✓', fails: '✗', '-': '–' };

/** docs/failures.md: the matrix, and below it each row with what was seen. */
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

\`npm run failures -- --write\` has made this page:
${versions()}; Node.js ${process.version}, ${process.platform}.

Each cell is a program of its own with one pool, made with the pool's default options but for the number of workers: one,
where nothing else is said. A does what the row says, B and C wait behind it, D is given when they have settled or
${patience / 1000} s have passed. What is written is what was seen:

- ✓ what the row expects, ✗ something else, – the pool has no such option, or threads cannot do it;
- "done": resolved with the task's own value, performed once; "reject": with its \`code\`, or else its name and message;
- "hang": not settled ${patience / 1000} s after the last thing that could have settled it; "only after another call": it hung
  until D was given;
- "the program is hit by an uncaught error": one that reached no promise, and ends a program that does not listen for it.

Where two things happen in the same moment, another run may show another outcome of theirs. For statepool a row passes only where the error has the code that the README promises.

${tableOf([head, ...lines, ['as expected', ...passed]])}

${sections.join('\n')}`;
}

function sectionOf(row, names, cellOf) {
  const cells = names.map((name) => ({ name, ...cellOf(row, name) })).filter(({ mark }) => mark !== '-');
  const body = cells.map(({ name, mark, text }) => [name, MARKS[mark], text]);
  return `<a id="${row.name}"></a>\n\n### ${row.title[0].toUpperCase()}${row.title.slice(1)}\n\nExpected: ${row.expects}.\n\n${tableOf([['', '', 'seen'], ...body])}\n`;
}

/** A table whose columns are as wide as what is in them. */
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
