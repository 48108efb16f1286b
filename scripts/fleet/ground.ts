import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConnectOptions, connect, type FleetOf } from 'statepool/fleet';
import type { TestEngine } from '../../tests/support/engines/engine.ts';
import { until } from '../../tests/support/engines/hands.ts';

/** A task of the kind of these trials. */
interface Trial {
  readonly key: string | number;
  readonly value?: unknown;
  /** The time for which the task waits, and for which it spins without a turn of the event loop. In ms. */
  readonly ms?: number;
  readonly spin?: number;
  /** The competence that the worker has from then on, and the one that the task needs. */
  readonly learn?: string;
  readonly need?: string;
  readonly follow?: readonly Trial[];
  /** The file to which the begin is added. */
  readonly log?: string;
}

/** The types of the kind of these trials. */
export interface TrialTypes {
  task: Trial;
  request: Trial;
  response: unknown;
  competence: string | undefined;
  result: unknown;
  feedback: unknown;
}

/** A begin of a task, as its worker has written it down. */
export interface Begin {
  readonly key: string;
  /** The process id of the node. */
  readonly node: number;
  /** The time, in ms since 1970. */
  readonly at: number;
}

/** A node in a process of its own. */
export interface NodeProcess {
  readonly child: ChildProcess;
  /** Returns what it has written to stderr. */
  words(): string;
}

const kindFile = fileURLToPath(new URL('./kind.js', import.meta.url));
const submitterFile = fileURLToPath(new URL('./submitter.js', import.meta.url));
const bin = fileURLToPath(new URL('../../dist/bin/statepool.js', import.meta.url));

/** The kind of these trials. */
const { default: kind } = await import(kindFile);

/** The number of grounds so far: each has its own names in the engine. */
let grounds = 0;

/** The processes and connections of one trial over an engine. All are gone after `end`. */
export class Ground {
  readonly engine: TestEngine;
  readonly prefix = `trial${process.pid}_${++grounds}`;
  /** A folder for the files of the trial. */
  readonly folder = mkdtempSync(join(tmpdir(), 'statepool-trial-'));
  readonly #children: ChildProcess[] = [];
  readonly #fleets: FleetOf<TrialTypes>[] = [];

  constructor(engine: TestEngine) {
    this.engine = engine;
  }

  /** The file to which each begin of a task is added. */
  get log(): string {
    return join(this.folder, 'begun');
  }

  /** Returns all begins of tasks, in their order. */
  begins(): Begin[] {
    return beginsIn(this.log);
  }

  /** Returns how many tasks were begun more than once. */
  begunTwice(): number {
    const keys = this.begins().map(({ key }) => key);
    return new Set(keys.filter((key, i) => keys.indexOf(key) !== i)).size;
  }

  /** Starts a node by the command line. Resolves when it serves. */
  async node(flags: readonly string[] = [], url = this.engine.url): Promise<NodeProcess> {
    const common = ['serve', kindFile, '--broker', 'env', '--prefix', this.prefix, '--size', '2'];
    const child = this.#spawn([bin, ...common, ...flags], url);
    let words = '';
    child.stderr?.on('data', (data) => {
      words += data;
    });
    await until(() => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`a node ended at its start: ${words}`);
      return words.includes(' serves ');
    });
    return { child, words: () => words };
  }

  /** Connects a submitter. */
  async submitter(options: Partial<ConnectOptions> = {}): Promise<FleetOf<TrialTypes>> {
    const fleet = (await connect(kind, {
      broker: this.engine.url,
      prefix: this.prefix,
      ...options,
    })) as FleetOf<TrialTypes>;
    this.#fleets.push(fleet);
    return fleet;
  }

  /** Starts a submitter in a process of its own. It sends a line for each result. */
  submitterProcess(count: number): ChildProcess {
    const env = { ...process.env, STATEPOOL_BROKER: this.engine.url };
    const child = fork(submitterFile, [this.prefix, this.log, String(count)], { env, execArgv: [] });
    this.#children.push(child);
    return child;
  }

  /** Ends all processes and connections of the trial. */
  async end(): Promise<void> {
    await Promise.all(this.#fleets.map((fleet) => fleet.close({ tasks: 'leave' })));
    for (const child of this.#children) await killed(child);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(args: readonly string[], url: string): ChildProcess {
    const options: SpawnOptions = {
      env: { ...process.env, STATEPOOL_BROKER: url },
      stdio: ['ignore', 'ignore', 'pipe'],
    };
    const child = spawn(process.execPath, args, options);
    this.#children.push(child);
    return child;
  }
}

/** Returns the begins in a file, in their order. */
export function beginsIn(file: string): Begin[] {
  return linesOf(file).map((line) => {
    const [key = '', node, at] = line.split(' ');
    return { key, node: Number(node), at: Number(at) };
  });
}

/** Kills a process with SIGKILL, and waits until it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}
