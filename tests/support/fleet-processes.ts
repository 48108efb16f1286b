import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import type { Kind, KindTypes } from 'statepool';
import { type ConnectOptions, connect } from 'statepool/fleet';
import { bin, folderOf } from './cli.ts';
import type { TestEngine } from './engines/engine.ts';
import { FLEET_KIND, type FleetTypes, fleetKind } from './fleet.ts';

/** The time without a sign of life after which a node is dead, in these tests. In ms. */
const LEASE = 1500;

/** A node in a process of its own. */
export interface NodeProcess {
  readonly child: ChildProcess;
  /** What it has written to stderr so far. */
  readonly words: () => string;
  /** Resolves when it has written a text. */
  readonly said: (text: string) => Promise<void>;
  /** Resolves with its exit code, or the signal that has ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** The kind that nodes in processes serve: as the command line names it, and as a value. */
interface Served<X extends KindTypes> {
  readonly module: string;
  readonly kind: Kind<X>;
}

/** Makes nodes in processes, and submitters in this one, over a real engine. */
export function processesOf<X extends KindTypes = FleetTypes>(
  t: ExecutionContext,
  engine: TestEngine,
  { module, kind }: Served<X> = { module: fileURLToPath(FLEET_KIND), kind: fleetKind as unknown as Kind<X> },
) {
  t.timeout(120_000);
  const folder = folderOf(t, {});
  const log = join(folder, 'begun');
  const prefix = `t${process.hrtime.bigint()}`;
  return {
    /** The file to which each begin of a task is added. */
    log,
    prefix,
    /** Returns how often each task was begun. */
    begun(): Map<string, number> {
      const times = new Map<string, number>();
      for (const line of linesOf(log)) {
        const [key = ''] = line.split(' ');
        times.set(key, (times.get(key) ?? 0) + 1);
      }
      return times;
    },
    /** Returns the ids of the processes that have begun tasks, by the key of the task. */
    workersOf: () => new Map(linesOf(log).map((line) => line.split(' ').slice(0, 2) as [string, string])),
    node(flags: readonly string[] = [], url = engine.url): Promise<NodeProcess> {
      const common = ['--broker', 'env', '--prefix', prefix, '--lease', String(LEASE), '--size', '2'];
      return startNode(t, [module, ...common, ...flags], url);
    },
    async submitter(options: Partial<ConnectOptions> = {}) {
      const fleet = await connect(kind, { broker: engine.url, prefix, lease: LEASE, ...options });
      t.teardown(() => fleet.close({ tasks: 'leave' }));
      return fleet;
    },
  };
}

async function startNode(t: ExecutionContext, args: readonly string[], url: string): Promise<NodeProcess> {
  const env = { ...process.env, STATEPOOL_BROKER: url };
  const child = spawn(process.execPath, [bin, 'serve', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  const waiting = new Set<() => void>();
  child.stderr.on('data', (data) => {
    words += data;
    for (const look of waiting) look();
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? signal));
  });
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!words.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      void ended.then((end) => reject(new Error(`the node ended (${end}) before it said "${text}": ${words}`)));
    });
  await said(' serves ');
  return { child, words: () => words, said, ended };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}
