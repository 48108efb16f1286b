/**
 * Runs tools that use other pools in a throwaway folder, with the peer and with the layers of `compat/`, without a fault and with
 * one in the middle of the work. Writes docs/tools.md. The tools come from npm.
 *
 *     npm run tools                       all
 *     npm run tools -- --only mocha       some tools; writes no page
 *     npm run tools -- --folder DIR       a folder in which the packages are installed already
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { pageOf, type Run } from './tools/page.ts';
import { PARTS, packages, type Tool, tools, writeProjects } from './tools/projects.ts';

/** The longest time of a run beyond that of the tool without a fault, in ms. A longer one hangs. */
const LIMIT = 20_000;

const FAULTS = ['none', 'kill -9', 'exit(0)', 'exit(1)', 'hang', 'out of memory'];

/** The faults that are tried several times: twice, and with our side as often as the tool says. */
const OFTEN = ['kill -9', 'exit(0)'];

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { only: { type: 'string' }, folder: { type: 'string' } },
});
/** The longest time of the tool without a fault, in ms. */
let usual = 0;
const folder = values.folder ?? install();
const runs: Run[] = [];
try {
  writeProjects(folder);
  for (const tool of tools.filter(({ name }) => name.includes(values.only ?? ''))) {
    usual = 0;
    for (const fault of FAULTS) for (const side of ['peer', 'statepool'] as const) await repeat(tool, side, fault);
    if (values.only === undefined) writeFileSync(join(root, 'docs/tools.md'), pageOf(runs));
  }
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}

/** Runs a tool with a fault as often as the table wants it. */
async function repeat(tool: Tool, side: Run['side'], fault: string): Promise<void> {
  if (tool.isThreaded && fault === 'kill -9') return;
  const times = !OFTEN.includes(fault) ? 1 : side === 'peer' ? 2 : (tool.rounds ?? 2);
  for (let i = 0; i < times; i++) runs.push(await runTool(tool, side, fault));
  const last = runs.slice(-times).map(({ good, code, seconds }) => `${good}/${PARTS} rc ${code} ${seconds} s`);
  console.log(`${tool.name}, ${fault}, ${side}: ${last.join('; ')}`);
}

function install(): string {
  const made = mkdtempSync(join(tmpdir(), 'statepool-tools-'));
  writeFileSync(join(made, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', ...packages], { cwd: made, stdio: 'inherit' });
  return made;
}

/** Runs a tool once. Our side is that of `statepool/compat/register`. */
async function runTool(tool: Tool, side: Run['side'], fault: string): Promise<Run> {
  const mark = join(folder, `mark-${runs.length}`);
  const flags = ['--max-old-space-size=200', ...(side === 'peer' ? [] : [`--import=${layer()}`])];
  const env = {
    ...process.env,
    ...tool.env,
    NODE_OPTIONS: flags.join(' '),
    FAULT: fault,
    FAULT_MARK: mark,
    FAULT_FILE: join(root, 'scripts/tools/fault.cjs'),
  };
  const begun = performance.now();
  // In a process group of its own: what it leaves behind is ended with it.
  const child = spawn(process.execPath, [...tool.args], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const end = () => {
    try {
      process.kill(-(child.pid as number), 'SIGKILL');
    } catch {}
  };
  let isLate = false;
  const timer = setTimeout(
    () => {
      isLate = true;
      end();
    },
    LIMIT + (fault === 'none' ? LIMIT : 2 * usual),
  );
  const code = await new Promise<number | string>((over) =>
    child.once('exit', (code, signal) => over(code ?? `${signal}`)),
  );
  clearTimeout(timer);
  if (fault === 'none') usual = Math.max(usual, performance.now() - begun);
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  end();
  const good = tool.count(folder, stripVTControlCharacters(printed));
  rmSync(mark, { force: true });
  return { tool: tool.name, peer: tool.peer, side, fault, good, code: isLate ? 'hangs' : code, seconds };
}

function layer(): string {
  return pathToFileURL(join(root, 'dist/compat/register.js')).href;
}
