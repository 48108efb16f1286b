import type { Kind, Pool } from 'statepool';
import { fixture } from './jobs.ts';

/** A task of the kind in tests/fixtures/keyed.js. */
interface KeyedTask {
  /** The affinity key: the label of the worker that has performed such a task. */
  readonly key: string;
  /** The second part of the task's name. */
  readonly file: string;
  /** How long it takes, and how much longer on a fresh worker. In ms. @default 0 */
  readonly ms?: number;
  readonly load?: number;
  /** Waits until the pool sends `{ open: file }`. */
  readonly hold?: boolean;
  readonly isBroken?: boolean;
  /** The content of its request, its response and its competence: it must not be shown. */
  readonly text?: string;
}

/** The types of the kind in tests/fixtures/keyed.js. */
interface KeyedTypes {
  task: KeyedTask;
  request: KeyedTask & { readonly isFirst: boolean };
  response: string | undefined;
  competence: { readonly key: string; readonly text: string | undefined };
  result: string | undefined;
  feedback: { readonly open: string };
}

/** A kind whose workers know one key each, and show it. */
export const { default: keyed }: { default: Kind<KeyedTypes> } = await import(fixture('keyed.js'));

/** A pool of the kind in tests/fixtures/keyed.js. */
export type KeyedPool = Pool<KeyedTask, KeyedTypes['competence'], KeyedTypes['result'], KeyedTypes['feedback']>;

/**
 * Runs tasks of more keys than workers, more than the workers can take at once, until it is over or the pool ends. A few of the keys are
 * asked for most; one task in a hundred fails, and one in fifty has a priority.
 */
export async function loadOf(pool: KeyedPool, size: number, isOver: () => boolean): Promise<void> {
  const keys = Array.from({ length: Math.ceil(size * 1.4) }, (_, i) => `project-${i}`);
  let n = 0;
  let seed = 1;
  const chance = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const one = async () => {
    while (!isOver()) {
      n++;
      const key = keys[Math.floor(keys.length * chance() ** 2)] ?? 'project-0';
      const ms = 20 + Math.floor(200 * chance() ** 2);
      const task = { key, file: `file-${n}.ts`, ms, load: 120, isBroken: n % 97 === 5 };
      const run = pool.run(task, { priority: n % 50 === 0 ? 3 : 0 });
      const code = await run.then(() => undefined).catch((error: { code?: string }) => error.code);
      // A pool that has ended refuses every task at once.
      if (code !== undefined && code !== 'PERFORM') return;
    }
  };
  await Promise.all(Array.from({ length: size * 3 }, one));
}
