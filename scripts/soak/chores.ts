import type { RunOptions } from 'statepool';

/** What a task of the soak asks for; its worker answers with the same `id`, `value + 1`, and the bytes the other way round. */
export interface SoakTask {
  readonly id: number;
  readonly chore: string;
  readonly value: number;
  readonly bytes?: Uint8Array | undefined;
  /** How long it takes. In ms. */
  readonly ms?: number;
  /** How many feedbacks it sends: 1, 2, 3 ... */
  readonly notes?: number;
  readonly exitCode?: number;
  /** What cannot be cloned. */
  readonly callback?: () => void;
}

/** The answer of an honest worker, and the result of its task. */
export interface SoakAnswer {
  readonly id: number;
  readonly value: number;
  readonly bytes?: Uint8Array;
}

/** One sort of task: how often it comes, what it asks for, how it may end by itself. */
export interface Chore {
  /** How often it comes, relative to the others. */
  readonly weight: number;
  /** Whether it keeps its worker from being known as a quick one, to which several requests are sent at a time. */
  readonly isSlow?: boolean;
  /** Whether it is a fault: something that a pool should survive. */
  readonly isFault: boolean;
  /** The only host that can do it. @default both */
  readonly host?: 'process';
  /** How it ends, left to itself: `result`, or the codes of errors. */
  readonly ends: readonly string[];
  /** What its request says. */
  parts?(chance: (limit: number) => number): Partial<SoakTask>;
  /** How it is run. */
  limits?(chance: (limit: number) => number): RunOptions;
  /** After so many ms its signal is aborted. */
  abortAfter?(chance: (limit: number) => number): number;
}

const honest = (weight: number, parts: Chore['parts'] = () => ({})): Chore => ({
  weight,
  isFault: false,
  ends: ['result'],
  parts,
});
const fault = (weight: number, ends: readonly string[], more: Partial<Chore> = {}): Chore => ({
  weight,
  isFault: true,
  ends,
  ...more,
});
const soon = (chance: (limit: number) => number): RunOptions => ({ timeout: 20 + chance(100) });

/** Every sort of task, under the name that its worker knows it by. */
export const chores: Readonly<Record<string, Chore>> = {
  echo: honest(400),
  bytes: { ...honest(60, (chance) => ({ bytes: bytesOf(chance) })), isSlow: true },
  sync: { ...honest(200, (chance) => ({ ms: chance(6) })), isSlow: true },
  later: { ...honest(200, (chance) => ({ ms: chance(30) })), isSlow: true },
  chatty: honest(60, (chance) => ({ notes: chance(12) })),
  // Its verdict brings a follow-up, or is the end of its worker.
  follow: honest(30),
  end: { ...honest(6), isSlow: true },
  refuse: fault(8, ['REFUSED']),
  trip: fault(2, ['KIND']),
  stale: fault(8, ['EXPIRED']),
  throw: fault(12, ['PERFORM']),
  reject: fault(12, ['PERFORM']),
  uncloned: fault(8, ['MARSHAL_REQUEST'], { parts: () => ({ callback: () => {} }) }),
  unsendable: fault(4, ['MARSHAL_RESPONSE']),
  float: fault(2, ['WORKER_DIED', 'PERFORM']),
  uncaught: fault(2, ['WORKER_DIED']),
  exit: fault(3, ['WORKER_DIED'], { parts: (chance) => ({ exitCode: chance(4) }) }),
  exitLate: fault(2, ['WORKER_DIED'], { parts: (chance) => ({ exitCode: chance(4) }) }),
  kill: fault(3, ['WORKER_DIED'], { host: 'process' }),
  disconnect: fault(1, ['WORKER_DIED'], { host: 'process' }),
  oom: fault(1, ['WORKER_DIED']),
  spin: fault(3, ['TIMEOUT_RUN'], { limits: soon }),
  hang: fault(3, ['TIMEOUT_RUN'], { limits: soon }),
  // Of no other use than to be cancelled: while it waits, while it runs, and where it stops by itself.
  drop: fault(15, ['CANCELLED', 'result'], { abortAfter: (chance) => chance(3) }),
  abandon: fault(3, ['CANCELLED'], { abortAfter: (chance) => 10 + chance(80) }),
  obey: fault(4, ['CANCELLED'], { abortAfter: (chance) => 10 + chance(80) }),
  impatient: fault(15, ['TIMEOUT_QUEUE', 'result'], { limits: (chance) => ({ queueTimeout: chance(5) }) }),
};

/** Among quick chores the honest ones are so many times as many: a worker must live for a while until it is known as quick. */
const QUICK = 20;

/** Picks among the chores that the workers of one host can do, each as often as its weight says; of quick ones, where asked for. */
export function pickerOf(
  host: 'process' | 'thread',
  isQuick: boolean,
  chance: (limit: number) => number,
): () => string {
  const weights = Object.entries(chores).flatMap(([name, { host: only, weight, isSlow, isFault }]) => {
    if ((only !== undefined && only !== host) || (isQuick && isSlow)) return [];
    return [{ name, weight: isQuick && !isFault ? weight * QUICK : weight }];
  });
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  return () => {
    let left = chance(total);
    const chosen = weights.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return chosen?.name ?? 'echo';
  };
}

/** Whether a result is the honest answer to its task; where it is not, what is wrong with it. */
export function faultOfResult(task: SoakTask, result: unknown): string | undefined {
  const { id, value, bytes } = (result ?? {}) as Partial<SoakAnswer>;
  if (id !== task.id) return `it got the answer of task ${String(id)}`;
  if (value !== task.value + 1) return `it got ${String(value)} instead of ${task.value + 1}`;
  if (task.bytes === undefined) return undefined;
  if (bytes?.length !== task.bytes.length) return `it got ${String(bytes?.length)} bytes of ${task.bytes.length}`;
  const isReversed = task.bytes.every((byte, i) => bytes[bytes.length - 1 - i] === byte);
  return isReversed ? undefined : 'its bytes are not those that it sent, reversed';
}

function bytesOf(chance: (limit: number) => number): Uint8Array {
  const bytes = new Uint8Array(chance(100_000));
  const first = chance(256);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (first + i * 7) & 255;
  return bytes;
}
