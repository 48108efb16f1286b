import { runInThisContext } from 'node:vm';
import type { HostName, RunOptions } from 'statepool';
import type { Chance } from './chance.ts';

/** What a task of the soak asks for; its worker answers with the same `id`, `value + 1`, and the bytes the other way round. */
export interface SoakTask {
  readonly id: number;
  readonly chore: string;
  readonly value: number;
  /** What is copied to the worker, or moved there. */
  readonly bytes?: Uint8Array | undefined;
  /** What is moved to the worker without a view on it. */
  readonly buffer?: ArrayBuffer | undefined;
  /** What the bytes must be, wherever they are now. */
  readonly pattern?: Pattern;
  /** How long it takes; for `late`, how long after its answer its last feedback is sent. In ms. */
  readonly ms?: number;
  /** How many feedbacks it sends: 1, 2, 3 ... */
  readonly notes?: number;
  readonly exitCode?: number;
  /** What can be cloned and not be read in another process. */
  readonly unreadable?: object;
  /** What cannot be cloned. */
  readonly callback?: () => void;
}

/** Bytes that are known without being kept: so many, the first of which is this one. */
interface Pattern {
  readonly length: number;
  readonly first: number;
}

/** The answer of an honest worker, and the result of its task. */
export interface SoakAnswer {
  readonly id: number;
  readonly value: number;
  readonly bytes?: Uint8Array;
}

/** Faults that can be left out, each with what it is. */
export const groups = {
  signals: 'SIGINT, SIGTERM and SIGHUP go to the whole process group, as Ctrl-C does',
  files: 'no file descriptor is left for a while',
  processes: 'no process and no thread can be started for a while',
  transfer: 'tasks give their buffers away',
  feedback: 'feedbacks come after the answer of their task, or end the worker that receives one',
  spares: 'workers are started in advance',
  hooks: 'hooks call methods of their own pool',
  ends: 'pools are closed and destroyed twice, and by their hooks',
} as const;

/** The name of a group of faults. */
export type Group = keyof typeof groups;

/** One sort of task: how often it comes, what it asks for, how it may end by itself. */
export interface Chore {
  /** How often it comes, relative to the others. */
  readonly weight: number;
  /** Whether it keeps its worker from being known as a quick one, to which several requests are sent at a time. */
  readonly isSlow?: boolean;
  /** Whether it is a fault: something that a pool should survive. */
  readonly isFault: boolean;
  /** The hosts that can do it. @default all */
  readonly hosts?: readonly HostName[];
  /** The group of faults that it belongs to. @default none: it always comes */
  readonly group?: Group;
  /** Whether it is tried again where its worker has died, in pools that do so. @default where it is no fault */
  readonly isRetried?: boolean;
  /** How it ends, left to itself: `result`, or the codes of errors. */
  readonly ends: readonly string[];
  /** The codes with which it may fail whatever its worker died of. @default none */
  readonly mayEnd?: readonly string[];
  /** What its request says. */
  parts?(chance: Chance): Partial<SoakTask>;
  /** How it is run. */
  limits?(chance: Chance, task: SoakTask): RunOptions;
  /** After so many ms its signal is aborted. */
  abortAfter?(chance: Chance): number;
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
const soon = (chance: Chance): RunOptions => ({ timeout: 20 + chance(100) });

const move = (_: Chance, { bytes, buffer }: SoakTask): RunOptions => ({
  transfer: [(bytes?.buffer ?? buffer) as ArrayBuffer],
});

/** The smallest module of WebAssembly. */
const wasm: object = runInThisContext('new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))');

/** What ends the program where the worker is the program. */
const apart = ['process', 'thread'] as const;

/** Every sort of task, under the name that its worker knows it by. */
export const chores: Readonly<Record<string, Chore>> = {
  echo: honest(400),
  bytes: { ...honest(60, (chance) => copied(patternOf(chance))), isSlow: true },
  sync: { ...honest(200, (chance) => ({ ms: chance(6) })), isSlow: true },
  later: { ...honest(200, (chance) => ({ ms: chance(30) })), isSlow: true },
  chatty: honest(60, (chance) => ({ notes: chance(12) })),
  // Its last feedback comes when it has answered.
  late: { ...honest(60, (chance) => ({ notes: chance(4), ms: chance(4) })), group: 'feedback' },
  // Its bytes are gone from here when it is sent: it is done on all of them, or it fails.
  move: {
    ...honest(80, (chance) => moved(patternOf(chance), chance(2) === 0)),
    group: 'transfer',
    hosts: ['thread', 'inline'],
    mayEnd: ['WORKER_DIED', 'TRANSFER_SPENT', 'MARSHAL_REQUEST'],
    limits: move,
  },
  // Its worker exits with the buffer that it got; where it is done once more, that is on another one.
  vanish: {
    ...fault(6, ['WORKER_DIED'], { parts: (chance) => moved(patternOf(chance), chance(2) === 0) }),
    group: 'transfer',
    hosts: ['thread'],
    isRetried: true,
    mayEnd: ['TRANSFER_SPENT', 'MARSHAL_REQUEST'],
    limits: move,
  },
  // Its verdict brings a follow-up, or is the end of its worker.
  follow: honest(30),
  end: { ...honest(6), isSlow: true },
  refuse: fault(8, ['REFUSED']),
  trip: fault(2, ['KIND']),
  stale: fault(8, ['EXPIRED']),
  throw: fault(12, ['PERFORM']),
  reject: fault(12, ['PERFORM']),
  uncloned: fault(8, ['MARSHAL_REQUEST'], { parts: () => ({ callback: () => {} }) }),
  // A module can be sent to another process, which cannot read it.
  unreadable: fault(3, ['MARSHAL_REQUEST'], {
    hosts: ['process'],
    parts: () => ({ unreadable: wasm }),
  }),
  unsendable: fault(4, ['MARSHAL_RESPONSE']),
  float: fault(2, ['WORKER_DIED', 'PERFORM'], { hosts: apart }),
  uncaught: fault(2, ['WORKER_DIED'], { hosts: apart }),
  exit: fault(3, ['WORKER_DIED'], { hosts: apart, parts: (chance) => ({ exitCode: chance(4) }) }),
  exitLate: fault(2, ['WORKER_DIED'], { hosts: apart, parts: (chance) => ({ exitCode: chance(4) }) }),
  kill: fault(3, ['WORKER_DIED'], { hosts: ['process'] }),
  disconnect: fault(1, ['WORKER_DIED'], { hosts: ['process'] }),
  oom: fault(1, ['WORKER_DIED'], { hosts: apart }),
  spin: fault(3, ['TIMEOUT_RUN'], { hosts: apart, limits: soon }),
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
export function pickerOf(host: HostName, faults: ReadonlySet<Group>, isQuick: boolean, chance: Chance): () => string {
  const weights = Object.entries(chores).flatMap(([name, { hosts, group, weight, isSlow, isFault }]) => {
    if (hosts?.includes(host) === false || (group !== undefined && !faults.has(group))) return [];
    if (isQuick && isSlow) return [];
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
  if (task.pattern === undefined) return undefined;
  const { length } = task.pattern;
  if (bytes?.length !== length) return `it got ${String(bytes?.length)} bytes of ${length}`;
  const isReversed = bytesOf(task.pattern).every((byte, i) => bytes[length - 1 - i] === byte);
  return isReversed ? undefined : 'its bytes are not those that it sent, reversed';
}

function copied(pattern: Pattern): Partial<SoakTask> {
  return { pattern, bytes: bytesOf(pattern) };
}

function moved(pattern: Pattern, isBare: boolean): Partial<SoakTask> {
  return isBare ? { pattern, buffer: bytesOf(pattern).buffer as ArrayBuffer } : copied(pattern);
}

function patternOf(chance: Chance): Pattern {
  return { length: 1 + chance(100_000), first: chance(256) };
}

function bytesOf({ length, first }: Pattern): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (first + i * 7) & 255;
  return bytes;
}
