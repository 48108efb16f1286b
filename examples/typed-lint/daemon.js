// A linter that stays: node examples/typed-lint/daemon.js SOCKET [IDLE MINUTES]. The programs lint.js ask it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createPool } from 'statepool';
import linter from './linter.js';

const [socket, minutes = '10'] = process.argv.slice(2);
// A worker that has grown to 700 MB is replaced; a task whose worker dies is done again.
const pool = createPool(linter, { size: 2, attempts: 2, recycle: { memory: 700 } });

/** The projects: when each file was last changed, and all changes since the daemon began. */
const projects = new Map();
const SETTINGS = /^(eslint\.config\.\w+|tsconfig.*\.json|package(-lock)?\.json)$/;

/** Returns the task for some files of a project, as its files are now. */
function taskOf(project, files) {
  const known = projects.get(project) ?? { times: new Map(), changes: [] };
  projects.set(project, known);
  const now = new Map();
  const hash = createHash('sha256');
  for (const name of readdirSync(project, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/(^|[\\/])(node_modules|\.git)([\\/]|$)/.test(name)) continue;
    const path = join(project, name);
    if (SETTINGS.test(name)) hash.update(name).update(readFileSync(path));
    if (/\.[cm]?tsx?$/.test(name)) now.set(path, statSync(path, { bigint: true }).mtimeNs);
  }
  for (const [path, time] of now) if (known.times.get(path) !== time) known.changes.push(path);
  for (const path of known.times.keys()) if (!now.has(path)) known.changes.push(path);
  known.times = now;
  return {
    project,
    settings: hash.digest('hex').slice(0, 12),
    files: files.map((file) => join(project, file)),
    changes: [...known.changes],
  };
}

const server = createServer((connection) => {
  clearTimeout(idle);
  connections++;
  const gone = new AbortController();
  connection
    .on('error', () => {})
    .once('close', () => {
      gone.abort();
      if (--connections === 0) idle = endLater();
    });
  createInterface({ input: connection }).once('line', async (line) => {
    try {
      const { project, files } = JSON.parse(line);
      connection.end(JSON.stringify(await pool.run(taskOf(project, files), { signal: gone.signal })));
    } catch ({ code, message }) {
      connection.end(JSON.stringify({ error: `${code ?? ''} ${message}`.trim() }));
    }
  });
});

async function stop() {
  server.close();
  await pool.close();
}
// The server keeps the program alive, the clock does not: a program that is told to end does not wait for it.
const endLater = () => setTimeout(stop, Number(minutes) * 60_000).unref();
let connections = 0;
let idle = endLater();
process.once('SIGTERM', stop);
rmSync(socket, { force: true });
server.listen(socket, () => console.log(`the linter listens on ${socket}`));
