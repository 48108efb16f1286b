import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createPool, type Kind } from '../../actors/index.ts';
import { blocksOf } from '../pages/blocks.ts';

/** The projects of the run. */
export const PROJECTS = ['api', 'web', 'docs'] as const;

/** The files of a project. */
const FILES = 60;

/** The number of the project whose worker is killed. */
const VICTIM = 1;

/** A stretch of a worker's time. All times in ms from the start of the run. */
export interface Stretch {
  readonly slot: number;
  readonly from: number;
  readonly to: number;
  readonly project: string;
  /** Is true for the first task of a project in a worker. */
  readonly isLoad: boolean;
}

/** The events of a run. */
export interface Recording {
  readonly stretches: readonly Stretch[];
  /** The death of the worker that was killed. */
  readonly death: { readonly slot: number; readonly at: number };
  readonly length: number;
}

/** The task of the kind in the README. */
interface Check {
  readonly project: string;
  readonly file: string;
}

type Checker = Kind<{ task: Check; request: Check; response: readonly string[] }>;

/** Runs the kind of the README: each project once, then many edits, and one worker is killed among them. */
export async function record(edits: number, pause: number): Promise<Recording> {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-picture-'));
  try {
    return await play(await kindIn(folder), folder, edits, pause);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the kind of the README and the projects into a folder. */
async function kindIn(folder: string): Promise<Checker> {
  const block = blocksOf(readFileSync('README.md', 'utf8')).find(({ name }) => name === 'checker.js');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'checker.js'), block?.code ?? '');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('node_modules/typescript-6'), join(folder, 'node_modules/typescript'), 'junction');
  for (const project of PROJECTS) {
    mkdirSync(join(folder, project));
    for (let i = 0; i < FILES; i++) writeFileSync(fileIn(folder, project, i), textOf(i, 0));
  }
  return (await import(pathToFileURL(join(folder, 'checker.js')).href)).default as Checker;
}

const fileIn = (folder: string, project: string, i: number) => join(folder, project, `module-${i}.ts`);
const textOf = (i: number, edit: number) =>
  `${i === 0 ? '' : `import { sum as before } from './module-${i - 1}';\n`}export const sum = (n: number): number => n + ${edit};\n`;

async function play(kind: Checker, folder: string, edits: number, pause: number): Promise<Recording> {
  await using pool = createPool(kind, { size: PROJECTS.length, attempts: 2 });
  await pool.ready();
  const start = performance.now();
  const now = () => performance.now() - start;
  const stretches: Stretch[] = [];
  const begun = new Map<unknown, number>();
  /** The projects that each worker has opened. */
  const opened = new Map<string, Set<string>>();
  pool.on('task', ({ task, worker, status }) => {
    if (worker === undefined || status === 'failed') return;
    const project = basename((task as Check).project);
    const projects = opened.get(worker) ?? new Set();
    const from = begun.get(task) as number;
    stretches.push({ slot: slotOf(worker), from, to: now(), project, isLoad: !projects.has(project) });
    opened.set(worker, projects.add(project));
  });
  let death: Recording['death'] | undefined;
  const edit = async (project: string, at: number) => {
    const file = fileIn(folder, project, (7 * at) % FILES);
    writeFileSync(file, textOf((7 * at) % FILES, at));
    const task = { project: join(folder, project), file };
    begun.set(task, now());
    await pool.run(task);
  };
  const editAll = async (project: string, turn: number) => {
    for (let at = 0; at < edits; at++) {
      await edit(project, at);
      await new Promise((resolve) => setTimeout(resolve, pause + 17 * ((at * 5 + turn * 3) % 7)));
      if (turn !== VICTIM || at !== Math.round(edits / 3)) continue;
      const id = [...opened].find(([, projects]) => projects.has(project))?.[0];
      const { pid } = pool.workers.find((each) => each.id === id) ?? {};
      if (id === undefined || pid === undefined) continue;
      process.kill(pid, 'SIGKILL');
      death = { slot: slotOf(id), at: now() };
    }
  };
  await Promise.all(PROJECTS.map(editAll));
  if (death === undefined) throw new Error('no worker was killed in this run');
  return { stretches, death, length: now() };
}

/** Returns the slot in a worker's id, `kind:slot:serial`. */
function slotOf(id: string): number {
  return Number(id.split(':')[1]);
}
