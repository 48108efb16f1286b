/**
 * Checks a Rocq file in a terminal while it is edited in any editor: `npx tsx examples/rocq-session.ts FILE.v [ENGINE]`.
 * Each line on standard input is a command: `goals LINE`, `see FROM TO` (these proofs run first), `ask LINE QUESTION`,
 * `quit`.
 */
import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { argv, exit, stdin } from 'node:process';
import { createInterface } from 'node:readline';
import { createPool } from 'statepool';
import { createSession, type Position, rocq } from 'statepool/kinds';

const [, , path, program] = argv;
if (path === undefined) {
  console.error('usage: rocq-session.ts FILE.v [ENGINE]');
  exit(2);
}

// An edit interrupts the proofs that it changes: their engines go on.
const pool = createPool(rocq, { size: 2, killGrace: 1000 });
const session = createSession(pool, {
  file: basename(path),
  folder: dirname(path),
  text: readFileSync(path, 'utf8'),
  ...(program === undefined ? {} : { program }),
});
session.on('verdict', ({ name, verdict, range }) => console.log(`${verdict} ${name} (line ${range.start.line + 1})`));
session.on('checked', ({ ran, proofs }) => {
  for (const { range, message } of session.problems) console.log(`line ${range.start.line + 1}: ${message}`);
  console.log(`${ran} of ${proofs.length} proofs run, ${session.problems.length} errors`);
});
session.on('failed', (error) => {
  console.error(String(error));
  exit(3);
});
const watcher = watch(dirname(path), (_, name) => {
  if (name !== basename(path)) return;
  const text = readFileSync(path, 'utf8');
  if (text !== session.text) session.replace(text);
});

for await (const line of createInterface({ input: stdin })) {
  const [command, first, ...rest] = line.trim().split(/\s+/);
  const at: Position = { line: Number(first) - 1, character: Number.MAX_SAFE_INTEGER };
  if (command === 'goals') console.log(shown(await session.goals(at)));
  else if (command === 'ask') console.log(await session.query(rest.join(' '), at));
  else if (command === 'see') session.setViewport({ from: at.line, to: Number(rest[0]) - 1 });
  else if (command === 'quit') break;
  else console.log('commands: goals LINE, see FROM TO, ask LINE QUESTION, quit');
}
watcher.close();
session.close();
await pool.destroy();
// An open standard input would keep the program alive.
stdin.destroy();

function shown({ goals, error }: Awaited<ReturnType<typeof session.goals>>): string {
  const open = (goals?.goals ?? []).map(({ hypotheses, conclusion }) => [...hypotheses, `|- ${conclusion}`].join('\n'));
  return [...open, ...(goals ? [`${open.length} goals`] : ['no open proof']), ...(error ? [error] : [])].join('\n');
}
